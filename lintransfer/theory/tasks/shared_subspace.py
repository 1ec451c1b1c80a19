r"""The moment of labelled data that reveals a subspace which many tasks share, isotropic inputs.

Each task may be too small to be learnt. Yet E y²xxᵀ = (‖θ‖² + σ²)I + 2θθᵀ needs no fit: averaged over tasks with teachers
in a k-dimensional subspace U, its k largest eigenvalues stand out by twice those of E θθᵀ, and their eigenvectors span U.
A new task with a head on U is `lintransfer.theory.linear.frozen_features.frozen_features_risk` with k features.
"""

from __future__ import annotations

from typing import Any


def label_weighted_moment(target_energy: Any, along_energy: Any, noise_variance: Any) -> Any:
    r"""Mean of y²(v·x)² for a unit vector v: the quadratic form of E y²xxᵀ.

    .. math:: E[y^2 (v\cdot x)^2] = \|\theta\|^2 + \sigma^2 + 2(\theta\cdot v)^2

    target_energy: ‖θ‖².  along_energy: (θ·v)²; for tasks, its mean (as that of ‖θ‖² and σ²).  noise_variance: σ².
    Returns the moment: 3‖θ‖² + σ² along θ, ‖θ‖² + σ² across.
    Exact, x ~ N(0, I). Source: Tripuraneni, Jin & Jordan (arXiv 2002.11684) learn the subspace from it.

    >>> label_weighted_moment(1.0, 0.25, 0.5)
    2.0
    """
    return target_energy + noise_variance + 2 * along_energy

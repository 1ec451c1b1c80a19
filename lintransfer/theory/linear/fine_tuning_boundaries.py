r"""Where fine-tuning starts to beat training from scratch, or a head on frozen features (isotropic inputs).

Energies, not cosines, are the arguments, as in `lintransfer.theory.linear.head_boundaries`. A boundary that does not
exist is nan.
"""

from __future__ import annotations

import math
from typing import Any

from lintransfer.arithmetic import where
from lintransfer.theory.linear.head_boundaries import roots
from lintransfer.theory.linear.proportional import tuned_boundary_overlap


def fine_tuning_boundary(source_norm: Any, target_norm: Any) -> Any:
    r"""Cosine c above which fine-tuning beats scratch.

    .. math:: c^* = \frac{s}{2t}

    source_norm, target_norm: s and t, norms in the metric M = Σ(Σ+κ)⁻², in which c is then the cosine; Euclidean norms
    for Σ = I.
    Returns c*; nan if s > 2t, where fine-tuning hurts at every overlap. Same ridge (or none) for both learners; holds
    for every n < d, finite n included if Σ = I and no ridge is used; at n ≥ d without ridge both learners coincide.
    Source: Tahir, Ganguli & Rotskoff (arXiv 2410.08194), eq. 15; cf. arXiv 2103.05621 for the general metric.

    >>> fine_tuning_boundary(1.0, 1.0)
    0.5
    """
    cosine = tuned_boundary_overlap(source_norm, target_norm)
    return where((target_norm > 0) & (cosine <= 1), cosine, math.nan)


def fine_tuning_start(displacement_energy: Any, unexplained: Any, noise_variance: Any) -> Any:
    r"""γ from which fine-tuning beats linear transfer.

    .. math:: 1-\gamma = \frac{u+\sigma^2 \pm \sqrt{(u+\sigma^2)^2 - 4D\sigma^2}}{2D}

    displacement_energy: D = ‖θ_T − θ_S‖² ≥ u.  unexplained: u.  noise_variance: σ².
    (Unit norms: D = 2(1−c), u = 1−c².)
    Returns the smaller γ, where the sign is +; nan if linear transfer wins for every γ < 1: D = 0, a negative
    discriminant, or σ² ≥ 2D − u. Without noise and at unit norms it is sin²(angle/2).
    Limit d → ∞ with the number of features fixed, Σ = I. Source: its row of the table.

    >>> float(fine_tuning_start(displacement_energy=1.0, unexplained=0.75, noise_variance=0.0))
    0.25
    """
    return _fine_tuning_roots(displacement_energy, unexplained, noise_variance)[0]


def fine_tuning_end(displacement_energy: Any, unexplained: Any, noise_variance: Any) -> Any:
    r"""γ < 1 up to which fine-tuning beats linear transfer: it has the peak of scratch at γ = 1.

    Formula (sign −), arguments, domain and source as in `fine_tuning_start`; 1 without noise.

    >>> float(fine_tuning_end(displacement_energy=1.0, unexplained=0.75, noise_variance=0.0))
    1.0
    """
    return _fine_tuning_roots(displacement_energy, unexplained, noise_variance)[1]


def _fine_tuning_roots(displacement: Any, unexplained: Any, noise: Any) -> tuple[Any, Any]:
    linear = 2 * displacement - unexplained - noise
    discriminant = (unexplained + noise) ** 2 - 4 * displacement * noise
    return roots(displacement, linear, displacement - unexplained, discriminant)

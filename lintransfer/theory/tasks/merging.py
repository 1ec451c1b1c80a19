r"""K alike tasks merged: equal norms, one cosine between any two, one sample size and noise. When does merging pay?

Each task is fine-tuned from w0 on n rows of its own (min-norm or least squares, Σ = I), the K updates are added with one
coefficient, and the merged model serves all K tasks.
"""

from __future__ import annotations

import math
from typing import Any

from lintransfer.arithmetic import maximum, minimum, ratio_where, where
from lintransfer.theory.tasks.averages import fit_distance


def _parts(
    n: Any, dim: Any, displacement_energy: Any, overlap: Any, noise_variance: Any, tasks: Any
) -> tuple[Any, ...]:
    """m, and γm‖δ‖² and (1−γ)‖δ‖² + dσ²/(|n−d|−1), both times |n−d|−1."""
    signal = fit_distance(n, dim, noise_variance) * displacement_energy
    shared = 1 + (tasks - 1) * overlap
    scattered = maximum(dim - n, 0) * signal / dim + dim * noise_variance
    return shared, minimum(n, dim) * shared * signal / dim, scattered


def symmetric_merge_scale(
    n: Any, dim: Any, displacement_energy: Any, overlap: Any, noise_variance: Any, tasks: Any
) -> Any:
    r"""The best coefficient of each of K alike updates.

    .. math:: \alpha^* = \frac{\gamma m}{K(\gamma^2m+v)}, \qquad m = 1+(K-1)c

    for ‖δ‖ = 1, with v = γ(1−γ) + V and γ = min(n/d, 1), V the noise of one fit.  n: rows of each task.  dim: d.
    displacement_energy: ‖δ‖² of each.  overlap: c between any two, ≥ −1/(K−1).  noise_variance: σ².  tasks: K ≥ 1.
    Returns α*; 0 where |n − d| ≤ 1 and σ > 0; without noise and c = 0 it is 1/K for every n: average, do not add. At n = 0 the
    limit n → 0.  Exact, Σ = I. Source: its row of the table.

    >>> symmetric_merge_scale(30, 60, 1.0, 0.0, 0.0, tasks=4)
    0.25
    """
    shared, learnt, scattered = _parts(n, dim, displacement_energy, overlap, noise_variance, tasks)
    signal = fit_distance(n, dim, noise_variance) * displacement_energy
    whole = tasks * (learnt + scattered)
    return ratio_where(whole > 0, shared * signal, whole, 1.0)


def symmetric_merge_risk(
    n: Any, dim: Any, displacement_energy: Any, overlap: Any, noise_variance: Any, tasks: Any
) -> Any:
    r"""Mean risk on each task of K alike updates merged at their best coefficient.

    .. math:: R^* = 1-\frac{\gamma^2m^2}{K(\gamma^2m+v)}

    Arguments and symbols as in `symmetric_merge_scale`. K = 1 is a specialist at its best scale, `optimal_interpolation_risk`.
    Exact, Σ = I. Source: its row of the table.

    >>> symmetric_merge_risk(30, 60, 1.0, 0.0, 0.0, tasks=4)
    0.875
    """
    _, learnt, scattered = _parts(n, dim, displacement_energy, overlap, noise_variance, tasks)
    whole = tasks * (learnt + scattered)
    left = learnt * (tasks - 1) * (1 - overlap) + tasks * scattered
    return displacement_energy * ratio_where(whole > 0, left, whole, 1.0)


def merging_noise_boundary(n: Any, dim: Any, displacement_energy: Any, overlap: Any, tasks: Any) -> Any:
    r"""The noise variance above which the merged model beats every specialist, each at its best scale, on its task.

    .. math:: c > \frac{1}{1+\sqrt K} \quad\text{and}\quad \frac{v}{\gamma^2} > \frac{m(K-m)}{m^2-K}, \qquad m = 1+(K-1)c

    for ‖δ‖ = 1, v = γ(1−γ) + V.  Arguments as in `symmetric_merge_scale`, K ≥ 2, n ≥ 1.
    Returns σ² ≥ 0: 0 where merging wins without noise already (few samples), and where |n − d| ≤ 1; inf where it never
    does (c ≤ 1/(1+√K)).  Exact, Σ = I. Source: its row of the table.

    >>> float(merging_noise_boundary(99, 49, 1.0, 0.5, 4)), float(merging_noise_boundary(99, 49, 1.0, 0.3, 4))
    (1.6666666666666667, inf)
    """
    shared, alike = 1 + (tasks - 1) * overlap, fit_distance(n, dim, 1)
    excess = shared * shared - tasks
    seen, hidden = minimum(n, dim), maximum(dim - n, 0)
    ratio = ratio_where(excess > 0, shared * (tasks - 1) * (1 - overlap), excess, 1)
    least = displacement_energy * alike * (seen * ratio - hidden) / dim / dim
    return where(excess > 0, maximum(least, 0 * least), math.inf)

r"""Two tasks learnt at once or one after the other: min-norm fits from the same start, isotropic inputs, N = n_S + n ≤ d − 2.

Together: one fit to all rows (`lintransfer.theory.tasks.pooling`). In sequence: a fit to the source's rows, then one to the
target's that starts where the first has ended. All differences share the factor n_Sn/d²: in the first order of both sizes
it makes no difference.
"""

from __future__ import annotations

import math
from typing import Any

from lintransfer.arithmetic import where


def pooled_minus_sequential(
    n: Any, n_source: Any, dim: Any, displacement_energy: Any, distance_squared: Any, noise_variance: Any,
    source_noise_variance: Any,
) -> Any:  # fmt: skip
    r"""Mean risk on the target of one fit to both tasks' rows, less that of fine-tuning a source fit.

    .. math:: \frac{n_Sn}{d^2}\left\{-\|\theta_T-w_0\|^2 + \frac{2d-N-1}{d-N-1}\left[D^2
        + \frac{d\sigma_S^2}{d-n_S-1}\right] + \frac{d^2\sigma^2}{(d-N-1)(d-n-1)}\right\}

    n, n_source: rows of target and source, N = n + n_S ≤ d − 2.  dim: d.  displacement_energy: ‖θ_T − w0‖², w0 the common
    start.  distance_squared: D² = ‖θ_S − θ_T‖².  noise_variance, source_noise_variance: σ², σ_S².
    Returns the difference, negative where pooling wins; nan for N > d − 2. Noise speaks for the sequence, whichever task
    has it; where pooling wins, fine-tuning beats scratch (D² + dσ_S²/(d−n_S−1) < ‖θ_T − w0‖²).
    Exact, Σ = I. Source: its row of the table.

    >>> pooled_minus_sequential(2, 2, 8, displacement_energy=1.0, distance_squared=0.375, noise_variance=0.0, source_noise_variance=0.0)
    0.0234375
    """
    few, n, n_source, dim = _few(n, n_source, dim)
    spare = dim - n - n_source - 1
    noise = dim * source_noise_variance / (dim - n_source - 1)
    apart = (dim + spare) * (distance_squared + noise) / spare + dim * noise_variance * dim / spare / (dim - n - 1)
    return where(few, n_source * (apart - displacement_energy) / dim * n / dim, math.nan)


def joint_minus_sequential(
    n: Any, n_source: Any, dim: Any, source_displacement_energy: Any, displacement_energy: Any, distance_squared: Any,
    noise_variance: Any, source_noise_variance: Any,
) -> Any:  # fmt: skip
    r"""Mean risks on both tasks, summed, of one fit to all rows, less those after learning the source, then the target.

    .. math:: \frac{n_Sn}{d^2}\left\{-\|\theta_S-w_0\|^2-\|\theta_T-w_0\|^2 + \frac{3d-N-1}{d-N-1}D^2
        + \frac{2d}{d-N-1}\left[\frac{(2d-N-1)\sigma_S^2}{d-n_S-1} + \frac{d\sigma^2}{d-n-1}\right]\right\}

    source_displacement_energy, displacement_energy: ‖θ_S − w0‖², ‖θ_T − w0‖².  Other arguments as in
    `pooled_minus_sequential`.
    Returns the difference, negative where joint training wins; nan for N > d − 2.
    Exact, Σ = I. Source: its row of the table.

    >>> joint_minus_sequential(2, 2, 8, 1.0, 1.0, distance_squared=0.375, noise_variance=0.0, source_noise_variance=0.0)
    0.0234375
    """
    few, n, n_source, dim = _few(n, n_source, dim)
    spare = dim - n - n_source - 1
    noise = (dim + spare) * source_noise_variance / (dim - n_source - 1) + dim * noise_variance / (dim - n - 1)
    apart = ((2 * dim + spare) * distance_squared + 2 * dim * noise) / spare
    return where(few, n_source * (apart - source_displacement_energy - displacement_energy) / dim * n / dim, math.nan)


def joint_boundary_overlap(total_size: Any, dim: Any) -> Any:
    r"""Cosine of two teachers of one norm above which joint training beats the sequence, over both tasks, without noise.

    .. math:: c^* = \frac{2d}{3d-N-1}

    total_size: N = n_S + n ≤ d − 2, however it is shared out.  dim: d.  From w0 = 0, σ = σ_S = 0.
    Returns c*, between 2/3 and 1 and 2/(3 − γ) in the limit γ = N/d; nan for N > d − 2.
    Exact, Σ = I. Follows from `joint_minus_sequential`.

    >>> joint_boundary_overlap(3, 8)
    0.8
    """
    few = total_size < dim - 1
    return where(few, 2 * dim / where(few, 3 * dim - total_size - 1, 1), math.nan)


def _few(n: Any, n_source: Any, dim: Any) -> tuple[Any, Any, Any, Any]:
    """Whether there are fewer rows than dimensions, and sizes that may be divided by where there are not."""
    few = n + n_source < dim - 1
    return few, where(few, n, 0), where(few, n_source, 0), where(few, dim, 2)

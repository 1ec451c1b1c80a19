r"""One fit to the rows of several tasks at once, every row with the same weight: pooling, isotropic inputs.

Group k has n_k rows, teacher θ_k and noise σ_k²; the risk is measured against the target's teacher θ_t, one of them, and
δ_k = θ_k − θ_t. What the fit learns is the mean teacher of all rows, off by δ̄ = Σn_kδ_k/N, N = Σn_k; what every group
disagrees with it, the scatter S = Σn_k‖δ_k − δ̄‖² = misfit − pull/N, acts like label noise of that total variance. The
fit knows groups through three sums only:

    pull = ‖Σ n_k δ_k‖²,    misfit = Σ n_k ‖δ_k‖²,    noise = Σ n_k σ_k².
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.arithmetic import array_namespace, maximum, minimum, total, where
from lintransfer.errors import refuse

_ONE_TEACHER = 64 * float(np.finfo(float).eps)  # of the misfit: less scatter is the rounding of the sums


def pooled_least_squares_risk(total_size: Any, dim: Any, pull: Any, misfit: Any, noise: Any) -> Any:
    r"""Mean excess risk on the target of least squares on all rows, more rows than dimensions.

    .. math:: E R = \|\bar\delta\|^2 + \frac{cS + d\sum_k n_k\sigma_k^2}{N(N-d-1)}, \qquad
        c = d+1 + \frac{2(d-1)}{3(N-1)} - \frac{8(d+2)}{3(N+2)}

    with S = misfit − pull/N and ‖δ̄‖² = pull/N².

    total_size: N ≥ d + 2.  dim: d.  pull, misfit, noise: ‖Σn_kδ_k‖², Σn_k‖δ_k‖², Σn_kσ_k² (see `pooled_sums`).
    Returns E R. Exact for every number of groups, Σ = I; for a common Σ ≠ I take δ → Σ^{1/2}δ.
    Source: two groups in the limit: Yang et al. (arXiv 2010.11750).

    >>> pooled_least_squares_risk(7, 4, pull=0.0, misfit=0.0, noise=3.5)  # one teacher: dσ²/(N − d − 1), σ² = 1/2
    1.0
    """
    return _least_squares(total_size, dim, pull / total_size / total_size, misfit - pull / total_size, noise)


def pooled_min_norm_risk(
    total_size: Any, dim: Any, displacement_energy: Any, pull: Any, misfit: Any, noise: Any
) -> Any:
    r"""Mean excess risk on the target of the minimum-norm fit to all rows, fewer rows than dimensions.

    .. math:: E R = (1 - N/d)\,\|\theta_t-w_0\|^2 + \frac Nd\|\bar\delta\|^2
        + \frac{(1-1/d)S + \sum_k n_k\sigma_k^2}{d-N-1}

    with S = misfit − pull/N and ‖δ̄‖² = pull/N².

    total_size: N, 0 ≤ N ≤ d − 2.  displacement_energy: ‖θ_t − w0‖².  Other arguments as in `pooled_least_squares_risk`.
    Returns E R. Exact for every number of groups, Σ = I.
    Source: two groups in the limit: Song, Bhattacharya & Sur (arXiv 2406.13944).

    >>> pooled_min_norm_risk(2, 4, displacement_energy=1.0, pull=1.0, misfit=1.0, noise=0.125)
    1.125
    """
    bias = (dim - total_size) * displacement_energy / dim
    return bias + ((dim - 1) * misfit - pull) / dim / (dim - total_size - 1) + noise / (dim - total_size - 1)


def pooled_risk(total_size: Any, dim: Any, displacement_energy: Any, pull: Any, misfit: Any, noise: Any) -> Any:
    r"""Mean excess risk on the target of min-norm least squares on all rows, for every N ≥ 0.

    .. math:: E R = \begin{cases} (1 - N/d)\|\theta_t-w_0\|^2 + \frac Nd\|\bar\delta\|^2
        + \frac{(1-1/d)S + \sum n_k\sigma_k^2}{d-N-1} & N \le d-2 \\
        \|\bar\delta\|^2 + \frac{cS + d\sum n_k\sigma_k^2}{N(N-d-1)} & N \ge d+2 \end{cases}

    Arguments, S, δ̄ and c as in `pooled_min_norm_risk` and `pooled_least_squares_risk`.
    Returns E R; inf where |N − d| ≤ 1 ≤ N and there is noise or two groups with rows differ (S > 0);
    (1 − N/d)₊‖θ_t − w0‖² + min(N/d, 1)‖δ̄‖² there if neither; ‖θ_t − w0‖² at N = 0. A scatter of less than 1e-14 of the
    misfit counts as rounding of the sums.
    Exact, Σ = I. Source: as of its two regimes.

    >>> pooled_risk(2, 4, displacement_energy=1.0, pull=1.0, misfit=1.0, noise=0.125)
    1.125
    >>> pooled_risk(3, 4, displacement_energy=1.0, pull=1.0, misfit=1.0, noise=0.0)
    inf
    """
    few, many = total_size < dim - 1, total_size > dim + 1
    low, high = (where(few, total_size, 0), where(few, dim, 2)), (where(many, total_size, 4), where(many, dim, 1))
    # Weights first: they know sizes only, of which a grid has few.
    spare = low[1] - low[0] - 1
    of_scatter = where(few, (low[1] - 1) / low[1] / spare, where(many, _least_squares(*high, 0, 1, 0), 0))
    of_noise = where(few, 1 / spare, where(many, _least_squares(*high, 0, 0, 1), 0))
    of_mean, of_start = minimum(total_size, dim) / dim, maximum(dim - total_size, 0) / dim
    size = where(total_size > 0, total_size, 1)
    pull_of_row = pull / size
    scatter = misfit - pull_of_row
    scatter = where(scatter > _ONE_TEACHER * misfit, scatter, 0)
    finite = of_start * displacement_energy + of_mean * (pull_of_row / size) + of_scatter * scatter + of_noise * noise
    peak = (total_size > 0) & (total_size >= dim - 1) & (total_size <= dim + 1)
    return where(peak & ((noise > 0) | (scatter > 0)), math.inf, finite)


def pooled_sums(sizes: Any, gram: Any, noise_variances: Any) -> tuple[Any, Any, Any, Any, Any]:
    r"""What pooling knows of K isotropic tasks: (total_size, displacement_energy, pull, misfit, noise).

    .. math:: N = \sum_k n_k, \quad \|\theta_t-w_0\|^2, \quad \Big\|\sum_k n_k\delta_k\Big\|^2, \quad
        \sum_k n_k\|\delta_k\|^2, \quad \sum_k n_k\sigma_k^2

    sizes: n_k, (…, K), the target last.  gram: inner products of θ_k − w0, (…, K, K).  noise_variances: σ_k², (…, K).
    Returns the five sums, each (…). Differences of the Gram matrix are taken first, which is exact where teachers are
    nearly equal; what rounding leaves below 0 is 0. An identity. Raises `DomainError` if sizes and gram do not fit.

    >>> [float(value) for value in pooled_sums([2, 2], [[1.0, 0.5], [0.5, 1.0]], [0.25, 0.75])]
    [4.0, 1.0, 4.0, 2.0, 2.0]
    """
    xp = array_namespace(sizes, gram, noise_variances)
    sizes, gram, noise_variances = (xp.asarray(value) for value in (sizes, gram, noise_variances))
    count = sizes.shape[-1]
    if gram.shape[-2:] != (count, count):
        refuse("gram", f"an array (…, {count}, {count}), one row a task as in sizes", f"shape {gram.shape}")
    to_target = gram[..., :-1, :] - gram[..., :-1, -1:]  # θ_k·(θ_l − θ_t)
    differences = to_target[..., :-1] - (gram[..., -1:, :-1] - gram[..., -1:, -1:])  # δ_k·δ_l; the target's own are 0
    energies = maximum(xp.diagonal(differences, axis1=-2, axis2=-1), 0)
    rows = sizes[..., :-1] * xp.ones((), differences.dtype)
    pulls = total(total(differences * rows[..., None, :]) * rows)
    noise = total(sizes * noise_variances)
    return total(sizes), total(gram[..., -1:, -1]), maximum(pulls, 0), total(rows * energies), noise


def _least_squares(total_size: Any, dim: Any, mean_energy: Any, scatter: Any, noise: Any) -> Any:
    small = 2 * (dim - 1) * scatter / (3 * (total_size - 1)) - 8 * (dim + 2) * scatter / (3 * (total_size + 2))
    return mean_energy + ((dim + 1) * scatter + small + dim * noise) / total_size / (total_size - dim - 1)

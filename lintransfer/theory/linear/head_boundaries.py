r"""Where a head on frozen features starts to beat training from scratch (isotropic inputs).

Energies, not cosines, are the arguments: e = explained and u = unexplained energy of the target, so t² = e + u. For one
source feature and unit norms e = c² and u = 1 − c², the squared sine. A boundary that does not exist is nan.
"""

from __future__ import annotations

import math
from typing import Any

from lintransfer.arithmetic import ratio_where, sqrt, where
from lintransfer.theory.linear.isotropic import min_norm_risk


def large_sample_boundary(unexplained: Any, noise_variance: Any) -> Any:
    r"""γ beyond which linear transfer hurts, against scratch by least squares (γ > 1).

    .. math:: \gamma^* = 1 + \sigma^2/u

    unexplained: u, energy of the target off the features.  noise_variance: σ².
    Returns γ*; inf if u = 0.  Limit d → ∞ with the number of features fixed, Σ = I.
    Source: Tahir, Ganguli & Rotskoff (arXiv 2410.08194), from eqs. 8 and 10.

    >>> large_sample_boundary(0.5, 0.25)
    1.5
    """
    return 1 + ratio_where(unexplained > 0, noise_variance, unexplained, math.inf)


def small_sample_boundary(explained: Any, unexplained: Any, noise_variance: Any) -> Any:
    r"""γ₋ < 1 from which linear transfer hurts, against min-norm scratch.

    .. math:: \gamma_\mp = \frac{2e+u-\sigma^2 \mp \sqrt{(u-\sigma^2)^2-4e\sigma^2}}{2(e+u)}, \qquad
        \gamma_-\gamma_+ = \frac{e}{e+u}

    explained, unexplained: e and u.  noise_variance: σ².
    Returns γ₋; nan unless t − √e > σ (1 − |c| > σ at unit norms): otherwise transfer helps for all γ < 1.
    Limit d → ∞ with the number of features fixed, Σ = I; at finite d it needs dγ₋ ≫ 1.
    Source: as `large_sample_boundary`.

    >>> round(float(small_sample_boundary(explained=0.25, unexplained=0.75, noise_variance=0.04)), 6)
    0.264376
    """
    return _transfer_roots(explained, unexplained, noise_variance)[0]


def recovery_boundary(explained: Any, unexplained: Any, noise_variance: Any) -> Any:
    r"""γ₊ < 1 up to which linear transfer hurts, against min-norm scratch.

    Formula, arguments, domain and source as in `small_sample_boundary`. Transfer helps on (γ₊, γ*), γ* from
    `large_sample_boundary`: the peak of scratch at γ = 1 lies there.

    >>> round(float(recovery_boundary(explained=0.25, unexplained=0.75, noise_variance=0.04)), 6)
    0.945624
    """
    return _transfer_roots(explained, unexplained, noise_variance)[1]


def tuned_scratch_boundary(explained: Any, unexplained: Any, noise_variance: Any) -> Any:
    r"""γ beyond which linear transfer hurts, against scratch with the best ridge.

    .. math:: \gamma^* = \frac{e}{e+u}\left(1 + \frac{\sigma^2}{u}\right)

    Arguments as in `small_sample_window`.
    Returns γ*, one monotone boundary for all γ: the second region of gain, around γ = 1, was the peak of untuned
    scratch. inf if u = 0 < e; 0 if e = 0.
    Limit d → ∞ with the number of features fixed, Σ = I. Source: its row of the table.

    >>> tuned_scratch_boundary(explained=0.5, unexplained=0.5, noise_variance=0.5)
    1.0
    """
    share = ratio_where(unexplained > 0, unexplained + noise_variance, unexplained, math.inf)
    alive = explained > 0
    return where(alive, explained / where(alive, explained + unexplained, 1) * where(alive, share, 1), 0.0)


def critical_unexplained_energy(n: Any, n_features: Any, dim: Any, target_energy: Any, noise_variance: Any) -> Any:
    r"""Unexplained energy below which linear transfer on r features beats min-norm scratch, at finite n and d.

    .. math:: u^* = \begin{cases}
        [(r-n-1)(t^2(1-r/d) + \sigma^2 r/(d-n-1)) - \sigma^2 r]/(2r-n-1) & 1 \le n \le r-2 \\
        [(n-r-1)(t^2(1-n/d) + \sigma^2 n/(d-n-1)) - \sigma^2 r]/(n-1) & r+2 \le n \le d-2 \\
        \sigma^2(d-r)/(n-d-1) & n \ge d+2 \end{cases}

    n: target samples.  n_features: r < d.  dim: d.  target_energy: t².  noise_variance: σ².
    Returns u*: transfer wins iff u < u*. u* ≤ 0: never; u* > t²: always; inf where scratch has infinite risk; nan for
    |n − r| ≤ 1, where the head has infinite risk, and at n = 0, a tie.
    Exact, Σ = I. Source: its row of the table.

    >>> float(critical_unexplained_energy(4, 1, 8, target_energy=1.0, noise_variance=0.75))
    0.75
    """
    few, many, beyond = (n > 0) & (n < n_features - 1), n > n_features + 1, n > dim + 1
    scratch = min_norm_risk(n, dim, target_energy, noise_variance)
    spare = where(many, n - n_features - 1, 1)
    between = ratio_where(many, spare * scratch - noise_variance * n_features, n - 1, math.nan)
    after = noise_variance * (dim - n_features) / where(beyond, n - dim - 1, 1)
    spread = target_energy * (dim - n_features) / dim + noise_variance * n_features / where(few, dim - n - 1, 1)
    before = (n_features - n - 1) * spread - noise_variance * n_features
    return where(few, before / where(few, 2 * n_features - n - 1, 1), where(beyond, after, between))


def critical_unexplained_energy_limit(gamma: Any, feature_ratio: Any, target_energy: Any, noise_variance: Any) -> Any:
    r"""Limit of `critical_unexplained_energy` for n, r, d → ∞ at γ = n/d and α = r/d.

    .. math:: u^* = \begin{cases}
        [(\alpha-\gamma)(t^2(1-\alpha) + \sigma^2\alpha/(1-\gamma)) - \sigma^2\alpha]/(2\alpha-\gamma)
        & \gamma < \alpha \\
        [(\gamma-\alpha)(t^2(1-\gamma) + \sigma^2\gamma/(1-\gamma)) - \sigma^2\alpha]/\gamma & \alpha \le \gamma < 1 \\
        \sigma^2(1-\alpha)/(\gamma-1) & \gamma > 1 \end{cases}

    gamma: γ > 0.  feature_ratio: α, 0 ≤ α < 1.  target_energy: t².  noise_variance: σ².
    Returns u*: transfer wins iff u < u*; −σ² at γ = α, where the head has its own peak: a band of anomalous negative
    transfer around n = r. At γ = 1, the peak of scratch, inf if σ > 0, else 0.
    Asymptotic, Σ = I. Source: its row of the table.

    >>> float(critical_unexplained_energy_limit(0.5, 0.25, target_energy=1.0, noise_variance=0.5))
    0.25
    """
    few, below, above = gamma < feature_ratio, gamma < 1, gamma > 1
    rest = where(below, 1 - gamma, 1)
    before = (feature_ratio - gamma) * (target_energy * (1 - feature_ratio) + noise_variance * feature_ratio / rest)
    before = (before - noise_variance * feature_ratio) / where(few, 2 * feature_ratio - gamma, 1)
    between = (gamma - feature_ratio) * (target_energy * rest + noise_variance * gamma / rest)
    between = (between - noise_variance * feature_ratio) / gamma
    peak = where(noise_variance > 0, math.inf, 0.0)
    after = ratio_where(above, noise_variance * (1 - feature_ratio), gamma - 1, peak)
    return where(few, before, where(below, between, after))


def _transfer_roots(explained: Any, unexplained: Any, noise: Any) -> tuple[Any, Any]:
    linear = 2 * explained + unexplained - noise
    discriminant = (unexplained - noise) ** 2 - 4 * explained * noise
    return roots(explained + unexplained, linear, explained, discriminant)


def roots(square: Any, linear: Any, constant: Any, discriminant: Any) -> tuple[Any, Any]:
    """Both roots of square·γ² − linear·γ + constant, or nan unless they are real, distinct and positive.

    The smaller one comes from the product of the two: their difference would cancel.
    """
    exists = (discriminant > 0) & (linear > 0) & (square > 0)
    high = (linear + sqrt(where(exists, discriminant, 1))) / (2 * where(exists, square, 1))
    low = constant / where(exists, square * high, 1)
    return where(exists, low, math.nan), where(exists, high, math.nan)

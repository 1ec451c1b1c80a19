r"""Averages of weights: the best multiple of any update, soups of fine-tunings, and two least-squares fits mixed.

Every average here is a scaled update w0 + ατ. With δ = θ_T − w0 and, in the metric of the risk, m = E⟨τ, δ⟩ and
e = E‖τ‖², the risk is ‖δ‖² − 2αm + α²e: a parabola, the same for interpolated weights (WiSE-FT), merged models, soups
and a single gradient step. `best_scale` is its lowest point.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from lintransfer.arithmetic import maximum, minimum, ratio_where, where
from lintransfer.theory.linear.isotropic import least_squares_risk, min_norm_risk


class BestScale(NamedTuple):
    """The multiple of an update that is best, and the risk there."""

    scale: Any
    risk: Any


def scaled_update_risk(displacement_energy: Any, alignment: Any, update_energy: Any, scale: Any) -> Any:
    r"""Mean risk of w0 + ατ for any random update τ, in any metric Σ.

    .. math:: R = \|\delta\|^2 - 2\alpha m + \alpha^2 e, \qquad m = E\langle\tau, \delta\rangle,\; e = E\|\tau\|^2

    displacement_energy: ‖δ‖² = ‖θ_T − w0‖² (its mean, if w0 is random).  alignment: m.  update_energy: e ≥ 0, inf allowed.
    scale: α.
    Returns R; ‖δ‖² at α = 0, also where e is infinite.  Identity. Source: its row of the table.

    >>> scaled_update_risk(1.0, 0.5, 0.5, 1.0)
    0.5
    """
    return displacement_energy - 2 * scale * alignment + scale * scale * where(scale == 0, 0 * scale, update_energy)


def best_scale(displacement_energy: Any, alignment: Any, update_energy: Any, forgetting: Any = 0.0) -> BestScale:
    r"""The multiple of an update that minimises (1 − μ)R + μE‖ατ‖², and the risk R there.

    .. math:: \alpha^* = (1-\mu)\,m/e, \qquad R = \|\delta\|^2 - (1-\mu^2)\,m^2/e

    displacement_energy, alignment, update_energy: as in `scaled_update_risk`.  forgetting: μ in [0, 1], what the distance
    from w0 counts; 0 looks at the target alone.
    Returns `BestScale(scale, risk)`: α* = 0 where e is infinite, 1 where there is no update (e = 0). Never above ‖δ‖².
    Identity. Source: deterministic shrinkage, Mayer & Willke (1973).

    >>> best_scale(1.0, 0.5, 0.5)
    BestScale(scale=1.0, risk=0.5)
    """
    share = ratio_where(update_energy > 0, alignment, update_energy, 1)
    lost = (1 - forgetting) * (1 + forgetting)
    return BestScale((1 - forgetting) * share, displacement_energy - lost * alignment * share)


def fit_distance(n: Any, dim: Any, noise_variance: Any) -> Any:
    """|n − d| − 1, what an isotropic fit's noise is divided by; 0 where its mean is infinite, 1 without noise.

    >>> fit_distance(4, 10, 0.5), fit_distance(9, 10, 0.5), fit_distance(9, 10, 0.0)
    (5, 0, 1)
    """
    return where(noise_variance > 0, maximum(maximum(n - dim, dim - n) - 1, 0), 1)


def soup_risk(n: Any, dim: Any, displacement_energy: Any, noise_variance: Any, members: Any, stretch: Any = 1.0) -> Any:
    r"""Mean risk of w0 plus a stretched average of K fine-tunings from w0, each on n rows of its own.

    .. math:: R = \|\delta\|^2(1-ap)^2 + \frac{a^2}{K}\left[p(1-p)\|\delta\|^2+V\right], \qquad p = \min(n/d, 1)

    with V the noise of one fit, σ²n/(d−n−1) or σ²d/(n−d−1).  n: rows of each member ≥ 0.  dim: d.  displacement_energy:
    ‖θ_T − w0‖².  noise_variance: σ².  members: K ≥ 1.  stretch: a; 1 is the plain average.
    Returns R; inf where |n − d| ≤ 1 ≤ n and σ > 0, unless a = 0.
    Exact, Σ = I. Members on the same rows from different starts: the fine-tuning from their mean start. Source: its row.

    >>> soup_risk(4, 8, 1.0, 0.0, members=2), soup_risk(21, 10, 1.0, 0.25, members=5)
    (0.375, 0.05)
    """
    seen = minimum(n, dim)
    left, kept = maximum(dim - n, 0) / dim, (dim - stretch * seen) / dim
    noise = min_norm_risk(n, dim, 0, noise_variance)
    spread = where(stretch == 0, 0 * displacement_energy, seen * left * displacement_energy / dim + noise)
    return displacement_energy * kept * kept + stretch * stretch * spread / members


def _soup(n: Any, dim: Any, displacement_energy: Any, noise_variance: Any, members: Any) -> tuple[Any, Any, Any]:
    """‖δ‖²(|n−d|−1), its part that the mean of the members learns, and K times what one of them scatters, over p."""
    signal = fit_distance(n, dim, noise_variance) * displacement_energy
    scattered = maximum(dim - n, 0) * signal / dim + dim * noise_variance
    return signal, members * minimum(n, dim) * signal / dim, scattered


def optimal_soup_stretch(n: Any, dim: Any, displacement_energy: Any, noise_variance: Any, members: Any) -> Any:
    r"""The stretch a* of `soup_risk` of least risk.

    .. math:: a^* = \frac{K\|\delta\|^2}{Kp\|\delta\|^2+(1-p)\|\delta\|^2+d\sigma^2/(|n-d|-1)}

    Arguments as in `soup_risk`. Above 1 (extrapolate) iff n < d and dσ²/(d−n−1) < (K−1)(1−p)‖δ‖²; 0 where |n − d| ≤ 1 and
    σ > 0; 1/p as K → ∞; 1 without noise and displacement; at n = 0 the limit n → 0.  Exact, Σ = I. Source: its row.

    >>> optimal_soup_stretch(4, 8, 1.0, 0.0, members=3)
    1.5
    """
    signal, learnt, scattered = _soup(n, dim, displacement_energy, noise_variance, members)
    whole = learnt + scattered
    return ratio_where(whole > 0, members * signal, whole, 1.0)


def optimal_soup_risk(n: Any, dim: Any, displacement_energy: Any, noise_variance: Any, members: Any) -> Any:
    r"""`soup_risk` at its best stretch: ‖δ‖² v/(v + Kp²‖δ‖²), v = p(1−p)‖δ‖² + V.

    Arguments as in `soup_risk`. Returns the risk: never above ‖δ‖², no peak at n = d, and → 0 as K → ∞.
    Exact, Σ = I. Source: its row.

    >>> optimal_soup_risk(4, 8, 1.0, 0.0, members=3)
    0.25
    """
    _, learnt, scattered = _soup(n, dim, displacement_energy, noise_variance, members)
    whole = learnt + scattered
    return displacement_energy * ratio_where(whole > 0, scattered, whole, 1.0)


def _two_fits(
    n: Any, n_source: Any, dim: Any, displacement_energy: Any, noise_variance: Any, source_noise_variance: Any
) -> tuple[Any, Any, Any]:
    """Mean squared errors of the two fits on the target, A and B + D², and whether there are samples enough for that."""
    enough = (n >= dim) & (n_source >= dim)
    own = least_squares_risk(where(enough, n, dim + 2), dim, noise_variance)
    other = least_squares_risk(where(enough, n_source, dim + 2), dim, source_noise_variance)
    return own, other + displacement_energy, enough


def averaged_fits_weight(
    n: Any, n_source: Any, dim: Any, displacement_energy: Any, noise_variance: Any, source_noise_variance: Any
) -> Any:
    r"""The weight of the source fit in the best average (1 − a)ŵ_T + aŵ_S of two least-squares fits.

    .. math:: a^* = \frac{A}{A+B+D^2}, \qquad A = \frac{\sigma_T^2 d}{n_T-d-1},\; B = \frac{\sigma_S^2 d}{n_S-d-1}

    n, n_source: n_T and n_S, ≥ d.  dim: d.  displacement_energy: D² = ‖θ_T − θ_S‖².  noise_variance,
    source_noise_variance: σ_T², σ_S².
    Returns a* in [0, 1]: 1 where only A is infinite, ½ where both are, 0 where A = 0; nan for n_T or n_S < d, where the
    fits are biased (`lintransfer.theory.tasks.stacking` has them).  Exact, Σ = I. Source: its row of the table.

    >>> averaged_fits_weight(15, 15, 4, 0.2, 0.5, 0.5)
    0.3333333333333333
    """
    points = n, n_source, dim, displacement_energy, noise_variance, source_noise_variance
    return _mixed(*_two_fits(*points))[0]


def _mixed(own: Any, other: Any, enough: Any) -> tuple[Any, Any]:
    """The best weight of the second of two fits with independent errors, and the error of the mixture."""
    endless, far = own == math.inf, other == math.inf
    first, second = where(endless, 0, own), where(far, 0, other)
    share = ratio_where(first > 0, first, first + second, 0 * first)
    weight = where(endless, where(far, 0.5, 1.0), where(far, 0.0, share))
    error = where(endless, other, where(far, own, share * second))
    return where(enough, weight, math.nan), where(enough, error, math.nan)


def averaged_fits_risk(
    n: Any, n_source: Any, dim: Any, displacement_energy: Any, noise_variance: Any, source_noise_variance: Any
) -> Any:
    r"""Risk on the target of the best average of two least-squares fits: A(B + D²)/(A + B + D²).

    Arguments and A, B as in `averaged_fits_weight`. Never above the target fit alone (A), nor above the source fit (B + D²):
    a source always helps, if its weight is right.  Exact, Σ = I. Source: its row of the table.

    >>> round(averaged_fits_risk(15, 15, 4, 0.2, 0.5, 0.5), 12)
    0.133333333333
    """
    points = n, n_source, dim, displacement_energy, noise_variance, source_noise_variance
    return _mixed(*_two_fits(*points))[1]

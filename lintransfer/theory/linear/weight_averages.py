r"""Weights between a source and its fine-tuning (WiSE-FT), (1 − a)w0 + aŵ: risk on the target and on the source.

ŵ = w0 + τ is the minimum-norm, least-squares or ridge fit that starts from w0, and a scales τ: `best_scale` of
`lintransfer.theory.tasks.averages` with m and e worked out. Isotropic inputs exactly, for a source that is known or was
itself fitted; any covariance is in `lintransfer.theory.linear.weight_averages_covariance`.
"""

from __future__ import annotations

import math
from typing import Any

from lintransfer.arithmetic import maximum, minimum, ratio_where, where
from lintransfer.theory.linear.finite_source import finite_source_displacement
from lintransfer.theory.linear.isotropic import min_norm_risk
from lintransfer.theory.tasks.averages import fit_distance


def _fit_noise(n: Any, dim: Any, noise_variance: Any, weight: Any) -> Any:
    """a²V, 0 at a = 0 even where V is infinite."""
    return weight * weight * where(weight == 0, 0 * noise_variance, min_norm_risk(n, dim, 0, noise_variance))


def _missed(n: Any, dim: Any, weight: Any) -> Any:
    """1 − (2a − a²)p = (1 − p) + p(1 − a)²."""
    return (maximum(dim - n, 0) + minimum(n, dim) * (1 - weight) * (1 - weight)) / dim


def interpolation_risk(n: Any, dim: Any, displacement_energy: Any, noise_variance: Any, weight: Any) -> Any:
    r"""Mean risk on the target of (1 − a)w0 + aŵ, ŵ the minimum-norm or least-squares fit from w0.

    .. math:: R = \|\delta\|^2\left[1-(2a-a^2)p\right]+a^2V, \qquad p = \min(n/d, 1)

    with V the noise of ŵ, σ²n/(d−n−1) or σ²d/(n−d−1).  n: target samples ≥ 0.  dim: d.  displacement_energy: ‖δ‖² =
    ‖θ_T − w0‖².  noise_variance: σ².  weight: a, any real number.
    Returns R; inf where |n − d| ≤ 1 ≤ n and σ > 0, unless a = 0.  Exact, Σ = I. Source: its row of the table.

    >>> interpolation_risk(4, 10, 1.0, 0.25, weight=0.5), interpolation_risk(10, 10, 1.0, 0.25, weight=0.0)
    (0.75, 1.0)
    """
    return displacement_energy * _missed(n, dim, weight) + _fit_noise(n, dim, noise_variance, weight)


def interpolation_distance(n: Any, dim: Any, displacement_energy: Any, noise_variance: Any, weight: Any) -> Any:
    r"""Mean squared distance of (1 − a)w0 + aŵ from w0: a²(p‖δ‖² + V), the risk on a source that w0 knows exactly.

    Arguments and symbols as in `interpolation_risk`. Returns the mean.  Exact, Σ = I. Source: its row of the table.

    >>> interpolation_distance(4, 10, 1.0, 0.5, weight=1.0)
    0.8
    """
    kept = weight * weight * minimum(n, dim) * displacement_energy / dim
    return kept + _fit_noise(n, dim, noise_variance, weight)


def _relative_noise(dim: Any, displacement_energy: Any, noise_variance: Any) -> Any:
    """dσ²/‖δ‖², inf at δ = 0 with noise."""
    otherwise = where(noise_variance > 0, math.inf, 0 * noise_variance)
    return ratio_where(displacement_energy > 0, dim * noise_variance, displacement_energy, otherwise)


def optimal_interpolation_weight(n: Any, dim: Any, displacement_energy: Any, noise_variance: Any) -> Any:
    r"""The weight a* of the fine-tuned end at which `interpolation_risk` is least.

    .. math:: a^* = \frac{\|\delta\|^2}{\|\delta\|^2+d\sigma^2/(|n-d|-1)}

    Arguments as in `interpolation_risk`. In [0, 1]: 1 without noise, 0 where |n − d| ≤ 1 and σ > 0; the same at d − j and
    d + j samples; at n = 0, where every weight is best, the limit n → 0.  Exact, Σ = I. Source: its row of the table.

    >>> optimal_interpolation_weight(4, 10, 1.0, 0.5), optimal_interpolation_weight(16, 10, 1.0, 0.5)
    (0.5, 0.5)
    """
    room = fit_distance(n, dim, noise_variance)
    whole = room + _relative_noise(dim, displacement_energy, noise_variance)
    return ratio_where(whole > 0, room, whole, 0)


def optimal_interpolation_risk(n: Any, dim: Any, displacement_energy: Any, noise_variance: Any) -> Any:
    r"""`interpolation_risk` at its best weight: ‖δ‖²(1 − pa*).

    .. math:: R^* = (1-p)\|\delta\|^2 + p\,\|\delta\|^2(1-a^*)

    Arguments as in `interpolation_risk`. Returns the risk: never above ‖δ‖², and no peak at n = d.
    Exact, Σ = I. Source: its row of the table.

    >>> optimal_interpolation_risk(4, 10, 1.0, 0.5), optimal_interpolation_risk(10, 10, 1.0, 0.5)
    (0.8, 1.0)
    """
    room, noise = fit_distance(n, dim, noise_variance), dim * noise_variance
    whole = room + _relative_noise(dim, displacement_energy, noise_variance)
    scatter = ratio_where(whole > 0, noise, whole, math.inf)  # the energy may be inf, that of a fitted source
    missed = maximum(dim - n, 0)
    left = where(missed > 0, displacement_energy, 0 * noise)
    return (missed * left + minimum(n, dim) * scatter) / dim


def fitted_interpolation_risk(
    n: Any, n_source: Any, dim: Any, source_energy: Any, cross_energy: Any, target_energy: Any,
    noise_variance: Any, source_noise_variance: Any, weight: Any,
) -> Any:  # fmt: skip
    r"""Mean risk on the target of (1 − a)ŵ_S + aŵ, ŵ_S fitted to n_S source samples from 0 and ŵ fine-tuned from it.

    .. math:: R_T = f\left[1-(2a-a^2)p\right]+a^2V, \qquad f = E\|\theta_T-\hat w_S\|^2

    n_source, source_energy, cross_energy, target_energy, source_noise_variance: as in `finite_source_displacement`, which is
    f.  n, dim, noise_variance, weight: as in `interpolation_risk`.
    Returns R_T; inf where V is (unless a = 0) and where f is (unless a = 1 and n ≥ d).
    Exact, Σ_S = Σ = I. Follows from `interpolation_risk` by substitution.

    >>> float(fitted_interpolation_risk(2, 4, 8, 1.0, 0.75, 1.0, 0.0, source_noise_variance=0.75, weight=1.0))
    1.3125
    """
    energies = source_energy, cross_energy, target_energy
    start = finite_source_displacement(n_source, dim, *energies, source_noise_variance)
    missed = _missed(n, dim, weight)
    return where(missed == 0, 0 * noise_variance, start) * missed + _fit_noise(n, dim, noise_variance, weight)


def fitted_interpolation_source_risk(
    n: Any, n_source: Any, dim: Any, source_energy: Any, cross_energy: Any, target_energy: Any,
    noise_variance: Any, source_noise_variance: Any, weight: Any,
) -> Any:  # fmt: skip
    r"""Mean risk on the SOURCE of (1 − a)ŵ_S + aŵ: what fine-tuning forgets, along the way to the target.

    .. math:: R_S = \varepsilon-2apg+a^2(pf+V), \qquad g = \varepsilon-b,\; f = \varepsilon-2b+D^2,\;
        b = (1-n_S/d)_+\,\theta_S\cdot(\theta_S-\theta_T)

    with ε = E‖ŵ_S − θ_S‖² and D² = ‖θ_T − θ_S‖².  Arguments as in `fitted_interpolation_risk`.
    Returns R_S = (1−p)ε + p[(1−a)²ε + 2a(1−a)b + a²D²] + a²V; inf where V is (unless a = 0) and where ε is (unless a = 1
    and n ≥ d).  Exact, Σ_S = Σ = I. Source: its row of the table.

    >>> float(fitted_interpolation_source_risk(2, 4, 8, 1.0, 0.75, 1.0, 0.0, source_noise_variance=0.75, weight=0.0))
    1.5
    """
    left, missed = maximum(dim - n_source, 0) * (source_energy - cross_energy) / dim, _missed(n, dim, weight)
    moved = 2 * (1 - weight) * left + weight * (source_energy - 2 * cross_energy + target_energy)
    error = where(missed == 0, 0 * noise_variance, min_norm_risk(n_source, dim, source_energy, source_noise_variance))
    turned = minimum(n, dim) * weight * moved / dim
    return error * missed + turned + _fit_noise(n, dim, noise_variance, weight)


def optimal_fitted_interpolation_weight(
    n: Any, n_source: Any, dim: Any, source_energy: Any, cross_energy: Any, target_energy: Any,
    noise_variance: Any, source_noise_variance: Any,
) -> Any:  # fmt: skip
    r"""The weight at which `fitted_interpolation_risk` is least: `optimal_interpolation_weight` from f = E‖θ_T − ŵ_S‖².

    Arguments as in `fitted_interpolation_risk`. Returns a* in [0, 1].  Exact, Σ_S = Σ = I. Follows by substitution.

    >>> round(float(optimal_fitted_interpolation_weight(16, 4, 8, 1.0, 0.75, 1.0, 0.5, source_noise_variance=0.75)), 6)
    0.753846
    """
    energies = source_energy, cross_energy, target_energy
    start = finite_source_displacement(n_source, dim, *energies, source_noise_variance)
    return optimal_interpolation_weight(n, dim, start, noise_variance)


def optimal_fitted_interpolation_risk(
    n: Any, n_source: Any, dim: Any, source_energy: Any, cross_energy: Any, target_energy: Any,
    noise_variance: Any, source_noise_variance: Any,
) -> Any:  # fmt: skip
    r"""`fitted_interpolation_risk` at its best weight: `optimal_interpolation_risk` from f = E‖θ_T − ŵ_S‖².

    Arguments as in `fitted_interpolation_risk`. Returns the risk; inf for n < d where f is infinite.
    Exact, Σ_S = Σ = I. Follows by substitution.

    >>> round(float(optimal_fitted_interpolation_risk(16, 4, 8, 1.0, 0.75, 1.0, 0.5, source_noise_variance=0.75)), 6)
    0.430769
    """
    energies = source_energy, cross_energy, target_energy
    start = finite_source_displacement(n_source, dim, *energies, source_noise_variance)
    return optimal_interpolation_risk(n, dim, start, noise_variance)

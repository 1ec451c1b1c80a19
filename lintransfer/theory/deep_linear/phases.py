r"""Where depth helps, where it hurts, and where the published boundary of transfer is right.

Isotropic proportional limit, n < d, balanced rank-one start, trained to zero loss; τ = t/s. All follows from
R = (1−γ)(t² − 2ρ stc + ρ²s²) + σ²γ/(1−γ), because ρ_L moves monotonically from 1 (L = 1) to τ_σ = √(t² + σ²/(1−γ))/s
(L = ∞) and does not depend on the overlap.
"""

from __future__ import annotations

import math
from typing import Any

from lintransfer.arithmetic import log, log1p, maximum, ratio_where, sqrt, where
from lintransfer.theory.deep_linear.risk import limit_retention


def published_transferability(gamma: Any, source_energy: Any, cross_energy: Any) -> Any:
    r"""(1−γ)₊(2stc − s²): the published transferability of fine-tuning, which is `deep_transferability` with ρ = 1.

    Right for L = 1 and for γ ≥ 1. For L ≥ 2, 0 < γ < 1, balanced and trained to zero loss: iff s² = t² + σ²/(1−γ)
    (noiseless: s = t), or by accident where ρ = 2tc/s − 1. Also right for every s, t, σ in the limit γ → 0, if only the
    first layer is trained, and if the head starts much larger than the first layer.
    Source: arXiv 2410.08194, eq. 15.

    >>> print(f"{published_transferability(0.5, 1.0, 0.6):.6f}")
    0.100000
    """
    return maximum(1 - gamma, 0) * (2 * cross_energy - source_energy)


def published_error(
    gamma: Any, depth: Any, source_energy: Any, cross_energy: Any, target_energy: Any, noise_variance: Any = 0.0
) -> Any:
    r"""`deep_transferability` minus `published_transferability`: (1−γ)₊(ρ−1)(2stc − (ρ+1)s²).

    Zero iff ρ = 1 or ρ = 2τc − 1. Arguments as in `deep_transferability`. Source: its row of the table.

    >>> print(f"{published_error(0.5, 2, 1.0, 0.6, 4.0):.6f}")  # the signs differ: +0.1 published, −0.064 true
    -0.163961
    """
    rho = limit_retention(gamma, depth, source_energy, target_energy, noise_variance)
    rho = where(gamma < 1, rho, 1)
    return maximum(1 - gamma, 0) * (rho - 1) * (2 * cross_energy - (rho + 1) * source_energy)


def critical_overlap(gamma: Any, depth: Any, source_energy: Any, target_energy: Any, noise_variance: Any = 0.0) -> Any:
    r"""c* = ρs/(2t): deep fine-tuning beats min-norm scratch iff c > c*, 0 ≤ γ < 1.

    May exceed 1: then transfer hurts from every source of that norm. nan for γ ≥ 1, where nothing transfers, and t = 0.
    Source: its row of the table; arXiv 2410.08194 has c* = s/(2t).

    >>> print(f"{critical_overlap(0.5, 2, 1.0, 4.0):.6f}")
    0.324629
    """
    rho = limit_retention(gamma, depth, source_energy, target_energy, noise_variance)
    return ratio_where(target_energy > 0, rho * sqrt(source_energy), 2 * sqrt(target_energy), math.nan)


def best_retention(source_energy: Any, cross_energy: Any) -> Any:
    r"""ρ* = τc = stc/s²: the retention of least risk, (1−γ)t²(1−c²) + σ²γ/(1−γ), whatever the depth.

    >>> best_retention(1.0, 0.6)
    0.6
    """
    return cross_energy / source_energy


def optimal_depth(
    gamma: Any, source_energy: Any, cross_energy: Any, target_energy: Any, noise_variance: Any = 0.0
) -> Any:
    r"""Depth of least risk, a real number: L* = ln ν*/(ln ν* − ln τc), ν* the norm ratio ‖w_∞‖/‖w0‖ there.

    ν*² = γτ² + σ²γ/((1−γ)s²) + (1−γ)τ²c². Where τ_σ ≤ 1: ∞ (σ = 0, τ = 1: every depth is the same). τ_σ > 1 ≥ τc: 1.
    τc > 1: the formula, which is ∞ for c = 1 without noise. The risk falls towards L* from both sides, so that the
    best whole number is one of its two neighbours (`best_whole_depth`).
    gamma: 0 < γ < 1 (nan elsewhere).  source_energy: s² > 0. Source: its row of the table.

    >>> print(f"{optimal_depth(0.5, 1.0, 1.8, 4.0):.6f}")
    11.600234
    """
    inside = (gamma > 0) & (gamma < 1)
    share = where(inside, gamma, 0.5)
    wanted = best_retention(source_energy, cross_energy)
    noise = noise_variance / (1 - share)
    fit = share * (target_energy + noise) / source_energy
    floor = maximum(wanted, 1)
    above = log1p(fit / floor**2 - share) / 2  # ln ν* − ln τc
    between = ratio_where(above > 0, above + log(floor), above, math.inf)
    deepest = where(target_energy + noise <= source_energy, math.inf, where(wanted <= 1, 1, between))
    return where(inside, deepest, math.nan)


def best_whole_depth(
    gamma: Any, source_energy: Any, cross_energy: Any, target_energy: Any, noise_variance: Any = 0.0
) -> Any:
    """The whole number of layers (or inf) of least risk: the better neighbour of `optimal_depth`.

    >>> float(best_whole_depth(0.5, 1.0, 1.8, 4.0))
    12.0
    """
    real = optimal_depth(gamma, source_energy, cross_energy, target_energy, noise_variance)
    low = where(real < math.inf, real, 1) // 1
    wanted = best_retention(source_energy, cross_energy)
    below, above = (
        limit_retention(gamma, depth, source_energy, target_energy, noise_variance) - wanted for depth in (low, low + 1)
    )
    whole = where(below * below <= above * above, low, low + 1)
    return where(real < math.inf, whole, real)


def infinite_depth_gain(source_energy: Any, cross_energy: Any, target_energy: Any) -> Any:
    r"""(1−τ)(1+τ−2τc): positive iff infinite depth beats one layer, whatever γ < 1 (noiseless).

    It is [R(L=1) − R(L=∞)]/((1−γ)s²).

    >>> print(infinite_depth_gain(4.0, 2.0, 1.0))
    0.25
    """
    ratio, overlap = sqrt(target_energy / source_energy), cross_energy / source_energy
    return (1 - ratio) * (1 + ratio - 2 * overlap)


def gamma_of_norm(norm_ratio: Any, depth: Any, source_energy: Any, target_energy: Any) -> Any:
    r"""γ(ν) = (ν² − ν^e)/(τ² − ν^e), e = 2 − 2/L: the noiseless sample size at which ‖w_∞‖ = ν‖w0‖, without roots.

    norm_ratio: ν between 1 (γ = 0) and τ (γ = 1), τ ≠ 1.  depth: L ≥ 1, finite.
    With `risk_of_norm` it draws risk against γ, and sample complexity, as explicit curves. Source: its row of the table.

    >>> print(f"{gamma_of_norm(1.5, 2, 1.0, 4.0):.6f}")
    0.300000
    """
    kept = norm_ratio ** (2 - 2 / depth)
    return (norm_ratio * norm_ratio - kept) / (target_energy / source_energy - kept)


def risk_of_norm(norm_ratio: Any, depth: Any, source_energy: Any, cross_energy: Any, target_energy: Any) -> Any:
    r"""Noiseless risk where ‖w_∞‖ = ν‖w0‖: (1−γ(ν))(t² − 2ν^{e/2}stc + ν^e s²), e = 2 − 2/L.

    Arguments as in `gamma_of_norm`; the risk need not be monotone in ν (see `harmful_depth`).

    >>> print(f"{risk_of_norm(1.5, 2, 1.0, 1.0, 4.0):.6f}")
    2.135357
    """
    kept = norm_ratio ** (1 - 1 / depth)
    missed = target_energy - 2 * kept * cross_energy + kept * kept * source_energy
    return (1 - gamma_of_norm(norm_ratio, depth, source_energy, target_energy)) * missed

r"""Risk of fine-tuning a deep linear network on isotropic inputs: proportional limit and finite-size closure.

Given the retention factor ρ the learner ends at m + ρQθ_S, so its risk is that of linear fine-tuning from ρθ_S:
R = ‖Q(θ_T − ρθ_S)‖² + σ²‖X⁺ξ‖². In large dimension ρ concentrates at the root that A = 1 − γ and the mean of ‖m‖²
determine. n < d trains to zero loss; n > d ends at least squares, where source and depth are forgotten. Any other
covariance: `lintransfer.theory.deep_linear.covariance`.
"""

from __future__ import annotations

import math
from typing import Any

from lintransfer.arithmetic import ratio_where, where
from lintransfer.theory.deep_linear.retention import retention_factor
from lintransfer.theory.linear.isotropic import min_norm_risk


def retained_risk(
    retention: Any, null_fraction: Any, source_energy: Any, cross_energy: Any, target_energy: Any, variance: Any
) -> Any:
    r"""Risk at retention ρ on isotropic inputs: A(t² − 2ρ stc + ρ²s²) + V.

    null_fraction: A = 1 − n/d, what the data do not see.  variance: V = σ²E‖X⁺ξ‖².
    source_energy, cross_energy, target_energy: s², stc, t².

    >>> retained_risk(0.5, 0.5, 4.0, 1.0, 1.0, 0.25)
    0.75
    """
    return null_fraction * (target_energy - 2 * retention * cross_energy + retention**2 * source_energy) + variance


def retained_gain(retention: Any, null_fraction: Any, source_energy: Any, cross_energy: Any) -> Any:
    r"""Transferability at retention ρ, the noise cancelling: A(2ρ stc − ρ²s²).

    >>> retained_gain(0.5, 0.5, 4.0, 1.0)
    0.0
    """
    return null_fraction * retention * (2 * cross_energy - retention * source_energy)


def limit_variance(gamma: Any, noise_variance: Any) -> Any:
    r"""What label noise adds to a min-norm or least-squares fit, proportional limit: σ²γ/(1−γ), or σ²/(γ−1) for γ > 1.

    gamma: γ ≥ 0.  noise_variance: σ². inf at γ = 1 if σ > 0, else 0. At finite size: `isotropic.min_norm_risk` at δ = 0.

    >>> limit_variance(0.5, 0.25), limit_variance(3.0, 0.5)
    (0.25, 0.25)
    """
    few, many = gamma < 1, gamma > 1
    edge = where(noise_variance > 0, math.inf, 0)
    return ratio_where(few | many, where(few, gamma, 1) * noise_variance, where(few, 1 - gamma, gamma - 1), edge)


def limit_retention(gamma: Any, depth: Any, source_energy: Any, target_energy: Any, noise_variance: Any = 0.0) -> Any:
    r"""ρ in the proportional limit, from A = 1 − γ and B = (γt² + σ²γ/(1−γ))/s².

    gamma: γ = n/d, 0 ≤ γ < 1.  depth: L ≥ 1, real, or inf.  source_energy, target_energy: s² and t².
    It does not depend on the overlap. γ = 0: 1 (also at L = ∞, where the limit γ → 0⁺ is τ_σ = √(t² + σ²)/s instead).
    ρ = 1 for L = 1, and for L > 1, γ > 0 iff s² = t² + σ²/(1−γ). nan for γ ≥ 1 (nothing of the source is left), and
    for s = 0 at L = ∞ (0·∞); s = 0 otherwise returns 1, which multiplies nothing.
    Source: the rows that use it; set to 1 in arXiv 2410.08194, eq. 15.

    >>> print(f"{limit_retention(0.5, 2, 1.0, 4.0):.9f}")
    1.298514791
    """
    inside = (gamma >= 0) & (gamma < 1)
    row = where(inside, gamma, 0.5)
    return _retention(inside, depth, 1 - row, row, row * noise_variance / (1 - row), source_energy, target_energy)


def closed_retention(
    n: Any, dim: Any, depth: Any, source_energy: Any, target_energy: Any, noise_variance: Any = 0.0
) -> Any:
    r"""ρ from the mean fractions at finite size: A = 1 − n/d and B = [nt²/d + σ²n/(d−n−1)]/s².

    n: 0 ≤ n < d.  dim: d. Other arguments and limits as in `limit_retention`. nan at n = d − 1 if σ > 0 and L > 1,
    where the mean of ‖m‖² is infinite, and for n ≥ d.

    >>> print(f"{closed_retention(5, 10, 2, 1.0, 4.0):.9f}")
    1.298514791
    """
    inside = (n >= 0) & (n < dim) & ((n < dim - 1) | (noise_variance == 0) | (depth == 1) | (n == 0))
    gap = where((n >= 0) & (n < dim - 1), dim - n - 1, 1)
    count = where(inside, n, 0)
    return _retention(
        inside, depth, (dim - count) / dim, count / dim, count * noise_variance / gap, source_energy, target_energy
    )


def _retention(
    inside: Any, depth: Any, null: Any, row: Any, variance: Any, source_energy: Any, target_energy: Any
) -> Any:
    given = source_energy > 0
    fit = (row * target_energy + variance) / where(given, source_energy, 1)
    retained = retention_factor(depth, null, where(given, fit, row), row)
    return where(inside & (given | (depth < math.inf)), retained, math.nan)


def deep_fine_tuning_risk(
    gamma: Any, depth: Any, source_energy: Any, cross_energy: Any, target_energy: Any, noise_variance: Any = 0.0
) -> Any:
    r"""Risk of fine-tuning a balanced rank-one network of depth L, isotropic proportional limit, every γ ≥ 0.

    .. math:: R = (1-\gamma)(t^2 - 2\rho stc + \rho^2 s^2) + \frac{\sigma^2\gamma}{1-\gamma} \quad (\gamma < 1),
        \qquad \frac{\sigma^2}{\gamma-1} \quad (\gamma > 1)

    gamma: γ = n/d.  depth: L ≥ 1, real, or inf.  source_energy, cross_energy, target_energy: s², stc, t².
    noise_variance: σ². ρ = `limit_retention`. γ = 1: inf if σ > 0, else 0. γ = 0: ‖θ_T − θ_S‖².
    s = 0 is the limit s → 0: min-norm scratch for finite L, nan at L = ∞ (a zero network does not train by itself).
    Asymptotic: relative error O(1/d). Source: its row of the table, for L > 1; ρ = 1 is eq. 15 of arXiv 2410.08194.

    >>> print(f"{deep_fine_tuning_risk(0.5, 2, 1.0, 0.6, 4.0):.6f}")
    2.063961
    """
    retention = limit_retention(gamma, depth, source_energy, target_energy, noise_variance)
    variance = limit_variance(gamma, noise_variance)
    return _risk(gamma < 1, retention, 1 - gamma, source_energy, cross_energy, target_energy, variance)


def deep_fine_tuning_risk_closure(
    n: Any, dim: Any, depth: Any, source_energy: Any, cross_energy: Any, target_energy: Any, noise_variance: Any = 0.0
) -> Any:
    r"""`deep_fine_tuning_risk` at finite size: exact bias and variance factors around the ρ of mean fractions.

    (1−n/d)(t² − 2ρ stc + ρ²s²) + σ²n/(d−n−1) for n ≤ d−2, σ²d/(n−d−1) for n ≥ d+2, inf for |n−d| ≤ 1 ≤ n if σ > 0.
    n: samples ≥ 0.  dim: d; the others as in `deep_fine_tuning_risk`; ρ = `closed_retention`.
    Exact for L = 1, for n = 0 and for n ≥ d; otherwise of relative error O(1/d), best near n = d. nan for d = 1 and
    L > 1 where noise or c < 0 can put the fit on the other side of the saddle w = 0, which one dimension cannot pass.

    >>> print(f"{deep_fine_tuning_risk_closure(5, 10, 2, 1.0, 0.6, 4.0, 0.1):.6f}")
    2.200557
    """
    retention = closed_retention(n, dim, depth, source_energy, target_energy, noise_variance)
    variance = min_norm_risk(n, dim, 0, noise_variance)
    unknown = (n == dim - 1) & (noise_variance > 0) & (n > 0)
    retention = where(unknown, 1, retention)  # the mean is infinite whatever is kept
    risk = _risk(n < dim, retention, (dim - n) / dim, source_energy, cross_energy, target_energy, variance)
    return where(_may_stall(n, dim, depth, cross_energy, noise_variance), math.nan, risk)


def _risk(few: Any, retention: Any, null: Any, source: Any, cross: Any, target: Any, variance: Any) -> Any:
    retention = where(few, retention, 1)  # nan beyond, and nan · 0 would be its gradient
    return where(few, retained_risk(retention, null, source, cross, target, variance), variance)


def deep_transferability(
    gamma: Any, depth: Any, source_energy: Any, cross_energy: Any, target_energy: Any, noise_variance: Any = 0.0
) -> Any:
    r"""Transferability against min-norm scratch, isotropic proportional limit: (1−γ)₊(2ρ stc − ρ²s²).

    Positive iff c > ρs/(2t) and γ < 1. The noise cancels except in ρ. Arguments as in `deep_fine_tuning_risk`.
    Source: its row of the table, for L > 1. `published_transferability` is the case ρ = 1.

    >>> print(f"{deep_transferability(0.5, 2, 1.0, 0.6, 4.0):.6f}")
    -0.063961
    """
    retention = limit_retention(gamma, depth, source_energy, target_energy, noise_variance)
    retention = where(gamma < 1, retention, 1)
    return where(gamma < 1, retained_gain(retention, 1 - gamma, source_energy, cross_energy), 0 * source_energy)


def deep_transferability_closure(
    n: Any, dim: Any, depth: Any, source_energy: Any, cross_energy: Any, target_energy: Any, noise_variance: Any = 0.0
) -> Any:
    r"""`deep_transferability` with the finite-size ρ of `closed_retention`: (1−n/d)₊(2ρ stc − ρ²s²).

    nan at n = d − 1 for L > 1 and σ > 0. Arguments as in `deep_fine_tuning_risk_closure`.

    >>> print(f"{deep_transferability_closure(5, 10, 2, 1.0, 0.6, 4.0):.6f}")
    -0.063961
    """
    retention = closed_retention(n, dim, depth, source_energy, target_energy, noise_variance)
    retention = where(n < dim, retention, 1)
    gain = retained_gain(retention, (dim - n) / dim, source_energy, cross_energy)
    stall = _may_stall(n, dim, depth, cross_energy, noise_variance)
    return where(n < dim, gain, where(stall, math.nan, 0 * source_energy))


def _may_stall(n: Any, dim: Any, depth: Any, cross_energy: Any, noise_variance: Any) -> Any:
    return (dim == 1) & (depth > 1) & (n > 0) & ((noise_variance > 0) | (cross_energy < 0))

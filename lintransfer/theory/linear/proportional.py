r"""Isotropic inputs in the proportional limit: n, d → ∞ with γ = n/d fixed, ridge λ of order d.

The fixed point γ − λ/(dκ) = 1/(1+κ) is a quadratic. In its two roots' distance s = √((d+λ−n)² + 4nλ) and in
h = nκ = (d+λ−n+s)/2 everything is elementary, with no division by n or κ, so that n = 0 and λ = 0 need no care.
"""

from __future__ import annotations

from typing import Any

from lintransfer.arithmetic import ratio_where, sqrt, where


def isotropic_kappa(n: Any, dim: Any, ridge: Any) -> Any:
    r"""Effective regularisation of d equal eigenvalues 1: the root κ ≥ 0 of γ − λ/(dκ) = 1/(1+κ), γ = n/d.

    n, dim, ridge: n ≥ 0, d, λ ≥ 0 (sum convention), any shapes that broadcast; γ and λ/d with d = 1 give the same.
    Returns κ: inf at n = 0, 0 at λ = 0, n ≥ d.
    Source: Marchenko–Pastur law (arXiv 2103.05621 has this fixed point for isotropic designs).

    >>> float(isotropic_kappa(5, 10, 0.0)), float(isotropic_kappa(20, 10, 15.0))
    (1.0, 1.0)
    """
    return ratio_where(n > 0, _scaled_kappa(n, dim, ridge), n, float("inf"))


def proportional_ridge_risk(n: Any, dim: Any, displacement_energy: Any, noise_variance: Any, ridge: Any) -> Any:
    r"""Limit risk of ridge regression to w0, Σ = I: (κ²‖δ‖²/(1+κ)² + σ²q)/(1−q), q = 1/(γ(1+κ)²).

    n ≥ 0, dim ≥ 1.  displacement_energy: ‖θ_T − w0‖².  noise_variance: σ² (kσ² for k outputs).  ridge: λ ≥ 0; 0 gives
    the limits of the exact min-norm and least-squares risks, with n−d for n−d±1.
    Returns the risk: (h²‖δ‖² + ndσ²)/((n+h)s) in the symbols of the module; ‖δ‖² at n = 0; inf at n = d, λ = 0, σ > 0.
    Error O(1/d). Source: arXiv 1507.03003, 1903.08560.

    >>> float(proportional_ridge_risk(5, 10, 1.0, 0.2, 0.0)), float(proportional_ridge_risk(20, 10, 1.0, 0.2, 0.0))
    (0.7, 0.2)
    """
    half, spread = _scaled_kappa(n, dim, ridge), _spread(n, dim, ridge)
    numerator = half * half * displacement_energy + n * dim * noise_variance
    return ratio_where(spread > 0, numerator, (n + half) * spread, where(numerator > 0, float("inf"), 0 * numerator))


def tuned_ridge(dim: Any, displacement_energy: Any, noise_variance: Any) -> Any:
    r"""The optimal ridge λ* = dσ²/‖δ‖², the same for every n; inf if ‖δ‖ = 0.

    Source: arXiv 1507.03003 for scratch, arXiv 2103.05621 for a displacement.

    >>> float(tuned_ridge(10, 2.0, 0.5))
    2.5
    """
    return ratio_where(displacement_energy > 0, dim * noise_variance, displacement_energy, float("inf"))


def tuned_ridge_risk(n: Any, dim: Any, displacement_energy: Any, noise_variance: Any) -> Any:
    r"""Limit risk at the optimal ridge: R* = ½[Δ + √(Δ² + 4σ²‖δ‖²)], Δ = ‖δ‖²(1−γ) − σ².

    Arguments as in `proportional_ridge_risk`. Where Δ < 0 it is evaluated as 2σ²‖δ‖²/(√· − Δ). Returns the risk, 0 if
    ‖δ‖ = 0, or if σ = 0 and n ≥ d; it falls with n and rises with ‖δ‖ and σ: no double descent.
    Error O(1/d). Source: arXiv 1507.03003 for scratch, arXiv 2103.05621 for a displacement.

    >>> round(float(tuned_ridge_risk(5, 10, 2.0, 0.5)), 6)
    1.280776
    """
    drop = displacement_energy * (dim - n) / dim - noise_variance
    product = noise_variance * displacement_energy
    root = sqrt(drop * drop + 4 * product)
    falling = drop < 0
    return where(falling, ratio_where(falling, 2 * product, root - drop, 0), (drop + root) / 2)


def tuned_transferability(
    n: Any, dim: Any, source_energy: Any, cross_energy: Any, target_energy: Any, noise_variance: Any
) -> Any:
    r"""R*(scratch) − R*(fine-tuning), both at their own optimal ridge.

    source_energy, cross_energy, target_energy: s², stc, t². Its sign is that of c − s/(2t), at every γ, if σ > 0;
    without noise both risks vanish for n ≥ d.
    Source: arXiv 1507.03003 for scratch, arXiv 2103.05621 for a displacement.

    >>> bool(tuned_transferability(30, 10, 1.0, 0.4, 1.0, 0.1) < 0 < tuned_transferability(30, 10, 1.0, 0.6, 1.0, 0.1))
    True
    """
    displacement_energy = source_energy - 2 * cross_energy + target_energy
    gained, both = 2 * cross_energy - source_energy, target_energy + displacement_energy
    left, noise = (dim - n) / dim, noise_variance
    product, far = target_energy * displacement_energy, 1 + n / dim
    drops = [energy * left - noise for energy in (target_energy, displacement_energy)]
    roots = [
        sqrt(drop * drop + 4 * noise * energy)
        for drop, energy in zip(drops, (target_energy, displacement_energy), strict=True)
    ]
    # Both forms are sums of positive terms, where they are used; the difference of the two risks would cancel.
    some = roots[0] + roots[1] > 0
    few = gained / 2 * (left + ratio_where(some, left * left * both + 2 * noise * far, roots[0] + roots[1], 0))
    crossed = target_energy * roots[1] + displacement_energy * roots[0]
    shared = noise * ratio_where(crossed > 0, noise * both + 2 * far * product, crossed, 1)
    spread = (roots[0] - drops[0]) * (roots[1] - drops[1])
    many = ratio_where((n > dim) & (spread > 0), 2 * noise * gained * (noise + shared), spread, 0)
    return where(n > dim, many, few)


def tuned_boundary_overlap(source_norm: Any, target_norm: Any) -> Any:
    r"""The overlap c = s/(2t) beyond which tuned fine-tuning beats tuned scratch; above 1: never.

    Source: its row of the table; the same boundary as without ridge (arXiv 2410.08194 eq. 15).

    >>> float(tuned_boundary_overlap(1.0, 1.0))
    0.5
    """
    return ratio_where(target_norm > 0, source_norm, 2 * target_norm, where(source_norm > 0, float("inf"), 0))


def _spread(n: Any, dim: Any, ridge: Any) -> Any:
    """s = √((d+λ−n)² + 4nλ) = (1+κ)(n − df2)."""
    gap = (dim - n) + ridge
    return sqrt(gap * gap + 4 * n * ridge)


def _scaled_kappa(n: Any, dim: Any, ridge: Any) -> Any:
    """h = nκ, the larger root of h² − (d+λ−n)h − nλ = 0, without cancellation."""
    gap, spread = (dim - n) + ridge, _spread(n, dim, ridge)
    return where(gap < 0, ratio_where(gap < 0, 2 * n * ridge, spread - gap, 0), (gap + spread) / 2)

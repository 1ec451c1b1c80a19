r"""Depth and the first samples: where they harm, and where the identical task does not transfer.

Isotropic proportional limit, n < d, balanced rank-one start, trained to zero loss; τ = t/s; see
`lintransfer.theory.deep_linear.phases`.
"""

from __future__ import annotations

import math
from typing import Any

from lintransfer.arithmetic import maximum, ratio_where, sqrt, where
from lintransfer.theory.deep_linear.risk import deep_transferability


def risk_slope_at_zero(
    depth: Any, source_energy: Any, cross_energy: Any, target_energy: Any, noise_variance: Any = 0.0
) -> Any:
    r"""dR/dγ at γ = 0: s²[−(1+τ²−2τc) + (L−1)(τ_σ²−1)(1−τc)] + σ², τ_σ² = (t²+σ²)/s².

    Positive: the first samples HARM. depth: L ≥ 1, finite (at L = ∞ the risk jumps: `few_shot_jump`). Source: its row of the table.

    >>> risk_slope_at_zero(5, 1.0, 0.5, 4.0)
    2.0
    """
    growth = (target_energy + noise_variance - source_energy) * (1 - cross_energy / source_energy)
    return (depth - 1) * growth - (source_energy + target_energy - 2 * cross_energy) + noise_variance


def harmful_depth(source_energy: Any, cross_energy: Any, target_energy: Any) -> Any:
    r"""The depth beyond which the first noiseless samples harm: 1 + (1+τ²−2τc)/((τ²−1)(1−τc)).

    inf (never) unless τ > 1 and τc < 1. Source: its row of the table.

    >>> print(f"{harmful_depth(1.0, 0.5, 4.0):.6f}")
    3.666667
    """
    stretch = (target_energy - source_energy) * (1 - cross_energy / source_energy)
    harmful = (target_energy > source_energy) & (cross_energy < source_energy)
    return 1 + ratio_where(harmful, source_energy + target_energy - 2 * cross_energy, stretch, math.inf)


def few_shot_jump(source_energy: Any, cross_energy: Any, target_energy: Any, noise_variance: Any = 0.0) -> Any:
    r"""R(γ → 0⁺) at infinite depth: t² − 2τ_σ stc + τ_σ²s², τ_σ = √(t²+σ²)/s; noiseless 2t²(1−c).

    At γ = 0 the risk is ‖θ_T − θ_S‖²: it jumps. (At finite d the mean is infinite for n = 1, 2.) Source: its row of the table.

    >>> print(few_shot_jump(1.0, 0.5, 4.0))
    6.0
    """
    stretch = sqrt((target_energy + noise_variance) / source_energy)
    return 2 * target_energy + noise_variance - 2 * stretch * cross_energy


def identical_task_boundary(depth: Any, target_energy: Any, noise_variance: Any) -> Any:
    r"""1 − γ below which fine-tuning on the IDENTICAL task (θ_S = θ_T, perfectly known) is worse than scratch.

    There ρ = 2, so ν² = 4^{1/(1−1/L)} =: x and A = 1 − γ solves 3A² − (x − 1 + β)A + β = 0, β = σ²/t²: the smaller
    root, A = 2β/(x − 1 + β + √((x − 1 + β)² − 12β)). L = ∞: β/3 (or 1, if β > 3: then every γ > 0 harms).
    0 for L = 1 or σ = 0: never. depth: L ≥ 1, or inf.  target_energy: t² > 0. Source: its row of the table.

    >>> print(f"{identical_task_boundary(math.inf, 1.0, 0.3):.6f} {identical_task_boundary(2, 1.0, 0.3):.6f}")
    0.100000 0.019684
    """
    deep = depth > 1
    beta = noise_variance / target_energy
    power = where(deep, 1 - (0 * beta + 1) / where(deep, depth, 2), 1)
    middle = (0 * beta + 4) ** (1 / power) - 1 + beta
    root = sqrt(maximum(middle * middle - 12 * beta, 0))
    return where(deep, 2 * beta / (middle + root), 0 * beta)


def identical_task_transfer(gamma: Any, depth: Any, noise: Any) -> Any:
    """Transferability of the identical task of norm 1 in the proportional limit."""
    return deep_transferability(gamma, depth, 1, 1, 1, noise)

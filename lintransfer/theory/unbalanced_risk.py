r"""Risk of fine-tuning an unbalanced rank-one chain on isotropic inputs, from mean fractions at finite size.

Given ρ the risk is that of `lintransfer.theory.deep_risk`: only the equation for ρ knows the imbalances. It is positive
where the largest imbalance is at most q = ‖Qz(0)‖² = (1−n/d)‖z(0)‖²; beyond that conserved quantities leave its sign
open (see `lintransfer.theory.unbalanced_chains`), and these formulas are silent.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from lintransfer.arithmetic import where
from lintransfer.theory.deep_risk import retained_gain, retained_risk
from lintransfer.theory.isotropic import min_norm_risk
from lintransfer.theory.unbalanced_chains import ChainEnd, unbalanced_retention


def unbalanced_fine_tuning_risk(
    n: Any, dim: Any, imbalance: Sequence[Any], source_energy: Any, cross_energy: Any, target_energy: Any,
    noise_variance: Any = 0.0,
) -> Any:
    r"""(1−n/d)(t² − 2ρ stc + ρ²s²) + σ²n/(d−n−1) with the ρ of an unbalanced chain; n ≥ d+2: σ²d/(n−d−1).

    n: samples ≥ 0.  dim: d ≥ 2.  imbalance: (Δ_2, …, Δ_L), Δ_j = ‖W_1‖² − a_j².  source_energy, cross_energy,
    target_energy: s² > 0, stc, t².  noise_variance: σ². A = 1 − n/d, ‖m‖² = nt²/d + σ²n/(d−n−1).
    Asymptotic, relative error O(1/d); exact for n = 0, for n ≥ d, and as Δ → −∞. inf for |n−d| ≤ 1 ≤ n if σ > 0. nan
    where max Δ_j > (1−n/d)‖z(0)‖² leaves the sign of ρ open, and for n ≥ d where two equal largest ones may stall.
    Unlike the balanced law it depends on the scale of the weights, not only on ratios. Source: its row of the table.

    >>> print(f"{unbalanced_fine_tuning_risk(5, 10, (0.0,), 1.0, 0.6, 4.0):.6f}")
    2.063961
    """
    end = _chain(n, dim, imbalance, source_energy, target_energy, noise_variance)
    variance = min_norm_risk(n, dim, 0, noise_variance)
    whatever = (n == dim - 1) & (noise_variance > 0)  # is kept, the mean is infinite
    retention = where(whatever, 1, end.retention)
    risk = retained_risk(retention, (dim - n) / dim, source_energy, cross_energy, target_energy, variance)
    return where(n < dim, where(end.decided | whatever, risk, math.nan), where(end.may_stall, math.nan, variance))


def unbalanced_transferability(
    n: Any, dim: Any, imbalance: Sequence[Any], source_energy: Any, cross_energy: Any, target_energy: Any,
    noise_variance: Any = 0.0,
) -> Any:
    r"""(1−n/d)₊(2ρ stc − ρ²s²) with the ρ of an unbalanced chain: transferability against min-norm scratch.

    Arguments, and where it is nan, as in `unbalanced_fine_tuning_risk`; nan at n = d − 1 too if σ > 0.

    >>> print(f"{unbalanced_transferability(5, 10, (0.0,), 1.0, 0.6, 4.0):.6f}")
    -0.063961
    """
    end = _chain(n, dim, imbalance, source_energy, target_energy, noise_variance)
    gain = retained_gain(end.retention, (dim - n) / dim, source_energy, cross_energy)
    known = end.decided & ((n != dim - 1) | (noise_variance <= 0))
    return where(n < dim, where(known, gain, math.nan), where(end.may_stall, math.nan, 0 * source_energy))


def _chain(n: Any, dim: Any, imbalance: Sequence[Any], source: Any, target: Any, noise_variance: Any) -> ChainEnd:
    few = n < dim
    count = where(few, n, dim)
    gap = where(n < dim - 1, dim - count - 1, 1)
    fit = count * target / dim + count * noise_variance / gap
    end = unbalanced_retention(imbalance, source, (dim - count) / dim, fit)
    start = n == 0
    return ChainEnd(where(start, 1, end.retention), end.decided | start, end.may_stall & (n != 0))

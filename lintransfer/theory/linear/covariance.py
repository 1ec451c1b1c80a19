r"""Ridge regression under any input covariance: deterministic equivalents of the mean risk.

Everything is explicit in the effective regularisation κ. With λ_i, m_i the modes of Σ, δ = θ_T − w0 the displacement
and e_i = ‖δ‖² within mode i,

    n(κ) = Σ m_i λ_i/(λ_i+κ) + λ/κ,   df2(κ) = Σ m_i λ_i²/(λ_i+κ)²,   n − df2 = λ/κ + κ Σ m_i λ_i/(λ_i+κ)²,

and both parts of the risk share one number, the inflation V = df2/(n − df2): with b = κ² Σ e_i λ_i/(λ_i+κ)² the
risk is b + (b + σ²)V. `ridge_risk` solves κ(n) and covers the whole domain.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from lintransfer.arithmetic import maximum, per_mode, ratio_where, total, where
from lintransfer.numerics.condensation import condensed, is_long
from lintransfer.numerics.entries import modal_arrays, plain
from lintransfer.numerics.resolvents import resolvent_sums
from lintransfer.theory.linear.negative_ridge import signed_regularization

_MOST_AMPLIFIED = 1e3  # times 1e-15, the rounding error of condensed sums


def sample_size(kappa: Any, eigenvalues: Any, multiplicities: Any, ridge: Any = 0.0) -> Any:
    r"""The sample size at which the effective regularisation is κ: n = Σ m_i λ_i/(λ_i+κ) + λ/κ.

    kappa: (…,), > 0.  eigenvalues, multiplicities: (k,), modes of Σ.  ridge: λ, sum convention. Returns (…,).
    Source: standard (deterministic equivalents).

    >>> float(sample_size(1.0, np.array([1.0, 3.0]), np.array([2.0, 4.0]), 0.5))
    4.5
    """
    (learnt,) = resolvent_sums(kappa, eigenvalues, (multiplicities * eigenvalues,))
    return learnt + ridge / kappa


def degrees_of_freedom(kappa: Any, eigenvalues: Any, multiplicities: Any) -> tuple[Any, Any]:
    r"""df1 = Σ m_i λ_i/(λ_i+κ) and df2 = Σ m_i λ_i²/(λ_i+κ)².

    Arguments as in `sample_size`. Returns two values, each (…,).

    >>> [float(df) for df in degrees_of_freedom(1.0, np.array([1.0, 3.0]), np.array([2.0, 4.0]))]
    [4.0, 2.75]
    """
    weight = multiplicities * eigenvalues
    return resolvent_sums(kappa, eigenvalues, (weight,), (weight * eigenvalues,))


def bias(kappa: Any, eigenvalues: Any, multiplicities: Any, displacement: Any, ridge: Any = 0.0) -> Any:
    r"""Bias at the n that belongs to κ: κ² δᵀΣ(Σ+κ)⁻²δ / (1 − df2/n).

    kappa: (…,), > 0 (or in (κ_c, 0), with the negative ridge it belongs to).  eigenvalues, multiplicities,
    displacement: (k,), modes of Σ and the energy ‖δ‖² within each.  ridge: λ. Returns (…,).
    Source: standard deterministic equivalent (arXiv 2110.03922 for kernels).

    >>> float(bias(1.0, np.array([1.0]), np.array([4.0]), np.array([2.0])))  # Σ = I, n = d/2: (1 − n/d)‖δ‖²
    1.0
    """
    return equivalent_risk(kappa, ridge / kappa, eigenvalues, multiplicities, displacement, 0)


def variance(kappa: Any, eigenvalues: Any, multiplicities: Any, noise_variance: Any, ridge: Any = 0.0) -> Any:
    r"""Variance at the n that belongs to κ: σ² df2/(n − df2).

    noise_variance: σ² (kσ² for k outputs); the other arguments as in `bias`. Returns (…,).
    Source: standard deterministic equivalent (arXiv 2110.03922 for kernels).

    >>> float(variance(1.0, np.array([1.0]), np.array([4.0]), 0.5))  # Σ = I, n = d/2: σ²n/(d−n)
    0.5
    """
    return equivalent_risk(kappa, ridge / kappa, eigenvalues, multiplicities, 0 * eigenvalues, noise_variance)


def equivalent_risk(
    kappa: Any, slack: Any, eigenvalues: Any, multiplicities: Any, displacement: Any, noise_variance: Any
) -> Any:
    r"""Bias plus variance in κ and the slack n − df1(κ): b + (b + σ²) V, V = df2/(slack + κ Σ m_i λ_i/(λ_i+κ)²).

    slack: n − df1(κ), which is λ/κ unless λ = κ = 0; the other arguments as in `bias`. Where the denominator vanishes
    (n = rank Σ, λ = 0; or λ = λ_c) the risk is inf if anything is inflated, else b. Returns (…,).

    >>> float(equivalent_risk(0.0, 2.0, np.array([1.0]), np.array([4.0]), np.array([2.0]), 1.0))  # n = d + 2
    2.0
    """
    missed, spread, distance = risk_sums(kappa, slack, eigenvalues, multiplicities, displacement)
    return missed + inflated((missed + noise_variance) * spread, distance)


def risk_sums(kappa: Any, slack: Any, eigenvalues: Any, multiplicities: Any, displacement: Any) -> tuple[Any, ...]:
    r"""b, df2 and n − df2: all that a risk needs of a spectrum. Arguments as in `equivalent_risk`.

    >>> [float(v) for v in risk_sums(1.0, 0.0, np.array([1.0]), np.array([4.0]), np.array([2.0]))]
    [0.5, 1.0, 1.0]
    """
    weight = multiplicities * eigenvalues
    at_square = (eigenvalues * displacement, weight * eigenvalues, weight)
    missed, spread, pull = resolvent_sums(kappa, eigenvalues, (), at_square)
    return kappa * kappa * missed, spread, slack + kappa * pull


def inflated(numerator: Any, denominator: Any) -> Any:
    """numerator/denominator, where 0/0 is 0 and anything else over 0 is inf."""
    return ratio_where(denominator != 0, numerator, denominator, where(numerator == 0, 0, np.inf))


def solved_inflation(numerator: Any, room: Any) -> Any:
    """`inflated` by n − df2 at a κ that was solved for: at λ = λ_c, where it is 0, rounding may leave it below."""
    return inflated(numerator, maximum(room, 0))


class Solved(NamedTuple):
    """κ(n) with what a formula needs beside it to hold on the whole domain."""

    eigenvalues: Any  # zero eigenvalues stand as ones of multiplicity 0
    multiplicities: Any
    kappa: Any  # 1 where untrained
    slack: Any  # n − df1(κ), also at κ = 0
    untrained: Any  # κ is infinite: no data, or infinite ridge


def solve_modes(n: Any, eigenvalues: Any, multiplicities: Any, ridge: Any) -> Solved:
    """Solve κ for a grid n (…,) on the modes (k,) of a covariance.

    >>> solve_modes(np.array([1.0]), np.array([1.0]), np.array([4.0]), 0.0).kappa.round(12).tolist()
    [3.0]
    """
    alive = eigenvalues > 0
    eigenvalues, multiplicities = where(alive, eigenvalues, 1), where(alive, multiplicities, 0)
    kappa = signed_regularization(n, eigenvalues, multiplicities, ridge)
    untrained = kappa == np.inf
    kappa = where(untrained, 1, kappa)
    vanishing = (n - total(multiplicities)) + kappa * total(multiplicities / eigenvalues)
    return Solved(eigenvalues, multiplicities, kappa, ratio_where(kappa != 0, ridge, kappa, vanishing), untrained)


def ridge_risk(
    n: Any, eigenvalues: Any, multiplicities: Any, displacement: Any, noise_variance: Any = 0.0, ridge: Any = 0.0
) -> Any:
    r"""Mean excess risk of ridge regression to w0: κ²δᵀΣ(Σ+κ)⁻²δ/(1 − df2/n) + σ² df2/(n − df2), κ = κ(n, λ).

    n: sample sizes (…,), ≥ 0; a grid in one call.  eigenvalues, multiplicities, displacement: (k,), modes of Σ and the
    energy ‖θ_T − w0‖² within each.  noise_variance: σ² (kσ² for k outputs).  ridge: λ in ‖y−Xw‖² + λ‖w−w0‖², scalar or
    (…,); 0 is the minimum-norm interpolator or least squares, inf leaves w0 as it is, negative values reach down to
    `critical_ridge`, below which the result is nan.
    Returns (…,): δᵀΣδ at n = 0; without ridge, σ² rank/(n − rank) beyond rank Σ, and inf at n = rank if σ > 0.
    Deterministic equivalent: relative error O(1/n), none in the noiseless isotropic case.
    Source: standard deterministic equivalent; arXiv 2410.08194 eq. 8 is the case Σ = I, λ = 0.

    >>> ridge_risk(np.array([0, 1, 2, 4]), np.array([3.0, 1.0]), np.ones(2), np.ones(2), 1.0).round(6).tolist()
    [4.0, 2.886751, inf, 1.0]
    """
    values = modal_arrays(n, eigenvalues, multiplicities, displacement, noise_variance, ridge)
    n, eigenvalues, multiplicities, displacement, noise_variance, ridge = values
    long = is_long(n, *values[1:4]) and np.all(ridge >= 0)  # below zero, κ may be among the −λ_i
    few = condensed(eigenvalues, multiplicities, displacement) if long else None
    if few is not None:
        levels, counts, energies = few
        risk, rounding_kept_small = _risk(n, levels, counts, energies, noise_variance, ridge)
        if rounding_kept_small.all():
            return risk
    return plain(_risk(n, eigenvalues, multiplicities, displacement, noise_variance, ridge)[0])


def _risk(
    n: Any, eigenvalues: Any, multiplicities: Any, displacement: Any, noise_variance: Any, ridge: Any
) -> tuple[Any, Any]:
    """The risk, and whether df2/(n − df2), by which rounding errors in a sum over modes grow in it, is small."""
    s, learnable = solve_modes(n, eigenvalues, multiplicities, ridge), where(eigenvalues > 0, displacement, 0)
    missed, spread, distance = risk_sums(s.kappa, s.slack, s.eigenvalues, s.multiplicities, learnable)
    trained = missed + solved_inflation((missed + noise_variance) * spread, distance)
    return where(s.untrained, total(eigenvalues * displacement), trained), spread < _MOST_AMPLIFIED * distance


def transferability_metric(n: Any, eigenvalues: Any, multiplicities: Any, ridge: Any = 0.0) -> Any:
    r"""Weight of each mode in the bias: κ²λ_i/(λ_i+κ)² / (1 − df2/n), so that bias = Σ_i weight_i e_i.

    n: (…,).  eigenvalues, multiplicities: (k,).  ridge: λ. Returns (…, k): λ_i at n = 0, 0 where everything is learnt.
    The metric depends on n: strong modes are learnt first and then stop to count.
    Source: the rows that use it.

    >>> transferability_metric(np.array([0, 1, 2]), np.array([3.0, 1.0]), np.ones(2)).round(6).tolist()
    [[3.0, 1.0], [0.866025, 0.866025], [0.0, 0.0]]
    """
    n, eigenvalues, multiplicities, ridge = modal_arrays(n, eigenvalues, multiplicities, ridge)
    s = solve_modes(n, eigenvalues, multiplicities, ridge)
    weight, column = s.multiplicities * s.eigenvalues, per_mode(s.kappa)
    spread, pull = resolvent_sums(s.kappa, s.eigenvalues, (), (weight * s.eigenvalues, weight))
    amplified = 1 + solved_inflation(where(s.kappa != 0, spread, 0), s.slack + s.kappa * pull)
    missed = eigenvalues * (column / (column + s.eigenvalues)) ** 2
    return plain(where(per_mode(s.untrained), eigenvalues, missed * per_mode(amplified)))


def metric_transferability(
    n: Any, eigenvalues: Any, multiplicities: Any, source: Any, cross: Any, ridge: Any = 0.0
) -> Any:
    r"""Transferability of fine-tuning against scratch, both with the same ridge: 2⟨θ_S,θ_T⟩_M − ⟨θ_S,θ_S⟩_M.

    source, cross: (k,), θ_S·θ_S and θ_S·θ_T within each mode; the other arguments as in
    `transferability_metric`, which is M. Returns (…,). The noise cancels. Because M depends on n, more data can turn
    one fixed source from useful to harmful or back.
    Source: its row of the table; Σ = I, λ = 0 is arXiv 2410.08194 eq. 15 for linear networks.

    >>> round(float(metric_transferability(2, np.ones(1), np.full(1, 4.0), np.ones(1), np.full(1, 0.8))), 12)
    0.3
    """
    weights = transferability_metric(n, eigenvalues, multiplicities, ridge)
    return plain(total(weights * (2 * cross - source)))


def feature_covariance_risk(
    n: Any,
    eigenvalues: Any,
    multiplicities: Any,
    displacement: Any,
    unexplained: Any,
    noise_variance: Any = 0.0,
    ridge: Any = 0.0,
) -> Any:
    r"""Mean risk of a head on frozen features z = Bᵀx: u + `ridge_risk` on F = BᵀΣB with noise σ² + u.

    n: (…,), also below the number of features.  eigenvalues, multiplicities: modes of F.  displacement: ‖a* − a_0‖²
    within each, a* = F⁻¹BᵀΣθ_T the best head and a_0 the one training starts from.  unexplained: u, what no head can
    reach, which acts as noise.  Returns (…,). Tested under the training covariance.
    Source: its row of the table; exact counterpart (λ = 0, n ≥ r + 2) `frozen_features_risk`.

    >>> float(feature_covariance_risk(6, np.array([1.0]), np.array([2.0]), np.array([0.5]), 0.5, 0.1))  # u + vr/(n−r)
    0.8
    """
    return unexplained + ridge_risk(n, eigenvalues, multiplicities, displacement, noise_variance + unexplained, ridge)

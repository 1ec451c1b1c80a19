r"""Weights between a source and its fine-tuning, (1 − a)w0 + aŵ, for any covariance: deterministic equivalents.

ŵ = w0 + τ is the ridge or minimum-norm fit to w0 on inputs of covariance Σ. The mean of τ is μ = Σ(Σ+κ)⁻¹δ, its scatter is
that of the fit, and the risk on any task is a parabola in a. The best a differs between the target, shifted inputs and
other tasks.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from lintransfer.arithmetic import per_mode, ratio_where, total, where
from lintransfer.numerics.entries import modal_arrays, plain
from lintransfer.theory.linear.covariance import solve_modes
from lintransfer.theory.linear.covariance_shift import spread_error
from lintransfer.theory.tasks.averages import best_scale, scaled_update_risk


class OptimalInterpolation(NamedTuple):
    """The best weight of the fine-tuned end and the risk there, each (…)."""

    weight: Any
    risk: Any


class _Update(NamedTuple):
    """The update τ of a fit per mode: what its mean keeps and misses of δ, (…, k); its scatter under Σ', (…)."""

    kept: Any
    missed: Any
    scatter: Any


def _update(
    n: Any, eigenvalues: Any, multiplicities: Any, displacement: Any, noise_variance: Any, ridge: Any, tested: Any
) -> _Update:
    s = solve_modes(n, eigenvalues, multiplicities, ridge)
    alive = eigenvalues > 0
    column, idle = per_mode(s.kappa), per_mode(s.untrained)
    kept = where(alive, s.eigenvalues / (column + s.eigenvalues), 0)
    missed = where(alive, column / (column + s.eigenvalues), 1)
    scatter = spread_error(s, where(alive, displacement, 0), s.multiplicities * tested, noise_variance)
    return _Update(where(idle, 0, kept), where(idle, 1, missed), where(s.untrained, 0, scatter))


def interpolation_equivalent(
    n: Any, eigenvalues: Any, multiplicities: Any, displacement: Any, weight: Any, noise_variance: Any = 0.0,
    ridge: Any = 0.0, test_eigenvalues: Any = None,
) -> Any:  # fmt: skip
    r"""Mean risk on the target of (1 − a)w0 + aŵ for any covariance, ŵ the ridge or minimum-norm fit to w0.

    .. math:: R = \|\delta-a\mu\|^2_{\Sigma'} + a^2\left[\kappa^2\delta^T\Sigma(\Sigma+\kappa)^{-2}\delta+\sigma^2\right]
        \frac{\mathrm{tr}\,\Sigma\Sigma'(\Sigma+\kappa)^{-2}}{n-\mathrm{df}_2}, \qquad \mu = \Sigma(\Sigma+\kappa)^{-1}\delta

    n: (…,) ≥ 0.  eigenvalues, multiplicities, displacement: (k,), modes of Σ and ‖θ_T − w0‖² within each.  weight: a, scalar
    or (…,).  noise_variance: σ².  ridge: λ of ‖y − Xw‖² + λ‖w − w0‖².  test_eigenvalues: (k,), Σ' on each mode; None for Σ.
    Returns (…,); `shifted_risk` at a = 1; inf at n = rank Σ, λ = 0, σ > 0, unless a = 0.
    Deterministic equivalent, relative error O(1/n). Source: its row of the table.

    >>> import numpy as np
    >>> round(float(interpolation_equivalent(4, np.ones(1), np.full(1, 10.0), np.ones(1), 0.5, 0.3)), 6)
    0.75
    """
    tested = eigenvalues if test_eigenvalues is None else test_eigenvalues
    values = modal_arrays(n, eigenvalues, multiplicities, displacement, weight, noise_variance, ridge, tested)
    n, eigenvalues, multiplicities, displacement, weight, noise_variance, ridge, tested = values
    update = _update(n, eigenvalues, multiplicities, displacement, noise_variance, ridge, tested)
    missed = update.missed + per_mode(1 - weight) * update.kept
    bias = total(tested * displacement * missed * missed)
    return plain(bias + weight * weight * where(weight == 0, 0, update.scatter))


def _moments(
    n: Any, eigenvalues: Any, multiplicities: Any, displacement: Any, cross: Any, noise_variance: Any, ridge: Any,
    tested: Any,
) -> tuple[Any, Any]:  # fmt: skip
    """m = E⟨τ, θ' − w0⟩ and e = E‖τ‖² under Σ'."""
    update = _update(n, eigenvalues, multiplicities, displacement, noise_variance, ridge, tested)
    energy = total(tested * displacement * update.kept * update.kept) + update.scatter
    return total(tested * cross * update.kept), energy


def interpolation_task_equivalent(
    n: Any, eigenvalues: Any, multiplicities: Any, displacement: Any, cross: Any, task_displacement: Any, weight: Any,
    noise_variance: Any = 0.0, ridge: Any = 0.0, test_eigenvalues: Any = None,
) -> Any:  # fmt: skip
    r"""Mean risk of (1 − a)w0 + aŵ on ANOTHER task (Σ', θ') than the one that ŵ was fine-tuned on.

    .. math:: R' = \|\theta'-w_0\|^2_{\Sigma'} - 2a\,(\theta'-w_0)^T\Sigma'\mu + a^2\,E\|\hat w-w_0\|^2_{\Sigma'}

    cross, task_displacement: (k,), (θ' − w0)·(θ_T − w0) and ‖θ' − w0‖² within each mode; both 0 for the old task, θ' = w0.
    Other arguments, validity and μ as in `interpolation_equivalent`. Returns (…,).
    Deterministic equivalent, relative error O(1/n). Source: its row of the table.

    >>> import numpy as np
    >>> old = interpolation_task_equivalent(4, np.ones(1), np.full(1, 10.0), np.ones(1), np.zeros(1), np.zeros(1), 0.5, 0.3)
    >>> round(float(old), 6)
    0.15
    """
    tested = eigenvalues if test_eigenvalues is None else test_eigenvalues
    values = modal_arrays(
        n, eigenvalues, multiplicities, displacement, cross, task_displacement, weight, noise_variance, ridge, tested
    )
    n, eigenvalues, multiplicities, displacement, cross, task_displacement, weight, noise_variance, ridge, tested = (
        values
    )
    moments = _moments(n, eigenvalues, multiplicities, displacement, cross, noise_variance, ridge, tested)
    return plain(scaled_update_risk(total(tested * task_displacement), *moments, weight))


def optimal_interpolation_equivalent(
    n: Any, eigenvalues: Any, multiplicities: Any, displacement: Any, noise_variance: Any = 0.0, ridge: Any = 0.0,
    test_eigenvalues: Any = None,
) -> OptimalInterpolation:  # fmt: skip
    r"""The weight at which `interpolation_equivalent` is least, and the risk there.

    .. math:: a^* = \frac{\delta^T\Sigma'\mu}{\|\mu\|^2_{\Sigma'}+\text{scatter}}

    Arguments as there. Returns `OptimalInterpolation(weight, risk)`, (…,) each: a* may exceed 1 (a ridge too large for the
    target, or n < d); 0 at n = rank Σ, λ = 0, σ > 0; 1 where nothing is learnt. Never above δᵀΣ'δ, and no peak.
    Deterministic equivalent, relative error O(1/n). Source: its row of the table.

    >>> import numpy as np
    >>> best = optimal_interpolation_equivalent(4, np.ones(1), np.full(1, 10.0), np.ones(1), 0.6)
    >>> round(float(best.weight), 6), round(float(best.risk), 6)
    (0.5, 0.8)
    """
    tested = eigenvalues if test_eigenvalues is None else test_eigenvalues
    values = modal_arrays(n, eigenvalues, multiplicities, displacement, noise_variance, ridge, tested)
    n, eigenvalues, multiplicities, displacement, noise_variance, ridge, tested = values
    update = _update(n, eigenvalues, multiplicities, displacement, noise_variance, ridge, tested)
    load, endless = tested * displacement, update.scatter == math.inf
    scatter = where(endless, 0, update.scatter)
    energy = total(load * update.kept * update.kept) + scatter
    # 1 − a* from its two positive parts, so that the risk is a sum of squares even where it is tiny.
    rest = ratio_where(energy > 0, scatter - total(load * update.kept * update.missed), energy, 0)
    rest = where(endless, 1, rest)
    missed = update.missed + per_mode(rest) * update.kept
    return OptimalInterpolation(
        plain(1 - rest), plain(total(load * missed * missed) + (1 - rest) * (1 - rest) * scatter)
    )


def optimal_interpolation_equivalent_risk(
    n: Any, eigenvalues: Any, multiplicities: Any, displacement: Any, noise_variance: Any = 0.0, ridge: Any = 0.0,
    test_eigenvalues: Any = None,
) -> Any:  # fmt: skip
    """The risk of `optimal_interpolation_equivalent`, (…,).

    >>> import numpy as np
    >>> round(float(optimal_interpolation_equivalent_risk(4, np.ones(1), np.full(1, 10.0), np.ones(1), 0.6)), 6)
    0.8
    """
    return optimal_interpolation_equivalent(
        n, eigenvalues, multiplicities, displacement, noise_variance, ridge, test_eigenvalues
    ).risk


def optimal_interpolation_task_equivalent(
    n: Any, eigenvalues: Any, multiplicities: Any, displacement: Any, cross: Any, task_displacement: Any,
    noise_variance: Any = 0.0, ridge: Any = 0.0, test_eigenvalues: Any = None,
) -> OptimalInterpolation:  # fmt: skip
    r"""The weight at which `interpolation_task_equivalent` is least, and the risk there: another one on every task.

    Arguments as there, result as in `optimal_interpolation_equivalent`; a* = 0 on the old task, and may be negative.
    Deterministic equivalent, relative error O(1/n). Follows from `best_scale` by substitution.

    >>> import numpy as np
    >>> modes = np.ones(1), np.full(1, 10.0), np.ones(1)
    >>> best = optimal_interpolation_task_equivalent(4, *modes, np.full(1, -0.5), np.ones(1), 0.6)
    >>> round(float(best.weight), 6), round(float(best.risk), 6)
    (-0.25, 0.95)
    """
    tested = eigenvalues if test_eigenvalues is None else test_eigenvalues
    values = modal_arrays(
        n, eigenvalues, multiplicities, displacement, cross, task_displacement, noise_variance, ridge, tested
    )
    n, eigenvalues, multiplicities, displacement, cross, task_displacement, noise_variance, ridge, tested = values
    moments = _moments(n, eigenvalues, multiplicities, displacement, cross, noise_variance, ridge, tested)
    return OptimalInterpolation(*map(plain, best_scale(total(tested * task_displacement), *moments)))

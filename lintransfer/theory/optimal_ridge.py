r"""The ridge that minimises the mean risk, for any spectrum.

Along fixed n the risk is explicit in κ, and its slope has the sign of

    g(κ) = (n − df2) κ Σ e_i λ_i²/(λ_i+κ)³ − (σ² + b) Σ m_i λ_i²/(λ_i+κ)³,   b = κ² Σ e_i λ_i/(λ_i+κ)²,

so the optimum is a root of g, or λ = 0 where g ≥ 0 there already. The risk need not have one minimum: it is tabulated
between proven bounds first, and the root next to the lowest node is refined.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import numpy as np

from lintransfer.arithmetic import (
    array_namespace,
    exp,
    log,
    maximum,
    minimum,
    ratio_where,
    sqrt,
    total,
    where,
)
from lintransfer.fixedpoint import (
    bracketed_root,
    effective_regularization,
    excess_samples,
    modal_arrays,
    plain,
    resolvent_sums,
    split_count,
)
from lintransfer.theory.covariance import equivalent_risk
from lintransfer.theory.negative_ridge import critical_kappa

_NODES = 256


class OptimalRidge(NamedTuple):
    """The best ridge and the risk it reaches, each (…,)."""

    ridge: Any
    risk: Any


def optimal_ridge(
    n: Any, eigenvalues: Any, multiplicities: Any, displacement: Any, noise_variance: Any = 0.0, negative: bool = False
) -> OptimalRidge:
    r"""λ* = argmin over λ of `ridge_risk`, and the risk there.

    n: (…,) ≥ 0; a grid in one call.  eigenvalues, multiplicities, displacement: (k,), modes of Σ and ‖θ_T − w0‖² within
    each.  noise_variance: σ², scalar or (…,).  negative: whether λ may be negative, down to λ_c; it helps only where
    n < rank Σ, because beyond it the risk falls all the way up to λ = 0.
    Returns `OptimalRidge(ridge, risk)`: λ* = inf if nothing is to be learnt (no displacement where λ_i > 0), 0 without
    noise at n ≥ rank Σ, at n = 0 the limit n → 0. For Σ = I, λ* = dσ²/‖δ‖² for every n.
    JAX gradients are right, of the risk (envelope theorem) and of λ*.
    Source: its row of the table for general Σ; Σ = I is classical (arXiv 1507.03003).

    >>> best = optimal_ridge(np.array([3, 9]), np.array([1.0]), np.array([6.0]), np.array([2.0]), 0.5)
    >>> best.ridge.round(12).tolist(), best.risk.round(6).tolist()
    ([1.5, 1.5], [1.280776, 0.5])
    """
    n, eigenvalues, multiplicities, displacement, noise_variance = modal_arrays(
        n, eigenvalues, multiplicities, displacement, noise_variance
    )
    xp = array_namespace(n, eigenvalues, multiplicities, displacement, noise_variance)
    n, noise = xp.broadcast_arrays(n, noise_variance)
    shape, n, noise = n.shape, n.reshape(-1), noise.reshape(-1)
    alive = eigenvalues > 0
    level, size, energy = where(alive, eigenvalues, 1), where(alive, multiplicities, 0), where(alive, displacement, 0)
    still, signal = total(level * energy), total(level * level * energy)
    crowd, rank = total(size * level * level), total(size)
    few = n < rank
    hopeless, perfect, empty = 0 * n + signal == 0, ~few & (noise == 0), n == 0
    regular = ~(hopeless | perfect | empty)
    safe_n, safe_noise = where(regular, n, rank + 1), where(regular, noise, 1)
    kappa, slack = _minimise(regular, safe_n, level, size, energy, safe_noise, negative)
    risk = equivalent_risk(kappa, slack, level, size, energy, safe_noise)
    start = ratio_where(signal > 0, (noise + still) * crowd, signal, 0) - total(size * level)
    start = start if negative else maximum(start, 0)
    ridge = where(regular, kappa * slack, where(hopeless, np.inf, where(empty, start, 0)))
    risk = where(regular, risk, where(empty, still, 0))
    return OptimalRidge(plain(ridge.reshape(shape)), plain(risk.reshape(shape)))


def optimal_ridge_risk(
    n: Any, eigenvalues: Any, multiplicities: Any, displacement: Any, noise_variance: Any = 0.0, negative: bool = False
) -> Any:
    r"""The risk at the best ridge, min over λ of `ridge_risk`; arguments as in `optimal_ridge`. Returns (…,).

    Source: its row of the table.

    >>> round(float(optimal_ridge_risk(3, np.array([1.0]), np.array([6.0]), np.array([2.0]), 0.5)), 6)
    1.280776
    """
    return optimal_ridge(n, eigenvalues, multiplicities, displacement, noise_variance, negative).risk


def optimal_features_ridge_risk(
    n: Any, eigenvalues: Any, multiplicities: Any, displacement: Any, unexplained: Any, noise_variance: Any = 0.0
) -> Any:
    r"""`feature_covariance_risk` at its best ridge: u + `optimal_ridge_risk` on F = BᵀΣB with noise σ² + u.

    Arguments as in `feature_covariance_risk`. Returns (…,). Follows from `optimal_ridge_risk` by substitution.

    >>> modes = np.array([1.0]), np.array([6.0]), np.array([2.0])
    >>> round(float(optimal_features_ridge_risk(3, *modes, unexplained=0.25, noise_variance=0.25)), 6)
    1.530776
    """
    noise = noise_variance + unexplained
    return unexplained + optimal_ridge_risk(n, eigenvalues, multiplicities, displacement, noise)


def _minimise(
    regular: Any, n: Any, level: Any, size: Any, energy: Any, noise: Any, negative: bool
) -> tuple[Any, Any]:
    """κ at the minimum and n − df1(κ) there, (N,), for n > 0 and (n < rank or σ > 0)."""
    few, rank = n < total(size), total(size)
    fewer = where(few, n, rank / 2)
    least = (critical_kappa if negative else effective_regularization)(fewer, level, size)
    low, high = _bounds(n, level, size, energy, noise)
    low = where(few, least, low)
    if isinstance(low, jax.Array):
        low, high = jax.lax.stop_gradient((low, high))
    left, right = _lowest_interval(n, level, size, energy, noise, log(low), log(maximum(high, 4 * low)))

    def slope(x: Any) -> Any:
        return _slope(exp(x), n, level, size, energy, noise)

    at_end = few & (slope(left) >= 0)
    settled = at_end | (regular == False)  # noqa: E712  (~ is not `not` on Python bools)

    def residual(x: Any) -> Any:
        return where(settled, x - left, slope(x))

    inner = exp(bracketed_root(residual, where(settled, left - 1, left), where(settled, left + 1, right)))
    kappa = where(at_end, least, inner)
    slack = excess_samples(n, kappa, level, size)
    return kappa, slack if negative else where(at_end, 0, slack)


def _slope(kappa: Any, n: Any, level: Any, size: Any, energy: Any, noise: Any) -> Any:
    """g(κ): the sign of dR/dκ at fixed n, (…,)."""
    missed, pull, gain, cost = resolvent_sums(
        kappa, level, (), (level * energy, size * level), (level * level * energy, size * level * level)
    )
    room = excess_samples(n, kappa, level, size) + kappa * pull
    return room * kappa * gain - (noise + kappa * kappa * missed) * cost


def _bounds(n: Any, level: Any, size: Any, energy: Any, noise: Any) -> tuple[Any, Any]:
    """Below the first κ (used for n ≥ rank) the risk falls, beyond the second it rises.

    At a root n = df2 + (σ² + b) Σ m λ²(λ+κ)⁻³/(κ Σ e λ²(λ+κ)⁻³). For κ ≤ λ_min the right side is at least
    σ² Σ(m/λ)/(8κ Σ(e/λ)); for κ ≥ λ_max it is at most Σ m λ²/κ² + 8(σ² + Σ e λ) Σ m λ²/(κ Σ e λ²).
    """
    alive = size > 0
    smallest, largest = where(alive, level, np.inf).min(), where(alive, level, 0).max()
    crowd, signal = total(size * level * level), total(energy * level * level)
    heavy = ratio_where(signal > 0, 16 * (noise + total(energy * level)) * crowd, n * signal, 0)
    light = ratio_where(signal > 0, noise * total(size / level), 8 * n * total(energy / level), 1)
    return minimum(smallest + 0 * n, light), maximum(maximum(largest, sqrt(2 * crowd / n)), heavy)


def _lowest_interval(
    n: Any, level: Any, size: Any, energy: Any, noise: Any, low: Any, high: Any
) -> tuple[Any, Any]:
    """Neighbours, in log κ, of the lowest node of a common table of the risk; never below `low`."""
    xp = array_namespace(n, level, size, energy, noise, low)
    nodes = low.min() + (high.max() - low.min()) / (_NODES - 1) * np.arange(_NODES)
    kappa = exp(nodes)
    missed, spread, pull = resolvent_sums(
        kappa, level, (), (level * energy, size * level * level, size * level)
    )
    anchor, rest = split_count(kappa, level, size)
    room = (n[:, None] - anchor) + (rest + kappa * pull)
    missed = kappa * kappa * missed
    allowed = (nodes >= low[:, None]) & (room > 0)
    value = where(allowed, missed + (missed + noise[:, None]) * spread / where(allowed, room, 1), np.inf)
    best = xp.argmin(value, axis=-1)
    return maximum(nodes[xp.clip(best - 1, 0, _NODES - 1)], low), nodes[xp.clip(best + 1, 0, _NODES - 1)]

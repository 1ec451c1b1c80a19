r"""Distribution functions of the exact laws of isotropic regression, by quadrature and without sampling.

Three families, each over B ~ Beta(p, q) and variables independent of it:

* a·B + s·G/(1 − G), with G a second Beta variable: risks (G/(1 − G) is a ratio of χ² variables);
* αB + β√(B(1 − B))·z, z a coordinate of a uniform point on a sphere: transferabilities on the same data;
* the squared cosine between a noisy min-norm fit and its teacher.

The outer variable is integrated in its log-odds (`lintransfer.numerics.beta_quadrature`) against the exact conditional
probability. Panels also end where that probability turns from 0 to 1. Upper and lower tails have integrals of their
own, so neither is 1 minus the other.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from scipy.special import expit

from lintransfer.numerics.beta_quadrature import (
    LogitBeta,
    divide_wide_gaps,
    nodes_between_roots,
    nodes_from_zero,
    panel_integral,
    plain_nodes,
)

_AROUND_ZERO = np.array([-5.0, -2.5, 0.0, 2.5, 5.0])  # e^t against 1 changes over these log-odds
_BEYOND = np.array([1.0, 3.0, 7.0, 15.0])  # and 1 − e^{−z} over these
_TINY = 1e-300
_SMOOTH_DIMENSION = 20  # (1 − z²)^{d/2} is smooth enough at its ends for plain nodes from here on


def _column(values: np.ndarray, row: np.ndarray) -> np.ndarray:
    return values[row][:, None]


def _rows(values: np.ndarray, count: int) -> np.ndarray:
    return np.broadcast_to(values, (count, len(values)))


def beta_plus_odds_tail(
    x: np.ndarray, beta_scale: float, beta: LogitBeta, odds_scale: float, odds: LogitBeta, upper: bool
) -> np.ndarray:
    r"""P(aB + sρ > x) (upper) or P(aB + sρ ≤ x), with B ~ `beta` and ρ the odds of an independent `odds`.

    x: (m,).  beta_scale, odds_scale: a, s > 0.  Returns (m,). Absolute accuracy 1e-12, relative 1e-9 in both tails.
    """
    tail = np.full(x.shape, 1.0 if upper else 0.0)
    tail[x == np.inf] = 0.0 if upper else 1.0
    low, high = (x > 0) & (x < beta_scale), (x >= beta_scale) & (x < np.inf)
    with np.errstate(over="ignore"):  # odds beyond the largest float are as good as infinite
        if low.any():
            tail[low] = _beta_plus_odds_low(x[low], beta_scale, beta, odds_scale, odds, upper)
        if high.any():
            tail[high] = _beta_plus_odds_high(x[high], beta_scale, beta, odds_scale, odds, upper)
    return tail


def _typical_odds(odds: LogitBeta) -> np.ndarray:
    return np.exp(np.minimum(odds.mode + odds.levels, 690.0))


def _beta_plus_odds_low(x: np.ndarray, a: float, beta: LogitBeta, s: float, odds: LogitBeta, upper: bool) -> np.ndarray:
    """0 < x < a: ρ vanishes at B = x/a, so integrate over the distance z ≥ 0 of the log-odds of B from there."""
    share, rest = x / a, (a - x) / a
    end = np.log(share / rest) - beta.mode
    excess = _typical_odds(odds) * s / a
    inside = excess < share[:, None]
    step = np.where(inside, excess, 0.0)
    distance = np.log1p(step / (share[:, None] - step)) + np.log1p(step / rest[:, None])
    marks = end[:, None] - np.concatenate([beta.levels, _AROUND_ZERO - beta.mode])
    edges = np.concatenate([np.zeros((len(x), 1)), marks, _rows(_BEYOND, len(x)), distance], axis=1)
    edges = np.clip(edges, 0.0, np.maximum(end - beta.levels[0], 0.0)[:, None])

    def weight(z: np.ndarray, row: np.ndarray) -> np.ndarray:
        return beta.density(_column(end, row) - z)

    def inner(z: np.ndarray, row: np.ndarray) -> np.ndarray:
        b, c = _column(share, row), _column(rest, row)
        gap = b * c * -np.expm1(-z) / (c + b * np.exp(-z))  # x/a − B, without cancellation
        return odds.sf(gap * a / s) if upper else odds.cdf(gap * a / s)

    integral = panel_integral(weight, inner, divide_wide_gaps(edges), nodes_from_zero)
    return integral + beta.sf(share / rest) if upper else integral


def _beta_plus_odds_high(
    x: np.ndarray, a: float, beta: LogitBeta, s: float, odds: LogitBeta, upper: bool
) -> np.ndarray:
    """x ≥ a: every B in (0, 1) leaves room for ρ."""
    above = x - a
    rest = (_typical_odds(odds) * s - above[:, None]) / a
    inside = (rest > 0) & (rest < 1)
    rest = np.where(inside, rest, 0.5)
    crossing = np.where(inside, np.log1p(-rest) - np.log(rest), 0.0)
    turning = np.log(a / np.maximum(above, _TINY))[:, None] + _AROUND_ZERO
    marks = np.concatenate([_rows(_AROUND_ZERO, len(x)), turning, crossing], axis=1) - beta.mode
    edges = np.clip(np.concatenate([_rows(beta.levels, len(x)), marks], axis=1), beta.levels[0], beta.levels[-1])

    def inner(offset: np.ndarray, row: np.ndarray) -> np.ndarray:
        value = (_column(above, row) + a * expit(-(beta.mode + offset))) / s
        return odds.sf(value) if upper else odds.cdf(value)

    return panel_integral(lambda offset, row: beta.density(offset), inner, edges)


def half_tail(squared_odds: LogitBeta, odds: np.ndarray, sign: np.ndarray) -> np.ndarray:
    """P(Y > y) of a symmetric Y whose square is B or B/(1 − B): `odds` is that of y², `sign` that of y."""
    half = squared_odds.sf(odds) / 2
    return np.where(sign >= 0, half, 1 - half)


def projected_product_sf(x: np.ndarray, along: float, aside: float, beta: LogitBeta, dim: int) -> np.ndarray:
    r"""P(αB + β√(B(1−B))·z > x), z the first coordinate of a uniform point on the sphere S^{d−2} ⊂ R^{d−1}.

    This is the law of uᵀQv, Q the projector on a uniform (d−n)-dimensional subspace, with α = u·v,
    β² = ‖u‖²‖v‖² − α² and B ~ Beta((d−n)/2, n/2).

    x: (m,).  along, aside: α and β ≥ 0, not both 0.  beta: law of B.  dim: d ≥ 2.  Returns (m,).
    The lower tail at x is the upper tail of −α at −x. Absolute accuracy 1e-12.
    """
    if aside == 0:
        odds = np.clip(x / along, 0.0, 1.0)
        odds = odds / np.maximum(1 - odds, _TINY)
        return beta.sf(odds) if along > 0 else beta.cdf(odds)
    if dim == 2:  # z = ±1 and B = cos² of a uniform angle: one point on a circle
        return np.arccos(np.clip((2 * x - along) / math.hypot(along, aside), -1.0, 1.0)) / math.pi
    square = LogitBeta(0.5, (dim - 2) / 2)

    def coordinate(t: np.ndarray, row: np.ndarray) -> np.ndarray:
        """z at which the value is x, where B/(1 − B) = e^t; anything beyond ±1 is impossible."""
        root = np.exp(np.clip(t / 2, -345.0, 345.0))
        return np.clip(((_column(x, row) - along) * root + _column(x, row) / root) / aside, -1.0, 1.0)

    def inner(offset: np.ndarray, row: np.ndarray) -> np.ndarray:
        z = coordinate(beta.mode + offset, row)
        return half_tail(square, z * z / np.maximum((1 - z) * (1 + z), _TINY), z)

    odds = _typical_odds(square)[len(square.levels) // 2 :]  # z passes 0 smoothly: only its larger sizes matter
    sizes = np.append(np.sqrt(odds / (1 + odds)), 1.0)
    marks = _log_odds_at(aside * np.concatenate([-sizes, [0.0], sizes]), x, along)
    edges = np.concatenate([_rows(beta.levels, len(x)), np.nan_to_num(marks - beta.mode, nan=0.0)], axis=1)
    edges = np.clip(edges, beta.levels[0], beta.levels[-1])
    nodes = nodes_between_roots if dim < _SMOOTH_DIMENSION else plain_nodes
    return panel_integral(lambda offset, row: beta.density(offset), inner, edges, nodes)


def _log_odds_at(values: np.ndarray, x: np.ndarray, along: float) -> np.ndarray:
    """Log-odds t at which (x − α)e^{t/2} + xe^{−t/2} takes the values, and where it is stationary; nan where never."""
    a, c = (x - along)[:, None], x[:, None]
    with np.errstate(all="ignore"):
        root = np.sqrt(values**2 - 4 * a * c)
        larger = (values + np.copysign(root, values)) / 2
        solutions = np.concatenate([larger / a, c / larger, np.sqrt(c / a)], axis=1)
        found = 2 * np.log(np.where(solutions > 0, solutions, np.nan))
    return np.where(np.isfinite(found), found, np.nan)


def quantile(
    tail: Callable[[np.ndarray, bool], np.ndarray], probability: np.ndarray, low: np.ndarray, high: np.ndarray
) -> np.ndarray:
    """x in [low, high] at which tail(x, False) passes the probability; above 1/2 the upper tail is matched instead.

    tail(x, upper) is P(X > x) or P(X ≤ x).  probability, low, high: (m,), 0 < probability < 1.
    Returns (m,); the nearer end where the bracket holds no solution.
    """
    from scipy.optimize import elementwise  # slow to import

    def miss(x: np.ndarray, wanted: np.ndarray) -> np.ndarray:
        upper = wanted > 0.5
        excess = np.empty(x.shape)
        for side, target, sign in ((False, wanted, 1.0), (True, 1 - wanted, -1.0)):
            chosen = upper == side
            if chosen.any():
                found = np.maximum(tail(x[chosen], side), 1e-320)
                excess[chosen] = sign * (np.log(found) - np.log(target[chosen]))
        return excess

    found = elementwise.find_root(miss, (low, high), args=(probability,))
    # No change of sign: the solution lies beyond an end, as close to it as floats can tell.
    return np.where(found.success, found.x, np.where(miss(low, probability) >= 0, low, high))


def log_odds_quantile(beta: LogitBeta, probability: np.ndarray) -> np.ndarray:
    """Quantiles of the log-odds of a Beta variable; probability (m,), strictly between 0 and 1."""

    def tail(t: np.ndarray, upper: bool) -> np.ndarray:
        odds = np.exp(np.clip(t, -690.0, 690.0))
        return beta.sf(odds) if upper else beta.cdf(odds)

    low, high = np.clip(beta.mode + beta.levels[[0, -1]], -690.0, 690.0)
    return quantile(tail, probability, np.full(probability.shape, low), np.full(probability.shape, high))

r"""Expectations over a Beta variable by quadrature in its log-odds, accurate far into both tails.

Every exact law of isotropic regression mixes Beta variables and ratios of χ² variables, and χ²_k/χ²_m is the odds
B/(1 − B) of B ~ Beta(k/2, m/2). In the log-odds t = log(B/(1 − B)) the density is analytic and log-concave,

    f(t) = f_mode · e^{−D(t − mode)},   D(τ) = (p + q) log(1 − b + b e^τ) − p τ,   b = p/(p + q),  mode = log(p/q),

with D the deviance. Quadrature panels end where √(2D) passes fixed levels ("so many standard deviations out"), so one
rule serves p and q from 1/2 to 10⁹.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
import scipy.special

# Ends of the panels in units of √(2D); e^{−38²/2} is the smallest float.
_LEVELS = np.array([1.5, 3.0, 5.0, 7.0, 9.5, 12.0, 15.0, 18.5, 22.0, 26.0, 30.0, 34.0, 38.0])
_HUGE_ODDS, _TINY = 1e300, 1e-300
_FAR_TAIL = 700.0  # beyond which a Gamma variable has no probability that a float could hold

Inner = Callable[[np.ndarray, np.ndarray], np.ndarray]
NodeMap = Callable[[np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class LogitBeta:
    """The log-odds of a Beta(p, q) variable, p, q > 0. Offsets τ are measured from the mode log(p/q)."""

    p: float
    q: float

    @cached_property
    def mode(self) -> float:
        """log(p/q), where the density of the log-odds is largest."""
        return math.log(self.p / self.q)

    @cached_property
    def log_height(self) -> float:
        """Logarithm of the density of the log-odds at its mode."""
        p, q = self.p, self.q
        gaussian = 0.5 * math.log(p * q / (2 * math.pi * (p + q)))
        return gaussian + _stirling_error(p + q) - _stirling_error(p) - _stirling_error(q)

    @cached_property
    def levels(self) -> np.ndarray:
        """Ascending offsets at which √(2D) passes the panel levels, the mode (0) among them."""
        target, size = _LEVELS**2 / 2, self.p + self.q
        right = (target + size * math.log(size / self.p)) / self.q
        left = -(target + size * math.log(size / self.q)) / self.p
        for _ in range(60):  # Newton from the far side of a convex function: monotone, no safeguard needed
            right = right - (self.deviance(right) - target) / self._slope(right)
            left = left - (self.deviance(left) - target) / self._slope(left)
        return np.concatenate([left[::-1], [0.0], right])

    @cached_property
    def width(self) -> float:
        """How far the log-odds spread: half the distance between the two levels next to the mode."""
        middle = len(_LEVELS)
        return float(self.levels[middle + 1] - self.levels[middle - 1]) / 2

    def deviance(self, offset: np.ndarray) -> np.ndarray:
        """D(offset) ≥ 0, the drop of the log-density below its mode."""
        p, q = self.p, self.q
        if p > q:  # the smaller share b keeps log1p exact
            p, q, offset = q, p, -offset
        share = p / (p + q)
        near = np.log1p(share * np.expm1(np.clip(offset, -1.0, 1.0)))
        far = np.logaddexp(math.log1p(-share), math.log(share) + offset)
        return (p + q) * np.where(np.abs(offset) < 1, near, far) - p * offset

    def density(self, offset: np.ndarray) -> np.ndarray:
        """Density of the log-odds at mode + offset."""
        return np.exp(self.log_height - self.deviance(offset))

    def cdf(self, odds: np.ndarray) -> np.ndarray:
        """P(B/(1 − B) ≤ odds), to full relative accuracy where it is small."""
        return self._tail(odds, upper=False)

    def sf(self, odds: np.ndarray) -> np.ndarray:
        """P(B/(1 − B) > odds), to full relative accuracy where it is small."""
        return self._tail(odds, upper=True)

    def _slope(self, offset: np.ndarray) -> np.ndarray:
        return (self.p + self.q) * scipy.special.expit(self.mode + offset) - self.p

    def _tail(self, odds: np.ndarray, upper: bool) -> np.ndarray:
        odds = np.clip(odds, 0.0, _HUGE_ODDS)
        far = odds > 1
        tail = np.empty(np.shape(odds))
        tail[~far] = _incomplete_beta(self.p, self.q, odds[~far] / (1 + odds[~far]), upper)
        tail[far] = _incomplete_beta(self.q, self.p, 1 / (1 + odds[far]), not upper)
        return tail


@lru_cache(maxsize=512)
def logit_beta(p: float, q: float) -> LogitBeta:
    """The `LogitBeta` of these shapes, with its panel levels kept from call to call."""
    return LogitBeta(p, q)


def _stirling_error(x: float) -> float:
    """log Γ(x) − [(x − ½) log x − x + ½ log 2π]; gammaln of a huge x would lose what is left."""
    if x >= 15:
        return (1 - (1 - (1 - 3 / (4 * x * x)) * 2 / (7 * x * x)) / (30 * x * x)) / (12 * x)
    return float(scipy.special.gammaln(x)) - ((x - 0.5) * math.log(x) - x + 0.5 * math.log(2 * math.pi))


def _incomplete_beta(a: float, b: float, x: np.ndarray, upper: bool) -> np.ndarray:
    """I_x(a, b) or its complement, 0 ≤ x ≤ 1/2, each to full relative accuracy.

    SciPy's `betaincc` is exact too but ten times slower than `betainc`, so the complement is 1 minus the lower tail
    below the mean and the lower tail of the mirrored variable above it. For b beyond the digits of 1 − x the variable
    −(b + (a−1)/2) log(1 − x) is Gamma(a), up to a relative a³/24b².
    """
    if (a + _FAR_TAIL) ** 3 < 2.4e-12 * b * b:
        rate = -(b + (a - 1) / 2) * np.log1p(-x)
        return (scipy.special.gammaincc if upper else scipy.special.gammainc)(a, rate)
    if not upper:
        return _lower_tail(a, b, x)
    below_mean = x * (a + b) < a
    tail = np.empty(x.shape)
    tail[below_mean] = 1 - _lower_tail(a, b, x[below_mean])
    x = x[~below_mean]
    tail[~below_mean] = scipy.special.betainc(b, a, 1 - x) - _rounding(a, b, x)
    return tail


def _lower_tail(a: float, b: float, x: np.ndarray) -> np.ndarray:
    if not (1 < a <= 40 and b > 1e4):
        return scipy.special.betainc(a, b, x)
    # Here SciPy rounds 1 − x first: ask it at the nearest x where that is exact, and go back along the tangent.
    exact = 1 - (1 - x)
    close = np.abs(x - exact) * a < 1e-5 * x
    return scipy.special.betainc(a, b, np.where(close, exact, x)) + np.where(close, _rounding(a, b, x), 0.0)


def _rounding(a: float, b: float, x: np.ndarray) -> Any:
    """What I_x(a, b) gains from 1 − (1 − x) to x: nothing unless b is large."""
    if b < 100:
        return 0.0
    exact = 1 - (1 - x)
    log_slope = scipy.special.xlogy(a - 1, exact) + scipy.special.xlog1py(b - 1, -exact) - scipy.special.betaln(a, b)
    return (x - exact) * np.exp(np.minimum(log_slope, 600.0))


@lru_cache
def _gauss_legendre(count: int) -> tuple[np.ndarray, np.ndarray]:
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return (nodes + 1) / 2, weights / 2


def plain_nodes(low: np.ndarray, high: np.ndarray, count: int = 16) -> tuple[np.ndarray, np.ndarray]:
    """Gauss–Legendre nodes and weights on [low, high]."""
    nodes, weights = _gauss_legendre(count)
    return low + (high - low) * nodes, (high - low) * weights


def nodes_from_zero(low: np.ndarray, high: np.ndarray, count: int = 16) -> tuple[np.ndarray, np.ndarray]:
    """Nodes for an integrand with a square-root branch point and structure on every scale at 0: quadratic spacing
    on a panel that starts there, geometric spacing on the others."""
    nodes, weights = _gauss_legendre(count)
    first = low == 0
    safe = np.where(first, np.maximum(high, _TINY), low)
    log_ratio = np.log(np.maximum(high, safe) / safe)
    points = np.where(first, high * nodes**2, safe * np.exp(log_ratio * nodes))
    return points, np.where(first, 2 * high * nodes, points * log_ratio) * weights


def divide_wide_gaps(edges: np.ndarray) -> np.ndarray:
    """More panel ends, for `nodes_from_zero`: geometric spacing is too coarse at the outer end of a panel that spans
    many e-foldings, so a few of them there become panels of their own."""
    edges = np.sort(edges, axis=1)
    low, high = edges[:, :-1], edges[:, 1:]
    gap = np.where(low > 0, np.log(np.maximum(high, _TINY) / np.maximum(low, _TINY)), 0.0)
    marks = [np.where((gap > 4) & (gap > 1.6 * fold), high * math.exp(-fold), high) for fold in (2.5, 7.0, 20.0, 40.0)]
    return np.concatenate([edges, *marks], axis=1)


def nodes_between_roots(low: np.ndarray, high: np.ndarray, count: int = 16) -> tuple[np.ndarray, np.ndarray]:
    """Nodes for an integrand that may have square-root branch points at both ends of a panel."""
    nodes, weights = _gauss_legendre(count)
    angle = nodes * (math.pi / 2)
    return low + (high - low) * np.sin(angle) ** 2, (high - low) * np.sin(2 * angle) * (math.pi / 2) * weights


def panel_integral(
    weight: Inner, inner: Inner, edges: np.ndarray, nodes: NodeMap = plain_nodes, negligible: float = 1e-18
) -> np.ndarray:
    """∫ weight·inner over each row of `edges` (rows, K), panel by panel; shape (rows,).

    weight, inner: functions (points (m, j), row index (m,)) -> values (m, j) ≥ 0. Each must be largest at one of the
    two ends of every panel: this bounds a panel, and one below `negligible` of the largest is never evaluated.
    """
    edges = np.sort(edges, axis=1)
    fresh = np.diff(edges, axis=1, prepend=-math.inf) > 0
    row, column = np.nonzero(fresh)
    ends = edges[row, column][:, None]
    position = np.cumsum(fresh).reshape(fresh.shape) - 1  # ends that coincide are evaluated once
    at_edges = weight(ends, row)[position, 0], inner(ends, row)[position, 0]
    width = np.diff(edges, axis=1)
    bound = width * np.prod([np.maximum(v[:, :-1], v[:, 1:]) for v in at_edges], axis=0)
    product = at_edges[0] * at_edges[1]
    reference = (width * np.maximum(product[:, :-1], product[:, 1:])).max(axis=1)
    row, panel = np.nonzero(bound > negligible * reference[:, None])
    points, lengths = nodes(edges[row, panel][:, None], edges[row, panel + 1][:, None])
    values = np.sum(weight(points, row) * inner(points, row) * lengths, axis=1)
    return np.bincount(row, values, minlength=len(edges))

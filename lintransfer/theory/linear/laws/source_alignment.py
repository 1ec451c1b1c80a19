r"""Law of the squared cosine A between a min-norm (least-squares) source fit ŵ_S and its teacher θ_S, inputs N(0, I).

Within the row space of the source design, of dimension m = min(n_S, d), the fit is √q e + √ρ g/K. The first term is the
part of the teacher (norm 1) that the design sees, q ~ Beta(n_S/2, (d−n_S)/2), or 1 if n_S ≥ d. The second is noise:
g ~ N(0, I_m), K² ~ χ²_μ with μ = |d−n_S| + 1, and ρ = σ_S²/s². So A = qC, C the squared cosine between e and the fit.
Split g into g₁ along e and the rest, of squared length χ²_{m−1}. With B ~ Beta((m−1)/2, μ/2) the share of that rest in
χ²_{m−1} + χ²_μ,

    C > c   iff   |T + ℓ√(1−B)| > h√B,    ℓ = √(q/ρ),  h = √(c/(1−c)),

where T = g₁/χ_{m+μ−1} is Student's t up to scale and independent of B. This is smooth in B: no support ends.

The law of how well a source that was fitted to finitely many samples points along its teacher.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from scipy.special import betaln, expit

from lintransfer.numerics.beta_quadrature import (
    LogitBeta,
    divide_wide_gaps,
    logit_beta,
    nodes_from_zero,
    panel_integral,
    plain_nodes,
)
from lintransfer.numerics.distributions import log_odds_quantile, quantile
from lintransfer.theory.law import Law
from lintransfer.theory.linear.source_alignment import source_cosine_squared

_TINY = 1e-300
_AROUND_ZERO = np.array([-3.0, 0.0, 3.0])  # e^t against 1 changes over these log-odds
_NEAR_END = np.array([0.0, 0.3, 1.5, 5.0])  # and 1 − e^{−z} over these
_DECAYS = np.array([0.02, 0.2, 0.7, 1.5, 3.0, 6.0, 12.0, 25.0, 50.0])
_CHUNK = 64  # values of A at a time: each needs some 10⁴ evaluations
_NEGLIGIBLE = 1e-14


def _sparse(levels: np.ndarray) -> np.ndarray:
    """Every other level, the middle one among them: two nested integrals have to be cheap."""
    return levels[(len(levels) // 2) % 2 :: 2]


def source_alignment_tail(a: np.ndarray, n_source: int, dim: int, relative_noise: float, upper: bool) -> np.ndarray:
    r"""P(A > a) (upper) or P(A ≤ a) for the squared cosine A between a source fit and its teacher.

    a: (m,).  n_source: n_S ≥ 2.  dim: d ≥ 2.  relative_noise: ρ = σ_S²/s² > 0.  Returns (m,).
    Two-dimensional quadrature for n_S < d, one-dimensional for n_S ≥ d; absolute accuracy 1e-10. Source: the rows that use it.
    """
    tail = np.where(a < 0, 1.0, 0.0) if upper else np.where(a >= 1, 1.0, 0.0)
    inside = np.flatnonzero((a > 0) & (a < 1))
    exact = _tail_of_whole_teacher if n_source >= dim else _tail_of_seen_part
    for start in range(0, len(inside), _CHUNK):
        chosen = inside[start : start + _CHUNK]
        tail[chosen] = exact(a[chosen], n_source, dim, relative_noise, upper)
    tail[a == 0] = 1.0 if upper else 0.0
    return tail


def source_alignment_second_moment(n_source: int, dim: int, relative_noise: float) -> float:
    r"""E A² of the squared cosine between a source fit and its teacher; arguments as in `source_alignment_tail`.

    Given q, C is a mixture of Beta(½ + J, (m−1)/2) laws with J negative binomial, so that 1 − C has the moments
    E(1−C) = (m−1)/m · M₁ and E(1−C)² = (m²−1)/(m(m+2)) · M₂, M_k = E(1 + qε/ρ)^{−μ/2} over ε ~ Beta(k, m/2).

    >>> round(source_alignment_second_moment(9, 3, 1e-12), 9)
    1.0
    """
    rank, degrees = min(n_source, dim), abs(dim - n_source) + 1
    deficits = (rank - 1) / rank, (rank * rank - 1) / (rank * (rank + 2))

    def conditional(q: np.ndarray) -> np.ndarray:
        first, second = (f * _mean_decay(k, q / relative_noise, rank, degrees) for k, f in enumerate(deficits, 1))
        return q * q * (1 - 2 * first + second)

    if n_source >= dim:
        return float(conditional(np.ones(1))[0])
    seen = logit_beta(n_source / 2, (dim - n_source) / 2)
    edges = np.concatenate([seen.levels, np.clip(_AROUND_ZERO - seen.mode, seen.levels[0], seen.levels[-1])])

    def inner(offset: np.ndarray, row: np.ndarray) -> np.ndarray:
        return conditional(expit(seen.mode + offset).ravel()).reshape(offset.shape)

    return float(panel_integral(lambda offset, row: seen.density(offset), inner, edges[None, :])[0])


def _mean_decay(k: int, ratio: np.ndarray, rank: int, degrees: int) -> np.ndarray:
    """E(1 + ratio·ε)^(−degrees/2) over ε ~ Beta(k, rank/2), for each ratio (rows,)."""
    share = logit_beta(float(k), rank / 2)
    ratio = np.maximum(ratio, _TINY)
    epsilon = np.minimum(np.expm1(np.minimum(2 * _DECAYS / degrees, 600.0)) / ratio[:, None], 0.5)
    marks = np.log(epsilon / (1 - epsilon)) - share.mode
    fixed = np.concatenate([share.levels, _AROUND_ZERO - share.mode])
    edges = np.concatenate([np.broadcast_to(fixed, (len(ratio), len(fixed))), marks], axis=1)

    def inner(offset: np.ndarray, row: np.ndarray) -> np.ndarray:
        return np.exp(-degrees / 2 * np.log1p(ratio[row][:, None] * expit(share.mode + offset)))

    edges = np.clip(edges, share.levels[0], share.levels[-1])
    return panel_integral(lambda offset, row: share.density(offset), inner, edges)


def _tail_of_whole_teacher(a: np.ndarray, n_source: int, dim: int, noise: float, upper: bool) -> np.ndarray:
    pull = np.full(a.shape, noise**-0.5)
    return _tail_of_cosine(np.sqrt(a / (1 - a)), pull, dim, n_source - dim + 1, upper)


def _tail_of_seen_part(a: np.ndarray, n_source: int, dim: int, noise: float, upper: bool) -> np.ndarray:
    """Over q > a, in the distance z ≥ 0 of its log-odds from those of a; q ≤ a makes A ≤ a certain."""
    seen = logit_beta(n_source / 2, (dim - n_source) / 2)
    noise_odds = logit_beta(n_source / 2, (dim - n_source + 1) / 2)
    a_odds = a / (1 - a)
    start = np.log(a_odds) - seen.mode
    energy = noise * np.exp(np.minimum(noise_odds.mode + _sparse(noise_odds.levels), 600.0))
    extra = 2 * a[:, None] * energy / (a[:, None] + np.sqrt(a[:, None] ** 2 + 4 * a[:, None] * energy))
    extra = np.where(extra < 1 - a[:, None], extra, 0.0)  # q − a where q²/(q + energy) = a
    crossing = np.log1p(extra / a[:, None]) - np.log1p(-extra / (1 - a[:, None]))
    marks = np.concatenate([_sparse(seen.levels), _AROUND_ZERO - seen.mode]) - start[:, None]
    near = np.broadcast_to(_NEAR_END, (len(a), len(_NEAR_END)))
    edges = np.concatenate([near, marks, crossing], axis=1)
    edges = np.clip(edges, 0.0, np.maximum(_sparse(seen.levels)[-1] - start, 0.0)[:, None])

    def weight(z: np.ndarray, row: np.ndarray) -> np.ndarray:
        return seen.density(start[row][:, None] + z)

    def inner(z: np.ndarray, row: np.ndarray) -> np.ndarray:
        b = a[row][:, None]
        shrunk = b + (1 - b) * np.exp(-z)
        gap = np.maximum(b * (1 - b) * -np.expm1(-z) / shrunk, _TINY)  # q − a, without cancellation
        threshold, pull = np.sqrt(b / gap), np.sqrt(b / shrunk / noise)
        flat = _tail_of_cosine(threshold.ravel(), pull.ravel(), n_source, dim - n_source + 1, upper)
        return flat.reshape(z.shape)

    integral = panel_integral(weight, inner, divide_wide_gaps(edges), nodes_from_zero, _NEGLIGIBLE)
    return integral if upper else integral + seen.cdf(a_odds)


def _tail_of_cosine(threshold: np.ndarray, pull: np.ndarray, rank: int, degrees: int, upper: bool) -> np.ndarray:
    """P(C > c) or P(C ≤ c) for h = `threshold`, ℓ = `pull`, m = `rank` ≥ 2 and μ = `degrees`; all rows at once."""
    rest = logit_beta((rank - 1) / 2, degrees / 2)
    square = logit_beta(0.5, (rank + degrees - 1) / 2)
    student = _student_tail(rank + degrees - 1)
    levels = _sparse(rest.levels)

    def inner(offset: np.ndarray, row: np.ndarray) -> np.ndarray:
        t = rest.mode + offset
        far, near = threshold[row][:, None] * np.sqrt(expit(t)), pull[row][:, None] * np.sqrt(expit(-t))
        below = student(far + near)
        return student(far - near) + below if upper else student(near - far) - below

    typical = np.exp(np.minimum((square.mode + _sparse(square.levels)) / 2, 300.0))
    typical = typical[len(typical) // 2 :]  # T passes 0 smoothly: only sizes from the typical one up matter
    crossed = np.concatenate([-typical, [0.0], typical])
    reach = np.hypot(threshold, pull)[:, None]
    angle = np.arctan2(pull, threshold)[:, None] + np.arcsin(np.clip(crossed / reach, -1.0, 1.0))
    angle = np.clip(angle, 1e-150, math.pi / 2 - 1e-16)
    marks = 2 * np.log(np.tan(angle)) - rest.mode
    fixed = np.concatenate([levels, _AROUND_ZERO - rest.mode])
    edges = np.concatenate([np.broadcast_to(fixed, (len(threshold), len(fixed))), marks], axis=1)
    edges = np.clip(edges, levels[0], levels[-1])
    return panel_integral(lambda offset, row: rest.density(offset), inner, edges, plain_nodes, _NEGLIGIBLE)


@lru_cache(maxsize=64)
def _student_tail(degrees: int) -> Callable[[np.ndarray], np.ndarray]:
    """y ↦ P(g₁/χ_ν > y), from a table: the incomplete Beta function would take most of the time. Error below 1e-12."""
    from scipy.interpolate import CubicHermiteSpline  # slow to import

    square = LogitBeta(0.5, degrees / 2)
    grid = np.arange(0.0, 28.0, 0.004)
    y = np.sinh(grid) / math.sqrt(degrees)
    height = math.exp(-betaln(0.5, degrees / 2)) * np.exp(-(degrees + 1) / 2 * np.log1p(y * y))
    slope = -height * np.cosh(grid) / math.sqrt(degrees)
    table = CubicHermiteSpline(grid, square.sf(y * y) / 2, slope)

    def tail(y: np.ndarray) -> np.ndarray:
        half = table(np.minimum(np.arcsinh(np.abs(y) * math.sqrt(degrees)), grid[-1]))
        return np.where(y >= 0, half, 1 - half)

    return tail


_LOWEST, _HIGHEST = -650.0, 36.7  # log-odds of the smallest and the largest A that floats can hold


@dataclass(frozen=True)
class SourceAlignmentLaw(Law):
    """Squared cosine A between the min-norm (least-squares) fit of n_S noisy samples and its teacher, Σ = I.

    n_source: n_S ≥ 2.  dim: d ≥ 2.  relative_noise: σ_S²/s² > 0.
    """

    n_source: int
    dim: int
    relative_noise: float
    theorem = "source-alignment-law"

    @property
    def support(self) -> tuple[float, float]:
        return 0.0, 1.0

    def mean(self) -> float:
        return float(source_cosine_squared(self.n_source, self.dim, self.relative_noise))

    def var(self) -> float:
        """Variance; a difference, with relative error about d·1e-14."""
        return source_alignment_second_moment(self.n_source, self.dim, self.relative_noise) - self.mean() ** 2

    def _drawn(self, rng: np.random.Generator, size: Any) -> Any:
        rank = min(self.n_source, self.dim)
        missing = self.dim - rank
        seen = rng.beta(rank / 2, missing / 2, size=size) if missing else 1.0
        strength = rng.chisquare(abs(self.dim - self.n_source) + 1, size=size) / self.relative_noise
        first = rng.standard_normal(size) + np.sqrt(seen * strength)
        return seen * first**2 / (first**2 + rng.chisquare(rank - 1, size=size))

    def _tail(self, x: np.ndarray, upper: bool) -> np.ndarray:
        return source_alignment_tail(x, self.n_source, self.dim, self.relative_noise, upper)

    def _quantile(self, q: np.ndarray) -> np.ndarray:
        high = np.full(q.shape, _HIGHEST)
        if self.n_source < self.dim:  # A is at most the share of the teacher that the design sees
            seen = logit_beta(self.n_source / 2, (self.dim - self.n_source) / 2)
            high = np.minimum(high, log_odds_quantile(seen, q) + 1e-9)

        def tail(log_odds: np.ndarray, upper: bool) -> np.ndarray:
            return self._tail(expit(log_odds), upper)

        return expit(quantile(tail, q, np.full(q.shape, _LOWEST), high))

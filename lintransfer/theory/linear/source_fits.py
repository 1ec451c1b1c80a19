r"""How far a ridge fit ends from a target in a given metric, along its ridge: sums, slope and least value.

The fit ŵ to n_S samples of N(0, Σ_S) has mean Aθ_S, A = Σ_S(Σ_S+κ)⁻¹, and spreads; with a metric M ⪰ 0

    E(κ) = ‖θ_T − Aθ_S‖²_M + (b + σ_S²) S/(n_S − df2),   b = κ²θ_SᵀΣ_S(Σ_S+κ)⁻²θ_S,   S = tr MΣ_S(Σ_S+κ)⁻²,

and n_S enters through n_S − df2 alone. (For θ_T = θ_S and M = Σ' this is ridge regression tested under Σ'.) E may have
several minima: slopes are taken on a lattice of log κ that does not depend on the data, every sign change is refined, and
E decides among these, no ridge and an infinite one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from lintransfer.arithmetic import per_mode, total
from lintransfer.numerics.brackets import bracketed_root
from lintransfer.numerics.resolvents import excess_samples, split_count
from lintransfer.theory.linear.effective_regularization import effective_regularization

_STEP = 0.25  # of the lattice in log κ, where the slope is a mixture of logistic curves of width 1
_DEEP = 40.0  # how far in log κ below all scales the last node lies: from there to no ridge nothing happens any more
_MOST = 3  # minima of one curve that are refined, those that look lowest
_BLOCK = 1 << 22  # numbers at once
_REACH = 64.0  # beyond this multiple of the scale on which noise and signal balance the sign of the slope is settled
_FARTHEST = 1e20


class BestFit(NamedTuple):
    """The best ridge of a fit and the distance it reaches, (N,) each."""

    ridge: np.ndarray
    distance: np.ndarray


@dataclass(frozen=True)
class Fit:
    """A regression to be fitted, and what it is to be close to; float arrays.

    levels, counts: (k,), eigenvalues of Σ_S, > 0 (multiplicity 0 where there is none), and multiplicities.  source: (k,),
    energy of θ_S within each.  turn: None, or (j, k), the eigenvectors of Σ_S in those of M.  gap, drift: (j,), ‖θ_T − θ_S‖²
    and (θ_T − θ_S)·θ_S within the modes of M, if they are those of Σ_S; else gap (j, o), θ_T − θ_S, and start (k, o), θ_S.
    """

    levels: np.ndarray
    counts: np.ndarray
    source: np.ndarray
    gap: np.ndarray
    drift: Any = 0.0
    turn: np.ndarray | None = None
    start: np.ndarray | None = None

    def energies(self, kappa: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """‖θ_T − Aθ_S‖² within the modes of M at κ (P,), and half its derivative in κ: (P, j) each."""
        column = kappa[:, None]
        missing, falls = column / (self.levels + column), self.levels / (self.levels + column) ** 2
        if self.turn is None or self.start is None:
            left = self.drift + missing * self.source
            return self.gap + missing * (self.drift + left), falls * left
        rest = self.gap + self.turn @ (missing[..., None] * self.start)
        return (rest * rest).sum(-1), (rest * (self.turn @ (falls[..., None] * self.start))).sum(-1)

    def forgotten(self) -> np.ndarray:
        """‖θ_T‖² within the modes of M, (j,)."""
        if self.turn is None or self.start is None:
            return self.gap + 2 * self.drift + self.source
        whole = self.gap + self.turn @ self.start
        return np.asarray((whole * whole).sum(-1))

    def load(self, metric: np.ndarray) -> np.ndarray:
        """What each direction of Σ_S weighs under M, (N, k), from its weights (N, j)."""
        return metric if self.turn is None else metric @ (self.turn * self.turn)


def half_slope(
    kappa: Any, room: Any, push: Any, levels: Any, counts: Any, source: Any, load: Any, noise_variance: Any
) -> tuple[Any, ...]:
    r"""(n_S − df2)²/2 · dE/dκ, and b, S, from κ, n_S − df2 and half the derivative of the squared distance of the mean.

    .. math:: (n-df2)^2\,p + (n-df2)\,[\kappa g S - (b+\sigma^2)c] - (b+\sigma^2) S\,h

    g = Σ s_iη_i²/(η_i+κ)³, c = Σ M_i m_iη_i/(η_i+κ)³, h = Σ m_iη_i²/(η_i+κ)³. levels, counts, source: (k,). load: (…, k).

    >>> slope, _, _ = half_slope(1.0, 2.0, 0.5, *(np.ones(1) for _ in range(4)), 0.5)
    >>> float(slope)
    1.8515625
    """
    inverse = 1 / (levels + per_mode(kappa))
    squares = levels * inverse * inverse
    missed = kappa * kappa * total(source * squares)
    spread, cost = total(load * counts * squares), total(load * counts * squares * inverse)
    gain, crowd = total(source * levels * squares * inverse), total(counts * levels * squares * inverse)
    noise = missed + noise_variance
    return room * room * push + room * (kappa * gain * spread - noise * cost) - noise * spread * crowd, missed, spread


def least_distance(fit: Fit, metric: np.ndarray, n: np.ndarray, noise_variance: float) -> BestFit:
    """The ridge λ_S ≥ 0 of least E, and E there, for each of N pairs of a size n (N,) and a metric (N, j), or one (1, j).

    No samples: λ_S = inf. Each pair is answered as if it were alone.
    """
    rows = max(1, _BLOCK // (len(fit.levels) + 400))
    found = []
    for start in range(0, len(n), rows):
        part = slice(start, start + rows)
        found.append(_least(fit, metric if len(metric) == 1 else metric[part], n[part], noise_variance))
    return BestFit(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _least(fit: Fit, metric: np.ndarray, n: np.ndarray, noise: float) -> BestFit:
    metric = np.broadcast_to(metric, (len(n), metric.shape[1]))
    forgotten = metric @ fit.forgotten()
    rank = total(fit.counts)
    trained = (n > 0) & (rank > 0)
    ridge, value = np.full(len(n), math.inf), forgotten.copy()
    if trained.any():
        curve = _Curve.of(fit, metric[trained], n[trained], noise)
        best, least = curve.least()
        better = least <= value[trained]
        ridge[trained] = np.where(better, best, math.inf)
        value[trained] = np.where(better, least, value[trained])
    return BestFit(ridge, value)


@dataclass(frozen=True)
class _Curve:
    """N curves E(κ), in units in which the largest eigenvalue of Σ_S is 1."""

    fit: Fit
    metric: np.ndarray
    load: np.ndarray
    n: np.ndarray
    noise: float
    scale: float

    @classmethod
    def of(cls, fit: Fit, metric: np.ndarray, n: np.ndarray, noise: float) -> _Curve:
        scale = float(fit.levels[fit.counts > 0].max())
        root = math.sqrt(scale)
        gap, start = fit.gap * (scale if fit.turn is None else root), None if fit.start is None else fit.start * root
        unit = Fit(fit.levels / scale, fit.counts, fit.source * scale, gap, fit.drift * scale, fit.turn, start)
        return cls(unit, metric / scale, unit.load(metric / scale), n, noise, scale)

    def at_nodes(self, kappa: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Half slopes and values of every curve at each κ (P,), (N, P), as products of matrices."""
        fit, inverse = self.fit, 1 / (self.fit.levels + kappa[:, None])
        squares = fit.levels * inverse * inverse
        anchor, rest = split_count(kappa, fit.levels, fit.counts)
        room = (self.n[:, None] - anchor) + (rest + kappa * (squares @ fit.counts))
        distance, push = (self.metric @ e.T for e in fit.energies(kappa))
        missed = kappa * kappa * (squares @ fit.source)
        spread, cost = (self.load @ (fit.counts * w).T for w in (squares, squares * inverse))
        gain, crowd = ((fit.levels * squares * inverse) @ w for w in (fit.source, fit.counts))
        noise = missed + self.noise
        slope = room * room * push + room * (kappa * gain * spread - noise * cost) - noise * spread * crowd
        return slope, _value(distance, noise * spread, room)

    def along(self, kappa: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Half slopes and values of the curves `rows`, each at its own κ, (P,)."""
        fit, inverse = self.fit, 1 / (self.fit.levels + kappa[:, None])
        pull = kappa * total(fit.counts * fit.levels * inverse * inverse)
        room = excess_samples(self.n[rows], kappa, fit.levels, fit.counts) + pull
        distance, push = (total(self.metric[rows] * e) for e in fit.energies(kappa))
        slope, missed, spread = half_slope(
            kappa, room, push, fit.levels, fit.counts, fit.source, self.load[rows], self.noise
        )
        return slope, _value(distance, (missed + self.noise) * spread, room)

    def least(self) -> tuple[np.ndarray, np.ndarray]:
        """λ and E at the least of the minima of each curve, no ridge among them."""
        start, low, high = self._ends()
        marks = np.arange(math.floor(low.min() / _STEP), math.ceil(high.max() / _STEP) + 2)
        nodes = _STEP * marks
        slope, value = self.at_nodes(np.exp(nodes))
        every = np.arange(len(self.n))
        inside = (nodes > np.maximum(start, low - _STEP)[:, None]) & (nodes < (high + 2 * _STEP)[:, None])
        first = inside.argmax(axis=1)
        at_start = self.along(np.exp(start), every)[0]
        turns = inside[:, :-1] & inside[:, 1:] & (slope[:, :-1] < 0) & (slope[:, 1:] >= 0)
        score = np.where(turns, np.minimum(value[:, :-1], value[:, 1:]), math.inf)
        opening = (at_start < 0) & (slope[every, first] >= 0)
        score = np.concatenate([np.where(opening, value[every, first], math.inf)[:, None], score], axis=1)
        chosen = np.argsort(score, axis=1, kind="stable")[:, :_MOST]
        row, place = np.nonzero(np.take_along_axis(score, chosen, axis=1) < math.inf)
        cell = chosen[row, place] - 1
        left = np.where(cell < 0, start[row], nodes[cell])
        right = np.where(cell < 0, nodes[first[row]], nodes[np.minimum(cell + 1, len(nodes) - 1)])
        ridge, least = np.zeros(len(every)), self._without_ridge()
        if len(row):
            x = bracketed_root(lambda x: self.along(np.exp(x), row)[0], left, right)
            x = np.where(x == x, x, right)
            kappa = np.exp(x)
            found = self.along(kappa, row)[1]
            lambdas = kappa * np.maximum(excess_samples(self.n[row], kappa, self.fit.levels, self.fit.counts), 0)
            for i, r in enumerate(row):  # at most three each
                if found[i] < least[r]:
                    least[r], ridge[r] = found[i], lambdas[i]
        return ridge * self.scale, least

    def _without_ridge(self) -> np.ndarray:
        """E at λ = 0."""
        fit, rank = self.fit, total(self.fit.counts)
        few = self.n < rank
        kappa = np.where(few, effective_regularization(np.where(few, self.n, 1), fit.levels, fit.counts), 0.0)
        distance = total(self.metric * fit.energies(kappa)[0])
        inverse = 1 / (fit.levels + kappa[:, None])
        squares = fit.levels * inverse * inverse
        room = np.where(few, kappa * total(fit.counts * squares), self.n - rank)
        noise = (kappa * kappa * total(fit.source * squares) + self.noise) * total(self.load * fit.counts * squares)
        return _value(distance, noise, room)

    def _ends(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """log κ at λ = 0 (or far below everything), and between which bounds the lattice is looked at."""
        fit, rank = self.fit, total(self.fit.counts)
        few, alive = self.n < rank, fit.counts > 0
        least = float(fit.levels[alive].min())
        signal, weight = total(self.load * fit.source), total(self.load * fit.counts * fit.levels)
        crowd = total(self.load * (fit.counts / (fit.levels * fit.levels)))
        with np.errstate(all="ignore"):
            light = np.where(signal > 0, least * least * crowd * self.noise / (8 * self.n * signal), least)
            far = fit.energies(np.array([1e6]))[1][0] * 1e12  # κ² times half the derivative: θ_T·Σ_Sθ_S per mode
            tilt = np.abs(self.metric @ far)
            heavy = (total(fit.levels * fit.source) + self.noise) * weight / (self.n * tilt)
        at_zero = effective_regularization(np.where(few, self.n, 1), fit.levels, fit.counts)
        low = np.where(few, at_zero, np.minimum(least, np.maximum(np.where(light > 0, light, least), 1e-250)))
        heavy = np.where(heavy < _FARTHEST, heavy, _FARTHEST)
        balance = np.maximum(np.maximum(1.0, heavy), np.sqrt(total(fit.counts * fit.levels**2) / self.n))
        high = np.log(_REACH * np.maximum(balance, np.where(few, at_zero, 0)))
        low = np.log(low)
        return np.where(few, low, low - _DEEP), np.where(few, low, low - math.log(8)), high


def _value(distance: np.ndarray, noise: np.ndarray, room: np.ndarray) -> np.ndarray:
    with np.errstate(all="ignore"):
        return np.asarray(distance + np.where(room > 0, noise / room, np.where(noise > 0, math.inf, 0.0)))

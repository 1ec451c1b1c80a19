r"""The ridge that minimises the mean risk, for any spectrum.

Along fixed n the risk is explicit in κ, with R' = 2n g(κ)/(n − df2)² and

    g(κ) = (n − df2) κ Σ e_i λ_i²/(λ_i+κ)³ − (σ² + b) Σ m_i λ_i²/(λ_i+κ)³,   b = κ² Σ e_i λ_i/(λ_i+κ)²,

so the optimum is a root of g where it turns positive, or λ = 0 where g ≥ 0 there already. Both terms of g are sums of
positive ones: its sign is sharp even where the risk is flat to rounding, as it is at large n or with little noise. All
its sign changes are bracketed between proven bounds on a lattice of log κ that does not depend on the data; the roots
are refined, and the risk decides among them. A dip of g below zero between two nodes shows in the cubic through the
risks and slopes there. The sums at the nodes are shared by all n of a call, but every n is answered for itself.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from lintransfer.arithmetic import (
    absolute,
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
from lintransfer.numerics.brackets import bracketed_root
from lintransfer.numerics.entries import modal_arrays, plain
from lintransfer.numerics.resolvents import mode_sums, resolvent_sums, split_count

_STEP = 0.25  # of the lattice in log κ, where g is a mixture of logistic curves of width 1
_MARGIN = 1e-3  # widens bounds that are the answer itself when all eigenvalues are equal
_TRACED_NODES = 256  # under JAX, where the number of nodes cannot depend on values
_MOST = 4  # minima of one risk curve that are refined, those that look lowest; two under JAX
_BLOCK = 1 << 17  # sizes times nodes at once
_NEWTON = 5  # steps from the middle of a cell: 1/8, then 2⁻⁶, 2⁻¹², 2⁻²⁴, 2⁻⁴⁸ at most, and rounding
_FLAT = 1e-12  # relative changes of the risk between two nodes below which a dip there does not matter
_DROWNED = 1e80  # σ²trΣ² over δᵀΣ²δ from which nothing can be learnt to any digit
_TINY = 1e-290


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
    noise at n ≥ rank Σ, at n = 0 the limit n → 0. For Σ = I, λ* = dσ²/‖δ‖² for every n. The risk is right to 1e-12
    relative, also at n = 2⁵³ or where σ² is 24 digits away from the energies; each n is answered as if it were alone.
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
    shape, flat = n.shape, (n.reshape(-1), eigenvalues, multiplicities, displacement, noise.reshape(-1))
    # As one program where it is traced: step by step, a gradient would be compiled a hundred times.
    find = _optimal if xp is np else _compiled
    return OptimalRidge(*(plain(found.reshape(shape)) for found in find(*flat, negative)))


def _optimal(
    n: Any, eigenvalues: Any, multiplicities: Any, displacement: Any, noise: Any, negative: bool
) -> tuple[Any, Any]:
    """λ* and its risk, (N,) each, from n and σ² of shape (N,)."""
    alive = eigenvalues > 0
    scale = where(alive, eigenvalues, 0).max(initial=0)
    unit = total(where(alive, eigenvalues * displacement, 0))
    scale, unit = where(scale > 0, scale, 1), where(unit > 0, unit, 1)
    if isinstance(unit, jax.Array):
        scale, unit = jax.lax.stop_gradient((scale, unit))
    level, size = where(alive, eigenvalues / scale, 1), where(alive, multiplicities, 0)
    energy, noise = where(alive, displacement / unit * scale, 0), noise / unit
    still = total(level * energy)
    rank = total(size)
    modes = _Modes(level, size, energy + where((still > 0) | (~alive & (rank > 0)), 0, 1))
    signal, crowd = total(level * level * modes.energy), total(size * level * level)
    hopeless, perfect = 0 * n + still == 0, (n >= rank) & (noise == 0)
    idle = (n == 0) | (noise * crowd > _DROWNED * signal)
    rising = hopeless & (noise == 0)  # of degree one in the energies: the slope at 0 is that at equal ones
    regular = ~((hopeless & (noise > 0)) | perfect | idle)
    ridge, risk = _minimise(where(regular, n, rank + 1), where(regular, noise, 1), modes, negative)
    many, much = (total(weight) for weight in modes.tilts)
    start = (noise * crowd + still * many - total(size * level) * much) / signal
    start = start if negative else maximum(start, 0)
    ridge = where(regular & ~hopeless, ridge, where(hopeless, np.inf, where(idle, start, 0))) * scale
    risk = risk - where(rising, jax.lax.stop_gradient(risk) if isinstance(risk, jax.Array) else risk, 0)
    # Nothing to be learnt: the risk is 0, but its slope counts.
    risk = where(regular, risk, where(idle | (hopeless & (noise > 0)), still, 0)) * unit
    return ridge, risk


_compiled = jax.jit(_optimal, static_argnums=5)


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


class _Sums(NamedTuple):
    """The sums over modes at κ that the risk and its slope are made of, (…,) each."""

    kappa: Any
    anchor: Any  # df1 = anchor − rest, as in `split_count`
    rest: Any
    pull: Any  # κ Σ m λ/(λ+κ)² = df1 − df2
    spread: Any  # df2
    missed: Any  # b
    gain: Any  # κ Σ e λ²/(λ+κ)³
    cost: Any  # Σ m λ²/(λ+κ)³

    def at(self, index: Any) -> _Sums:
        return _Sums(*(value[index] for value in self))

    def excess(self, n: Any) -> Any:
        """n − df1, which is λ/κ."""
        return (n - self.anchor) + self.rest

    def room(self, n: Any) -> Any:
        """n − df2."""
        return (n - self.anchor) + (self.rest + self.pull)

    def slope(self, room: Any, noise: Any) -> Any:
        """g(κ)."""
        return room * self.gain - (noise + self.missed) * self.cost

    def risk(self, room: Any, noise: Any, otherwise: Any = np.inf) -> Any:
        return self.missed + ratio_where(room > 0, (self.missed + noise) * self.spread, room, otherwise)


class _Modes:
    """The modes of a problem, with their sums prepared once on NumPy."""

    def __init__(self, level: Any, size: Any, energy: Any) -> None:
        self.level, self.size, self.energy = level, size, energy
        weight = size * level
        self.weights = (
            (weight, size),
            (weight, weight * level, level * energy),
            (level * level * energy, weight * level),
        )
        self.centre = level[(level * energy).argmax()]
        away = level * (level - self.centre)
        self.tilts = size * away, energy * away
        floats = all(type(v) is np.ndarray and v.dtype == float for v in (level, size, energy))
        self._sums = mode_sums(level, *self.weights, alone=True) if floats else None

    def __call__(self, kappa: Any) -> _Sums:
        if self._sums is None:
            (pull, spread, missed), (gain, cost) = self._plainly(kappa)
            anchor, rest = split_count(kappa, self.level, self.size)
            return _Sums(kappa, anchor, rest, kappa * pull, spread, kappa * kappa * missed, kappa * gain, cost)
        flat = kappa.reshape(-1)
        learnt, left, pull, spread, missed, gain, cost = self._sums(flat)
        left, pull = flat * left, flat * pull
        near_rank = left < learnt
        anchor, rest = near_rank * total(self.size), np.where(near_rank, left, -learnt)
        for i in (np.abs(rest) > 64 * pull).nonzero()[0]:  # then the sum loses digits against n
            anchor[i], rest[i] = split_count(flat[i], self.level, self.size)
        found = flat, anchor, rest, pull, spread, flat * flat * missed, flat * gain, cost
        return _Sums(*(value.reshape(kappa.shape) for value in found))

    def _plainly(self, kappa: Any) -> tuple[Any, Any]:
        sums = resolvent_sums(kappa, self.level, (), *self.weights[1:])
        return sums[:3], sums[3:]

    def best_ridge(self, at: _Sums, noise: Any) -> Any:
        """λ where g = 0, from (n − df1) κ Σeλ²(λ+κ)⁻³ = σ² Σmλ²(λ+κ)⁻³ + κ²P, in which the antisymmetric P vanishes
        for equal eigenvalues: it is taken relative to one of them, so that λ* keeps its digits where λ ≪ κ."""
        kappa = at.kappa
        if self._sums is None:
            many, much = resolvent_sums(kappa, self.level, (), (), self.tilts)
        else:
            many, much = mode_sums(self.level, (), (), self.tilts, alone=True)(kappa)
        tilt = kappa / (self.centre + kappa) * (at.missed * many - kappa * at.pull * much)
        return (noise * at.cost + tilt) * (kappa / at.gain)


def _minimise(n: Any, noise: Any, modes: _Modes, negative: bool) -> tuple[Any, Any]:
    """λ* and the risk there, (N,), for n > 0 and (n < rank or σ > 0)."""
    few = n < total(modes.size)
    low, high = _bounds(n, noise, few, modes, negative)
    if isinstance(low, jax.Array):
        low, high = jax.lax.stop_gradient((low, high))
        first = jnp.floor(low.min() / _STEP)
        stretch = maximum((high.max() / _STEP - first + 1) / (_TRACED_NODES - 1), 1)
        nodes = _STEP * (first + stretch * jnp.arange(_TRACED_NODES))
        return _minimise_on(nodes, modes(exp(nodes)), n, noise, few, low, modes, negative)
    if not n.size:
        return n, n
    marks = np.arange(int(np.floor(low.min() / _STEP)), int(np.ceil(high.max() / _STEP)) + 2)
    nodes = _STEP * marks + 0 * low[0]
    table = modes(exp(nodes))
    found, rows = [], max(1, _BLOCK // len(nodes))
    for start in range(0, len(n), rows):
        part = slice(start, start + rows)
        ends = (int(v) for v in (np.floor(low[part].min() / _STEP), np.ceil(high[part].max() / _STEP) + 2))
        here = slice(*(end - int(marks[0]) for end in ends))
        here_table = nodes[here], table.at(here)
        found.append(_minimise_on(*here_table, n[part], noise[part], few[part], low[part], modes, negative))
    return tuple(np.concatenate(values) for values in zip(*found, strict=True))  # type: ignore[return-value]


def _bounds(n: Any, noise: Any, few: Any, modes: _Modes, negative: bool) -> tuple[Any, Any]:
    """Bounds of log κ. For n < rank the first is below κ(λ = 0), or κ_c; for n ≥ rank it is where the risk still falls.
    Beyond the second it rises.

    At a root n = df2 + (σ² + b) Σ m λ²(λ+κ)⁻³/(κ Σ e λ²(λ+κ)⁻³). For κ ≤ λ_min the right side is at least
    σ² Σ(m/λ)/(8κ Σ(e/λ)); for κ ≥ λ_max it is at most Σ m λ²/κ² + 8(σ² + Σ e λ) Σ m λ²/(κ Σ e λ²).
    """
    level, size, energy = modes.level, modes.size, modes.energy
    alive, rank = size > 0, total(size)
    smallest, largest = where(alive, level, np.inf).min(), where(alive, level, 0).max()
    crowd, signal = total(size * level * level), total(energy * level * level)
    heavy = ratio_where(signal > 0, 16 * (noise + total(energy * level)) * crowd, n * signal, 0)
    light = ratio_where(signal > 0, noise * total(size / level), 8 * n * total(energy / level), 1)
    fewer = where(few, n, where(rank > 0, rank, 1) / 2)
    ratio = rank / fewer
    reach = (rank - fewer) / fewer
    if negative:
        least = reach / (sqrt(ratio) + 1) * smallest
    else:
        least = ratio_where(rank > 0, reach * rank, total(size / level), 1)
    low = where(few, least, minimum(smallest + 0 * n, light))
    high = maximum(maximum(maximum(largest, sqrt(2 * crowd / n)), heavy), where(few, reach * largest, 0))
    low = maximum(low, _TINY)
    return log(low) - _MARGIN, log(maximum(high, low)) + _MARGIN


def _minimise_on(
    nodes: Any, table: _Sums, n: Any, noise: Any, few: Any, low: Any, modes: _Modes, negative: bool
) -> tuple[Any, Any]:
    """`_minimise` on the nodes (M,) of log κ, given the sums there."""
    xp = array_namespace(n, noise, nodes)
    column, noises = n[:, None], noise[:, None]
    room = table.room(column)
    short = (room if negative else table.excess(column)) <= 0
    before = where(few[:, None], short, nodes <= low[:, None]).sum(axis=-1)
    first = xp.clip(before - 1, 0, len(nodes) - 2)
    slope, risk = table.slope(room, noises), table.risk(room, noises, 0)
    push = ratio_where(room > 0, 2 * column * table.kappa * slope, room * room, 0)

    start = _left_end(n, few, nodes[first], nodes[first + 1], modes, negative)
    at_start = modes(exp(start))
    room_start = where(few, 0 if negative else at_start.pull, at_start.room(n))
    slope_start, risk_start = at_start.slope(room_start, noise), at_start.risk(room_start, noise)
    if not negative:
        slope_start = where(few, -modes.best_ridge(at_start, noise) * at_start.gain / at_start.kappa, slope_start)
    push_start = 2 * n * at_start.kappa * ratio_where(room_start > 0, slope_start, room_start * room_start, 0)
    here, at_end = xp.arange(len(nodes)) == first[:, None], few & (slope_start >= 0)
    slope, risk, push = (
        where(here, new[:, None], old) for new, old in ((slope_start, slope), (risk_start, risk), (push_start, push))
    )

    rising = slope >= 0
    allowed = xp.arange(len(nodes) - 1) >= first[:, None]
    turned = allowed & ~rising[:, :-1] & rising[:, 1:]
    width = nodes[1:] - where(here[:, :-1], start[:, None], nodes[:-1])
    dipped, vertex = _dips(rising, risk, push, width)
    dipped = dipped & allowed
    score = where(turned | dipped, minimum(risk[:, :-1], risk[:, 1:]), np.inf)
    cell = _lowest(score, (turned | dipped).sum(axis=-1))

    def of_cell(values: Any) -> Any:
        return xp.take_along_axis(values, cell, axis=-1)

    left = where(cell == first[:, None], start[:, None], nodes[cell])
    right, valid, up = nodes[cell + 1], of_cell(turned), of_cell(rising)
    if isinstance(n, jax.Array) or dipped.any():
        dip = of_cell(dipped) & ~valid
        middle = left + where(dip, of_cell(vertex), 0.5) * (right - left)
        crossed = dip & ((_slope(middle, column, noises, modes) >= 0) != up)
        left, right = where(crossed & up, middle, left), where(crossed & ~up, middle, right)
        valid = valid | crossed
    x = _root(lambda x: _slope(x, column, noises, modes, True), left, right, ~valid)

    some = modes(exp(x))
    values = where(valid, some.risk(some.room(column), noises), np.inf)
    alone = at_end | ~valid.any(axis=-1)
    values = xp.concatenate([where(alone, risk_start, np.inf)[:, None], values], axis=-1)
    choice = values.argmin(axis=-1)[:, None]
    x = xp.take_along_axis(xp.concatenate([start[:, None], x], axis=-1), choice, axis=-1)[:, 0]
    best, at_end = modes(exp(x)), at_end & (choice[:, 0] == 0)
    ridge = modes.best_ridge(best, noise)
    if negative:
        return ridge, best.risk(best.room(n), noise)
    return where(at_end, 0, maximum(ridge, 0)), best.risk(where(at_end, best.pull, best.room(n)), noise)


def _slope(x: Any, n: Any, noise: Any, modes: _Modes, scaled: bool = False) -> Any:
    """g, or the difference of its terms over their sum, which is closer to linear in log κ."""
    sums = modes(exp(x))
    room = sums.room(n)
    slope = sums.slope(room, noise)
    return slope / (room * sums.gain + (noise + sums.missed) * sums.cost) if scaled else slope


def _left_end(n: Any, few: Any, left: Any, right: Any, modes: _Modes, negative: bool) -> Any:
    """log κ at λ = 0, or at the critical ridge, for n < rank; `left` beyond. Newton's method on n − df1 or n − df2, whose
    second derivative in log κ is at most twice the first: within a cell a few steps, as many for every n, are enough."""
    if not isinstance(n, jax.Array) and not few.all():
        start = left.copy()
        if few.any():
            start[few] = _left_end(n[few], few[few], left[few], right[few], modes, negative)
        return start
    x = (left + right) / 2
    for last in reversed(range(_NEWTON if x.dtype != object else 2 * _NEWTON)):
        if isinstance(x, jax.Array) and not last:
            x = jax.lax.stop_gradient(x)
        at = modes(exp(x))
        defect, slope = (at.room(n), 2 * at.kappa * at.cost) if negative else (at.excess(n), at.pull)
        if isinstance(slope, jax.Array):
            slope = jax.lax.stop_gradient(slope)
        x = minimum(maximum(x - defect / slope, left), right)
    return where(few, x, left)


def _root(function: Any, left: Any, right: Any, settled: Any) -> Any:
    """The root in [left, right] of a function that turns positive there; `left` where settled. Where rounding has taken
    the sign change away, an end."""
    if isinstance(left, jax.Array):
        at_left, at_right = function(left) >= 0, function(right) < 0
        settled = settled | at_left | at_right
        left = jax.lax.stop_gradient(where(at_right & ~at_left, right, left))
    x = bracketed_root(
        lambda x: where(settled, x - left, function(x)),
        where(settled, left - 1, left),
        where(settled, left + 1, right),
    )
    return where(x == x, x, left)


def _dips(rising: Any, risk: Any, push: Any, width: Any) -> tuple[Any, Any]:
    """Where the cubic through risks and slopes at both ends of a cell turns twice within it, or nearly, and the point
    halfway in units of the cell, where its slope is extreme."""
    same = rising[:, :-1] == rising[:, 1:]
    begin, end, gap = push[:, :-1] * width, push[:, 1:] * width, risk[:, 1:] - risk[:, :-1]
    sign, least = where(rising[:, 1:], 1.0, -1.0), minimum(absolute(begin), absolute(end))
    same = same & (least > _FLAT * risk[:, 1:])
    square = where(same, 3 * (begin + end) - 6 * gap, 1)
    vertex = (2 * begin + end - 3 * gap) / where(square != 0, square, 1)
    deep = sign * (begin - square * vertex * vertex) <= least / 4
    return same & (sign * square > 0) & (vertex > 0) & (vertex < 1) & deep, vertex


def _lowest(score: Any, count: Any) -> Any:
    """The cells of the lowest scores, (N, K)."""
    if isinstance(score, jax.Array):
        first = score.argmin(axis=-1)[:, None]  # sorting is slow here
        second = jnp.where(jnp.arange(score.shape[-1]) == first, np.inf, score).argmin(axis=-1)[:, None]
        return jnp.concatenate([first, second], axis=-1)
    most = min(_MOST, max(1, int(count.max())))
    if most == 1:
        return score.argmin(axis=-1)[:, None]
    return np.argsort(score, axis=-1, kind="stable")[:, :most]

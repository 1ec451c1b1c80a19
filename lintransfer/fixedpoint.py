r"""Implicit results: one bracketed solver, and the effective regularisation κ for a whole grid of n at once.

`bracketed_root` finds the root of any scalar residual, elementwise, in NumPy, JAX and mpmath. `effective_regularization`
solves the one implicit equation that every general-covariance formula starts from,

    n = Σ_i m_i λ_i/(λ_i+κ) + λ/κ.

It is explicit in the other direction, so the right-hand side D is tabulated once in x = log κ between two proven bounds,
inverted by quintic Hermite interpolation, and polished by Halley steps. Whatever the spectrum, D(x) is a sum of logistic
curves of one width plus exponentials: |D''| ≤ |D'| everywhere, which is why a short table and one step are enough.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lintransfer.arithmetic import (
    absolute, array_namespace, exp, kind_of, log, maximum, minimum, per_mode, ratio_where, sqrt, total, where,
)

_NODES = 40
_BLOCK = 1 << 16  # numbers per block: a block stays in cache, and below the size at which malloc asks the system
_MOST_STEPS = 200
_MARGIN = 1e-3  # widens the proven bracket of log κ, which is a point when all eigenvalues are equal
_POWERS = np.arange(1, 6)
# Quintic Hermite basis in powers s … s⁵: end value, then slopes at both ends, then second derivatives at both ends.
_HERMITE = np.array(
    [[0, 0, 10, -15, 6], [1, 0, -6, 8, -3], [0, 0, -4, 7, -3], [0, 0.5, -1.5, 1.5, -0.5], [0, 0, 0.5, -1, 0.5]]
).T


def bracketed_root(
    residual: Callable[[Any], Any], lower: Any, upper: Any, *, relative_tolerance: float | None = None
) -> Any:
    """The root of `residual` in [lower, upper], elementwise, by Chandrupatla's method (it never leaves the bracket).

    residual: elementwise function of one argument, continuous on the bracket; it may close over arrays of any shape
        that broadcasts.  lower, upper: ends of the bracket; floats, NumPy, JAX or mpmath values.
    relative_tolerance: of the root; by default four units of rounding of the arithmetic at hand.
    Returns the root, shaped as the residual; nan where the residual does not change sign. Under JAX it can be compiled,
    mapped and differentiated: the iteration is cut out of the gradient and one Newton step put in its place, which is
    the implicit-function theorem.

    >>> round(float(bracketed_root(lambda x: x**2 - 2, 1.0, 2.0)), 12)
    1.414213562373
    """
    at_lower, at_upper = residual(lower), residual(upper)
    if kind_of(at_lower, at_upper, lower, upper) == "jax":
        return _jax_root(residual, lower, upper, relative_tolerance)
    if kind_of(at_lower) == "numpy" and np.asarray(at_lower).dtype != object:
        lower, upper, at_lower, at_upper = np.broadcast_arrays(lower, upper, at_lower, at_upper)
        rounding = float(np.finfo(np.result_type(at_lower, lower, np.float16)).eps)
    else:
        rounding = sys.modules["mpmath"].mp.eps if "mpmath" in sys.modules else 2.0**-52
    tolerance = 4 * rounding if relative_tolerance is None else relative_tolerance
    steps = 0
    with np.errstate(all="ignore"):
        state = _start(lower, at_lower, upper, at_upper)
        while not np.all(state[-1]) and steps < 8 * _MOST_STEPS:
            state, steps = _advance(residual, state, tolerance), steps + 1
    root = _nearest(state)
    return root[()] if isinstance(root, np.ndarray) else root


def _jax_root(residual: Callable[[Any], Any], lower: Any, upper: Any, relative_tolerance: float | None) -> Any:
    shape = jax.eval_shape(residual, jnp.asarray(lower + upper))
    dtype = jnp.result_type(shape.dtype, jnp.float16)
    lower, upper = (jax.lax.stop_gradient(jnp.broadcast_to(end, shape.shape).astype(dtype)) for end in (lower, upper))
    tolerance = 4 * float(jnp.finfo(dtype).eps) if relative_tolerance is None else relative_tolerance
    closed, captured = jax.closure_convert(residual, lower)
    captured = [jax.lax.stop_gradient(value) for value in captured]

    def frozen(x: Any) -> Any:
        return closed(x, *captured)

    state, _ = jax.lax.while_loop(
        lambda carry: ~jnp.all(carry[0][-1]) & (carry[1] < _MOST_STEPS),
        lambda carry: (_advance(frozen, carry[0], tolerance), carry[1] + 1),
        (_start(lower, frozen(lower), upper, frozen(upper)), 0),
    )
    root = _nearest(state)
    value, slope = jax.jvp(residual, (root,), (jnp.ones_like(root),))
    slope = jax.lax.stop_gradient(slope)
    return root - ratio_where(jnp.isfinite(slope) & (slope != 0), value, slope, 0.0 * root)


def _start(lower: Any, at_lower: Any, upper: Any, at_upper: Any) -> tuple[Any, ...]:
    """The bracket (x1, x2), the point x3 left before it, where to cut next (½: in the middle), and what is done."""
    stuck = ((at_lower > 0) & (at_upper > 0)) | ((at_lower < 0) & (at_upper < 0))
    stuck = stuck | (at_lower != at_lower) | (at_upper != at_upper)
    lower, upper = where(stuck, np.nan * lower, lower), where(stuck, np.nan * upper, upper)
    done = stuck | (at_lower == 0) | (at_upper == 0)
    return lower, at_lower, upper, at_upper, upper, at_upper, 0.5 + 0 * lower, done


def _advance(residual: Callable[[Any], Any], state: tuple[Any, ...], tolerance: Any) -> tuple[Any, ...]:
    """One cut of the bracket: by inverse quadratic interpolation where that is safe, else in the middle."""
    x1, f1, x2, f2, x3, f3, cut, done = state
    x = x1 + cut * (x2 - x1)
    f = residual(x)
    same = (f > 0) == (f1 > 0)
    moved = (x, f, where(same, x2, x1), where(same, f2, f1), where(same, x1, x2), where(same, f1, f2))
    x1, f1, x2, f2, x3, f3 = (where(done, old, now) for old, now in zip(state, moved, strict=False))
    width = absolute(x2 - x1)
    least = minimum(tolerance * maximum(absolute(x1), absolute(x2)) / where(width > 0, width, 1), 1.0) / 2
    done = done | (f1 == 0) | (f2 == 0) | (width == 0) | (least >= 0.5) | (f1 != f1)
    xi, phi = (x1 - x2) / where(x3 != x2, x3 - x2, 1), (f1 - f2) / where(f3 != f2, f3 - f2, 1)
    safe = (phi * phi < xi) & ((1 - phi) * (1 - phi) < 1 - xi) & (f3 != f1) & (f2 != f1) & (f3 != f2)
    f21, f31, f32 = where(safe, f2 - f1, 1), where(safe, f3 - f1, 1), where(safe, f3 - f2, 1)
    across = (x3 - x1) / where(x2 != x1, x2 - x1, 1)
    quadratic = -f1 / f21 * f3 / f32 + across * f1 / f31 * f2 / f32
    cut = maximum(minimum(where(safe, quadratic, 0 * x1 + 0.5), 1 - least), least)
    return x1, f1, x2, f2, x3, f3, cut, done


def _nearest(state: tuple[Any, ...]) -> Any:
    x1, f1, x2, f2 = state[:4]
    return where(absolute(f1) <= absolute(f2), x1, x2)


def resolvent_sums(kappa: Any, eigenvalues: Any, *weights_by_power: Sequence[Any]) -> tuple[Any, ...]:
    r"""The sums Σ_i w_i/(λ_i+κ)^p over modes: for p = 1, 2, … one sum per weight in `weights_by_power[p-1]`.

    kappa: (…,) or scalar.  eigenvalues, weights: (k,), none with λ_i + κ = 0.  Returns the sums, in order, each (…,).
    On NumPy floats the work runs through a buffer that stays in cache, and BLAS; in any other arithmetic it is written
    as it reads.

    >>> one, two = resolvent_sums(1.0, np.array([1.0, 3.0]), [np.ones(2)], [np.ones(2)])
    >>> float(one), float(two)
    (0.75, 0.3125)
    """
    everything = (kappa, eigenvalues, *(w for weights in weights_by_power for w in weights))
    if kind_of(*everything) == "numpy" and all(np.asarray(v).dtype.kind == "f" for v in everything):
        if np.ndim(eigenvalues) == 1 and all(np.ndim(v) == 1 for v in everything[2:]):
            return _blocked_sums(np.asarray(kappa), eigenvalues, weights_by_power)
    resolvent = 1 / (per_mode(kappa) + eigenvalues)
    return tuple(total(w * resolvent**p) for p, ws in enumerate(weights_by_power, 1) for w in ws)


def _blocked_sums(kappa: np.ndarray, eigenvalues: np.ndarray, weights_by_power: Sequence[Any]) -> tuple[Any, ...]:
    columns = [np.array(weights).T if len(weights) else None for weights in weights_by_power]
    flat, size = np.ones((kappa.size, 2)), len(eigenvalues)
    flat[:, 0] = kappa.reshape(-1)
    shifts = np.ones((2, size))
    shifts[1] = eigenvalues
    sums = np.empty((len(flat), sum(len(weights) for weights in weights_by_power)))
    rows = min(len(flat), max(1, _BLOCK // size))
    resolvent, power = np.empty((2, rows, size))
    for start in range(0, len(flat), rows):
        here, column = sums[start : start + rows], 0
        r, p = resolvent[: len(here)], power[: len(here)]
        np.matmul(flat[start : start + rows], shifts, out=r)  # κ·1 + 1·λ: exact, and faster than a broadcast sum
        np.divide(1.0, r, out=r)
        for degree, weights in enumerate(columns):
            if degree:
                np.multiply(p if degree > 1 else r, r, out=p)
            if weights is not None:
                np.matmul(p if degree else r, weights, out=here[:, column : column + weights.shape[1]])
                column += weights.shape[1]
    return tuple(sums.T.reshape(-1, *kappa.shape))


def excess_samples(n: Any, kappa: Any, eigenvalues: Any, multiplicities: Any) -> Any:
    r"""n − df1(κ) = n − Σ m_i λ_i/(λ_i+κ), without cancellation; it equals λ/κ at the ridge λ whose κ this is.

    Arguments as in `effective_regularization`, κ > 0 (…,), any arithmetic. Returns (…,).

    >>> round(float(excess_samples(3.0, 6e-20, np.array([1.0, 2.0, 3.0]), np.ones(3))) * 1e20, 12)
    11.0
    """
    column = per_mode(kappa)
    above = eigenvalues > column
    anchor = total(where(above, multiplicities, 0))
    return (n - anchor) + total(multiplicities * where(above, column, -eigenvalues) / (column + eigenvalues))


def effective_regularization(n: Any, eigenvalues: Any, multiplicities: Any = None, ridge: Any = 0.0) -> Any:
    r"""The effective regularisation κ ≥ 0, root of n = Σ m_i λ_i/(λ_i+κ) + λ/κ over the non-zero eigenvalues.

    n: sample sizes (…,), real numbers ≥ 0; solve a grid in one call.  eigenvalues, multiplicities: (k,), modes of Σ
    (multiplicities 1 by default); zero eigenvalues are dropped.  ridge: λ ≥ 0, scalar or broadcast against n (for λ < 0
    see `lintransfer.theory.negative_ridge`).
    Returns κ, shape (…,), to 1e-12 relative: inf at n = 0 or λ = inf; 0 if λ = 0 and n ≥ rank Σ; nan if n < 0 or λ < 0.
    JAX values may be traced and differentiated (first and second derivatives are right; dκ/dλ = 1/(n − df2) blows up at
    n = rank, λ = 0). mpmath values are solved to their own precision.
    Source: arXiv 2410.08194 uses its isotropic case; bounds and method new.

    >>> effective_regularization([0, 1, 2, 4], [3.0, 1.0]).round(12).tolist()
    [inf, 1.732050807569, 0.0, 0.0]
    """
    if multiplicities is None:
        multiplicities = np.ones(np.shape(eigenvalues))
    if _of_mpmath(n, eigenvalues, multiplicities, ridge):
        return np.vectorize(_solve_mpmath, otypes=[object], signature="(),(k),(k),()->()")(
            n, np.asarray(eigenvalues), np.asarray(multiplicities), ridge
        )[()]
    xp = array_namespace(n, eigenvalues, multiplicities, ridge)
    values = [xp.asarray(v) for v in (n, eigenvalues, multiplicities, ridge)]
    floating = [v.dtype for v in values if v.dtype.kind == "f"]
    dtype = xp.result_type(*floating) if floating else xp.asarray(1.0).dtype
    values = [xp.asarray(v, dtype if xp is jnp else np.float64) for v in values]
    batched = values[1].ndim > 1 or values[2].ndim > 1
    solve = xp.vectorize(_solve, signature="(),(k),(k),()->()") if batched else _solve
    return solve(*values).astype(dtype)[()]


def _of_mpmath(*values: Any) -> bool:
    if kind_of(*values) == "mpmath":
        return True
    arrays = [v.ravel()[:1].tolist() for v in values if isinstance(v, np.ndarray) and v.dtype == object]
    lists = [list(v[:1]) for v in values if isinstance(v, list | tuple)]
    return kind_of(*(e for entry in arrays + lists for e in entry)) == "mpmath"


def isotropic_root(n: Any, rank: Any, eigenvalue: Any, ridge: Any) -> Any:
    r"""κ of `rank` equal eigenvalues ℓ: the root of nκ² − ((rank−n)ℓ + λ)κ − λℓ = 0, n > 0, without cancellation.

    Any spectrum's κ lies between the values at its harmonic and its arithmetic mean, because ℓ/(ℓ+κ) is convex in 1/ℓ
    and concave in ℓ. Source: new.

    >>> float(isotropic_root(1.0, 2.0, 3.0, 0.0))
    3.0
    """
    half, cross = ((rank - n) * eigenvalue + ridge) / 2, sqrt(n * eigenvalue) * sqrt(ridge)
    size = maximum(absolute(half), cross)
    size = where(size > 0, size, 1)
    root = size * sqrt((half / size) ** 2 + (cross / size) ** 2)
    return ratio_where(half >= 0, root + half, n, ridge * ratio_where(half < 0, eigenvalue, root - half, 0 * root))


def _solve(n: Any, eigenvalues: Any, multiplicities: Any, ridge: Any) -> Any:
    xp = array_namespace(n)
    positive = eigenvalues > 0
    multiplicities, eigenvalues = xp.where(positive, multiplicities, 0.0), xp.where(positive, eigenvalues, 1.0)
    rank = xp.sum(multiplicities)
    n, ridge = xp.broadcast_arrays(n, ridge)
    regular = (n > 0) & (ridge < np.inf) & ((ridge > 0) | ((n < rank) & (ridge == 0)))
    problem = (
        xp.where(regular, n, xp.where(rank > 0, rank / 2, 1.0)).reshape(-1),
        eigenvalues,
        multiplicities,
        xp.where(regular, ridge, xp.where(rank > 0, 0.0, 1.0)).reshape(-1),
    )
    with np.errstate(all="ignore"):
        kappa = _iterate(xp, *(jax.lax.stop_gradient(v) if xp is jnp else v for v in problem))
    if xp is jnp:
        step = _step(kappa, *problem)[1]
        kappa = kappa * (1 + step * (1 + step / 2))
    kappa = kappa.reshape(n.shape)
    if xp is np and regular.all():
        return kappa
    flat = ratio_where((n > rank) & (ridge == 0), ridge, n - rank, where((n == rank) & (ridge == 0), 0.0, np.nan))
    edge = where(((n >= 0) & (ridge == np.inf)) | ((n == 0) & (ridge >= 0)), np.inf, flat)
    return xp.where(regular, kappa, edge)


def _split_count(kappa: Any, eigenvalues: Any, multiplicities: Any) -> tuple[Any, ...]:
    """D(κ) = Σ m λ/(λ+κ) as anchor − rest, with −D' and −D'' in log κ.

    The anchor counts the eigenvalues above κ, so that `rest` is never much larger than D' and n − anchor is exact: no
    cancellation, on a plateau of D as little as at n = rank. On NumPy, D or rank − D serves instead where it is below
    64 D', and costs less.
    """
    if isinstance(kappa, jax.Array):
        above = eigenvalues > kappa[:, None]
        learnt, left = eigenvalues / (kappa[:, None] + eigenvalues), kappa[:, None] / (kappa[:, None] + eigenvalues)
        bend = multiplicities * learnt * left
        anchor = total(jnp.where(above, multiplicities, 0))
        return anchor, total(multiplicities * jnp.where(above, left, -learnt)), total(bend), total(bend * (learnt - left))
    weight = multiplicities * eigenvalues
    count, left, slope, bend = _blocked_sums(kappa, eigenvalues, ((weight, multiplicities), (weight,), (weight,)))
    left, slope = kappa * left, kappa * slope
    near_rank = left < count
    anchor, rest = np.where(near_rank, multiplicities.sum(), 0.0), np.where(near_rank, left, -count)
    flat = np.abs(rest) > 64 * slope
    if flat.any():
        for i in np.flatnonzero(flat):
            above = eigenvalues > kappa[i]
            anchor[i] = multiplicities[above].sum()
            rest[i] = multiplicities @ (np.where(above, kappa[i], -eigenvalues) / (kappa[i] + eigenvalues))
    return anchor, rest, slope, slope - 2 * kappa * kappa * bend


def _step(kappa: Any, n: Any, eigenvalues: Any, multiplicities: Any, ridge: Any) -> tuple[Any, Any]:
    """The defect n − n(κ), which grows with κ, and Halley's step in log κ towards its zero."""
    anchor, rest, slope, curvature = _split_count(kappa, eigenvalues, multiplicities)
    pull = ridge / kappa
    defect, slope = (n - anchor) + rest - pull, slope + pull
    return defect, -defect / (slope - defect * (curvature - pull) / (2 * slope))


def _iterate(xp: Any, n: Any, eigenvalues: Any, multiplicities: Any, ridge: Any) -> Any:
    """κ for 0 < κ < ∞, each from its own guess in the common table, iterated until one more Halley step ends at rounding
    error: here the last step taken, under JAX a step that the caller makes and differentiates.

    The second and third derivatives of D never exceed the first, so a step from an error e leaves less than 5e³/12.
    """
    x, lower, upper = _tabulated_guess(xp, n, eigenvalues, multiplicities, ridge)
    rounding = float(xp.finfo(x.dtype).eps)
    small = rounding ** (1 / 9) if xp is jnp else 8 * rounding ** (1 / 3)

    def improve(x: Any, lower: Any, upper: Any) -> tuple[Any, ...]:
        defect, step = _step(xp.exp(x), n, eigenvalues, multiplicities, ridge)
        lower, upper = xp.where(defect > 0, lower, x), xp.where(defect > 0, x, upper)
        inside = (x + step > lower - small) & (x + step < upper + small)
        return xp.where(inside, step, (lower + upper) / 2 - x), lower, upper, xp.abs(step)

    if xp is jnp:

        def body(carry: Any) -> Any:
            step, lower, upper, size = improve(*carry[:3])
            return carry[0] + step, lower, upper, size, carry[4] + 1

        start = (x, lower, upper, jnp.full_like(x, jnp.inf), 0)
        carry = jax.lax.while_loop(lambda c: jnp.any(c[3] > small) & (c[4] < _MOST_STEPS), body, start)
        return jnp.exp(carry[0])
    for _ in range(_MOST_STEPS):
        step, lower, upper, size = improve(x, lower, upper)
        if not (size > small).any():
            break
        x = x + step
    return np.exp(x) * np.exp(step)


def _tabulated_guess(xp: Any, n: Any, eigenvalues: Any, multiplicities: Any, ridge: Any) -> tuple[Any, Any, Any]:
    """log κ by inverse quintic Hermite interpolation of the defect n − n(κ), and the two nodes around it."""
    rank, weight = xp.sum(multiplicities), xp.sum(multiplicities * eigenvalues)
    harmonic = ratio_where(rank > 0, rank, xp.sum(multiplicities / eigenvalues), 1.0)
    arithmetic = ratio_where(rank > 0, weight, rank, 1.0)
    first = xp.log(isotropic_root(n.max(), rank, harmonic, ridge.min())) - _MARGIN
    last = xp.log(isotropic_root(n.min(), rank, arithmetic, ridge.max())) + _MARGIN
    width = (last - first) / (_NODES - 1)
    nodes = first + width * xp.arange(_NODES, dtype=n.dtype)
    anchor, rest, slope, curvature = _split_count(xp.exp(nodes), eigenvalues, multiplicities)
    pull = ridge[:, None] * xp.exp(-nodes)
    defect = (n[:, None] - anchor) + (rest - pull)
    left = xp.clip((defect <= 0).sum(axis=-1) - 1, 0, _NODES - 2)
    node, row = xp.stack((left, left + 1)), xp.arange(len(n))
    defect, pull = defect[row, node], pull[row, node]
    gap, forward = defect[1] - defect[0], slope[node] + pull
    velocity = gap / forward
    bend = (pull - curvature[node]) / forward * velocity * velocity
    s = xp.where(gap > 0, -defect[0] / gap, 0.5)
    known = xp.concatenate((xp.full((1, len(n)), width), velocity, bend))
    shift = ((s[:, None] ** _POWERS) @ _HERMITE.astype(n.dtype) * known.T).sum(axis=-1)
    shift = xp.where((shift >= 0) & (shift <= width), shift, width / 2)
    return nodes[left] + shift, nodes[left], nodes[left + 1]


def _solve_mpmath(n: Any, eigenvalues: Any, multiplicities: Any, ridge: Any) -> Any:
    """One κ in mpmath's arithmetic, to its working precision."""
    mpf, inf, nan = (getattr(sys.modules["mpmath"], name) for name in ("mpf", "inf", "nan"))
    modes = [(mpf(m), mpf(ell)) for m, ell in zip(multiplicities, eigenvalues, strict=True) if ell > 0]
    n, ridge, rank = mpf(n), mpf(ridge), sum((m for m, _ in modes), mpf(0))
    if not (n >= 0 and ridge >= 0):
        return nan
    if n == 0 or ridge == inf:
        return inf
    if ridge == 0 and n >= rank:
        return mpf(0)

    def defect(x: Any) -> Any:
        kappa = exp(x)
        anchor = sum(m for m, ell in modes if ell > kappa)
        rest = sum(m * (kappa if ell > kappa else -ell) / (kappa + ell) for m, ell in modes)
        return (n - anchor) + rest - ridge / kappa

    harmonic = rank / sum(m / ell for m, ell in modes) if modes else mpf(1)
    arithmetic = sum(m * ell for m, ell in modes) / rank if modes else mpf(1)
    low, high = (log(isotropic_root(n, rank, mean, ridge)) for mean in (harmonic, arithmetic))
    return exp(bracketed_root(defect, low - mpf("1e-3"), high + mpf("1e-3")))

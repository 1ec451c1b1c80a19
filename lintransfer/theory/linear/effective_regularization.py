r"""The effective regularisation κ, for a whole grid of sample sizes at once.

It solves the one implicit equation that every general-covariance formula starts from,

    n = Σ_i m_i λ_i/(λ_i+κ) + λ/κ.

This is explicit in the other direction, so the right-hand side D is tabulated once in x = log κ between two proven
bounds, inverted by quintic Hermite interpolation, and polished by Halley steps. Whatever the spectrum, D(x) is a sum of
logistic curves of one width plus exponentials, and its second and third derivatives never exceed the first: a short
table and one step are enough.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lintransfer.arithmetic import absolute, array_namespace, exp, log, ratio_where, sqrt, total, where
from lintransfer.numerics.brackets import bracketed_root
from lintransfer.numerics.entries import kind_of_entries
from lintransfer.numerics.resolvents import excess_samples, mode_sums, split_count

_NODES = 28
_MOST_STEPS = 200
_MARGIN = 1e-3  # widens the proven bracket of log κ, which is a point when all eigenvalues are equal
_SMALL_STEP = 8 * float(np.finfo(float).eps) ** (1 / 3)

Count = Callable[[Any], tuple[Any, ...]]


def effective_regularization(n: Any, eigenvalues: Any, multiplicities: Any = None, ridge: Any = 0.0) -> Any:
    r"""The effective regularisation κ ≥ 0, root of n = Σ m_i λ_i/(λ_i+κ) + λ/κ over the non-zero eigenvalues.

    n: sample sizes (…,), real numbers ≥ 0; solve a grid in one call.  eigenvalues, multiplicities: (k,), modes of Σ
    (multiplicities 1 by default); zero eigenvalues are dropped.  ridge: λ ≥ 0, scalar or broadcast against n (for λ < 0
    see `lintransfer.theory.linear.negative_ridge`).
    Returns κ, shape (…,), to 1e-12 relative: inf at n = 0 or λ = inf; 0 if λ = 0 and n ≥ rank Σ; nan if n < 0 or λ < 0.
    JAX values may be traced and differentiated (first and second derivatives are right; dκ/dλ = 1/(n − df2) blows up at
    n = rank, λ = 0). mpmath values are solved to their own precision.
    Source: arXiv 2410.08194 uses its isotropic case; standard for any spectrum.

    >>> effective_regularization([0, 1, 2, 4], [3.0, 1.0]).round(12).tolist()
    [inf, 1.732050807569, 0.0, 0.0]
    """
    if multiplicities is None:
        multiplicities = np.ones(np.shape(eigenvalues))
    kind = kind_of_entries(n, eigenvalues, multiplicities, ridge)
    if kind == "sympy":
        raise TypeError("κ(n) has no closed form: on symbols, use formulas in κ, with n = sample_size(κ)")
    if kind in ("mpmath", "arb"):
        single = np.vectorize(_solve_exactly, otypes=[object], signature="(),(k),(k),()->()")
        return single(n, np.asarray(eigenvalues), np.asarray(multiplicities), ridge)[()]
    xp = array_namespace(n, eigenvalues, multiplicities, ridge)
    given = [v if isinstance(v, int | float) else xp.asarray(v) for v in (n, eigenvalues, multiplicities, ridge)]
    dtype = xp.result_type(*given)
    dtype = dtype if dtype.kind == "f" else xp.asarray(1.0).dtype
    values = [xp.asarray(v, dtype if xp is jnp else np.float64) for v in given]
    batched = values[1].ndim > 1 or values[2].ndim > 1
    solve = xp.vectorize(_solve, signature="(),(k),(k),()->()") if batched else _solve
    return solve(*values).astype(dtype)[()]


def isotropic_root(n: Any, rank: Any, eigenvalue: Any, ridge: Any) -> Any:
    r"""κ of `rank` equal eigenvalues ℓ: the root of nκ² − ((rank−n)ℓ + λ)κ − λℓ = 0, n > 0, without cancellation.

    Any spectrum's κ lies between the values at its harmonic and its arithmetic mean, because ℓ/(ℓ+κ) is convex in 1/ℓ
    and concave in ℓ. Source: the rows that use it.

    >>> float(isotropic_root(1.0, 2.0, 3.0, 0.0))
    3.0
    """
    half, cross = ((rank - n) * eigenvalue + ridge) / 2, sqrt(n * eigenvalue) * sqrt(ridge)
    larger = absolute(half) + _hypot(half, cross)
    return where(half >= 0, larger / n, ridge * (eigenvalue / where(larger > 0, larger, 1)))


def _hypot(a: Any, b: Any) -> Any:
    """√(a² + b²), in floating arithmetic without underflow."""
    xp = array_namespace(a, b)
    return sqrt(a * a + b * b) if kind_of_entries(a, b) in ("mpmath", "arb") else xp.hypot(a, b)


def _solve(n: Any, eigenvalues: Any, multiplicities: Any, ridge: Any) -> Any:
    xp = array_namespace(n)
    positive = eigenvalues > 0
    if xp is jnp or not positive.all():
        multiplicities, eigenvalues = xp.where(positive, multiplicities, 0.0), xp.where(positive, eigenvalues, 1.0)
    rank = multiplicities.sum()
    if n.shape != ridge.shape:
        n, ridge = (n, xp.full(n.shape, ridge)) if ridge.ndim == 0 else xp.broadcast_arrays(n, ridge)
    regular = (n > 0) & (ridge < np.inf) & ((ridge > 0) | ((n < rank) & (ridge == 0)))
    if xp is np and regular.all():
        with np.errstate(all="ignore"):
            return _iterate(xp, n.reshape(-1), eigenvalues, multiplicities, ridge.reshape(-1)).reshape(n.shape)
    problem = (
        xp.where(regular, n, xp.where(rank > 0, rank / 2, 1.0)).reshape(-1),
        eigenvalues,
        multiplicities,
        xp.where(regular, ridge, xp.where(rank > 0, 0.0, 1.0)).reshape(-1),
    )
    with np.errstate(all="ignore"):
        kappa = _iterate(xp, *(jax.lax.stop_gradient(v) if xp is jnp else v for v in problem))
    if xp is jnp:
        step = _step(kappa, problem[0], _counter(*problem[1:3]), problem[3])[1]
        kappa = kappa * (1 + step * (1 + step / 2))
    kappa = kappa.reshape(n.shape)
    flat = ratio_where((n > rank) & (ridge == 0), ridge, n - rank, where((n == rank) & (ridge == 0), 0.0, np.nan))
    edge = where(((n >= 0) & (ridge == np.inf)) | ((n == 0) & (ridge >= 0)), np.inf, flat)
    return xp.where(regular, kappa, edge)


def _counter(eigenvalues: Any, multiplicities: Any) -> Count:
    """D(κ) = Σ m λ/(λ+κ) as anchor − rest, with −D' and −D'' in log κ, as a function of κ (k,).

    On NumPy, D itself or rank − D serves as the rest where it is below 64 D': hardly less accurate, and faster.
    """
    if isinstance(eigenvalues, jax.Array):

        def traced(kappa: Any) -> tuple[Any, ...]:
            learnt, left = eigenvalues / (kappa[:, None] + eigenvalues), kappa[:, None] / (kappa[:, None] + eigenvalues)
            bend = multiplicities * learnt * left
            return *split_count(kappa, eigenvalues, multiplicities), total(bend), total(bend * (learnt - left))

        return traced
    weight, rank = multiplicities * eigenvalues, multiplicities.sum()
    sums = mode_sums(eigenvalues, (weight, multiplicities), (weight,), (weight,))

    def count(kappa: Any) -> tuple[Any, ...]:
        learnt, left, slope, bend = sums(kappa)
        left, slope = kappa * left, kappa * slope
        near_rank = left < learnt
        anchor, rest = near_rank * rank, np.where(near_rank, left, -learnt)
        flat = np.abs(rest) > 64 * slope
        if flat.any():
            for i in flat.nonzero()[0]:
                anchor[i], rest[i] = split_count(kappa[i], eigenvalues, multiplicities)
        return anchor, rest, slope, slope - 2 * kappa * kappa * bend

    return count


def _step(kappa: Any, n: Any, count: Count, ridge: Any) -> tuple[Any, Any]:
    """The defect n − n(κ), which grows with κ, and Halley's step in log κ towards its zero."""
    anchor, rest, slope, curvature = count(kappa)
    pull = ridge / kappa
    defect, slope = (n - anchor) + rest - pull, slope + pull
    return defect, -defect / (slope - defect * (curvature - pull) / (2 * slope))


def _iterate(xp: Any, n: Any, eigenvalues: Any, multiplicities: Any, ridge: Any) -> Any:
    """κ for 0 < κ < ∞, each from its own guess in the common table, iterated until one more Halley step ends at
    rounding error: here the last step taken, under JAX a step that the caller makes and differentiates.

    The second and third derivatives of D never exceed the first, so a step from an error e leaves less than 5e³/12.
    """
    count = _counter(eigenvalues, multiplicities)
    x, lower, upper = _tabulated_guess(xp, n, eigenvalues, multiplicities, ridge, count)
    small = float(jnp.finfo(x.dtype).eps) ** (1 / 9) if xp is jnp else _SMALL_STEP

    def confine(x: Any, lower: Any, upper: Any, defect: Any, step: Any) -> tuple[Any, Any, Any]:
        lower, upper = xp.where(defect > 0, lower, x), xp.where(defect > 0, x, upper)
        inside = (x + step > lower - small) & (x + step < upper + small)
        return x + xp.where(inside, step, (lower + upper) / 2 - x), lower, upper

    if xp is jnp:

        def body(carry: Any) -> Any:
            defect, step = _step(xp.exp(carry[0]), n, count, ridge)
            x, lower, upper, _, steps = carry
            return *confine(x, lower, upper, defect, step), xp.abs(step), steps + 1

        start = (x, lower, upper, jnp.full_like(x, jnp.inf), 0)
        carry = jax.lax.while_loop(lambda c: jnp.any(c[3] > small) & (c[4] < _MOST_STEPS), body, start)
        return jnp.exp(carry[0])
    for _ in range(_MOST_STEPS):
        kappa = np.exp(x)
        defect, step = _step(kappa, n, count, ridge)
        if (np.abs(step) <= small).all():
            break
        x, lower, upper = confine(x, lower, upper, defect, step)
    return kappa * np.exp(step)


def _tabulated_guess(
    xp: Any, n: Any, eigenvalues: Any, multiplicities: Any, ridge: Any, count: Count
) -> tuple[Any, Any, Any]:
    """log κ by inverse quintic Hermite interpolation of the defect n − n(κ), and the two nodes around it."""
    rank, inverse, trace = multiplicities.sum(), (multiplicities / eigenvalues).sum(), multiplicities @ eigenvalues
    empty = rank == 0  # counts as 1: any mean will do
    means = xp.asarray([[(rank + empty) / (inverse + empty)], [(trace + empty) / (rank + empty)]])
    ends = isotropic_root(n, rank, means, ridge)
    first, last = xp.log(ends[0].min()) - _MARGIN, xp.log(ends[1].max()) + _MARGIN
    width = (last - first) / (_NODES - 1)
    nodes = first + width * xp.arange(_NODES, dtype=n.dtype)
    kappa = xp.exp(nodes)
    anchor, rest, slope, curvature = count(kappa)
    pull = ridge[:, None] / kappa
    defect = (n[:, None] - anchor) + (rest - pull)
    left = (defect[:, 1:-1] <= 0).sum(axis=-1)
    node, row = left + xp.arange(2)[:, None], xp.arange(len(n))
    defect, pull = defect[row, node], pull[row, node]
    gap, forward = defect[1] - defect[0], slope[node] + pull
    velocity = gap / forward
    bend = (pull - curvature[node]) / forward * velocity * velocity
    shift = _quintic(-defect[0] / gap, width, *velocity, *bend)
    shift = xp.where((shift >= 0) & (shift <= width), shift, width / 2)
    return nodes[left] + shift, nodes[left], nodes[left + 1]


def _quintic(s: Any, end: Any, slope: Any, last_slope: Any, bend: Any, last_bend: Any) -> Any:
    """The quintic on 0 ≤ s ≤ 1 from 0 to `end`, with the given first and second derivatives at both ends."""
    bend, last_bend = bend / 2, last_bend / 2
    rise, turn, change = end - slope - bend, last_slope - slope - 2 * bend, last_bend - bend
    third, fourth = 10 * rise - 4 * turn + change, 7 * turn - 15 * rise - 2 * change
    return s * (slope + s * (bend + s * (third + s * (fourth + s * (6 * rise - 3 * turn + change)))))


def _solve_exactly(n: Any, eigenvalues: Any, multiplicities: Any, ridge: Any) -> Any:
    """One κ in mpmath, to its working precision, or as an arb ball that contains every κ of the balls given."""
    n, ridge, *modes = (v.item() if isinstance(v, np.generic) else v for v in (n, ridge, *multiplicities, *eigenvalues))
    size, level = np.array(modes, dtype=object).reshape(2, -1)
    size, level = size[level > 0], level[level > 0]
    rank = sum(size, 0 * n)
    if not (n >= 0 and ridge >= 0):
        return float("nan")
    if n == 0 or ridge == np.inf:
        return float("inf")
    if ridge == 0 and n >= rank:
        return 0 * n
    if kind_of_entries(n, ridge, size, level) == "arb":
        return _enclosed(n, level, size, ridge)
    means = (rank / sum(size / level), sum(size * level) / rank) if len(size) else (1, 1)
    low, high = (log(isotropic_root(n, rank, mean, ridge)) for mean in means)
    return exp(
        bracketed_root(
            lambda x: excess_samples(n, exp(x), level, size) - ridge * exp(-x), low - _MARGIN, high + _MARGIN
        )
    )


def _enclosed(n: Any, eigenvalues: Any, multiplicities: Any, ridge: Any) -> Any:
    """κ by the interval Newton step in log κ: a ball that it maps into itself contains the root, and only one."""
    ball = sys.modules["flint"].arb
    floats = (float(n), eigenvalues.astype(float), multiplicities.astype(float), float(ridge))
    centre = ball(effective_regularization(*floats))
    defect, radius = excess_samples(n, centre, eigenvalues, multiplicities) - ridge / centre, ball(2) ** -40
    for _ in range(60):
        kappa = centre * ball(0, radius).exp()
        slope = kappa * total(multiplicities * eigenvalues / (eigenvalues + kappa) ** 2) + ridge / kappa
        shift = -defect / slope
        if abs(shift) < radius:
            return centre * shift.exp()
        radius = 2 * radius
    return ball("nan")

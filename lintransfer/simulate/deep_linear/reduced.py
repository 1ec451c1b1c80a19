"""One training of a deep linear network, followed tightly through the few numbers that move.

Gradient flow of a rank-one network stays in the span of the rows of X and the start, so that r + 1 coordinates (r the
rank of X) and at most L − 1 layer scalars replace L matrices. In the right singular basis of X the gradient is
∇ = s²(c − m): no design is touched while integrating. SciPy's LSODA takes over from explicit to implicit steps where
the design is ill-conditioned. Loss ½‖y − Xw‖².
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from lintransfer.simulate.deep_linear.flow import FlowError, integrate

_TIGHT = 1e-13
_AT_REST = 1e-12
_PATIENCE = 200_000  # steps
_WELL_CONDITIONED = 1e-4  # smallest rate that explicit steps can wait for


class Reduced(NamedTuple):
    """A design in its right singular basis, its largest singular value taken as the unit of time.

    basis: (d, r + 1), the row space and then the direction of what it does not see of the start.  rates: s_i²/s_1²,
    (r,).  fit: m in that basis, (r,).  start: the start in the whole basis, (r + 1,).
    """

    basis: np.ndarray
    rates: np.ndarray
    fit: np.ndarray
    start: np.ndarray


class Rest(NamedTuple):
    """Where a flow rests: end-to-end weights (d,), and whether that is the saddle w = 0 and no solution."""

    weights: np.ndarray
    stalled: bool


def reduce(design: np.ndarray, labels: np.ndarray, start: np.ndarray) -> Reduced:
    """The problem in r + 1 coordinates. design: (n, d), n ≥ 1.  labels: (n,).  start: (d,)."""
    left, values, right = np.linalg.svd(design, full_matrices=False)
    alive = values > max(design.shape) * np.finfo(float).eps * values[0]
    rows, values = right[alive], values[alive]
    outside = start - rows.T @ (rows @ start)
    outside -= rows.T @ (rows @ outside)
    size = math.sqrt(float(outside @ outside))
    if size <= 1e-14 * math.sqrt(float(start @ start)):
        size, outside = 0.0, np.zeros_like(outside)
    basis = np.column_stack([rows.T, outside / size if size else outside])
    fit = (left[:, alive].T @ labels) / values
    top = values[0] if len(values) else 1.0
    return Reduced(basis, (values / top) ** 2, fit, np.append(rows @ start, size))


def follow_balanced(design: np.ndarray, labels: np.ndarray, start: np.ndarray, depth: float) -> Rest:
    """End of w' = −‖w‖^{2−2/L}[∇ + (L−1)ŵŵᵀ∇] from `start` (≠ 0 for L > 1), any real depth."""
    problem = reduce(design, labels, start)
    rates, fit = problem.rates, problem.fit
    scale = float(np.linalg.norm(problem.start))

    def velocity(_: float, w: np.ndarray) -> np.ndarray:
        slope = np.append(rates * (w[:-1] - fit), 0.0)
        square = w @ w
        along = (w @ slope) / square if square > 0 else 0.0
        return -(square ** (1 - 1 / depth)) * (slope + (depth - 1) * along * w)

    return _run(velocity, problem.start, lambda w: w, problem, scale)


def follow_chain(design: np.ndarray, labels: np.ndarray, start: np.ndarray, scalars: Sequence[float]) -> Rest:
    """End of the flow of a network of width one: W_1 = z, then the scalars a_2 … a_L, z Π a_j = `start`.

    Scalars that start equal stay equal: they are integrated as one. `start` = 0 with all scalars ≠ 0 starts from z = 0.
    """
    problem = reduce(design, labels, start)
    rates, fit = problem.rates, problem.fit
    heads, counts = np.unique(np.asarray(scalars, dtype=float), return_counts=True)
    dim = len(problem.start)
    column = problem.start / np.prod(heads**counts)

    def weights(state: np.ndarray) -> np.ndarray:
        return state[:dim] * np.prod(state[dim:] ** counts)

    def velocity(_: float, state: np.ndarray) -> np.ndarray:
        z, a = state[:dim], state[dim:]
        product = np.prod(a**counts)
        slope = np.append(rates * (z[:-1] * product - fit), 0.0)
        others = [np.prod(np.where(np.arange(len(a)) == j, a ** (counts - 1), a**counts)) for j in range(len(a))]
        return -np.append(product * slope, (z @ slope) * np.asarray(others))

    scale = max(float(np.linalg.norm(problem.start)), float(np.linalg.norm(fit)))
    return _run(velocity, np.append(column, heads), weights, problem, scale)


def _run(
    velocity: Callable[[float, np.ndarray], np.ndarray],
    start: np.ndarray,
    weights: Callable[[np.ndarray], np.ndarray],
    problem: Reduced,
    scale: float,
) -> Rest:
    from scipy.integrate import LSODA

    fit, size = problem.fit, max(scale, float(np.linalg.norm(problem.fit)))

    def missed(state: np.ndarray) -> float:
        return float(np.linalg.norm(weights(state)[:-1] - fit)) / size if size else 0.0

    if missed(start) <= _AT_REST:
        return Rest(problem.basis @ weights(start), False)
    reach = float(np.max(np.abs(start))) or size
    solver: Any = LSODA(velocity, 0.0, start, math.inf, rtol=_TIGHT, atol=_TIGHT * reach)
    for _ in range(_PATIENCE):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # its complaints come with a status
            message = solver.step()
        if solver.status == "failed":
            raise FlowError(f"the flow could not be integrated: {message}")
        state = solver.y
        if missed(state) <= _AT_REST:
            return Rest(problem.basis @ weights(state), False)
        moving = np.max(np.abs(velocity(0.0, state)))
        if np.linalg.norm(weights(state)) <= 1e-10 * size and moving <= 1e-10 * reach:
            return Rest(np.zeros(len(problem.basis)), True)
    raise FlowError(
        f"the flow had not converged after {_PATIENCE} steps: the design is close to singular or the start close to a "
        "saddle"
    )


def chain_turns(design: np.ndarray, labels: np.ndarray, start: np.ndarray, scalars: np.ndarray) -> tuple[Any, Any]:
    """Whether chains end with what X does not see of the start turned round, and whether they stall at w = 0.

    design: (b, n, d).  labels: (b, n).  start: (b, d), not 0.  scalars: (b, L−1), the same ones equal in every row.
    Well-conditioned designs are integrated together, loosely: only which of two far ends is reached is asked. The
    others are followed one by one. Returns two boolean (b,).
    """
    problems = [reduce(*given) for given in zip(design, labels, start, strict=True)]
    most = max(len(p.rates) for p in problems)
    easy = np.array([len(p.rates) == most and p.rates.min() > _WELL_CONDITIONED for p in problems])
    turned, stalled = np.zeros(len(easy), bool), np.zeros(len(easy), bool)
    for i in np.flatnonzero(~easy):
        end = follow_chain(design[i], labels[i], start[i], scalars[i])
        outside = problems[i].basis[:, -1]
        turned[i], stalled[i] = outside @ end.weights < 0, end.stalled
    if easy.any():
        chosen = [problem for problem, fine in zip(problems, easy, strict=True) if fine]
        turned[easy], stalled[easy] = _turns_together(chosen, scalars[easy])
    return turned, stalled


def _turns_together(problems: list[Reduced], scalars: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    rates, fit, begin = (np.stack([getattr(p, name) for p in problems], axis=1) for name in ("rates", "fit", "start"))
    _, first, counts = np.unique(scalars[0], return_index=True, return_counts=True)
    heads, powers, dim = scalars[:, first].T, counts[:, None], len(begin)
    column = begin / np.prod(heads**powers, axis=0)
    size = np.maximum(np.linalg.norm(begin, axis=0), np.linalg.norm(fit, axis=0))

    def velocity(state: np.ndarray, rates: np.ndarray, fit: np.ndarray, _: np.ndarray) -> np.ndarray:
        z, a = state[:dim], state[dim:]
        slope = rates * (z[:-1] * np.prod(a**powers, axis=0) - fit)
        along = np.sum(z[:-1] * slope, axis=0)
        others = [a[j] ** (counts[j] - 1) * np.prod(np.delete(a**powers, j, axis=0), axis=0) for j in range(len(a))]
        moved = np.prod(a**powers, axis=0) * slope
        return -np.concatenate([moved, 0 * moved[:1], along * np.stack(others)])

    def at_saddle(state: np.ndarray, rates: np.ndarray, fit: np.ndarray, size: np.ndarray) -> np.ndarray:
        small = np.linalg.norm(state[:dim] * np.prod(state[dim:] ** powers, axis=0), axis=0) <= 1e-6 * size
        moving = np.max(np.abs(velocity(state, rates, fit, size)), axis=0)
        return small & (moving <= 1e-6 * np.max(np.abs(state), axis=0))

    def at_rest(state: np.ndarray, rates: np.ndarray, fit: np.ndarray, size: np.ndarray) -> np.ndarray:
        miss = state[: dim - 1] * np.prod(state[dim:] ** powers, axis=0) - fit
        return (np.linalg.norm(miss, axis=0) <= 1e-3 * size) | at_saddle(state, rates, fit, size)

    data = (rates, fit, size)
    final = integrate(velocity, np.concatenate([column, heads]), data, at_rest=at_rest, rtol=1e-7, atol=1e-9)
    return np.prod(final[dim:] ** powers, axis=0) < 0, at_saddle(final, *data)

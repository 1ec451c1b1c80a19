"""Sample complexity: how many target samples a learner needs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lintransfer.arithmetic import kind_of
from lintransfer.errors import MissingMethodError, refuse
from lintransfer.problems import TransferProblem
from lintransfer.estimates import Estimate
from lintransfer.risks import closed_form
from lintransfer.validation import sample_sizes
from lintransfer.strategies import Learner

LARGEST = 2.0**53  # beyond it, float64 does not tell n from n + 1
_ROUNDING = 1e-12  # relative; a risk that equals the target up to rounding has reached it


@dataclass(frozen=True)
class SampleComplexity:
    """Sample sizes at which a risk is reached.

    value: the smallest n with risk ≤ the one asked; `inf` if there is none (a floor, or n_max).
    lasting: the smallest n from which on the risk stays there: risk curves are not monotone (double descent).
    risk: the risk asked for.  method, theorem: as in `Estimate`.
    """

    value: Any
    lasting: Any
    risk: Any
    method: str
    theorem: str

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.asarray(self.value, dtype=dtype)

    def __float__(self) -> float:
        return float(self.value)

    def __str__(self) -> str:
        return f"n = {self.value:.0f}, for good from n = {self.lasting:.0f}  [{self.method}: {self.theorem}]"


def sample_complexity(
    problem: TransferProblem, learner: Learner, risk: Any, method: str = "auto", n_max: float = LARGEST
) -> SampleComplexity:
    r"""Smallest n with E R(n) ≤ `risk`, and the n from which on it stays there.

    risk: the excess risk to reach, > 0 or = 0, a number.  n_max: give up there (default 2⁵³).  method: "exact",
    "asymptotic" or "auto", as in `lintransfer.risk`; a simulated learner has no sample complexity here.

    Returns a `SampleComplexity` with float fields. Traced problems give JAX values whose derivative is that of the
    real-valued crossing n(ε), from the implicit function theorem: dn = (dε − ∂R)/(∂R/∂n).
    Raises `DomainError` for a negative or non-finite risk.

    >>> p = TransferProblem.isotropic(dim=500, overlap=0.8)
    >>> from lintransfer.strategies import FineTune
    >>> print(sample_complexity(p, FineTune(), risk=0.1))
    n = 375, for good from n = 375  [exact: min-norm-risk]
    """
    if isinstance(risk, jax.core.Tracer) or kind_of(*jax.tree_util.tree_leaves(problem), risk) == "jax":
        return _differentiable(problem, learner, risk, method, n_max)
    if np.ndim(risk) != 0 or not np.isfinite(risk) or risk < 0:
        refuse("risk", "a finite number ≥ 0", risk)
    n_max = float(sample_sizes(n_max, "n_max"))
    rank = float(np.sum(np.where(np.asarray(problem.modes.eigenvalue) > 0, problem.modes.multiplicity, 0.0)))
    grid = _grid(problem.dim, n_max, (rank, float(np.sum(problem.features.multiplicity))))
    estimate = _closed(problem, learner, grid, method)

    def curve(n: np.ndarray) -> np.ndarray:
        return np.asarray(_closed(problem, learner, n, estimate.method).value)

    goal = float(risk) * (1 + _ROUNDING)
    grid, values = _with_valleys(grid, np.asarray(estimate.value), curve, goal)
    reached = values <= goal
    answer: dict[str, Any] = {"risk": float(risk), "method": estimate.method, "theorem": estimate.theorem}
    if not reached.any():
        return SampleComplexity(float("inf"), float("inf"), **answer)
    first = int(np.argmax(reached))
    smallest = grid[0] if first == 0 else _edge(curve, goal, grid[first - 1], grid[first])
    last = len(grid) - 1 - int(np.argmax(~reached[::-1])) if not reached.all() else -1
    if last == len(grid) - 1:
        lasting = float("inf")
    else:
        lasting = grid[0] if last < 0 else _edge(curve, goal, grid[last], grid[last + 1])
    return SampleComplexity(float(smallest), float(lasting), **answer)


def _closed(problem: TransferProblem, learner: Learner, n: Any, method: str) -> Estimate:
    estimate = closed_form(problem, learner, n, method)
    if estimate is None:
        raise MissingMethodError(f"sample_complexity needs a closed form, and {learner!r} is only simulated here")
    return estimate


def _grid(dim: int, n_max: float, special: tuple[float, ...] = ()) -> np.ndarray:
    """Every small n, the neighbourhoods of the special sizes, and a geometric ladder to n_max."""
    near = [center + np.arange(-4.0, 5.0) for center in (dim, *special)]
    sides = dim * (1 + np.concatenate([-np.geomspace(1e-3, 1, 60), np.geomspace(1e-3, 1, 60)]))
    ladder = np.geomspace(64, max(n_max, 64.0), 900)
    grid = np.unique(np.round(np.concatenate([np.arange(65.0), *near, sides, ladder])))
    return grid[(grid >= 0) & (grid <= n_max)]


def _with_valleys(
    grid: np.ndarray, values: np.ndarray, curve: Callable[[np.ndarray], np.ndarray], goal: float
) -> tuple[np.ndarray, np.ndarray]:
    """Add the bottoms of valleys that lie between grid points and might dip below the goal unseen."""
    inner = np.flatnonzero((values[1:-1] <= values[:-2]) & (values[1:-1] <= values[2:]) & (values[1:-1] > goal)) + 1
    low, high = grid[inner - 1], grid[inner + 1]
    while np.any(high - low > 2):
        third = np.floor((high - low) / 3)
        left, right = low + third, high - third
        down = curve(left) <= curve(right)
        low, high = np.where(down, low, left), np.where(down, right, high)
    bottoms = np.setdiff1d(np.concatenate([low, low + 1, high]), grid)
    if not len(bottoms):
        return grid, values
    everything = np.concatenate([grid, bottoms])
    order = np.argsort(everything)
    return everything[order], np.concatenate([values, curve(bottoms)])[order]


def _edge(curve: Callable[[np.ndarray], np.ndarray], goal: float, low: float, high: float) -> float:
    """The smallest whole n in (low, high] with curve(n) ≤ goal, by bisection."""
    while high - low > 1:
        middle = np.floor((low + high) / 2)
        low, high = (low, middle) if curve(np.asarray(middle)) <= goal else (middle, high)
    return high


def _differentiable(
    problem: TransferProblem, learner: Learner, risk: Any, method: str, n_max: float
) -> SampleComplexity:
    """The same search with fixed work under JAX, and one Newton step that carries the derivative."""
    frozen = jax.lax.stop_gradient(problem)
    goal = jax.lax.stop_gradient(jnp.asarray(risk)) * (1 + _ROUNDING)
    grid = jnp.asarray(_grid(problem.dim, n_max))
    estimate = _closed(frozen, learner, grid, method)

    def edge(reached: Any, index: Any) -> Any:
        low, high = grid[jnp.maximum(index - 1, 0)], grid[index]

        def halve(_: int, bracket: tuple[Any, Any]) -> tuple[Any, Any]:
            low, high = bracket
            middle = (low + high) / 2
            down = _closed(frozen, learner, middle, estimate.method).value <= goal
            return jnp.where(down, low, middle), jnp.where(down, middle, high)

        low, high = jax.lax.fori_loop(0, 70, halve, (low, high))
        slope = jax.grad(lambda n: _closed(frozen, learner, n, estimate.method).value)(high)
        moved = high - (_closed(problem, learner, high, estimate.method).value - risk) / jax.lax.stop_gradient(slope)
        whole = jnp.ceil(high - 1e-9 * (1 + high))
        crossing = whole + (moved - jax.lax.stop_gradient(moved))
        return jnp.where(index == 0, grid[0], jnp.where(reached[index], crossing, jnp.inf))

    reached = estimate.value <= goal
    lasting = jnp.flip(jnp.cumprod(jnp.flip(reached))).astype(bool)
    first, last = edge(reached, jnp.argmax(reached)), edge(lasting, jnp.argmax(lasting))
    return SampleComplexity(first, last, risk, estimate.method, estimate.theorem)

"""Sample complexity: how many target samples a learner needs."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lintransfer.errors import MissingMethodError, refuse
from lintransfer.estimates import Estimate
from lintransfer.host_calls import on_host
from lintransfer.problems import TransferProblem
from lintransfer.routing import missing, routes_for
from lintransfer.routing.answers import closed_answer
from lintransfer.routing.question import Question, ask
from lintransfer.routing.route import Route
from lintransfer.searches import LARGEST, ROUNDING, Found, crossing, ladder, saturations, search
from lintransfer.spectra import group_modes
from lintransfer.strategies import Learner, LinearTransfer
from lintransfer.validation import is_real, is_traced, same_content, whole_number


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["value", "lasting", "risk", "floor", "unanswered"],
    meta_fields=["method", "theorem", "n_max"],
)
@dataclass(frozen=True, eq=False)
class SampleComplexity:
    """Sample sizes at which a risk is reached.

    value: the smallest n with risk ≤ the one asked; `inf` if there is none up to n_max, `nan` if some n before has no
    answer.
    lasting: the smallest n from which on the risk stays there: risk curves are not monotone (double descent). `inf` if
    there is none; `nan` if some n that matters has no answer, or if n_max was given: nobody looked beyond.
    risk: the risk asked for.  floor: the lowest risk up to n_max.  unanswered: the first and the last n that was looked
    at and has no answer; nan if all have one.  method, theorem: those of the risk at `value` (at n_max if that is inf).
    """

    value: Any
    lasting: Any
    risk: Any
    floor: Any
    unanswered: tuple[Any, Any]
    method: str
    theorem: str
    n_max: float = LARGEST

    def __eq__(self, other: object) -> bool:
        return same_content(self, other) if isinstance(other, SampleComplexity) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.method, self.theorem, self.n_max))

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.asarray(self.value, dtype=dtype)

    def __float__(self) -> float:
        return float(self.value)

    def __str__(self) -> str:
        return f"{self._in_words()}  [{self.method}: {self.theorem}]"

    def _in_words(self) -> str:
        whole, limited = self.n_max >= LARGEST, f"beyond n = {self.n_max:.0f} not looked at"
        if math.isinf(self.value):
            return f"{'never' if whole else f'not up to n = {self.n_max:.0f}'}: the risk stays above {self.floor:.4g}"
        silent, last = (f"no answer at n = {n:.0f}" for n in self.unanswered)
        first = f"n unknown: {silent}" if math.isnan(self.value) else f"n = {self.value:.0f}"
        if math.isnan(self.lasting):
            return f"{first}, for good unknown: {last if whole else limited}"
        return f"{first}, {'not for good' if math.isinf(self.lasting) else f'for good from n = {self.lasting:.0f}'}"


def sample_complexity(
    problem: TransferProblem, learner: Learner, risk: Any, method: str = "auto", n_max: Any = LARGEST
) -> SampleComplexity:
    r"""Smallest n with E R(n) ≤ `risk`, and the n from which on it stays there.

    risk: the excess risk to reach, a finite number ≥ 0; what equals it up to rounding has reached it.  n_max: give up
    there (default 2⁵³, the end of float64).  method: "exact", "asymptotic", "bound" or "auto", at each n by itself as in
    `lintransfer.risk`; a simulated learner has no sample complexity here.

    Returns a `SampleComplexity` with float fields. JAX values give JAX values, under `jit` and `vmap` too (the search runs
    on the host); their first derivative is that of the real-valued crossing n(ε), dn = (dε − ∂R)/(∂R/∂n), and 0
    where the risk jumps over ε.
    Raises `DomainError` for a negative or non-finite risk, `MissingMethodError` where there is no closed form.

    >>> p = TransferProblem.isotropic(dim=500, overlap=0.8)
    >>> from lintransfer.strategies import FineTune, LinearTransfer
    >>> print(sample_complexity(p, FineTune(), risk=0.1))
    n = 375, for good from n = 375  [exact: min-norm-risk]
    >>> print(sample_complexity(p, LinearTransfer(), risk=0.1))
    never: the risk stays above 0.36  [exact: frozen-features-risk]
    """
    question = ask(problem, learner, method=method)
    routes = _closed_routes(question, method)
    if not is_traced(risk) and not (is_real(risk) and math.isfinite(risk) and risk >= 0):
        refuse("risk", "a finite number ≥ 0", risk)
    most = float(min(whole_number("n_max", n_max, 0), LARGEST))
    risk = risk if isinstance(risk, jax.Array) else float(risk)
    numbers, structure = jax.tree_util.tree_flatten((problem, vars(question.learner), risk))
    if any(isinstance(number, jax.Array) for number in numbers):
        return _differentiable(question, routes, risk, method, most, numbers, structure)
    found = _search(question, routes, float(risk) * (1 + ROUNDING), most)
    decisive = np.asarray(most if math.isinf(found.smallest) else found.smallest)
    there = closed_answer(question, routes, decisive).estimate()
    return _answer(found, float(risk), there, most)


def _closed_routes(question: Question, method: str) -> list[Route]:
    found = routes_for(question, method)
    if not found:
        raise missing(question, method)
    closed = [route for route in found if not route.is_drawn]
    if not closed:
        raise MissingMethodError(
            f"sample_complexity needs a closed form, and {question.learner!r} is only simulated here"
        )
    return closed


def _answer(found: Found, risk: Any, there: Any, most: float) -> SampleComplexity:
    unknown = math.nan if most < LARGEST else found.lasting
    silent = not is_traced(found.smallest) and math.isnan(found.smallest)
    method, theorem = ("none", "none") if silent else (there.method, there.theorem)
    return SampleComplexity(found.smallest, unknown, risk, found.lowest, found[3:], method, theorem, most)


def _curve(question: Question, routes: Sequence[Route]) -> Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """n → risks and the theorems that they come from."""

    def curve(n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        found = closed_answer(question, routes, n)
        return found.value, np.where(np.isnan(found.value), -1, found.source)

    return curve


def _search(question: Question, routes: Sequence[Route], goal: float, most: float) -> Found:
    problem = question.problem
    spectra: list[Any] = [problem.modes]
    if isinstance(question.learner, LinearTransfer):
        with np.errstate(all="ignore"):
            spectra.append(problem.features)
    centers = [problem.dim, *(size for s in spectra for size in saturations(s.eigenvalue, s.multiplicity))]
    return search(_curve(question, routes), goal, ladder(centers, most))


def _differentiable(
    question: Question, routes: Sequence[Route], risk: Any, method: str, most: float, numbers: list[Any], structure: Any
) -> SampleComplexity:
    """The same search, on the host, and one Newton step that carries the derivative."""
    places = [i for i, number in enumerate(numbers) if isinstance(number, jax.Array)]
    rounding = max(ROUNDING, 4 * float(jnp.finfo(jnp.result_type(float)).eps))  # of the numbers given

    def find(*values: Any) -> np.ndarray:
        plain = list(numbers)
        for place, number in zip(places, values, strict=True):
            plain[place] = number
        problem, options, goal = jax.tree_util.tree_unflatten(structure, plain)
        modes = problem.modes
        if np.all(modes.multiplicity == 1):  # a traced spectrum is not grouped yet
            problem = replace(problem, modes=group_modes(modes.eigenvalue, *(e for e in modes[2:] if e is not None)))
        concrete = ask(problem, replace(question.learner, **options), method=method)
        closed, goal = _closed_routes(concrete, method), float(goal) * (1 + rounding)
        found = _search(concrete, closed, goal, most)
        return np.array([*found, *(crossing(_curve(concrete, closed), goal, n) for n in found[:2])])

    told = on_host(find, [numbers[i] for i in places], len(Found._fields) + 2)
    found, ends = Found(*told[:-2]), told[-2:]
    smooth = ends > 0
    at = jnp.where(smooth, ends, question.problem.dim + 9.5)
    value, slope = jax.jvp(lambda n: closed_answer(question, routes, n).value, (at,), (jnp.ones_like(at),))
    smooth &= slope != 0
    step = (risk - value) / jax.lax.stop_gradient(jnp.where(smooth, slope, 1))
    smallest, lasting = told[:2] + jnp.where(smooth, step - jax.lax.stop_gradient(step), 0)
    where_from = jnp.where(jnp.isinf(found.smallest), most, found.smallest)

    def look(n: Any) -> Estimate:
        return closed_answer(question, routes, n).estimate()

    there = jax.eval_shape(look, where_from) if question.traced or is_traced(where_from) else look(where_from)
    return _answer(found._replace(smallest=smallest, lasting=lasting), risk, there, most)

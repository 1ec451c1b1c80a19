"""The front door: risk and transferability of a learner, by whichever method speaks on the question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from lintransfer.arithmetic import array_namespace
from lintransfer.errors import MissingMethodError, UnknownNameError, refuse
from lintransfer.problems import TransferProblem
from lintransfer.routing import ROUTES, TRANSFER_ROUTES
from lintransfer.routing.route import Route
from lintransfer.strategies import Learner, default_baseline, model_of
from lintransfer.validation import is_traced

_TWO_DIGITS: Any = {"float_kind": lambda value: f"{value:.2g}"}

METHODS = ("auto", "exact", "asymptotic", "bound", "simulate")


@dataclass(frozen=True)
class Estimate:
    """A computed quantity over the requested sample sizes; all arrays have the shape of n.

    value: the quantity; `inf` where it is mathematically infinite, `nan` where the theorem is silent.
    std_err: Monte Carlo standard error; 0 for a closed form.
    valid: False where the theorem does not apply.  method, theorem: how it was obtained, and the row that proves it.
    """

    value: Any
    std_err: Any
    valid: Any
    method: str
    theorem: str

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.asarray(self.value, dtype=dtype)

    def __float__(self) -> float:
        return float(self.value)

    def __str__(self) -> str:
        shown = np.array2string(np.asarray(self.value), precision=6, threshold=12)
        error = (
            ""
            if not np.any(self.std_err)
            else f" ± {np.array2string(np.asarray(self.std_err), threshold=12, formatter=_TWO_DIGITS)}"
        )
        return f"{shown}{error}  [{self.method}: {self.theorem}]"


def sample_sizes(n: Any, argument: str = "n") -> Any:
    """Validate sample sizes: whole numbers ≥ 0, as float64 (traced values pass unchecked and may be real)."""
    if isinstance(n, jax.core.Tracer):
        return n
    if isinstance(n, range):
        n = list(n)
    try:
        sizes = np.asarray(n, dtype=float)
    except (TypeError, ValueError):
        refuse(argument, "a whole number ≥ 0, or an array of them", n)
    wrong = ~np.isfinite(sizes) | (sizes < 0) | (sizes != np.round(sizes))
    if sizes.size == 0:
        refuse(argument, "at least one sample size", got="none")
    if wrong.any():
        refuse(argument, "a whole number ≥ 0, or an array of them", sizes[wrong].flat[0].item())
    return jax.numpy.asarray(sizes) if isinstance(n, jax.Array) else sizes


def check_question(problem: Any, learner: Any, method: str = "auto") -> None:
    """Refuse what is no problem, no learner or no method."""
    if not isinstance(problem, TransferProblem):
        refuse("problem", "a TransferProblem", problem)
    if not isinstance(learner, Learner):
        names = ", ".join(t.__name__ for t in Learner.__args__)
        raise UnknownNameError(f"learner must be one of {names} (an instance, as in Scratch()), got {learner!r}")
    if method not in METHODS:
        raise UnknownNameError(f"method must be one of {', '.join(METHODS)}, got {method!r}")


def _routes(table: tuple[Route, ...], problem: TransferProblem, learner: Learner, method: str) -> list[Route]:
    pair = [r for r in table if isinstance(learner, r.strategy) and isinstance(model_of(learner), r.model)]
    found = [r for r in pair if r.answers(method) and r.speaks(problem, learner)]
    if not found:
        there = sorted({r.method for r in pair if r.speaks(problem, learner)})
        raise MissingMethodError(
            f"method {method!r} is not there for {learner!r} on this problem; "
            + (f"there is: {', '.join(there)}" if there else "there is none (see lintransfer.methods())")
        )
    return found


def _first_that_speaks(found: list[Route], problem: TransferProblem, learner: Any, n: Any) -> Estimate:
    """The first closed form that is valid at every n; if none is, the last one tried (nan where it is silent)."""
    for position, route in enumerate(found):
        with np.errstate(all="ignore"):
            value = route.value(problem, learner, n)
        xp = array_namespace(value, n)
        silent = not is_traced(value) and bool(np.isnan(value).any())
        value = value + xp.zeros_like(n)
        valid = ~xp.isnan(value)
        last = position == len(found) - 1
        if last or not silent:
            return Estimate(value, xp.zeros_like(value), valid, route.method, route.theorem)
    raise AssertionError("unreachable: found is never empty")


def risk(
    problem: TransferProblem, learner: Learner, n: Any, method: str = "auto", key: int = 0, replicates: int = 200
) -> Estimate:
    """Expected excess risk E (ŵ − θ_T)ᵀΣ(ŵ − θ_T) after training on n target samples.

    n: sample sizes, whole numbers ≥ 0, any shape.  method: "exact", "asymptotic", "bound" (an upper bound),
    "simulate", or "auto": the first of exact and asymptotic that speaks at every n, else simulation.  key, replicates: seed and number of simulated
    training sets (used by "simulate" only).

    Returns an `Estimate` of the shape of n. Add σ² (per output) for the prediction error on noisy labels.
    Raises `DomainError` for impossible n, `UnknownNameError` for an unknown learner or method, `MissingMethodError`
    (listing what there is) where this learner has no such method. Source: ``lintransfer.theorem(estimate.theorem)``.

    >>> from lintransfer.strategies import Scratch
    >>> p = TransferProblem.isotropic(dim=500, overlap=0.8, noise_std=0.2)
    >>> print(risk(p, Scratch(), n=[50, 250, 1000]))
    [0.904454 0.540161 0.04008 ]  [exact: min-norm-risk]
    """
    check_question(problem, learner, method)
    n = sample_sizes(n)
    estimate = closed_form(problem, learner, n, method)
    if estimate is not None:
        return estimate
    return _simulated(_routes(ROUTES, problem, learner, method)[0], problem, learner, n, key, replicates)


def closed_form(problem: TransferProblem, learner: Learner, n: Any, method: str = "auto") -> Estimate | None:
    """The risk by formula at real-valued n, unchecked; None if there is only simulation."""
    closed = [r for r in _routes(ROUTES, problem, learner, method) if r.method != "simulate"]
    return _first_that_speaks(closed, problem, learner, n) if closed else None


def _check_simulation(key: Any, replicates: Any) -> None:
    if isinstance(replicates, bool) or not isinstance(replicates, int | np.integer) or replicates < 2:
        refuse("replicates", "a whole number ≥ 2", replicates)
    if isinstance(key, bool) or not isinstance(key, int | np.integer) or key < 0:
        refuse("key", "a whole number ≥ 0 (the seed)", key)


def _simulated(route: Route, problem: TransferProblem, learner: Any, n: Any, key: int, replicates: int) -> Estimate:
    _check_simulation(key, replicates)
    if is_traced(problem, n):
        raise MissingMethodError('method "simulate" needs plain values, not traced ones: call it outside jit and grad')
    with jax.enable_x64(True):
        value, std_err = route.value(problem, learner, np.asarray(n), key, replicates)
    value, std_err = np.asarray(value, dtype=np.float64), np.asarray(std_err, dtype=np.float64)
    return Estimate(value, std_err, ~np.isnan(value), route.method, route.theorem)


def transferability(
    problem: TransferProblem,
    learner: Learner,
    n: Any,
    baseline: Learner | None = None,
    method: str = "auto",
    key: int = 0,
    replicates: int = 200,
) -> Estimate:
    """T = R_baseline − R_learner in expectation; positive means that transfer helps.

    baseline: by default `Scratch()`, of the learner's model if that is a ReLU network.  Other arguments, result and
    errors as in `risk`. The simulation trains both learners on the same data. Where a paired theorem exists it is used, so that T stays finite where both risks are
    infinite (n ≈ d); where only one risk is infinite T is ±inf, and nan where both are and no theorem pairs them.

    >>> from lintransfer.strategies import FineTune
    >>> p = TransferProblem.isotropic(dim=500, overlap=0.8, noise_std=0.2)
    >>> print(transferability(p, FineTune(), n=[50, 250]))
    [0.54 0.3 ]  [exact: paired-transferability]
    """
    check_question(problem, learner, method)
    baseline = default_baseline(learner) if baseline is None else baseline
    check_question(problem, baseline, method)
    if method == "bound":
        raise MissingMethodError('method "bound" is not there for a transferability: a difference of bounds bounds nothing')
    n = sample_sizes(n)
    pair = (baseline, learner)
    paired = [r for r in TRANSFER_ROUTES if r.answers(method) and r.speaks(problem, pair)]
    closed = [r for r in paired if r.method != "simulate"]
    if closed:
        return _first_that_speaks(closed, problem, pair, n)
    if paired and (method == "simulate" or any(_only_simulated(problem, who) for who in pair)):
        return _simulated(paired[0], problem, pair, n, key, replicates)
    base, other = (risk(problem, who, n, method, key, replicates) for who in pair)
    xp = array_namespace(base.value, other.value)
    with np.errstate(all="ignore"):
        value, std_err = base.value - other.value, xp.hypot(base.std_err, other.std_err)
    weaker = max(base.method, other.method, key=METHODS.index)
    theorem = base.theorem if base.theorem == other.theorem else f"{base.theorem}, {other.theorem}"
    return Estimate(value, std_err, ~xp.isnan(value), weaker, theorem)


def _only_simulated(problem: TransferProblem, learner: Learner) -> bool:
    return _routes(ROUTES, problem, learner, "auto")[0].method == "simulate"


def methods() -> list[dict[str, str]]:
    """What can be computed: one row per (strategy, model, method) with its theorem and where it applies."""
    return [
        {
            "strategy": r.strategy.__name__,
            "model": r.model.__name__,
            "method": r.method,
            "theorem": r.theorem,
            "where": r.where,
        }
        for r in ROUTES
    ]

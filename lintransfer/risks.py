"""The front door: risk and transferability of a learner, by whichever theorem speaks at each n."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from lintransfer.arithmetic import where
from lintransfer.errors import MissingMethodError
from lintransfer.estimates import Estimate, one_word
from lintransfer.problems import TransferProblem
from lintransfer.routing import ROUTES, TRANSFER_ROUTES, lines_for, missing, routes_for
from lintransfer.routing.answers import check_simulation, closed_answer, completed, drawn_answer, patched
from lintransfer.routing.question import Question, ask
from lintransfer.strategies import Learner, default_baseline
from lintransfer.validation import is_traced, sample_sizes

__all__ = ["Estimate", "risk", "transferability", "methods"]


def risk(
    problem: TransferProblem, learner: Learner, n: Any, method: str = "auto", key: int = 0, replicates: int = 200
) -> Estimate:
    """Expected excess risk E (ŵ − θ_T)ᵀΣ(ŵ − θ_T) after training on n target samples.

    n: sample sizes, whole numbers ≥ 0, any shape.  method: "exact", "asymptotic", "bound" (an upper bound), "simulate"
    (draws from the law of the risk where theory proves one, else trainings on drawn sets), "designs" (drawn sets always,
    no theory), or "auto": at each n by itself exact, else asymptotic, else simulated; `lintransfer.route` tells which and
    why.  key, replicates: seed and number of simulated training sets.

    Returns an `Estimate` of the shape of n. Add σ² (per output) for the prediction error on noisy labels.
    Raises `DomainError` for impossible n, `UnknownNameError` for an unknown learner or method, `MissingMethodError`
    (listing what there is) where this learner has no such method. Source: ``lintransfer.theorem(estimate.theorem)``.

    >>> from lintransfer.strategies import Scratch
    >>> p = TransferProblem.isotropic(dim=500, overlap=0.8, noise_std=0.2)
    >>> print(risk(p, Scratch(), n=[50, 250, 1000]))
    [0.904454 0.540161 0.04008 ]  [exact: min-norm-risk]
    """
    question = ask(problem, learner, method=method)
    return answer(question, sample_sizes(n), method, key, replicates)


def answer(question: Question, n: Any, method: str = "auto", key: int = 0, replicates: int = 200) -> Estimate:
    """`risk` for a question that has been checked."""
    check_simulation(key, replicates)
    found = routes_for(question, method)
    if not found:
        raise missing(question, method)
    drawn = [r for r in found if r.is_drawn]
    if drawn == found:
        return drawn_answer(question, drawn[0], n, key, replicates)
    estimate = closed_answer(question, found, n)
    if not drawn or question.traced or is_traced(n):
        return estimate
    return completed(estimate, n, lambda sizes: drawn_answer(question, drawn[0], sizes, key, replicates))


def closed_form(problem: TransferProblem, learner: Learner, n: Any, method: str = "auto") -> Estimate | None:
    """The risk by formula at real-valued n, unchecked; None if there is only simulation."""
    question = ask(problem, learner, method=method)
    found = routes_for(question, method)
    if not found:
        raise missing(question, method)
    return closed_answer(question, found, n) if any(not r.is_drawn for r in found) else None


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
    errors as in `risk`. Both sides of the difference are of the same kind, exact wherever both have an exact answer. The
    simulation trains both learners on the same data. Where a paired theorem exists it is used, so that T stays finite where
    both risks are infinite (n ≈ d); where only one risk is infinite T is ±inf, and nan where both are and no theorem pairs
    them.

    >>> from lintransfer.strategies import FineTune
    >>> p = TransferProblem.isotropic(dim=500, overlap=0.8, noise_std=0.2)
    >>> print(transferability(p, FineTune(), n=[50, 250]))
    [0.54 0.3 ]  [exact: paired-transferability]
    """
    ask(problem, learner, method=method)
    baseline = default_baseline(learner) if baseline is None else baseline
    question = ask(problem, learner, baseline, method)
    return compare(question, sample_sizes(n), method, key, replicates)


def compare(question: Question, n: Any, method: str = "auto", key: int = 0, replicates: int = 200) -> Estimate:
    """`transferability` for a question that has been checked."""
    check_simulation(key, replicates)
    if method == "bound":
        raise MissingMethodError('method "bound" is not there for a transferability: a difference of bounds bounds nothing')
    traced = question.traced or is_traced(n)
    if method in ("simulate", "designs"):
        return _simulated(question, n, method, key, replicates)
    kinds = ("exact", "asymptotic") if method == "auto" else (method,)
    found: Estimate | None = None
    for kind in kinds:
        paired = routes_for(question, kind, TRANSFER_ROUTES)
        if paired:
            found = _joined(found, n, lambda sizes, paired=paired: closed_answer(question, paired, sizes))
        if kind == "exact" or not paired:  # two approximations that a theorem pairs are not to be told apart
            found = _joined(found, n, lambda sizes, kind=kind: _difference(question, kind, sizes))
    if found is None and method != "auto":
        for who in question.contenders:
            if not routes_for(question.of(who), method):
                raise missing(question.of(who), method)
    if method != "auto" or traced:
        if found is None:
            raise missing(question, method)
        return found
    if found is None:
        return _mixed(question, n, key, replicates)
    return completed(found, n, lambda sizes: _mixed(question, sizes, key, replicates))


def _joined(found: Estimate | None, n: Any, more: Callable[[Any], Estimate | None]) -> Estimate | None:
    """What was found, with another kind of answer where there was none."""
    if found is None:
        return more(n)
    silent = np.broadcast_to(np.asarray(found.method) == "none", np.shape(found.value))
    if not silent.any():
        return found
    if isinstance(found.value, jax.Array) or isinstance(n, jax.Array) or silent.shape != np.shape(n):
        other = more(n)
        return found if other is None else _overlaid(found, silent, other)
    other = more(n[silent])
    return found if other is None else patched(found, silent, other)


def _overlaid(found: Estimate, silent: np.ndarray, other: Estimate) -> Estimate:
    numbers = (
        where(silent, new, old)
        for old, new in ((found.value, other.value), (found.std_err, other.std_err), (found.valid, other.valid))
    )
    words = (
        one_word(np.where(silent, new, old))
        for old, new in ((found.method, other.method), (found.theorem, other.theorem))
    )
    return Estimate(*numbers, *words)


def _difference(question: Question, kind: str, n: Any) -> Estimate | None:
    """R_baseline − R_learner where both have an answer of this kind."""
    sides = []
    for who in question.contenders:
        side = question.of(who)
        found = routes_for(side, kind)
        if not found:
            return None
        sides.append(closed_answer(side, found, n))
    apart = sides[0] - sides[1]
    silent = np.broadcast_to(np.asarray(apart.method) == "none", np.shape(apart.value))
    if not silent.any():
        return apart
    words = (np.where(silent, "none", w) for w in (apart.method, apart.theorem))
    return Estimate(apart.value, apart.std_err, apart.valid, *map(one_word, words))


def _simulated(question: Question, n: Any, method: str, key: int, replicates: int) -> Estimate:
    paired = routes_for(question, method, TRANSFER_ROUTES)
    if paired:
        return drawn_answer(question, paired[0], n, key, replicates)
    base, other = (answer(question.of(who), n, method, key, replicates) for who in question.contenders)
    return base - other


def _mixed(question: Question, n: Any, key: int, replicates: int) -> Estimate:
    """Where the two sides share no closed form: both simulated on the same data if that can be, else each side's best."""
    paired = routes_for(question, "simulate", TRANSFER_ROUTES)
    if paired:
        return drawn_answer(question, paired[0], n, key, replicates)
    base, other = (answer(question.of(who), n, "auto", key, replicates) for who in question.contenders)
    return base - other


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

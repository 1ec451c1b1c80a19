"""The front door: risk and transferability of a learner, by whichever theorem speaks at each n."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lintransfer.errors import MissingMethodError
from lintransfer.estimates import Estimate
from lintransfer.problems import TransferProblem
from lintransfer.routing import ROUTES, default_baseline, missing, routes_for
from lintransfer.routing.answers import check_simulation, closed_answer, gain_answer, risk_answer
from lintransfer.routing.question import ask, sizes_asked
from lintransfer.routing.tasks import chosen
from lintransfer.strategies import Learner
from lintransfer.task_families import TaskFamily

__all__ = ["Estimate", "methods", "risk", "transferability"]


def risk(
    problem: TransferProblem | TaskFamily,
    learner: Learner,
    n: Any = None,
    method: str = "auto",
    key: int = 0,
    replicates: int = 200,
) -> Estimate:
    """Expected excess risk E (ŵ − θ_T)ᵀΣ(ŵ − θ_T) after training on n target samples.

    n: sample sizes of the target, whole numbers ≥ 0, any shape; None: those of a `TaskFamily`.  method: "exact", "asymptotic", "bound" (an upper bound), "simulate"
    (draws from the law of the risk where theory proves one, else trainings on drawn sets), "designs" (drawn sets always,
    no theory), or "auto": at each n by itself exact, else asymptotic, else simulated if that takes seconds;
    `lintransfer.route` tells which and why.  key, replicates: seed and number of simulated training sets.

    Returns an `Estimate` of the shape of n; of a learner that uses several tasks it tells what "optimal" stood for, as
    ``.weights`` and the like. Add σ² (per output) for the prediction error on noisy labels.
    By "auto" it is nan, and not valid, only below the critical ridge (λ < λ_c ≤ 0: the loss has no minimum), where
    `FineTune` starts from features without weights and n < rank Σ, where a finite ReLU network does not come to rest, where a
    network would start from a source fitted with a ridge, and where a simulation would need values that are traced.
    Raises `DomainError` for impossible n, `UnknownNameError` for an unknown learner or method, `MissingMethodError`
    (listing what there is) where this learner has no such method. Source: ``lintransfer.theorem(estimate.theorem)``.

    >>> from lintransfer.strategies import Scratch
    >>> p = TransferProblem.isotropic(dim=500, overlap=0.8, noise_std=0.2)
    >>> print(risk(p, Scratch(), n=[50, 250, 1000]))
    [0.904454 0.540161 0.04008 ]  [exact: min-norm-risk]
    """
    question = ask(problem, learner, method=method)
    check_simulation(key, replicates)
    sizes = sizes_asked(problem, n)
    found = risk_answer(question, sizes, method, key, replicates).estimate()
    return replace(found, chosen=chosen(question, sizes))


def closed_form(problem: TransferProblem, learner: Learner, n: Any, method: str = "auto") -> Estimate | None:
    """The risk by formula at real-valued n, unchecked; None if there is only simulation."""
    question = ask(problem, learner, method=method)
    found = routes_for(question, method)
    if not found:
        raise missing(question, method)
    return closed_answer(question, found, n).estimate() if any(not r.is_drawn for r in found) else None


def transferability(
    problem: TransferProblem | TaskFamily,
    learner: Learner,
    n: Any = None,
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
    them. By such a theorem the noise cancels, while two asymptotic risks asked one by one may carry it at different orders:
    σ²n/(d−n) in a limit, σ²n/(d−n−1) in a closure at finite size (deep networks, n < d). Their difference is not T.

    >>> from lintransfer.strategies import FineTune
    >>> p = TransferProblem.isotropic(dim=500, overlap=0.8, noise_std=0.2)
    >>> print(transferability(p, FineTune(), n=[50, 250]))
    [0.54 0.3 ]  [exact: paired-transferability]
    """
    ask(problem, learner, method=method)
    baseline = default_baseline(learner) if baseline is None else baseline
    question = ask(problem, learner, baseline, method)
    check_simulation(key, replicates)
    if method == "bound":
        raise MissingMethodError(
            'method "bound" is not there for a transferability: a difference of bounds bounds nothing'
        )
    return gain_answer(question, sizes_asked(problem, n), method, key, replicates).estimate()


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

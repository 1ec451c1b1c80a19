"""The exact distribution of a learner's risk, and of its paired transferability, as the front door gives it."""

from __future__ import annotations

from typing import Any

from lintransfer.errors import MissingMethodError
from lintransfer.problems import TransferProblem
from lintransfer.routing import LAWS, TRANSFER_LAWS, lines_for
from lintransfer.routing.question import Question, ask
from lintransfer.strategies import Learner, Scratch
from lintransfer.theory.law import Law
from lintransfer.validation import is_traced, whole_number


def risk_law(problem: TransferProblem, learner: Learner, n: int) -> Law:
    """Exact law of the excess risk over training inputs and label noise, at one sample size.

    n: a whole number ≥ 0. Returns an object with ``mean() var() std() median() cdf(x) sf(x) ppf(q) rvs(size, seed)``;
    the mean may be inf (n ≈ d) while the median never is.

    There is a law for ridgeless learners with one output and a known source: `Scratch` and `FineTune` if Σ = λI (any Σ
    for n = 0 and n ≥ d), `LinearTransfer` for any Σ if n = 0 or n ≥ r, and for isotropic features below. Deep linear
    networks that are balanced: Σ = λI; their law is one of 2¹⁸ exact draws (`lintransfer.theory.deep_linear.laws`).
    Raises `MissingMethodError` elsewhere, `DomainError` for impossible n.

    >>> from lintransfer.strategies import FineTune
    >>> p = TransferProblem.isotropic(dim=500, overlap=0.8, noise_std=0.2)
    >>> law = risk_law(p, FineTune(), n=57)
    >>> round(float(law.mean()), 6), round(float(law.cdf(law.median())), 6)
    (0.359558, 0.5)
    """
    return _law("risk_law", LAWS, ask(problem, learner), whole_number("n", n, 0))


def transferability_law(problem: TransferProblem, learner: Learner, n: int, baseline: Learner | None = None) -> Law:
    """Exact law of T = R_baseline − R_learner when both train on the same inputs and labels.

    ``.sf(0.)`` is the probability that transfer helps. There is a law for ridgeless linear (and balanced deep linear)
    fine-tuning against ridgeless `Scratch` (the default baseline), Σ = λI or n ≥ d (where T = 0), one output, a known
    source; the noise cancels, up to what it does to the retention of a deep network.
    Raises `MissingMethodError` elsewhere, `DomainError` for impossible n.

    >>> from lintransfer.strategies import FineTune
    >>> p = TransferProblem.isotropic(dim=500, overlap=0.8, noise_std=0.2)
    >>> round(float(transferability_law(p, FineTune(), n=57).sf(0.0)), 6)
    1.0
    """
    question = ask(problem, learner, Scratch() if baseline is None else baseline)
    return _law("transferability_law", TRANSFER_LAWS, question, whole_number("n", n, 0))


def _law(verb: str, table: tuple[Any, ...], question: Question, n: int) -> Law:
    if question.traced or is_traced(n):
        raise MissingMethodError(f"{verb} needs plain values, not traced ones: call it outside jit and grad")
    lines = lines_for(table, question)
    for line in lines:
        if question.holds(line.when) and line.sizes.holds(question, n):
            return line.law(question, n)
    there = (
        "; or ".join(dict.fromkeys(line.where for line in lines))
        or "the linear model and balanced deep linear networks"
    )
    raise MissingMethodError(
        f"{verb} has no exact law for {question.learner!r} on this problem at n = {n}; there is one for {there}"
    )

"""The routing table: for each (strategy, model), the formulas that answer, strongest method first.

A new family of models is one file like `lintransfer.routing.linear` and one name in `FAMILIES`; the doors (`risk`, laws,
`fit`, diagrams, the command line) ask nothing else of it.
"""

from __future__ import annotations

from typing import Any

from lintransfer.errors import MissingMethodError
from lintransfer.models import Linear
from lintransfer.routing import deep_linear, diagonal_linear, linear, shallow_relu, tasks, two_layer_linear
from lintransfer.routing.conditions import no_samples
from lintransfer.routing.question import Question
from lintransfer.routing.route import BOUND, EXACT, STRENGTH, Family, LawRoute, Route
from lintransfer.strategies import model_of

FAMILIES: tuple[Family, ...] = (
    linear.FAMILY, deep_linear.FAMILY, shallow_relu.FAMILY, two_layer_linear.FAMILY, diagonal_linear.FAMILY,
)  # fmt: skip

ROUTES: tuple[Route, ...] = (*(route for family in FAMILIES for route in family.risk), *tasks.RISK)
TRANSFER_ROUTES: tuple[Route, ...] = (
    *(route for family in FAMILIES for route in family.transferability), *tasks.TRANSFERABILITY,
)  # fmt: skip
LAWS: tuple[LawRoute, ...] = tuple(route for family in FAMILIES for route in family.laws)
TRANSFER_LAWS: tuple[LawRoute, ...] = tuple(route for family in FAMILIES for route in family.transfer_laws)


def family_of(model: Any) -> Family:
    """The family that a model belongs to."""
    return next(family for family in FAMILIES if isinstance(model, family.model))


def default_baseline(*learners: Any) -> Any:
    """What transfer is compared with: the baseline of the model that the learners share, else ridgeless `Scratch`.

    >>> from lintransfer.strategies import FineTune, LinearTransfer
    >>> default_baseline(FineTune(), LinearTransfer())
    Scratch(model=Linear(), ridge=0.0, time=inf)
    """
    models = {model_of(learner) for learner in learners}
    shared = next(iter(models)) if len(models) == 1 else Linear()
    return family_of(shared).baseline(shared)


def lines_for(table: tuple[Any, ...], question: Question) -> list[Any]:
    """The lines of a table for the question's strategy and model, whether or not they speak."""
    who, model = question.learner, question.model
    return [r for r in table if isinstance(who, r.strategy) and isinstance(model, r.model)]


def routes_for(question: Question, method: str, table: tuple[Route, ...] = ROUTES) -> list[Route]:
    """The routes that speak and answer to this method, strongest first."""
    found = [r for r in lines_for(table, question) if r.answers(method) and r.speaks(question)]
    if not any(r.method == EXACT and r.sizes is not no_samples for r in found):
        found = [r for r in found if r.sizes is not no_samples]  # that an untrained learner has a risk is no method
    return sorted(found, key=lambda r: STRENGTH.index(r.method))


def missing(question: Question, method: str) -> MissingMethodError:
    """What to say where nothing answers to this method: what there is."""
    sides = [question.of(who) for who in question.contenders]
    each = [{r.method for name in ("auto", "bound") for r in routes_for(side, name)} for side in sides]
    shared = set.intersection(*each)
    if question.baseline is not None:
        shared = {r.method for r in routes_for(question, "auto", TRANSFER_ROUTES)} | (shared - {BOUND})
    there = sorted(shared, key=STRENGTH.index)
    told = f"there is: {', '.join(there)}" if there else "there is none (see lintransfer.methods())"
    return MissingMethodError(f"method {method!r} is not there for {question.learner!r} on this problem; {told}")

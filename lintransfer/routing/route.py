"""One line of the routing table: a formula, the condition under which it speaks, and the sizes at which it does."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from lintransfer.arithmetic import where
from lintransfer.routing.arguments import arguments_of, value_of
from lintransfer.routing.conditions import EVERY_SIZE, Condition, Sizes
from lintransfer.routing.question import Question
from lintransfer.theory.law import Law
from lintransfer.theory.linear.laws.beta_ratio import BetaRatioLaw

EXACT, ASYMPTOTIC, BOUND, LAW, SIMULATE = "exact", "asymptotic", "bound", "law", "simulate"
STRENGTH = (EXACT, ASYMPTOTIC, BOUND, LAW, SIMULATE)  # strongest first


@dataclass(frozen=True)
class Route:
    """How one formula answers for one (strategy, model).

    formula: the function of a row of the table, whose name `theorem` is; its arguments are filled by name from the
    vocabulary of `lintransfer.routing.arguments`. A simulation is drawn instead: formula(problem, learner or pair, n,
    key, replicates) → (mean, standard error).
    when: the condition on problem and learner.  sizes: those n at which the formula speaks.
    names: parameters that stand for another symbol of the vocabulary, or for a number.  times: a symbol that the value is
    multiplied by.  traced: whether it runs on traced values.  broadcasts: whether it takes a grid of problems at once.
    pairs: whether it takes a problem beside each n at least (what broadcasts does).  seconds: of one value, if it is slow.
    together: a simulation of many cells at once, formula(problems, learners or pairs, one n, key, replicates) → (cells,).
    """

    strategy: type
    model: type
    method: str
    formula: Callable[..., Any]
    theorem: str
    when: Condition
    sizes: Sizes = EVERY_SIZE
    names: Mapping[str, Any] = field(default_factory=dict)
    times: str | None = None
    traced: bool = True
    broadcasts: bool = True
    pairs: bool = False
    seconds: float = 0.0
    together: bool = False

    @property
    def where(self) -> str:
        """Condition and sizes in words."""
        return self.when.words if self.sizes is EVERY_SIZE else f"{self.when.words}; {self.sizes.words}"

    @property
    def is_drawn(self) -> bool:
        """Whether it simulates, from a law or with training sets."""
        return self.method in (LAW, SIMULATE)

    def speaks(self, question: Question) -> bool:
        """Whether the theorem has anything to say about this problem and learner."""
        return question.holds(self.when)

    def answers(self, method: str) -> bool:
        """Whether a question for this method is for this route; a bound is given only to who asks for one."""
        if method == "auto":
            return self.method != BOUND
        if method == "simulate":
            return self.is_drawn
        return self.method == (SIMULATE if method == "designs" else method)

    def at(self, question: Question, n: Any) -> Any:
        """At which of the sizes n the formula speaks, of the shape of n (and of the grid of problems)."""
        return self.sizes.holds(question, n)

    def value(self, question: Question, n: Any) -> Any:
        """The formula at sizes where it speaks."""
        with np.errstate(all="ignore"):
            found = self.formula(**arguments_of(self.formula, question, n, self.names))
            return found if self.times is None else found * value_of(self.times, question, n)

    def inside(self, question: Question, n: Any, speaks: Any) -> Any:
        """n where the formula speaks, and elsewhere a size at which it and its gradient are finite."""
        return where(speaks, n, self.sizes.inside(question))


@dataclass(frozen=True)
class LawRoute:
    """The distribution behind a route: formula(**arguments) → `Law`, at one whole n."""

    strategy: type
    model: type
    formula: Callable[..., Any]
    theorem: str
    when: Condition
    sizes: Sizes = EVERY_SIZE
    names: Mapping[str, Any] = field(default_factory=dict)

    @property
    def where(self) -> str:
        """Condition and sizes in words."""
        return self.when.words if self.sizes is EVERY_SIZE else f"{self.when.words}; {self.sizes.words}"

    def law(self, question: Question, n: int) -> Any:
        """The law at n; a formula that gives a number is a constant."""
        found = self.formula(**arguments_of(self.formula, question, n, self.names))
        return found if isinstance(found, Law) else BetaRatioLaw(float(found), theorem=self.theorem)


@dataclass(frozen=True)
class Axis:
    """What a value along an axis of a diagram does.

    move(problem, learner, value): problem and learner with it, checked.  spread(problem, learner, values): the same for
    an array (…, 1), unchecked; None where each value is asked by itself.  of_learner: whether it is the learner that moves
    (the baseline keeps its own).
    """

    move: Callable[[Any, Any, Any], tuple[Any, Any]]
    spread: Callable[[Any, Any, np.ndarray], tuple[Any, Any]] | None
    of_learner: bool = False


@dataclass(frozen=True)
class Family:
    """All that a front door asks of a kind of model; one is the last line of each file like `lintransfer.routing.linear`.

    name: of its folders on every floor, and of the module of `lintransfer.fitting.linear` that trains it on arrays.
    baseline(model): what transfer of this model is compared with.  axes: those of diagrams that only it has.
    words: options of a learner on the command line; from_words(options) → model.  sliced: whether the flagship picture can
    train it beside the formula.
    """

    name: str
    model: type
    risk: tuple[Route, ...]
    transferability: tuple[Route, ...]
    baseline: Callable[[Any], Any]
    laws: tuple[LawRoute, ...] = ()
    transfer_laws: tuple[LawRoute, ...] = ()
    axes: Mapping[str, Axis] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    from_words: Callable[[Mapping[str, Any]], Any] | None = None
    sliced: bool = False

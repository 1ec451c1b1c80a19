"""What is asked at a front door, checked once: a problem, a learner, and what the learner is compared with."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from lintransfer.errors import UnknownNameError, refuse
from lintransfer.models import DeepLinear, Linear
from lintransfer.problems import TransferProblem
from lintransfer.strategies import Learner, model_of
from lintransfer.validation import is_traced

METHODS = ("auto", "exact", "asymptotic", "bound", "simulate", "designs")


@dataclass(frozen=True, eq=False)
class Question:
    """A problem and a learner; `baseline` is there in comparisons. What is found out about it is kept.

    grid: the shape of the grid of problems that it stands for; () for one problem.
    """

    problem: TransferProblem
    learner: Any
    baseline: Any = None
    grid: tuple[int, ...] = ()
    known: dict[Any, Any] = field(default_factory=dict, repr=False)

    @property
    def model(self) -> Any:
        """The model of the learner."""
        return model_of(self.learner)

    @property
    def traced(self) -> bool:
        """Whether any number of it is a JAX tracer."""
        return bool(self.remembered("traced", lambda q: is_traced(q.problem, *map(vars, q.contenders))))

    @property
    def contenders(self) -> tuple[Any, ...]:
        """The learner, and the baseline if there is one."""
        return (self.learner,) if self.baseline is None else (self.baseline, self.learner)

    def holds(self, condition: Any) -> bool:
        """Whether a condition holds; its parts are looked at once per question."""
        return all(self.remembered(part, part.test) for part in condition.parts)

    def remembered(self, key: Any, find: Any) -> Any:
        """find(self), computed on first use."""
        if key not in self.known:
            self.known[key] = find(self)
        return self.known[key]

    def of(self, learner: Any) -> Question:
        """The same problem and one learner alone."""
        return Question(self.problem, learner, grid=self.grid)


def ask(problem: Any, learner: Any, baseline: Any = None, method: str = "auto") -> Question:
    """The question, or an error that says what is no problem, no learner or no method."""
    if not isinstance(problem, TransferProblem):
        refuse("problem", "a TransferProblem", problem)
    check_method(method)
    return Question(problem, as_learner(learner), None if baseline is None else as_learner(baseline, "baseline"))


def check_method(method: Any) -> None:
    """Refuse what is no method."""
    if not isinstance(method, str) or method not in METHODS:
        raise UnknownNameError(f"method must be one of {', '.join(METHODS)}, got {method!r}")


def as_learner(learner: Any, argument: str = "learner") -> Any:
    """The learner as formulas see it (a deep linear network of one layer is the linear model), or an error."""
    if not isinstance(learner, Learner):
        names = ", ".join(t.__name__ for t in Learner.__args__)
        raise UnknownNameError(f"{argument} must be one of {names} (an instance, as in Scratch()), got {learner!r}")
    model = model_of(learner)
    return replace(learner, model=Linear()) if isinstance(model, DeepLinear) and model.depth == 1 else learner


def as_learners(learners: Any) -> list[Any]:
    """A non-empty list of learners that differ; one learner alone is a list of one."""
    found = [learners] if isinstance(learners, Learner) else learners
    if isinstance(found, str) or not hasattr(found, "__iter__"):
        refuse("learners", "a non-empty list of different learners", learners)
    found = list(found)
    for learner in found:
        as_learner(learner)
    labels = [repr(learner) for learner in found]
    if not labels or len(set(labels)) < len(labels):
        refuse("learners", "a non-empty list of different learners", learners)
    return found

"""What is asked at a front door, checked once: a problem, a learner, and what the learner is compared with."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import jax

from lintransfer.errors import MissingMethodError, UnknownNameError, in_one_line, refuse
from lintransfer.models import DeepLinear, Linear
from lintransfer.problems import TransferProblem
from lintransfer.strategies import ON_ALL_ROWS, FineTune, Learner, Pool, Replay, Scratch, Stack, model_of
from lintransfer.task_families import TaskFamily
from lintransfer.validation import choice, is_traced, listed, sample_sizes

METHODS = ("auto", "exact", "asymptotic", "bound", "simulate", "designs")


@dataclass(frozen=True, eq=False)
class Question:
    """A problem and a learner; `baseline` is there in comparisons. What is found out about it is kept.

    grid: the shape of the grid of problems and learners that it stands for, () for one; their numbers then have the shape
    (*grid, 1), modes (*grid, 1, m), to go with n along the last axis.  cell(index): the question of one cell, number(index)
    its place in the whole grid.  paired: its numbers go with the sizes n one by one instead; cell(()) is one of them.
    """

    problem: Any
    learner: Any
    baseline: Any = None
    grid: tuple[int, ...] = ()
    cell: Any = field(default=None, repr=False)
    number: Callable[[tuple[int, ...]], int] = field(default=lambda index: 0, repr=False)
    paired: bool = False
    known: dict[Any, Any] = field(default_factory=dict, repr=False)

    @property
    def model(self) -> Any:
        """The model of the learner."""
        return model_of(self.learner)

    @property
    def traced(self) -> bool:
        """Whether any number of it is a JAX tracer."""
        return bool(self.remembered("traced", lambda q: q.is_jax and is_traced(q.problem, *map(vars, q.contenders))))

    @property
    def is_jax(self) -> bool:
        """Whether any number of it is a JAX value, traced or not."""
        return bool(self.remembered("is_jax", _is_jax))

    @property
    def contenders(self) -> tuple[Any, ...]:
        """The learner, and the baseline if there is one."""
        return (self.learner,) if self.baseline is None else (self.baseline, self.learner)

    def holds(self, condition: Any) -> bool:
        """Whether a condition holds; its parts are looked at once per question, and in the first cell of a grid."""
        if self.grid or self.paired:
            return bool(self.remembered("first cell", lambda q: q.cell(tuple(0 for _ in q.grid))).holds(condition))
        return all(self.remembered(part, part.test) for part in condition.parts)

    def remembered(self, key: Any, find: Any) -> Any:
        """find(self), computed on first use."""
        if key not in self.known:
            self.known[key] = find(self)
        return self.known[key]

    def of(self, learner: Any) -> Question:
        """The same problem and one of the contenders alone (the one itself: options of a grid do not compare)."""
        return self._contender(next(i for i, who in enumerate(self.contenders) if who is learner))

    def of_baseline(self) -> Question:
        """The same problem and the baseline alone."""
        return self._contender(0)

    def _contender(self, position: int) -> Question:
        def alone(question: Question) -> Question:
            def cell(index: tuple[int, ...]) -> Question:
                return question.cell(index)._contender(position)

            learner = question.contenders[position]
            world = question.problem
            if isinstance(world, TaskFamily) and isinstance(learner, Scratch):
                world = world.target_alone()
            return Question(world, learner, None, question.grid, cell, question.number, question.paired)

        return self.remembered(("contender", position), alone)


def _is_jax(question: Question) -> bool:
    options = [value for who in question.contenders for value in vars(who).values()]
    return any(isinstance(leaf, jax.Array) for leaf in (*jax.tree_util.tree_leaves(question.problem), *options))


def ask(problem: Any, learner: Any, baseline: Any = None, method: str = "auto") -> Question:
    """The question, or an error that says what is no problem, no learner or no method."""
    check_method(method)
    learner, baseline = as_learner(learner), None if baseline is None else as_learner(baseline, "baseline")
    if isinstance(problem, TaskFamily):
        worlds = [_world_of(problem, who) for who in (learner, baseline) if who is not None]
        problem = next((world for world in worlds if isinstance(world, TaskFamily)), worlds[0])
        if isinstance(problem, TaskFamily) and isinstance(learner, Scratch):
            raise MissingMethodError(
                "Scratch on a family of tasks is what others are compared with: make it the baseline"
            )
    if not isinstance(problem, TransferProblem | TaskFamily):
        refuse("problem", "a TransferProblem or a TaskFamily", problem)
    for who in (learner, baseline):
        _check_rows(problem, who)
    return Question(problem, learner, baseline)


def _check_rows(problem: TransferProblem | TaskFamily, who: Any) -> None:
    """Refuse learners that ask for rows or tasks that are not there."""
    if not isinstance(who, ON_ALL_ROWS):
        return
    if problem.n_source is None:
        kind = type(who).__name__
        refuse(
            "n_source", f"given for {kind}, which trains on rows of the source (TransferProblem(…, n_source=…))", None
        )
    count = problem.n_tasks if isinstance(problem, TaskFamily) else 2
    for name in ("weights", "ridge"):
        value = getattr(who, name, None)
        if isinstance(value, tuple) and len(value) != count:
            refuse(name, f"{count} numbers, one for each task", value)
    if isinstance(who, Replay) and who.kept > problem.n_source:
        refuse("kept", f"at most n_source = {problem.n_source}", who.kept)


def _world_of(family: TaskFamily, learner: Any) -> TransferProblem | TaskFamily:
    """A family of two is a `TransferProblem`, and so is any for who looks at the target alone."""
    if family.n_tasks == 2:
        return family.as_problem()
    if isinstance(learner, Scratch):
        return family.target_alone()
    if not isinstance(learner, Pool | Stack):
        raise MissingMethodError(
            f"{type(learner).__name__} is there for families of two tasks; risk_sequence follows FineTune over {family.n_tasks}"
        )
    return family


def sizes_asked(problem: Any, n: Any) -> Any:
    """The target's sample sizes: n, or those that a family of tasks comes with."""
    if n is None:
        if not isinstance(problem, TaskFamily):
            refuse("n", "given (only a TaskFamily knows its own sample sizes)", n)
        n = problem.sizes[-1]
    return sample_sizes(n)


def check_method(method: Any) -> None:
    """Refuse what is no method."""
    choice("method", method, METHODS)


def as_learner(learner: Any, argument: str = "learner") -> Any:
    """The learner as formulas see it (a deep linear network of one layer is the linear model), or an error."""
    if not isinstance(learner, Learner):
        names = ", ".join(t.__name__ for t in Learner.__args__)
        raise UnknownNameError(
            f"{argument} must be one of {names} (an instance, as in Scratch()), got {in_one_line(learner)}"
        )
    if isinstance(learner, Scratch | FineTune) and isinstance(learner.model, DeepLinear) and learner.model.depth == 1:
        return replace(learner, model=Linear())
    return learner


def as_learners(learners: Any) -> list[Any]:
    """A non-empty list of learners that differ; one learner alone is a list of one."""
    rule = "a non-empty list of different learners"
    found = [learners] if isinstance(learners, Learner) else listed("learners", rule, learners)
    for learner in found:
        as_learner(learner)
    labels = [repr(learner) for learner in found]
    if not labels or len(set(labels)) < len(labels):
        refuse("learners", rule, learners)
    return found

"""One line of the routing table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ANY_INPUTS = ("gaussian", "sphere")


@dataclass(frozen=True)
class Route:
    """How one method answers for one (strategy, model).

    applies(problem, learner): whether the theorem has anything to say, decided without looking at traced values.
    value(problem, learner, n): the mean, `nan` where the theorem is silent; a simulation takes (…, key, replicates) in
    addition and returns (mean, standard error).  In a transferability route `learner` is the pair (baseline, learner).
    inputs: the laws of the inputs that the theorem is about.
    """

    strategy: type
    model: type
    method: str
    theorem: str
    where: str
    applies: Callable[[Any, Any], bool]
    value: Callable[..., Any]
    inputs: tuple[str, ...] = ("gaussian",)

    def speaks(self, problem: Any, learner: Any) -> bool:
        """Whether the theorem has anything to say: about these inputs, and about this problem and learner."""
        return problem.inputs in self.inputs and self.applies(problem, learner)

    def answers(self, method: str) -> bool:
        """Whether a question for this method is for this route; a bound is given only to who asks for one."""
        return method == self.method or (method == "auto" and self.method != "bound")

"""One line of the routing table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Route:
    """How one method answers for one (strategy, model).

    applies(problem, learner): whether the theorem has anything to say, decided without looking at traced values.
    value(problem, learner, n): the mean, `nan` where the theorem is silent; a simulation takes (…, key, replicates) in
    addition and returns (mean, standard error).  In a transferability route `learner` is the pair (baseline, learner).
    """

    strategy: type
    model: type
    method: str
    theorem: str
    where: str
    applies: Callable[[Any, Any], bool]
    value: Callable[..., Any]

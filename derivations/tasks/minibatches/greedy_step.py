"""The step at which the risk after it is least."""

from .greedy import ARGUMENTS, best

__all__ = ["ARGUMENTS", "derive"]


def derive():
    return best()

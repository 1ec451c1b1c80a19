"""Mean squared length of a multiple of the update."""

from ...tasks.averages.update_moments import by_regime
from .interpolation import ARGUMENTS, distance

__all__ = ["ARGUMENTS", "derive"]


def derive():
    return by_regime(distance)

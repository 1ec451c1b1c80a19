"""Risk of the start plus a multiple of the update: a parabola in the weight."""

from ...tasks.averages.update_moments import by_regime
from .interpolation import ARGUMENTS, risk

__all__ = ["ARGUMENTS", "derive"]


def derive():
    return by_regime(risk)

"""The risk at the weight where its derivative vanishes."""

from ...tasks.averages.update_moments import by_regime
from .interpolation import START as ARGUMENTS
from .interpolation import best_risk

__all__ = ["ARGUMENTS", "derive"]


def derive():
    return by_regime(best_risk)

"""The risk at the best weight from a fitted start."""

from .fitted_source import START, by_regimes, displacement
from .interpolation import best_risk

__all__ = ["ARGUMENTS", "derive"]
ARGUMENTS = START


def derive():
    return by_regimes(lambda few, few_source: best_risk(few, displacement(few_source)))

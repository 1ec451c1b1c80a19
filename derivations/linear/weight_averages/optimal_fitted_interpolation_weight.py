"""The best weight from a fitted start, from its mean squared distance."""

from .fitted_source import START, by_regimes, displacement
from .interpolation import best

__all__ = ["ARGUMENTS", "derive"]
ARGUMENTS = START


def derive():
    return by_regimes(lambda few, few_source: best(few, displacement(few_source)))

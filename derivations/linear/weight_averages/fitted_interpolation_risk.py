"""Risk on the target from a fitted start: linear in its mean squared distance."""

from .fitted_source import ARGUMENTS, by_regimes, displacement
from .interpolation import risk

__all__ = ["ARGUMENTS", "derive"]


def derive():
    return by_regimes(lambda few, few_source: risk(few, displacement(few_source)))

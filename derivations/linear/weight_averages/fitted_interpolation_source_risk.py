"""Risk on the source of a fraction of the update from a fitted start."""

from .fitted_source import ARGUMENTS, by_regimes, source_risk

__all__ = ["ARGUMENTS", "derive"]


def derive():
    return by_regimes(lambda few, few_source: source_risk(few, few_source))

"""T16 for two groups: the least risk."""

from .optimum import ARGUMENTS, REGIME, optimum

__all__ = ["ARGUMENTS", "REGIME", "derive"]


def derive():
    return optimum()["risk"]

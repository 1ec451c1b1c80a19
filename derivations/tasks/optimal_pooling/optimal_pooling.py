"""T16 for two groups: risk, shares, weights and ridge at an optimum inside the polytope."""

from .optimum import ARGUMENTS, REGIME, optimum

__all__ = ["ARGUMENTS", "REGIME", "derive"]


def derive():
    return optimum()

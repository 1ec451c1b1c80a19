"""T14: what its left vector holds of u, from `outlier`."""

from .outlier import ARGUMENTS, REGIME, outlier

__all__ = ["ARGUMENTS", "REGIME", "derive"]


def derive():
    return outlier()[1]

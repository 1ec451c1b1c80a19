"""T14: what its right vector holds of v, from `outlier`."""

from .outlier import ARGUMENTS, REGIME, outlier

__all__ = ["ARGUMENTS", "REGIME", "derive"]


def derive():
    return outlier()[2]

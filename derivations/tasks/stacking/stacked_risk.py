"""Risk on the second of two tasks of a sum of their updates."""

from . import merged_risks
from .merged_risks import ARGUMENTS, REGIME

__all__ = ["ARGUMENTS", "REGIME", "derive"]


def derive():
    return merged_risks.derive()["1"]

"""Finite-size closure of the transferability, n ≤ d − 2."""

from . import parts
from .deep_fine_tuning_closure import ARGUMENTS, NULL, REGIME

__all__ = ["ARGUMENTS", "REGIME", "derive"]


def derive():
    return parts.gain(NULL)

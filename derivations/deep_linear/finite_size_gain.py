"""Finite-size closure of the transferability, n ≤ d − 2."""

from derivations.deep_linear import parts
from derivations.deep_linear.finite_size_risk import ARGUMENTS, NULL, REGIME

__all__ = ["ARGUMENTS", "REGIME", "derive"]


def derive():
    return parts.gain(NULL)

"""Transferability of deep fine-tuning in the proportional limit: the noise of both learners is the same vector X⁺ξ."""

from derivations.deep_linear import parts
from derivations.deep_linear.proportional_risk import ARGUMENTS, NULL, REGIME

__all__ = ["ARGUMENTS", "REGIME", "derive"]


def derive():
    return parts.gain(NULL)

"""Transferability of deep fine-tuning in the proportional limit: the noise of both learners is the same vector X⁺ξ."""

from . import parts
from .deep_fine_tuning_risk import ARGUMENTS, NULL, REGIME

__all__ = ["ARGUMENTS", "REGIME", "derive"]


def derive():
    return parts.gain(NULL)

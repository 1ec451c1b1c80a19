"""Noiseless mean transferability of deep fine-tuning at every n < d and depth: see `deep_moments`."""

from .deep_moments import ARGUMENTS, REGIME, moments

__all__ = ["ARGUMENTS", "REGIME", "derive"]


def derive():
    return moments("gain")

"""Noiseless variance of the risk of deep fine-tuning at depth 1 only: see `linear_mean`."""

from derivations.deep_linear.linear_mean import ARGUMENTS, REGIME, moments

__all__ = ["ARGUMENTS", "REGIME", "derive"]


def derive():
    return moments()[1]

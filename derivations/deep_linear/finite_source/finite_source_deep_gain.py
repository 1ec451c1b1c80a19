"""Transferability of the closure of a fitted source, n, n_S ≤ d − 2: the gain of `parts` at the mean energies of the fit."""

from ..risk import parts
from .finite_source_deep_closure import ARGUMENTS, NULL, REGIME, SEEN

__all__ = ["ARGUMENTS", "REGIME", "derive"]


def derive():
    return parts.gain(NULL).subs(parts.CROSS, SEEN * parts.CROSS)

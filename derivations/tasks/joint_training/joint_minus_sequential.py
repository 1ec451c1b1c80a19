"""Risks on both tasks, summed: pooled less in sequence (see `sequence`)."""

import sympy as sp

from . import pooled_minus_sequential as target
from .sequence import FEW, in_sequence, source_energy, together

ARGUMENTS = {**target.ARGUMENTS, "source_displacement_energy": source_energy}
REGIME = FEW


def derive() -> sp.Expr:
    return target.derive() + together(on_target=False) - in_sequence(on_target=False)

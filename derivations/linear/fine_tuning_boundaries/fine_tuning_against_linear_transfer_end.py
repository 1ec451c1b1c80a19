"""The larger of the two γ < 1 where min-norm fine-tuning and a head on few frozen features have equal risk."""

import sympy as sp

from . import fine_tuning_against_linear_transfer as fine_tuning_start

ARGUMENTS = fine_tuning_start.ARGUMENTS
REGIME = fine_tuning_start.REGIME


def derive() -> sp.Expr:
    return fine_tuning_start.roots()[1]

"""The unbiased estimate of σ²: the linear combination of ‖h‖² and ‖y‖² whose mean is σ², whatever t."""

import sympy as sp

from .norms import dim, labels, n, noise, scores, solved_for

ARGUMENTS = {"n": n, "dim": dim, "score_energy": scores, "label_energy": labels}


def derive() -> sp.Expr:
    return solved_for(noise)

"""The unbiased estimate of ‖θ_T‖²: the linear combination of ‖h‖² and ‖y‖² whose mean is t², whatever σ."""

import sympy as sp

from .norms import dim, labels, n, scores, solved_for, t2

ARGUMENTS = {"n": n, "dim": dim, "score_energy": scores, "label_energy": labels}


def derive() -> sp.Expr:
    return solved_for(t2)

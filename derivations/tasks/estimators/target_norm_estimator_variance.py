"""Variance of the unbiased estimate of ‖θ_T‖², from the fourth moments of `norms`."""

import sympy as sp

from .norms import dim, labels, n, noise, scores, solved_for, t2, variance_of_difference

ARGUMENTS = {"n": n, "dim": dim, "target_energy": t2, "noise_variance": noise}


def derive() -> sp.Expr:
    estimate = sp.expand(solved_for(t2))
    weight = estimate.coeff(scores)
    if sp.simplify(estimate.coeff(labels) + dim * weight) != 0:
        raise ArithmeticError("the estimate must be a multiple of ‖h‖² − d‖y‖²")
    return sp.factor(weight**2 * variance_of_difference())

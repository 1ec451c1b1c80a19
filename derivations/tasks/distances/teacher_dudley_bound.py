"""Bounded-Lipschitz distance: functions bounded by 1 separate means by at most 2, 1-Lipschitz ones by at most W_1."""

import sympy as sp

from . import teacher_wasserstein_bound as wasserstein_bound

ARGUMENTS = wasserstein_bound.ARGUMENTS


def derive() -> sp.Expr:
    largest_difference = sp.Integer(1) - sp.Integer(-1)
    return sp.Min(largest_difference, wasserstein_bound.derive())

"""The spectral filter of ridge regression: where the gradient of the loss vanishes along one singular direction."""

import sympy as sp

from .spectral_filter import converged, ridge, s

ARGUMENTS = {"singular_value": s, "ridge": ridge}


def derive() -> sp.Expr:
    return converged()

"""K₁': the chain rule dK/dτ = −(dK/dθ)/sin θ on the Gaussian integral."""

import sympy as sp

from .arc_cosine_integrals import cosine, first_layer, in_cosine, theta

ARGUMENTS = {"cosine": cosine}


def derive() -> sp.Expr:
    return in_cosine(-sp.diff(first_layer(), theta) / sp.sin(theta))

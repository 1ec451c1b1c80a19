"""K₂': the chain rule dK/dτ = −(dK/dθ)/sin θ on the Gaussian integral."""

import sympy as sp

from .arc_cosine_integrals import cosine, in_cosine, second_layer, theta

ARGUMENTS = {"cosine": cosine}


def derive() -> sp.Expr:
    return in_cosine(sp.simplify(-sp.diff(second_layer(), theta) / sp.sin(theta)))

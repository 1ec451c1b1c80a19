"""K₁: probability that a random neuron sees both inputs, times their product."""

import sympy as sp

from .arc_cosine_integrals import cosine, first_layer, in_cosine

ARGUMENTS = {"cosine": cosine}


def derive() -> sp.Expr:
    return in_cosine(first_layer())

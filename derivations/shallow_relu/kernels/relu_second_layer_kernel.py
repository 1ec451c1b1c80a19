"""K₂: covariance of the outputs of a random neuron on two unit inputs."""

import sympy as sp

from .arc_cosine_integrals import cosine, in_cosine, second_layer

ARGUMENTS = {"cosine": cosine}


def derive() -> sp.Expr:
    return in_cosine(second_layer())

"""KL divergence between the two distributions of (x, y): ∫p log(p/q) over labels, then over inputs."""

import sympy as sp

from .gaussian_labels import distance_squared, noise, over_labels_and_inputs

ARGUMENTS = {"distance_squared": distance_squared, "noise_variance": noise}


def derive() -> sp.Expr:
    return over_labels_and_inputs(lambda p, q: p * sp.expand(sp.expand_log(sp.log(p) - sp.log(q), force=True)))

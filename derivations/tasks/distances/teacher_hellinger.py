"""Squared Hellinger distance between the two distributions of (x, y): 1 − ∫√(pq) over labels and inputs."""

import sympy as sp

from .gaussian_labels import distance_squared, noise, over_labels_and_inputs

ARGUMENTS = {"distance_squared": distance_squared, "noise_variance": noise}


def derive() -> sp.Expr:
    return 1 - over_labels_and_inputs(lambda p, q: sp.powsimp(sp.expand_power_base(sp.sqrt(p * q), force=True)))

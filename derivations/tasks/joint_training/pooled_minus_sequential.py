"""Risk on the target: pooled less in sequence (see `sequence`)."""

import sympy as sp

from .sequence import FEW, dim, distance, energy, in_sequence, n, n_source, source_variance, together, variance

ARGUMENTS = {
    "n": n, "n_source": n_source, "dim": dim, "displacement_energy": energy, "distance_squared": distance,
    "noise_variance": variance, "source_noise_variance": source_variance,
}  # fmt: skip
REGIME = FEW


def derive() -> sp.Expr:
    return together(on_target=True) - in_sequence(on_target=True)

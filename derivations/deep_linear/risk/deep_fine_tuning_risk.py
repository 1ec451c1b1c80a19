"""Risk of deep fine-tuning in the proportional limit, 0 < γ < 1: see `parts`, with n = γd and d → ∞."""

import sympy as sp

from . import parts

GAMMA = sp.Symbol("gamma", positive=True)


def limits():
    """A and the noise factor as d → ∞ at n = γd."""
    d = sp.Symbol("d", positive=True)
    return sp.limit(parts.null_fraction(GAMMA * d, d), d, sp.oo), sp.limit(parts.noise_factor(GAMMA * d, d), d, sp.oo)


NULL, FACTOR = limits()
TARGET = parts.target_energy(NULL, parts.NOISE * FACTOR, 1 - NULL)
ARGUMENTS = {
    "gamma": GAMMA,
    "depth": parts.DEPTH,
    "source_energy": parts.SOURCE,
    "cross_energy": parts.CROSS,
    "target_energy": TARGET,
    "noise_variance": parts.NOISE,
}
REGIME = (GAMMA < 1) & (TARGET > 0) & (parts.DEPTH < 7)


def derive():
    return parts.risk(NULL, parts.NOISE * FACTOR, TARGET)

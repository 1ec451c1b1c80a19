"""The noiseless risk along the curve of `norm_curve`, ρ = ν^{1−1/L}."""

import sympy as sp

from .norm_curve import DEPTH, NORM, SOURCE, TARGET
from .norm_curve import derive as gamma_of_norm

CROSS = sp.Symbol("cross_energy", real=True)
ARGUMENTS = {
    "norm_ratio": NORM,
    "depth": DEPTH,
    "source_energy": SOURCE,
    "cross_energy": CROSS,
    "target_energy": TARGET,
}


def derive():
    rho = sp.powdenest((NORM**2) ** ((1 - 1 / DEPTH) / 2), force=True)
    return (1 - gamma_of_norm()) * (TARGET - 2 * rho * CROSS + rho**2 * SOURCE)

"""R2: the risk of R1 at its stationary ridge λ* = dσ²/‖δ‖²."""

import sympy as sp

from . import tuned_ridge
from .stieltjes import DIM, ENERGY, NOISE, RIDGE, N, risk

ARGUMENTS = {"n": N, "dim": DIM, "displacement_energy": ENERGY, "noise_variance": NOISE}


def derive():
    return sp.simplify(risk().subs(RIDGE, tuned_ridge.derive()))

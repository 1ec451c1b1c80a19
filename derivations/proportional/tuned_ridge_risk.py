"""R2: the risk of R1 at its stationary ridge λ* = dσ²/‖δ‖²."""

import sympy as sp

from derivations.proportional import tuned_ridge
from derivations.proportional.stieltjes import DIM, ENERGY, NOISE, RIDGE, N, risk

ARGUMENTS = {"n": N, "dim": DIM, "displacement_energy": ENERGY, "noise_variance": NOISE}


def derive():
    return sp.simplify(risk().subs(RIDGE, tuned_ridge.derive()))

"""Ridge to an anchor at λ = dσ²/D²: the risk is linear in ‖θ_T − anchor‖², whose mean over anchors is D²."""

import sympy as sp

from ...linear.proportional.stieltjes import DIM, ENERGY, NOISE, RIDGE, N, risk

DISTANCE = sp.Symbol("anchor_distance", positive=True)
ARGUMENTS = {"n": N, "dim": DIM, "anchor_distance": DISTANCE, "noise_variance": NOISE}


def anchored(distance):
    if sp.diff(risk(), ENERGY, 2) != 0:
        raise ArithmeticError("the risk must be linear in the squared distance")
    return risk().subs(ENERGY, distance).subs(RIDGE, DIM * NOISE / distance)


def derive():
    return anchored(DISTANCE)

"""R1: bias and variance from the Stieltjes transform of the Marchenko–Pastur law."""

from .stieltjes import DIM, ENERGY, NOISE, RIDGE, N, risk

ARGUMENTS = {"n": N, "dim": DIM, "displacement_energy": ENERGY, "noise_variance": NOISE, "ridge": RIDGE}


def derive():
    return risk()

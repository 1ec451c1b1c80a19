"""R4: the two differential equations of the flow, averaged over the Marchenko–Pastur law."""

from ..proportional.spectral_law import DIM, ENERGY, NOISE, TIME, N, risk

ARGUMENTS = {"n": N, "dim": DIM, "displacement_energy": ENERGY, "noise_variance": NOISE, "time": TIME}


def derive():
    return risk()

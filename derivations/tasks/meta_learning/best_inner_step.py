"""The stationary point of the adapted risk, a parabola in the step."""

import sympy as sp

from .adapted_risk import derive as risk
from .one_step import a, dim, energy, n, noise

ARGUMENTS = {"n": n, "dim": dim, "start_energy": energy, "noise_variance": noise}


def derive():
    return sp.solve(sp.diff(risk(), a), a)[0]

"""R4: the derivative of the risk in the stopping time, from the differential equations (f² falls, g² rises)."""

import sympy as sp

from ..proportional.spectral_law import (
    ASPECT,
    DIM,
    ENERGY,
    NOISE,
    TIME,
    N,
    X,
    average,
    displacement_factor,
    noise_factor,
)

ARGUMENTS = {"time": TIME, "n": N, "dim": DIM, "displacement_energy": ENERGY, "noise_variance": NOISE}


def derive():
    lower_edge = (1 - sp.sqrt(ASPECT)) ** 2
    cooling = average(sp.diff(displacement_factor() ** 2, TIME))
    heating = average(sp.diff(X * noise_factor() ** 2, TIME))
    return sp.exp(TIME * lower_edge) / 2 * (ENERGY * cooling + NOISE * ASPECT * heating)

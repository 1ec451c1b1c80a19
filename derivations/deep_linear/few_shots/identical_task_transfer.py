"""Transferability of the identical task, θ_S = θ_T of norm 1: the gain of `parts` with all energies 1.

The growth x = h^{2L} fixes the noise: B = 1 − A + β(1 − A)/A.
"""

import sympy as sp

from ..risk import parts
from ..risk.deep_fine_tuning_risk import GAMMA, NULL


def noise():
    beta = sp.Symbol("beta")
    square = parts.HALF ** (2 * parts.DEPTH)
    (solution,) = sp.solve(square - (1 - NULL) * (1 + beta / NULL) - NULL * parts.HALF ** (2 * parts.DEPTH - 2), beta)
    return solution


ARGUMENTS = {"gamma": GAMMA, "depth": parts.DEPTH, "noise": noise()}
REGIME = (GAMMA < 1) & (ARGUMENTS["noise"] > 0) & (parts.DEPTH < 7)


def derive():
    return parts.gain(NULL).subs({parts.SOURCE: 1, parts.CROSS: 1})

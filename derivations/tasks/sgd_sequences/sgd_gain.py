"""κ_η: the fixed point has R = κ(R + σ²), so κ = R/(R + σ²), whatever σ."""

import sympy as sp

from .stationary_sgd_risk import ARGUMENTS as _STATIONARY
from .stationary_sgd_risk import NOISE, _rooms, fixed_point

ARGUMENTS = {name: value for name, value in _STATIONARY.items() if name != "noise_variance"}
REGIME = sp.And(ARGUMENTS["batch"] >= 1, *(room > 0 for room in _rooms))


def derive():
    risk = fixed_point()
    gain = sp.simplify(risk / (risk + NOISE))
    if gain.has(NOISE):
        raise ArithmeticError("the gain should not depend on the noise")
    return gain

"""The parabola on the target."""

from .parabola import FIT, MODES, WEIGHT, risk

ARGUMENTS = MODES | {"weight": WEIGHT} | FIT


def derive():
    return risk()

"""The lowest point of the parabola on the target."""

from .parabola import FIT, MODES, best

ARGUMENTS = MODES | FIT


def derive():
    return best()

"""The stationary variance of the iterates."""

from .trajectory import STABLE, WORLD, variance

ARGUMENTS, REGIME = WORLD, STABLE


def derive():
    return variance()

"""Mean of (λ/2)(w − w_b)², w_b independent of w."""

from .trajectory import STABLE, WORLD, curvature, minima, variance

ARGUMENTS, REGIME = WORLD, STABLE


def derive():
    return curvature / 2 * (variance() + minima)

"""T7: the risk at the best surrogate labels, and the label noise on top of it, two modes."""

from ...linear.covariance.resolvent import LEVELS, NOISE, variance
from .parabola import LABELLED, MODES, TRUE, best, risk

ARGUMENTS = MODES | {"displacement": TRUE**2, "noise_variance": NOISE}


def derive():
    return risk().subs(dict(zip(LABELLED, best(), strict=True))) + variance(LEVELS)

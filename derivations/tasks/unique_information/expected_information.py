"""U4: the mean of U3 over the label that the other samples predict, which must be a mutual information.

In the coordinates of `posterior_information` the label is y = σ√(1 + u²) ξ, E ξ² = 1, so that E r² = σ²(1 − h).
"""

import sympy as sp

from .posterior_information import LEVERAGE, REGIME, RESIDUAL, row
from .posterior_information import derive as divergence
from .two_samples import NOISE

ARGUMENTS = {"leverage": LEVERAGE}

__all__ = ["ARGUMENTS", "REGIME", "derive"]


def derive():
    square, label = row()
    per_residual = sp.cancel(label / RESIDUAL)  # y/r
    variance = NOISE**2 * (1 + square) / per_residual**2  # of r
    value = sp.expand(divergence())
    averaged = value.subs(RESIDUAL, 0) + sp.diff(value, RESIDUAL, 2) / 2 * variance
    mutual = sp.log(1 + square) / 2  # ½ ln of the label's variance over that of its noise
    if sp.simplify(sp.expand_log(averaged - mutual, force=True)) != 0:
        raise ArithmeticError("the mean divergence is not the mutual information")
    return averaged

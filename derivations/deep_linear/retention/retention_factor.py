"""The retention factor from the growth: ρ = x^{(1−1/L)/2} = g^{(L−1)/2} for x = g^L (see `norm_ratio`)."""

import sympy as sp

from .norm_ratio import DEPTH, NULL, ROOT
from .norm_ratio import REGIME as ROOT_REGIME
from .norm_ratio import derive as derive_growth

HALF = sp.Symbol("h", positive=True)  # g = h², so that ρ is rational
ARGUMENTS = {
    "depth": DEPTH,
    "null_fraction": NULL,
    "fit_ratio": HALF ** (2 * DEPTH) - NULL * HALF ** (2 * DEPTH - 2),
}
REGIME = ROOT_REGIME.subs(ROOT, HALF**2)


def derive():
    growth = derive_growth().subs(ROOT, HALF**2)
    return sp.powsimp(sp.powdenest(sp.expand_power_exp(growth ** ((1 - 1 / DEPTH) / 2)), force=True))

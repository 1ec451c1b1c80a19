"""The best ridge from a fitted source: that of a known start at the distance of the fit in each mode.

E‖θ_T − ŵ_S‖²_M of `two_stage_risk` is linear in M, which is a function of Σ: its coefficients E_i do not know λ. So the risk
is that of a start at the energies E_i, for every λ, and `optimal_ridge` minimises it.
"""

import sympy as sp

from ..covariance.resolvent import ENERGIES, LEVELS, NOISE, SIZES, TESTED, bias, variance
from ..optimal_ridge import optimal_ridge as known
from ..two_stage import two_stage_risk as stages

MISSING = stages.SOURCE_KAPPA / (stages.SOURCE_LEVELS + stages.SOURCE_KAPPA)


def fitted_energies():
    """E_i, the derivatives of E‖θ_T − ŵ_S‖²_M in the weights M_i."""
    fit = stages.at_source(bias(ENERGIES, TESTED) + variance(TESTED))
    return [
        y - 2 * x + e + 2 * (x - e) * missing + sp.factor(sp.diff(fit, weight))
        for y, x, e, missing, weight in zip(stages.TARGET, stages.CROSS, ENERGIES, MISSING, TESTED, strict=True)
    ]


_START = dict(zip(ENERGIES, fitted_energies(), strict=True))


def from_the_fit(expression):
    """An expression in the energies of a known start, for the fit."""
    return expression.subs(_START, simultaneous=True)


ARGUMENTS = {
    **{name: value for name, value in stages.ARGUMENTS.items() if name != "ridge"},
    "n": from_the_fit(known.ARGUMENTS["n"]),
    "eigenvalues": LEVELS,
    "multiplicities": SIZES,
    "noise_variance": NOISE,
}
REGIME = from_the_fit(known.REGIME)


def derive():
    return from_the_fit(known.derive()["risk"])

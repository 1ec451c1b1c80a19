"""X1: the exact risk σ² E tr(XᵀX)⁻¹ of least squares, solved for n."""

import sympy as sp

from ...linear.isotropic.least_squares_risk import ARGUMENTS as _KNOWN
from ...linear.isotropic.least_squares_risk import derive as least_squares_risk

N, DIM, NOISE = (_KNOWN[name] for name in ("n", "dim", "noise_variance"))
RISK = sp.Symbol("risk", positive=True)
ARGUMENTS = {"risk": RISK, "dim": DIM, "noise_variance": NOISE}


def derive():
    n = sp.Symbol("n")
    (size,) = sp.solve(sp.Eq(least_squares_risk().subs(N, n), RISK), n)
    return size

"""Two moments that the law of the least-squares risk must have, n ≥ d + 4, whatever the displacement was.

The risk is gᵀ(XᵀX)⁻¹g in whitened coordinates, g ~ N(0, σ²I_d) independent of XᵀX ~ Wishart (see
`least_squares_risk`).
"""

import sympy as sp

from ..isotropic import least_squares_risk, least_squares_variance

n, d = least_squares_risk.n, least_squares_risk.d
delta = sp.Symbol("displacement_energy", nonnegative=True)
ARGUMENTS = {"n": n, "dim": d, "displacement_energy": delta, "noise_variance": least_squares_risk.noise}
REGIME = n >= d + 4


def derive() -> dict[str, sp.Expr]:
    return {"mean": least_squares_risk.derive(), "var": least_squares_variance.derive()}

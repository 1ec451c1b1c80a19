"""Mean risk of least squares, n ≥ d + 2, any non-singular Σ.

Nothing is left of the start: ŵ − θ_T = X⁺ξ. In whitened coordinates X⁺ξ = (XᵀX)^{−1/2} g with g ~ N(0,
σ²I_d) independent of XᵀX, so the risk is gᵀ(XᵀX)⁻¹g = σ²χ²_d/χ²_{n−d+1} (see `moments`).
"""

import sympy as sp

from .moments import ratio_moment

n, d = sp.symbols("n dim", positive=True, integer=True)
noise = sp.Symbol("noise_variance", nonnegative=True)
ARGUMENTS = {"n": n, "dim": d, "noise_variance": noise}
REGIME = n >= d + 2


def derive() -> sp.Expr:
    return noise * ratio_moment(1, d, n - d + 1)

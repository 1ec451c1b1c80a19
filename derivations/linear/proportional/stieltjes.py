r"""Shared start: the Stieltjes transform of the Marchenko–Pastur law, and ridge regression as its derivative.

s(λ) = (1/d) tr(XᵀX + λ)⁻¹ for n×d standard Gaussian X. Leaving one row out gives, for n, d large,
s = 1/(λ + n/(1 + d s)): a quadratic equation; s > 0 picks the root. The ridge estimator from w0 misses
λ(XᵀX + λ)⁻¹δ and adds the noise (XᵀX + λ)⁻¹Xᵀξσ, so that

    bias = ‖δ‖² λ² (1/d) tr(XᵀX + λ)⁻² = −‖δ‖² λ² s'(λ),
    variance = σ² tr[XᵀX(XᵀX + λ)⁻²] = σ² d (s + λ s').
"""

import sympy as sp

N, DIM = sp.symbols("n dim", positive=True, integer=True)
RIDGE, NOISE = sp.symbols("ridge noise_variance", positive=True)
ENERGY = sp.Symbol("displacement_energy", positive=True)
_S = sp.Symbol("s", positive=True)


def transform():
    """s(λ), the positive root."""
    equation = sp.numer(sp.together(_S - 1 / (RIDGE + N / (1 + DIM * _S))))
    probe = {N: 3, DIM: 5, RIDGE: 2}
    return next(root for root in sp.solve(equation, _S) if root.subs(probe) > 0)


def risk():
    s = transform()
    slope = sp.diff(s, RIDGE)
    return -ENERGY * RIDGE**2 * slope + NOISE * DIM * (s + RIDGE * slope)

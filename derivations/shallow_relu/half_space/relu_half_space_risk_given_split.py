"""Risk of least squares on two half-spaces with n_+ and n − n_+ inputs, inputs N(0, I).

Flipping the sign of a row and of its label turns half-Gaussian inputs into Gaussian ones and leaves the fit alone, so
each side is ordinary least squares on m Gaussian rows: its error is σ²(XᵀX)⁻¹. A diagonal entry of the inverse is 1/χ²
with m − d + 1 degrees of freedom, whose mean is integrated. A half-space carries half of every second moment.
"""

import sympy as sp

rows = sp.Symbol("n_positive", positive=True, integer=True)
n, dim = sp.symbols("n dim", positive=True, integer=True)
noise = sp.Symbol("noise_variance", positive=True)
ARGUMENTS = {"n_positive": rows, "n": n, "dim": dim, "noise_variance": noise}
REGIME = sp.And(rows >= dim + 2, n - rows >= dim + 2)


def mean_inverse_chi_square() -> sp.Expr:
    q, k = sp.symbols("q k", positive=True)
    # The density needs k > 2 for a finite mean of 1/q: shift k so that SymPy knows.
    shifted = k + 2
    density = q ** (shifted / 2 - 1) * sp.exp(-q / 2) / (2 ** (shifted / 2) * sp.gamma(shifted / 2))
    return sp.gammasimp(sp.integrate(sp.powsimp(density / q), (q, 0, sp.oo))).subs(k, k - 2)


def one_side(m: sp.Expr) -> sp.Expr:
    freedom = sp.Symbol("k", positive=True)
    return noise * dim * mean_inverse_chi_square().subs(freedom, m - dim + 1)


def derive() -> sp.Expr:
    return (one_side(rows) + one_side(n - rows)) / 2

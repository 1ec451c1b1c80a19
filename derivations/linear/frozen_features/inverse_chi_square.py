"""E[1/χ²_k] by integrating the density: all that inverse Wishart traces need.

For a matrix G of independent standard normals with more rows than columns, 1/((GᵀG)⁻¹)_jj is the squared
distance of column j from the span of the other columns. That is the squared length of a normal vector in
the directions that are left over: χ² with (rows − columns + 1) degrees of freedom.
"""

import sympy as sp

x, half = sp.symbols("x half", positive=True)


def inverse_mean(degrees: sp.Expr) -> sp.Expr:
    """E[1/χ²_k] for k > 2; the integral is done for half = k/2 − 1 > 0."""
    mass = sp.integrate(x**half * sp.exp(-x / 2), (x, 0, sp.oo))
    inverse = sp.integrate(x ** (half - 1) * sp.exp(-x / 2), (x, 0, sp.oo))
    return sp.gammasimp(inverse / mass).subs(half, sp.sympify(degrees) / 2 - 1)


def inverse_gram_trace(rows: sp.Expr, columns: sp.Expr) -> sp.Expr:
    """E tr (GᵀG)⁻¹ for rows ≥ columns + 2."""
    return columns * inverse_mean(rows - columns + 1)

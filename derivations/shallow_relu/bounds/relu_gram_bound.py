"""ỹᵀH⁻¹ỹ ≤ ‖Pδ‖²/K'(0) for ỹ = Xδ.

The Taylor series of αK₁ + ωK₂ has no negative coefficient, so by the Schur product theorem H = K'(0) XXᵀ + PSD. With
H ⪰ K'(0) XXᵀ the quadratic form is at most δᵀXᵀ(K'(0) XXᵀ)⁺Xδ = ‖Pδ‖²/K'(0). Here the coefficients are taken from the
kernels themselves.
"""

import sympy as sp

from ..kernels.arc_cosine_integrals import first_layer, second_layer, theta

first, second, projected = sp.symbols("first second projected_energy", positive=True)
ARGUMENTS = {"projected_energy": projected, "first": first, "second": second}
t = sp.Symbol("t")
ORDERS = 12


def taylor_coefficients(kernel: sp.Expr) -> list[sp.Expr]:
    series = sp.series(kernel.subs(theta, sp.acos(t)).rewrite(sp.sqrt), t, 0, ORDERS).removeO()
    return [sp.nsimplify(sp.simplify(series.coeff(t, k))) for k in range(ORDERS)]


def derive() -> sp.Expr:
    columns = [taylor_coefficients(k) for k in (first_layer(), second_layer())]
    if any(c < 0 for column in columns for c in column):
        raise ArithmeticError("a Taylor coefficient is negative")
    return projected / (first * columns[0][1] + second * columns[1][1])

"""Both layers on one sample, any k: the two eigenmodes grow and shrink by one factor.

With ζ = Bx/‖x‖ the flow is v' = ‖x‖ζ(y − f), ζ' = ‖x‖v(y − f): v + ζ = p e^φ and v − ζ = q e^{−φ}, φ' = ‖x‖(y − f), and
f = ‖x‖v·ζ = ‖x‖(‖p‖²g − ‖q‖²/g)/4 with g = e^{2φ}. It rests where f = y.
"""

import sympy as sp

y = sp.Symbol("label", real=True)
x, plus, minus = sp.symbols("input_norm plus_energy minus_energy", positive=True)
ARGUMENTS = {"label": y, "input_norm": x, "plus_energy": plus, "minus_energy": minus}
g = sp.Symbol("g", positive=True)


def output(growth: sp.Expr) -> sp.Expr:
    """f, from v·ζ = (‖v+ζ‖² − ‖v−ζ‖²)/4."""
    return x * (plus * growth - minus / growth) / 4


def derive() -> sp.Expr:
    quadratic = sp.Poly(sp.expand((output(g) - y) * g), g)
    a, b, c = quadratic.all_coeffs()
    return (-b + sp.sqrt(b**2 - 4 * a * c)) / (2 * a)

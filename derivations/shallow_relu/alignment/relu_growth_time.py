"""Time at which a neuron of norm ‖w_0‖ and sign + has norm 1, by inverting the growth: a quadratic in e^{‖D‖τ}."""

import sympy as sp

from .equations_of_motion import force, growth, sign, start, time

initial = sp.Symbol("initial_norm", positive=True)
ARGUMENTS = {"initial_norm": initial, "cosine": start, "force": force}


def derive() -> sp.Expr:
    power = sp.Symbol("power", positive=True)
    factor = sp.expand(growth().subs(sign, 1)).rewrite(sp.exp)
    factor = sp.expand(sp.powsimp(sp.expand(factor))).subs(sp.exp(-force * time), 1 / power)
    factor = factor.subs(sp.exp(force * time), power)
    equation = sp.Poly(sp.numer(sp.together(initial * factor - 1)), power)
    a, b, c0 = equation.all_coeffs()
    # The larger root: the norm first falls if the neuron starts on the wrong side, and then grows.
    root = (-b + sp.sqrt(b**2 - 4 * a * c0) * sp.sign(a)) / (2 * a)
    return sp.log(sp.simplify(root.subs(sp.sign(a), 1))) / force

"""Exactly balanced layers on a frozen feature stop at the saddle where a_LS < 0: the head is max(a_LS, 0); n = 4.

a_LS = h + √(v/n)τ with τ Student of n degrees of freedom (a Gaussian over an independent χ). The risk above u is
(a − h)²: (v/n)τ² where τ > −k, k = h√(n/v), and h² elsewhere. For n = 4 the density (3/8)(1 + τ²/4)^{−5/2} integrates
in closed form.
"""

import sympy as sp

HEAD = sp.Symbol("best_head", real=True)
LEFT, NOISE = sp.symbols("unexplained noise_variance", positive=True)
ARGUMENTS = {"n": 4, "best_head": HEAD, "unexplained": LEFT, "noise_variance": NOISE}


def derive():
    k = sp.Symbol("k", real=True)
    angle = sp.Symbol("angle", real=True)
    # τ = 2 tan(angle): dτ = 2/cos², density (3/8)cos⁵.
    density = sp.Rational(3, 8) * sp.cos(angle) ** 5 * 2 / sp.cos(angle) ** 2
    edge = -sp.atan(k / 2)
    chance = sp.integrate(density, (angle, -sp.pi / 2, edge))
    primitive = sp.integrate(sp.simplify(density * 4 * sp.sin(angle) ** 2 / sp.cos(angle) ** 2), angle)
    square = primitive.subs(angle, sp.pi / 2) - primitive.subs(angle, edge)
    v = LEFT + NOISE
    risk = LEFT + v / 4 * square + HEAD**2 * chance
    return sp.simplify(risk.subs(k, HEAD * 2 / sp.sqrt(v)))

"""Two layers exactly against the teacher: cos φ = −1 for all time, a' = −2a(a + b), and a falls to the saddle."""

import sympy as sp

from .misaligned_two_layers import START, TEACHER, TIME, polar_velocity

ARGUMENTS = {"time": TIME, "initial": START, "teacher_norm": TEACHER}


def derive():
    t = sp.Symbol("t", nonnegative=True)
    a, phi = sp.symbols("a phi", positive=True)
    radial, angular = (rate.subs(phi, sp.pi) for rate in polar_velocity(sp.Integer(2)))
    if angular != 0:
        raise ArithmeticError("the ray is left")
    v = sp.Function("v")
    inverse = sp.expand(-radial / a**2).subs(a, 1 / v(t))
    solution = sp.dsolve(sp.Eq(v(t).diff(t), sp.expand(inverse)), v(t), ics={v(0): 1 / START})
    return sp.simplify(1 / solution.rhs.subs(t, TIME))

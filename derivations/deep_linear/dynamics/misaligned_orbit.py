"""Strength against angle for two layers: d(1/a)/dφ from the polar equations is linear, with ∫ sin^{−3} in closed form.

v = 1/a: dv/dφ = (L cot φ)v − L/(b sin φ), so v/sin^Lφ changes by −(L/b)∫ sin^{−L−1}. Here L = 2,
with h = tan(φ/2).
"""

import sympy as sp

from .misaligned_two_layers import START, TEACHER, polar_velocity

NOW, BEFORE = sp.symbols("angle initial_angle", positive=True)
ARGUMENTS = {
    "angle": NOW,
    "initial": START,
    "initial_angle": BEFORE,
    "teacher_norm": TEACHER,
    "depth": 2,
}
REGIME = (NOW < BEFORE) & (BEFORE < 3)


def derive():
    a, phi, h = sp.symbols("a phi h", positive=True)
    radial, angular = polar_velocity(sp.Integer(2))
    slope = sp.expand(sp.simplify(-radial / angular / a**2))
    wanted = 2 * sp.cos(phi) / sp.sin(phi) / a - 2 / (TEACHER * sp.sin(phi))
    if sp.simplify(slope - wanted) != 0:
        raise ArithmeticError(f"the orbit obeys another equation: {slope}")
    sine = 2 * h / (1 + h**2)
    primitive = sp.integrate(sp.expand(sp.cancel(2 / (1 + h**2) / sine**3)), h)  # ∫ sin^{−3}φ dφ with φ = 2 arctan h
    area = primitive.subs(h, sp.tan(BEFORE / 2)) - primitive.subs(h, sp.tan(NOW / 2))
    inverse = sp.sin(NOW) ** 2 * (1 / (START * sp.sin(BEFORE) ** 2) + 2 / TEACHER * area)
    return 1 / inverse

"""Two layers at an angle to the teacher, on a whitened population.

In the plane of w and θ the flow w' = −a[∇ + ŵŵᵀ∇], ∇ = w − θ, has the radial part a' = −2a(a − b cos φ) and the
angular part aφ' = −a b sin φ. The second is free of a: tan(φ/2) decays as e^{−bt}. With cos φ = tanh z, z = k + bt,
v = 1/a obeys the linear equation v' = 2 − 2b tanh(z) v, with integrating factor cosh² z.
"""

import sympy as sp

TIME, START, TEACHER = sp.symbols("time initial teacher_norm", positive=True)
ANGLE = sp.Symbol("angle", positive=True)
SLOPE = sp.Symbol("q", positive=True)  # tan(φ_0/2)
ARGUMENTS = {"time": TIME, "initial": START, "angle": ANGLE, "teacher_norm": TEACHER}
REGIME = (ANGLE < 3) & (TIME < 3) & (TEACHER < 3)


def polar_velocity(depth):
    """(a', φ') from w' = −a^{2−2/L}[∇ + (L−1)ŵŵᵀ∇] with ŵ along the first axis, θ = b(cos φ, sin φ)."""
    a, phi = sp.symbols("a phi", positive=True)
    gradient = sp.Matrix([a - TEACHER * sp.cos(phi), -TEACHER * sp.sin(phi)])
    rate = -(a ** (2 - 2 / depth)) * sp.Matrix([depth * gradient[0], gradient[1]])
    return sp.powsimp(rate[0]), -sp.powsimp(rate[1] / a)


def derive():
    t = sp.Symbol("t", nonnegative=True)
    a, phi, c = sp.symbols("a phi c", positive=True)
    radial, angular = polar_velocity(sp.Integer(2))
    if sp.simplify(angular + TEACHER * sp.sin(phi)) != 0:
        raise ArithmeticError("the angle depends on the strength")
    half = SLOPE * sp.exp(-TEACHER * t)  # tan(φ/2)
    if sp.simplify(sp.diff(2 * sp.atan(half), t) + TEACHER * 2 * half / (1 + half**2)) != 0:
        raise ArithmeticError("not the solution for the angle")
    cosine = (1 - half**2) / (1 + half**2)
    linear = sp.expand(sp.expand(-radial / a**2).subs(sp.cos(phi), c))  # v' with v = 1/a
    free, pull = linear.subs(c, 0), sp.simplify(linear.coeff(c) * a)
    weight = (half + 1 / half) ** 2 / 4  # cosh² z
    if sp.simplify(sp.diff(sp.log(weight), t) + pull * cosine) != 0:
        raise ArithmeticError("cosh² z is not the integrating factor")
    area = sp.integrate(sp.expand(free * weight), t)
    inverse = (weight.subs(t, 0) / START + area - area.subs(t, 0)) / weight
    solution = (1 / inverse, 2 * sp.atan(half))
    slope = sp.sin(ANGLE / 2) / sp.cos(ANGLE / 2)
    return tuple(part.subs(t, TIME).subs(SLOPE, slope) for part in solution)

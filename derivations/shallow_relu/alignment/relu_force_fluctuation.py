"""E‖D_n − D‖² for a fixed direction, inputs N(0, I) and labels x·β + σξ.

D_n is a mean of n independent vectors 1{w·x>0} y x: its variance is (E[1 y²|x|²] − |D|²)/n. y²|x|² is even in x, so the
gate halves it. Along β one coordinate is z: E y²|x|² = E(β²z² + σ²)(z² + rest), with |rest| of d − 1 coordinates.
"""

import sympy as sp

n, dim = sp.symbols("n dim", positive=True, integer=True)
energy, noise = sp.symbols("displacement_energy noise_variance", positive=True)
ARGUMENTS = {"n": n, "dim": dim, "displacement_energy": energy, "noise_variance": noise}


def gaussian_moment(power: int) -> sp.Expr:
    z = sp.Symbol("z", real=True)
    return sp.integrate(z**power * sp.exp(-(z**2) / 2), (z, -sp.oo, sp.oo)) / sp.sqrt(2 * sp.pi)


def derive() -> sp.Expr:
    two, four = gaussian_moment(2), gaussian_moment(4)
    square = energy * (four + two * (dim - 1) * two) + noise * (two + (dim - 1) * two)
    mean = energy * sp.Rational(1, 2) ** 2
    return (square / 2 - mean) / n

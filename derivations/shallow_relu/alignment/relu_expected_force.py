"""E[1{w·x>0} (x·β) x] = Σβ/2 for every w, if x and −x have the same law.

The integrand is even in x up to the gate, and the gates of x and −x add up to 1. Checked here by integrating a standard
Gaussian over a half plane of arbitrary orientation: its second moments are half of the identity, whatever the angle.
"""

import sympy as sp

moved = sp.Symbol("covariance_times_displacement", real=True)
ARGUMENTS = {"covariance_times_displacement": moved}


def half_plane_moments() -> sp.Matrix:
    phi, psi, r = sp.symbols("phi psi r", positive=True)
    radial = sp.integrate(r**3 * sp.exp(-(r**2) / 2), (r, 0, sp.oo)) / (2 * sp.pi)
    x = sp.Matrix([sp.cos(phi), sp.sin(phi)])
    moments = (x * x.T).applyfunc(lambda g: sp.integrate(g, (phi, psi - sp.pi / 2, psi + sp.pi / 2)))
    return (radial * moments).applyfunc(sp.simplify)


def derive() -> sp.Expr:
    moments = half_plane_moments()
    if moments != sp.eye(2) / 2:
        raise ArithmeticError(f"half-plane moments {moments}")
    return moved * moments[0, 0]

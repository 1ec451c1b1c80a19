"""Cost of one coupling of the two distributions of (x, y): same x, same noise, labels moved by |m|, m ~ N(0, D²).

The Wasserstein-1 distance is the least cost over couplings, hence at most this.
"""

import sympy as sp

from .gaussian_labels import D, density, distance_squared, m

ARGUMENTS = {"distance_squared": distance_squared}


def derive() -> sp.Expr:
    return 2 * sp.integrate(m * density(m, 0, D), (m, 0, sp.oo)).subs(D, sp.sqrt(distance_squared))

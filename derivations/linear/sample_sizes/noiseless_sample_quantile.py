"""Smallest n with which the noiseless risk is below ε with probability p, from the surface of a sphere.

Seen from n random samples the direction of δ is uniform on S^{d−1}, and R/‖δ‖² = sin²φ is the share of its d − n unseen
coordinates, where the area at angle φ is proportional to sin^{d−n−1}φ cos^{n−1}φ. The chance of sin²φ ≤ ε/‖δ‖² is a ratio
of two integrals; n = 0 leaves all of δ, n = d nothing. The first n at which the chance reaches p, for d up to 5.
"""

import sympy as sp

dim = sp.Symbol("dim", positive=True, integer=True)
energy, risk, probability = sp.symbols("displacement_energy risk probability", positive=True)
ARGUMENTS = {"dim": dim, "displacement_energy": energy, "risk": risk, "probability": probability}
LARGEST = 5
REGIME = dim <= LARGEST
_phi = sp.Symbol("phi")


def chance(unseen: int, seen: int) -> sp.Expr:
    """P(R ≤ ε) for ε < ‖δ‖²."""
    area = sp.integrate(sp.sin(_phi) ** (unseen - 1) * sp.cos(_phi) ** (seen - 1), _phi)

    def between(low: sp.Expr, high: sp.Expr) -> sp.Expr:
        return area.subs(_phi, high) - area.subs(_phi, low)

    return between(0, sp.asin(sp.sqrt(risk / energy))) / between(0, sp.pi / 2)


def smallest(d: int) -> sp.Expr:
    steps = [(sp.Integer(n), chance(d - n, n) >= probability) for n in range(1, d)]
    return sp.Piecewise((0, risk >= energy), *steps, (d, True))


def derive() -> sp.Expr:
    return sp.Piecewise(*((smallest(d), sp.Eq(dim, d)) for d in range(1, LARGEST + 1)))

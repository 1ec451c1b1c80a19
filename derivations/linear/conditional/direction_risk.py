"""Risk given X, averaged over the noise, along one right-singular direction of X.

There X acts as s: the label is b = sδ + ξσ relative to the start, training moves the weight by f b, and what
is missing is δ − f b. Its square is averaged with E ξ = 0, E ξ² = 1.
"""

import sympy as sp

from .spectral_filter import derive as stopped_filter
from .spectral_filter import n, ridge, s, time

energy, noise = sp.symbols("displacement_energy noise_variance", positive=True)
ARGUMENTS = {
    "singular_value": s, "n": n, "displacement_energy": energy, "noise_variance": noise, "ridge": ridge, "time": time,
}  # fmt: skip


def derive() -> sp.Expr:
    xi, f, delta = sp.symbols("xi f delta", real=True)
    squared = sp.Poly(sp.expand((delta - f * (s * delta + xi * sp.sqrt(noise))) ** 2), xi)
    moments = {0: 1, 1: 0, 2: 1}
    averaged = sum(coefficient * moments[power] for (power,), coefficient in squared.terms())
    return averaged.subs({f: stopped_filter(), delta: sp.sqrt(energy)})

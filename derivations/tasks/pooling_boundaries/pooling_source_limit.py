"""n_S at which the pooled min-norm fit and the target alone have equal risk, N ≤ d − 2, besides n_S = 0.

Their difference over n_S, cleared of denominators, is linear in n_S. The pooled fit wins below the root where D² is smaller
than ‖θ_T − w0‖²: its risk rises to the peak at N = d.
"""

import sympy as sp

from .affine_risks import alone, dim, distance, energy, n, n_source, pooled, source_variance, variance

ARGUMENTS = {
    "n": n, "dim": dim, "displacement_energy": energy, "distance_squared": distance, "noise_variance": variance,
    "source_noise_variance": source_variance,
}  # fmt: skip
REGIME = (n <= dim - 3) & (distance < energy)


def derive() -> sp.Expr:
    top, _ = sp.fraction(sp.factor((pooled(few=True) - alone(few=True)) / n_source))
    equation = sp.Poly(sp.expand(top), n_source)
    if equation.degree() != 1:
        raise ArithmeticError("the equation must be linear in the source's size")
    return sp.factor(-equation.nth(0) / equation.nth(1))

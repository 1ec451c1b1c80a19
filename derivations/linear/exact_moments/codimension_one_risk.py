"""Mean noiseless risk after d − 1 samples, for two eigenvalues of multiplicity two (d = 4).

The samples x = Σ^(1/2)z leave out one direction: v with v·x = 0 for all of them, that is Σ^(1/2)v along the
direction that d − 1 Gaussian vectors z leave out, which is uniform: v = Σ^(−1/2)g. So Qδ = v(v·δ)/‖v‖², the
risk is (v·δ)² vᵀΣv/‖v‖⁴ with vᵀΣv = ‖g‖², and ‖v‖² = Σ g_i²/λ_i.
"""

import sympy as sp

from .laplace import mean_over_squared_form
from .one_sample_risk import ARGUMENTS, DISPLACEMENT, GAUSSIANS, REGIME, SPECTRUM

__all__ = ["ARGUMENTS", "REGIME", "derive"]


def derive() -> sp.Expr:
    direction = [g / sp.sqrt(value) for value, g in zip(SPECTRUM, GAUSSIANS, strict=True)]
    along = sum(v * delta for v, delta in zip(direction, DISPLACEMENT, strict=True))
    energy = sum(value * v**2 for value, v in zip(SPECTRUM, direction, strict=True))
    return mean_over_squared_form(sp.expand(along**2 * energy), GAUSSIANS, [1 / value for value in SPECTRUM])

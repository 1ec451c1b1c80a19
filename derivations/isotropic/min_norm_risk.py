"""Mean risk of the minimum-norm fit, n ≤ d − 2, Σ = I.

ŵ − θ_T = −Qδ + X⁺ξ, two orthogonal vectors, the second of mean zero given X. Their squared lengths are ‖δ‖²
times a Beta variable and σ² times a ratio of chi-squares (see `moments`).
"""

import sympy as sp

from derivations.isotropic.moments import beta_moment, ratio_moment

n = sp.Symbol("n", nonnegative=True, integer=True)
d = sp.Symbol("dim", positive=True, integer=True)
delta, noise = sp.symbols("displacement_energy noise_variance", nonnegative=True)
ARGUMENTS = {"n": n, "dim": d, "displacement_energy": delta, "noise_variance": noise}
REGIME = n <= d - 2


def derive() -> sp.Expr:
    return delta * beta_moment(1, (d - n) / 2, n / 2) + noise * ratio_moment(1, n, d - n + 1)

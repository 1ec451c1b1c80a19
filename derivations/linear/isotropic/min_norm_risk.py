"""Mean risk of the minimum-norm fit at every n ≥ 0, Σ = I, σ > 0.

n < d: ŵ − θ_T = −Qδ + X⁺ξ, two orthogonal vectors, the second of mean zero given X. Their squared lengths are
‖δ‖² times a Beta variable and σ² times a ratio of chi-squares (see `moments`). n ≥ d: Q = 0 and only the noise is
left. Around n = d the chi-square below has one or two degrees of freedom (d − n + 1 for n = d − 1, n − d + 1 for
n = d, d + 1), and the mean of its inverse diverges at 0.
"""

import sympy as sp

from .moments import beta_moment, ratio_moment

n = sp.Symbol("n", nonnegative=True, integer=True)
d = sp.Symbol("dim", positive=True, integer=True)
delta = sp.Symbol("displacement_energy", nonnegative=True)
noise = sp.Symbol("noise_variance", positive=True)
ARGUMENTS = {"n": n, "dim": d, "displacement_energy": delta, "noise_variance": noise}


def few_samples() -> sp.Expr:
    """1 ≤ n ≤ d − 2, and n = 0 for d ≥ 2."""
    return delta * beta_moment(1, (d - n) / 2, n / 2) + noise * ratio_moment(1, n, d - n + 1)


def inverse_mean(degrees: int) -> sp.Expr:
    """E 1/χ² by the integral of its density, which may diverge."""
    q = sp.Symbol("q", positive=True)
    normal = 2 ** sp.Rational(degrees, 2) * sp.gamma(sp.Rational(degrees, 2))
    return sp.integrate(q ** (sp.Rational(degrees, 2) - 2) * sp.exp(-q / 2), (q, 0, sp.oo)) / normal


def derive() -> sp.Expr:
    near = noise * d * inverse_mean(1), noise * d * inverse_mean(2)
    return sp.Piecewise(
        (delta, sp.Eq(n, 0)),
        (few_samples(), n <= d - 2),
        (noise * ratio_moment(1, d, n - d + 1), n >= d + 2),
        (near[0], sp.Eq(n, d)),
        (near[1], True),
    )

"""Risk of half-space least squares averaged over how many inputs fall on the teacher's positive side.

Each input does so with probability one half, so n_+ is binomial; splits with fewer than d + 2 inputs on a side are left
out. The risk at given n_+ is that of two separate least-squares fits.
"""

import sympy as sp

from . import relu_half_space_risk_given_split as half_space_risk

rows, n, dim, noise = half_space_risk.rows, half_space_risk.n, half_space_risk.dim, half_space_risk.noise
ARGUMENTS = {"n": n, "dim": dim, "noise_variance": noise}
REGIME = n >= 2 * dim + 4


def derive() -> sp.Expr:
    k = sp.Symbol("k", integer=True)
    weight, splits = sp.binomial(n, k), (k, dim + 2, n - dim - 2)
    given = half_space_risk.derive().subs(rows, k)
    return sp.Sum(weight * given, splits) / sp.Sum(weight, splits)

"""Two moments that the law of the minimum-norm risk must have, 1 ≤ n ≤ d − 4, Σ = I, without the law of its
bias.

The bias part is δᵀQδ with Q a uniform projector of rank d − n: its moments follow from symmetry alone (see
`projector`), not from the Beta density. The noise part σ²zᵀ(XXᵀ)⁻¹z is independent of it (see `moments`),
so variances add.
"""

import sympy as sp

from ..isotropic import projector
from ..isotropic.moments import ratio_moment

n, d = sp.Symbol("n", positive=True, integer=True), projector.d
delta, noise = sp.symbols("displacement_energy noise_variance", nonnegative=True)
ARGUMENTS = {"n": n, "dim": d, "displacement_energy": delta, "noise_variance": noise}
REGIME = n <= d - 4


def derive() -> dict[str, sp.Expr]:
    p, q = projector.second_moments()
    first, second = delta * projector.mean(), delta**2 * (p + 2 * q)
    ratio = [noise**order * ratio_moment(order, n, d - n + 1) for order in (1, 2)]
    bias = [moment.subs(projector.k, d - n) for moment in (first, second)]
    return {"mean": bias[0] + ratio[0], "var": sp.factor(bias[1] - bias[0] ** 2 + ratio[1] - ratio[0] ** 2)}

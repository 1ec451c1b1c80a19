"""Two moments of T = αb + β√(b(1−b))·z from the representation itself, 0 < n < d, d ≥ 2.

Let e be the direction of u = θ_S. Then b = eᵀQe ~ Beta((d−n)/2, n/2), and Qe = be + √(b(1−b))w with w a
uniform unit vector orthogonal to e. So T = uᵀQv = αb + β√(b(1−b))z, where α = u·v, β² = ‖u‖²‖v‖² − α² and z
is one of d − 1 coordinates of w: mean 0, and second moment 1/(d−1) because the squares add up to 1.
"""

import sympy as sp

from ..isotropic.moments import beta_moment

n, d = sp.symbols("n dim", positive=True, integer=True)
source, target = sp.symbols("source_energy target_energy", nonnegative=True)
cross = sp.Symbol("cross_energy", real=True)
ARGUMENTS = {"n": n, "dim": d, "source_energy": source, "cross_energy": cross, "target_energy": target}
REGIME = sp.And(n < d, d >= 2, cross**2 <= source * target)


def derive() -> dict[str, sp.Expr]:
    first, second = (beta_moment(order, (d - n) / 2, n / 2) for order in (1, 2))
    along = 2 * cross - source
    aside_squared = source * (source - 4 * cross + 4 * target) - along**2
    spread = along**2 * (second - first**2) + aside_squared * (first - second) / (d - 1)
    return {"mean": along * first, "var": sp.factor(spread)}

"""Two moments that the law of a minimum-norm head on r isotropic frozen features must have, 1 ≤ n ≤ r − 4.

As for the least-squares head (see `frozen_features_law`): the risk is u plus that of a minimum-norm fit
from 0 in r dimensions, of a teacher a* with energy e, with noise v = σ² + u.
"""

import sympy as sp

from . import min_norm_law

n, r = min_norm_law.n, sp.Symbol("n_features", positive=True, integer=True)
e, u, noise = sp.symbols("explained unexplained noise_variance", nonnegative=True)
ARGUMENTS = {"n": n, "n_features": r, "explained": e, "unexplained": u, "noise_variance": noise}
REGIME = n <= r - 4


def derive() -> dict[str, sp.Expr]:
    seen = {min_norm_law.d: r, min_norm_law.delta: e, min_norm_law.noise: noise + u}
    moments = {name: value.subs(seen, simultaneous=True) for name, value in min_norm_law.derive().items()}
    return {"mean": u + moments["mean"], "var": moments["var"]}

"""Two moments that the law of a least-squares head on r frozen features must have, n ≥ r + 4.

Labels are Za* + e, where the residual e of the best head is independent of the features Z and N(0, v) with
v = σ² + u. Off the features the risk is u, on them it is that of a least-squares fit in r dimensions with
noise v, whatever a* is.
"""

import sympy as sp

from ..isotropic import least_squares_risk, least_squares_variance

n, r = sp.symbols("n n_features", positive=True, integer=True)
e, u, noise = sp.symbols("explained unexplained noise_variance", nonnegative=True)
ARGUMENTS = {"n": n, "n_features": r, "explained": e, "unexplained": u, "noise_variance": noise}
REGIME = n >= r + 4


def derive() -> dict[str, sp.Expr]:
    seen = {least_squares_risk.d: r, least_squares_risk.noise: noise + u}
    return {
        "mean": u + least_squares_risk.derive().subs(seen, simultaneous=True),
        "var": least_squares_variance.derive().subs(seen, simultaneous=True),
    }

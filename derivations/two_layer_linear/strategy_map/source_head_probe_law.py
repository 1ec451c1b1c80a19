"""Two moments of the law of a probe from the source's head, 1 ≤ n ≤ k − 4: as from zero, with the displacement to learn."""

import sympy as sp

from ...linear.laws import min_norm_law

n, k = min_norm_law.n, sp.Symbol("n_features", positive=True, integer=True)
gap, u, noise = sp.symbols("head_displacement unexplained noise_variance", nonnegative=True)
ARGUMENTS = {"n": n, "n_features": k, "head_displacement": gap, "unexplained": u, "noise_variance": noise}
REGIME = n <= k - 4


def derive() -> dict[str, sp.Expr]:
    seen = {min_norm_law.d: k, min_norm_law.delta: gap, min_norm_law.noise: noise + u}
    moments = {name: value.subs(seen, simultaneous=True) for name, value in min_norm_law.derive().items()}
    return {"mean": u + moments["mean"], "var": moments["var"]}

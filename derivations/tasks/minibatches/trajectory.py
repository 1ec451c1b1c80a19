"""SGD on (λ/2)(w − w_b)² with independent minima: w ← ρw + ηλw_b, stationary.

Mean 0 (minima measured from their mean). The second moments below are the fixed points of what one step does to them.
"""

import sympy as sp

step, curvature, minima = sp.symbols("step curvature batch_variance", positive=True)
PULL = step * curvature
RHO = 1 - PULL
WORLD = {"step": step, "curvature": curvature, "batch_variance": minima}
STABLE = PULL < 2


def variance() -> sp.Expr:
    """Var w = ρ²Var w + (ηλ)²s_b, w_b being independent of w."""
    v = sp.Symbol("v")
    return sp.solve(sp.Eq(v, RHO**2 * v + PULL**2 * minima), v)[0]


def covariance(lag) -> sp.Expr:
    """E w_{t+k}w_t: each step multiplies it by ρ."""
    return RHO**lag * variance()

"""γ > 1 where a head on few frozen features and least-squares scratch have equal risk: a linear equation."""

import sympy as sp

from .risk_limits import gamma, many_samples, narrow_head

u, noise = sp.symbols("unexplained noise_variance", positive=True)
ARGUMENTS = {"unexplained": u, "noise_variance": noise}


def derive() -> sp.Expr:
    (boundary,) = sp.solve(sp.Eq(many_samples(noise), narrow_head(u, noise)), gamma)
    return boundary

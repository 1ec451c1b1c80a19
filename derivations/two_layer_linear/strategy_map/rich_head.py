"""The head from which full fine-tuning with one feature risks least.

The risk of `one_feature_risk` depends on v_0 through (a v_∞ − tc)² alone, and v_∞ rises with v_0: it is least where
a v_∞ = tc, if some v_0 ≥ 0 gets there. The conserved quantity V − A²/V = v_0² − γa² then gives v_0².
"""

import sympy as sp

from .one_feature_risk import a, c, gamma, noise, t

ARGUMENTS = {"gamma": gamma, "feature_norm": a, "overlap": c, "target_norm": t, "noise_variance": noise}
REGIME = (gamma < 1) & (c < 1)


def derive() -> sp.Expr:
    square, end = sp.symbols("S V")
    fit = gamma * t**2 + noise * gamma / (1 - gamma)
    balance = sp.Eq(end - fit / end, square - gamma * a**2)
    (start,) = sp.solve(balance.subs(end, (t * c / a) ** 2), square)
    return sp.sqrt(sp.Piecewise((start, start > 0), (0, True)))

"""The cubic for the sample complexity: where the proportional risk equals ε e(δ), in u = 1/(1+y)."""

import sympy as sp

from .relu_proportional_risk import energy, limit_in_y, noise, y, zeta

u, epsilon, rho = sp.symbols("unlearnt risk_ratio noise_ratio", positive=True)
ARGUMENTS = {"unlearnt": u, "risk_ratio": epsilon, "noise_ratio": rho, "nonlinearity": zeta}


def derive() -> sp.Expr:
    _, risk = limit_in_y()
    excess = (risk.subs(noise, rho * energy) / energy - epsilon).subs(y, (1 - u) / u)
    cubic = sp.Poly(sp.numer(sp.together(excess)), u)
    # Common factors of numerator and denominator carry no roots of interest.
    cubic = sp.Poly(sp.prod([f for f, _ in cubic.factor_list()[1] if f.has(epsilon)]), u)
    return cubic.monic().as_expr()

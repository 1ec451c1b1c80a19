"""γ where a head on few frozen features and scratch with the best ridge have equal risk.

Ridge in the proportional limit, from the self-consistent equation alone: with κ the effective ridge, df1 =
d/(1+κ) and df2 = d/(1+κ)² at Σ = I, the risk is [κ²t²/(1+κ)² + σ² df2/n]/(1 − df2/n), and λ enters through
κ only, so minimising over λ is minimising over κ. The minimum is found by stationarity in κ, then set equal
to u, with t² = e + u.
"""

import sympy as sp

from .risk_limits import gamma, narrow_head

e, u, noise, kappa = sp.symbols("explained unexplained noise_variance kappa", positive=True)
ARGUMENTS = {"explained": e, "unexplained": u, "noise_variance": noise}


def derive() -> sp.Expr:
    df2_over_n = 1 / (gamma * (1 + kappa) ** 2)
    risk = (kappa**2 * (e + u) / (1 + kappa) ** 2 + noise * df2_over_n) / (1 - df2_over_n)
    stationary = sp.numer(sp.together(sp.diff(risk, kappa)))
    equal = sp.numer(sp.together(risk - narrow_head(u, noise)))
    # Both equations at once: eliminate κ, keep the root γ that does not force a special relation of the energies.
    eliminated = sp.factor(sp.resultant(sp.cancel(stationary), equal, kappa))
    candidates = {root for factor, _ in sp.factor_list(eliminated)[1] for root in sp.solve(factor, gamma)}
    sample = {e: sp.Rational(1, 2), u: sp.Rational(1, 3), noise: sp.Rational(1, 5)}
    return next(root for root in candidates if _is_best(risk, root, sample))


def _is_best(risk: sp.Expr, root: sp.Expr, sample: dict) -> bool:
    """Whether at γ = root the smallest risk over κ > 0 equals u: checked at one rational point."""
    value = root.subs(sample)
    if not value.is_real or value <= 0:
        return False
    curve = risk.subs(sample).subs(gamma, value)
    points = [k for k in sp.Poly(sp.numer(sp.together(sp.diff(curve, kappa))), kappa).nroots() if k.is_real and k > 0]
    admissible = [k for k in points if value * (1 + k) ** 2 > 1]
    return any(abs(curve.subs(kappa, k) - sample[u]) < sp.Float(10) ** -12 for k in admissible)

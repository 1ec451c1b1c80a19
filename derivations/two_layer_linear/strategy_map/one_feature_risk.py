"""Both layers, one feature, d → ∞ at fixed γ = n/d < 1: from the conserved quantities to the risk.

vv − ‖b‖² within the row space is conserved and so is Qb. At the end w = vb fits: P w = m, so with V = v²,
V − ‖m‖²/V = v_0² − ‖Pb_0‖². The projector on n of d random directions keeps the share γ of every energy, and
‖m‖² → γt² + σ²γ/(1−γ) (noise: σ² tr(XXᵀ)⁻¹ → σ²γ/(1−γ)). Then w − θ_T = X⁺ξσ + Q(v b_0 − θ_T).
"""

import sympy as sp

gamma, a, start, c, t, noise = sp.symbols("gamma feature_norm head overlap target_norm noise_variance", positive=True)
ARGUMENTS = {
    "gamma": gamma, "feature_norm": a, "head": start, "overlap": c, "target_norm": t, "noise_variance": noise
}  # fmt: skip
REGIME = (gamma < 1) & (c < 1)


def squared_head() -> sp.Expr:
    """V at the end: the positive root."""
    square = sp.Symbol("V")
    fit = gamma * t**2 + noise * gamma / (1 - gamma)
    roots = sp.solve(sp.Eq(square**2 - (start**2 - gamma * a**2) * square, fit), square)
    at = {gamma: sp.Rational(1, 2), a: 1, start: 1, t: 1, noise: 1}
    (root,) = [root for root in roots if root.subs(at) > 0]
    return root


def derive() -> sp.Expr:
    end = sp.sqrt(squared_head())
    unseen = (1 - gamma) * ((end * a) ** 2 - 2 * end * a * t * c + t**2)
    return unseen + noise * gamma / (1 - gamma)

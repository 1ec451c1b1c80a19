"""A ridge head on one frozen feature, exact for every n ≥ 1, Σ = I.

With q = ‖z‖² ~ χ²_n and y = z a* + e, e of variance v = σ² + u independent of z, the head is z·y/(q + λ)
and misses a* by (−λa* + z·e)/(q + λ). The square is averaged over e, then over q: write (q+λ)^(−k) = ∫₀^∞
t^(k−1) e^(−(q+λ)t) dt/(k−1)!; the moments E[q^j e^(−qt)] are derivatives of the Laplace transform of χ²_n,
which is integrated from the density. What remains is, with w = 1 + 2t, a sum of exponential integrals
E_s(z) = ∫₁^∞ e^(−zw) w^(−s) dw.
"""

import sympy as sp

n = sp.Symbol("n", positive=True, integer=True)
e, u, noise, ridge = sp.symbols("explained unexplained noise_variance ridge", positive=True)
ARGUMENTS = {"n": n, "explained": e, "unexplained": u, "noise_variance": noise, "ridge": ridge}
q, t, w = sp.symbols("q t w", positive=True)


def laplace_transform() -> sp.Expr:
    """E e^(−qt) for q ~ χ²_n."""
    shape = q ** (n / 2 - 1)
    mass = sp.integrate(shape * sp.exp(-q / 2), (q, 0, sp.oo))
    return sp.simplify(sp.integrate(shape * sp.exp(-q * (t + sp.Rational(1, 2))), (q, 0, sp.oo)) / mass)


def expected_ratio(numerator: sp.Expr, power: int, penalty: sp.Expr) -> sp.Expr:
    """E[numerator(q)/(q + penalty)^power] for a polynomial numerator and power 1 or 2."""
    transform, averaged = laplace_transform(), sp.Integer(0)
    for (j,), coefficient in sp.Poly(numerator, q).terms():
        averaged += coefficient * (-1) ** j * sp.diff(transform, t, j)
    in_w = sp.expand(sp.powsimp((averaged * t ** (power - 1)).subs(t, (w - 1) / 2), force=True) / 2)
    total = sp.Integer(0)
    for term in sp.Add.make_args(sp.powsimp(sp.expand_power_base(in_w, force=True), force=True)):
        order = -sp.simplify(w * sp.diff(term, w) / term)  # each term is a constant times w^(−order)
        total += sp.simplify(term * w**order) * sp.expint(order, penalty / 2)
    return sp.exp(penalty / 2) * total


def conditional_risk() -> sp.Expr:
    """Squared error of the head at given q, averaged over e: (z·e)² has mean v q, the cross term none."""
    head, cross = sp.symbols("head cross")
    square = sp.expand((-ridge * head + cross) ** 2)
    averaged = square.subs(cross**2, (noise + u) * q).subs(cross, 0).subs(head**2, e)
    return averaged / (q + ridge) ** 2


def derive() -> sp.Expr:
    numerator = sp.expand(conditional_risk() * (q + ridge) ** 2)
    return u + expected_ratio(numerator, 2, ridge)

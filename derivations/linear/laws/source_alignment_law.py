"""Two moments of the squared cosine A = qC between a fitted source and its teacher, n_S ≥ 2, d ≥ 2, σ_S > 0.

As in `derivations.linear.source_alignment.source_feature_alignment`: given J, 1 − C ~ Beta((m−1)/2, ½ + J), and given the
strength w ~ χ²_ν of the signal, J ~ Poisson(qw/2ρ). So with a = m/2 + J

    E(1−C) = (m−1)/2 · E 1/a,        E(1−C)² = (m−1)(m+1)/4 · E 1/(a(a+1)).

1/a and 1/(a(a+1)) are ∫₀¹ y^{a−1}(1−y)^{k−1}dy for k = 1, 2, and E y^J = (1 + q(1−y)/ρ)^{−ν/2}. Term j of
its power series in q(1−y)/ρ is integrated over y, and over q ~ Beta(m/2, (d−m)/2) with the weight q or q²
of A or A².
"""

import sympy as sp

from ..source_alignment.source_feature_alignment import beta_integral, d, dim, k, m, n, nu, rho, summed

s, noise = sp.symbols("source_norm source_noise_std", positive=True)
ARGUMENTS = {"n_source": n, "dim": dim, "source_norm": s, "source_noise_std": noise}
REGIME = sp.And(n >= 2, dim >= 2)


def moment_of_q(power: sp.Expr, whole_teacher: bool) -> sp.Expr:
    if whole_teacher:
        return sp.Integer(1)
    return beta_integral(m / 2 + power, (d - m) / 2) / beta_integral(m / 2, (d - m) / 2)


def missed(order: int, weight: int, whole_teacher: bool) -> sp.Expr:
    """E[q^weight (1−C)^order], summed over the terms of the power series (numbered by the symbol k)."""
    binomial = (-1 / rho) ** k * sp.gamma(nu / 2 + k) / sp.gamma(nu / 2) / sp.gamma(k + 1)
    over_y = beta_integral(m / 2, order + k)
    factor = (m - 1) / 2 if order == 1 else (m - 1) * (m + 1) / 4
    return factor * summed(binomial * over_y * moment_of_q(weight + k, whole_teacher))


def moments(whole_teacher: bool) -> tuple[sp.Expr, sp.Expr]:
    first = moment_of_q(sp.Integer(1), whole_teacher) - missed(1, 1, whole_teacher)
    second = moment_of_q(sp.Integer(2), whole_teacher) - 2 * missed(1, 2, whole_teacher) + missed(2, 2, whole_teacher)
    return first, second


def derive() -> dict[str, sp.Expr]:
    below = [x.subs(nu, d - m + 1).subs({m: n, d: dim}) for x in moments(whole_teacher=False)]
    above = [x.subs(nu, n - m + 1).subs({m: dim, d: dim}) for x in moments(whole_teacher=True)]
    first, second = (
        sp.Piecewise((low, n < dim), (high, True)).subs(rho, (noise / s) ** 2)
        for low, high in zip(below, above, strict=True)
    )
    return {"mean": first, "var": second - first**2}

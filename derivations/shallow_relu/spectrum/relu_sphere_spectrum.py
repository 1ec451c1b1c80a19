"""Masses N_k μ_k of the arc-cosine kernels on S^{d−1}, degrees 0 to 6, for symbolic d.

By Rodrigues' formula and k integrations by parts the Funk-Hecke integral of a kernel K(t) is

    μ_k = w_d Γ((d−1)/2)/(2^k Γ(k+(d−1)/2)) ∫ K^(k)(t) (1−t²)^{k+(d−3)/2} dt,   w_d = Γ(d/2)/(√π Γ((d−1)/2)).

From the second derivative on the kernels are algebraic, sums of t^a (1−t²)^b, and every integral is a Beta function.
N_k is the dimension of polynomials of degree k less those divisible by |x|².
"""

import sympy as sp

dim = sp.Symbol("dim", positive=True, integer=True)
first, second = sp.symbols("first second", positive=True)
ARGUMENTS = {"dim": dim, "first": first, "second": second}
t = sp.Symbol("t", real=True)
DEGREES = 7


def moment(power: int, exponent: sp.Expr) -> sp.Expr:
    """∫ t^power (1−t²)^exponent dt over [−1, 1]."""
    if power % 2:
        return sp.Integer(0)
    a, b = sp.Rational(power + 1, 2), exponent + 1
    return sp.gamma(a) * sp.gamma(b) / sp.gamma(a + b)


def derivative_parts(degree: int, trained: str) -> list[tuple[sp.Expr, int, sp.Rational]]:
    """K^(degree) for degree ≥ 2 as a list of c t^a (1−t²)^b, from K'' by differentiating term by term."""
    half = sp.Rational(1, 2)
    parts = {(0, -half): 1 / (2 * sp.pi)}
    if trained == "first":
        parts = {(0, -half): 1 / sp.pi, (2, -3 * half): 1 / (2 * sp.pi)}
    for _ in range(degree - 2):
        after: dict = {}
        for (a, b), c in parts.items():
            if a:
                after[(a - 1, b)] = after.get((a - 1, b), 0) + c * a
            after[(a + 1, b - 1)] = after.get((a + 1, b - 1), 0) - 2 * b * c
        parts = after
    return [(c, a, b) for (a, b), c in parts.items()]


def second_derivatives_are_right() -> bool:
    """The starting point of `derivative_parts`, from the kernels themselves."""
    gates = t * (sp.pi - sp.acos(t)) / (2 * sp.pi)
    outputs = gates + sp.sqrt(1 - t**2) / (2 * sp.pi)
    claims = {"first": gates, "second": outputs}
    return all(
        sp.simplify(sp.diff(k, t, 2) - sum(c * t**a * (1 - t**2) ** b for c, a, b in derivative_parts(2, name))) == 0
        for name, k in claims.items()
    )


def eigenvalue(degree: int, trained: str) -> sp.Expr:
    normal = sp.gamma(dim / 2) / (sp.sqrt(sp.pi) * sp.gamma((dim - 1) / sp.Integer(2)))
    weight = (dim - 3) / sp.Integer(2)
    if degree == 0:
        # K = t/4 + even part; t arcsin t is integrated by parts once.
        integral = moment(0, weight + sp.Rational(1, 2)) / (2 * (weight + 1))
        if trained == "second":
            integral += moment(0, weight + sp.Rational(1, 2))
        return normal * integral / (2 * sp.pi)
    if degree == 1:
        return normal * moment(2, weight) / 4
    scale = sp.gamma((dim - 1) / sp.Integer(2)) / (2**degree * sp.gamma(degree + (dim - 1) / sp.Integer(2)))
    parts = derivative_parts(degree, trained)
    return normal * scale * sum(c * moment(a, b + degree + weight) for c, a, b in parts)


def multiplicity(degree: int) -> sp.Expr:
    """dim P_k − dim P_{k−2} of homogeneous polynomials in d variables."""

    def polynomials(k: int) -> sp.Expr:
        return sp.prod([dim + j for j in range(k)]) / sp.factorial(k) if k >= 0 else sp.Integer(0)

    return polynomials(degree) - polynomials(degree - 2)


def derive() -> tuple[sp.Expr, ...]:
    if not second_derivatives_are_right():
        raise ArithmeticError("the second derivatives of the kernels are wrong")
    masses = []
    for k in range(DEGREES):
        mass = multiplicity(k) * (first * eigenvalue(k, "first") + second * eigenvalue(k, "second"))
        # All Gamma functions reduce to Γ(d/2)/Γ((d+1)/2).
        masses.append(sp.factor(sp.expand_func(sp.gammasimp(mass))))
    return tuple(masses)

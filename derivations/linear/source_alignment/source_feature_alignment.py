"""E A, A the squared cosine between a source fit ŵ_S and its teacher θ_S, at every n_S ≥ 1 and d, Σ_S = I.

In the m-dimensional row space of the source design, m = min(n_S, d), the fit is √q p + η: p the unit vector
along Pθ_S, q = ‖Pθ_S‖²/s² ~ Beta(n_S/2, (d−n_S)/2) (1 if n_S ≥ d), and η = √ρ g/√w with g ~ N(0, I_m), w ~
χ²_ν, ν = |d − n_S| + 1, by the law of inverse Wishart matrices; ρ = σ_S²/s². Then, in steps:

1. Given q and w the direction of √(qw/ρ) p + g has squared cosine with p of noncentral Beta law: Beta(½ +
   J, (m−1)/2) with J ~ Poisson(qw/2ρ), of mean E[(1 + 2J)/(m + 2J)] = 1 − (m−1) E[1/(m + 2J)].
2. 1/(m + 2J) = ½ ∫₀¹ y^(m/2−1) y^J dy, and E y^J = exp(−qw(1−y)/2ρ).
3. The Laplace transform of χ²_ν turns this into (1 + q(1−y)/ρ)^(−ν/2).
4. Expanded in powers of (1−y), the y-integrals are Beta functions, and so are the moments E q^(k+1), since
   A = q·(...). The ratio of successive terms is rational in k: its roots are the parameters of a
   hypergeometric function.
"""

import sympy as sp

n, dim = sp.symbols("n_source dim", positive=True, integer=True)
rho = sp.Symbol("relative_noise", positive=True)
ARGUMENTS = {"n_source": n, "dim": dim, "relative_noise": rho}
k = sp.Symbol("k", nonnegative=True, integer=True)
m, nu, d = sp.symbols("m nu d", positive=True)


def laplace_transform(argument: sp.Expr) -> sp.Expr:
    """E exp(−argument·w) for w ~ χ²_ν."""
    w, a = sp.symbols("w a", positive=True)
    integral = sp.integrate(w ** (nu / 2 - 1) * sp.exp(-w * (a + sp.Rational(1, 2))), (w, 0, sp.oo))
    return (integral / integral.subs(a, 0)).subs(a, argument)


def beta_integral(a: sp.Expr, b: sp.Expr) -> sp.Expr:
    return sp.gamma(a) * sp.gamma(b) / sp.gamma(a + b)


def series_term(all_explained: bool) -> sp.Expr:
    """Term k of E[q/(m + 2J)] as a power series in 1/ρ, after all averages."""
    x = sp.Symbol("x", positive=True)
    # (1 + x)^(−ν/2), x = q(1−y)/ρ, has the coefficients (−1)^k (ν/2)_k/k!; checked on the first ones.
    transform = sp.simplify(laplace_transform(x / 2))
    coefficient = (-1) ** k * sp.gamma(nu / 2 + k) / sp.gamma(nu / 2) / sp.gamma(k + 1)
    for order in range(4):
        taken = sp.diff(transform, x, order).subs(x, 0) / sp.factorial(order)
        if sp.simplify(sp.gammasimp(taken - coefficient.subs(k, order))) != 0:
            raise ArithmeticError("the binomial series does not match the Laplace transform of χ²")
    over_y = beta_integral(m / 2, k + 1) / 2
    moment = 1 if all_explained else beta_integral(m / 2 + k + 1, (d - m) / 2) / beta_integral(m / 2, (d - m) / 2)
    return coefficient * rho ** (-k) * over_y * moment


def summed(term: sp.Expr) -> sp.Expr:
    """Σ_k term, by the roots of the ratio of successive terms."""
    ratio = sp.factor(sp.gammasimp(term.subs(k, k + 1) / term))
    top, bottom = (sp.Poly(side, k) for side in sp.fraction(ratio))
    roots = [[-root for root, times in sp.roots(side).items() for _ in range(times)] for side in (top, bottom)]
    if 1 not in roots[1]:
        roots = [[*roots[0], sp.Integer(1)], [*roots[1], sp.Integer(1)]]
    roots[1].remove(1)
    return sp.gammasimp(term.subs(k, 0)) * sp.hyper(roots[0], roots[1], top.LC() / bottom.LC())


def derive() -> sp.Expr:
    below = (m / d - (m - 1) * summed(series_term(all_explained=False))).subs({nu: d - m + 1}).subs({m: n, d: dim})
    above = (1 - (m - 1) * summed(series_term(all_explained=True))).subs({m: d}).subs({nu: n - dim + 1, d: dim})
    return sp.Piecewise((below, n < dim), (above, n >= dim))

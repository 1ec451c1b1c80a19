"""The proportional limit of the kernel learning curve, from a spectrum with one linear and one non-linear degree.

Degree 1 has d eigenvalues K'/d, degree 2 has (d+2)(d−1)/2 eigenvalues that carry the mass ζK' in all. At κ = K'/(dy)
the limit d → ∞ leaves s_1 = y/(1+y), s_2 → 0 but N_2 s_2 → ζyd: n/d → γ = y/(1+y) + ζy, a quadratic in y.
"""

import sympy as sp

gamma, zeta = sp.symbols("gamma nonlinearity", positive=True)
energy, noise = sp.symbols("residual_energy noise_variance", positive=True)
ARGUMENTS = {"gamma": gamma, "residual_energy": energy, "noise_variance": noise, "nonlinearity": zeta}
d, y, slope = sp.symbols("d y K1", positive=True)


def finite_dimension() -> tuple[sp.Expr, sp.Expr]:
    """n and the risk at finite d, from V = (1−s_1)² e + σ² + (Σ N s²/n) V."""
    kappa = slope / (d * y)
    numbers = (d, (d + 2) * (d - 1) / 2)
    values = (slope / d, zeta * slope / numbers[1])
    learnt = [v / (v + kappa) for v in values]
    n = sum(k * s for k, s in zip(numbers, learnt, strict=True))
    spread = sum(k * s**2 for k, s in zip(numbers, learnt, strict=True)) / n
    V = sp.Symbol("V")
    (solution,) = sp.solve(sp.Eq(V, (1 - learnt[0]) ** 2 * energy + noise + spread * V), V)
    return n, solution - noise


def limit_in_y() -> tuple[sp.Expr, sp.Expr]:
    """γ and the risk as functions of y, d → ∞."""
    n, risk = finite_dimension()
    return sp.simplify(sp.limit(sp.cancel(n / d), d, sp.oo)), sp.simplify(sp.limit(sp.cancel(risk), d, sp.oo))


def derive() -> sp.Expr:
    size, risk = limit_in_y()
    a, b, c = (sp.factor(k) for k in sp.Poly(sp.numer(sp.together(size - gamma)), y).all_coeffs())
    # The product of the roots is c/a = −γ/ζ < 0: the larger one is the positive one.
    root = (-b + sp.sqrt(b**2 - 4 * a * c)) / (2 * a)
    return risk.subs(y, root)

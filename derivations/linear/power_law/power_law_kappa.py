"""κ and df2 of a power-law spectrum λ_i = i^(−a).

For many samples κ is small, and the sums over modes are integrals over x = i: λ/(λ+κ) = 1/(1+κx^a). With u =
κx^a every one of them is the Mellin transform of a power of 1/(1+u), which SymPy integrates. Without ridge κ
solves df1(κ) = n.
"""

import sympy as sp

n, a = sp.symbols("n spectrum_exponent", positive=True)
ARGUMENTS = {"n": n, "spectrum_exponent": a}
REGIME = a > 1
u, s, kappa = sp.symbols("u s kappa", positive=True)


def mellin(power: int, argument: sp.Expr) -> sp.Expr:
    """∫₀^∞ u^(argument − 1)/(1+u)^power du, by analytic continuation from 0 < argument < power."""
    integral = sp.integrate(u ** (s - 1) / (1 + u) ** power, (u, 0, sp.oo), conds="none")
    return sp.simplify(integral.rewrite(sp.gamma)).subs(s, argument)


def degrees_of_freedom(power: int) -> sp.Expr:
    """Σ (λ/(λ+κ))^power: x = (u/κ)^(1/a), dx = x du/(a u)."""
    return kappa ** (-1 / a) / a * mellin(power, 1 / a)


def kappa_of_n() -> sp.Expr:
    scale = sp.Symbol("scale", positive=True)  # κ^(−1/a)
    (found,) = sp.solve(sp.Eq(degrees_of_freedom(1).subs(kappa, scale**-a), n), scale)
    return found**-a


def inflation() -> sp.Expr:
    """1/(1 − df2/n) at df1 = n: what fitting without ridge multiplies the bias by."""
    share = sp.gammasimp(sp.simplify(degrees_of_freedom(2) / degrees_of_freedom(1)))
    return sp.simplify(1 / (1 - share))


def derive() -> sp.Expr:
    return kappa_of_n()

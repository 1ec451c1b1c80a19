r"""Shared start of the results on gradient flow: its risk as integrals over the spectrum of XᵀX/n.

The flow w' = −Xᵀ(Xw − y)/n multiplies the displacement along an eigenvector of eigenvalue x by f with f' = −xf,
f(0) = 1, and moves it by the noise g with g' = −xg + 1 times a Gaussian of variance σ²x/n (that of Xᵀξσ/n). Isotropy of
X spreads ‖δ‖² evenly, so the mean risk is

    ‖δ‖² ∫ f² dF + (d σ²/n) ∫ x g² dF,

F the limit law: mass (1 − n/d)₊ at 0, and √((x₊−x)(x−x₋))/(2πax) on x± = (1 ± √a)², a = d/n. The substitution
x = 1 + a − 2√a cos φ = x₋ + 4√a sin²(φ/2) takes the square root away.
"""

import mpmath
import sympy as sp

N, DIM = sp.symbols("n dim", positive=True, integer=True)
TIME, ENERGY, NOISE = sp.symbols("time displacement_energy noise_variance", positive=True)
X, PHI = sp.symbols("x phi", positive=True)
ASPECT = DIM / N


class Quadrature(sp.Integral):
    """An integral over one variable that evaluates its integrand as a compiled function, many times faster."""

    def _eval_evalf(self, prec):
        ((variable, low, high),) = self.limits
        integrand = sp.lambdify(variable, self.function, "mpmath")
        with mpmath.workprec(prec + 20):
            ends = [mpmath.mpmathify(end.evalf(mpmath.mp.dps + 10)) for end in (low, high)]
            return sp.Float(mpmath.quad(integrand, ends), precision=prec)


def displacement_factor():
    """f(T), solved from its differential equation."""
    t, f = sp.Symbol("t", nonnegative=True), sp.Function("f")
    solution = sp.dsolve(sp.Eq(f(t).diff(t), -X * f(t)), f(t), ics={f(0): 1})
    return solution.rhs.subs(t, TIME)


def noise_factor():
    """g(T), solved from its differential equation."""
    t, g = sp.Symbol("t", nonnegative=True), sp.Function("g")
    solution = sp.dsolve(sp.Eq(g(t).diff(t), 1 - X * g(t)), g(t), ics={g(0): 0})
    return sp.simplify(solution.rhs.subs(t, TIME))


def average(integrand):
    """∫ integrand dμ over the continuous part of the law."""
    edge = (1 - sp.sqrt(ASPECT)) ** 2 + 4 * sp.sqrt(ASPECT) * sp.sin(PHI / 2) ** 2  # no cancellation at n = d
    root = 2 * sp.sqrt(ASPECT) * sp.sin(PHI)  # both √((x₊−x)(x−x₋)) and dx/dφ
    density = root**2 / (2 * sp.pi * ASPECT * X)
    return Quadrature((density * integrand).subs(X, edge), (PHI, 0, sp.pi))


def risk():
    point_mass = sp.Max(0, 1 - N / DIM)
    kept = point_mass + average(displacement_factor() ** 2)
    return ENERGY * kept + NOISE * ASPECT * average(X * noise_factor() ** 2)

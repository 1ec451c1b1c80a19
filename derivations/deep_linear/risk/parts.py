"""Shared ground of the risks: fractions of energy in the null space of a uniform projector, and the mean fit.

For isotropic inputs the row space is uniform among the n-dimensional subspaces: E‖Qv‖² = (1 − n/d)‖v‖² for any v and
E‖X⁺ξ‖² = n/(d − n − 1), the mean of a ratio of χ²_n by χ²_{d−n+1}. ‖m‖² = ‖Pθ_T‖² + σ²‖X⁺ξ‖² + a cross term of mean 0.
In the proportional limit each of these concentrates at its mean, so the growth x = ‖w_∞‖²/‖w0‖² concentrates at the
root of x = B + A x^{1−1/L} with A and B made of the means.

To have rational numbers on both sides, the equation is solved for t² instead of for x: with x = h^{2L}, ρ = h^{L−1}.
"""

import sympy as sp

DEPTH = sp.Symbol("depth", integer=True, positive=True)
HALF, SOURCE, NOISE = sp.symbols("h source_energy noise_variance", positive=True)
CROSS = sp.Symbol("cross_energy", real=True)


def null_fraction(n, dim):
    """E‖Qv‖²/‖v‖²: n of d equal shares of E‖Pv‖² are seen."""
    share = sp.Symbol("share")
    (each,) = sp.solve(dim * share - 1, share)  # E‖projection on one direction‖², the same for all d
    return sp.factor(1 - n * each)


def noise_factor(n, dim):
    """E‖X⁺ξ‖² = E χ²_n · E 1/χ²_{d−n+1}."""
    k, q = sp.symbols("k q", positive=True)
    inverse = sp.gamma(k / 2 - 1) / (2 * sp.gamma(k / 2))  # ∫ q^{−1} q^{k/2−1} e^{−q/2} / (2^{k/2} Γ(k/2))
    check = sp.integrate(q**4 * sp.exp(-q / 2), (q, 0, sp.oo)) / (2**6 * sp.gamma(6))
    if sp.simplify(inverse.subs(k, 12) - check) != 0:
        raise ArithmeticError("the inverse moment of χ² is wrong")
    return sp.factor(n * sp.gammasimp(inverse).subs(k, dim - n + 1))


def target_energy(null, variance, seen):
    """t² at which x = h^{2L}: from x s² = seen·t² + variance + A x^{1−1/L} s²."""
    t2 = sp.Symbol("t2")
    fit = seen * t2 + variance
    (solution,) = sp.solve(HALF ** (2 * DEPTH) * SOURCE - fit - null * HALF ** (2 * DEPTH - 2) * SOURCE, t2)
    return solution


def risk(null, variance, target):
    """Mean of ‖Q(θ_T − ρθ_S)‖² + σ²‖X⁺ξ‖² at ρ = h^{L−1}."""
    rho = HALF ** (DEPTH - 1)
    return null * (target - 2 * rho * CROSS + rho**2 * SOURCE) + variance


def gain(null):
    """Mean of ‖Qθ_T‖² − ‖Q(θ_T − ρθ_S)‖²."""
    target = sp.Symbol("t2")
    return sp.expand(null * target - risk(null, 0, target))

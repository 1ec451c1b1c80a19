"""The parabolas in the weight: target risk and distance from the start, from mean and energy of the update."""

import sympy as sp

from ...tasks.averages.update_moments import delta, dim, moments, n, noise

weight = sp.Symbol("weight", real=True)
START = {"n": n, "dim": dim, "displacement_energy": delta, "noise_variance": noise}
ARGUMENTS = START | {"weight": weight}


def risk(few: bool, start: sp.Expr = delta) -> sp.Expr:
    """‖δ‖² − 2aE τ·δ + a²E‖τ‖²."""
    p, energy = moments(n, dim, start, noise, few)
    return start - 2 * weight * p * start + weight**2 * energy


def distance(few: bool) -> sp.Expr:
    return weight**2 * moments(n, dim, delta, noise, few)[1]


def best(few: bool, start: sp.Expr = delta) -> sp.Expr:
    (found,) = sp.solve(sp.diff(risk(few), weight), weight)
    return sp.factor(found).subs(delta, start)


def best_risk(few: bool, start: sp.Expr = delta) -> sp.Expr:
    return sp.factor(risk(few).subs(weight, best(few))).subs(delta, start)

"""Averages over x of what two label densities N(0, σ²) and N(m, σ²) do, where m = x·(θ_S − θ_T) ~ N(0, D²)."""

from collections.abc import Callable

import sympy as sp

distance_squared, noise = sp.symbols("distance_squared noise_variance", positive=True)
y, m = sp.symbols("y m", real=True)
D, sigma = sp.symbols("D sigma", positive=True)


def density(value: sp.Expr, center: sp.Expr, scale: sp.Expr) -> sp.Expr:
    return sp.exp(-((value - center) ** 2) / (2 * scale**2)) / (scale * sp.sqrt(2 * sp.pi))


def over_labels_and_inputs(integrand: Callable[[sp.Expr, sp.Expr], sp.Expr]) -> sp.Expr:
    """∫∫ integrand(p(y), q(y)) dy N(m; 0, D²) dm."""
    inner = sp.simplify(sp.integrate(integrand(density(y, 0, sigma), density(y, m, sigma)), (y, -sp.oo, sp.oo)))
    outer = sp.integrate(sp.expand(inner * density(m, 0, D)), (m, -sp.oo, sp.oo))
    return sp.simplify(outer.subs({D: sp.sqrt(distance_squared), sigma: sp.sqrt(noise)}))

"""A start that was itself fitted, ŵ_S = P_Sθ_S + X_S⁺ξ_S: its error u = ŵ_S − θ_S, of mean −(1 − p_S)θ_S and of known energy.

The target update is τ = P(θ_T − ŵ_S) + X⁺ξ, with P independent of the source set, E P = pI and P² = P. So everything follows
from E‖u‖² and E u. The source error after a fraction a of the update is u + aτ.
"""

import sympy as sp

from ...tasks.averages.update_moments import dim, moments, n, noise, share
from .interpolation import weight

n_source = sp.Symbol("n_source", positive=True, integer=True)
source, target, source_noise = sp.symbols("source_energy target_energy source_noise_variance", positive=True)
cross = sp.Symbol("cross_energy", real=True)
START = {
    "n": n, "n_source": n_source, "dim": dim, "source_energy": source, "cross_energy": cross, "target_energy": target,
    "noise_variance": noise, "source_noise_variance": source_noise,
}  # fmt: skip
ARGUMENTS = START | {"weight": weight}


def start_error(few_source: bool) -> tuple[sp.Expr, sp.Expr]:
    """E‖u‖² and E u·(θ_T − θ_S): u = −(I − P_S)θ_S + noise, E‖(I − P_S)θ_S‖² = (1 − p_S)s²."""
    p = share(n_source if few_source else dim)
    fit_noise = moments(n_source, dim, sp.Integer(0), source_noise, few_source)[1]
    return (1 - p) * source + fit_noise, -(1 - p) * (cross - source)


def displacement(few_source: bool) -> sp.Expr:
    """E‖θ_T − ŵ_S‖² = E‖(θ_T − θ_S) − u‖²."""
    error, turned = start_error(few_source)
    return error - 2 * turned + (target - 2 * cross + source)


def source_risk(few: bool, few_source: bool) -> sp.Expr:
    """E‖u + aτ‖², with E u·τ = pE u·(θ_T − θ_S − u)."""
    error, turned = start_error(few_source)
    p, energy = moments(n, dim, displacement(few_source), noise, few)
    return error + 2 * weight * p * (turned - error) + weight**2 * energy


def by_regimes(result) -> sp.Expr:
    """result(few, few_source) in the four regimes."""
    small = {True: n <= dim - 2, False: n >= dim + 2}
    small_source = {True: n_source <= dim - 2, False: n_source >= dim + 2}
    return sp.Piecewise(*((result(a, b), small[a] & small_source[b]) for a in small for b in small_source))

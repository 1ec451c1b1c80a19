"""Two ridge fits to w0, each at the ridge that is best for its task, in the limit of large d at γ = n/d, Σ = I.

There κ solves γ = 1/(1+κ) + λ/(dκ), and a fit of ridge λ has E τ = δ/(1+κ). The best ridge is λ = dσ²/‖δ‖²; the limit of
the risk of linear prediction says that at the best ridge the error is uncorrelated with the fit: E τ·(δ − τ) = 0, hence
E‖τ‖² = E τ·δ. That is checked against the risk at κ, (κ²‖δ‖²/(1+κ)² + σ²q)/(1−q) with q = 1/(γ(1+κ)²), here. κ is the free
parameter of each fit, and n follows.
"""

import numpy as np
import sympy as sp

from ..averages.update_moments import dim
from . import two_tasks

KAPPAS = sp.symbols("kappa1:3", positive=True)
ENERGIES, CROSS = sp.symbols("e1:3", positive=True), sp.Symbol("cross", real=True)
GRAM = sp.Matrix([[ENERGIES[0], CROSS], [CROSS, ENERGIES[1]]])


def size(kappa: sp.Expr, energy: sp.Expr, noise: sp.Expr) -> sp.Expr:
    """n = dγ at which the best ridge has this κ."""
    ridge = dim * noise / energy
    return dim * (1 / (1 + kappa) + ridge / (dim * kappa))


def moments(kappa: sp.Expr, energy: sp.Expr, noise: sp.Expr) -> tuple[sp.Expr, sp.Expr]:
    """The share of δ that the mean keeps, and the scatter, from E‖τ‖² = risk − ‖δ‖² + 2E τ·δ."""
    share, gamma = 1 / (1 + kappa), size(kappa, energy, noise) / dim
    q = 1 / (gamma * (1 + kappa) ** 2)
    risk = (kappa**2 * energy / (1 + kappa) ** 2 + noise * q) / (1 - q)
    square = sp.factor(risk - energy + 2 * share * energy)
    if sp.simplify(square - share * energy) != 0:
        raise ArithmeticError("the error of the best ridge is correlated with the fit")
    return share, sp.factor(square - share**2 * energy)


_WORLDS = list(zip(KAPPAS, ENERGIES, two_tasks.NOISES, strict=True))
SIZES = [size(*world) for world in _WORLDS]
ARGUMENTS = two_tasks.ARGUMENTS | {
    "sizes": np.array(SIZES, dtype=object),
    "gram": np.array(GRAM.tolist(), dtype=object),
}
REGIME = sp.And(ENERGIES[0] * ENERGIES[1] > CROSS**2, *(n > dim for n in SIZES))


def risk(task: int) -> sp.Expr:
    """‖δ_i − Σα_k·share_k·δ_k‖² + Σα_k²·scatter_k."""
    pairs, alpha = [moments(*world) for world in _WORLDS], sp.Matrix(two_tasks.ALPHA)
    left = sp.Matrix([int(k == task) for k in range(2)]) - sp.diag(*(share for share, _ in pairs)) * alpha
    return (left.T * GRAM * left + alpha.T * sp.diag(*(scatter for _, scatter in pairs)) * alpha)[0]

"""A multiple a of the ridge update, per mode: w0 + aτ, τ = (I − λG)δ + noise, G = (XᵀX + λI)⁻¹.

Risk on (Σ', θ'): ‖θ' − w0‖² − 2a(θ' − w0)ᵀΣ'E τ + a²E‖τ‖²_Σ'. With the resolvent's equivalent λG → κ(Σ + κ)⁻¹, and E‖τ‖² =
δᵀΣ'δ − 2δᵀΣ'λGδ + bias + variance, the last two of `resolvent`, probed with Σ'.
"""

import numpy as np
import sympy as sp

from ..covariance.resolvent import ENERGIES, KAPPA, LEVELS, NOISE, RIDGE, SIZES, TESTED, bias, sample_size, variance

WEIGHT = sp.Symbol("weight", real=True)
CROSS = np.array(sp.symbols("x1:3", real=True), dtype=object)
TASK = np.array(sp.symbols("y1:3", nonnegative=True), dtype=object)
_LEFT = KAPPA / (LEVELS + KAPPA)
MODES = {"n": sample_size(), "eigenvalues": LEVELS, "multiplicities": SIZES, "displacement": ENERGIES}
FIT = {"noise_variance": NOISE, "ridge": RIDGE, "test_eigenvalues": TESTED}


def update_energy() -> sp.Expr:
    return sum(TESTED * ENERGIES * (1 - 2 * _LEFT)) + bias(ENERGIES, TESTED) + variance(TESTED)


def alignment(cross) -> sp.Expr:
    """(θ' − w0)ᵀΣ'(I − λG)δ, from the inner products of both displacements in each mode."""
    return sum(TESTED * cross * (1 - _LEFT))


def risk(cross=ENERGIES, task=ENERGIES) -> sp.Expr:
    """On θ' with these energies; by default on the target itself."""
    return sum(TESTED * task) - 2 * WEIGHT * alignment(cross) + WEIGHT**2 * update_energy()


def best(cross=ENERGIES, task=ENERGIES) -> dict[str, sp.Expr]:
    """The lowest point of s − 2am + a²e, solved for once, at these s, m and e."""
    start, aligned, energy = sp.symbols("start aligned energy")
    parabola = start - 2 * WEIGHT * aligned + WEIGHT**2 * energy
    (weight,) = sp.solve(sp.diff(parabola, WEIGHT), WEIGHT)
    values = {start: sum(TESTED * task), aligned: alignment(cross), energy: sp.factor(update_energy())}
    return {"weight": weight.subs(values), "risk": sp.expand(parabola.subs(WEIGHT, weight)).subs(values)}

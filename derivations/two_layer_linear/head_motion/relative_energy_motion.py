"""The motion of the features where the output is (1 − E)y: the energies of that output, and Z_∞ − Z_0 = Ey vᵀ/‖v‖²."""

import sympy as sp

energy, features, labels, head = sp.symbols("energy feature_energy label_energy head_energy", positive=True)
ARGUMENTS = {"energy": energy, "feature_energy": features, "label_energy": labels, "head_energy": head}


def derive() -> tuple[sp.Expr, ...]:
    # ⟨y vᵀ, Z_0⟩ = y·Z_0v = (1 − E)‖y‖².
    size, along = energy / head, (1 - energy) * labels
    moved = size**2 * labels * head
    return sp.sqrt(moved), features + size * along, sp.expand(features + 2 * size * along + moved)

"""Samples that fine-tuning saves against scratch: the difference of two crossings, each 0 if already within ε."""

import sympy as sp

from . import noiseless_sample_complexity as noiseless

target, energy, risk = sp.symbols("target_energy displacement_energy risk", positive=True)
ARGUMENTS = {
    "dim": noiseless.dim, "target_energy": target, "displacement_energy": energy, "risk": risk,
}  # fmt: skip


def derive() -> sp.Expr:
    def from_zero(start: sp.Expr) -> sp.Expr:
        needed = noiseless.crossing().subs({noiseless.energy: start, noiseless.risk: risk}, simultaneous=True)
        return sp.Piecewise((sp.Integer(0), risk >= start), (needed, True))

    return from_zero(target) - from_zero(energy)

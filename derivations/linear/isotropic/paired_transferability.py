"""Mean of T = θ_SᵀQ(2θ_T − θ_S), n ≤ d.

On the same X and y the noise terms X⁺ξ of scratch and fine-tuning are equal and cancel, and what is left of
the biases is ‖Qθ_T‖² − ‖Q(θ_T − θ_S)‖² = θ_SᵀQ(2θ_T − θ_S). The mean projector is (1 − n/d)I (see
`projector`).
"""

import sympy as sp

from . import projector

n = sp.Symbol("n", nonnegative=True, integer=True)
source, cross = sp.Symbol("source_energy", nonnegative=True), sp.Symbol("cross_energy", real=True)
ARGUMENTS = {"n": n, "dim": projector.d, "source_energy": source, "cross_energy": cross}
REGIME = n <= projector.d


def derive() -> sp.Expr:
    return projector.mean().subs(projector.k, projector.d - n) * (2 * cross - source)

"""Head of an unbalanced two-layer chain at zero loss: w = hz, Qz and Δ = ‖z‖² − h² conserved, hPz = m.

‖z‖² = q + ‖m‖²/h² and ‖z‖² = Δ + h² give a quadratic in h², of which one root is positive.
"""

import sympy as sp

GAP = sp.Symbol("imbalance", real=True)
KEPT = sp.Symbol("kept", nonnegative=True)
ENERGY = sp.Symbol("fit_energy", positive=True)
ARGUMENTS = {"imbalance": GAP, "kept": KEPT, "fit_energy": ENERGY}


def derive():
    square = sp.Symbol("square")
    roots = sp.solve((KEPT + ENERGY / square - GAP - square) * square, square)
    positive = [r for r in roots if r.subs({GAP: 1, KEPT: 1, ENERGY: 1}) > 0]
    (root,) = positive
    return root

"""Both layers from a perfect feature, θ_T = t b_0 and no noise: w = m + v Qb_0 misses (t − v)Qb_0.

m = Pθ_T = tPb_0. Where v_0² ≥ ‖Pb_0‖², v² stays above what is conserved, so that v keeps its sign, here v > 0.
"""

import sympy as sp

from .one_feature_head import seen, squared_head, start

scale, kept = sp.symbols("scale kept_energy", positive=True)
ARGUMENTS = {"scale": scale, "head": start, "seen_energy": seen, "kept_energy": kept}
REGIME = start**2 > seen


def derive() -> sp.Expr:
    return (scale - sp.sqrt(squared_head(scale**2 * seen))) ** 2 * kept

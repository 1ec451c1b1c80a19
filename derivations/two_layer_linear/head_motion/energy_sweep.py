"""Both layers, one feature that is right in all but scale: P b_∞ = m/v_∞ with m = tPb_0.

v_∞² follows from what is conserved. For E ≤ 1 the start has v_0 ≥ 0: in the eigenbasis of XᵀX every component of Pb keeps the sign of
that of Pb_0 as long as v > 0, and at v = 0 the push tΣλ_i b_i b_{0i} on v is positive; so v_∞ > 0.
"""

import sympy as sp

from ..end_points.one_feature_head import seen, squared_head, start

energy, scale = sp.symbols("energy scale", positive=True)
ARGUMENTS = {"energy": energy, "scale": scale, "seen_energy": seen}
REGIME = energy < 1


def derive() -> tuple[sp.Expr, ...]:
    end = sp.sqrt(squared_head(scale**2 * seen).subs(start, (1 - energy) * scale))
    grown = scale / end
    return sp.sqrt((grown - 1) ** 2 * seen), grown * seen, grown**2 * seen

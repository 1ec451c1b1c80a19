"""The same with one sample, where the whole flow is known: v = (pe^φ + qe^{−φ})/2, ζ = (pe^φ − qe^{−φ})/2, p, q = v_0 ± ζ_0.

Take ‖x‖ = 1: ζ_0 = ‖Pb_0‖ = L, v_0 = (1 − E)t, y = tL. Up to the sign of the component all of Pb is ζ.
"""

import sympy as sp

from ..end_points import one_sample_growth as growth

energy, scale, length = sp.symbols("energy scale length", positive=True)
ARGUMENTS = {"energy": energy, "scale": scale, "seen_energy": length**2}
REGIME = sp.Ne((energy - 1) * scale, length)


def derive() -> tuple[sp.Expr, ...]:
    plus, minus = (1 - energy) * scale + length, (1 - energy) * scale - length
    here = {growth.y: scale * length, growth.x: 1, growth.plus: plus**2, growth.minus: minus**2}
    up = sp.sqrt(growth.derive().subs(here, simultaneous=True))
    end = (plus * up - minus / up) / 2
    return sp.sqrt((end - length) ** 2), end * length, end**2

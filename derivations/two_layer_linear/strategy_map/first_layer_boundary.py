"""Where probing and the first layer alone have the same mean risk: an input shift of overlap c without noise.

The energies are those of the shift with ρ = 0, the risks those of the two strategies.
"""

import sympy as sp

from . import first_layer_outputs_risk as first
from . import source_head_probe_risk as probe
from . import strategy_map_energies as energies

n, d, k = first.n, first.d, probe.k
ARGUMENTS = {"n": n, "dim": d, "n_features": k}
REGIME = (n >= k + 2) & (n <= d - 2)


def derive() -> sp.Expr:
    distance, unexplained, _, missed = (part.subs(energies.rho, 0) for part in energies.derive())
    here = {first.inside: distance, first.outside: 0, first.r: 1, first.noise: 0}
    first_risk = first.derive().args[1].args[0].args[0].subs(here)
    there = {probe.gap: missed, probe.u: unexplained, probe.noise: 0}
    probe_risk = probe.derive().args[1].args[0].subs(there)
    roots = sp.solve(sp.factor(first_risk - probe_risk), energies.c)
    (boundary,) = [root for root in roots if root != 1]
    return sp.factor(boundary)

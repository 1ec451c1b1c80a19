"""Depth beyond which the first noiseless samples harm: where the slope at γ = 0, linear in L, changes sign.

It does so upwards, at a depth above 1, iff t > s and stc < s².
"""

import sympy as sp

from .few_shot_slope import CROSS, DEPTH, NOISE, SOURCE, TARGET
from .few_shot_slope import derive as slope_at_zero

ARGUMENTS = {"source_energy": SOURCE, "cross_energy": CROSS, "target_energy": TARGET}
REGIME = (TARGET > SOURCE) & (CROSS < SOURCE)


def derive():
    (depth,) = sp.solve(slope_at_zero().subs(NOISE, 0), DEPTH)
    return sp.simplify(depth)

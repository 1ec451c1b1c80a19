"""Both layers where θ_T − θ_S lies in the rows of X, no noise: Qθ_T = v_0 Qb_0, and w = m + v Qb_0 misses (v − v_0)Qb_0."""

import sympy as sp

from .one_feature_head import fit, seen, squared_head, start

kept = sp.Symbol("kept_energy", positive=True)
ARGUMENTS = {"head": start, "seen_energy": seen, "kept_energy": kept, "fit_energy": fit}
REGIME = start**2 > seen


def derive() -> sp.Expr:
    return (sp.sqrt(squared_head()) - start) ** 2 * kept

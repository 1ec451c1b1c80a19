"""Several outputs: the columns of ŵ are fits of the same X to k targets with independent noise.

The risk is a sum over columns of one-output risks, each with its own ‖δ_j‖² and the same σ²; expectations add.
"""

import sympy as sp

from . import min_norm_risk as one

k = sp.Symbol("outputs", positive=True, integer=True)
ARGUMENTS = {**one.ARGUMENTS, "outputs": k}
REGIME = one.n <= one.d - 2


def derive() -> sp.Expr:
    energy, j = sp.IndexedBase("energy", nonnegative=True), sp.Symbol("j", integer=True)
    column = sp.expand(one.few_samples().subs(one.delta, energy[j]))
    share = sp.Poly(column, energy[j])
    summed = share.coeff_monomial(energy[j]) * one.delta + sp.summation(share.coeff_monomial(1), (j, 1, k))
    return sp.simplify(summed)

"""Mean risk on the target with a copied block, f fitted weights and the rest 0.

The fitted weights see labels θ_{T,F}·x_F plus what B and Z leave: independent of x_F, so noise of variance W = σ² +
‖θ_{T,Z}‖² + ‖θ_{T,B} − ŵ_B‖², whose mean is over the independent source. The risk is that of the f weights plus W − σ².
"""

import sympy as sp

from ...linear.frozen_features.inverse_chi_square import inverse_gram_trace
from . import transferred_block_error as block

n, free = sp.symbols("n n_free", positive=True, integer=True)
free_energy, rest, noise = sp.symbols("free_energy rest_energy noise_variance", positive=True)
ARGUMENTS = {
    **block.ARGUMENTS, "n": n, "n_free": free, "free_energy": free_energy, "rest_energy": rest, "noise_variance": noise,
}  # fmt: skip
REGIME = block.REGIME


def derive() -> sp.Expr:
    branches = []
    for error, condition in block.derive().args:
        seen = noise + rest + error
        few = (free - n) / free * free_energy + seen * inverse_gram_trace(rows=free, columns=n) + seen - noise
        many = seen * inverse_gram_trace(rows=n, columns=free) + seen - noise
        branches += [(few, condition & (n <= free - 2)), (many, condition & (n >= free + 2))]
    return sp.Piecewise(*branches)

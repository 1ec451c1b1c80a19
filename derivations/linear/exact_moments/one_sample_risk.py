"""Mean noiseless risk after one sample, for two eigenvalues of multiplicity two.

The input is x_i = √λ_i g_i and training removes the part of δ along x: Qδ = δ − x(x·δ)/‖x‖². The risk Σ
λ_i(Qδ)_i² is a polynomial in g over ‖x‖⁴, and ‖x‖² = Σ λ_i g_i². In the multiplicities chosen here its mean
is elementary; δ may point anywhere within an eigenspace, which is invariant under rotations.
"""

import sympy as sp

from .laplace import mean_over_squared_form

large, small, first, second = sp.symbols("large small first second", positive=True)
ARGUMENTS = {"eigenvalues": [large, small], "multiplicities": [2, 2], "displacement": [first, second]}
REGIME = sp.Ne(large, small)
SPECTRUM = [large, large, small, small]
DISPLACEMENT = [sp.sqrt(first), 0, 0, sp.sqrt(second)]
GAUSSIANS = list(sp.symbols("g1:5", real=True))


def derive() -> sp.Expr:
    inputs = [sp.sqrt(value) * g for value, g in zip(SPECTRUM, GAUSSIANS, strict=True)]
    norm = sum(x**2 for x in inputs)
    along = sum(x * delta for x, delta in zip(inputs, DISPLACEMENT, strict=True))
    scaled = [delta * norm - x * along for x, delta in zip(inputs, DISPLACEMENT, strict=True)]  # ‖x‖² Qδ
    numerator = sum(value * part**2 for value, part in zip(SPECTRUM, scaled, strict=True))
    return mean_over_squared_form(sp.expand(numerator), GAUSSIANS, SPECTRUM)

"""First term of the bound on the mean loss: twice the Rademacher complexity of the ball that holds the fit.

The fit of least norm to labels ỹ = Xδ has norm B = √(ỹᵀH⁻¹ỹ) in the space of the kernel. A ball of radius B has complexity
(B/n) E‖Σ ε_i K(x_i, ·)‖ ≤ (B/n) √(Σ_i K(x_i, x_i)); on unit inputs the diagonal of the first-layer kernel is K(1) = 1/2, and
a loss with slope 1 keeps it. B² is bounded by the first Taylor coefficient of the kernel (see `gram_bound`).
"""

import sympy as sp

from ..kernels.arc_cosine_integrals import first_layer, theta
from . import relu_gram_bound as gram_bound

n = sp.Symbol("n", positive=True, integer=True)
displacement_energy = sp.Symbol("displacement_energy", positive=True)
FIRST_LAYER = {gram_bound.first: sp.Integer(1), gram_bound.second: sp.Integer(0)}
ARGUMENTS = {
    "n": n,
    "displacement_energy": displacement_energy,
    "first": sp.Integer(1),
    "second": sp.Integer(0),
}


def derive() -> sp.Expr:
    diagonal = first_layer().subs(theta, 0)
    bound = gram_bound.derive().subs(FIRST_LAYER)
    radius = sp.sqrt(bound.subs(gram_bound.projected, displacement_energy))
    return 2 * radius * sp.sqrt(n * diagonal) / n

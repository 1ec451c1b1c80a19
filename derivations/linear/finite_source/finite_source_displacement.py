"""Mean squared distance between a source fitted to n_S samples and the target teacher, Σ_S = I.

ŵ_S = Pθ_S + X⁺ξσ_S with P the projector on the row space of the n_S × d source design. The law of X does
not change under rotations, so E P is a multiple of the identity whose trace is the rank min(n_S, d). P is a
projector: θ_SᵀPθ_S = ‖Pθ_S‖². The noise part has mean squared length σ_S² E tr (Gram matrix)⁻¹, the Gram
matrix of the shorter side of X.
"""

import sympy as sp

from ..frozen_features.inverse_chi_square import inverse_gram_trace

n, dim = sp.symbols("n_source dim", positive=True, integer=True)
source, target, noise = sp.symbols("source_energy target_energy source_noise_variance", positive=True)
cross = sp.Symbol("cross_energy", real=True)
ARGUMENTS = {
    "n_source": n, "dim": dim, "source_energy": source, "cross_energy": cross, "target_energy": target,
    "source_noise_variance": noise,
}  # fmt: skip


def derive() -> sp.Expr:
    multiple = sp.Symbol("multiple")

    def distance(rank: sp.Expr, rows: sp.Expr, columns: sp.Expr) -> sp.Expr:
        (mean_projector,) = sp.solve(sp.Eq(multiple * dim, rank), multiple)
        clean = target - 2 * mean_projector * cross + mean_projector * source
        return clean + noise * inverse_gram_trace(rows, columns)

    few = distance(rank=n, rows=dim, columns=n)
    many = distance(rank=dim, rows=n, columns=dim)
    return sp.Piecewise((few, n <= dim - 2), (many, n >= dim + 2))

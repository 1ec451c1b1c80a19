"""The squared cosine between a source fit and its teacher in the limit n_S, d → ∞ at γ_S = n_S/d, Σ_S = I.

In the picture of `source_cosine` all three random ingredients concentrate: q on its mean, ‖η‖²/s² = ρ
χ²_m/χ²_ν on the ratio of the degrees of freedom, and the angle between η and p on a right angle. The
degrees of freedom are divided by d and d is sent to infinity.
"""

import sympy as sp

gamma, rho = sp.symbols("gamma_source relative_noise", positive=True)
dim = sp.Symbol("dim", positive=True)
ARGUMENTS = {"gamma_source": gamma, "relative_noise": rho}


def derive() -> sp.Expr:
    def cosine(rank: sp.Expr, spare: sp.Expr, explained: sp.Expr) -> sp.Expr:
        noise = sp.limit(rho * rank / spare, dim, sp.oo)
        along, across = sp.sqrt(explained), sp.sqrt(noise)
        # cos² with θ_S of the fit √q p + η: p itself has squared cosine q with θ_S.
        return sp.simplify(explained * along**2 / (along**2 + across**2))

    few = cosine(rank=gamma * dim, spare=dim - gamma * dim + 1, explained=gamma)
    many = cosine(rank=dim, spare=gamma * dim - dim + 1, explained=sp.Integer(1))
    return sp.Piecewise((few, gamma < 1), (many, gamma > 1))

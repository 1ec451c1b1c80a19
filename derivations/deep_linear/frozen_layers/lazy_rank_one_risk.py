"""Lazy training of a balanced rank-one network: linear regression in w' = G^{−1/2}w with G = I + (L − 1)ŵŵᵀ.

The covariance G^{1/2}G^{1/2} has the eigenvalue L once and 1 otherwise. Its deterministic equivalent: κ solves
n = (d − 1)/(1 + κ) + L/(L + κ), whose last term is negligible as d → ∞, so κ = (1 − γ)/γ; a displacement of energy e
along an eigenvector λ costs κ²λe/(λ + κ)²/(1 − df2/n), and noise costs σ² df2/(n − df2). In w' the source direction
carries the displacement (tc − s)² divided by L.
"""

import sympy as sp

GAMMA, DEPTH, SOURCE, TARGET, NOISE = sp.symbols(
    "gamma depth source_energy target_energy noise_variance", positive=True
)
CROSS = sp.Symbol("cross_energy", real=True)
ARGUMENTS = {
    "gamma": GAMMA,
    "depth": DEPTH,
    "source_energy": SOURCE,
    "cross_energy": CROSS,
    "target_energy": TARGET,
    "noise_variance": NOISE,
}
REGIME = GAMMA < 1


def derive():
    kappa, d = sp.symbols("kappa d", positive=True)
    count = sp.limit(((d - 1) / (1 + kappa) + DEPTH / (DEPTH + kappa)) / d, d, sp.oo)
    (solution,) = sp.solve(count - GAMMA, kappa)
    df2 = 1 / (1 + solution) ** 2  # per dimension
    inflation = 1 / (1 - df2 / GAMMA)

    def cost(eigenvalue, energy):
        return solution**2 * eigenvalue * energy / (eigenvalue + solution) ** 2 * inflation

    along = (CROSS / sp.sqrt(SOURCE) - sp.sqrt(SOURCE)) ** 2
    aside = TARGET - CROSS**2 / SOURCE
    return sp.simplify(cost(1, aside) + cost(DEPTH, along / DEPTH)) + sp.simplify(NOISE * df2 / (GAMMA - df2))

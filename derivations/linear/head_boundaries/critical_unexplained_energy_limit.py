"""Unexplained energy at which a head on αd features and min-norm scratch have equal risk, in the limit d → ∞, Σ = I."""

import sympy as sp

from .risk_limits import alpha, few_samples, gamma, many_samples

energy, noise, u = sp.symbols("target_energy noise_variance u", positive=True)
ARGUMENTS = {"gamma": gamma, "feature_ratio": alpha, "target_energy": energy, "noise_variance": noise}
REGIME = alpha < 1


def derive() -> sp.Expr:
    few_head = u + few_samples(energy - u, noise + u, width=alpha)
    many_head = u + many_samples(noise + u, width=alpha)
    few_scratch, many_scratch = few_samples(energy, noise), many_samples(noise)
    branches = []
    for head, scratch, condition in (
        (few_head, few_scratch, gamma < alpha),
        (many_head, few_scratch, (gamma > alpha) & (gamma < 1)),
        (many_head, many_scratch, gamma > 1),
    ):
        (critical,) = sp.solve(sp.Eq(head, scratch), u)
        branches.append((critical, condition))
    return sp.Piecewise(*branches)

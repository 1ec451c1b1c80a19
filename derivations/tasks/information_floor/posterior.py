r"""Shared start: the posterior of several teachers, and how many samples a precision takes.

Given the inputs, the teachers have posterior covariance V = (Π⁻¹ + Σ_k X_kᵀX_k/σ_k²)⁻¹. A row x of task k adds xxᵀ/σ_k²,
and with V₋ without it Sherman–Morrison gives Vx/σ_k² = V₋x/(σ_k² + xᵀV₋x), where xᵀV₋x concentrates at e_k = tr Σ_kV_kk.
So X_kᵀX_k/σ_k² acts as a_kΣ_k with a_k = n_k/(σ_k² + e_k), and e_k is the risk of task k. The precisions a_k are the free
parameters here; the sample sizes follow.
"""

import sympy as sp


def posterior(prior: sp.Matrix, precisions: list) -> sp.Matrix:
    """V in one direction of input space, from the K × K prior there and the precisions of the K tasks in it."""
    return (prior.inv() + sp.diag(*precisions)).inv().applyfunc(sp.cancel)


def sample_size(precision, noise, risk):
    """n_k, of which a_k is the precision."""
    return precision * (noise + risk)

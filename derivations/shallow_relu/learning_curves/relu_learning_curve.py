"""Test error of kernel regression from self-consistency.

Kernel regression keeps the fraction s_k = μ_k/(μ_k+κ) of degree k and misses 1 − s_k of the residual there. To the N_k
coefficients of degree k it adds fluctuations, as if every training label carried noise of the size of the TEST error V
itself: variance s_k² V/n each. Hence V = Σ(1−s_k)² e_k + σ² + (Σ N_k s_k²/n) V, solved for V. The sample size is
n = Σ N_k s_k + λ/κ. Two degrees stand for any number.
"""

import numpy as np
import sympy as sp

kappa, ridge, noise = sp.symbols("kappa ridge noise_variance", positive=True)
mu = sp.symbols("mu0:2", positive=True)
N = (sp.Integer(1), sp.Symbol("N1", positive=True, integer=True))  # constants are one function
e = sp.symbols("e0:2", positive=True)
learnt = [m / (m + kappa) for m in mu]
size = sum(k * s for k, s in zip(N, learnt, strict=True)) + ridge / kappa
ARGUMENTS = {
    "n": size,
    "kappa": kappa,
    "eigenvalues": np.array(mu, dtype=object),
    "multiplicities": np.array(N, dtype=object),
    "residual_energies": np.array(e, dtype=object),
    "noise_variance": noise,
    "ridge": ridge,
}


def test_error(energies: tuple = e, noise_variance: sp.Expr = noise) -> sp.Expr:
    """V, noise included."""
    V, constant, share = sp.symbols("V constant share")
    missed = sum((1 - s) ** 2 * energy for s, energy in zip(learnt, energies, strict=True))
    spread = sum(k * s**2 for k, s in zip(N, learnt, strict=True)) / size
    (solution,) = sp.solve(sp.Eq(V, constant + share * V), V)
    return solution.subs({constant: missed + noise_variance, share: spread})


def derive() -> sp.Expr:
    return test_error() - noise

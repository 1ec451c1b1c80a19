r"""Shared start of these derivations: the resolvent of the sample covariance, with a probe.

G = (XᵀX + λI + μΣ')⁻¹, rows x_i of X drawn from N(0, Σ), Σ and Σ' diagonal in the same basis. Leaving row i out,
Sherman–Morrison gives G x_i = G_{−i}x_i/(1 + x_iᵀG_{−i}x_i), and x_iᵀG_{−i}x_i concentrates at τ = tr ΣG. Summing
x_i x_iᵀ G over i turns (XᵀX + λ + μΣ')G = I into

    (pΣ + λ + μΣ') G = I,   p = n/(1 + τ),   τ = tr ΣG,

one number p for the whole matrix. κ = λ/p at μ = 0 names it. The probe μ is what reaches squares of G:
G Σ' G = −∂G/∂μ.

Two modes with multiplicities m_i stand for any spectrum; `KAPPA` and `RIDGE` are the free parameters, and n follows.
"""

import numpy as np
import sympy as sp

KAPPA, RIDGE, PROBE, P = sp.symbols("kappa ridge mu p", positive=True)
LEVELS = np.array(sp.symbols("lambda1:3", positive=True), dtype=object)
SIZES = np.array(sp.symbols("m1:3", positive=True, integer=True), dtype=object)
ENERGIES = np.array(sp.symbols("e1:3", nonnegative=True), dtype=object)
TESTED = np.array(sp.symbols("t1:3", nonnegative=True), dtype=object)
NOISE = sp.Symbol("noise_variance", nonnegative=True)


def resolvent(test_levels):
    """Diagonal of G, one entry per mode, in p, λ and μ."""
    return 1 / (P * LEVELS + RIDGE + PROBE * test_levels)


def sample_size():
    """n(κ), from p(1 + τ) = n at μ = 0 and p = λ/κ."""
    trace = sum(SIZES * LEVELS * resolvent(0 * LEVELS))
    return sp.simplify((P * (1 + trace)).subs(P, RIDGE / KAPPA))


def slope_of_p(test_levels):
    """dp/dμ at μ = 0, by differentiating p(1 + τ) = n implicitly at fixed n."""
    count = P * (1 + sum(SIZES * LEVELS * resolvent(test_levels)))
    return (-sp.diff(count, PROBE) / sp.diff(count, P)).subs(PROBE, 0)


def squared(energies, test_levels):
    """δᵀGΣ'Gδ = −d/dμ δᵀGδ, with energies δ² per mode, as a function of κ and λ."""
    form = sum(energies * resolvent(test_levels))
    total = sp.diff(form, PROBE) + sp.diff(form, P) * slope_of_p(test_levels)
    return (-total).subs(PROBE, 0).subs(P, RIDGE / KAPPA)


def bias(energies, test_levels):
    """The noiseless risk λ²δᵀGΣ'Gδ: ridge leaves w0 + (I − λG)δ, so that λGδ is missing."""
    return sp.factor(RIDGE**2 * squared(energies, test_levels))


def variance(test_levels):
    """σ² tr[Σ'G XᵀX G] = σ² tr[Σ'(G − λG²)] = σ² d(λ tr Σ'G)/dλ, along fixed n, at μ = 0."""
    trace = sum(SIZES * test_levels * RIDGE * resolvent(0 * LEVELS)).subs(P, RIDGE / KAPPA)
    count = sample_size()
    slope = -sp.diff(count, RIDGE) / sp.diff(count, KAPPA)
    return sp.factor(NOISE * (sp.diff(trace, RIDGE) + sp.diff(trace, KAPPA) * slope))

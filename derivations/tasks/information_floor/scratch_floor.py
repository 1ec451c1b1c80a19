"""I1: the posterior covariance σ²(XᵀX + λ)⁻¹, λ = dσ²/ρ², has trace ρ²·λs(λ), s the Stieltjes transform."""

import sympy as sp

from ...linear.proportional.stieltjes import DIM, RIDGE, N, transform

SNR = sp.Symbol("snr", positive=True)
ARGUMENTS = {"n": N, "dim": DIM, "snr": SNR}


def derive():
    return sp.simplify((RIDGE * transform()).subs(RIDGE, DIM / SNR))

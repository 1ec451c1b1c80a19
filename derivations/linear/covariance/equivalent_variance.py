"""G2: the variance σ² tr[ΣG XᵀX G], from the derivative of λ tr ΣG in λ."""

from .resolvent import KAPPA, LEVELS, NOISE, RIDGE, SIZES, variance

ARGUMENTS = {
    "kappa": KAPPA,
    "eigenvalues": LEVELS,
    "multiplicities": SIZES,
    "noise_variance": NOISE,
    "ridge": RIDGE,
}


def derive():
    return variance(LEVELS)

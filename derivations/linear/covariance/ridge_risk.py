"""G1 + G2 as a function of n: the sum of bias and variance, with n standing as the n(κ) of a free κ."""

from .resolvent import ENERGIES, LEVELS, NOISE, RIDGE, SIZES, bias, sample_size, variance

ARGUMENTS = {
    "n": sample_size(),
    "eigenvalues": LEVELS,
    "multiplicities": SIZES,
    "displacement": ENERGIES,
    "noise_variance": NOISE,
    "ridge": RIDGE,
}


def derive():
    return bias(ENERGIES, LEVELS) + variance(LEVELS)

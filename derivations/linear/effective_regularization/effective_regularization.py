"""κ(n): n stands as the n(κ) of a free κ, which the formula must find again."""

from ..covariance.resolvent import KAPPA, LEVELS, RIDGE, SIZES, sample_size

ARGUMENTS = {"n": sample_size(), "eigenvalues": LEVELS, "multiplicities": SIZES, "ridge": RIDGE}


def derive():
    return KAPPA

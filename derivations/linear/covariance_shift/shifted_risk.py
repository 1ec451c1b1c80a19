"""G3: the probe carries the test covariance instead of Σ."""

from ..covariance.resolvent import ENERGIES, LEVELS, NOISE, RIDGE, SIZES, TESTED, bias, sample_size, variance

ARGUMENTS = {
    "n": sample_size(),
    "eigenvalues": LEVELS,
    "multiplicities": SIZES,
    "displacement": ENERGIES,
    "test_eigenvalues": TESTED,
    "noise_variance": NOISE,
    "ridge": RIDGE,
}


def derive():
    return bias(ENERGIES, TESTED) + variance(TESTED)

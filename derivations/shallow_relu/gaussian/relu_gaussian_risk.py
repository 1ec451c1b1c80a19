"""A wide ReLU network on N(0, Σ): bias and variance of ridge regression, at the ridge that its kernel puts on it.

n stands as the n(κ) of a free κ; the first layer is trained, which keeps n rational. The ridge is that of `equivalent_ridge` at the trace of Σ, put into the resolvent of
`derivations.linear.covariance.resolvent`. Spectra of effective rank ≥ 20, two modes standing for any number.
"""

from ...linear.covariance.resolvent import ENERGIES, LEVELS, NOISE, RIDGE, SIZES, bias, sample_size, variance
from . import relu_equivalent_ridge as kernel

TRACE = sum(SIZES * LEVELS)
PENALTY = kernel.derive().subs({kernel.trace: TRACE, kernel.second: 0})
ARGUMENTS = {
    "n": sample_size().subs(RIDGE, PENALTY),
    "eigenvalues": LEVELS,
    "multiplicities": SIZES,
    "displacement": ENERGIES,
    "noise_variance": NOISE,
    "trained": (kernel.first, 0),
    "ridge": kernel.ridge,
}
REGIME = 20 * sum(SIZES * LEVELS**2) <= TRACE**2


def derive():
    return (bias(ENERGIES, LEVELS) + variance(LEVELS)).subs(RIDGE, PENALTY)

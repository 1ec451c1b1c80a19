"""G6: a head on z = Bᵀx. The label is y = z·a* + (x·θ − z·a*) + noise with a* = F⁻¹BᵀΣθ, F = BᵀΣB.

The middle term is uncorrelated with z, and Gaussian, hence independent of it: it is noise of variance u while training,
and adds u to the risk when testing. That is checked here on a full 2×2 covariance and one feature; the rest is G1, G2
with Σ = F, δ = a* − a_0 and σ² + u.
"""

import sympy as sp

from .resolvent import ENERGIES, LEVELS, NOISE, RIDGE, SIZES, bias, sample_size, variance

UNEXPLAINED = sp.Symbol("unexplained", nonnegative=True)
ARGUMENTS = {
    "n": sample_size(),
    "eigenvalues": LEVELS,
    "multiplicities": SIZES,
    "displacement": ENERGIES,
    "unexplained": UNEXPLAINED,
    "noise_variance": NOISE,
    "ridge": RIDGE,
}


def residual_covariance():
    """Covariance of the unexplained part with the feature, and the cross term of the test risk."""
    a, b, c, t1, t2, f1, f2, head = sp.symbols("a b c theta1 theta2 f1 f2 head", real=True)
    covariance, teacher, feature = sp.Matrix([[a, b], [b, c]]), sp.Matrix([t1, t2]), sp.Matrix([f1, f2])
    scale = (feature.T * covariance * feature)[0]
    best = (feature.T * covariance * teacher)[0] / scale
    rest = teacher - best * feature
    with_feature = sp.simplify((feature.T * covariance * rest)[0])
    miss = teacher - head * feature
    cross = (miss.T * covariance * miss)[0] - (rest.T * covariance * rest)[0] - scale * (head - best) ** 2
    return with_feature, sp.simplify(cross)


def derive():
    if residual_covariance() != (0, 0):
        raise ArithmeticError("the unexplained part is correlated with the features")
    noisy = variance(LEVELS).subs(NOISE, NOISE + UNEXPLAINED)
    return UNEXPLAINED + bias(ENERGIES, LEVELS) + noisy

"""I8 for two isotropic tasks: the last task's risk in the posterior, with the sample sizes of free precisions."""

import sympy as sp

from ..information_floor.posterior import posterior, sample_size

DIM = sp.Symbol("dim", positive=True, integer=True)
G11, G12, G22 = sp.Symbol("g11", positive=True), sp.Symbol("g12", real=True), sp.Symbol("g22", positive=True)
NOISES = sp.symbols("noise1 noise2", positive=True)
PRECISIONS = sp.symbols("precision1 precision2", positive=True)
GRAM = sp.Matrix([[G11, G12], [G12, G22]])


def risks():
    covariance = posterior(GRAM / DIM, list(PRECISIONS))
    return [DIM * covariance[k, k] for k in range(2)]


ARGUMENTS = {
    "sizes": [sample_size(a, v, e) for a, v, e in zip(PRECISIONS, NOISES, risks(), strict=True)],
    "dim": DIM,
    "gram": GRAM.tolist(),
    "noise_variances": list(NOISES),
}
REGIME = G11 * G22 > G12**2


def derive():
    return risks()[1]

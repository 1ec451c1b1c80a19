"""G7: the target's bias is a quadratic form M in θ_T − ŵ_S; average it over the source set.

E‖θ_T − ŵ_S‖²_M = ‖θ_T − θ_S‖²_M + 2(θ_T − θ_S)ᵀM(θ_S − Eŵ_S) + E‖θ_S − ŵ_S‖²_M, where θ_S − Eŵ_S = λ_S G θ_S is
κ_S/(λ_i + κ_S) in each mode, and the last term is the risk of the source fit under the test covariance M (G3).
"""

import numpy as np
import sympy as sp

from ..covariance.resolvent import ENERGIES, KAPPA, LEVELS, NOISE, RIDGE, SIZES, TESTED, bias, sample_size, variance

SOURCE_KAPPA, SOURCE_RIDGE = sp.symbols("kappa_S ridge_S", positive=True)
SOURCE_NOISE = sp.Symbol("source_noise_variance", nonnegative=True)
SOURCE_LEVELS = np.array(sp.symbols("eta1:3", positive=True), dtype=object)
CROSS = np.array(sp.symbols("x1:3", real=True), dtype=object)
TARGET = np.array(sp.symbols("y1:3", nonnegative=True), dtype=object)
_TO_SOURCE = {KAPPA: SOURCE_KAPPA, RIDGE: SOURCE_RIDGE, NOISE: SOURCE_NOISE} | dict(
    zip(LEVELS, SOURCE_LEVELS, strict=True)
)


def at_source(expression):
    """An expression of the target's problem, for the source's."""
    return expression.subs(_TO_SOURCE, simultaneous=True)


ARGUMENTS = {
    "n": sample_size(),
    "n_source": at_source(sample_size()),
    "eigenvalues": LEVELS,
    "multiplicities": SIZES,
    "source": ENERGIES,
    "cross": CROSS,
    "target": TARGET,
    "noise_variance": NOISE,
    "source_noise_variance": SOURCE_NOISE,
    "ridge": RIDGE,
    "source_ridge": SOURCE_RIDGE,
    "source_eigenvalues": SOURCE_LEVELS,
}


def derive():
    metric = [sp.diff(bias(ENERGIES, LEVELS), e) for e in ENERGIES]
    missing = SOURCE_KAPPA / (SOURCE_LEVELS + SOURCE_KAPPA)
    distance = sum(metric * (TARGET - 2 * CROSS + ENERGIES)) + 2 * sum(metric * (CROSS - ENERGIES) * missing)
    fit = at_source(bias(ENERGIES, TESTED) + variance(TESTED)).subs(dict(zip(TESTED, metric, strict=True)))
    return distance + fit + variance(LEVELS)

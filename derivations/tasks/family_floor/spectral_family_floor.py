"""I8 for two tasks on two modes: the last task's risk under a test covariance, with the sizes of free precisions."""

import sympy as sp

from ..information_floor.posterior import posterior, sample_size
from .family_floor import NOISES, PRECISIONS

COUNTS = sp.symbols("m1:3", positive=True, integer=True)
LEVELS = [sp.symbols(f"s{i}a s{i}b", positive=True) for i in (1, 2)]
TESTED = sp.symbols("t1:3", positive=True)


def _prior(mode):
    first, last = sp.symbols(f"p{mode}a p{mode}b", positive=True)
    cross = sp.Symbol(f"p{mode}c", real=True)
    return sp.Matrix([[first, cross], [cross, last]])


PRIORS = [_prior(mode) for mode in (1, 2)]


def variances(task):
    """V_i of one task, in every mode."""
    return [
        posterior(prior, [a * s for a, s in zip(PRECISIONS, levels, strict=True)])[task, task]
        for prior, levels in zip(PRIORS, LEVELS, strict=True)
    ]


def risk(task, levels):
    return sum(m * s * v for m, s, v in zip(COUNTS, levels, variances(task), strict=True))


ARGUMENTS = {
    "sizes": [sample_size(PRECISIONS[k], NOISES[k], risk(k, [levels[k] for levels in LEVELS])) for k in range(2)],
    "eigenvalues": [list(levels) for levels in LEVELS],
    "multiplicities": list(COUNTS),
    "prior": [prior.tolist() for prior in PRIORS],
    "noise_variances": list(NOISES),
    "test_eigenvalues": list(TESTED),
}
REGIME = sp.And(*(prior.det() > 0 for prior in PRIORS))


def derive():
    return risk(1, TESTED)

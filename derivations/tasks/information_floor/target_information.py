"""I6: what all the data tell about both teachers, less what the source data tell: they know θ_T through θ_S alone."""

import sympy as sp

from ..family_floor import family_floor, family_information
from .scratch_floor import N
from .scratch_information import information
from .two_tasks import DIM, NOISE, PRECISION, PRIOR, SOURCE_NOISE, SOURCE_PRECISION, S, arguments

ARGUMENTS = arguments()
_NAMES = dict(
    zip(
        [*family_floor.GRAM[:2], family_floor.G22, *family_floor.NOISES, *family_floor.PRECISIONS],
        [*(DIM * PRIOR)[:2], (DIM * PRIOR)[3], SOURCE_NOISE, NOISE, SOURCE_PRECISION, PRECISION],
        strict=True,
    )
)


def derive():
    together = family_information.derive().subs(_NAMES, simultaneous=True)
    alone = information(0, S**2 / SOURCE_NOISE).subs(N, ARGUMENTS["n_source"])
    return together - sp.sympify(alone)

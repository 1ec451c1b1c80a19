"""Mean risk of min-norm least squares on the rows of several tasks, every N.

Away from the threshold: its two regimes. At the threshold the weight of noise and of scatter, a multiple of the mean of
1/χ² with one or two degrees of freedom, is infinite.
"""

import sympy as sp

from ...linear.isotropic.min_norm_risk import inverse_mean
from . import pooled_least_squares_risk as above
from . import pooled_min_norm_risk as below
from .exchangeable_rows import dim, misfit, noise, pull, size

ARGUMENTS = below.ARGUMENTS
REGIME = pull < size * misfit  # two groups differ


def derive() -> sp.Expr:
    near = noise * inverse_mean(1), noise * inverse_mean(2)
    return sp.Piecewise(
        (below.derive(), size <= dim - 2),
        (above.derive(), size >= dim + 2),
        (near[0], sp.Eq(size, dim)),
        (near[1], True),
    )

"""X3, least squares: e = GXᵀξ has covariance σ²G, and y − x·w = noise + x·δ − x·e with x·δ independent of e.

first = E[(x·e)(e·Gx)] = σ² tr G² for either kind of row; second = (label noise + misfit + R) tr G².
"""

import sympy as sp

from .one_more_row import gain

RISK, MOVED, NOISE, SOURCE_NOISE = sp.symbols(
    "risk displacement_energy noise_variance source_noise_variance", positive=True
)
ARGUMENTS = {
    "risk": RISK, "displacement_energy": MOVED, "noise_variance": NOISE, "source_noise_variance": SOURCE_NOISE,
}  # fmt: skip


def derive():
    square = sp.Symbol("square", positive=True)  # tr G²
    of_target = gain(NOISE * square, (NOISE + RISK) * square)
    return sp.simplify(gain(NOISE * square, (SOURCE_NOISE + MOVED + RISK) * square) / of_target)

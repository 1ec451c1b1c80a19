"""Isotropic risk of an unbalanced chain of three layers, n ≤ d − 2: means of `parts` in the equation of `chain_retention`.

Y and Y_0 are the squared norms of the first layer at the end and at the start; the energies of target and source that
lead to them are solved for, so that exact points are rational. ρ > 0 where the largest imbalance is at most AY_0.
"""

import sympy as sp

from ..risk import parts
from . import unbalanced_retention as chain_retention

N, DIM = sp.symbols("n dim", integer=True, positive=True)
NULL, FACTOR = parts.null_fraction(N, DIM), parts.noise_factor(N, DIM)
END, START = chain_retention.END, chain_retention.START
_FIT = chain_retention.ARGUMENTS["fit_energy"].subs(chain_retention.NULL, NULL)
SOURCE = chain_retention.SOURCE
TARGET = (_FIT - parts.NOISE * FACTOR) / (1 - NULL)
ARGUMENTS = {
    "n": N,
    "dim": DIM,
    "imbalance": chain_retention.ARGUMENTS["imbalance"],
    "source_energy": SOURCE,
    "cross_energy": parts.CROSS,
    "target_energy": TARGET,
    "noise_variance": parts.NOISE,
}
REGIME = (
    (N < DIM - 1) & (TARGET > 0)
    & (NULL * START > chain_retention.FIRST) & (NULL * START > chain_retention.SECOND)
    & (END > NULL * START)
)  # fmt: skip


def derive():
    rho = chain_retention.derive()
    return NULL * (TARGET - 2 * rho * parts.CROSS + rho**2 * SOURCE) + parts.NOISE * FACTOR

r"""I6: I(θ_T; D_S) = I(θ_S; D_S) − I(θ_S; D_S | θ_T), because D_S depends on θ_T through θ_S alone.

Given θ_T the source teacher is known up to a part with 1 − c² of its variance.
"""

import sympy as sp

from ...linear.proportional.stieltjes import DIM, N
from .scratch_information import information

OVERLAP, S, NOISE = sp.Symbol("overlap", real=True), *sp.symbols("source_norm source_noise_variance", positive=True)
ARGUMENTS = {"n_source": N, "dim": DIM, "overlap": OVERLAP, "source_norm": S, "source_noise_variance": NOISE}


def derive():
    snr = S**2 / NOISE
    return information(snr * (1 - OVERLAP**2), snr)

"""X2: n_eff − n along n, for ridge to an anchor at its best: the posterior of the displacement, D² its prior variance.

The precision a of the data is the free parameter: R = d/(d/D² + a) and n = a(σ² + R).
"""

import sympy as sp

from ..information_floor.posterior import posterior, sample_size
from .effective_samples import DIM, ENERGY, NOISE, samples

MOVED, PRECISION = sp.symbols("displacement_energy precision", positive=True)
RISK = DIM * posterior(sp.Matrix([[MOVED / DIM]]), [PRECISION])[0, 0]
SIZE = sample_size(PRECISION, NOISE, RISK)
ARGUMENTS = {"n": SIZE, "dim": DIM, "displacement_energy": MOVED, "target_energy": ENERGY, "noise_variance": NOISE}


def derive():
    return sp.factor(samples(RISK, ENERGY) - SIZE)

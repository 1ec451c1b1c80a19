"""Risk of a multiple of one ridge update; several add up as in `merged_risks`, with these shares and scatters."""

import numpy as np
import sympy as sp

from ..averages.update_moments import dim, noise
from .tuned_fits import moments, size

kappa, energy = sp.symbols("kappa energy", positive=True)
alpha = sp.Symbol("alpha", real=True)
ARGUMENTS = {
    "sizes": np.array([size(kappa, energy, noise)], dtype=object),
    "dim": dim,
    "gram": np.array([[energy]], dtype=object),
    "noise_variances": np.array([noise], dtype=object),
    "coefficients": np.array([alpha], dtype=object),
}


def derive():
    share, scatter = moments(kappa, energy, noise)
    return energy * (1 - alpha * share) ** 2 + alpha**2 * scatter

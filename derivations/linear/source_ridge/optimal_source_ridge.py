"""The slope of E‖θ_T − ŵ_S‖²_M along the source ridge, n_S fixed.

E = ‖θ_T − θ_S‖²_M + 2(θ_T − θ_S)ᵀM(θ_S − Eŵ_S) + [risk of the fit tested under M], as in `two_stage_risk`, a function of κ and λ.
Along one n_S λ follows κ, dλ/dκ = −(∂n/∂κ)/(∂n/∂λ); the formula is (n_S − df2)²/2 times the total derivative.
"""

import numpy as np
import sympy as sp

from ..covariance.resolvent import ENERGIES, KAPPA, LEVELS, NOISE, RIDGE, SIZES, TESTED, bias, sample_size, variance

CROSS = np.array(sp.symbols("x1:3", real=True), dtype=object)
ARGUMENTS = {
    "kappa": KAPPA,
    "n_source": sample_size(),
    "eigenvalues": LEVELS,
    "multiplicities": SIZES,
    "source": ENERGIES,
    "cross": CROSS,
    "metric": TESTED,
    "source_noise_variance": NOISE,
}


def derive():
    moved = 2 * sum(TESTED * (CROSS - ENERGIES) * KAPPA / (LEVELS + KAPPA))
    distance = moved + bias(ENERGIES, TESTED) + variance(TESTED)
    count = sample_size()
    follows = -sp.diff(count, KAPPA) / sp.diff(count, RIDGE)
    slope = sp.diff(distance, KAPPA) + sp.diff(distance, RIDGE) * follows
    room = count - sum(SIZES * LEVELS**2 / (LEVELS + KAPPA) ** 2)
    return room**2 / 2 * slope

r"""U6: what one of n ≤ d − 2 samples moves the minimum-norm fit.

Without row i the weights lose their part along u, the unit vector of x_i beside the other rows. u is uniform: E(u·θ)² =
‖θ‖²/d. The noise along u is σ²(K⁻²)_ii/(K⁻¹)_ii = σ²(K⁻¹)_ii(1 + ‖β‖²), K = XXᵀ, with β the coefficients of x_i on the
other rows: 1/(K⁻¹)_ii is the squared length of x_i beside them, χ² with d − n + 1 degrees of freedom, and independent of
the part along them, for which E‖β‖² = E tr K₋ᵢ⁻¹: n − 1 diagonal entries of that kind, of n − 1 rows.
"""

import sympy as sp

from ...linear.frozen_features.inverse_chi_square import inverse_mean

N, DIM = sp.symbols("n dim", positive=True, integer=True)
ENERGY, NOISE = sp.symbols("target_energy noise_variance", positive=True)
ARGUMENTS = {"n": N, "dim": DIM, "target_energy": ENERGY, "noise_variance": NOISE}
REGIME = N <= DIM - 2


def diagonal_of_inverse(rows):
    return inverse_mean(DIM - rows + 1)


def derive():
    coefficients = (N - 1) * diagonal_of_inverse(N - 1)
    return sp.factor(ENERGY / DIM + NOISE * diagonal_of_inverse(N) * (1 + coefficients))

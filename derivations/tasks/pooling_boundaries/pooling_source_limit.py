"""n_S at which the pooled min-norm fit and the target alone have equal risk, N ≤ d − 2, besides n_S = 0.

Their difference, times d − N − 1 and over n_S, is linear in n_S: its second difference vanishes. The pooled fit wins below the root where D² is smaller
than ‖θ_T − w0‖²: its risk rises to the peak at N = d.
"""

import sympy as sp

from .affine_risks import alone, dim, distance, energy, n, n_source, pooled, source_variance, variance

ARGUMENTS = {
    "n": n, "dim": dim, "displacement_energy": energy, "distance_squared": distance, "noise_variance": variance,
    "source_noise_variance": source_variance,
}  # fmt: skip
REGIME = (n <= dim - 3) & (distance < energy)


def derive() -> sp.Expr:
    difference = (pooled(few=True) - alone(few=True)) * (dim - n - n_source - 1) / n_source
    first, second, third = (difference.subs(n_source, size) for size in (1, 2, 3))
    for part in (energy, distance, variance, source_variance):  # everything is linear in these
        if sp.cancel(sp.together(sp.diff(first - 2 * second + third, part))) != 0:
            raise ArithmeticError("the equation must be linear in the source's size")
    return 1 + first / (first - second)

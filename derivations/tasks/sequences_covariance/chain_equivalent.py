r"""The first task after a stage on the second, two modes, from the resolvent of each stage; w0 = 0, λ_k > 0.

A stage leaves θ_k + λG(w − θ_k) + G Xᵀξ. Under any diagonal metric T, its spread about the mean θ_k + A(w − θ_k),
A = κ(Σ+κ)⁻¹, is E‖λG(w−θ_k)‖²_T + E‖GXᵀξ‖²_T − ‖A(w−θ_k)‖²_T, and the first two are `bias` and `variance` under T.
They are linear in the energies of w − θ_k, which the next stage averages over the one before.
"""

from functools import cache

import numpy as np
import sympy as sp

from ...linear.covariance.resolvent import (
    ENERGIES,
    KAPPA,
    LEVELS,
    NOISE,
    RIDGE,
    SIZES,
    TESTED,
    bias,
    sample_size,
    variance,
)

_K = range(2)
KAPPAS, RIDGES = sp.symbols("kappa1:3", positive=True), sp.symbols("ridge1:3", positive=True)
NOISES = sp.symbols("v1:3", nonnegative=True)
SPECTRA = [np.array(sp.symbols(f"lambda{k}1:{k}3", positive=True), dtype=object) for k in (1, 2)]
_x = sp.symbols("x1:5", real=True)
TEACHERS = [[sp.Matrix(_x[2 * k + i : 2 * k + i + 1]) for i in _K] for k in _K]  # θ_k in mode i, along one direction
GRAM = np.array([[[(TEACHERS[j][i].T * TEACHERS[k][i])[0] for k in _K] for j in _K] for i in _K], dtype=object)


def of_stage(expression, k):
    """An expression of `resolvent` with the symbols of stage k."""
    symbols = {KAPPA: KAPPAS[k], RIDGE: RIDGES[k], NOISE: NOISES[k]} | dict(zip(LEVELS, SPECTRA[k], strict=True))
    return sp.sympify(expression).subs(symbols, simultaneous=True)


ARGUMENTS = {
    "sizes": np.array([of_stage(sample_size(), k) for k in _K], dtype=object),
    "eigenvalues": np.array([list(levels) for levels in SPECTRA], dtype=object),
    "multiplicities": SIZES,
    "gram": GRAM,
    "noise_variances": np.array(NOISES, dtype=object),
    "ridges": np.array(RIDGES, dtype=object),
    "at": (2, 0),
}


def left(k):
    return [KAPPAS[k] / (level + KAPPAS[k]) for level in SPECTRA[k]]


@cache
def under_any_metric(k):
    """Bias and variance of stage k, linear in the metric `TESTED` and in the energies `ENERGIES`."""
    return of_stage(bias(ENERGIES, TESTED) + variance(TESTED), k)


def spread(k, energies, metric):
    """E‖w − E w‖²_T after stage k, given the energies of w_before − θ_k per mode."""
    given = dict(zip(TESTED, metric, strict=True)) | dict(zip(ENERGIES, energies, strict=True))
    total = under_any_metric(k).subs(given, simultaneous=True)
    return total - sum(t * a**2 * e for t, a, e in zip(metric, left(k), energies, strict=True))


def length(vector):
    return (vector.T * vector)[0]


def derive():
    unit = [[1, 0], [0, 1]]
    zero = [sp.zeros(1, 1)] * 2
    start = [[length(zero[i] - TEACHERS[j][i]) for i in _K] for j in _K]
    first_mean = [(1 - left(0)[i]) * TEACHERS[0][i] for i in _K]

    def after_first(metric, vectors):
        """E Σ_i T_i‖w_1 − vector_i‖²."""
        clean = sum(metric[i] * length(first_mean[i] - vectors[i]) for i in _K)
        return clean + spread(0, start[0], metric)

    def after_second(j):
        metric, a = SPECTRA[j], left(1)
        # A w_1 + (1 − A)θ_2 − θ_j = A(w_1 − goal), mode by mode
        goals = [(TEACHERS[j][i] - (1 - a[i]) * TEACHERS[1][i]) / a[i] for i in _K]
        clean = after_first([metric[i] * a[i] ** 2 for i in _K], goals)
        energies = [after_first(unit[i], TEACHERS[1]) for i in _K]
        return clean + spread(1, energies, metric)

    return after_second(0)

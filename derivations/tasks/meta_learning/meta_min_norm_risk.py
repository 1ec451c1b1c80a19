r"""The outer fit, one validation row x a task: affine in the start w, x·w_adapted = z·w + (a/n_t)(Xx)·y, z = (I − aS)x.

Its label, less what w* explains, is z·(deviation) + ξ_v − (a/n_t)(Xx)·ξ: noise of variance ‖z‖²ν²/d + σ²(1 + a²‖Xx‖²/n_t²).
Rows z of different tasks are independent and uniform in direction: the row space is a uniform projector, which gives the
first term, and at d → ∞ their lengths concentrate, ‖z‖² → s_a d with s_a = E uᵀ(I − aS)²u: rows √s_a·N(0, I).
"""

import sympy as sp

from ...linear.frozen_features.inverse_chi_square import inverse_gram_trace
from .one_step import a, dim, first_moment, second_moment

N = sp.Symbol("n", nonnegative=True, integer=True)
n_t = sp.Symbol("n_inner", positive=True, integer=True)
common, deviation, noise = sp.symbols("common_energy task_variance noise_variance", positive=True)
ARGUMENTS = {
    "n": N, "n_inner": n_t, "dim": dim, "step": a, "common_energy": common, "task_variance": deviation,
    "noise_variance": noise,
}  # fmt: skip
REGIME = dim - 2 >= N


def row():
    """s_a, and the label noise of a row of it: E‖Xx‖² = n_t d, both means per coordinate."""
    length = 1 - 2 * a * first_moment() + a**2 * second_moment(n_t)
    return length, deviation * length + noise * (1 + a**2 * n_t * dim * first_moment() / n_t**2)


def derive():
    length, label = row()
    return (1 - N / dim) * common + label / length * inverse_gram_trace(dim, N)

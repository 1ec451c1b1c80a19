"""Moments of S = XᵀX/n, X n × d standard normal: shared start of the derivations of one inner step."""

import sympy as sp

from ..estimators.gaussian_moments import expectation, g, w

a = sp.Symbol("step", real=True)
n, dim = sp.symbols("n dim", positive=True, integer=True)
energy, noise = sp.symbols("start_energy noise_variance", positive=True)


def second_moment(samples):
    """E uᵀS²u for a unit vector u: pairs of rows, equal and different; g = x·u, ‖x‖² = g² + w with w ~ χ²_{d−1}."""
    same = expectation(g**2 * (g**2 + w), dim - 1)
    # two rows: E (x·u)(x·x')(x'·u) = uᵀ E[xxᵀ] E[x'x'ᵀ] u = 1
    different = expectation(g**2, dim - 1) ** 2
    return sp.factor((samples * same + samples * (samples - 1) * different) / samples**2)


def first_moment():
    return expectation(g**2, dim - 1)

"""Finite-size closure, n ≤ d − 2: the means of `parts` at finite n and d in place of their limits."""

import sympy as sp

from . import parts

N, DIM = sp.symbols("n dim", integer=True, positive=True)
NULL, FACTOR = parts.null_fraction(N, DIM), parts.noise_factor(N, DIM)
TARGET = parts.target_energy(NULL, parts.NOISE * FACTOR, 1 - NULL)
ARGUMENTS = {
    "n": N,
    "dim": DIM,
    "depth": parts.DEPTH,
    "source_energy": parts.SOURCE,
    "cross_energy": parts.CROSS,
    "target_energy": TARGET,
    "noise_variance": parts.NOISE,
}
REGIME = (N < DIM - 1) & (TARGET > 0) & (parts.DEPTH < 7)


def derive():
    return parts.risk(NULL, parts.NOISE * FACTOR, TARGET)

"""Closure of a fitted source for n, n_S ≤ d − 2: means of the fit's energies in place of those of the source.

ŵ_S = P_Sθ_S + σ_SX_S⁺ξ_S: its mean energy is that of the seen share plus the noise, its mean product with θ_T that of
the seen share. As in `parts`, the target energy is solved for, and here the source energy with it: W = h-energy is given.
"""

import sympy as sp

from ..risk import parts

N, SAMPLES, DIM = sp.symbols("n n_source dim", integer=True, positive=True)
NULL, FACTOR = parts.null_fraction(N, DIM), parts.noise_factor(N, DIM)
SEEN, SPREAD = 1 - parts.null_fraction(SAMPLES, DIM), parts.noise_factor(SAMPLES, DIM)
SOURCE_NOISE = sp.Symbol("source_noise_variance", positive=True)
FITTED = parts.SOURCE  # W, the energy of the fit
TARGET = parts.target_energy(NULL, parts.NOISE * FACTOR, 1 - NULL)
SOURCE = sp.solve(SEEN * sp.Symbol("s2") + SOURCE_NOISE * SPREAD - FITTED, sp.Symbol("s2"))[0]
ARGUMENTS = {
    "n": N,
    "n_source": SAMPLES,
    "dim": DIM,
    "depth": parts.DEPTH,
    "source_energy": SOURCE,
    "cross_energy": parts.CROSS,
    "target_energy": TARGET,
    "noise_variance": parts.NOISE,
    "source_noise_variance": SOURCE_NOISE,
}
REGIME = (N < DIM - 1) & (SAMPLES < DIM - 1) & (TARGET > 0) & (SOURCE > 0) & (parts.DEPTH < 7)


def derive():
    risk = parts.risk(NULL, parts.NOISE * FACTOR, TARGET)
    return risk.subs(parts.CROSS, SEEN * parts.CROSS)

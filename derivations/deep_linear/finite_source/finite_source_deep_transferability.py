"""Transferability from a fitted source, γ_S < 1: the gain of `parts` with the energies of `fitted_source`."""

import sympy as sp

from ..risk import parts
from ..risk.deep_fine_tuning_risk import FACTOR, GAMMA, NULL
from . import fitted_source

ENERGY, OVERLAP = (value.args[0][0] for value in fitted_source.derive())
TARGET = parts.target_energy(NULL, parts.NOISE * FACTOR, 1 - NULL).subs(parts.SOURCE, ENERGY)
ARGUMENTS = {
    "gamma": GAMMA,
    "depth": parts.DEPTH,
    "target_energy": TARGET,
    "noise_variance": parts.NOISE,
    **fitted_source.ARGUMENTS,
}
REGIME = (GAMMA < 1) & (fitted_source.GAMMA < 1) & (TARGET > 0) & (parts.DEPTH < 6)


def derive():
    energy, overlap = sp.Symbol("W"), sp.Symbol("o")
    gain = parts.gain(NULL).subs({parts.SOURCE: energy, parts.CROSS: overlap})
    return gain.subs({energy: ENERGY, overlap: OVERLAP})

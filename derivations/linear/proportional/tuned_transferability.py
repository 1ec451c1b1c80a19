"""R2 twice: the tuned risk with ‖δ‖² = t² minus that with ‖δ‖² = s² − 2stc + t²."""

import sympy as sp

from . import tuned_ridge_risk
from .stieltjes import DIM, ENERGY, NOISE, N

SOURCE, TARGET = sp.symbols("source_energy target_energy", positive=True)
CROSS = sp.Symbol("cross_energy", real=True)
ARGUMENTS = {
    "n": N,
    "dim": DIM,
    "source_energy": SOURCE,
    "cross_energy": CROSS,
    "target_energy": TARGET,
    "noise_variance": NOISE,
}
REGIME = CROSS**2 < SOURCE * TARGET


def derive():
    risk = tuned_ridge_risk.derive()
    return risk.subs(ENERGY, TARGET) - risk.subs(ENERGY, SOURCE - 2 * CROSS + TARGET)

"""γ as a function of ν = ‖w_∞‖/‖w0‖, noiseless: the equation ν² = γτ² + (1 − γ)ν^{2−2/L} is linear in γ."""

import sympy as sp

NORM, DEPTH, SOURCE, TARGET = sp.symbols("norm_ratio depth source_energy target_energy", positive=True)
ARGUMENTS = {"norm_ratio": NORM, "depth": DEPTH, "source_energy": SOURCE, "target_energy": TARGET}


def derive():
    gamma = sp.Symbol("gamma")
    fit, kept = gamma * TARGET, (1 - gamma) * NORM ** (2 - 2 / DEPTH) * SOURCE
    (solution,) = sp.solve(fit + kept - NORM**2 * SOURCE, gamma)
    return solution

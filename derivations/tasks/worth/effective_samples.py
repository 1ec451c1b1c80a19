"""X1: the sample size of a given risk, for one teacher alone: n = a(σ² + R), where d/(d/t² + a) = R."""

import sympy as sp

from ..information_floor.posterior import posterior, sample_size

DIM = sp.Symbol("dim", positive=True, integer=True)
RISK, ENERGY, NOISE = sp.symbols("risk target_energy noise_variance", positive=True)
ARGUMENTS = {"risk": RISK, "dim": DIM, "target_energy": ENERGY, "noise_variance": NOISE}
REGIME = RISK < ENERGY


def samples(risk, energy):
    """n of the best ridge, which is the posterior mean, at this risk."""
    precision = sp.Dummy("precision")
    left = DIM * posterior(sp.Matrix([[energy / DIM]]), [precision])[0, 0]
    (found,) = sp.solve(left - risk, precision)
    return sample_size(found, NOISE, risk)


def derive():
    return samples(RISK, ENERGY)

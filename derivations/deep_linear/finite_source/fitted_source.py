"""Energies of a min-norm or least-squares source fit in the proportional limit.

ŵ_S = Pθ_S + X⁺ξσ_S: its energy is (n_S/d)s² + σ_S²n_S/(d − n_S − 1) below d, and s² + σ_S²d/(n_S − d − 1) above
(the inverse moments of χ² of `parts`, with rows and columns exchanged); its overlap with θ_T is the share of θ_S that
is seen.
"""

import sympy as sp

from ..risk import parts

GAMMA, SOURCE, NOISE = sp.symbols("gamma_source source_energy source_noise_variance", positive=True)
CROSS = sp.Symbol("cross_energy", real=True)
ARGUMENTS = {
    "gamma_source": GAMMA,
    "source_energy": SOURCE,
    "cross_energy": CROSS,
    "source_noise_variance": NOISE,
}


def derive():
    d = sp.Symbol("d", positive=True)
    seen = sp.limit(1 - parts.null_fraction(GAMMA * d, d), d, sp.oo)
    few = sp.limit(parts.noise_factor(GAMMA * d, d), d, sp.oo)
    many = sp.limit(parts.noise_factor(d, GAMMA * d), d, sp.oo)
    below, above = (seen * SOURCE + NOISE * few, seen * CROSS), (SOURCE + NOISE * many, CROSS)
    return tuple(sp.Piecewise((a, GAMMA < 1), (b, GAMMA > 1)) for a, b in zip(below, above, strict=True))

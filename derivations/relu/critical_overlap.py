"""Overlap at which fine-tuning a finitely trained source is as good as training from scratch.

The target stage misses (1−s_kT)² of every residual energy and adds the same noise whatever it starts from, and both are
raised by the same factor 1/(1 − df₂/n): the starts are compared by Σ_k (1−s_kT)² e_k alone, linear in the overlap.
"""

import numpy as np
import sympy as sp

from derivations.relu import residual_energies

source_side = residual_energies
kappa = sp.Symbol("kappa", positive=True)
kappa_source = sp.Symbol("kappa_source", positive=True)
overlap = sp.Symbol("c")
ARGUMENTS = {
    "kappa": kappa,
    "kappa_source": kappa_source,
    "eigenvalues": np.array(source_side.mu, dtype=object),
    "multiplicities": np.array(source_side.N, dtype=object),
    "source_energy": source_side.source,
    "target_energy": source_side.target,
    "source_noise_variance": source_side.noise,
    "ridge": source_side.ridge,
}


def derive() -> sp.Expr:
    energies = [e.subs(source_side.kappa, kappa_source) for e in source_side.derive()]
    missed = [kappa / (m + kappa) for m in source_side.mu]
    tuned = sum(m**2 * e for m, e in zip(missed, energies, strict=True))
    cross = overlap * sp.sqrt(source_side.source * source_side.target)
    equation = tuned.subs(source_side.cross, cross) - missed[1] ** 2 * source_side.target
    constant, slope = equation.subs(overlap, 0), equation.diff(overlap)
    return -constant / slope

"""Overlap at which fine-tuning a finitely trained source is as good as training from scratch.

The target stage misses (1−s_kT)² of every residual energy and adds the same noise whatever it starts from, and both are
raised by the same factor 1/(1 − df₂/n): the starts are compared by Σ_k (1−s_kT)² e_k alone, linear in the overlap.
"""

import numpy as np
import sympy as sp

from . import relu_two_stage_energies as residual_energies

source_side = residual_energies
kappa = sp.Symbol("kappa", positive=True)
kappa_source = sp.Symbol("kappa_source", positive=True)
overlap = sp.Symbol("c")
t = sp.Symbol("t", positive=True)  # the root of the target energy, so that no square root is left
# In units of the first eigenvalue and of the source energy; both only set a scale.
UNITS = {source_side.mu[0]: 1}
VALUES = [sp.sympify(m).subs(UNITS) for m in source_side.mu]
ARGUMENTS = {
    "kappa": kappa,
    "kappa_source": kappa_source,
    "eigenvalues": np.array(VALUES, dtype=object),
    "multiplicities": np.array(source_side.N, dtype=object),
    "source_energy": sp.Integer(1),
    "target_energy": t**2,
    "source_noise_variance": source_side.noise,
    "ridge": source_side.ridge,
}


def derive() -> sp.Expr:
    roots = {source_side.source: 1, source_side.target: t**2, source_side.cross: overlap * t, **UNITS}
    energies = [e.subs(source_side.kappa, kappa_source).subs(roots) for e in source_side.derive()]
    missed = [kappa / (m + kappa) for m in VALUES]
    # Relative to degree 1, the only degree that a new network starts with.
    tuned = sum((m / missed[1]) ** 2 * e for m, e in zip(missed, energies, strict=True))
    equation = tuned - t**2
    constant, slope = equation.subs(overlap, 0), equation.diff(overlap)
    return -constant / slope

"""U3 in leverage and residual: the divergence of two Gaussian posteriors, in coordinates that make the older one round.

The divergence does not depend on coordinates: the precision without the row is 1/σ² times the identity, the mean without it
is 0, and the row is x = (u, 0). Then h = u²/(1 + u²) and r = y/(1 + u²), which are solved for u and y.
"""

import sympy as sp

from .two_samples import NOISE, divergence

LEVERAGE, RESIDUAL = sp.Symbol("leverage", positive=True), sp.Symbol("residual", real=True)
ARGUMENTS = {"leverage": LEVERAGE, "residual": RESIDUAL, "noise_variance": NOISE**2}
REGIME = LEVERAGE < 1


def row():
    """u² and y."""
    square, label = sp.symbols("square label")
    (found,) = sp.solve([square / (1 + square) - LEVERAGE, label / (1 + square) - RESIDUAL], [square, label], dict=True)
    return found[square], found[label]


def derive():
    square, label = row()
    x = sp.Matrix([sp.sqrt(square), 0])
    precision = sp.eye(2) + x * x.T
    return divergence(precision, precision.inv() * x * label, sp.eye(2), sp.zeros(2, 1))

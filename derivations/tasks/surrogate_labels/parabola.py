"""The risk against θ of ridge on labels Xθˢ, as a parabola in θˢ, from the resolvent of `linear.covariance`, two modes.

ŵ = θˢ − λGθˢ, so the risk is ‖θˢ − θ‖² − 2λ(θˢ − θ)ᵀΣGθˢ + λ²θˢᵀGΣGθˢ, with E G and E GΣG diagonal.
"""

import numpy as np
import sympy as sp

from ...linear.covariance.resolvent import KAPPA, LEVELS, PROBE, RIDGE, SIZES, P, resolvent, sample_size, squared

TRUE = np.array(sp.symbols("theta1:3", positive=True), dtype=object)
LABELLED = np.array(sp.symbols("surrogate1:3", real=True), dtype=object)


def risk():
    mean = [RIDGE * g.subs(PROBE, 0).subs(P, RIDGE / KAPPA) for g in resolvent(0 * LEVELS)]
    apart = LABELLED - TRUE
    first = sum(LEVELS * apart * (apart - 2 * np.array(mean) * LABELLED))
    return first + RIDGE**2 * squared(LABELLED**2, LEVELS)


def best():
    """θˢ where both slopes vanish."""
    found, slopes = [], [sp.diff(risk(), x) for x in LABELLED]
    for slope, x in zip(slopes, LABELLED, strict=True):
        if any(sp.cancel(sp.diff(slope, y)) != 0 for y in LABELLED if y != x):
            raise ArithmeticError("the modes must not couple")
        found.append(sp.factor(-slope.subs(x, 0) / sp.diff(slope, x)))
    return found


MODES = {"n": sample_size(), "eigenvalues": LEVELS, "multiplicities": SIZES, "ridge": RIDGE}

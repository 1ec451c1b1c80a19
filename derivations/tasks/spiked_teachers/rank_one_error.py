"""T14: min over a of ‖a ûv̂ᵀ − θuvᵀ‖² = θ² + a² − 2aθ(û·u)(v̂·v), the cosines from `outlier`."""

import sympy as sp

from .outlier import ARGUMENTS, REGIME, SIGNAL, outlier

__all__ = ["ARGUMENTS", "REGIME", "derive"]


def derive():
    (_, output, inner), size = outlier(), sp.Symbol("size", real=True)
    error = SIGNAL**2 + size**2 - 2 * size * SIGNAL * sp.sqrt(output * inner)
    (best,) = sp.solve(sp.diff(error, size), size)
    return sp.factor(error.subs(size, best))

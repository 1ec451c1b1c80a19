"""Energies of a mixed shift, in coordinates: two features and one direction that they do not see.

θ_S = s·e_1, the target c·θ_S + s√(1−c²)(√ρ e_2 + √(1−ρ) e_3); B reads the first two coordinates.
"""

import sympy as sp

c, rho, s = sp.symbols("overlap mix head_norm", positive=True)
ARGUMENTS = {"overlap": c, "mix": rho, "head_norm": s}
REGIME = (c < 1) & (rho < 1)


def derive() -> tuple[sp.Expr, ...]:
    source = sp.Matrix([s, 0, 0])
    aside = sp.Matrix([0, sp.sqrt(rho), sp.sqrt(1 - rho)])
    target = c * source + s * sp.sqrt(1 - c**2) * aside
    features = sp.eye(3)[:2, :]
    gap = target - source
    seen, missed = features * target, features * gap
    explained = seen.dot(seen)
    parts = (gap.dot(gap), target.dot(target) - explained, explained, missed.dot(missed))
    return tuple(sp.expand(part) for part in parts)

"""γ < 1 where min-norm fine-tuning and a head on few frozen features have equal risk: a quadratic equation.

The roots are the ends of the window where fine-tuning wins; they are real and in (0, 1) under REGIME.
"""

import sympy as sp

from ..head_boundaries.risk_limits import few_samples, gamma, narrow_head

distance, u, noise = sp.symbols("displacement_energy unexplained noise_variance", positive=True)
ARGUMENTS = {"displacement_energy": distance, "unexplained": u, "noise_variance": noise}
REGIME = (distance > u) & ((u + noise) ** 2 > 4 * distance * noise) & (u + noise < 2 * distance)


def roots() -> list[sp.Expr]:
    equation = sp.together(few_samples(distance, noise) - narrow_head(u, noise))
    both = sp.solve(sp.numer(equation), gamma)
    sample = {distance: 1, u: sp.Rational(3, 4), noise: sp.Rational(1, 100)}  # tells the smaller from the larger
    return sorted(both, key=lambda root: root.subs(sample))


def derive() -> sp.Expr:
    return roots()[0]

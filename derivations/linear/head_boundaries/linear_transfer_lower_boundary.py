"""γ < 1 where a head on few frozen features and min-norm scratch have equal risk: a quadratic equation.

The roots are the ends of the window where transfer hurts. They are real and positive iff t − √e > σ.
"""

import sympy as sp

from .risk_limits import few_samples, gamma, narrow_head

e, u, noise = sp.symbols("explained unexplained noise_variance", positive=True)
ARGUMENTS = {"explained": e, "unexplained": u, "noise_variance": noise}
REGIME = sp.sqrt(e + u) - sp.sqrt(e) > sp.sqrt(noise)


def roots() -> list[sp.Expr]:
    equation = sp.together(few_samples(e + u, noise) - narrow_head(u, noise))
    both = sp.solve(sp.numer(equation), gamma)
    sample = {e: 1, u: 3, noise: sp.Rational(1, 16)}  # tells the smaller from the larger
    return sorted(both, key=lambda root: root.subs(sample))


def derive() -> sp.Expr:
    return roots()[0]

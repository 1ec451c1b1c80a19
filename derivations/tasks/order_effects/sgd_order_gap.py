"""d = 1: n steps take the second moment x to v + aⁿ(x − v); two tasks in both orders from the same start."""

import sympy as sp

from ..sgd_sequences.moments import B, eta, step

n = sp.Symbol("n", positive=True, integer=True)
LEVELS = sp.symbols("first_eigenvalue second_eigenvalue", positive=True)
noise = sp.Symbol("noise_variance", nonnegative=True)
ARGUMENTS = {
    "n": n, "first_eigenvalue": LEVELS[0], "second_eigenvalue": LEVELS[1], "noise_variance": noise, "step_size": eta,
    "batch": B,
}  # fmt: skip
REGIME = sp.And(B >= 1, *(eta * level * (1 + 2 / B) < 2 for level in LEVELS))


def after(x, level):
    y = sp.Symbol("y")
    one = sp.expand(step(sp.Matrix([[y]]), sp.zeros(1, 1), [level], noise)[0][0, 0])
    slope, constant = one.coeff(y, 1), one.coeff(y, 0)
    fixed = constant / (1 - slope)
    return fixed + slope**n * (x - fixed)


def derive():
    start = sp.Symbol("start")
    gap = sp.expand(after(after(start, LEVELS[0]), LEVELS[1]) - after(after(start, LEVELS[1]), LEVELS[0]))
    return gap.subs(start, 0) if sp.expand(gap.coeff(start, 1)) == 0 else sp.nan

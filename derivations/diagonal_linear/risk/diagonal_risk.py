"""The lazy limit, one scale: q_k(z) → z²/(2√k), so that the proximal point is linear, η(h) = h/(1 + ω/√k)."""

import numpy as np
import sympy as sp

n = sp.Symbol("n", integer=True, positive=True)
b = sp.symbols("b1:7", real=True)
noise = sp.Symbol("noise_variance", positive=True)
LARGE = 10**9  # √k, beside numbers of order one
ARGUMENTS = {
    "n": n, "target": np.array(b, dtype=object), "root_k": np.array([LARGE] * len(b), dtype=object), "noise_variance": noise,
}  # fmt: skip
REGIME = n < len(b)


def derive() -> sp.Expr:
    d = len(b)
    gamma, error, omega, root = sp.symbols("gamma E omega r", positive=True)
    slope = 1 / (1 + omega / root)
    (strength,) = sp.solve(sp.Eq(slope, gamma), omega)
    shrunk = sp.simplify(slope.subs(omega, strength))
    spread = error / gamma + noise / n
    energy = sum(x**2 for x in b) / d
    (found,) = sp.solve(sp.Eq(error, (1 - shrunk) ** 2 * energy + shrunk**2 * spread), error)
    return sp.simplify(d * found.subs(gamma, n / sp.Integer(d)))

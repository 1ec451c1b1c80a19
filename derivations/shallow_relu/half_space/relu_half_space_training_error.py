"""Mean squared residual of least squares on two half-spaces: each side's residual projector has trace m − d."""

import sympy as sp

n, dim, rows = sp.symbols("n dim n_positive", positive=True, integer=True)
noise = sp.Symbol("noise_variance", positive=True)
ARGUMENTS = {"n": n, "dim": dim, "noise_variance": noise}


def derive() -> sp.Expr:
    left = sum(noise * (m - dim) for m in (rows, n - rows))
    return sp.expand(left) / n

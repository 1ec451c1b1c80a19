"""Two tasks, sums of their updates: risk on either, from mean and scatter of each update.

Both fits have few rows (n ≤ d − 2), or both have many, or the first few and the second many: three regimes stand for all.
The errors of the two fits are independent.
"""

import numpy as np
import sympy as sp

from ..averages.update_moments import dim, scatter

SIZES = sp.symbols("n1:3", positive=True, integer=True)
NOISES = sp.symbols("v1:3", positive=True)
FACTOR = sp.Matrix([[sp.Symbol("l1", positive=True), 0], [sp.Symbol("l2", real=True), sp.Symbol("l3", positive=True)]])
GRAM = FACTOR * FACTOR.T
ALPHA = sp.symbols("alpha1:3", real=True)
ARGUMENTS = {
    "sizes": np.array(SIZES, dtype=object),
    "dim": dim,
    "gram": np.array(GRAM.tolist(), dtype=object),
    "noise_variances": np.array(NOISES, dtype=object),
}
REGIMES = {
    (True, True): (SIZES[0] <= dim - 2) & (SIZES[1] <= dim - 2),
    (False, False): (SIZES[0] >= dim + 2) & (SIZES[1] >= dim + 2),
    (True, False): (SIZES[0] <= dim - 2) & (SIZES[1] >= dim + 2),
}
REGIME = sp.Or(*REGIMES.values())


def fits(few: tuple[bool, bool]) -> tuple[sp.Matrix, sp.Matrix]:
    """Diagonal matrices of the p_k and of the scatters."""
    pairs = [scatter(n, dim, GRAM[k, k], v, f) for k, (n, v, f) in enumerate(zip(SIZES, NOISES, few, strict=True))]
    return sp.diag(*(p for p, _ in pairs)), sp.diag(*(spread for _, spread in pairs))


def risk(task: int, few: tuple[bool, bool]) -> sp.Expr:
    """‖δ_i − Σα_kp_kδ_k‖² + Σα_k²·scatter_k, through the inner products of the δ_k."""
    shares, spreads = fits(few)
    alpha = sp.Matrix(ALPHA)
    left = sp.Matrix([int(k == task) for k in range(2)]) - shares * alpha
    return (left.T * GRAM * left + alpha.T * spreads * alpha)[0]


def best(objective: sp.Expr) -> list[sp.Expr]:
    """The coefficients where both derivatives vanish."""
    square = sp.Matrix(2, 2, lambda i, j: sp.diff(objective, ALPHA[i], ALPHA[j]))
    constant = sp.Matrix([sp.diff(objective, a).subs(dict.fromkeys(ALPHA, 0)) for a in ALPHA])
    determinant = square[0, 0] * square[1, 1] - square[0, 1] ** 2
    adjugate = sp.Matrix([[square[1, 1], -square[0, 1]], [-square[0, 1], square[0, 0]]])
    return list(-adjugate * constant / determinant)


def by_regime(result) -> dict[str, sp.Expr]:
    """Named results(few) in the three regimes."""
    found = {few: result(few) for few in REGIMES}
    names = next(iter(found.values()))
    return {name: sp.Piecewise(*((found[few][name], on) for few, on in REGIMES.items())) for name in names}

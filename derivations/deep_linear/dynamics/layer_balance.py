"""Gradient flow of a product of matrices conserves W_lᵀW_l − W_{l+1}W_{l+1}ᵀ, at any depth.

Let P = W_1…W_{l−1} be everything before layer l, S = W_{l+2}…W_L everything after layer l + 1, and G the gradient of
the loss in the product. The chain rule gives W_l' = −Pᵀ G (W_{l+1}S)ᵀ and W_{l+1}' = −(P W_l)ᵀ G Sᵀ. P, S and G are
matrix symbols of arbitrary shape, so the depth never enters: the derivative of the difference cancels. For rank one,
P = 1 and u the only column of W_1, the same rule says that u' is a multiple of G, so that Qu stands still wherever the
gradient lies in the row space.
"""

import numpy as np
import sympy as sp

FIRST, SECOND, THIRD = sp.symbols("w1 w2 w3", positive=True)
ARGUMENTS = {"layers": [np.array([[w]], dtype=object) for w in (FIRST, SECOND, THIRD)]}


def rate_of_change() -> sp.MatrixExpr:
    """d/dt (W_lᵀW_l − W_{l+1}W_{l+1}ᵀ) along the flow, for matrices of any shape."""
    d, i, j, k = sp.symbols("d i j k", integer=True, positive=True)
    before, here, after, rest = (
        sp.MatrixSymbol(name, *shape) for name, shape in (("P", (d, i)), ("W", (i, j)), ("V", (j, k)), ("S", (k, 1)))
    )
    gradient = sp.MatrixSymbol("G", d, 1)
    move = -before.T * gradient * (after * rest).T
    next_move = -((before * here).T) * gradient * rest.T
    change = move.T * here + here.T * move - next_move * after.T - after * next_move.T
    return sp.expand(change.doit()).doit()


def derive():
    """The conserved numbers of three layers of width one, once the general rate of change has been seen to vanish."""
    change = rate_of_change()
    if not (change.is_ZeroMatrix or change == sp.ZeroMatrix(*change.shape)):
        raise ArithmeticError(f"not conserved: {change}")
    return [np.array([[a * a - b * b]], dtype=object) for a, b in ((FIRST, SECOND), (SECOND, THIRD))]

r"""Shared start: what one more row takes off the risk of a linear fit, at its best weight.

A row x with label y moves the weights by g(y − x·w)Gx, where g runs through all that weights of the row can do. With the
error e = w − θ_T, Σ = I, averaged over x and the label, the risk changes by

    −2g·first + g²·second,   first = −E[(y − x·w)(e·Gx)],   second = E(y − x·w)² tr G²,

to leading order in d (x·w and ‖Gx‖² are independent), which is −first²/second at the best g.
"""

import sympy as sp


def gain(first, second):
    g = sp.Symbol("g", real=True)
    change = -2 * g * first + g**2 * second
    (best,) = sp.solve(sp.diff(change, g), g)
    return sp.simplify(-change.subs(g, best))

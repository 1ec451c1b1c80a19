"""What one frozen neuron cannot express of another: minimise E(a relu(w·x) − b relu(v·x))² over b, unit v and w."""

import sympy as sp

from ..kernels.arc_cosine_integrals import cosine, in_cosine, second_layer, theta

head = sp.Symbol("head", real=True)
ARGUMENTS = {"cosine": cosine, "head": head}


def derive() -> sp.Expr:
    b = sp.Symbol("b", real=True)
    own = sp.limit(second_layer(), theta, 0, "+")
    error = head**2 * own - 2 * head * b * second_layer() + b**2 * own
    (best,) = sp.solve(sp.diff(error, b), b)
    return in_cosine(sp.simplify(error.subs(b, best)))

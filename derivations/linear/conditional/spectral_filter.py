"""The spectral filter of ridge and of gradient flow, from the differential equation.

Along a singular direction X acts as the number s > 0: with z = v·(w − w₀) and b = u·(y − Xw₀) the loss is
(1/2n)[(b − sz)² + λz²], and every direction evolves alone. Its gradient flow is a linear differential
equation in one unknown with z(0) = 0; the filter is z(T)/b. Directions with s = 0 and λ = 0 feel no force and
stay. T → ∞ must be the stationary point of the loss.
"""

import sympy as sp

s, n, time = sp.symbols("singular_value n time", positive=True)
ridge = sp.Symbol("ridge", nonnegative=True)
ARGUMENTS = {"singular_value": s, "n": n, "ridge": ridge, "time": time}
b, z, t = sp.symbols("residual position elapsed", real=True)


def loss() -> sp.Expr:
    return ((b - s * z) ** 2 + ridge * z**2) / (2 * n)


def converged() -> sp.Expr:
    """The stationary point, relative to b."""
    (point,) = sp.solve(sp.diff(loss(), z), z)
    return point / b


def derive() -> sp.Expr:
    path = sp.Function("path")
    flow = sp.Eq(path(t).diff(t), -sp.diff(loss(), z).subs(z, path(t)))
    solution = sp.dsolve(flow, path(t), ics={path(0): 0}).rhs
    stopped = sp.simplify(solution.subs(t, time) / b)
    rate = sp.Symbol("rate", positive=True)
    limit = sp.limit(stopped.subs(ridge, rate - s**2), time, sp.oo).subs(rate, ridge + s**2)
    if sp.simplify(limit - converged()) != 0:
        raise ArithmeticError("the flow does not end in the stationary point of its loss")
    return stopped

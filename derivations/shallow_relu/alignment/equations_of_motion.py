"""A balanced neuron under a constant force D: its cosine c with D and the logarithm of its norm.

ẇ = aD with a = ς‖w‖ gives d‖w‖/dτ = ς‖D‖c‖w‖ and, for the direction, dc/dτ = ς‖D‖(1 − c²): both integrate.
"""

import sympy as sp

time, force = sp.symbols("time force", positive=True)
start = sp.Symbol("cosine", real=True)
sign = sp.Symbol("sign", real=True)
c = sp.Symbol("c", real=True)


def direction() -> sp.Expr:
    """c(τ), from ∫dc/(1−c²) = ς‖D‖τ."""
    integral = sp.integrate(sp.apart(1 / (1 - c**2), c), c).replace(sp.log, lambda x: sp.log(sp.Abs(x)))
    odds = sp.exp(2 * sign * force * time) * (1 + start) / (1 - start)
    if sp.simplify(sp.diff(sp.atanh(c) - integral.replace(sp.Abs, lambda x: x), c)) != 0:
        raise ArithmeticError("the integral of 1/(1−c²) is not artanh")
    (solution,) = sp.solve(sp.Eq((1 + c) / (1 - c), odds), c)
    return sp.simplify(solution)


def growth() -> sp.Expr:
    """‖w(τ)‖/‖w(0)‖: the function with logarithmic derivative ς‖D‖c and value 1 at 0."""
    s = sp.Symbol("s", positive=True)
    along = sign * force * direction().subs(time, s)
    # c = (E² − q)/(E² + q) with E = e^{ς‖D‖s}: its integral is the logarithm of (E² + q)/E.
    q = (1 - start) / (1 + start)
    E = sp.exp(sign * force * s)
    candidate = (E**2 + q) / E
    if sp.simplify(sp.diff(sp.log(candidate), s) - along) != 0:
        raise ArithmeticError("the growth does not solve its equation")
    return sp.simplify((candidate / candidate.subs(s, 0)).subs(s, time))

"""Two layers along the teacher: w' = −a[∇ + ŵŵᵀ∇] with ∇ = w − θ parallel to w gives a' = 2a(b − a), a logistic."""

import sympy as sp

TIME, START, TEACHER = sp.symbols("time initial teacher_norm", positive=True)
ARGUMENTS = {"time": TIME, "initial": START, "teacher_norm": TEACHER}


def velocity(a, depth):
    """a' of an aligned network: −a^{2−2/L}·L·(a − b)."""
    gradient = a - TEACHER
    return sp.expand(-(a ** (2 - 2 / sp.Integer(depth))) * (gradient + (depth - 1) * gradient))


def derive():
    t = sp.Symbol("t", nonnegative=True)
    a = sp.Function("a", positive=True)
    solution = sp.dsolve(sp.Eq(a(t).diff(t), velocity(a(t), 2)), a(t), ics={a(0): START})
    return sp.simplify(solution.rhs.subs(t, TIME))

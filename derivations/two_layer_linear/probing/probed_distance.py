"""Probing one feature for a time, then the first layer alone: how far it moves.

v' = −(s/n)(sv − c) along the only singular direction of Z_0 (mean loss), solved in time. Then Z moves by e vᵀ/‖v‖², with e the
residual: what the head leaves along the direction, and what lies outside.
"""

import numpy as np
import sympy as sp

time, n, s, u = sp.symbols("time n s unexplained", positive=True)
start, c = sp.symbols("start c", positive=True)
ARGUMENTS = {
    "time": time, "n": n, "singular_values": np.array([s], dtype=object), "start": np.array([start], dtype=object),
    "coefficients": np.array([c], dtype=object), "unexplained": u,
}  # fmt: skip


def probed() -> sp.Expr:
    """The head at the time."""
    v, clock = sp.Function("v"), sp.Symbol("t", positive=True)
    flow = sp.Eq(v(clock).diff(clock), -s / n * (s * v(clock) - c))
    return sp.dsolve(flow, v(clock), ics={v(0): start}).rhs.subs(clock, time)


def derive() -> sp.Expr:
    head = probed()
    return sp.sqrt((c - s * head) ** 2 + u) / sp.sqrt(head**2)

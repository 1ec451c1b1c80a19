"""Both layers after probing one feature from zero for a time: the head that probing has reached, put into the risk."""

import sympy as sp

from ..strategy_map import one_feature_risk as full

time = sp.Symbol("time", positive=True)
ARGUMENTS = {"time": time, **{name: value for name, value in full.ARGUMENTS.items() if name != "head"}}
REGIME = full.REGIME


def derive() -> sp.Expr:
    v, clock = sp.Function("v"), sp.Symbol("T", positive=True)
    flow = sp.Eq(v(clock).diff(clock), -(full.a**2) * (v(clock) - full.t * full.c / full.a))
    probed = sp.dsolve(flow, v(clock), ics={v(0): 0}).rhs.subs(clock, time)
    return full.derive().subs(full.start, probed)

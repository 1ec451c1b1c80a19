"""d ln‖Qw‖ = (1 − 1/L) d ln‖w‖ along the flow of a balanced rank-one network, hence ρ(t) = (‖w‖/‖w0‖)^{1−1/L}.

In a balanced rank-one network every layer has the norm r = ‖u‖ of the first, and the others act along unit vectors:
w = r^{L−1}u, u' = −r^{L−1}∇ (each of the L − 1 later layers contributes a factor r). Split u in its part p in the row
space, which the gradient moves at some rate, and its part q outside, on which it does not act. With only
q' = 0 and r² = p² + q² this fixes how ‖Qw‖ = r^{L−1}q and ‖w‖ = r^L move together, whatever the gradient is.
"""

import sympy as sp

NORM, INITIAL, DEPTH = sp.symbols("norm initial_norm depth", positive=True)
ARGUMENTS = {"norm": NORM, "initial_norm": INITIAL, "depth": DEPTH}


def logarithmic_slope():
    """d ln‖Qw‖ / d ln‖w‖ with the gradient an arbitrary function of time."""
    t = sp.Symbol("t", real=True)
    q = sp.Symbol("q", positive=True)
    p = sp.Function("p", positive=True)(t)
    norm = sp.sqrt(p**2 + q**2)
    outside, whole = norm ** (DEPTH - 1) * q, norm**DEPTH
    return sp.simplify(sp.diff(sp.log(outside), t) / sp.diff(sp.log(whole), t))


def derive():
    slope = logarithmic_slope()
    a = sp.Symbol("a", positive=True)
    growth = sp.integrate(slope / a, (a, INITIAL, NORM))  # ln(‖Qw‖/‖Qw0‖)
    return sp.exp(sp.expand(growth))

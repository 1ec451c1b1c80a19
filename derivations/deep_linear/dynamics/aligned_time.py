"""Time of an aligned network of four layers, ∫ da/(4a^{3/2}(b − a)), in closed form: with a = h²,
∫ dh/(2h²(b − h²)), a rational function. Norms are squares so that exact points stay algebraic.
"""

import sympy as sp

H, START, ROOT = sp.symbols("h h0 r", positive=True)
ARGUMENTS = {"strength": H**2, "initial": START**2, "teacher_norm": ROOT**2, "depth": 4}
REGIME = (START < H) & (H < ROOT)


def derive():
    x = sp.Symbol("x", positive=True)
    parts = sp.apart(1 / (2 * x**2 * (ROOT**2 - x**2)), x)
    primitive = 0
    for term in sp.Add.make_args(parts):
        primitive += sp.integrate(term, x)
    value = primitive.subs(x, H) - primitive.subs(x, START)
    # The logarithms of x − r are of negative numbers at both ends: only their ratio counts.
    return value.replace(lambda e: isinstance(e, sp.log), lambda e: sp.log(sp.Abs(e.args[0])))

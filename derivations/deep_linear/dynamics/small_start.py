"""What a small start leaves: ‖Qw_∞‖ = ρ‖Qw0‖ to leading order in ‖w0‖ = ε.

A is fixed and B = ‖m‖²/ε². In z = ε²x the equation reads z = ‖m‖² + A ε^{2/L} z^{1−1/L}, whose last term vanishes with
ε: z → ‖m‖². So ρ‖Qw0‖ = (√z/ε)^{1−1/L} √A ε has the limit law below.
"""

import sympy as sp

DEPTH, NULL, FIT, START = sp.symbols("depth null_fraction fit_norm initial_norm", positive=True)
ARGUMENTS = {"depth": DEPTH, "null_fraction": NULL, "fit_norm": FIT, "initial_norm": START}


def derive():
    z, e = sp.symbols("z e", positive=True)
    last = sp.limit((NULL * e**2 * z ** (1 - 1 / sp.Integer(3))) ** sp.Rational(1, 3), e, 0)  # any fixed depth
    if last != 0:
        raise ArithmeticError("the retained part does not vanish")
    (leading,) = sp.solve(z - FIT**2, z)
    left = (sp.sqrt(leading) / START) ** (1 - 1 / DEPTH) * sp.sqrt(NULL) * START
    return sp.powsimp(sp.expand_power_base(sp.expand_power_exp(sp.expand_power_base(left, force=True)), force=True))

"""The growth x = ‖w_∞‖²/‖w0‖² of a balanced rank-one network that reaches zero loss.

At zero loss Pw_∞ = m, and Qw_∞ = ρQw0 with ρ = (‖w_∞‖/‖w0‖)^{1−1/L} (see `retention_identity`). Pythagoras:
‖w_∞‖² = ‖m‖² + ρ²‖Qw0‖², that is x = B + A x^{1−1/L}. To compare with a solver at exact points, the equation is
turned round: for x = g^L, B = x − A x^{1−1/L} = g^{L−1}(g − A) is rational. Uniqueness: 1 − A x^{−1/L} = B/x has one
root, because the left side increases from −∞ and the right side decreases.
"""

import sympy as sp

ROOT, NULL = sp.symbols("g A", positive=True)
DEPTH = sp.Symbol("depth", integer=True, positive=True)


def fit_ratio(x, depth, null):
    """B at which the growth is x."""
    b = sp.Symbol("b", real=True)
    whole = b + (x ** (1 - 1 / depth)) * null  # fit and kept energies in units of ‖w0‖²
    (solution,) = sp.solve(sp.Eq(whole, x), b)
    return sp.expand(sp.powsimp(sp.powdenest(sp.expand_power_exp(sp.expand(solution)), force=True)))


ARGUMENTS = {"depth": DEPTH, "null_fraction": NULL, "fit_ratio": ROOT**DEPTH - NULL * ROOT ** (DEPTH - 1)}
REGIME = (ROOT > NULL) & (NULL < 1) & (DEPTH < 8)


def derive():
    for depth in (1, 2, 3, 5):
        difference = fit_ratio(ROOT**depth, sp.Integer(depth), NULL) - ARGUMENTS["fit_ratio"].subs(DEPTH, depth)
        if sp.simplify(difference) != 0:
            raise ArithmeticError(f"the root does not solve the equation at depth {depth}: {difference}")
    return ROOT**DEPTH

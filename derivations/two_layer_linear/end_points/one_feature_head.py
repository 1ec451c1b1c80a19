"""|v| at the end of both layers with one feature, from what is conserved.

v' = −b·∇ and b' = −v∇ with ∇ in the rows of X: v² − ‖Pb‖² stands still. At the end v Pb = m, so that v² = V solves
V − ‖m‖²/V = v_0² − ‖Pb_0‖², which has one positive root.
"""

import sympy as sp

start, seen, fit = sp.symbols("head seen_energy fit_energy", positive=True)
ARGUMENTS = {"head": start, "seen_energy": seen, "fit_energy": fit}


def squared_head(fit_energy: sp.Expr = fit) -> sp.Expr:
    v, energy, time = sp.Symbol("v"), sp.Symbol("b2"), sp.Symbol("t")
    speed = sp.Symbol("s")  # b·∇
    head, square = sp.Function("v")(time), sp.Function("b2")(time)
    change = sp.diff(head**2 - square, time)
    flow = {sp.diff(head, time): -speed, sp.diff(square, time): -2 * head * speed}
    assert sp.expand(change.subs(flow)) == 0
    roots = sp.solve(sp.Eq(v - fit_energy / v, start**2 - seen), v)
    (root,) = [r for r in roots if r.subs({start: 1, seen: 2, fit: 3, energy: 0, **_at(fit_energy)}) > 0]
    return root


def _at(expression: sp.Expr) -> dict:
    return {symbol: 1 for symbol in sp.sympify(expression).free_symbols if symbol not in (start, seen, fit)}


def derive() -> sp.Expr:
    return sp.sqrt(squared_head())

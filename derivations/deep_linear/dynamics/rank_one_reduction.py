"""The end-to-end flow of a balanced rank-one network, from that of its L layers.

W_1 = u v_1ᵀ, W_l = r v_{l−1}v_lᵀ, W_L = r v_{L−1} with r = ‖u‖ and unit vectors v. The product is w = r^{L−1}u. The
gradient in W_1 is ∇(r^{L−1}v_1)ᵀ, so u' = −r^{L−1}∇; the gradient in a later layer is the number r^{L−2}u·∇ along its
own direction, so r' = −r^{L−2}u·∇ for each of them: the same as (‖u‖)' = u·u'/r, and the form is kept. The product
rule on w gives the equation, here in two dimensions with u = (3, 4)k so that r = 5k is rational.
"""

import numpy as np
import sympy as sp

DEPTH = sp.Symbol("depth", integer=True, positive=True)
SIZE = sp.Symbol("k", positive=True)
GRADIENT = sp.symbols("g1 g2", real=True)
COLUMN = (3 * SIZE, 4 * SIZE)
RADIUS = 5 * SIZE
ARGUMENTS = {
    "weights": np.array([RADIUS ** (DEPTH - 1) * u for u in COLUMN], dtype=object),
    "gradient": np.array(GRADIENT, dtype=object),
    "depth": DEPTH,
}
REGIME = DEPTH < 7


def derive():
    t = sp.Symbol("t", real=True)
    u = [sp.Function(f"u{i}")(t) for i in (1, 2)]
    later = [sp.Function("r")(t)] * 1  # one symbol stands for each of the L − 1 later layers, all equal
    product = [later[0] ** (DEPTH - 1) * x for x in u]
    inner = sum(x * g for x, g in zip(COLUMN, GRADIENT, strict=True))
    first_moves = [-(RADIUS ** (DEPTH - 1)) * g for g in GRADIENT]
    later_move = -(RADIUS ** (DEPTH - 2)) * inner
    balance = sum(x * m for x, m in zip(COLUMN, first_moves, strict=True)) / RADIUS
    if sp.simplify(balance - later_move) != 0:
        raise ArithmeticError("the layers do not stay balanced")
    velocity = []
    for i in (0, 1):
        rate = sp.diff(product[i], t)
        rate = rate.subs({sp.diff(u[0], t): first_moves[0], sp.diff(u[1], t): first_moves[1]})
        rate = rate.subs(sp.diff(later[0], t), later_move).subs(later[0], RADIUS)
        velocity.append(sp.simplify(rate.subs({u[0]: COLUMN[0], u[1]: COLUMN[1]})))
    return np.array(velocity, dtype=object)

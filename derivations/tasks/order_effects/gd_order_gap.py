"""Full-batch steps on the second task from the optimum of the first: the distance walked, and the loss it costs there."""

import sympy as sp

n = sp.Symbol("n", positive=True, integer=True)
LEVELS = sp.symbols("first_eigenvalue second_eigenvalue", positive=True)
distance, eta = sp.symbols("distance_energy step_size", positive=True)
ARGUMENTS = {
    "n": n, "first_eigenvalue": LEVELS[0], "second_eigenvalue": LEVELS[1], "distance_energy": distance,
    "step_size": eta,
}  # fmt: skip
REGIME = sp.And(*(eta * level < 2 for level in LEVELS))


def forgetting(kept, trained):
    """Weight w_n of w ← w − ηλ_b(w − D) from 0, by solving the recursion, and λ_a w_n²."""
    w, k = sp.Function("w"), sp.Symbol("k", integer=True)
    goal = sp.sqrt(distance)
    solution = sp.rsolve(w(k + 1) - w(k) + eta * trained * (w(k) - goal), w(k), {w(0): 0})
    return kept * solution.subs(k, n) ** 2


def derive():
    return forgetting(LEVELS[0], LEVELS[1]) - forgetting(LEVELS[1], LEVELS[0])

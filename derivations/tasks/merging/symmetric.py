"""K alike updates with one coefficient: ‖δ‖ equal, one cosine c, one size and noise.

On any task i the merged model misses δ_i − αpΣ_kδ_k, with Σ_kδ_k·δ_i = m‖δ‖² and ‖Σ_kδ_k‖² = Km‖δ‖², m = 1 + (K−1)c, summed
from the K×K inner products; the K scatters add in squares.
"""

import sympy as sp

from ..averages.update_moments import delta, dim, n, noise, scatter

overlap = sp.Symbol("overlap", nonnegative=True)
tasks = sp.Symbol("tasks", positive=True, integer=True)
alpha = sp.Symbol("alpha", real=True)
ARGUMENTS = {
    "n": n, "dim": dim, "displacement_energy": delta, "overlap": overlap, "noise_variance": noise, "tasks": tasks,
}  # fmt: skip
REGIME = overlap <= 1


def inner_sums() -> tuple[sp.Expr, sp.Expr]:
    """Σ_kδ_k·δ_i and ‖Σ_kδ_k‖²: a task with itself and with K − 1 others; K such sums."""
    with_one = delta + (tasks - 1) * overlap * delta
    return with_one, tasks * with_one


def risk(few: bool) -> sp.Expr:
    p, spread = scatter(n, dim, delta, noise, few)
    with_one, together = inner_sums()
    return delta - 2 * alpha * p * with_one + alpha**2 * p**2 * together + tasks * alpha**2 * spread


def best(few: bool) -> sp.Expr:
    return sp.solve(sp.diff(risk(few), alpha), alpha)[0]


def best_risk(few: bool) -> sp.Expr:
    return sp.factor(risk(few).subs(alpha, best(few)))

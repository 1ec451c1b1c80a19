r"""A chain of ridge fits, each anchored at the weights of the last, under any covariances diagonal in one basis.

Deterministic equivalents. A fit to n samples with ridge λ to the weights w before it has, with κ of that stage,
A = κ(Σ+κ)⁻¹, B = Σ(Σ+κ)⁻² and m = E w − θ, S = Cov w,

    E w ← θ + Am,   S ← ASA + [κ² tr B(S + mmᵀ) + σ²] B/(n − df2).

The mean is a combination of the teachers with its own weights in every mode, and S a number per mode, so modes of any
multiplicity cost the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lintransfer.arithmetic import array_namespace, per_mode, total, where
from lintransfer.errors import refuse
from lintransfer.numerics.entries import kind_of_entries, modal_arrays
from lintransfer.theory.linear.covariance import solve_modes, solved_inflation
from lintransfer.theory.tasks.sequences import entry, stages_of


def chain_equivalent(
    sizes: Any,
    eigenvalues: Any,
    multiplicities: Any,
    gram: Any,
    noise_variances: Any,
    ridges: Any = 0.0,
    order: Sequence[int] | None = None,
    at: tuple[int, int] | None = None,
) -> Any:
    r"""Mean risk on every task after every stage of a chain of ridge-anchored (or min-norm) fits.

    sizes: n_k ≥ 0, (…, K).  eigenvalues: of Σ_k on every mode, (K, k), zeros allowed.  multiplicities: (k,).  gram: inner
    products of θ_j − w0 within each mode, (k, K, K) (for d modes of one dimension the outer products of coordinates).
    noise_variances: σ_k², (…, K).  ridges: λ_k ≥ 0 of ‖y − Xw‖² + λ‖w − w_before‖², a number or (…, K).
    order: tasks of the stages, by default 0, …, K − 1; a task that comes twice is learnt from new samples.
    at: (stage, task), to get that entry only.
    Returns (…, stages + 1, K): E(w − θ_j)ᵀΣ_j(w − θ_j), stage 0 before training. Without ridge inf from a stage with noise
    at n_k = rank Σ_k.
    Asymptotic: relative error O(1/(d|1−γ|)) a stage. Source: the rows that use it; two stages: `two_stage_risk`.

    >>> gram = np.array([[[1.0, 0.5], [0.5, 1.0]]])  # Σ = I, d = 10: as sequential training, with d − n for d − n − 1
    >>> chain_equivalent([5, 5], np.ones((2, 1)), np.array([10.0]), gram, [0.0, 0.1]).round(12).tolist()
    [[1.0, 1.0], [0.5, 1.0], [0.85, 0.6]]
    """
    given = sizes, eigenvalues, multiplicities, gram, noise_variances, ridges
    sizes, eigenvalues, multiplicities, gram, noise_variances, ridges = modal_arrays(*given)
    xp = array_namespace(*given)
    if kind_of_entries(sizes, ridges) == "numpy":
        for name, value in (("sizes", sizes), ("ridges", ridges)):
            if not np.all(value >= 0):
                refuse(name, "numbers ≥ 0", value)
    tasks = gram.shape[-1]
    order = stages_of(order, tasks)
    lead = np.broadcast_shapes(sizes.shape[:-1], noise_variances.shape[:-1], ridges.shape[:-1])
    sizes, noise_variances, ridges = (xp.broadcast_to(v, (*lead, tasks)) for v in (sizes, noise_variances, ridges))
    share = 0 * sizes[..., None, :] + 0 * gram[:, 0, :]  # of every teacher in E w − w0, mode by mode: (…, k, K)
    spread = share[..., 0]  # S, a number per mode: (…, k)
    history = [_risks(share, spread, eigenvalues, multiplicities, gram)]
    for task in order:
        levels = eigenvalues[task]
        solved = solve_modes(sizes[..., task], levels, multiplicities, ridges[..., task])
        kappa, still = per_mode(solved.kappa), per_mode(solved.untrained)
        left, seen = kappa / (solved.eigenvalues + kappa), solved.eigenvalues / (solved.eigenvalues + kappa)
        missed = share - where(np.arange(tasks) == task, 1, 0)
        alive = levels > 0
        energy = _energies(missed, gram) + solved.multiplicities * where(alive, spread, 0)
        still_wrong = alive & (left > 0)  # κ = 0: all is learnt, even from an infinite error
        lost = total(where(still_wrong, left * left * levels * where(still_wrong, energy, 0), 0 * levels))
        spread_of = seen / (solved.eigenvalues + kappa)
        room = solved.slack + solved.kappa * total(solved.multiplicities * spread_of)
        per_unit = solved_inflation(lost + noise_variances[..., task], room)
        moves = alive & ~still
        learnt = left * left * where(still_wrong, spread, 0) + per_mode(per_unit) * spread_of
        spread = where(moves, learnt, spread)
        share = share - where(moves, seen, 0 * seen)[..., None] * missed
        history.append(_risks(share, spread, eigenvalues, multiplicities, gram))
    return entry(xp.stack(history, axis=-2), at)


def _energies(missed: Any, gram: Any) -> Any:
    """‖m‖² within every mode, (…, k), of a combination m of the teachers (…, k, K)."""
    return (missed[..., :, None] * gram * missed[..., None, :]).sum(axis=(-1, -2))


def _risks(share: Any, spread: Any, eigenvalues: Any, multiplicities: Any, gram: Any) -> Any:
    """tr Σ_j(S + (E w − θ_j)(E w − θ_j)ᵀ) for every task j, (…, K)."""
    tasks = gram.shape[-1]
    missed = share[..., None, :, :] - np.eye(tasks, dtype=int)[:, None, :]  # (…, task, mode, teacher)
    energies = _energies(missed, gram) + where(eigenvalues > 0, multiplicities * spread[..., None, :], 0 * eigenvalues)
    return total(eigenvalues * energies)

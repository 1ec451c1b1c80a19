r"""Tasks learnt one after the other, each to the minimum-norm solution from where the last one ended, Σ = I.

A stage moves the weights only within the span of its rows, P, and there onto θ_τ: for any teacher θ_j,

    w_τ − θ_j = Q(w_{τ−1} − θ_j) + P(θ_τ − θ_j) + X⁺ξ,

three vectors that are orthogonal in the mean. So the risk on every task obeys one scalar recursion, a stage at a time.
A shift between teachers never makes a mean infinite here, as it does when tasks are pooled: only noise does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from lintransfer.arithmetic import absolute, array_namespace, maximum, minimum, where
from lintransfer.errors import refuse
from lintransfer.numerics.entries import modal_arrays, plain
from lintransfer.theory.linear.isotropic import min_norm_risk

FORGETTING = ("past", "all", "final")


def sequential_stage_risk(n: Any, dim: Any, risk_before: Any, distance_energy: Any, noise_variance: Any) -> Any:
    r"""Mean risk on task j after one more stage, the minimum-norm fit to n samples of task τ from the weights before.

    .. math:: L_j \leftarrow (1 - n/d)_+ L_j + \min(n/d, 1)\|\theta_\tau-\theta_j\|^2 + \sigma_\tau^2
        \begin{cases} n/(d-n-1) & n \le d-2 \\ d/(n-d-1) & n \ge d+2 \end{cases}

    n: samples of the stage ≥ 0.  dim: d.  risk_before: L_j = E‖w − θ_j‖² before it.  distance_energy: ‖θ_τ − θ_j‖², 0
    on the task that is learnt.  noise_variance: σ_τ².  Returns inf where |n − d| ≤ 1 ≤ n and σ_τ > 0.
    Exact, Σ = I, fresh samples. Source: Lin, Ju, Liang & Shroff (2302.05836), n ≤ d − 2.

    >>> sequential_stage_risk(5, 10, 1.0, 0.5, 0.0), sequential_stage_risk(30, 10, float("inf"), 0.5, 0.19)
    (0.75, 0.6)
    """
    some = n < dim
    seen = where(some, n, 0)
    kept = where(some, (dim - seen) * risk_before / dim, 0)
    moved = where(some, seen * distance_energy / dim, distance_energy)
    return kept + moved + min_norm_risk(n, dim, 0, noise_variance)


def stage_forgetting(n: Any, dim: Any, risk_before: Any, distance_energy: Any, noise_variance: Any) -> Any:
    r"""How much one more stage adds to the risk on task j: `sequential_stage_risk` minus the risk before it.

    .. math:: L_j(\tau) - L_j(\tau-1) = \min(n/d, 1)(\|\theta_\tau-\theta_j\|^2 - L_j(\tau-1)) + \text{noise}

    Arguments as in `sequential_stage_risk`. Negative (an earlier task improves later) iff
    ‖θ_τ − θ_j‖² + σ_τ²d/(d−n−1) < L_j(τ−1), n ≤ d − 2.  Exact, Σ = I. Source: its row of the table.

    >>> stage_forgetting(5, 10, 1.0, 0.5, 0.0)
    -0.25
    """
    return minimum(n, dim) * (distance_energy - risk_before) / dim + min_norm_risk(n, dim, 0, noise_variance)


def sequential_risks(
    sizes: Any,
    dim: Any,
    gram: Any,
    noise_variances: Any,
    order: Sequence[int] | None = None,
    at: tuple[int, int] | None = None,
) -> Any:
    r"""Mean risk on every task after every stage of sequential minimum-norm training.

    sizes: n_k, (…, K).  dim: d.  gram: inner products of θ_k − w0, (…, K, K).  noise_variances: σ_k², (…, K).
    order: tasks in the order of the stages, by default 0, 1, …, K − 1; a task that comes twice is learnt from n_k new
    samples each time.  at: (stage, task), to get that entry only.  Leading axes broadcast.
    Returns (…, stages + 1, K): entry (τ, j) is E‖w_τ − θ_j‖², stage 0 before training. n_k = 0 is a stage without data;
    inf from a stage with |n_k − d| ≤ 1 ≤ n_k and noise on, until one with n_k ≥ d + 2.
    Exact, Σ = I. Source: Lin, Ju, Liang & Shroff (2302.05836), n_k ≤ d − 2.

    >>> import numpy as np
    >>> sequential_risks([5, 5], 10, [[1.0, 0.5], [0.5, 1.0]], [0.0, 0.0]).tolist()
    [[1.0, 1.0], [0.5, 1.0], [0.75, 0.5]]
    """
    history, _ = _stages(sizes, dim, gram, noise_variances, order)
    xp = array_namespace(*history)
    return entry(xp.stack(xp.broadcast_arrays(*history), axis=-2), at)


def _stages(
    sizes: Any, dim: Any, gram: Any, noise_variances: Any, order: Sequence[int] | None
) -> tuple[list[Any], list[Any]]:
    """Risks (…, K) before training and after every stage, and what every stage adds to them, without cancellation."""
    sizes, gram, noise_variances = modal_arrays(sizes, gram, noise_variances)
    energies = array_namespace(gram).diagonal(gram, axis1=-2, axis2=-1)
    risks, changes = [energies], []
    for task in stages_of(order, gram.shape[-1]):
        distances = maximum(energies + energies[..., task : task + 1] - 2 * gram[..., task, :], 0)
        n, noise = sizes[..., task : task + 1], noise_variances[..., task : task + 1]
        stage = dim, risks[-1], distances, noise
        with np.errstate(invalid="ignore"):  # of an infinite risk
            changes.append(stage_forgetting(n, *stage))
        risks.append(sequential_stage_risk(n, *stage))
    return risks, changes


def forgetting(risks: Any, definition: str = "past", order: Sequence[int] | None = None) -> Any:
    r"""Average forgetting of a sequence of tasks, in one of the three senses in use.

    risks: (…, J + 1, K), as `sequential_risks` returns them: R_j after every stage, stage 0 before training.
    definition: "past": mean over j < J of R_j(w_J) − R_j(w_j) (0 if J = 1; Lin et al.); "all": the same over j ≤ J,
    of which the last is 0 (Ding et al.); "final": mean over j ≤ J of R_j(w_J) (Evron et al., whose tasks were fitted
    without error).  j runs over the stages; R_j is the risk on the task of stage j.
    order: the tasks of the stages, 0, 1, … by default.  Returns (…).  nan where both risks are infinite.

    >>> import numpy as np
    >>> risks = np.array([[1.0, 1.0], [0.5, 1.0], [0.75, 0.5]])
    >>> [float(forgetting(risks, definition)) for definition in FORGETTING]
    [0.25, 0.125, 0.625]
    """
    if definition not in FORGETTING:
        refuse("definition", f"one of {', '.join(FORGETTING)}", definition)
    (risks,) = modal_arrays(risks)
    stages = risks.shape[-2] - 1
    order = stages_of(range(stages) if order is None else order, risks.shape[-1])
    if len(order) != stages:
        refuse("order", f"one task for each of the {stages} stages", order)
    if definition == "final":
        return sum(risks[..., stages, task] for task in order) / stages
    with np.errstate(invalid="ignore"):
        lost = [risks[..., stages, task] - risks[..., stage, task] for stage, task in enumerate(order[:-1], start=1)]
    return sum(lost, start=0.0) / (max(stages - 1, 1) if definition == "past" else stages)


def sequential_forgetting(
    sizes: Any, dim: Any, gram: Any, noise_variances: Any, definition: str = "past", order: Sequence[int] | None = None
) -> Any:  # fmt: skip
    """Mean `forgetting` of `sequential_risks`, whose arguments these are. Returns (…). Exact, Σ = I.

    Source: Lin, Ju, Liang & Shroff (2302.05836), n_k ≤ d − 2.

    >>> float(sequential_forgetting([5, 5], 10, [[1.0, 0.5], [0.5, 1.0]], [0.0, 0.0]))
    0.25
    """
    risks, changes = _stages(sizes, dim, gram, noise_variances, order)
    xp = array_namespace(*risks)
    whole = forgetting(xp.stack(xp.broadcast_arrays(*risks), axis=-2), definition, order)
    if definition == "final" or not changes:
        return whole
    tasks = stages_of(order, risks[0].shape[-1])
    lost = [change[..., task] for stage, task in enumerate(tasks) for change in changes[stage + 1 :]]
    mean = sum(lost, start=0.0) / (max(len(tasks) - 1, 1) if definition == "past" else len(tasks))
    return plain(where(absolute(whole) < math.inf, mean, whole))


def stages_of(order: Sequence[int] | None, tasks: int) -> list[int]:
    """The tasks of the stages as whole numbers, each once in turn by default, or a `DomainError`."""
    found = list(range(tasks)) if order is None else [int(float(task)) for task in order]
    if any(not 0 <= task < tasks for task in found):
        refuse("order", f"task numbers from 0 to {tasks - 1}", order)
    return found


def entry(risks: Any, at: tuple[int, int] | None) -> Any:
    """All risks (…, stages + 1, K), or those (…) after one stage on one task, `at` = (stage, task)."""
    return risks if at is None else plain(risks[..., int(float(at[0])), int(float(at[1]))])

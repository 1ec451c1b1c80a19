"""What formulas about several tasks ask: rows, inner products and noises of a family, or of a source and a target.

A `TransferProblem` with n_source is a family of two. Energies are under Σ, as everywhere in the vocabulary; per mode they are
raw. Everything broadcasts over a grid of problems, with the tasks on the last axis.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from lintransfer.arithmetic import array_namespace, total, where
from lintransfer.routing.question import Question
from lintransfer.task_families import TaskFamily
from lintransfer.theory.linear.finite_source import finite_source_displacement
from lintransfer.theory.tasks.pooling import pooled_sums


def _stacked(*values: Any) -> Any:
    """Values that broadcast, side by side on a new last axis."""
    xp = array_namespace(*values)
    return xp.stack(xp.broadcast_arrays(*values), axis=-1)


def _energy(question: Question, name: str) -> Any:
    m = question.problem.modes
    return total(m.eigenvalue * getattr(m, name))


def task_sizes(question: Question, n: Any) -> Any:
    """n_k (…, K), the target last."""
    p = question.problem
    if isinstance(p, TaskFamily):
        return _stacked(*(0.0 * n + size for size in p.sizes[:-1]), n)
    return _stacked(0.0 * n + p.n_source, n)


def task_gram(question: Question) -> Any:
    """Inner products of the teachers (…, K, K)."""
    p = question.problem
    if isinstance(p, TaskFamily):
        return p.gram
    source, cross, target = (_energy(question, name) for name in ("source", "cross", "target"))
    return _stacked(_stacked(source, cross), _stacked(cross, target))


def mode_gram(question: Question) -> Any:
    """Inner products of source and target within each mode (…, m, 2, 2)."""
    m = question.problem.modes
    return _stacked(_stacked(m.source, m.cross), _stacked(m.cross, m.target))


def task_noises(question: Question) -> Any:
    """σ_k² (…, K), summed over outputs."""
    p = question.problem
    if isinstance(p, TaskFamily):
        return p.noise_std * p.noise_std
    return _stacked(p.outputs * p.source_noise_std * p.source_noise_std, p.outputs * p.noise_variance)


def task_weights(question: Question) -> Any:
    """ω_k (K,)."""
    given = question.learner.weights
    count = question.problem.n_tasks if isinstance(question.problem, TaskFamily) else 2
    xp = array_namespace(question.problem.noise_std)
    return xp.ones(count) if isinstance(given, str) else xp.asarray(given)


def task_scale(question: Question) -> Any:
    """λ of Σ = λI, 1 where it is 0."""
    p = question.problem
    scale = 1.0 if isinstance(p, TaskFamily) else p.modes.eigenvalue[..., 0]
    return where(scale > 0, scale, 1.0)


def task_covariances(question: Question) -> list[Any]:
    """Spectra (d,) or matrices (d, d) of the inputs of each task, where vectors were given."""
    p: Any = question.problem
    if isinstance(p, TaskFamily):
        return [] if p.given is None or p.given.covariances is None else list(p.given.covariances)
    if p.vectors is None:
        return []
    own = np.ones(p.dim) if p.vectors.covariance is None else p.vectors.covariance
    return [own if p.vectors.source_covariance is None else p.vectors.source_covariance, own]


def _task_matrices(question: Question) -> Any:
    """(K, d, d)."""
    return np.stack([np.diag(c) if np.ndim(c) == 1 else np.asarray(c) for c in task_covariances(question)])


def task_teachers(question: Question) -> Any:
    """θ_k (K, d), one output."""
    p: Any = question.problem
    given: Any = getattr(p, "given", None)
    if given is not None:
        return np.asarray(given.teachers)
    return np.stack([np.asarray(p.vectors.source)[:, 0], np.asarray(p.vectors.target)[:, 0]])


def _pooled(question: Question, n: Any) -> tuple[Any, Any, Any, Any, Any]:
    """Total size, target energy, pull, misfit and noise; of two tasks without differences of near-equal energies."""
    p = question.problem
    if isinstance(p, TaskFamily):
        return pooled_sums(task_sizes(question, n), p.gram, task_noises(question))
    apart, noises = _energy(question, "displacement"), task_noises(question)
    rows = 0.0 * n + p.n_source
    noise = rows * noises[..., 0] + n * noises[..., 1]
    return rows + n, _energy(question, "target"), rows * rows * apart, rows * apart, noise


def _sum(position: int) -> Callable[[Question, Any], Any]:
    return lambda q, n: _pooled(q, n)[position]


def start_energy(question: Question) -> Any:
    """E‖θ_T − w0‖² of who starts from the source, known or fitted."""
    p = question.problem
    if p.n_source is None:
        return _energy(question, "displacement")
    source, cross, target = (_energy(question, name) for name in ("source", "cross", "target"))
    return finite_source_displacement(p.n_source, p.dim, source, cross, target, task_noises(question)[..., 0])


def _replayed(question: Question, n: Any) -> tuple[Any, Any, Any, Any]:
    """Total size, pull, misfit and noise of the rows that are replayed and of the target's."""
    kept = question.learner.kept
    apart, noises = _energy(question, "displacement"), task_noises(question)
    return kept + n, kept * kept * apart, kept * apart, kept * noises[..., 0] + n * noises[..., 1]


def _replay_sum(position: int) -> Callable[[Question, Any], Any]:
    return lambda q, n: _replayed(q, n)[position]


OF_TASKS_AND_SIZE: Mapping[str, Callable[[Question, Any], Any]] = {
    "sizes": task_sizes,
    "total_size": _sum(0),
    "pooled_target": _sum(1),
    "pull": _sum(2),
    "pooled_misfit": _sum(3),
    "pooled_noise": _sum(4),
    "replay_size": _replay_sum(0),
    "replay_pull": _replay_sum(1),
    "replay_misfit": _replay_sum(2),
    "replay_noise": _replay_sum(3),
}
OF_TASKS: Mapping[str, Callable[[Question], Any]] = {
    "gram": task_gram,
    "mode_gram": mode_gram,
    "mode_eigenvalues": lambda q: _stacked(q.problem.modes.eigenvalue, q.problem.modes.eigenvalue).swapaxes(-1, -2),
    "noise_variances": task_noises,
    "task_spectra": lambda q: np.stack(task_covariances(q)),
    "task_covariances": _task_matrices,
    "task_teachers": task_teachers,
    "task_weights": task_weights,
    "coefficients": task_weights,
    "task_scale": task_scale,
    "whitened_task_ridge": lambda q: q.learner.ridge / task_scale(q),
    "start_energy": start_energy,
    "distance_energy": lambda q: _energy(q, "displacement"),
    "width": lambda q: q.learner.width,
    "kept": lambda q: q.learner.kept,
    "members": lambda q: q.learner.members,
    "stretch": lambda q: q.learner.stretch,
    "weight": lambda q: q.learner.weight,
}

"""Tasks learnt one after the other: the risk on each of them after every stage, and how much is forgotten."""

from __future__ import annotations

import html
from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import numpy as np

from lintransfer.errors import MissingMethodError, refuse
from lintransfer.estimates import Estimate
from lintransfer.models import Linear
from lintransfer.routing.answers import check_simulation
from lintransfer.routing.question import as_learner, check_method
from lintransfer.simulate.tasks.question import simulate_sequence
from lintransfer.strategies import FineTune, Learner, Pool, label_of, model_of
from lintransfer.task_families import TaskFamily
from lintransfer.theory.tasks.pooled_ridge import pooled_gram_risk
from lintransfer.theory.tasks.pooling import pooled_risk, pooled_sums
from lintransfer.theory.tasks.sequences import forgetting, sequential_risks
from lintransfer.theory.tasks.sequences_covariance import chain_equivalent


@partial(jax.tree_util.register_dataclass, data_fields=["risk"], meta_fields=["order", "learner"])
@dataclass(frozen=True, eq=False)
class SequenceRisk:
    """Risks of training on tasks in turn.

    risk: an `Estimate` (K + 1, K): row τ after τ stages (row 0: untrained), column k on the task of stage k + 1.
    order: the tasks in the order of the stages.  learner: its label.
    """

    risk: Estimate
    order: tuple[int, ...]
    learner: str

    def forgetting(self, definition: str = "past") -> Any:
        """How much later stages cost the earlier tasks on average.

        definition: "past", the mean over all tasks but the last of the rise in risk since the task was learnt (Lin et al.
        2023); "all", the same over all tasks (Ding et al. 2024); "final", the mean of all risks at the end (Evron et al.
        2022). nan where a task was infinitely wrong both times.
        """
        with np.errstate(invalid="ignore"):  # a task that was infinitely wrong and still is: nan
            return forgetting(self.risk.value, definition)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.asarray(self.risk.value, dtype=dtype)

    def __str__(self) -> str:
        heads = [f"task {task}" for task in self.order]
        lines = [f"{self.learner}: risk of every task  [{'; '.join(self.risk.sources())}]"]
        lines.append(f"{'after':>10s}  " + " ".join(f"{head:>10s}" for head in heads))
        for stage, row in enumerate(np.asarray(self.risk.value)):
            name = "no task" if stage == 0 else heads[stage - 1]
            lines.append(f"{name:>10s}  " + " ".join(f"{value:>10.4g}" for value in row))
        said = ", ".join(f"{self.forgetting(what):.4g} ({what})" for what in ("past", "all", "final"))
        return "\n".join([*lines, f"forgetting: {said}"])

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(str(self))}</pre>"


def risk_sequence(
    family: TaskFamily,
    learner: Learner | None = None,
    order: Any = None,
    method: str = "auto",
    key: int = 0,
    replicates: int = 200,
) -> SequenceRisk:
    """Risk on every task after every stage of training on the tasks of a family, one after the other.

    learner: `FineTune()` (the default): each stage starts from where the last one ended, without ridge or with a number,
    towards those weights; or `Pool()`: at each stage from zero on all rows seen so far (joint training).
    order: a permutation of 0 … K − 1, as they stand by default.  method, key, replicates: as in `lintransfer.risk`.
    Exact for white inputs without ridge; asymptotic for spectra and ridges; simulated for matrices.
    Raises `DomainError` if the order is no permutation, `MissingMethodError` for other learners and methods.

    >>> family = TaskFamily.isotropic(10, [[1.0, 0.5], [0.5, 1.0]], n=[5, 5])
    >>> print(risk_sequence(family))
    FineTune: risk of every task  [exact: sequential-risks]
         after      task 0     task 1
       no task           1          1
        task 0         0.5          1
        task 1        0.75        0.5
    forgetting: 0.25 (past), 0.125 (all), 0.625 (final)
    """
    if not isinstance(family, TaskFamily):
        refuse("family", "a TaskFamily", family)
    who = as_learner(FineTune() if learner is None else learner)
    check_method(method)
    check_simulation(key, replicates)
    plain = isinstance(who, FineTune | Pool) and model_of(who) == Linear() and not isinstance(who.ridge, str)
    if (
        not plain
        or who.ridge < 0
        or getattr(who, "time", np.inf) != np.inf
        or getattr(who, "weights", "equal") != "equal"
    ):
        raise MissingMethodError(
            f"risk_sequence is there for FineTune() and Pool() of linear models, with a number ≥ 0 for their ridge, "
            f"and not for {who!r}"
        )
    stages = tuple(range(family.n_tasks)) if order is None else tuple(int(k) for k in _checked(family, order))
    moved = family.reordered(stages)
    found = _closed(moved, who, method)
    if found is None and method in ("auto", "simulate", "designs"):
        mean, error = simulate_sequence(moved, float(who.ridge), isinstance(who, Pool), key, replicates)
        found = Estimate(mean, error, ~np.isnan(mean), "simulate", "simulation")
    if found is None:
        raise MissingMethodError(f"method {method!r} is not there for {who!r} on this family; there is: simulate")
    return SequenceRisk(found, stages, label_of(who))


def _checked(family: TaskFamily, order: Any) -> Any:
    family.reordered(order)
    return order


def _closed(family: TaskFamily, who: Any, method: str) -> Estimate | None:
    """By formula, or None where none speaks or none was asked for."""
    exact = family.is_isotropic and who.ridge == 0
    if method in ("simulate", "designs", "bound") or (method == "exact" and not exact):
        return None
    spectra = _spectra(family)
    with np.errstate(all="ignore"):
        if exact and method != "asymptotic":
            value, theorem = _exact(family, who)
            return Estimate(value, 0 * np.nan_to_num(value), ~np.isnan(value), "exact", theorem)
        if spectra is None:
            return None
        value, theorem = _asymptotic(family, who, spectra)
        return Estimate(value, 0 * np.nan_to_num(value), ~np.isnan(value), "asymptotic", theorem)


def _exact(family: TaskFamily, who: Any) -> tuple[np.ndarray, str]:
    sizes, gram, noises = np.array(family.sizes, float), np.asarray(family.gram), np.asarray(family.noise_std) ** 2
    if isinstance(who, FineTune):
        return np.asarray(sequential_risks(sizes, family.dim, gram, noises)), "sequential-risks"
    count = family.n_tasks
    risks = np.empty((count + 1, count))
    for stage in range(count + 1):
        seen = np.where(np.arange(count) < stage, sizes, 0.0)
        for task in range(count):
            last = [*(k for k in range(count) if k != task), task]
            total_size, start, pull, misfit, noise = pooled_sums(seen[last], gram[np.ix_(last, last)], noises[last])
            risks[stage, task] = pooled_risk(total_size, family.dim, start, pull, misfit, noise)
    return risks, "pooled-risk"


def _spectra(family: TaskFamily) -> np.ndarray | None:
    """Eigenvalues (K, m) and inner products per mode are simple where all covariances are diagonal; else None."""
    if family.is_isotropic:
        return np.ones((family.n_tasks, 1))
    assert family.given is not None and family.given.covariances is not None
    parts = [np.asarray(c) for c in family.given.covariances]
    return None if any(c.ndim == 2 for c in parts) else np.stack(parts)


def _asymptotic(family: TaskFamily, who: Any, spectra: np.ndarray) -> tuple[np.ndarray, str]:
    sizes, noises = np.array(family.sizes, float), np.asarray(family.noise_std) ** 2
    if family.is_isotropic:
        gram, counts = np.asarray(family.gram)[None], np.array([float(family.dim)])
    else:
        assert family.given is not None
        columns = np.asarray(family.given.teachers).T
        gram, counts = columns[:, :, None] * columns[:, None, :], np.ones(family.dim)
    if isinstance(who, FineTune):
        return np.asarray(chain_equivalent(sizes, spectra, counts, gram, noises, who.ridge)), "chain-equivalent"
    count = family.n_tasks
    risks = np.empty((count + 1, count))
    for stage in range(count + 1):
        seen = np.where(np.arange(count) < stage, sizes, 0.0)
        for task in range(count):
            last = [*(k for k in range(count) if k != task), task]
            some = gram[:, last][:, :, last]
            found = pooled_gram_risk(
                seen[last], spectra[last], some, noises[last], ridge=who.ridge, multiplicities=counts
            )
            risks[stage, task] = found
    return risks, "pooled-gram-risk"

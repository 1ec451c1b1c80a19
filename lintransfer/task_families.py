"""Several tasks at once: K linear teachers, the rows that each of them has, and the last of them the target."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import Any, NamedTuple

import jax
import numpy as np

from lintransfer.errors import refuse
from lintransfer.problems import TransferProblem
from lintransfer.spectra import diagonalize
from lintransfer.validation import (
    amplitude,
    bounded,
    is_real,
    is_traced,
    listed,
    real_array,
    same_content,
    sample_sizes,
    whole_number,
)


class Teachers(NamedTuple):
    """teachers: (K, d).  covariances: of each task's inputs, a tuple of spectra (d,) or matrices (d, d); None: identity."""

    teachers: Any
    covariances: tuple[Any, ...] | None = None


@partial(
    jax.tree_util.register_dataclass,
    data_fields=["gram", "noise_std", "given"],
    meta_fields=["dim", "sizes"],
)
@dataclass(frozen=True, eq=False)
class TaskFamily:
    """K tasks, the last one the target: n_k rows x ~ N(0, Σ_k) with labels x·θ_k + σ_kξ each, all independent.

    Build one with `isotropic` or `from_teachers`; every strategy that trains on rows of several tasks takes it, as
    `lintransfer.risk(family, Pool())`, and so do `lintransfer.risk_sequence` and `lintransfer.bayes_floor`.

    dim: d.  sizes: n_k, whole numbers ≥ 0 (0: a task without data).  gram: θ_j·θ_k, (K, K).  noise_std: σ_k, (K,).
    given: teachers and covariances where they were given as vectors.
    """

    dim: int
    sizes: tuple[int, ...]
    gram: Any
    noise_std: Any
    given: Teachers | None = None

    def __eq__(self, other: object) -> bool:
        return same_content(self, other) if isinstance(other, TaskFamily) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.dim, self.sizes))

    @classmethod
    def isotropic(cls, dim: int, gram: Any, n: Any, noise_std: Any = 0.0) -> TaskFamily:
        """Σ_k = I and teachers of the given inner products; no vector is made, so dim = 10⁹ costs nothing.

        gram: (K, K), positive semi-definite, of rank at most dim.  n: K sample sizes.  noise_std: σ, or one for each task.
        Raises `DomainError` if lengths do not match, or gram is not symmetric or has a negative eigenvalue.

        >>> family = TaskFamily.isotropic(100, [[1.0, 0.5], [0.5, 1.0]], n=[200, 50], noise_std=0.3)
        >>> family.n_tasks, family.overlaps.tolist()
        (2, [0.5, 1.0])
        """
        dim = whole_number("dim", dim, 1)
        products = real_array("gram", gram, (2,))
        count = products.shape[0]
        if products.shape[1] != count:
            refuse("gram", "a square matrix of inner products", got=f"shape {products.shape}")
        if not is_traced(products):
            bounded("gram", products, power=2)
            scale = float(np.abs(products).max())
            if np.abs(products - products.T).max() > 1e-12 * scale:
                refuse(
                    "gram", "symmetric", got=f"two inner products apart by {np.abs(products - products.T).max():.3g}"
                )
            values = np.linalg.eigvalsh(products)
            if values[0] < -1e-10 * scale:
                refuse("gram", "positive semi-definite", got=f"an eigenvalue of {values[0]:.3g}")
            rank = int(np.sum(values > 1e-10 * scale))
            if rank > dim:
                refuse("gram", f"of rank at most dim = {dim} (so many directions has the space)", got=f"rank {rank}")
        return cls(dim, _sizes(n, count), products, _noises(noise_std, count))

    @classmethod
    def from_teachers(cls, teachers: Any, n: Any, covariances: Any = None, noise_std: Any = 0.0) -> TaskFamily:
        """Given teachers (K, d).

        n: K sample sizes.  covariances: of the inputs: None (identity), one spectrum (d,) for all, or a list of K spectra
        (d,) or matrices (d, d).  noise_std: σ, or one for each task. Risks are measured under the target's covariance.
        Raises `DomainError` if shapes do not match or a covariance has a negative eigenvalue.
        """
        rows = real_array("teachers", teachers, (2,))
        bounded("teachers", rows)
        count, dim = rows.shape
        told = None if covariances is None else _covariances(covariances, count, dim)
        sizes, noises = _sizes(n, count), _noises(noise_std, count)
        return cls(dim, sizes, rows @ rows.T, noises, Teachers(rows, told))

    @property
    def n_tasks(self) -> int:
        """K."""
        return len(self.sizes)

    @property
    def is_isotropic(self) -> bool:
        """Whether the inputs of every task are white."""
        return self.given is None or self.given.covariances is None

    @property
    def overlaps(self) -> Any:
        """Cosines of the teachers with the target's; 0 if one vanishes."""
        norms = np.sqrt(np.diagonal(self.gram))
        scale = norms * norms[-1]
        return np.where(scale > 0, self.gram[:, -1] / np.where(scale > 0, scale, 1.0), 0.0)

    # What conditions of routes ask of a world: Gaussian inputs, one output, rows of other tasks, no test set of another kind.
    is_gaussian = True
    has_shift = False
    outputs = 1
    inputs = "gaussian"
    source_ridge = 0.0
    mix = n_features = given_features = vectors = None

    @property
    def n_source(self) -> int:
        """Rows of all tasks but the target."""
        return sum(self.sizes[:-1])

    def target_alone(self) -> TransferProblem:
        """The target task, and no source."""
        norm, noise = np.sqrt(self.gram[-1, -1]), self.noise_std[-1]
        if self.given is None or self.given.covariances is None:
            return TransferProblem.isotropic(self.dim, 1.0, noise, 0.0, norm)
        target, covariance = self.given.teachers[-1], self.given.covariances[-1]
        return TransferProblem.from_teachers(0 * target, target, covariance, noise)

    def as_problem(self) -> TransferProblem:
        """A family of two as a `TransferProblem`, whose source is fitted to the rows of the first task."""
        if self.n_tasks != 2:
            refuse("problem", "a family of two tasks, a source and the target", got=f"{self.n_tasks} tasks")
        source_noise, noise = self.noise_std
        if self.given is None:
            s, t = np.sqrt(np.diagonal(self.gram))
            return TransferProblem.isotropic(self.dim, self.overlaps[0], noise, s, t, self.sizes[0], source_noise)
        (source, target), told = self.given
        first, last = (None, None) if told is None else told
        return TransferProblem.from_teachers(
            source, target, last, noise, self.sizes[0], source_noise, source_covariance=first
        )

    def with_sizes(self, n: Any) -> TaskFamily:
        """The same tasks with other sample sizes."""
        return replace(self, sizes=_sizes(n, self.n_tasks))

    def reordered(self, order: Any) -> TaskFamily:
        """The same tasks in another order; order: a permutation of 0 … K − 1."""
        rule = f"a permutation of 0 … {self.n_tasks - 1}"
        places = listed("order", rule, order)
        if sorted(p if is_real(p) else -1 for p in places) != list(range(self.n_tasks)):
            refuse("order", rule, order)
        index = np.array(places, dtype=int)
        given = self.given
        if given is not None:
            told = given.covariances
            moved = None if told is None else tuple(told[i] for i in index)
            given = Teachers(given.teachers[index], moved)
        sizes = tuple(self.sizes[i] for i in index)
        return replace(
            self, sizes=sizes, gram=self.gram[np.ix_(index, index)], noise_std=self.noise_std[index], given=given
        )


def _sizes(n: Any, count: int) -> tuple[int, ...]:
    sizes = np.atleast_1d(np.asarray(sample_sizes(n)))
    if sizes.shape != (count,):
        refuse("n", f"{count} sample sizes, one for each task", got=f"shape {sizes.shape}")
    return tuple(int(v) for v in sizes)


def _noises(noise_std: Any, count: int) -> Any:
    if is_real(noise_std):
        return np.full(count, float(amplitude("noise_std", noise_std)))
    noises = real_array("noise_std", noise_std, (1,))
    if noises.shape != (count,):
        refuse("noise_std", f"a number, or {count} of them, one for each task", got=f"shape {noises.shape}")
    if not is_traced(noises):
        for value in noises.tolist():
            amplitude("noise_std", value)
    return noises


def _covariances(given: Any, count: int, dim: int) -> tuple[Any, ...]:
    rule = f"one spectrum ({dim},), or a list of {count} spectra ({dim},) or matrices ({dim}, {dim})"
    parts = listed("covariances", rule, given)
    if parts and all(is_real(part) for part in parts):
        parts = [given] * count
    if len(parts) != count:
        refuse("covariances", rule, got=f"{len(parts)} of them")
    found = []
    for part in parts:
        array = real_array("covariances", part, (1, 2))
        if array.shape not in ((dim,), (dim, dim)):
            refuse("covariances", rule, got=f"one of shape {array.shape}")
        bounded("covariances", array, power=2)
        diagonalize(array, "covariances")
        found.append(array)
    return tuple(found)

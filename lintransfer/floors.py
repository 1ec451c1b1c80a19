"""What no learner gets below, and what a source is worth in target samples."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.arithmetic import total
from lintransfer.errors import MissingMethodError
from lintransfer.estimates import Estimate, combine
from lintransfer.problems import TransferProblem
from lintransfer.risks import risk
from lintransfer.routing.question import ask, sizes_asked
from lintransfer.strategies import Learner, Scratch
from lintransfer.task_families import TaskFamily
from lintransfer.theory.tasks.family_floor import family_floor, spectral_family_floor
from lintransfer.theory.tasks.information_floor import transfer_floor
from lintransfer.theory.tasks.worth import effective_samples


def bayes_floor(problem: TransferProblem | TaskFamily, n: Any = None) -> Estimate:
    """The Bayes-optimal risk on the target, given n of its samples and those of the other tasks.

    problem: Σ = I, or one covariance for source and target; a known source stands for unlimited samples of it.  n: sample
    sizes of the target, any shape; None: those of a `TaskFamily`.
    Returns an asymptotic `Estimate`, of the shape of n. For teachers that are fixed it is the floor of learners that know
    the norms, the overlap and the noise but no direction (rotation-equivariant ones); at finite d the best risk lies above
    it by O(1/d).
    Raises `MissingMethodError` for several outputs, and where covariances differ and are not diagonal.

    >>> p = TransferProblem.isotropic(100, 0.7, 0.3, n_source=300, source_noise_std=0.3)
    >>> print(bayes_floor(p, n=[20, 140]))
    [0.442438 0.114554]  [asymptotic: transfer-floor]
    """
    asked: Any = problem
    if not isinstance(problem, TaskFamily):
        asked = ask(problem, Scratch()).problem
    elif problem.n_tasks == 2:
        asked = problem.as_problem()
    sizes = np.asarray(sizes_asked(problem, n), float)
    if asked.outputs > 1 or asked.has_shift or not asked.is_gaussian or asked.mix is not None:
        raise MissingMethodError(
            "bayes_floor is there for one output, Gaussian inputs and no other test covariance or network"
        )
    with np.errstate(all="ignore"):
        if isinstance(asked, TaskFamily):
            value, theorem = _of_family(asked, sizes)
        elif asked.is_isotropic and asked.inputs == "gaussian" and _one_covariance(asked):
            value, theorem = transfer_floor(**_numbers(asked), n=sizes), "transfer-floor"
        else:
            value, theorem = _of_modes(asked, sizes)
    value = np.asarray(value, float)[()]
    return Estimate(value, 0 * value, ~np.isnan(value), "asymptotic", theorem)


def _one_covariance(problem: TransferProblem) -> bool:
    return problem.vectors is None or problem.vectors.source_covariance is None


def _numbers(problem: TransferProblem) -> dict[str, Any]:
    """The arguments of `transfer_floor` but n; energies under Σ."""
    m = problem.modes
    norms = {f"{name}_norm": np.sqrt(total(m.eigenvalue * getattr(m, name))) for name in ("source", "target")}
    n_source = math.inf if problem.n_source is None else problem.n_source
    noise = {"noise_variance": problem.noise_variance, "source_noise_variance": problem.source_noise_std**2}
    return {"n_source": n_source, "dim": problem.dim, "overlap": problem.overlap, **norms, **noise}


def _sizes_of(family: TaskFamily, n: np.ndarray) -> np.ndarray:
    return np.stack([*(np.full(n.shape, float(size)) for size in family.sizes[:-1]), n], axis=-1)


def _of_family(family: TaskFamily, n: np.ndarray) -> tuple[Any, str]:
    noises = np.asarray(family.noise_std) ** 2
    sizes = _sizes_of(family, n)
    if family.is_isotropic:
        return family_floor(sizes, family.dim, family.gram, noises), "family-floor"
    assert family.given is not None and family.given.covariances is not None
    spectra = [np.asarray(c) for c in family.given.covariances]
    if any(c.ndim == 2 for c in spectra):
        raise MissingMethodError("bayes_floor is there for covariances that are diagonal (give spectra)")
    teachers = np.asarray(family.given.teachers).T
    prior = teachers[:, :, None] * teachers[:, None, :]
    ones = np.ones(family.dim)
    return spectral_family_floor(sizes, np.stack(spectra, axis=-1), ones, prior, noises), "spectral-family-floor"


def _of_modes(problem: TransferProblem, n: np.ndarray) -> tuple[Any, str]:
    if not _one_covariance(problem):
        raise MissingMethodError("bayes_floor is there for source inputs of the target's covariance")
    m = problem.modes
    gram = np.stack([np.stack([m.source, m.cross], axis=-1), np.stack([m.cross, m.target], axis=-1)], axis=-1)
    prior = gram / np.asarray(m.multiplicity)[:, None, None]
    n_source = math.inf if problem.n_source is None else float(problem.n_source)
    sizes = np.stack([np.full(n.shape, n_source), n], axis=-1)
    noises = np.array([float(problem.source_noise_std) ** 2, float(problem.noise_variance)])
    eigenvalues = np.stack([m.eigenvalue, m.eigenvalue], axis=-1)
    return spectral_family_floor(sizes, eigenvalues, m.multiplicity, prior, noises), "spectral-family-floor"


def worth(problem: TransferProblem | TaskFamily, learner: Learner, n: Any = None, method: str = "auto") -> Estimate:
    """What a learner's use of the other tasks is worth, in target samples: n_eff − n.

    n_eff is the number of target samples from which ridge regression from zero, at its best ridge, has the learner's risk.
    Arguments as in `lintransfer.risk`. Negative where the learner loses to it; nan where it is worse than no sample at all.
    Returns an asymptotic `Estimate` (of the weaker of both theorems' methods), Σ = λI.
    Raises `MissingMethodError` where Σ is not λI, and as `risk` does.

    >>> p = TransferProblem.isotropic(100, 0.7, 0.3, n_source=300, source_noise_std=0.3)
    >>> from lintransfer.strategies import Pool
    >>> print(worth(p, Pool(weights="optimal"), n=60).value.round(1))
    16.3
    """
    asked = ask(problem, learner, method=method).problem
    if not asked.is_isotropic:
        raise MissingMethodError("worth is there for Σ = λI: sample_complexity(…, Scratch(ridge='optimal')) for others")
    found = risk(problem, learner, n, method)
    sizes = np.asarray(sizes_asked(problem, n), float)
    if isinstance(asked, TaskFamily):
        energy, noise = asked.gram[-1, -1], asked.noise_std[-1] ** 2
    else:
        energy = total(asked.modes.eigenvalue * asked.modes.target)
        noise = asked.outputs * asked.noise_variance
    value = np.asarray(effective_samples(found.value, asked.dim, energy, noise)) - sizes
    slope = (effective_samples(found.value * (1 + 1e-6), asked.dim, energy, noise) - value - sizes) * 1e6
    with np.errstate(all="ignore"):
        relative = np.where(np.asarray(found.value) > 0, np.asarray(found.std_err) / found.value, 0.0)
        error = np.where(relative > 0, np.abs(slope) * relative, 0.0)
    weaker = combine(lambda how, _: how if how in ("law", "simulate", "none") else "asymptotic", found.method, "")
    theorem = combine(lambda name, own: f"{name}, {own}", found.theorem, "effective-samples")
    return Estimate(value[()], error[()], ~np.isnan(value), weaker, theorem)


def floor_of_grid(problem: TransferProblem, grid: Mapping[str, np.ndarray], n: np.ndarray) -> np.ndarray | None:
    """`bayes_floor` over a grid of axes and n; None where there is none (or an axis that it does not know)."""
    known = {"overlap", "source_norm", "target_norm", "noise_std", "source_noise_std", "n_source"}
    plain = problem.is_isotropic and problem.is_gaussian and problem.outputs == 1 and problem.mix is None
    of_learner = {"ridge", "time", "depth"}
    if not plain or not _one_covariance(problem) or not set(grid) <= known | of_learner:
        return None
    numbers, scale = _numbers(problem), math.sqrt(float(problem.modes.eigenvalue[0]))
    for place, (name, values) in enumerate(grid.items()):
        if name in of_learner:
            continue
        given = np.array([math.inf if v is None else float(v) for v in values])
        column = given.reshape(-1, *(1 for _ in range(len(grid) - place)))
        if name.endswith("_std"):
            numbers[name.replace("_std", "_variance")] = column * column
        else:
            numbers[name] = scale * column if name.endswith("_norm") else column
    shape = (*map(len, grid.values()), len(n))
    with np.errstate(all="ignore"):
        return np.broadcast_to(np.asarray(transfer_floor(**numbers, n=n)), shape).copy()

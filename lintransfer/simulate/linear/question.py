"""Simulated risk of every learner of the linear model: the question in the user's words, the fastest honest route.

Isotropic inputs: a handful of random numbers per training set are drawn (`lintransfer.simulate.linear.law_draws`).
Fully trained weights under any covariance: Gram matrices (`lintransfer.simulate.linear.gram`). Everything else, and every
paired comparison there: designs, labels and fits (`lintransfer.simulate.end_to_end`).
A result depends on (key, n, replicates) only, not on the other sizes asked for at the same time.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from lintransfer.arithmetic import total
from lintransfer.errors import refuse
from lintransfer.problems import TransferProblem
from lintransfer.simulate.end_to_end import paired_risk_samples
from lintransfer.simulate.linear.gram import gram_risks
from lintransfer.simulate.linear.law_draws import (
    SourceFit,
    filtered,
    least_squares_draws,
    paired_displacement_draws,
    source_fit_draws,
    squared_singular_values,
)
from lintransfer.simulate.teachers import (
    teachers_from_modes,
    teachers_from_subspaces,
    two_layer_numbers,
    two_layer_teachers,
)
from lintransfer.strategies import FineTune, LinearTransfer, Scratch
from lintransfer.validation import is_traced

_LARGEST_DESIGN = 20_000


def simulate_risk(
    problem: TransferProblem, learner: Any, n: Any, key: int = 0, replicates: int = 200, designs: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Mean excess risk over simulated training sets, and its standard error, both of the shape of n.

    learner: Scratch, FineTune or LinearTransfer of the linear model, its ridge a number (inf: never trained).
    designs: draw and train on designs even where `draws_a_law`.
    Near n = d with noise the mean is infinite or almost so: there the sample mean says nothing, and neither does its
    error.

    >>> from lintransfer.strategies import Scratch
    >>> p = TransferProblem.isotropic(dim=100, overlap=0.8)
    >>> mean, std_err = simulate_risk(p, Scratch(), n=[0, 50, 200])
    >>> mean.round(2)
    array([1. , 0.5, 0. ])
    """
    _check(learner, problem)
    return _means(lambda rng, size: _risks(rng, replicates, problem, learner, size, designs), n, key, replicates)


def simulate_transferability(
    problem: TransferProblem, pair: tuple[Any, Any], n: Any, key: int = 0, replicates: int = 200, designs: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Mean of R_baseline − R_learner over simulated training sets, and its standard error, of the shape of n.

    pair: (baseline, learner). Both train on the same data; only where isotropic draws stand for a frozen-feature
    learner is it drawn independently of the other, which has the same mean.
    """
    for learner in pair:
        _check(learner, problem)
    return _means(lambda rng, size: _differences(rng, replicates, problem, pair, size, designs), n, key, replicates)


def tuned_time(problem: TransferProblem, learner: Any, n: int, key: int = 0, replicates: int = 200) -> float:
    """The stopping time of least mean risk over simulated training sets, which are not those of `simulate_risk`.

    Any inputs and any source; learner: Scratch or FineTune without ridge. Sought over half-decades, then to about 10 %, at
    which the risk is flat; 0 and inf are among the candidates.
    """
    spectrum = np.asarray(problem.modes.eigenvalue)
    alive = spectrum[spectrum > 0]
    if alive.size == 0 or n == 0:
        return 0.0
    # The slowest direction that counts takes about 1/λ_min, and far longer where n ≈ d.
    grid = np.arange(-2 - math.log10(alive.max()), 4.25 - math.log10(alive.min()), 0.5)

    def mean(times: Any) -> np.ndarray:
        rng, learners = np.random.default_rng([key, n, 1]), [replace(learner, time=float(t)) for t in times]
        return np.asarray(_trained(rng, replicates, problem, learners, n).mean(axis=1))

    ends = np.array([0.0, math.inf])
    times = np.concatenate([ends[:1], 10**grid, ends[1:]])
    found = mean(times)
    best = int(np.argmin(found))
    if 0 < best < len(times) - 1:
        finer = 10 ** (np.log10(times[best]) + np.linspace(-0.5, 0.5, 11))
        times, found = finer, mean(finer)
    return float(times[np.argmin(found)])


def draws_a_law(problem: TransferProblem, learner: Any) -> bool:
    """Whether a handful of random numbers per training set, whose law is known, stand for its design and labels."""
    if is_traced(problem):
        return False
    plain = replace(learner, ridge=0.0) if isinstance(learner.ridge, str) else learner
    if isinstance(getattr(plain, "time", 0.0), str):
        plain = replace(plain, time=math.inf)
    return _isotropic_training(problem, plain, SourceFit(1.0, 0.0)) is not None


def _check(learner: Any, problem: TransferProblem) -> None:
    if isinstance(problem.source_ridge, str) and problem.n_source is not None:
        refuse("source_ridge", 'a number to simulate ("optimal" is to be resolved first)', problem.source_ridge)
    if not isinstance(learner, Scratch | FineTune | LinearTransfer):
        refuse("learner", "Scratch, FineTune or LinearTransfer", learner)
    if isinstance(learner.ridge, str):
        refuse("ridge", 'a number to simulate ("optimal" is to be resolved first)', learner.ridge)


def _means(
    draw: Callable[[np.random.Generator, int], np.ndarray], n: Any, key: int, replicates: int
) -> tuple[np.ndarray, np.ndarray]:
    sizes = np.asarray(n)
    mean, std_err = np.empty(sizes.shape), np.empty(sizes.shape)
    for index in np.ndindex(sizes.shape):
        size = int(sizes[index])
        risks = draw(np.random.default_rng([key, size]), size)
        mean[index], std_err[index] = risks.mean(), risks.std(ddof=1) / math.sqrt(replicates)
    return mean, std_err


class _Training(NamedTuple):
    """An isotropic regression: a vector of energy `energy` in `dim` dimensions is fitted, and `floor` is added.

    start is the energy of the initial weights. All but dim, ridge and time may be one number per replicate.
    """

    dim: int
    energy: Any
    noise_variance: Any
    ridge: float
    time: float = math.inf
    floor: Any = 0.0
    start: Any = 0.0

    @property
    def is_least_squares(self) -> bool:
        return self.ridge == 0 and self.time == math.inf

    def risks(self, rng: np.random.Generator, replicates: int, n: int) -> np.ndarray:
        if not self.is_least_squares:
            return self.risks_given(squared_singular_values(rng, replicates, n, self.dim), n)
        return self.floor + least_squares_draws(
            rng,
            replicates,
            n=n,
            dim=self.dim,
            displacement_energy=self.energy,
            noise_variance=self.noise_variance,
        )

    def risks_given(self, squares: np.ndarray, n: int) -> np.ndarray:
        left = filtered(squares, n, self.dim, self.ridge, self.time)
        return self.floor + self.energy * left.bias + self.noise_variance * left.variance


def _risks(
    rng: np.random.Generator, replicates: int, problem: TransferProblem, learner: Any, n: int, designs: bool
) -> np.ndarray:
    if learner.ridge == math.inf:
        learner, n = replace(learner, ridge=0.0), 0  # whatever the data say, nothing moves
    training = None if designs else _isotropic_training(problem, learner, _source_fit(rng, replicates, problem))
    if training is not None:
        return training.risks(rng, replicates, n)
    perfect_start = isinstance(learner, Scratch) or (isinstance(learner, FineTune) and problem.n_source is None)
    if perfect_start and learner.time == math.inf and problem.is_gaussian:
        target, world = world_of(problem)
        displacement = target if isinstance(learner, Scratch) else target - world["source"]
        return gram_risks(
            rng,
            replicates,
            n=n,
            displacement=displacement,
            covariance=world.get("covariance"),
            test_covariance=world.get("test_covariance"),
            noise_std=problem.noise_std,
            ridge=learner.ridge,
        )
    return _trained(rng, replicates, problem, [learner], n)[0]


def _differences(
    rng: np.random.Generator, replicates: int, problem: TransferProblem, pair: tuple[Any, Any], n: int, designs: bool
) -> np.ndarray:
    if any(learner.ridge == math.inf for learner in pair):
        base, other = (_risks(rng, replicates, problem, learner, n, designs) for learner in pair)
        return base - other
    fit = _source_fit(rng, replicates, problem)
    first, second = (None if designs else _isotropic_training(problem, learner, fit) for learner in pair)
    if first is None or second is None:
        risks = _trained(rng, replicates, problem, pair, n)
        return risks[0] - risks[1]
    if any(isinstance(learner, LinearTransfer) for learner in pair):
        return first.risks(rng, replicates, n) - second.risks(rng, replicates, n)
    if first.is_least_squares and second.is_least_squares:
        # aᵀQa − bᵀQb = (a − b)ᵀQ(a + b), where the displacements a and b differ by the initial weights.
        apart = np.abs(first.start - second.start)
        return paired_displacement_draws(
            rng,
            replicates,
            n=n,
            dim=problem.dim,
            first=apart,
            cross=first.energy - second.energy,
            second=2 * (first.energy + second.energy) - apart,
        )
    squares = squared_singular_values(rng, replicates, n, problem.dim)
    return first.risks_given(squares, n) - second.risks_given(squares, n)


def _source_fit(rng: np.random.Generator, replicates: int, problem: TransferProblem) -> SourceFit:
    """Energies of the source weights where a target task starts, for an isotropic problem."""
    source, cross, target = (float(total(np.asarray(e))) for e in problem.modes[2:5])
    if problem.n_source is None or problem.outputs > 1:
        return SourceFit(source, cross)
    scale = float(problem.modes.eigenvalue[0])
    return source_fit_draws(
        rng,
        replicates,
        n_source=problem.n_source,
        dim=problem.dim,
        source_energy=source,
        cross_energy=cross,
        target_energy=target,
        source_noise_std=problem.source_noise_std / math.sqrt(scale) if scale > 0 else 0.0,
        source_ridge=problem.source_ridge / scale if scale > 0 else 0.0,
    )


def _isotropic_training(problem: TransferProblem, learner: Any, fit: SourceFit) -> _Training | None:
    """The learner as an isotropic Gaussian regression in coordinates where Σ = I; None if it is not one."""
    if not problem.is_gaussian:
        return None
    noise = float(problem.noise_variance) * problem.outputs
    if isinstance(learner, LinearTransfer):
        return _isotropic_head(problem, learner, fit, noise)
    scale = float(problem.modes.eigenvalue[0])
    if not problem.is_isotropic or scale == 0 or not (isinstance(learner, Scratch) or _fit_is_isotropic(problem)):
        return None
    target = float(total(np.asarray(problem.modes.target)))
    tuned = isinstance(learner, FineTune)
    energy = target - 2 * fit.cross + fit.norm2 if tuned else target
    return _Training(
        problem.dim,
        scale * energy,
        noise,
        learner.ridge / scale,
        learner.time * scale,
        start=scale * fit.norm2 if tuned else 0.0,
    )


def _isotropic_head(problem: TransferProblem, learner: LinearTransfer, fit: SourceFit, noise: float) -> Any:
    """A head on frozen features of covariance f·I; what they leave unexplained is floor and extra noise."""
    if problem.has_shift:
        return None
    if problem.given_features is None and problem.n_source is not None:
        scale = float(problem.modes.eigenvalue[0])
        if not problem.is_isotropic or scale == 0 or not _fit_is_isotropic(problem):
            return None
        alive = fit.norm2 > 0
        explained = scale * fit.cross**2 / np.where(alive, fit.norm2, 1.0)
        unexplained = scale * float(total(np.asarray(problem.modes.target))) - explained
        return _Training(1, explained, noise + unexplained, learner.ridge / scale, floor=unexplained)
    if problem.given_features is None and problem.outputs > 1:
        return None
    features = problem.features
    used = np.asarray(features.multiplicity) > 0
    values = np.asarray(features.eigenvalue)[used]
    floor = float(features.unexplained)
    if not used.any():
        return _Training(1, 0.0, 0.0, 0.0, floor=floor)
    if np.ptp(values) > 1e-12 * values.max():
        return None
    count = int(np.asarray(features.multiplicity).sum())
    to_learn = features.target if learner.head == "zero" else features.displacement
    if np.isnan(to_learn).any():  # the source has no head for these features
        return None
    explained = float(np.sum(values * np.asarray(to_learn)[used]))
    return _Training(count, explained, noise + floor, learner.ridge / values[0], floor=floor)


def _fit_is_isotropic(problem: TransferProblem) -> bool:
    """Whether the energies of `_source_fit` describe the source weights of this (isotropic) problem."""
    shifted = problem.vectors is not None and problem.vectors.source_covariance is not None
    return problem.n_source is None or (problem.outputs == 1 and not shifted)


def world_of(problem: TransferProblem) -> tuple[np.ndarray, dict[str, Any]]:
    """The target and the other keywords of the end-to-end simulator; vectors are made from the modes if need be."""
    if problem.dim > _LARGEST_DESIGN:
        refuse(
            "dim",
            f"at most {_LARGEST_DESIGN} where designs are drawn (inputs that are not isotropic Gaussian)",
            problem.dim,
        )
    vectors, given = problem.vectors, problem.given_features
    if problem.mix is not None:
        network = two_layer_teachers(*two_layer_numbers(problem))
        source = network.features.T @ network.head
        return network.target, {"source": source, "feature_map": network.features.T, "head": network.head}
    if vectors is None and given is not None:
        energy, k = float(total(problem.modes.target)), problem.outputs
        safe = energy if energy > 0 else 1.0
        features, source, target = teachers_from_subspaces(
            problem.dim,
            int(total(given.multiplicity)),
            k,
            k * float(total(given.target)) / safe,
            math.sqrt(energy / k),
            float(total(problem.modes.cross)) / safe,
        )
        return target, {"source": source, "feature_map": features}
    if vectors is None:
        spectrum, source, target = teachers_from_modes(problem.modes)
        return target, {"source": source, "covariance": spectrum, "test_covariance": None}
    return np.asarray(vectors.target), {
        "source": np.asarray(vectors.source),
        "covariance": vectors.covariance,
        "test_covariance": vectors.test_covariance,
        "source_covariance": vectors.source_covariance,
        "feature_map": vectors.feature_map,
    }


def _trained(rng: np.random.Generator, replicates: int, problem: TransferProblem, learners: Any, n: int) -> np.ndarray:
    target, world = world_of(problem)
    frozen, head = world.pop("feature_map", None), world.pop("head", None)
    if head is None and frozen is not None:
        head = np.linalg.lstsq(frozen, world["source"], rcond=None)[0]
    elif head is None:
        head = np.sqrt(np.sum(world["source"] ** 2)).reshape(1)  # of the one feature that is the source's direction
    overrides: list[dict[str, Any]] = []
    for learner in learners:
        if isinstance(learner, LinearTransfer):
            starts = {} if learner.head == "zero" else {"head": head}
            overrides.append({"features": "source" if frozen is None else frozen, "ridge": learner.ridge, **starts})
        else:
            initial = "source" if isinstance(learner, FineTune) else None
            overrides.append({"initial": initial, "ridge": learner.ridge, "time": learner.time})
    return paired_risk_samples(
        rng,
        replicates,
        overrides,
        n=n,
        target=target,
        noise_std=problem.noise_std,
        n_source=problem.n_source,
        source_noise_std=problem.source_noise_std,
        source_ridge=problem.source_ridge,
        inputs=problem.inputs,
        **world,
    )

"""Simulated risk of shallow ReLU networks: the question in the user's words, answered by training on drawn data.

Infinite width is regression with the arc-cosine kernel on drawn inputs; a finite network is drawn and trained. A known
source is the linear function θ_S·x: an infinite network starts from it, a finite one keeps it frozen and learns the
residual. A fitted source (n_source) is the same network trained on a source set, and trained on from there.
A result depends on (key, n, replicates) only.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from lintransfer.designs import refuse_beyond_memory
from lintransfer.errors import refuse
from lintransfer.models import ShallowReLU
from lintransfer.problems import TransferProblem
from lintransfer.simulate.shallow_relu.kernel import draw_inputs, kernel_risk_samples
from lintransfer.simulate.shallow_relu.networks import Network, draw_wide, predict
from lintransfer.simulate.shallow_relu.training import train_to_rest
from lintransfer.simulate.teachers import teachers_from_modes
from lintransfer.strategies import FineTune, model_of

_LARGEST_DESIGN = 20_000
_CHUNK_NUMBERS = 2**21  # activations of one batch of networks
_TEST_POINTS = 400


def simulate_relu_risk(
    problem: TransferProblem, learner: Any, n: Any, key: int = 0, replicates: int = 200
) -> tuple[np.ndarray, np.ndarray]:
    """Mean excess risk over simulated trainings, and its standard error, both of the shape of n."""
    return _means(problem, [learner], n, key, replicates, lambda risks: risks[0])


def simulate_relu_transferability(
    problem: TransferProblem, pair: tuple[Any, Any], n: Any, key: int = 0, replicates: int = 200
) -> tuple[np.ndarray, np.ndarray]:
    """Mean of R_baseline − R_learner, both trained on the same data, and its standard error, of the shape of n."""
    return _means(problem, pair, n, key, replicates, lambda risks: risks[0] - risks[1])


def _means(
    problem: TransferProblem, learners: Sequence[Any], n: Any, key: int, replicates: int, what: Any
) -> tuple[np.ndarray, np.ndarray]:
    sizes = np.asarray(n)
    mean, std_err = np.empty(sizes.shape), np.empty(sizes.shape)
    for index in np.ndindex(sizes.shape):
        size = int(sizes[index])
        samples = what(relu_risk_samples(np.random.default_rng([key, size]), replicates, problem, learners, size))
        mean[index], std_err[index] = samples.mean(), samples.std(ddof=1) / math.sqrt(replicates)
    return mean, std_err


def relu_risk_samples(
    rng: np.random.Generator, replicates: int, problem: TransferProblem, learners: Sequence[Any], n: int
) -> np.ndarray:
    """Excess risks of learners of one and the same ReLU model and ridge on shared data, (len(learners), replicates).

    nan where a finite network had not come to rest.
    """
    if problem.dim > _LARGEST_DESIGN:
        refuse("dim", f"at most {_LARGEST_DESIGN} where inputs are drawn", problem.dim)
    model: ShallowReLU = model_of(learners[0])
    source, target, covariance = _world(problem)
    biggest = max(n, problem.n_source or 0)
    refuse_beyond_memory(biggest, biggest if model.is_wide else int(max(biggest, model.width)), copies=6)
    world: dict[str, Any] = {
        "n": n,
        "target": target,
        "source": source,
        "n_source": problem.n_source,
        "law": problem.inputs,
        "covariance": covariance,
        "noise_std": float(problem.noise_std),
        "trained": model.trained,
        "source_noise_std": float(problem.source_noise_std),
    }
    tuned = [isinstance(learner, FineTune) for learner in learners]
    if model.is_wide:
        if problem.n_source is not None and not any(tuned):
            world["n_source"] = None
        names = ["start" if used else "scratch" for used in tuned]
        ridge = float(learners[0].ridge)
        return kernel_risk_samples(rng, replicates, initial=source, ridge=ridge, learners=names, **world)
    return network_risk_samples(rng, replicates, width=int(model.width), tuned=tuned, **world)


def _world(problem: TransferProblem) -> tuple[np.ndarray, np.ndarray, Any]:
    """Source and target (d,) and the covariance of Gaussian inputs; vectors are made from the modes if need be."""
    if problem.vectors is None:
        spectrum, source, target = teachers_from_modes(problem.modes)
        return source, target, spectrum
    v = problem.vectors
    return np.asarray(v.source)[:, 0], np.asarray(v.target)[:, 0], v.covariance


def network_risk_samples(
    rng: np.random.Generator,
    replicates: int,
    *,
    width: int,
    tuned: Sequence[bool],
    n: int,
    target: np.ndarray,
    source: np.ndarray,
    n_source: int | None,
    law: str,
    covariance: Any,
    noise_std: float,
    source_noise_std: float,
    trained: str,
) -> np.ndarray:
    """Excess risks of finite networks, each trained from its own draw on its own data, (len(tuned), replicates).

    tuned: per learner, whether training starts at the source (True) or at the zero function of a new network.
    """
    risks = np.empty((len(tuned), replicates))
    size = int(np.clip(_CHUNK_NUMBERS // max(1, max(n, n_source or 0) * width), 1, replicates))
    for begin in range(0, replicates, size):
        count = min(size, replicates - begin)
        dim = len(target)
        inputs, points = (draw_inputs(rng, (count, m, dim), law, covariance) for m in (n, _TEST_POINTS))
        labels = inputs @ target + noise_std * rng.standard_normal((count, n))
        start, frozen = _drawn(rng, dim, width, count), source
        if n_source is not None and any(tuned):
            seen = draw_inputs(rng, (count, n_source, dim), law, covariance)
            told = seen @ source + source_noise_std * rng.standard_normal((count, n_source))
            start, frozen = _trained(start, seen, told, trained), 0 * source
        for i, used in enumerate(tuned):
            offset = frozen if used else 0 * frozen
            network = start if used else _drawn(rng, dim, width, count)
            network = _trained(network, inputs, labels - inputs @ offset, trained)
            error = np.asarray(predict(network, points)) - points @ (target - offset)
            risks[i, begin : begin + count] = np.mean(error**2, axis=-1)
    return risks


def _drawn(rng: np.random.Generator, dim: int, width: int, count: int) -> Network:
    return Network(*(leaf[0] for leaf in draw_wide(rng, dim, [width], count)))


def _trained(network: Network, inputs: np.ndarray, labels: np.ndarray, trained: str) -> Network:
    """The networks at rest; nan weights in those that did not get there."""
    if inputs.shape[-2] == 0:
        return network
    done = train_to_rest(network, inputs, labels, trained)
    rest = np.where(done.converged, 1.0, np.nan)
    return done.network._replace(scale=done.network.scale * rest)

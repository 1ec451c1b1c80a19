r"""Transfer with finite two-layer ReLU networks, as a user would do it: pretrain, then fine-tune or freeze."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax.numpy as jnp
import numpy as np

from lintransfer.errors import UnknownNameError
from lintransfer.simulate.shallow_relu.kernel import draw_inputs, kernel_fit, plain_kernel
from lintransfer.simulate.shallow_relu.networks import Network, draw_small, draw_wide, predict, refit_head
from lintransfer.simulate.shallow_relu.training import train

LEARNERS = ("scratch", "fine-tune", "freeze")


def network_transfer_risks(
    rng: np.random.Generator,
    widths: Any,
    seeds: int,
    *,
    n: int,
    target: Any,
    source: Any,
    n_source: int,
    noise_std: float = 0.0,
    source_noise_std: float = 0.0,
    trained: str = "both",
    small: float | None = None,
    learners: Sequence[str] = LEARNERS,
    law: str = "sphere",
    test_points: int = 500,
    **training: Any,
) -> np.ndarray:
    """Excess risks of networks of several widths, (len(learners), len(widths), seeds).

    Each seed draws a source set, a target set and test inputs, shared by all widths and learners.  "scratch" trains a
    new network on the target, "fine-tune" goes on from the network trained on the source, "freeze" keeps that network's
    first layer and fits a new head by least squares.  small: None for wide antisymmetric networks of the kernel regime,
    else the norm of a small balanced start.  training: keywords of `lintransfer.simulate.shallow_relu.training.train`.
    """
    unknown = set(learners) - set(LEARNERS)
    if unknown:
        raise UnknownNameError(f"learners must be among {LEARNERS}, got {sorted(unknown)}")
    source, target = np.asarray(source, dtype=float), np.asarray(target, dtype=float)
    dim = len(target)

    def drawn() -> Network:
        if small is not None:
            return draw_small(rng, dim, widths, small, seeds)
        return draw_wide(rng, dim, widths, seeds)

    seen, inputs, points = (draw_inputs(rng, (seeds, m, dim), law) for m in (n_source, n, test_points))
    told = seen @ source + source_noise_std * rng.standard_normal((seeds, n_source))
    labels = inputs @ target + noise_std * rng.standard_normal((seeds, n))
    pretrained = train(drawn(), seen, told, trained=trained, **training).network
    results = []
    for learner in learners:
        if learner == "freeze":
            network = refit_head(pretrained, inputs, labels)
        else:
            start = pretrained if learner == "fine-tune" else drawn()
            network = train(start, inputs, labels, trained=trained, **training).network
        error = np.asarray(predict(network, points)) - points @ target
        results.append(np.mean(error**2, axis=-1))
    return np.array(results)


def kernel_distance(
    rng: np.random.Generator,
    widths: Any,
    seeds: int,
    *,
    n: int,
    dim: int,
    trained: str = "both",
    test_points: int = 200,
    **training: Any,
) -> np.ndarray:
    """Relative rms difference between trained antisymmetric networks and the kernel predictor, (len(widths), seeds).

    Unit inputs, a noiseless linear teacher; one data set for all. Falls like m^{−1/2} with the width m.
    """
    inputs, points = draw_inputs(rng, (n, dim)), draw_inputs(rng, (test_points, dim))
    labels = inputs[:, 0]
    limit = kernel_fit(inputs, labels, kernel=lambda x, z: plain_kernel(x, z, trained))(points)
    network = train(draw_wide(rng, dim, widths, seeds), inputs, labels, trained=trained, **training).network
    output = np.asarray(predict(network, jnp.asarray(points)))
    return np.sqrt(np.mean((output - limit) ** 2, axis=-1) / np.mean(limit**2))


def feature_risk_samples(
    rng: np.random.Generator,
    replicates: int,
    *,
    n: int,
    neurons: Any,
    target_neurons: Any,
    target_head: Any,
    covariance: Any = None,
    noise_std: float = 0.0,
    test_points: int = 200,
) -> np.ndarray:
    """Excess risks of a head fitted by least squares on frozen ReLU neurons, inputs N(0, Σ), shape (replicates,).

    neurons: V (r, d).  target_neurons, target_head: W (p, d), a (p,) of the target Σ a_j relu(w_j·x).  Each replicate
    is tested on its own fresh inputs.
    """
    kept, wanted = np.asarray(neurons, dtype=float), np.asarray(target_neurons, dtype=float)
    risks = np.empty(replicates)
    for i in range(replicates):
        inputs = draw_inputs(rng, (n + test_points, kept.shape[1]), "gaussian", covariance)
        features, truth = np.maximum(inputs @ kept.T, 0), np.maximum(inputs @ wanted.T, 0) @ target_head
        labels = truth[:n] + noise_std * rng.standard_normal(n)
        head = np.linalg.lstsq(features[:n], labels)[0]
        risks[i] = np.mean((features[n:] @ head - truth[n:]) ** 2)
    return risks

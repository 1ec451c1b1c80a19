"""Experiments: the kernels of wide ReLU networks and their slopes."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special

from lintransfer.simulate.shallow_relu.kernel import draw_inputs, kernel_fit, kernel_risk_samples, plain_kernel


def _neuron_samples(rng: np.random.Generator, replicates: int, cosine: float, what: str) -> np.ndarray:
    """Means over 200 random neurons in three dimensions of what a pair of unit inputs at this cosine shares."""
    pair = np.array([[1.0, 0.0, 0.0], [cosine, math.sqrt(1 - cosine**2), 0.0]])
    seen = rng.standard_normal((replicates, 200, 3)) @ pair.T
    if what == "gates":
        return cosine * np.mean((seen > 0).all(axis=-1), axis=-1)
    if what == "probability":
        return np.mean((seen > 0).all(axis=-1), axis=-1)
    return np.mean(np.maximum(seen, 0).prod(axis=-1), axis=-1)


def draws(what: str) -> Any:
    return lambda rng, replicates, cosine: _neuron_samples(rng, replicates, cosine, what)


def masses_by_quadrature(rng: np.random.Generator, replicates: int, dim: int, trained: str) -> tuple[Any, Any]:
    """Masses from the definition: N_k ∫ K(t) P_k(t) dν(t), Gauss rule in the angle, with ν the law of a cosine."""
    node, weight = np.polynomial.legendre.leggauss(100)
    angle = (1 + node) * math.pi / 2
    cosine, weight = np.cos(angle), weight * np.sin(angle) ** (dim - 2)
    weight /= weight.sum()
    pair = np.stack([np.ones_like(cosine), np.zeros_like(cosine)], axis=-1)
    other = np.stack([cosine, np.sin(angle)], axis=-1)
    kernel = plain_kernel(pair[:, None], other[:, None], trained)[:, 0, 0]
    values = []
    for k in range(7):
        shape = (dim - 2) / 2
        zonal = scipy.special.eval_gegenbauer(k, shape, cosine) / scipy.special.eval_gegenbauer(k, shape, 1.0)
        number = math.comb(dim + k - 1, k) - (math.comb(dim + k - 3, k - 2) if k >= 2 else 0)
        values.append(number * np.sum(weight * kernel * zonal))
    return np.array(values), {"dim": dim, "first": int(trained == "first"), "second": int(trained == "second")}


def gram_draws(rng: np.random.Generator, replicates: int, n: int, dim: int, trained: str) -> tuple[Any, Any]:
    values, energies = np.empty(replicates), np.empty(replicates)
    for i in range(replicates):
        inputs, displacement = draw_inputs(rng, (n, dim)), rng.standard_normal(dim)
        labels = inputs @ displacement
        values[i] = labels @ np.linalg.solve(plain_kernel(inputs, inputs, trained), labels)
        energies[i] = labels @ np.linalg.lstsq(inputs @ inputs.T, labels)[0]
    weights = {"first": int(trained != "second"), "second": int(trained != "first")}
    return values, {"projected_energy": energies, **weights}


def straight_line_draws(rng: np.random.Generator, replicates: int, dim: int, trained: str) -> np.ndarray:
    """The diagonal's excess over the straight line through the off-diagonal of Gram matrices, relative to its slope."""
    inputs = draw_inputs(rng, (replicates, 40, dim))
    kernel, cosine = plain_kernel(inputs, inputs, trained), inputs @ np.ascontiguousarray(np.swapaxes(inputs, -1, -2))
    above = np.triu_indices(40, 1)
    values, cosines = kernel[:, above[0], above[1]], cosine[:, above[0], above[1]]
    centred = cosines - cosines.mean(axis=1, keepdims=True)
    slope = np.sum(centred * values, axis=1) / np.sum(centred**2, axis=1)
    level = values.mean(axis=1) - slope * cosines.mean(axis=1)
    return (kernel[:, 0, 0] - level - slope) / slope


def absolute_error_draws(rng: np.random.Generator, replicates: int, n: int, dim: int) -> tuple[Any, Any]:
    """Mean absolute errors of noiseless first-layer training, at most √R, against the bound's first term alone."""
    target = np.full(dim, dim**-0.5)
    risks = kernel_risk_samples(rng, replicates, n=n, target=target, trained="first")
    return np.sqrt(np.mean(risks)), {"n": n, "displacement_energy": 1.0, "first": 1, "second": 0}


def two_point_draws(rng: np.random.Generator, replicates: int, n: int, scale: float) -> tuple[Any, Any]:
    """Mean risk where the teacher shows on one of two orthogonal inputs only, which has probability 1/n."""
    points, target = np.eye(2), np.array([scale, 0.0])
    risks = np.empty(replicates)
    for i in range(replicates):
        seen = points[np.unique((rng.random(n) > 1 / n).astype(int))]
        fitted = kernel_fit(seen, seen @ target)(points)
        risks[i] = (fitted - points @ target) ** 2 @ np.array([1 / n, 1 - 1 / n])
    return np.mean(risks), {"n": n, "displacement_energy": scale**2}


def sphere_risk_draws(rng: np.random.Generator, replicates: int, n: int, dim: int, trained: str) -> tuple[Any, Any]:
    """Mean risks of noiseless training on the sphere."""
    risks = kernel_risk_samples(rng, replicates, n=n, target=np.full(dim, dim**-0.5), trained=trained)
    return np.mean(risks), {"n": n, "displacement_energy": 1.0}

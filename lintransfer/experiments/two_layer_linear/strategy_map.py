"""Experiments: risks of the strategies on two-layer linear networks, from trainings."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.simulate.end_to_end import least_squares
from lintransfer.simulate.two_layer_linear.flow import train
from lintransfer.simulate.two_layer_linear.risks import paired_strategy_risks

LP: dict[str, Any] = {"trained": "second"}
LP_FIRST: dict[str, Any] = {"trained": "first", "probe_time": math.inf}


def shifts(rng: np.random.Generator, replicates: int, dim: int, n_features: int) -> tuple[Any, Mapping[str, Any]]:
    """Random networks and targets built as the strategy map says, and the energies measured in them."""
    found, told = [], []
    for _ in range(replicates):
        basis = np.linalg.qr(rng.standard_normal((dim, dim)))[0]
        features, aside = basis[:, :n_features].T, basis[:, -1]
        overlap, mix, norm = rng.uniform(-1, 1), rng.uniform(), rng.uniform(0.5, 2)
        head = rng.standard_normal(n_features)
        head *= norm / np.linalg.norm(head)
        turned = rng.standard_normal(n_features)
        turned -= head * (head @ turned) / norm**2
        other = math.sqrt(mix) * (features.T @ turned) / np.linalg.norm(turned) + math.sqrt(1 - mix) * aside
        target = overlap * features.T @ head + norm * math.sqrt(1 - overlap**2) * other
        gap, seen, missed = target - features.T @ head, features @ target, features @ target - head
        found.append((gap @ gap, target @ target - seen @ seen, seen @ seen, missed @ missed))
        told.append((overlap, mix, norm))
    return np.transpose(found), dict(zip(("overlap", "mix", "head_norm"), np.transpose(told), strict=True))


def probed_from_source(
    rng: np.random.Generator, replicates: int, n: int, n_features: int, head_displacement: float, unexplained: float,
    noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """The head alone from the source's, one direction of it wrong and one of the target not seen."""
    head = np.linspace(1, 2, n_features)
    target = np.append(head, [math.sqrt(unexplained), 0.0])
    target[0] += math.sqrt(head_displacement)
    world: dict[str, Any] = {"features": np.eye(n_features, n_features + 2), "head": head, "target": target}
    return paired_strategy_risks(rng, replicates, [LP], n=n, noise_std=math.sqrt(noise_variance), **world)[0]


def first_layers(
    rng: np.random.Generator, replicates: int, n: int, dim: int, reachable: float, unreachable: float, head_rank: int,
    noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """Gradient descent on B alone under a frozen head V of 3 outputs and 4 features, to rest.

    The rank-deficient V is a product; Δ has the given energies inside and outside its columns.
    """
    outputs, features = 3, 4
    frame = np.linalg.qr(np.vander(np.linspace(-1, 1, outputs), outputs) + np.eye(outputs))[0]
    inside, outside = frame[:, :head_rank], frame[:, head_rank:]
    v = inside @ np.cos(np.arange(head_rank * features)).reshape(head_rank, features)
    gap = np.zeros((outputs, dim))
    gap[:, 0] += inside.sum(axis=1) * math.sqrt(reachable / head_rank)
    if unreachable:
        gap[:, 1] += outside.sum(axis=1) * math.sqrt(unreachable / (outputs - head_rank))
    design = rng.standard_normal((replicates, n, dim))
    labels = design @ gap.T + math.sqrt(noise_variance) * rng.standard_normal((replicates, n, outputs))
    # B moves from 0 (Θ_S apart): the flow is linear in B, and its kernel is XXᵀ ⊗ VVᵀ.
    kernel = np.einsum("bnd,bmd,ij->bnimj", design, design, v @ v.T).reshape(replicates, n * outputs, n * outputs)
    weights = np.linalg.pinv(kernel, rcond=1e-10, hermitian=True) @ labels.reshape(replicates, -1, 1)
    moved = np.einsum("ij,bnj,bnd->bid", v @ v.T, weights.reshape(replicates, n, outputs), design)
    return np.sum((moved - gap) ** 2, axis=(1, 2))


def first_layer(
    rng: np.random.Generator, replicates: int, n: int, dim: int, displacement_energy: float, noise_variance: float
) -> np.ndarray:
    """The first layer of two features alone, from heads of norm 3."""
    features, head = np.eye(2, dim), np.array([0.0, 3.0])
    target = features.T @ head
    target[-1] += math.sqrt(displacement_energy)
    world: dict[str, Any] = {
        "features": features,
        "head": head,
        "target": target,
        "noise_std": math.sqrt(noise_variance),
    }
    return paired_strategy_risks(rng, replicates, [{"trained": "first"}], n=n, **world)[0]


def boundary_gap(rng: np.random.Generator, replicates: int, n: int, dim: int, n_features: int) -> np.ndarray:
    """Samples whose mean is the overlap where both strategies risk the same: the empirical root plus its influences.

    Risk differences are (1 − c) times something linear in c, without noise; two overlaps tell it all.
    """
    slopes = []
    seed = rng.integers(2**32)
    for overlap in (0.0, 0.5):
        target = np.zeros(dim)
        target[0], target[n_features] = overlap, math.sqrt(1 - overlap**2)
        world: dict[str, Any] = {"features": np.eye(n_features, dim), "head": np.eye(n_features)[0], "target": target}
        pair = paired_strategy_risks(np.random.default_rng(seed), replicates, [LP, {"trained": "first"}], n=n, **world)
        slopes.append((pair[0] - pair[1]) / (1 - overlap))
    low, rise = slopes[0], 2 * (slopes[1] - slopes[0])
    root = -low.mean() / rise.mean()
    return root - (low + rise * root) / rise.mean()


def lazy_layers(
    rng: np.random.Generator, replicates: int, n: int, dim: int, n_features: int, head_energy: float,
    head_displacement: float, unexplained: float, noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """Actual layers, output scaled by 50 around the source: B orthonormal, every weight trained."""
    scale = 50.0
    features = np.eye(n_features, dim)
    head = np.full(n_features, math.sqrt(head_energy / n_features))
    source = features.T @ head
    gap = np.zeros(dim)
    gap[:n_features], gap[n_features:] = (
        math.sqrt(energy / size) for energy, size in ((head_displacement, n_features), (unexplained, dim - n_features))
    )
    design = rng.standard_normal((replicates, n, dim))
    noise = math.sqrt(noise_variance) * rng.standard_normal((replicates, n))
    labels = design @ source + (design @ gap + noise) / scale
    end = train(design, labels, features, head, rtol=1e-8)
    return np.sum((scale * (end.weights - source) - gap) ** 2, axis=1)


def lazy_small_heads(
    rng: np.random.Generator, replicates: int, n: int, dim: int, n_features: int, unexplained: float,
    noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """Linear training in all weights around a head of norm 1e-4: the network's gradients are its features."""
    small = 1e-4
    design = rng.standard_normal((replicates, n, dim))
    target = np.zeros(dim)
    target[-1] = math.sqrt(unexplained)
    labels = design @ target + math.sqrt(noise_variance) * rng.standard_normal((replicates, n))
    # ∂f/∂v = Bx, and ∂f/∂B = v xᵀ, of which one row is not zero if v is along an axis.
    gradients = np.concatenate([design[..., :n_features], small * design], axis=-1)
    moved = least_squares(gradients, labels[..., None])[..., 0]
    weights = small * moved[:, n_features:]
    weights[:, :n_features] += moved[:, :n_features]
    return np.sum((weights - target) ** 2, axis=1)


def one_feature_world(feature_norm: float, overlap: float, target_norm: float, dim: int) -> dict[str, np.ndarray]:
    """One feature along the first axis, and a target at the given cosine to it."""
    target = np.zeros(dim)
    target[0], target[1] = target_norm * overlap, target_norm * math.sqrt(1 - overlap**2)
    return {"features": feature_norm * np.eye(1, dim), "target": target}


def one_feature(
    rng: np.random.Generator, replicates: int, n: int, dim: int, feature_norm: float, head: float, overlap: float,
    target_norm: float, noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """Both layers with one feature."""
    world: dict[str, Any] = one_feature_world(feature_norm, overlap, target_norm, dim)
    how: dict[str, Any] = {"n": n, "noise_std": math.sqrt(noise_variance), "head": np.array([head])}
    return paired_strategy_risks(rng, replicates, [{}], **world, **how)[0]


def probed_then_first(
    rng: np.random.Generator, replicates: int, n: int, dim: int, unexplained: float, noise_variance: float
) -> np.ndarray:
    """Probing one feature to rest, then the first layer alone."""
    world: dict[str, Any] = one_feature_world(1.0, math.sqrt(1 - unexplained), 1.0, dim)
    how: dict[str, Any] = {"n": n, "noise_std": math.sqrt(noise_variance), "head": np.zeros(1)}
    return paired_strategy_risks(rng, replicates, [LP_FIRST], **world, **how)[0]


def best_heads(
    rng: np.random.Generator, replicates: int, n: int, dim: int, feature_norm: float, overlap: float,
    target_norm: float, noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """Samples whose mean is the head v_0 with the smallest mean risk: the minimiser of a parabola through three heads
    around the best one on a grid, plus its influences; all on the same designs."""
    world: dict[str, Any] = one_feature_world(feature_norm, overlap, target_norm, dim)
    seed = rng.integers(2**32)

    def risks(heads: np.ndarray, count: int) -> np.ndarray:
        learners = [{"head": np.array([head])} for head in heads]
        how: dict[str, Any] = {"n": n, "noise_std": math.sqrt(noise_variance), "head": np.zeros(1), "rtol": 1e-9}
        return paired_strategy_risks(np.random.default_rng(seed), count, learners, **world, **how)

    probed = target_norm * overlap / feature_norm
    grid = probed * np.linspace(0.1, 1.3, 9)
    best = float(grid[np.argmin(risks(grid, max(20, replicates // 4)).mean(axis=1))])
    step = 0.05 * probed
    found = np.full(replicates, best)
    for _ in range(2):
        low, middle, high = risks(np.array([best - step, best, best + step]), replicates)
        slope, curvature = (high - low) / (2 * step), (high - 2 * middle + low) / step**2
        found = best - slope / curvature.mean()
        best = float(found.mean())
    return found

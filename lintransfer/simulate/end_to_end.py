"""The simulator that knows no theory: draw inputs, label them, fit, and measure the excess risk.

Everything in `lintransfer.verification` that says "simulated" rests on this file, so it uses no formula of
`lintransfer.theory`, no random-matrix law and no average over the noise: a replicate is one design X, one
noise vector and one fit. Replicates are stacked and solved together, in pieces of bounded memory.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from lintransfer.simulate.teachers import covariance_root

_CHUNK_BYTES = 32 * 2**20
_WORST_CONDITION = 1e7  # of a Gram matrix that may be inverted: keeps nine digits in float64


def risk_samples(rng: np.random.Generator, replicates: int, *, n: int, target: Any, **world: Any) -> np.ndarray:
    """Excess risks (ŵ − θ)ᵀΣ_test(ŵ − θ), summed over outputs, of independent trainings; shape (replicates,).

    The keywords are those of `paired_risk_samples`, which says what they mean.

    >>> rng = np.random.default_rng(0)
    >>> risk_samples(rng, 3, n=4, target=np.ones(2)).max() < 1e-20  # noiseless, n ≥ d: learnt exactly
    np.True_
    """
    return paired_risk_samples(rng, replicates, [{}], n=n, target=target, **world)[0]


def paired_risk_samples(
    rng: np.random.Generator,
    replicates: int,
    learners: Sequence[Mapping[str, Any]],
    *,
    n: int,
    target: Any,
    initial: Any = None,
    covariance: Any = None,
    noise_std: float = 0.0,
    ridge: float = 0.0,
    time: float = math.inf,
    test_covariance: Any = None,
    features: Any = None,
    head: Any = None,
    source: Any = None,
    n_source: int | None = None,
    source_noise_std: float = 0.0,
    source_covariance: Any = None,
    source_ridge: float = 0.0,
    per_output: bool = False,
    inputs: str = "gaussian",
) -> np.ndarray:
    """Excess risks of several learners trained on the same data (X, y), shape (learners, replicates).

    learners: one dict each, which overrides some of initial, ridge, time, features and head; there
        initial=None starts from zeros and initial="source" from the source fit.
    n: target samples.  target: teacher θ, (d,) or (d, k).  initial: where training starts (zeros).
    covariance: of the inputs, None (identity), (d,) or (d, d).  test_covariance: of the risk (the same).
    ridge: λ of ‖y − Xw‖² + λ‖w − initial‖²; inf keeps the initial weights.  time: of gradient flow on
        1/(2n) of that sum.
    features: B (d, r) trains only a head on XB, from `head` (r,) or (r, k) (zeros), the ridge on ‖a − head‖².
    source, n_source: draws a source set, fits it from zero with source_ridge, and starts from that fit where
        `initial` is not given; features="source" freezes the fit (columns at unit norm) as features instead.
    per_output: do not sum over the k outputs, but return (learners, replicates, k): k tasks on the same inputs.
    inputs: "gaussian", or "sphere": rows of white inputs all have length √d before they get their covariance.
    """
    teacher = _columns(target)
    dim, outputs = teacher.shape
    root = covariance_root(covariance, dim)
    test_root = root if test_covariance is None else covariance_root(test_covariance, dim)
    source_root = root if source_covariance is None else covariance_root(source_covariance, dim)
    fitted = None if source is None else _columns(source)
    default = {"initial": initial, "ridge": ridge, "time": time, "features": features, "head": head}
    if n_source is not None and initial is None:
        default["initial"] = "source"
    biggest = max(n, n_source or 0)
    floats_each = 3 * biggest * dim + 3 * min(biggest, dim) ** 2 + 4 * dim * outputs
    risks = np.empty((len(learners), replicates, outputs))
    for piece in _pieces(replicates, floats_each):
        size = piece.stop - piece.start
        if n_source is not None:
            design = _colour(_white(rng, (size, n_source, dim), inputs), source_root)
            labels = _labels(rng, design, _columns(source), source_noise_std)
            fitted = least_squares(design, labels, ridge=source_ridge)
        design = _colour(_white(rng, (size, n, dim), inputs), root)
        labels = _labels(rng, design, teacher, noise_std)
        for row, weights in _train_all(design, labels, fitted, [{**default, **learner} for learner in learners]):
            error = weights - teacher
            if test_root is not None:
                error = test_root[:, None] * error if test_root.ndim == 1 else test_root @ error
            risks[row, piece] = np.sum(error * error, axis=-2)
    return risks if per_output else risks.sum(axis=-1)


def draw_inputs(rng: np.random.Generator, shape: tuple[int, ...], covariance: Any = None) -> np.ndarray:
    """Inputs N(0, covariance) with the coordinates on the last axis of `shape`."""
    return _colour(rng.standard_normal(shape), covariance_root(covariance, shape[-1]))


def least_squares(
    design: Any, labels: Any, initial: Any = 0.0, ridge: float = 0.0, time: float = math.inf, parts: Any = None
) -> np.ndarray:
    """Weights (…, d, k) of training on designs (…, n, d) and labels (…, n, k) from `initial`, any rank.

    Minimises ‖y − Xw‖² + ridge·‖w − initial‖², for ridge = 0 at the solution closest to `initial`; a finite
    `time` stops gradient flow on 1/(2n) of that loss.  parts: the singular value decomposition of the designs, if known.
    """
    design, labels = np.asarray(design, float), np.asarray(labels, float)
    n, dim = design.shape[-2:]
    initial = np.broadcast_to(initial, (*design.shape[:-2], dim, labels.shape[-1]))
    if n == 0 or time == 0 or ridge == math.inf:
        return initial.copy()
    residual = labels - design @ initial
    if math.isfinite(time):
        return initial + spectral_step(design, residual, ridge, time, parts)
    return initial + _through_gram(design, residual, ridge)


def spectral_step(design: np.ndarray, residual: np.ndarray, ridge: float, time: float, parts: Any = None) -> np.ndarray:
    """V f(S) Uᵀ residual with f(s) = s/(s² + λ)·(1 − e^{−(s² + λ)T/n}), and f = 0 at numerically zero s."""
    n, dim = design.shape[-2:]
    u, s, vt = np.linalg.svd(design, full_matrices=False) if parts is None else parts
    alive = s > max(n, dim) * np.finfo(float).eps * s[..., :1]
    rate = np.where(alive, s * s, 1.0) + ridge
    flat = rate == 0
    safe = np.where(flat, 1.0, rate)
    finite = math.isfinite(time)
    shrink = np.where(flat, time / n, -np.expm1(-safe * time / n) / safe) if finite else 1 / safe
    kept = np.where(alive, s * shrink, 0.0)
    return np.swapaxes(vt, -1, -2) @ (kept[..., None] * (np.swapaxes(u, -1, -2) @ residual))


def _through_gram(design: np.ndarray, residual: np.ndarray, ridge: float) -> np.ndarray:
    """The smaller of XXᵀ and XᵀX inverted, and the singular value decomposition where that loses digits."""
    n, dim = design.shape[-2:]
    transposed = np.swapaxes(design, -1, -2)
    gram = design @ transposed if n < dim else transposed @ design
    gram += ridge * np.eye(min(n, dim))
    try:
        inverse = np.linalg.inv(gram)
    except np.linalg.LinAlgError:
        return spectral_step(design, residual, ridge, math.inf)
    step = transposed @ (inverse @ residual) if n < dim else inverse @ (transposed @ residual)
    condition = np.abs(gram).sum(-1).max(-1) * np.abs(inverse).sum(-1).max(-1)
    bad = ~(condition < _WORST_CONDITION)
    if np.any(bad):
        step[bad] = spectral_step(design[bad], residual[bad], ridge, math.inf)
    return step


def _train_all(
    design: np.ndarray, labels: np.ndarray, fitted_source: Any, learners: list[dict[str, Any]]
) -> Iterator[tuple[int, np.ndarray]]:
    """(position, weights) of every learner; those that differ only in where they start share one solve,
    those that differ in the stopping time one decomposition."""
    shared: dict[tuple[float, float], list[int]] = {}
    for row, learner in enumerate(learners):
        if learner["features"] is None:
            shared.setdefault((learner["ridge"], learner["time"]), []).append(row)
        else:
            yield row, _train(design, labels, fitted_source, **learner)
    stopped = sum(0 < time < math.inf for _, time in shared)
    parts = np.linalg.svd(design, full_matrices=False) if stopped > 1 and design.shape[-2] > 0 else None
    for (ridge, time), rows in shared.items():
        shape = (*labels.shape[:-2], design.shape[-1], labels.shape[-1])
        initials = [learners[row]["initial"] for row in rows]
        starts = [fitted_source if isinstance(initial, str) else _start(initial) for initial in initials]
        start = np.concatenate([np.broadcast_to(value, shape) for value in starts], axis=-1)
        weights = least_squares(design, np.concatenate([labels] * len(rows), axis=-1), start, ridge, time, parts)
        yield from zip(rows, np.split(weights, len(rows), axis=-1), strict=True)


def _train(
    design: np.ndarray,
    labels: np.ndarray,
    fitted_source: Any,
    initial: Any,
    ridge: float,
    time: float,
    features: Any,
    head: Any,
) -> np.ndarray:
    """Weights (…, d, k) of one learner: all weights from `initial`, or a head on frozen features."""
    if features is None:
        start = fitted_source if isinstance(initial, str) else _start(initial)
        return least_squares(design, labels, start, ridge, time)
    if isinstance(features, str):
        norm = np.linalg.norm(fitted_source, axis=-2, keepdims=True)
        features = fitted_source / np.where(norm > 0, norm, 1.0)
    features = _columns(features)
    return features @ least_squares(design @ features, labels, _start(head), ridge, time)


def _start(weights: Any) -> Any:
    return 0.0 if weights is None else _columns(weights)


def _labels(rng: np.random.Generator, design: np.ndarray, teacher: np.ndarray, noise_std: float) -> Any:
    labels = design @ teacher
    return labels + noise_std * rng.standard_normal(labels.shape) if noise_std else labels


def _white(rng: np.random.Generator, shape: tuple[int, ...], inputs: str) -> np.ndarray:
    rows = rng.standard_normal(shape)
    return rows * (math.sqrt(shape[-1]) / np.linalg.norm(rows, axis=-1, keepdims=True)) if inputs == "sphere" else rows


def _colour(white: np.ndarray, root: Any) -> np.ndarray:
    if root is None:
        return white
    return white * root if root.ndim == 1 else white @ root


def _columns(vectors: Any) -> np.ndarray:
    array = np.asarray(vectors, float)
    return array[:, None] if array.ndim == 1 else array


def _pieces(replicates: int, floats_each: int) -> Iterator[slice]:
    size = max(1, _CHUNK_BYTES // (8 * max(1, floats_each)))
    for start in range(0, replicates, size):
        yield slice(start, min(start + size, replicates))

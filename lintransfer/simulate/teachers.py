"""Teachers for simulations: deterministic vectors that realise given norms, overlaps and energies."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from lintransfer.errors import refuse
from lintransfer.spectra import Modes


def teacher_pair(
    dim: int, overlap: float, source_norm: float = 1.0, target_norm: float = 1.0
) -> tuple[np.ndarray, np.ndarray]:
    """Two vectors (dim,) of the given norms at cosine `overlap`, spread over all coordinates.

    The same arguments always give the same vectors. The first direction is the diagonal (1, …, 1)/√d, the
    second is orthogonal to it, so that no coordinate axis is special.

    Raises `DomainError` if |overlap| > 1, or if dim = 1 and |overlap| ≠ 1.

    >>> source, target = teacher_pair(5, 0.6, target_norm=2.0)
    >>> round(float(source @ target), 12)
    1.2
    """
    if not -1 <= overlap <= 1 or (dim == 1 and abs(overlap) != 1):
        refuse("overlap", "a cosine between -1 and 1 (±1 when dim = 1)", overlap)
    along = np.full(dim, 1 / math.sqrt(dim))
    aside = np.zeros(dim)
    if dim > 1:
        ramp = np.arange(dim) - (dim - 1) / 2
        aside = ramp / np.linalg.norm(ramp)
    sine = math.sqrt(max(0.0, (1 - overlap) * (1 + overlap)))
    return source_norm * along, target_norm * (overlap * along + sine * aside)


def teachers_from_modes(modes: Modes) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Spectrum, source and target, each (d,) in eigen-coordinates, with the energies of every eigenspace.

    Each eigenspace holds its pair in two of its coordinates. An eigenspace of one dimension holds parallel
    vectors only.

    Raises `DomainError` if the energies of an eigenspace fit no two vectors of its dimension.
    """
    counts = np.asarray(modes.multiplicity, float)
    if np.any(counts != np.rint(counts)):
        refuse("multiplicity", "whole numbers, to make vectors from modes", counts)
    spectrum = np.repeat(np.asarray(modes.eigenvalue, float), counts.astype(int))
    source, target = np.zeros_like(spectrum), np.zeros_like(spectrum)
    start = 0
    for count, ss, st, tt in zip(counts.astype(int), modes.source, modes.cross, modes.target, strict=True):
        if count:
            source[start], target[start], height = _pair_in_plane(float(ss), float(st), float(tt))
            if count > 1:
                target[start + 1] = height
            elif height > 1e-7 * math.sqrt(tt):
                refuse("modes", "parallel teachers in an eigenspace of one dimension", (ss, st, tt))
        start += count
    return spectrum, source, target


def _pair_in_plane(source: float, cross: float, target: float) -> tuple[float, float, float]:
    """s along the first axis, and the two coordinates of the target, for three given energies."""
    if cross * cross > source * target * (1 + 1e-9):
        refuse("modes", "energies with cross² ≤ source·target", (source, cross, target))
    norm = math.sqrt(source)
    along = cross / norm if norm > 0 else 0.0
    return norm, along, math.sqrt(max(0.0, target - along * along))


def teachers_from_subspaces(
    dim: int, n_features: int, outputs: int, explained: float, target_norm: float, overlap: float
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Features (d, r), source and target (d, k) of two subspaces: orthonormal features, orthogonal targets of one norm, of
    which the features explain this share, Σ_j cos²φ_j, as equally as there is room for.

    target_norm: of each of the k targets.  overlap: the cosine of source and target, both of one norm; nan for no source.
    """
    pairs = min(n_features, outputs)
    apart = min(pairs, dim - n_features - (outputs - pairs))  # pairs with a direction of their own beside the features
    share = np.clip((explained - (pairs - apart)) / max(apart, 1), 0.0, 1.0)
    angle = np.where(np.arange(outputs) < pairs - apart, 0.0, math.acos(math.sqrt(share)))
    angle[pairs:] = math.pi / 2
    axes, beside = np.eye(dim), n_features + np.arange(outputs) - (pairs - apart)
    # The source lies on the other side of its feature; where target and feature are one, it is there too.
    cosine = (overlap * pairs - (pairs - apart)) / max(apart, 1)
    turn = np.where(angle > 0, math.acos(min(max(cosine, -1.0), 1.0)) - angle, 0.0)
    target, source = np.zeros((dim, outputs)), np.zeros((dim, outputs))
    for j in range(outputs):
        near, far = axes[min(j, n_features - 1)], axes[min(beside[j], dim - 1)] * (angle[j] > 0)
        target[:, j] = target_norm * (math.cos(angle[j]) * near * (j < pairs) + math.sin(angle[j]) * far)
        source[:, j] = target_norm * (math.cos(turn[j]) * near - math.sin(turn[j]) * far)
    return axes[:, :n_features], source, target


class TwoLayerTeachers(NamedTuple):
    """A source network and a target. features: B, (k, d), orthonormal rows.  head: v, (k,).  target: θ_T, (d,)."""

    features: np.ndarray
    head: np.ndarray
    target: np.ndarray


def two_layer_teachers(
    dim: int, n_features: int, source: float, cross: float, aside: float, mix: float
) -> TwoLayerTeachers:
    """Vectors along the axes for `TransferProblem.two_layer`: the source's direction, the features' second, one beside them.

    source, cross: θ_S·θ_S and θ_S·θ_T.  aside: energy of what turns the target away, of which the features see a share `mix`.

    >>> two_layer_teachers(4, 2, 1.0, 0.6, 0.64, 0.0).target.tolist()
    [0.6, 0.0, 0.8, 0.0]
    """
    head, target = math.sqrt(source) * np.eye(1, n_features)[0], np.zeros(dim)
    target[0] = cross / head[0]
    if aside > 0 and mix > 0:
        target[1] = math.sqrt(mix * aside)
    if aside > 0 and mix < 1:
        target[n_features] = math.sqrt((1 - mix) * aside)
    return TwoLayerTeachers(np.eye(n_features, dim), head, target)


def two_layer_numbers(problem: Any) -> tuple[int, int, float, float, float, float]:
    """The arguments of `two_layer_teachers` for a problem."""
    m = problem.modes
    return (
        problem.dim,
        int(problem.n_features),
        float(m.source[0]),
        float(m.cross[0]),
        float(m.aside[0]),
        float(problem.mix),
    )


def covariance_root(covariance: Any, dim: int) -> Any:
    """A with AAᵀ = covariance: None for the identity, (d,) for a spectrum, else the symmetric root (d, d)."""
    if covariance is None:
        return None
    covariance = np.asarray(covariance, float)
    if covariance.shape not in ((dim,), (dim, dim)):
        refuse("covariance", f"a spectrum ({dim},) or a matrix ({dim}, {dim})", f"shape {covariance.shape}")
    if covariance.ndim == 1:
        return np.sqrt(covariance)
    values, basis = np.linalg.eigh(covariance)
    return (basis * np.sqrt(np.maximum(values, 0))) @ basis.T

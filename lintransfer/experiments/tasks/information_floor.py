"""Experiments on what data can tell: posteriors of drawn teachers, by the covariance of all labels of one design."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

_DRAWS = 8  # teachers and noises for every set of designs


def _designs(rng: np.random.Generator, replicates: int, sizes: Sequence[int], spectra: np.ndarray) -> list[np.ndarray]:
    """Inputs of every task, (replicates, n_k, d), with the spectra (d, K)."""
    dim = len(spectra)
    return [rng.standard_normal((replicates, n, dim)) * np.sqrt(spectra[:, k]) for k, n in enumerate(sizes)]


def _label_covariance(
    left: Sequence[np.ndarray], right: Sequence[np.ndarray], prior: np.ndarray, noises: Sequence[float] | None
) -> np.ndarray:
    """Covariance of the labels of all tasks given the designs; prior: (d, K, K) of the teachers' coordinates."""
    blocks = [[(a * prior[:, k, j]) @ np.swapaxes(b, -1, -2) for j, b in enumerate(right)] for k, a in enumerate(left)]
    whole = np.concatenate([np.concatenate(row, axis=-1) for row in blocks], axis=-2)
    if noises is not None:
        whole = whole + np.diag(np.repeat(noises, [a.shape[-2] for a in left]))
    return whole


def bayes_errors(
    rng: np.random.Generator,
    replicates: int,
    sizes: Sequence[int],
    prior: np.ndarray,
    noises: Sequence[float],
    spectra: np.ndarray,
    tested: np.ndarray | None = None,
) -> np.ndarray:
    """Squared errors of the posterior mean of the last teacher, (replicates,): each over one set of designs, and a mean
    over several teachers, drawn from the prior, with labels of their own."""
    dim, tasks = spectra.shape
    found, chunk = [], max(1, 2_000_000 // (sum(sizes) + 1) ** 2)
    values, vectors = np.linalg.eigh(prior)
    root = vectors * np.sqrt(np.maximum(values, 0))[:, None, :]
    for start in range(0, replicates, chunk):
        count = min(chunk, replicates - start)
        designs = _designs(rng, count, sizes, spectra)
        white = rng.standard_normal((count, dim, tasks, _DRAWS))
        teachers = np.einsum("dkj,rdjm->rdkm", root, white)
        labels = [
            x @ teachers[:, :, k] + math.sqrt(noises[k]) * rng.standard_normal((count, x.shape[1], _DRAWS))
            for k, x in enumerate(designs)
        ]
        solved = np.linalg.solve(_label_covariance(designs, designs, prior, noises), np.concatenate(labels, axis=1))
        ends = np.cumsum(sizes)[:-1]
        parts = np.split(solved, ends, axis=1)
        mean = sum(
            prior[:, -1, k, None] * (np.swapaxes(x, 1, 2) @ part)
            for k, (x, part) in enumerate(zip(designs, parts, strict=True))
        )
        missed = (mean - teachers[:, :, -1]) ** 2
        weight = spectra[:, -1] if tested is None else tested
        found.append(np.einsum("d,rdm->r", weight, missed) / _DRAWS)
    return np.concatenate(found)


def informations(
    rng: np.random.Generator,
    replicates: int,
    sizes: Sequence[int],
    prior: np.ndarray,
    noises: Sequence[float],
    spectra: np.ndarray,
) -> np.ndarray:
    """½ ln det of the labels' covariance over that of their noise, (replicates,): information about all teachers."""
    designs = _designs(rng, replicates, sizes, spectra)
    covariance = _label_covariance(designs, designs, prior, noises)
    noise = sum(n * math.log(v) for n, v in zip(sizes, noises, strict=True))
    return (np.linalg.slogdet(covariance)[1] - noise) / 2


def _pair(dim: int, overlap: float, target_norm: float, source_norm: float) -> np.ndarray:
    """The prior of source and target in every coordinate, (d, 2, 2)."""
    cross = overlap * source_norm * target_norm
    return np.broadcast_to(np.array([[source_norm**2, cross], [cross, target_norm**2]]) / dim, (dim, 2, 2))


def transfer_errors(
    rng: np.random.Generator, replicates: int, n: int, n_source: int, dim: int, overlap: float, target_norm: float,
    source_norm: float, noise_variance: float, source_noise_variance: float,
) -> np.ndarray:  # fmt: skip
    prior = _pair(dim, overlap, target_norm, source_norm)
    noises = (source_noise_variance, noise_variance)
    return bayes_errors(rng, replicates, (n_source, n), prior, noises, np.ones((dim, 2)))


def scratch_shares(rng: np.random.Generator, replicates: int, n: int, dim: int, snr: float) -> np.ndarray:
    """Squared errors of the posterior mean of one teacher of unit prior variance."""
    return bayes_errors(rng, replicates, (n,), np.full((dim, 1, 1), 1 / dim), (1 / snr,), np.ones((dim, 1)))


def scratch_informations(rng: np.random.Generator, replicates: int, n: int, dim: int, snr: float) -> np.ndarray:
    return informations(rng, replicates, (n,), np.full((dim, 1, 1), 1 / dim), (1 / snr,), np.ones((dim, 1)))


def source_informations(
    rng: np.random.Generator, replicates: int, n_source: int, dim: int, overlap: float, source_norm: float,
    source_noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """Entropy of the source labels minus that with the target known, of which they are a part."""
    x = rng.standard_normal((replicates, n_source, dim))
    gram, noise = x @ np.swapaxes(x, 1, 2) * source_norm**2 / dim, source_noise_variance * np.eye(n_source)
    whole, apart = (np.linalg.slogdet(part * gram + noise)[1] for part in (1.0, 1 - overlap**2))
    return (whole - apart) / 2


def target_informations(
    rng: np.random.Generator, replicates: int, n: int, n_source: int, dim: int, overlap: float, target_norm: float,
    source_norm: float, noise_variance: float, source_noise_variance: float,
) -> np.ndarray:  # fmt: skip
    """Entropy of all labels minus that of the source labels, minus that of the target noise."""
    prior, noises = _pair(dim, overlap, target_norm, source_norm), (source_noise_variance, noise_variance)
    designs = _designs(rng, replicates, (n_source, n), np.ones((dim, 2)))
    whole = np.linalg.slogdet(_label_covariance(designs, designs, prior, noises))[1]
    source = np.linalg.slogdet(_label_covariance(designs[:1], designs[:1], prior, noises[:1]))[1]
    return (whole - source - n * math.log(noise_variance)) / 2


GRAM = np.array([[1.0, 0.5, 0.9], [0.5, 1.2, 0.2], [0.9, 0.2, 1.5]])  # of three teachers
NOISES = (0.4, 0.1, 0.6)


def family_sizes(dim: int) -> tuple[int, ...]:
    return dim // 2, dim, dim // 3


def family_errors(rng: np.random.Generator, replicates: int, dim: int) -> np.ndarray:
    prior = np.broadcast_to(GRAM / dim, (dim, 3, 3))
    return bayes_errors(rng, replicates, family_sizes(dim), prior, NOISES, np.ones((dim, 3)))


def family_informations(rng: np.random.Generator, replicates: int, dim: int) -> np.ndarray:
    prior = np.broadcast_to(GRAM / dim, (dim, 3, 3))
    return informations(rng, replicates, family_sizes(dim), prior, NOISES, np.ones((dim, 3)))


def family_arguments(dim: int) -> Mapping[str, Any]:
    return {
        "sizes": np.array(family_sizes(dim), float), "dim": dim, "gram": GRAM, "noise_variances": np.array(NOISES),
    }  # fmt: skip


def spectral_world(dim: int, tested: bool) -> dict[str, Any]:
    """Two modes: tasks weigh them differently, and the teachers agree more in one than in the other."""
    half = dim // 2
    levels = np.array([[1.0, 2.0, 1.5], [0.6, 0.2, 0.5]])
    prior = np.stack([GRAM, 0.5 * np.diag(np.diag(GRAM)) + 0.2 * GRAM]) / dim
    known = {
        "sizes": np.array(family_sizes(dim), float), "eigenvalues": levels, "multiplicities": np.full(2, float(half)),
        "prior": prior, "noise_variances": np.array(NOISES),
    }  # fmt: skip
    return known | ({"test_eigenvalues": np.array([0.3, 1.0])} if tested else {})


def spectral_errors(rng: np.random.Generator, replicates: int, dim: int, tested: bool) -> np.ndarray:
    world = spectral_world(dim, tested)
    spread: dict[str, np.ndarray] = {
        name: np.repeat(world[name], dim // 2, axis=0)
        for name in ("eigenvalues", "prior", "test_eigenvalues")
        if name in world
    }
    return bayes_errors(
        rng, replicates, family_sizes(dim), spread["prior"], NOISES, spread["eigenvalues"],
        spread.get("test_eigenvalues"),
    )  # fmt: skip

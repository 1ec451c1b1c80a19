"""Simulated risks of the strategies on two-layer sources: the question in the user's words, many cells on shared designs.

Inputs are isotropic, so that the features may be the first k axes, and all that a risk sees of a design is its singular
values and the first k + 1 coordinates of its right singular vectors. Cells of one sample size share designs and noise:
curves are smooth and differences are paired.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from lintransfer.simulate.teachers import two_layer_numbers, two_layer_teachers
from lintransfer.simulate.two_layer_linear.flow import train_seen
from lintransfer.strategies import FineTune, FirstLayer, LinearTransfer, ProbeThen, Scratch

_CHUNK_BYTES = 4 * 2**20  # of the state of the networks trained at once: it stays in the processor's cache
_RTOL = 1e-4  # of the integrator, which leaves as much in a risk: far below the noise of a few designs


class _Design(NamedTuple):
    """Designs (b, n, d) in their singular bases: s (b, r), the first coordinates of the right singular vectors (b, r, m),
    and the noise of unit variance in coordinates of the left ones (b, r)."""

    values: np.ndarray
    basis: np.ndarray
    noise: np.ndarray


class _Cells(NamedTuple):
    """Worlds that share their designs: B is the first k axes. heads: v_S (c, k).  targets: (c, m).  noise: σ (c,)."""

    heads: np.ndarray
    targets: np.ndarray
    noise: np.ndarray


def simulate_risks(
    problems: Sequence[Any], learners: Sequence[Any], n: int, key: int, replicates: int
) -> tuple[np.ndarray, np.ndarray]:
    """Mean excess risk of each problem's learner at n samples, and its standard error, both (problems,)."""
    risks = _samples(problems, learners, n, key, replicates)
    return risks.mean(axis=1), risks.std(axis=1, ddof=1) / math.sqrt(replicates)


def simulate_gains(
    problems: Sequence[Any], pairs: Sequence[tuple[Any, Any]], n: int, key: int, replicates: int
) -> tuple[np.ndarray, np.ndarray]:
    """Mean of R_baseline − R_learner on the same data, and its standard error, both (problems,)."""
    base, other = (_samples(problems, [pair[side] for pair in pairs], n, key, replicates) for side in (0, 1))
    gains = base - other
    return gains.mean(axis=1), gains.std(axis=1, ddof=1) / math.sqrt(replicates)


def _samples(problems: Sequence[Any], learners: Sequence[Any], n: int, key: int, replicates: int) -> np.ndarray:
    """Risks (problems, replicates); learners of one kind are trained together."""
    risks = np.empty((len(problems), replicates))
    kinds: dict[Any, list[int]] = {}
    for place, (problem, learner) in enumerate(zip(problems, learners, strict=True)):
        kinds.setdefault((problem.dim, problem.n_features, learner), []).append(place)
    for (dim, count, learner), places in kinds.items():
        cells = tuple((*two_layer_numbers(problems[i])[2:], float(problems[i].noise_std)) for i in places)
        risks[places] = _remembered(dim, count, learner, n, key, replicates, cells)
    return risks


@lru_cache(maxsize=64)
def _remembered(dim: int, count: int, learner: Any, n: int, key: int, replicates: int, cells: Any) -> np.ndarray:
    """Risks (cells, replicates); a diagram asks for the same ones twice, alone and in differences."""
    teachers = [two_layer_teachers(dim, count, *energies) for *energies, _ in cells]
    worlds = _Cells(
        np.array([t.head for t in teachers]),
        np.array([t.target[: min(count + 1, dim)] for t in teachers]),
        np.array([noise for *_, noise in cells]),
    )
    if n == 0:
        return np.repeat(_untrained(learner, worlds, count)[:, None], replicates, axis=1)
    rng, least, seen = np.random.default_rng([key, n]), min(n, dim), worlds.targets.shape[1]
    risks = np.empty((len(cells), replicates))
    size = max(1, _CHUNK_BYTES // (8 * max(n * dim, 1)))
    for begin in range(0, replicates, size):
        b = min(size, replicates - begin)
        left, values, right = np.linalg.svd(rng.standard_normal((b, n, dim)), full_matrices=False)
        noise = np.einsum("bnr,bn->br", left, rng.standard_normal((b, n)))
        design = _Design(values, right[:, :, :seen], noise)
        rows = max(1, _CHUNK_BYTES // (8 * b * (count + 2) * least))
        for start in range(0, len(cells), rows):
            some = _Cells(*(part[start : start + rows] for part in worlds))
            risks[start : start + rows, begin : begin + b] = _trained(design, some, learner, n, count)
    return risks


def _untrained(learner: Any, worlds: _Cells, count: int) -> np.ndarray:
    starts = np.zeros_like(worlds.targets)
    if not _from_zero(learner):
        starts[:, :count] = worlds.heads
    return np.sum((starts - worlds.targets) ** 2, axis=-1)


def _from_zero(learner: Any) -> bool:
    return isinstance(learner, Scratch | ProbeThen) or getattr(learner, "head", "source") == "zero"


def _trained(design: _Design, worlds: _Cells, learner: Any, n: int, count: int) -> np.ndarray:
    """Risks (cells, designs)."""
    values, basis, noise = (part[None] for part in design)  # (1, b, r, …)
    target = np.einsum("ibrm,cm->cbr", basis, worlds.targets)
    fit = target + worlds.noise[:, None, None] * noise / values
    shape = (*fit.shape[:2], count)
    heads = np.zeros(shape) if _from_zero(learner) else np.broadcast_to(worlds.heads[:, None], shape)
    seen = np.swapaxes(design.basis[:, :, :count], -1, -2)  # B in the right singular basis, (b, k, r)
    rates = design.values**2
    after, time = learner, getattr(learner, "time", math.inf)
    if isinstance(learner, LinearTransfer):
        heads = _probed(seen, rates, fit, heads, n, math.inf)
        found = np.einsum("bkr,cbk->cbr", seen, heads)
    elif isinstance(learner, ProbeThen):
        heads = _probed(seen, rates, fit, heads, n, learner.time)
        after, time = learner.strategy, math.inf
    if isinstance(after, Scratch):
        found = fit
    elif isinstance(after, FirstLayer):
        energy = np.sum(heads * heads, axis=-1)[..., None]
        start = np.einsum("bkr,cbk->cbr", seen, heads)
        ridge = after.ridge / np.where(energy > 0, energy, 1)
        decay = rates + ridge
        with np.errstate(over="ignore"):
            learnt = rates / decay * -np.expm1(-decay * energy * (time / n)) if time < math.inf else rates / decay
        found = start + np.where(energy > 0, learnt, 0.0) * (fit - start)
    elif isinstance(after, FineTune):
        b, cells = len(rates), len(fit)
        every = (
            np.broadcast_to(part, (cells, *part.shape)).reshape(cells * b, *part.shape[1:]) for part in (seen, rates)
        )
        many, speeds = every
        ends, flat, _ = train_seen(
            many, np.array(heads.reshape(cells * b, count)), speeds, fit.reshape(cells * b, -1), n, time, _RTOL
        )
        found = np.einsum("ikr,ik->ir", ends, flat).reshape(fit.shape)
        heads = flat.reshape(shape)
    starts = np.zeros((*fit.shape[:2], worlds.targets.shape[1]))
    if not isinstance(after, Scratch):
        starts[..., :count] = heads  # what the data do not see of B stays, under the head that is now
    missed = starts - worlds.targets[:, None]
    hidden = np.sum(missed**2, axis=-1) - np.sum(np.einsum("ibrm,cbm->cbr", basis, missed) ** 2, axis=-1)
    return np.maximum(hidden, 0.0) + np.sum((found - target) ** 2, axis=-1)


def _probed(seen: np.ndarray, rates: np.ndarray, fit: np.ndarray, heads: np.ndarray, n: int, time: float) -> np.ndarray:
    """Heads (cells, designs, k) after gradient flow for `time` on frozen features; those that no sample asks of stay."""
    weighted = seen * rates[:, None]
    values, vectors = np.linalg.eigh(weighted @ np.swapaxes(seen, -1, -2))
    push = np.einsum("bkr,cbr->cbk", weighted, fit - np.einsum("bkr,cbk->cbr", seen, heads))
    alive = values > seen.shape[-1] * np.finfo(float).eps * values[..., -1:]
    safe = np.where(alive, values, 1.0)
    gain = np.where(alive, -np.expm1(-safe * (time / n)) / safe if time < math.inf else 1 / safe, 0.0)
    return heads + np.einsum("bkl,bl,bml,cbm->cbk", vectors, gain, vectors, push)

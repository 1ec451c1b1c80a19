"""Simulated deep fine-tuning: the scalars that its law depends on, or real training sets, and for each the end point
that is exact given X and y.

Integrated is only what no closed form decides: whether an unbalanced chain turns what the data do not see round.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.arithmetic import total
from lintransfer.models import DeepLinear
from lintransfer.problems import TransferProblem
from lintransfer.simulate.deep_linear.draws import Draws, draw_trainings, excess, world_of
from lintransfer.simulate.deep_linear.reduced import chain_turns
from lintransfer.strategies import FineTune, model_of
from lintransfer.theory.deep_linear.laws import draw_scalars, least_squares_scalars
from lintransfer.theory.deep_linear.moments import risk_from_scalars, seen_block
from lintransfer.theory.deep_linear.retention import retention_factor
from lintransfer.theory.deep_linear.unbalanced_chains import chain_imbalances, initial_scales, unbalanced_retention


def simulate(p: TransferProblem, learner: Any, n: Any, key: int, replicates: int) -> tuple[Any, Any]:
    """Mean risk and its standard error, each of the shape of n."""
    deep = isinstance(learner, FineTune)
    return _summary([_risks(p, model_of(learner), int(k), key, replicates)[0 if deep else 1] for k in np.ravel(n)], n)


def simulate_gain(p: TransferProblem, pair: Any, n: Any, key: int, replicates: int) -> tuple[Any, Any]:
    """Mean transferability against min-norm scratch on the same sets, and its standard error."""
    found = (_risks(p, model_of(pair[1]), int(k), key, replicates) for k in np.ravel(n))
    return _summary([scratch - tuned for tuned, scratch in found], n)


def simulate_law(p: TransferProblem, learner: Any, n: Any, key: int, replicates: int) -> tuple[Any, Any]:
    """Mean risk and its standard error, from draws of the scalars that the law depends on (Σ = λI)."""
    depth = float(model_of(learner).depth)
    return _summary([_draws(p, depth, int(size), key, replicates)[0] for size in np.ravel(n)], n)


def simulate_law_gain(p: TransferProblem, pair: Any, n: Any, key: int, replicates: int) -> tuple[Any, Any]:
    """Mean transferability against min-norm scratch, and its standard error, from the same draws."""
    depth = float(model_of(pair[1]).depth)
    pairs = (_draws(p, depth, int(size), key, replicates) for size in np.ravel(n))
    return _summary([scratch - tuned for tuned, scratch in pairs], n)


def _draws(p: TransferProblem, depth: float, n: int, key: int, replicates: int) -> tuple[np.ndarray, np.ndarray]:
    """Risks of fine-tuning and of scratch on the same training sets, from the law of the scalars they depend on."""
    rng, m = np.random.default_rng([key, n]), p.modes
    source, cross, target = (float(total(m.eigenvalue * energy)) for energy in (m.source, m.cross, m.target))
    if n == 0:
        return np.full(replicates, source - 2 * cross + target), np.full(replicates, target)
    if n >= p.dim:
        risks = least_squares_scalars(rng, replicates, n, p.dim, float(p.noise_std))
        return risks, risks
    scalars = draw_scalars(rng, replicates, n, p.dim, float(p.noise_std))
    block = seen_block(scalars.first, scalars.second, scalars.angle)
    parts = risk_from_scalars(depth, source, cross, target, block, scalars.noise_energy, scalars.noise_cosine)
    return parts.risk, parts.scratch


def _summary(samples: list[np.ndarray], n: Any) -> tuple[np.ndarray, np.ndarray]:
    table = np.asarray(samples)
    error = table.std(axis=1, ddof=1) / math.sqrt(table.shape[1])
    return table.mean(axis=1).reshape(np.shape(n)), error.reshape(np.shape(n))


def _risks(p: TransferProblem, model: DeepLinear, n: int, key: int, replicates: int) -> tuple[np.ndarray, np.ndarray]:
    """Risks of fine-tuning and of scratch on the same training sets, each (replicates,)."""
    rng, world = np.random.default_rng([key, n]), world_of(p)
    stacks = [
        (excess(d.start if n == 0 else _end_points(d, model), world), excess(d.fit, world))
        for d in draw_trainings(rng, replicates, p, world, n)
    ]
    tuned, scratch = (np.concatenate(parts) for parts in zip(*stacks, strict=True))
    return tuned, scratch


def _end_points(draws: Draws, model: DeepLinear) -> np.ndarray:
    square, kept, fit = (np.sum(v * v, axis=1) for v in (draws.start, draws.kept, draws.fit))
    given = np.where(square > 0, square, 1.0)
    null = kept / given
    if model.is_balanced:
        seen = np.sum((draws.start - draws.kept) ** 2, axis=1) / given
        rho = np.where(
            square > 0, retention_factor(float(model.depth), null, fit / given, seen), 0.0
        )  # nothing to keep
        return draws.fit + rho[:, None] * draws.kept
    imbalance = tuple(float(d) for d in chain_imbalances(int(model.depth), model.imbalance))
    end = unbalanced_retention(imbalance, square, null, fit)
    rho, moving = np.array(end.retention), np.ones(len(square))
    open_ = np.flatnonzero(~end.decided & ((null > 1e-20) | end.may_stall))
    if len(open_):
        heads = np.sqrt(np.stack(initial_scales(imbalance, square)[1:], axis=1))
        unit = np.sqrt(square[open_])[:, None]  # the flow is followed from a start of length one
        starts = (
            draws.labels[open_] / unit,
            draws.start[open_] / unit,
            heads[open_] / unit ** (1 / (len(imbalance) + 1)),
        )
        turned, stalled = chain_turns(draws.design[open_], *starts)
        rho[open_] = np.where(turned, -rho[open_], rho[open_])
        moving[open_] = np.where(stalled, 0.0, 1.0)
    return moving[:, None] * (draws.fit + rho[:, None] * draws.kept)

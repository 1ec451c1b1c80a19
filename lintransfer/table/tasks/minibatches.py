"""Rows: averages of SGD iterates, losses on batches seen before, greedy steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.tasks.minibatches import (
    counted_steps,
    equivalent_average_steps,
    equivalent_steps,
    fresh_losses,
    greedy_steps,
    iterates,
    moving_averages,
    regression_tails,
    seen_losses,
    tail_means,
    two_point_means,
)
from lintransfer.table.mutants import dropped, instead, moved, times
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.tasks.averages import best_scale
from lintransfer.theory.tasks.minibatches import (
    fresh_batch_loss,
    greedy_risk,
    greedy_step,
    iterate_variance,
    moving_average_equivalent_step,
    moving_average_variance,
    seen_batch_loss,
    steps_to_risk,
    tail_mean_risk,
    tail_mean_variance,
    two_point_average_variance,
    two_point_equivalent_step,
)

_MODEL = "the quadratic model of batch losses of Sandler et al. (2023)"
_DOMAIN = "(λ/2)(w − w_b)², independent w_b of variance s_b, stationary, 0 < ηλ < 2"
_BOX = {"step": (1e-3, 0.45), "curvature": (0.1, 4.0), "batch_variance": (0.01, 4.0)}
_SLOW = {"step": 0.15, "curvature": 1.6, "batch_variance": 0.7}
_FAST = {"step": 0.8, "curvature": 1.6, "batch_variance": 0.7}
_BOTH = (_SLOW, _FAST)
_DRAWS = 40_000
_LEVELS = {"eigenvalues": np.array([2.0, 0.4]), "multiplicities": np.array([1.0, 3.0]), "noise_variance": 0.5}
_TAIL = {"step": 0.2, "batch": 2} | _LEVELS
_GREEDY = grid(risk=[1.3, 0.2], dim=[1, 6], noise_variance=[0.0, 0.4], batch=[1, 5])


def _each(points: Any, **others: Any) -> tuple[dict[str, Any], ...]:
    return tuple(point | others for point in points)


def _without(name: str) -> Any:
    return lambda **point: {key: value for key, value in point.items() if key != name}


def _variance(draw: Any, points: Any) -> tuple[Experiment, ...]:
    return (Experiment(draw, tuple(points), "variance", _DRAWS),)


def _stable(rng: np.random.Generator) -> dict[str, Any]:
    count, batch = int(rng.integers(1, 5)), int(rng.integers(1, 64))
    levels, sizes = rng.uniform(0.05, 3, count), np.round(np.exp(rng.uniform(0, 6, count)))
    edge = min(1.5 / (levels.max() * (1 + 1 / batch)), batch / float(sizes @ levels))
    return {
        "step": float(edge * np.exp(rng.uniform(-6, -0.3))), "eigenvalues": levels, "multiplicities": sizes,
        "noise_variance": float(rng.uniform(0.01, 4)), "batch": batch, "iterates": int(np.exp(rng.uniform(0, 12))),
    }  # fmt: skip


def _autocorrelations(pull: float, count: int) -> float:
    """The double sum over pairs of iterates, term by term."""
    return sum((1 - pull) ** abs(i - j) for i in range(count) for j in range(count)) / count**2


def _small_tail(pull: float, count: int) -> float:
    """The factor expanded in h: 1 − h(N² − 1)/(3N) + …, exact where h is tiny."""
    return 1 - pull * (count * count - 1) / (3 * count)


ROWS = (
    Theorem(
        name="iterate-variance",
        kind="exact",
        statement="Var w = V = ηλs_b/(2−ηλ)",
        formula=iterate_variance,
        source=_MODEL,
        papers=("sandler2023",),
        domain=_DOMAIN,
        derivation="derivations.tasks.minibatches.iterate_variance",
        limits=(
            Limit("ηλ = 1: the minimum of the last batch", 0.7,
                  ({"step": 0.5, "curvature": 2.0}, {"step": 4.0, "curvature": 0.25}), given={"batch_variance": 0.7}),
            Limit("small steps: ηλs_b/2", 0.5, grid(step=[1e-9, 1e-12], curvature=1.6), given={"batch_variance": 0.7},
                  rtol=1e-8, left=lambda formula, step, curvature: formula(step, curvature) / (step * curvature * 0.7)),
        ),
        box=_BOX,
        experiments=_variance(iterates, _BOTH),
        mutants=(Mutant("the small-step limit", lambda step, curvature, batch_variance: step * curvature * batch_variance / 2),
                 times(2.0)),
    ),
    Theorem(
        name="two-point-average",
        kind="exact",
        statement="Var (w_t + w_{t+k})/2 = V(1+ρ^k)/2, ρ = 1−ηλ",
        formula=two_point_average_variance,
        source=_MODEL,
        papers=("sandler2023",),
        domain=_DOMAIN,
        derivation="derivations.tasks.minibatches.two_point_average_variance",
        limits=(
            Limit("the same point twice", iterate_variance, _BOTH, given={"lag": 0}),
            Limit("far apart: half", lambda **point: iterate_variance(**point) / 2, _BOTH, given={"lag": 4000}),
        ),
        box=_BOX | {"step": (1e-9, 0.45), "lag": (0, 10**9)},
        experiments=_variance(two_point_means, _each(_BOTH, lag=1) + _each(_BOTH, lag=4)),
        mutants=(Mutant("independent points", lambda lag, **point: iterate_variance(**point) / 2),
                 moved(lag=1), instead(lag=lambda lag: 2 * lag)),
    ),
    Theorem(
        name="moving-average-variance",
        kind="exact",
        statement="Var w̄ = V(1−b)/(1+b)·(1+bρ)/(1−bρ), w̄ ← bw̄ + (1−b)w",
        formula=moving_average_variance,
        source=_MODEL,
        papers=("sandler2023",),
        domain=_DOMAIN + ", 0 ≤ b < 1",
        derivation="derivations.tasks.minibatches.moving_average_variance",
        limits=(
            Limit("nothing kept: the iterate", iterate_variance, _BOTH, given={"decay": 0.0}),
            Limit("ηλ = 1, independent iterates: (1−b)/(1+b)", 0.7 * 0.3 / 1.7, ({"step": 0.5, "curvature": 2.0},),
                  given={"batch_variance": 0.7, "decay": 0.7}),
        ),
        box=_BOX | {"decay": (0.0, 0.999)},
        experiments=_variance(moving_averages, _each(_BOTH, decay=0.5) + _each((_SLOW,), decay=0.8)),
        mutants=(Mutant("independent iterates", lambda decay, **point: iterate_variance(**point) * (1 - decay) / (1 + decay)),
                 instead(decay=lambda decay: 1 - decay)),
    ),
    Theorem(
        name="tail-mean-variance",
        kind="exact",
        statement="Var mean of N iterates = V[(1+ρ)/((1−ρ)N) − 2ρ(1−ρ^N)/(N(1−ρ))²]",
        formula=tail_mean_variance,
        source="follows from iterate-variance by substitution (autocovariance Vρ^k, summed)",
        follows=("iterate-variance",),
        see=("sandler2023",),
        domain=_DOMAIN + ", N ≥ 1",
        derivation="derivations.tasks.minibatches.tail_mean_variance",
        limits=(
            Limit("the pairs of iterates, one by one",
                  lambda iterates, **point: iterate_variance(**point) * _autocorrelations(
                      point["step"] * point["curvature"], iterates),
                  tuple(point | {"iterates": n} for point in (*_BOTH, _SLOW | {"step": 1e-3}) for n in (1, 2, 7, 60))),
            Limit("tiny steps: 1 − h(N²−1)/(3N)", lambda step, iterates: step * 0.35 * _small_tail(step, iterates),
                  grid(step=[1e-10], iterates=[1, 5, 3000]), given={"curvature": 1.0, "batch_variance": 0.7}, rtol=1e-9),
        ),
        box={"step": (1e-9, 0.45), "curvature": (0.1, 4.0), "batch_variance": (0.01, 4.0), "iterates": (1, 10**9)},
        experiments=_variance(tail_means, _each(_BOTH, iterates=2) + _each(_BOTH, iterates=10)),
        mutants=(Mutant("independent iterates", lambda iterates, **point: iterate_variance(**point) / iterates),
                 Mutant("the long-mean limit", lambda step, curvature, batch_variance, iterates: (
                     iterate_variance(step, curvature, batch_variance) * (2 - step * curvature) / (step * curvature * iterates))),
                 moved(iterates=1)),
    ),
    Theorem(
        name="fresh-batch-loss",
        kind="exact",
        statement="E (λ/2)(w−w_b)² = λs_b/(2−ηλ) on a new batch",
        formula=fresh_batch_loss,
        source=_MODEL,
        papers=("sandler2023",),
        domain=_DOMAIN,
        derivation="derivations.tasks.minibatches.fresh_batch_loss",
        limits=(Limit("excess loss and the batches' own", lambda curvature, batch_variance, step: curvature / 2 * (
            iterate_variance(step, curvature, batch_variance) + batch_variance), _BOTH),),
        box=_BOX,
        experiments=(Experiment(fresh_losses, _BOTH, replicates=_DRAWS),),
        mutants=(Mutant("the batches' own loss forgotten", lambda step, curvature, batch_variance: (
            curvature / 2 * iterate_variance(step, curvature, batch_variance))), times(0.5)),
    ),
    Theorem(
        name="seen-batch-loss",
        kind="exact",
        statement="E (λ/2)(w−w_b)² = (λ/2)[V+s_b−2ηλρ^{k−1}s_b] on the batch used k steps ago",
        formula=seen_batch_loss,
        source="follows from iterate-variance by substitution (the batch's own share of the iterate)",
        follows=("iterate-variance",),
        see=("sandler2023",),
        domain=_DOMAIN + ", k ≥ 1",
        derivation="derivations.tasks.minibatches.seen_batch_loss",
        limits=(
            Limit("long ago: a fresh batch", fresh_batch_loss, _BOTH, given={"lag": 4000}),
            Limit("ηλ = 1: the last batch is fitted exactly", 0.0, ({"step": 0.5, "curvature": 2.0},),
                  given={"batch_variance": 0.7, "lag": 1}),
        ),
        box=_BOX | {"step": (1e-9, 0.45), "lag": (1, 10**9)},
        experiments=(Experiment(seen_losses, _each(_BOTH, lag=1) + _each(_BOTH, lag=3), replicates=_DRAWS),),
        mutants=(moved(lag=1), Mutant("a fresh batch", lambda lag, **point: fresh_batch_loss(**point))),
    ),
    Theorem(
        name="two-point-equivalent-step",
        kind="exact",
        statement="V(η') = V(η)/2 at η' = 2η/(4−ηλ)",
        formula=two_point_equivalent_step,
        source="averages as smaller steps: Sandler et al. (2023)",
        papers=("sandler2023",),
        domain=_DOMAIN,
        derivation="derivations.tasks.minibatches.two_point_equivalent_step",
        limits=(
            Limit("its variance is that of far points", lambda **p: two_point_average_variance(lag=4000, **p), _BOTH,
                  left=lambda formula, step, curvature, batch_variance: iterate_variance(
                      formula(step, curvature), curvature, batch_variance)),
            Limit("small steps: half", 0.5, ({"step": 1e-10},), rtol=1e-9,
                  left=lambda formula, step: formula(step, 1.6) / step),
        ),
        box={"step": (1e-3, 0.45), "curvature": (0.1, 4.0)},
        experiments=(Experiment(equivalent_steps, tuple({"step": h, "curvature": 1.6} for h in (0.15, 0.8)), "identity"),),
        mutants=(Mutant("half the step", lambda step: step / 2), times(2.0)),
    ),
    Theorem(
        name="moving-average-equivalent-step",
        kind="exact",
        statement="V(η') = Var w̄ at η' = η(1−b)(1+bρ)/(1+bρ(1−b−ρ))",
        formula=moving_average_equivalent_step,
        source="averages as smaller steps: Sandler et al. (2023)",
        papers=("sandler2023",),
        domain=_DOMAIN + ", 0 ≤ b < 1",
        derivation="derivations.tasks.minibatches.moving_average_equivalent_step",
        limits=(
            Limit("its variance is that of the moving average", lambda **p: moving_average_variance(decay=0.9, **p), _BOTH,
                  left=lambda formula, step, curvature, batch_variance: iterate_variance(
                      formula(step, curvature, 0.9), curvature, batch_variance)),
            Limit("small steps: η(1−b)/(1−b+bηλ)", lambda decay: (1 - decay) / (1 - decay + decay * 1.6e-6),
                  ({"decay": 0.5}, {"decay": 0.999999}), rtol=1e-5,
                  left=lambda formula, decay: formula(1e-6, 1.6, decay) / 1e-6),
        ),
        box={"step": (1e-3, 0.45), "curvature": (0.1, 4.0), "decay": (0.0, 0.999)},
        experiments=(Experiment(equivalent_average_steps, tuple(
            {"step": h, "curvature": 1.6, "decay": b} for h, b in ((0.15, 0.5), (0.8, 0.5), (0.15, 0.9))), "identity"),),
        mutants=(Mutant("the small-step form", lambda step, curvature, decay: (
            step * (1 - decay) / (1 - decay + decay * step * curvature))), instead(decay=lambda decay: 1 - decay)),
    ),
    Theorem(
        name="tail-mean-risk",
        kind="exact",
        statement="R = Σλ_iC_ii[(1+ρ_i)/((1−ρ_i)N) − 2ρ_i(1−ρ_i^N)/(N(1−ρ_i))²], ρ_i = 1−ηλ_i",
        formula=tail_mean_risk,
        source="follows from Isserlis (1918) (moments of normal vectors) and the tail-mean-variance; bounds: Jain et al. (2018)",
        follows=("isserlis1918", "tail-mean-variance"),
        see=("jain2018",),
        covers="two directions of multiplicity 1",
        domain="one-pass SGD for linear regression, x ~ N(0, H), stationary; inf where κ_η ≥ 1 or (1+1/B)ηλ_max ≥ 2",
        derivation="derivations.tasks.minibatches.tail_mean_risk",
        limits=(
            Limit("one iterate, equal eigenvalues: η(d/B)σ²/(2 − ηλ(1 + (d+1)/B))",
                  lambda step, batch: step * 7 / batch * 0.5 * 1.3 / (2 - step * 1.3 * (1 + 8 / batch)),
                  grid(step=[0.05, 0.1], batch=[4, 20]),
                  given={"eigenvalues": np.full(1, 1.3), "multiplicities": np.full(1, 7.0), "noise_variance": 0.5, "iterates": 1}),
            Limit("a long mean: d σ²/(BN) of all the data, to first order in η", 1.0, ({"iterates": 10**12},), rtol=1e-4,
                  left=lambda formula, iterates: formula(step=1e-6, batch=2, iterates=iterates, **_LEVELS)
                  / (4 * 0.5 / (2 * iterates))),
            Limit("unstable: no mean", float("inf"), grid(step=[0.9, 3.0], batch=2, iterates=5), given=_LEVELS),
        ),
        sample=_stable,
        experiments=(Experiment(regression_tails, _each((_TAIL,), iterates=1) + _each((_TAIL,), iterates=8), replicates=12_000),),
        mutants=(
            Mutant("the last iterate", instead(iterates=lambda iterates: 1 + 0 * iterates)),
            Mutant("independent iterates", lambda iterates, **point: tail_mean_risk(iterates=1, **point) / iterates),
            Mutant("batch noise of size σ²/B²", instead(batch=lambda batch: batch**2)),
        ),
    ),
    Theorem(
        name="greedy-step",
        kind="exact",
        statement="η = R/(R(1+(d+1)/B)+σ²d/B)",
        formula=greedy_step,
        source="follows from best-scale and Isserlis (1918) by substitution (one mini-batch gradient); cf. Ma, Bassily & Belkin (2018)",
        follows=("best-scale", "isserlis1918"),
        see=("ma2018",),
        domain="linear regression, Σ = I, fresh batches of B ≥ 1 samples",
        derivation="derivations.tasks.minibatches.greedy_step",
        limits=(
            Limit("the best scale of one gradient", lambda risk, dim, noise_variance, batch: best_scale(
                risk, risk, ((batch + dim + 1) * risk + dim * noise_variance) / batch).scale, _GREEDY),
            Limit("all the data: one Newton step", 1.0, ({"risk": 1.3, "dim": 6, "noise_variance": 0.4, "batch": 10**15},),
                  rtol=1e-12),
        ),
        box={"risk": (1e-9, 4.0), "dim": (1, 10**9), "noise_variance": (0.0, 4.0), "batch": (1, 10**6)},
        mutants=(dropped("noise_variance"), moved(dim=-1), instead(batch=1)),
    ),
    Theorem(
        name="greedy-risk",
        kind="exact",
        statement="R' = R(1−η) at the greedy step η",
        formula=greedy_risk,
        source="follows from best-scale and Isserlis (1918) by substitution (one mini-batch gradient); cf. Ma, Bassily & Belkin (2018)",
        follows=("best-scale", "isserlis1918"),
        see=("ma2018",),
        domain="linear regression, Σ = I, fresh batches of B ≥ 1 samples",
        derivation="derivations.tasks.minibatches.greedy_risk",
        limits=(
            Limit("the best scale of one gradient", lambda risk, dim, noise_variance, batch: best_scale(
                risk, risk, ((batch + dim + 1) * risk + dim * noise_variance) / batch).risk, _GREEDY, rtol=1e-11),
            Limit("R less the step's share of it", lambda **p: p["risk"] * (1 - greedy_step(**p)), _GREEDY, rtol=1e-11),
        ),
        box={"risk": (1e-9, 4.0), "dim": (1, 10**9), "noise_variance": (0.0, 4.0), "batch": (1, 10**6)},
        experiments=(Experiment(greedy_steps, grid(risk=1.3, dim=[2, 6], noise_variance=[0.0, 0.4], batch=3), replicates=20_000),),
        mutants=(dropped("noise_variance"), moved(dim=-1), instead(batch=1)),
    ),
    Theorem(
        name="greedy-steps-to-risk",
        kind="exact",
        statement="steps to εR_0 = ln(1/ε)/ln(1+B/(d+1)), σ = 0",
        formula=steps_to_risk,
        source="follows from greedy-risk by substitution (a geometric sequence); cf. Ma, Bassily & Belkin (2018)",
        follows=("greedy-risk",),
        see=("ma2018",),
        domain="linear regression without noise, Σ = I, fresh batches, each step greedy",
        derivation="derivations.tasks.minibatches.steps_to_risk",
        limits=(
            Limit("one step", 1.0, grid(dim=[1, 6], batch=[1, 5]),
                  left=lambda formula, dim, batch: formula(dim, batch, greedy_risk(1.0, dim, 0.0, batch))),
            Limit("small batches: linear speed-up", 1.0, ({"dim": 10**9, "batch": 7, "reduction": 0.1},), rtol=1e-8,
                  left=lambda formula, dim, batch, reduction: formula(dim, batch, reduction)
                  / ((dim + 1) * np.log(1 / reduction) / batch)),
        ),
        box={"dim": (1, 10**9), "batch": (1, 10**6), "reduction": (1e-9, 0.9)},
        experiments=(Experiment(counted_steps, grid(dim=[2, 6], batch=3, reduction=0.15), replicates=40_000),),
        mutants=(moved(dim=-1), Mutant("linear in B for ever", lambda dim, batch, reduction: (
            (dim + 1) * np.log(1 / reduction) / batch))),
    ),
)  # fmt: skip

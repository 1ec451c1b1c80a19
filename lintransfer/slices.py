"""Slices through a phase diagram: theory on a fine grid and simulation with error bars on a coarse one; and the
asymptotic boundaries that belong beside an exact one."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from lintransfer.problems import TransferProblem
from lintransfer.risks import transferability
from lintransfer.routing import family_of
from lintransfer.simulate.end_to_end import paired_risk_samples
from lintransfer.simulate.teachers import teacher_pair
from lintransfer.strategies import FineTune, Learner, LinearTransfer, label_of, model_of
from lintransfer.theory.linear import head_boundaries as boundaries
from lintransfer.validation import sample_sizes


def simulated_slices(
    problem: TransferProblem,
    learners: Sequence[Learner],
    overlaps: Sequence[float],
    n: Any,
    n_line: Any,
    key: int = 0,
    replicates: int = 20,
    progress: Callable[[int, int], None] | None = None,
) -> Any:
    """Transferability against ridgeless `Scratch` at a few overlaps, by formula and by training on drawn data.

    The simulation is end to end: it draws inputs and noise, trains every learner on the same data and measures its
    error; the overlaps share the inputs. Isotropic problems with a known source and learners of the linear model whose
    ridge is a number.  n: sample sizes simulated; n_line: those of the formula; progress(done, total): called per size.

    Returns a dataset with ``theory`` over (learner, overlap, n_line), and ``transferability`` and its ``std_err`` over
    (learner, overlap, n).
    """
    import xarray

    n, n_line = sample_sizes(n), sample_sizes(n_line)
    worlds = [problem.with_overlap(overlap) for overlap in overlaps]
    theory = [[transferability(world, learner, n_line).value for world in worlds] for learner in learners]
    pairs = [teacher_pair(problem.dim, c, problem.source_norm, problem.target_norm) for c in overlaps]
    source, targets = pairs[0][0][:, None], np.stack([target for _, target in pairs], axis=1)
    starts = {"source": np.repeat(source, len(overlaps), axis=1), "feature": source / max(problem.source_norm, 1e-300)}
    contenders = [{}, *(_keywords(learner, starts) for learner in learners)]
    mean, error = np.empty((2, len(learners), len(overlaps), len(n)))
    for j, size in enumerate(n):
        rng = np.random.default_rng([key, int(size)])
        noise = float(problem.noise_std)
        risks = paired_risk_samples(
            rng, replicates, contenders, n=int(size), target=targets, noise_std=noise, per_output=True
        )
        gains = risks[0] - risks[1:]
        mean[:, :, j], error[:, :, j] = gains.mean(axis=1), gains.std(axis=1, ddof=1) / np.sqrt(replicates)
        if progress is not None:
            progress(j + 1, len(n))
    cells = ("learner", "overlap")
    return xarray.Dataset(
        {
            "theory": ((*cells, "n_line"), np.asarray(theory)),
            "transferability": ((*cells, "n"), mean),
            "std_err": ((*cells, "n"), error),
        },
        coords={
            "learner": [label_of(learner) for learner in learners],
            "overlap": list(overlaps),
            "n": n,
            "n_line": n_line,
        },
        attrs={"replicates": replicates, "key": key},
    )


def can_be_sliced(problem: TransferProblem, learners: Sequence[Learner]) -> bool:
    """Whether `simulated_slices` has anything to say on this problem."""
    plain = problem.is_isotropic and problem.n_source is None and problem.outputs == 1 and problem.vectors is None
    return (
        plain
        and problem.is_gaussian
        and all(family_of(model_of(who)).sliced and not isinstance(who.ridge, str) for who in learners)
    )


def _keywords(learner: Learner, starts: dict[str, Any]) -> dict[str, Any]:
    if isinstance(learner, LinearTransfer):
        return {"features": starts["feature"], "ridge": learner.ridge}
    start = starts["source"] if isinstance(learner, FineTune) else None
    return {"initial": start, "ridge": learner.ridge, "time": getattr(learner, "time", math.inf)}


def asymptotic_boundaries(
    problem: TransferProblem, learners: Sequence[Learner]
) -> dict[str, list[tuple[str, Any, Any]]]:
    """T = 0 against ridgeless `Scratch` in the proportional limit, for isotropic problems: per learner, lines
    (label, overlap, n). Learners without such a boundary are left out."""
    lines: dict[str, list[tuple[str, Any, Any]]] = {}
    plain = problem.is_isotropic and problem.is_gaussian and problem.n_source is None
    if not plain or problem.given_features is not None:
        return lines
    c = np.linspace(0, 1, 2001)[:-1]
    t2, noise = float(problem.target_norm) ** 2, float(problem.noise_variance)
    explained, unexplained = t2 * c**2, t2 * (1 - c**2)
    for learner in learners:
        if learner == LinearTransfer():
            with np.errstate(all="ignore"):
                outer = boundaries.large_sample_boundary(unexplained, noise)
                inner = boundaries.small_sample_boundary(explained, unexplained, noise)
                back = boundaries.recovery_boundary(explained, unexplained, noise)
            label = "asymptotic $T = 0$"
            lines[label_of(learner)] = [
                (label, c, problem.dim * outer),
                ("_", c, problem.dim * inner),
                ("_", c, problem.dim * back),
            ]
        elif learner == FineTune() and t2 > 0:
            critical = float(problem.source_norm) / (2 * float(problem.target_norm))
            lines[label_of(learner)] = [("asymptotic $T = 0$", np.full(2, critical), np.array([0.0, problem.dim]))]
    return lines

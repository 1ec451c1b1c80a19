"""Routes of learners that train on the rows of several tasks, or average what several trainings found.

They belong to the linear model. A `TransferProblem` with n_source is a family of two tasks; a `TaskFamily` has any number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from lintransfer.models import Linear
from lintransfer.routing.arguments import arguments_of, rank, value_of
from lintransfer.routing.conditions import (
    EVERY_SIZE,
    Condition,
    Sizes,
    condition,
    gaussian,
    is_number,
    isotropic,
    known_source,
    numbered_fit,
    one_output,
    plain_fit,
    same_inputs,
    told,
    unshifted,
    with_weights,
)
from lintransfer.routing.question import Question
from lintransfer.routing.route import ASYMPTOTIC, EXACT, SIMULATE, Route
from lintransfer.routing.task_arguments import task_covariances
from lintransfer.simulate.shallow_relu.random_features import simulate_random_features
from lintransfer.simulate.tasks.question import simulate_tasks
from lintransfer.strategies import (
    ON_ALL_ROWS,
    FineTune,
    LinearTransfer,
    Pool,
    RandomFeatures,
    Replay,
    Scratch,
    Soup,
    Stack,
    WeightAverage,
)
from lintransfer.task_families import TaskFamily
from lintransfer.theory.linear.weight_averages import (
    interpolation_risk,
    optimal_interpolation_risk,
    optimal_interpolation_weight,
)
from lintransfer.theory.linear.weight_averages_covariance import (
    interpolation_equivalent,
    optimal_interpolation_equivalent,
    optimal_interpolation_equivalent_risk,
)
from lintransfer.theory.shallow_relu.random_features import averaged_random_features_risk
from lintransfer.theory.tasks.averages import optimal_soup_risk, optimal_soup_stretch, soup_risk
from lintransfer.theory.tasks.isotropic_pooling import isotropic_pooled_risk
from lintransfer.theory.tasks.optimal_pooled_ridge import optimal_pooled_ridge, optimal_pooled_ridge_risk
from lintransfer.theory.tasks.optimal_pooling import optimal_pooling, optimal_pooling_risk
from lintransfer.theory.tasks.pooled_matrices import pooled_matrix_risk
from lintransfer.theory.tasks.pooled_ridge import pooled_gram_risk, pooled_ridge_risk
from lintransfer.theory.tasks.pooling import pooled_least_squares_risk, pooled_risk
from lintransfer.theory.tasks.replay import replay_equivalent, replay_target_risk
from lintransfer.theory.tasks.stacking import (
    optimal_ridge_stack,
    optimal_ridge_stack_risk,
    optimal_stack,
    optimal_stack_risk,
    stacked_ridge_risk,
    stacked_risk,
)
from lintransfer.validation import is_traced


def _is_word(name: str, word: str) -> Any:
    return lambda q: isinstance(getattr(q.learner, name), str) and getattr(q.learner, name) == word


def _has_number(name: str) -> Any:
    return lambda q: not isinstance(getattr(q.learner, name), str | tuple)


several = condition("rows of a source", lambda q: q.problem.n_source is not None)
one_start = condition("no other inputs of the source", lambda q: q.problem.n_source is None or q.holds(same_inputs))
equal_weights = condition("equal weights", _is_word("weights", "equal"))
best_weights = condition("the best weights", _is_word("weights", "optimal"))
given_weights = condition("weights that are numbers", lambda q: q.learner.weights != "optimal")
no_ridge = condition(
    "no ridge", lambda q: is_number(q.learner.ridge, 0) if not isinstance(q.learner.ridge, tuple) else False
)
ridge_number = condition("ridge a number", _has_number("ridge"))
best_ridge = condition("the best ridge", _is_word("ridge", "optimal"))
weight_number = condition("weight a number", _has_number("weight"))
best_weight = condition("the best weight", _is_word("weight", "optimal"))
stretch_number = condition("stretch a number", _has_number("stretch"))
best_stretch = condition("the best stretch", _is_word("stretch", "optimal"))
two_modes = condition("a source and a target of one Σ", lambda q: not isinstance(q.problem, TaskFamily))
plain_start = condition(
    "a source fitted without ridge, where training starts from it",
    lambda q: isinstance(q.learner, Pool | Stack) or q.holds(plain_fit),
)
numbered_start = condition(
    "source ridge a number, where training starts from the source",
    lambda q: all(isinstance(who, Pool | Stack) for who in q.contenders) or q.holds(numbered_fit),
)
own_inputs = (
    several
    & gaussian
    & unshifted
    & one_output
    & condition(
        "inputs of its own covariance for each task",
        lambda q: (
            not q.problem.is_isotropic
            if isinstance(q.problem, TaskFamily)
            else q.problem.vectors is not None and q.problem.vectors.source_covariance is not None
        ),
    )
)
own_spectra = condition("all of them diagonal", lambda q: all(np.ndim(c) == 1 for c in task_covariances(q)))
white = gaussian & isotropic & unshifted & one_start & plain_start & with_weights
pooled = several & white
_SUMS = {"displacement_energy": "pooled_target", "misfit": "pooled_misfit", "noise": "pooled_noise"}
_WHITE_RIDGE = {"weights": "task_weights", "ridge": "whitened_task_ridge"}
_BEST_BOTH, _BEST_WEIGHTS = {"ridge": None}, {"ridge": "whitened_task_ridge"}
_MODES = {
    "eigenvalues": "mode_eigenvalues", "gram": "mode_gram", "weights": "task_weights", "ridge": "ridge",
    "multiplicities": "multiplicities",
}  # fmt: skip
_OWN: dict[str, Any] = {"teachers": "task_teachers", "weights": "task_weights", "ridge": "ridge"}
_START = {"displacement_energy": "start_energy"}
enough_rows = Sizes("N ≥ rank Σ + 2", lambda q, n: value_of("total_size", q, n) >= rank(q) + 2, lambda q: rank(q) + 9.0)


def _replayed(question: Question, n: Any) -> Any:
    p: Any = question.problem
    kept = question.learner.kept
    return ((p.n_source <= p.dim) & (kept <= p.n_source) & (n + kept <= p.dim)) | ((kept == 0) & (n == n))


enough_replayed = Sizes(
    "m + n ≥ rank Σ + 2, m ≤ n_S",
    lambda q, n: (n + q.learner.kept >= rank(q) + 2) & (q.learner.kept <= q.problem.n_source),
    lambda q: rank(q) + 9.0,
)
_REPLAYED = {
    "total_size": "replay_size", "dim": "rank", "pull": "replay_pull", "misfit": "replay_misfit", "noise": "replay_noise",
}  # fmt: skip
replayable = Sizes("nothing replayed, or n_S ≤ d and m + n ≤ d, m ≤ n_S", _replayed)


def _line(
    who: type, method: str, formula: Any, theorem: str, when: Condition, sizes: Sizes = EVERY_SIZE, **options: Any
) -> Route:
    return Route(who, Linear, method, formula, theorem, when, sizes, **options)


def _started(formula: Any) -> Sizes:
    return told("where the mean is a number (not n ≥ d from a fit of infinite energy)", formula, _START)


# ---- simulation: every "optimal" becomes the number that it stands for


def chosen(question: Question, n: Any) -> dict[str, Any] | None:
    """The numbers that "optimal" stands for, of the shape of n (weights have the tasks on a further axis); best for the mean
    risk, Σ = λI. None where nothing is to be chosen, or nothing is known."""
    who = question.learner
    if not isinstance(who, Pool | Stack | WeightAverage | Soup) or "optimal" not in vars(who).values():
        return None
    if question.traced or is_traced(n):
        return None
    if isinstance(who, WeightAverage) and not question.holds(white & no_mixed_optimum):
        if not question.holds(gaussian & unshifted & known_source):
            return None
        given = arguments_of(optimal_interpolation_equivalent, question, np.asarray(n, float), {})
        return {"weight": optimal_interpolation_equivalent(**given).weight}
    if not question.holds(white & no_mixed_optimum):
        return None

    def ask(formula: Any, names: Mapping[str, Any]) -> Any:
        return formula(**arguments_of(formula, question, np.asarray(n, float), names))

    scale = np.asarray(value_of("task_scale", question, n))
    with np.errstate(all="ignore"):
        if isinstance(who, Pool) and who.weights != "optimal":
            return {"ridge": ask(optimal_pooled_ridge, {"weights": "task_weights"}).ridge * scale}
        if isinstance(who, Pool):
            best = ask(optimal_pooling, _BEST_BOTH if who.ridge == "optimal" else _BEST_WEIGHTS)
            unit = np.where((best.weights[..., -1] > 0) & (best.weights[..., -1] < np.inf), best.weights[..., -1], 1.0)
            return {"weights": best.weights / unit[..., None], "ridge": best.ridge * scale / unit}
        if isinstance(who, Stack):
            ridges = _own_ridges(question, n) * scale if who.ridge == "optimal" else None
            found: dict[str, Any] = {}
            if ridges is not None:
                found["ridge"] = np.broadcast_to(ridges, (*np.shape(n), *np.shape(ridges)[-1:]))
            if who.weights == "optimal":
                found["weights"] = ask(optimal_stack if ridges is None else optimal_ridge_stack, {}).coefficients
            return found
        if isinstance(who, WeightAverage):
            return {"weight": ask(optimal_interpolation_weight, _START)}
        return {"stretch": ask(optimal_soup_stretch, _START)}


def _own_ridges(question: Question, n: Any) -> Any:
    """dσ_k²/‖θ_k‖², each task's own best ridge, (K,), in whitened units."""
    energies = np.diagonal(np.asarray(value_of("gram", question, n)), axis1=-2, axis2=-1)
    noises = np.asarray(value_of("noise_variances", question, n))
    dim = question.problem.dim
    return np.minimum(dim * noises / np.maximum(energies, 1e-300), 1e12 * dim)


def _numbered(problem: Any, learner: Any, n: float) -> Any:
    """The learner with numbers only."""
    found = chosen(Question(problem, learner), n)
    if found is None:
        return learner
    plain: dict[str, Any] = {
        name: tuple(np.ravel(value).tolist()) if np.ndim(value) else float(value) for name, value in found.items()
    }
    if isinstance(learner, Pool) and "weights" in plain:
        plain["weights"] = tuple(max(w, 1e-30) for w in plain["weights"])
    return replace(learner, **plain)


def _draw(problem: Any, who: Any, n: Any, key: int, replicates: int) -> tuple[Any, Any]:
    pair = who if isinstance(who, tuple) else (who,)
    found = []
    for size in np.ravel(n):
        there = tuple(_numbered(problem, learner, float(size)) for learner in pair)
        found.append(simulate_tasks(problem, there if isinstance(who, tuple) else there[0], size, key, replicates))
    mean, error = np.reshape(found, (-1, 2)).T
    return mean.reshape(np.shape(n)), error.reshape(np.shape(n))


def _is_known(question: Question) -> bool:
    """Whether every learner consists of numbers, or of what is best where that is known."""
    for who in question.contenders:
        words = [v for v in vars(who).values() if isinstance(v, str) and v.startswith("optimal")]
        if isinstance(who, Pool | Stack | WeightAverage | Soup | Replay):
            if words and chosen(question.of(who), 1.0) is None:
                return False
        elif words:
            return False
    return not is_traced(question.problem)


def _is_mixed(question: Question) -> bool:
    who = question.learner
    return not isinstance(who, Pool | Stack) and "optimal" in vars(who).values() and not is_number(who.ridge, 0)


no_mixed_optimum = condition("weights that are best too", lambda q: not _is_mixed(q))
drawn = (
    condition('every "optimal" a number that is known', _is_known)
    & gaussian
    & one_output
    & with_weights
    & numbered_start
)
kept_rows = Sizes(
    "at most n_S rows replayed",
    lambda q, n: (getattr(q.learner, "kept", 0) <= value_of("n_source", q, n)) & (n == n),
)
kept_away = Sizes(
    "at most n_S rows replayed, n_S and m + n not within 1 of d",
    lambda q, n: (
        kept_rows.holds(q, n) & (abs(value_of("n_source", q, n) - q.problem.dim) > 1)
        & (abs(n + q.learner.kept - q.problem.dim) > 1)
    ),
)  # fmt: skip

RISK: tuple[Route, ...] = (
    _line(Pool, EXACT, pooled_risk, "pooled-risk", pooled & equal_weights & no_ridge, names=_SUMS),
    _line(
        Pool, EXACT, pooled_least_squares_risk, "pooled-least-squares-risk",
        several & gaussian & unshifted & same_inputs & two_modes & equal_weights & no_ridge, enough_rows,
        names={"dim": "rank", "misfit": "pooled_misfit", "noise": "pooled_noise"},
    ),
    _line(
        Pool, ASYMPTOTIC, isotropic_pooled_risk, "isotropic-pooled-risk", pooled & given_weights & ridge_number,
        names=_WHITE_RIDGE, traced=False,
    ),
    _line(
        Pool, ASYMPTOTIC, optimal_pooling_risk, "optimal-pooling-risk", pooled & best_weights & best_ridge,
        names=_BEST_BOTH, traced=False,
    ),
    _line(
        Pool, ASYMPTOTIC, optimal_pooling_risk, "optimal-pooling-risk", pooled & best_weights & ridge_number,
        names=_BEST_WEIGHTS, traced=False,
    ),
    _line(
        Pool, ASYMPTOTIC, optimal_pooled_ridge_risk, "optimal-pooled-ridge-risk", pooled & given_weights & best_ridge,
        names={"weights": "task_weights"}, traced=False,
    ),
    _line(
        Pool, ASYMPTOTIC, pooled_gram_risk, "pooled-gram-risk",
        several & gaussian & unshifted & same_inputs & two_modes & given_weights & ridge_number, names=_MODES, traced=False,
    ),
    _line(
        Pool, ASYMPTOTIC, pooled_ridge_risk, "pooled-ridge-risk", own_inputs & own_spectra & given_weights & ridge_number,
        names=_OWN | {"eigenvalues": "task_spectra", "multiplicities": None}, traced=False, broadcasts=False,
    ),
    _line(
        Pool, ASYMPTOTIC, pooled_matrix_risk, "pooled-matrix-risk", own_inputs & given_weights & ridge_number,
        names=_OWN | {"covariances": "task_covariances", "test_covariance": None}, traced=False, broadcasts=False,
    ),
    _line(
        Stack, EXACT, stacked_risk, "stacked-risk", pooled & given_weights & no_ridge, names={}, traced=False,
    ),
    _line(Stack, EXACT, optimal_stack_risk, "optimal-stack-risk", pooled & best_weights & no_ridge, traced=False),
    _line(
        Stack, ASYMPTOTIC, stacked_ridge_risk, "stacked-ridge-risk", pooled & given_weights & best_ridge, traced=False,
    ),
    _line(
        Stack, ASYMPTOTIC, optimal_ridge_stack_risk, "optimal-ridge-stack-risk", pooled & best_weights & best_ridge,
        traced=False,
    ),
    _line(
        WeightAverage, EXACT, interpolation_risk, "interpolation-risk", white & weight_number & no_ridge, _started(interpolation_risk), names=_START,
    ),
    _line(
        WeightAverage, EXACT, optimal_interpolation_risk, "optimal-interpolation-risk", white & best_weight & no_ridge, _started(optimal_interpolation_risk), names=_START,
    ),
    _line(
        WeightAverage, ASYMPTOTIC, interpolation_equivalent, "interpolation-equivalent",
        gaussian & unshifted & known_source & weight_number & ridge_number, traced=False, broadcasts=False,
    ),
    _line(
        WeightAverage, ASYMPTOTIC, optimal_interpolation_equivalent_risk, "optimal-interpolation-equivalent-risk",
        gaussian & unshifted & known_source & best_weight & ridge_number, traced=False, broadcasts=False,
    ),
    _line(Soup, EXACT, soup_risk, "soup-risk", white & stretch_number & no_ridge, _started(soup_risk), names=_START),
    _line(Soup, EXACT, optimal_soup_risk, "optimal-soup-risk", white & best_stretch & no_ridge, _started(optimal_soup_risk), names=_START),
    _line(Replay, EXACT, replay_target_risk, "replay-target-risk", pooled & two_modes, replayable),
    _line(
        Replay, EXACT, pooled_least_squares_risk, "pooled-least-squares-risk",
        several & gaussian & unshifted & same_inputs & two_modes, enough_replayed, names=_REPLAYED,
    ),
    _line(
        Replay, ASYMPTOTIC, replay_equivalent, "replay-equivalent", pooled & two_modes, kept_away, traced=False,
    ),
    _line(
        RandomFeatures, ASYMPTOTIC, averaged_random_features_risk, "averaged-random-features-risk",
        gaussian & isotropic & unshifted & one_output, names={"ridge": "whitened_task_ridge"}, traced=False, broadcasts=False,
    ),
    _line(
        RandomFeatures, SIMULATE, simulate_random_features, "simulation", gaussian & isotropic & unshifted & one_output,
    ),
    *(
        _line(who, SIMULATE, _draw, "simulation", (several if who in (Pool, Stack, Replay) else one_output) & drawn,
              kept_rows if who is Replay else EVERY_SIZE)
        for who in (Pool, Stack, WeightAverage, Soup, Replay)
    ),
)  # fmt: skip
_SEVERAL = (Pool, Stack, WeightAverage, Soup, Replay)
_ALONE = (Scratch, FineTune, LinearTransfer)
linear_and_several = condition(
    "linear learners, one of which uses several tasks, the others without options that are to be found",
    lambda q: any(isinstance(who, _SEVERAL) for who in q.contenders) and all(map(_is_drawable, q.contenders)),
)


def _is_drawable(learner: Any) -> bool:
    if isinstance(learner, _SEVERAL):
        return True
    words = any(isinstance(v, str) and v.startswith("optimal") for v in vars(learner).values())
    return isinstance(learner, _ALONE) and getattr(learner, "model", Linear()) == Linear() and not words


rows_where_used = condition(
    "rows of a source, where they are used",
    lambda q: q.problem.n_source is not None or not any(isinstance(who, ON_ALL_ROWS) for who in q.contenders),
)
TRANSFERABILITY: tuple[Route, ...] = tuple(
    _line(who, SIMULATE, _draw, "simulation", rows_where_used & drawn & linear_and_several)
    for who in (*_SEVERAL, *_ALONE)
)

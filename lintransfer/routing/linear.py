"""Routes of the linear model: which formula answers for which learner, exact ones first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from lintransfer.models import Linear
from lintransfer.problems import TransferProblem
from lintransfer.routing.arguments import arguments_of, value_of
from lintransfer.routing.conditions import (
    Sizes,
    anisotropic,
    at_least_rank,
    condition,
    dead_feature,
    dense,
    dense_source,
    determined,
    diagonal,
    diagonal_source,
    equal_features,
    fitted_source,
    full_rank,
    gaussian,
    head_determined,
    isotropic,
    known_head,
    known_resolvent,
    known_source,
    law_of_fit,
    law_of_head,
    linear_pair,
    live_features,
    no_inputs,
    no_samples,
    noiseless,
    one_feature,
    one_output,
    one_sample,
    one_short,
    other_inputs,
    resting,
    ridgeless,
    same_inputs,
    same_training,
    several_features,
    shift_determined,
    shifted,
    signed_ridge,
    stopped,
    tuned_ridge,
    tuned_time,
    unshifted,
    with_ridge,
    with_weights,
)
from lintransfer.routing.question import Question
from lintransfer.routing.route import ASYMPTOTIC, EXACT, LAW, SIMULATE, Family, LawRoute, Route
from lintransfer.simulate.linear.question import draws_a_law, simulate_risk, simulate_transferability
from lintransfer.simulate.linear.question import tuned_time as tuned_stop
from lintransfer.strategies import SIGNED, FineTune, LinearTransfer, Scratch
from lintransfer.theory.linear.covariance import feature_covariance_risk, metric_transferability, ridge_risk
from lintransfer.theory.linear.covariance_shift import (
    shifted_head_risk,
    shifted_least_squares_risk,
    shifted_matrix_risk,
    shifted_risk,
)
from lintransfer.theory.linear.early_stopping import early_stopped_risk, optimal_stopping_time, optimally_stopped_risk
from lintransfer.theory.linear.exact_moments import codimension_one_risk, one_sample_risk
from lintransfer.theory.linear.finite_source import (
    finite_source_risk,
    finite_source_transferability,
    source_feature_risk,
)
from lintransfer.theory.linear.frozen_features import frozen_features_risk
from lintransfer.theory.linear.isotropic import fine_tuning_transferability, least_squares_risk, min_norm_risk
from lintransfer.theory.linear.laws import (
    frozen_features_law,
    min_norm_law,
    transferability_law_of_fine_tuning,
)
from lintransfer.theory.linear.optimal_ridge import optimal_features_ridge_risk, optimal_ridge, optimal_ridge_risk
from lintransfer.theory.linear.ridge_heads import (
    optimal_ridge_features_risk,
    optimal_ridge_head_risk,
    ridge_features_risk,
    ridge_head_risk,
)
from lintransfer.theory.linear.two_stage import two_stage_matrix_risk, two_stage_risk
from lintransfer.theory.tasks.distances import untrained_risk

FEATURES = {"eigenvalues": "feature_eigenvalues", "multiplicities": "feature_multiplicities", "displacement": "head"}
RANK = {"dim": "rank"}
UNDER_TEST = {"displacement_energy": "test_energy"}
_SPECTRA = {
    "eigenvalues": "spectrum", "multiplicities": "ones", "displacement": "displacement_squares",
    "test_eigenvalues": "test_spectrum",
}  # fmt: skip
_TWO_SPECTRA = {
    "eigenvalues": "spectrum", "multiplicities": "ones", "source": "source_squares",
    "cross": "cross_products", "target": "target_squares", "source_eigenvalues": "source_spectrum",
}  # fmt: skip
_MATRICES = {"displacement": "displacement_vector"}
_VECTORS = {"source": "source_vector", "target": "target_vector"}

plain = known_source & unshifted


def _draw(designs: bool) -> Any:
    """Simulate a learner, or (baseline, learner) on the same data; from the law of what matters, or on drawn designs."""

    def draw(problem: TransferProblem, who: Any, n: Any, key: int, replicates: int) -> tuple[Any, Any]:
        pair = who if isinstance(who, tuple) else (who,)
        ask = simulate_transferability if isinstance(who, tuple) else simulate_risk
        found = []
        for size in np.ravel(n):
            there = tuple(_with_numbers(problem, learner, int(size), key, replicates) for learner in pair)
            found.append(ask(problem, there if isinstance(who, tuple) else there[0], size, key, replicates, designs))
        mean, error = np.reshape(found, (-1, 2)).T
        return mean.reshape(np.shape(n)), error.reshape(np.shape(n))

    return draw


simulate_designs, simulate_law = _draw(True), _draw(False)
drawn_law = condition(
    "equal eigenvalues or features, whose law is known",
    lambda q: all(draws_a_law(q.problem, learner) for learner in q.contenders),
)


def _is_optimised(question: Question) -> bool:
    """Whether every "optimal" stands for a number that a formula gives, or a simulation."""
    asked = [question.of(who) for who in question.contenders]
    return all(
        q.holds(with_ridge) or q.holds(stopped) or _has_numbers(q) or q.holds(plain & tuned_ridge)
        or q.holds(plain & signed_ridge)
        or q.holds(tuned_time)
        for q in asked
    )  # fmt: skip


def _has_numbers(question: Question) -> bool:
    learner = question.learner
    return not isinstance(learner.ridge, str) and not isinstance(getattr(learner, "time", 0.0), str)


optimised = condition('every "optimal" a number that is known', _is_optimised) & with_weights & known_head


def _with_numbers(p: TransferProblem, learner: Any, n: int, key: int, replicates: int) -> Any:
    """The learner with every "optimal" replaced by the number it stands for at this n: by formula, and the stopping time
    where there is none (Σ not λI, a fitted source) by simulation on other training sets."""
    question = Question(p, learner)
    if _has_numbers(question):
        return learner
    if isinstance(learner.ridge, str):
        return replace(learner, ridge=float(best_ridge(p, learner, float(n))))
    known = question.holds(plain & isotropic)
    time = best_time(question, float(n)) if known else tuned_stop(p, learner, n, key, replicates)
    return replace(learner, time=float(time))


def best_ridge(p: TransferProblem, learner: Any, n: Any) -> Any:
    """The λ that ``ridge="optimal"`` stands for, per sample size, of a learner whose risk has been asked."""
    if not isinstance(learner, LinearTransfer):
        negative = {"negative": learner.ridge == SIGNED}
        return optimal_ridge(**arguments_of(optimal_ridge, Question(p, learner), n, negative)).ridge
    f = p.features
    noise = p.outputs * p.noise_variance + f.unexplained
    head = value_of("head", Question(p, learner), n)
    return optimal_ridge(n, f.eigenvalue, f.multiplicity, head, noise).ridge


def best_time(question: Question, n: Any) -> Any:
    """The stopping time that ``time="optimal"`` stands for, Σ = λI."""
    scale = float(question.problem.modes.eigenvalue[0])
    time = optimal_stopping_time(**arguments_of(optimal_stopping_time, question, n, {}))
    return time / (scale if scale > 0 else 1.0)


def _weights(who: type) -> tuple[Route, ...]:
    def line(method: str, formula: Any, theorem: str, when: Any, sizes: Sizes | None = None, **options: Any) -> Route:
        return Route(who, Linear, method, formula, theorem, when, *(() if sizes is None else (sizes,)), **options)

    certain = gaussian & ridgeless
    return (
        line(EXACT, untrained_risk, "untrained-risk", known_source & resting, names=UNDER_TEST),
        line(EXACT, untrained_risk, "untrained-risk", unshifted & fitted_source & no_inputs, names=UNDER_TEST),
        line(EXACT, min_norm_risk, "min-norm-risk", gaussian & isotropic & ridgeless & known_source),
        line(
            EXACT, finite_source_risk, "finite-source-fine-tuning",
            gaussian & isotropic & ridgeless & fitted_source & same_inputs,
        ),
        line(EXACT, least_squares_risk, "least-squares-risk", certain & unshifted, determined, names=RANK),
        line(
            EXACT, one_sample_risk, "one-sample-risk", certain & anisotropic & plain & noiseless, one_sample, broadcasts=False,
        ),
        line(
            EXACT, codimension_one_risk, "codimension-one-risk", certain & anisotropic & plain & noiseless, one_short,
            broadcasts=False,
        ),
        line(
            EXACT, shifted_least_squares_risk, "shifted-least-squares", certain & shifted & known_source & full_rank,
            shift_determined, names={"spread": "full_spread"},
        ),
        line(EXACT, untrained_risk, "untrained-risk", known_source, no_samples, names=UNDER_TEST),
        line(ASYMPTOTIC, ridge_risk, "ridge-risk", plain & with_ridge),
        line(
            ASYMPTOTIC, optimal_ridge_risk, "optimal-ridge-risk", plain & signed_ridge, names={"negative": True},
            broadcasts=False,
        ),
        line(ASYMPTOTIC, optimal_ridge_risk, "optimal-ridge-risk", plain & tuned_ridge, broadcasts=False),
        line(
            ASYMPTOTIC, shifted_risk, "shifted-risk", shifted & known_source & with_ridge & diagonal, names=_SPECTRA,
            broadcasts=False,
        ),
        line(
            ASYMPTOTIC, shifted_matrix_risk, "shifted-matrix-risk", shifted & known_source & with_ridge & dense,
            names=_MATRICES, broadcasts=False,
        ),
        line(
            ASYMPTOTIC, two_stage_risk, "two-stage-risk", fitted_source & unshifted & with_ridge & same_inputs, broadcasts=False,
        ),
        line(
            ASYMPTOTIC, two_stage_risk, "two-stage-risk", fitted_source & unshifted & with_ridge & other_inputs & diagonal_source,
            names=_TWO_SPECTRA, broadcasts=False,
        ),
        line(
            ASYMPTOTIC, two_stage_matrix_risk, "two-stage-matrix-risk",
            fitted_source & unshifted & with_ridge & other_inputs & dense_source, names=_VECTORS, broadcasts=False,
        ),
        line(
            ASYMPTOTIC, early_stopped_risk, "early-stopped-risk", isotropic & plain & stopped,
            names={"time": "whitened_time"}, broadcasts=False, pairs=True,
        ),
        line(
            ASYMPTOTIC, optimally_stopped_risk, "optimally-stopped-risk", isotropic & plain & tuned_time,
            broadcasts=False, pairs=True, seconds=4e-4,
        ),
        line(LAW, simulate_law, "min-norm-law", drawn_law & ridgeless & with_weights),
        line(LAW, simulate_law, "conditional-risk", drawn_law & optimised),
        line(SIMULATE, simulate_designs, "simulation", optimised),
    )  # fmt: skip


def _line(method: str, formula: Any, theorem: str, when: Any, sizes: Sizes | None = None, **options: Any) -> Route:
    return Route(
        LinearTransfer,
        Linear,
        method,
        formula,
        theorem,
        when & known_head,
        *(() if sizes is None else (sizes,)),
        **options,
    )


_HEAD: tuple[Route, ...] = (
    _line(EXACT, untrained_risk, "untrained-risk", known_source & resting, names=UNDER_TEST),
    _line(EXACT, untrained_risk, "untrained-risk", known_source & dead_feature, names=UNDER_TEST),
    _line(EXACT, untrained_risk, "untrained-risk", unshifted & fitted_source & no_inputs, names=UNDER_TEST),
    _line(EXACT, frozen_features_risk, "frozen-features-risk", gaussian & plain & ridgeless & live_features, head_determined),
    _line(
        EXACT, ridge_head_risk, "ridge-head", gaussian & plain & one_feature & with_ridge,
        names={"ridge": "whitened_ridge"},
    ),
    _line(EXACT, optimal_ridge_head_risk, "optimal-ridge-head", gaussian & plain & one_feature & tuned_ridge),
    _line(
        EXACT, ridge_features_risk, "ridge-features", gaussian & plain & several_features & live_features & equal_features & with_ridge,
        known_resolvent, names={"ridge": "whitened_ridge"}, traced=False, broadcasts=False,
    ),
    _line(
        EXACT, optimal_ridge_features_risk, "optimal-ridge-features-risk",
        gaussian & plain & several_features & live_features & equal_features & tuned_ridge, known_resolvent, traced=False,
        broadcasts=False,
    ),
    _line(
        EXACT, source_feature_risk, "source-feature-transfer",
        gaussian & isotropic & ridgeless & fitted_source & same_inputs & one_output,
    ),
    _line(
        EXACT, shifted_head_risk, "covariance-shift", gaussian & shifted & known_source & ridgeless & live_features, shift_determined,
        names={"n_features": "shift_count", "unexplained": "shift_unexplained"},
    ),
    _line(EXACT, untrained_risk, "untrained-risk", known_source, no_samples, names=UNDER_TEST),
    _line(
        ASYMPTOTIC, feature_covariance_risk, "feature-covariance-risk", plain & with_ridge, names=FEATURES,
    ),
    _line(
        ASYMPTOTIC, optimal_features_ridge_risk, "optimal-features-ridge-risk", plain & tuned_ridge, names=FEATURES,
        broadcasts=False,
    ),
    _line(LAW, simulate_law, "frozen-features-law", drawn_law & ridgeless),
    _line(LAW, simulate_law, "conditional-risk", drawn_law & optimised),
    _line(SIMULATE, simulate_designs, "simulation", optimised),
)  # fmt: skip

RISK: tuple[Route, ...] = (
    *(r for r in _weights(Scratch) if fitted_source.parts[0] not in r.when.parts),
    *_weights(FineTune),
    *_HEAD,
)


def _pair(method: str, formula: Any, theorem: str, when: Any, sizes: Sizes | None = None, **options: Any) -> Route:
    return Route(FineTune, Linear, method, formula, theorem, when, *(() if sizes is None else (sizes,)), **options)


TRANSFERABILITY: tuple[Route, ...] = (
    _pair(
        EXACT, fine_tuning_transferability, "paired-transferability",
        same_training & ridgeless & plain & gaussian & isotropic,
    ),
    _pair(
        EXACT, fine_tuning_transferability, "paired-transferability",
        same_training & ridgeless & plain & gaussian & anisotropic, at_least_rank, names=RANK,
    ),
    _pair(
        EXACT, finite_source_transferability, "finite-source-transferability",
        same_training & ridgeless & fitted_source & gaussian & isotropic & same_inputs,
    ),
    _pair(ASYMPTOTIC, metric_transferability, "metric-transferability", same_training & with_ridge & plain),
    *(
        Route(who, Linear, method, draw, theorem, linear_pair & when)
        for who in (Scratch, FineTune, LinearTransfer)
        for method, draw, theorem, when in (
            (LAW, simulate_law, "conditional-risk", drawn_law & optimised),
            (SIMULATE, simulate_designs, "simulation", optimised),
        )
    ),
)  # fmt: skip

_still = known_source & resting
_lawful = gaussian & ridgeless & plain & one_output
LAWS: tuple[LawRoute, ...] = (
    LawRoute(Scratch, Linear, untrained_risk, "untrained-risk", _still, names=UNDER_TEST),
    LawRoute(FineTune, Linear, untrained_risk, "untrained-risk", _still, names=UNDER_TEST),
    LawRoute(LinearTransfer, Linear, untrained_risk, "untrained-risk", _still, names=UNDER_TEST),
    LawRoute(LinearTransfer, Linear, untrained_risk, "untrained-risk", known_source & dead_feature, names=UNDER_TEST),
    LawRoute(Scratch, Linear, min_norm_law, "min-norm-law", _lawful, law_of_fit, names=RANK),
    LawRoute(FineTune, Linear, min_norm_law, "min-norm-law", _lawful, law_of_fit, names=RANK),
    LawRoute(
        LinearTransfer,
        Linear,
        frozen_features_law,
        "frozen-features-law",
        _lawful & live_features & known_head,
        law_of_head,
    ),
)
TRANSFER_LAWS: tuple[LawRoute, ...] = (
    LawRoute(
        FineTune,
        Linear,
        transferability_law_of_fine_tuning,
        "paired-transferability-law",
        same_training & _lawful,
        law_of_fit,
        names=RANK,
    ),
)

FAMILY = Family(
    "linear", Linear, RISK, TRANSFERABILITY, lambda model: Scratch(), LAWS, TRANSFER_LAWS, sliced=True,
)  # fmt: skip

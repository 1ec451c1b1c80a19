"""Routes of deep linear networks: rank-one starts, trained to zero loss, no ridge, one output.

From a vanishing start `Scratch` ends in the minimum-norm fit, as the linear model does, and so does everything at
n ≥ rank Σ. `FineTune` keeps ρ of what the target set does not see of the source; that factor is what these theorems are
about. Networks are balanced unless the model says otherwise.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from lintransfer.errors import refuse
from lintransfer.models import DeepLinear, Linear
from lintransfer.routing.conditions import (
    Condition,
    anisotropic,
    at_least_rank,
    balanced,
    condition,
    determined,
    fewer_than_dim,
    fitted_source,
    gaussian,
    isotropic,
    known_source,
    law_of_fit,
    moving,
    no_inputs,
    no_samples,
    noiseless,
    one_output,
    one_sample,
    one_short,
    paired_below_dim,
    plain_fit,
    plane,
    ridgeless,
    same_inputs,
    some_inputs,
    told,
    unbalanced,
    unshifted,
    vanishing,
    well_below_dim,
    with_weights,
)
from lintransfer.routing.deep_linear_simulation import simulate, simulate_gain, simulate_law, simulate_law_gain
from lintransfer.routing.linear import RANK, UNDER_TEST
from lintransfer.routing.question import Question
from lintransfer.routing.route import ASYMPTOTIC, EXACT, LAW, SIMULATE, Axis, Family, LawRoute, Route
from lintransfer.strategies import FineTune, Scratch, model_of
from lintransfer.theory.deep_linear.covariance import deep_covariance_risk, deep_covariance_transferability
from lintransfer.theory.deep_linear.finite_source import finite_source_deep_closure, finite_source_deep_gain
from lintransfer.theory.deep_linear.laws import deep_risk_law, deep_transferability_law
from lintransfer.theory.deep_linear.moments import deep_mean_risk, deep_mean_transferability
from lintransfer.theory.deep_linear.risk import deep_fine_tuning_risk_closure, deep_transferability_closure
from lintransfer.theory.deep_linear.unbalanced_chains import unbalanced_fine_tuning_risk, unbalanced_transferability
from lintransfer.theory.linear.covariance import ridge_risk
from lintransfer.theory.linear.exact_moments import codimension_one_risk, one_sample_risk
from lintransfer.theory.linear.isotropic import fine_tuning_transferability, least_squares_risk, min_norm_risk
from lintransfer.theory.linear.laws import min_norm_law
from lintransfer.theory.tasks.distances import untrained_risk

_SCALED = {
    "source_energy": "squared_source", "cross_energy": "squared_cross", "target_energy": "squared_target",
    "noise_variance": "whitened_noise",
}  # fmt: skip


_SIGN = "where the sign of what is kept is decided"
_ENERGY = "at L = ∞ where the fitted source has an energy, finite and not 0"


def _deep_against_scratch(question: Question) -> bool:
    """Ridgeless scratch of any depth ends in the minimum-norm fit."""
    baseline, learner = question.contenders
    deep = isinstance(learner, FineTune) and isinstance(model_of(learner), DeepLinear)
    linear = isinstance(baseline, Scratch) and isinstance(model_of(baseline), Linear | DeepLinear)
    return deep and linear and getattr(model_of(baseline), "is_balanced", True)


against_scratch = condition("against Scratch", _deep_against_scratch) & some_inputs
trained = ridgeless & one_output
plain = trained & unshifted & known_source & balanced
fitted = trained & unshifted & fitted_source & plain_fit & balanced & isotropic & same_inputs & plane
chain = trained & unshifted & known_source & unbalanced & isotropic & moving
overdetermined = trained & unshifted & balanced & gaussian & plane
drawable = (
    condition(
        "balanced, or a source that fixes the first layer",
        lambda q: (
            q.model.is_balanced or (isinstance(q.learner, FineTune) and q.holds(moving) and q.problem.n_source != 0)
        ),
    )
    & with_weights
    & plain_fit
)


def _scratch() -> tuple[Route, ...]:
    def line(method: str, formula: Any, theorem: str, when: Condition, sizes: Any = None, **options: Any) -> Route:
        return Route(Scratch, DeepLinear, method, formula, theorem, when, *([sizes] if sizes else []), **options)

    return (_unmoved(Scratch), *_min_norm(line, plain))


def _unmoved(who: type) -> Route:
    """Without inputs nothing is learnt."""
    return Route(
        who, DeepLinear, EXACT, untrained_risk, "untrained-risk", trained & unshifted & no_inputs, names=UNDER_TEST
    )


def _min_norm(line: Any, start: Condition) -> tuple[Route, ...]:
    """Minimum-norm least squares, from a start that vanishes."""
    return (
        line(EXACT, min_norm_risk, "min-norm-risk", start & gaussian & isotropic),
        line(EXACT, least_squares_risk, "least-squares-risk", start & gaussian & anisotropic, determined, names=RANK),
        line(
            EXACT, one_sample_risk, "one-sample-risk", start & gaussian & anisotropic & noiseless, one_sample, broadcasts=False,
        ),
        line(
            EXACT, codimension_one_risk, "codimension-one-risk", start & gaussian & anisotropic & noiseless, one_short,
            broadcasts=False,
        ),
        line(EXACT, untrained_risk, "untrained-risk", start, no_samples, names=UNDER_TEST),
        line(ASYMPTOTIC, ridge_risk, "ridge-risk", start),
    )  # fmt: skip


def _line(method: str, formula: Any, theorem: str, when: Condition, sizes: Any = None, **options: Any) -> Route:
    return Route(FineTune, DeepLinear, method, formula, theorem, when, *([sizes] if sizes else []), **options)


_LAW = trained & unshifted & known_source & balanced & isotropic & gaussian & plane
RISK: tuple[Route, ...] = (
    *_scratch(),
    _unmoved(FineTune),
    *_min_norm(_line, plain & vanishing),
    _line(EXACT, least_squares_risk, "least-squares-risk", overdetermined, at_least_rank, names=RANK),
    _line(
        EXACT, deep_mean_risk, "deep-mean-risk", plain & gaussian & isotropic & moving & plane, fewer_than_dim,
        seconds=1e-3,
    ),
    _line(EXACT, untrained_risk, "untrained-risk", trained & known_source, no_samples, names=UNDER_TEST),
    _line(ASYMPTOTIC, ridge_risk, "ridge-risk", trained & unshifted & balanced & plane & with_weights, at_least_rank),
    _line(ASYMPTOTIC, deep_fine_tuning_risk_closure, "deep-fine-tuning-closure", plain & isotropic & moving & plane),
    _line(ASYMPTOTIC, deep_covariance_risk, "deep-covariance-risk", plain & anisotropic & moving, broadcasts=False),
    _line(ASYMPTOTIC, finite_source_deep_closure, "finite-source-deep-closure", fitted, told(_ENERGY, finite_source_deep_closure)),
    _line(
        ASYMPTOTIC, unbalanced_fine_tuning_risk, "unbalanced-fine-tuning", chain, told(_SIGN, unbalanced_fine_tuning_risk, _SCALED),
        names=_SCALED, times="scale", broadcasts=False,
    ),
    _line(LAW, simulate_law, "deep-risk-law", _LAW & moving),
    _line(SIMULATE, simulate, "simulation", trained & drawable),
    Route(Scratch, DeepLinear, SIMULATE, simulate, "simulation", trained & drawable),
)  # fmt: skip
_pairs = against_scratch & plain
TRANSFERABILITY: tuple[Route, ...] = (
    _line(
        EXACT, fine_tuning_transferability, "paired-transferability", against_scratch & overdetermined, at_least_rank,
        names=RANK,
    ),
    _line(
        EXACT, deep_mean_transferability, "deep-mean-transferability",
        _pairs & gaussian & isotropic & moving & plane, paired_below_dim, seconds=1e-3,
    ),
    _line(
        ASYMPTOTIC, deep_transferability_closure, "deep-transferability-closure", _pairs & isotropic & moving & plane,
        well_below_dim,
    ),
    _line(ASYMPTOTIC, deep_transferability_closure, "deep-transferability-closure", _pairs & isotropic & moving & plane, at_least_rank),
    _line(
        ASYMPTOTIC, deep_covariance_transferability, "deep-covariance-transferability", _pairs & anisotropic & moving, broadcasts=False,
    ),
    _line(
        ASYMPTOTIC, finite_source_deep_gain, "finite-source-deep-gain", against_scratch & fitted, told(_ENERGY, finite_source_deep_gain),
    ),
    _line(
        ASYMPTOTIC, unbalanced_transferability, "unbalanced-transferability", against_scratch & chain,
        told(_SIGN, unbalanced_transferability, _SCALED), names=_SCALED, times="scale", broadcasts=False,
    ),
    _line(LAW, simulate_law_gain, "deep-transferability-law", against_scratch & _LAW & moving),
    _line(SIMULATE, simulate_gain, "simulation", against_scratch & trained & drawable),
)  # fmt: skip
LAWS: tuple[LawRoute, ...] = (
    LawRoute(Scratch, DeepLinear, min_norm_law, "min-norm-law", plain & gaussian, law_of_fit, names=RANK),
    LawRoute(FineTune, DeepLinear, min_norm_law, "min-norm-law", plain & gaussian & vanishing, law_of_fit, names=RANK),
    LawRoute(FineTune, DeepLinear, min_norm_law, "min-norm-law", plain & gaussian & plane, at_least_rank, names=RANK),
    LawRoute(FineTune, DeepLinear, deep_risk_law, "deep-risk-law", _LAW & moving),
)
TRANSFER_LAWS: tuple[LawRoute, ...] = (
    LawRoute(
        FineTune, DeepLinear, deep_transferability_law, "deep-transferability-law", against_scratch & _LAW & moving
    ),
)


def _with_depth(learner: Any, depth: Any) -> Any:
    """The learner with a deep linear model of that depth; frozen features and rows of several tasks have none and stay as they are."""
    if not hasattr(learner, "model"):
        return learner
    model = DeepLinear(depth) if isinstance(learner.model, Linear) else learner.model
    if not isinstance(model, DeepLinear):
        refuse("depth", "an axis of linear and deep linear learners only", learner)
    return replace(learner, model=replace(model, depth=depth))


# From a vanishing start a deep linear network ends where the linear model does: that is what it is compared with.
FAMILY = Family(
    "deep_linear", DeepLinear, RISK, TRANSFERABILITY, lambda model: Scratch(), LAWS, TRANSFER_LAWS,
    axes={"depth": Axis(lambda problem, learner, value: (problem, _with_depth(learner, value)), None, of_learner=True)},
    words=("depth",), from_words=lambda given: DeepLinear(given["depth"]),
)  # fmt: skip

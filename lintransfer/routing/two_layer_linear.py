"""Routes of two-layer linear networks: which layers are trained, and from which head.

The first layer alone is linear regression from the source at another speed, and at n ≥ d every strategy ends in least
squares. Below, both layers have a closed form in the limit for one feature; the rest is simulated, on designs that all
cells of one sample size share. (A head alone is `LinearTransfer`, which stands with the linear model.)
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from lintransfer.errors import refuse
from lintransfer.models import Linear, TwoLayerLinear
from lintransfer.routing.conditions import (
    EVERY_SIZE,
    Condition,
    Sizes,
    anything,
    at_least_rank,
    condition,
    determined,
    gaussian,
    is_number,
    isotropic,
    known_source,
    law_of_fit,
    moving,
    no_samples,
    one_output,
    plane,
    resting,
    ridgeless,
    signed_ridge,
    stopped,
    told,
    tuned_ridge,
    tuned_time,
    two_layers,
    unshifted,
    with_ridge,
)
from lintransfer.routing.linear import RANK, UNDER_TEST
from lintransfer.routing.linear_simulation import best_ridge, best_time
from lintransfer.routing.question import Question
from lintransfer.routing.route import ASYMPTOTIC, EXACT, SIMULATE, Family, LawRoute, Route
from lintransfer.simulate.two_layer_linear.question import simulate_gains, simulate_risks
from lintransfer.strategies import FineTune, FirstLayer, LinearTransfer, ProbeThen, Scratch, model_of
from lintransfer.theory.linear.covariance import ridge_risk
from lintransfer.theory.linear.early_stopping import early_stopped_risk, optimally_stopped_risk
from lintransfer.theory.linear.isotropic import fine_tuning_transferability, least_squares_risk, min_norm_risk
from lintransfer.theory.linear.laws import min_norm_law, transferability_law_of_fine_tuning
from lintransfer.theory.linear.optimal_ridge import optimal_ridge_risk
from lintransfer.theory.tasks.distances import untrained_risk
from lintransfer.theory.two_layer_linear.probing import probed_one_feature_risk
from lintransfer.theory.two_layer_linear.strategy_map import one_feature_risk, probe_then_first_layer_risk

_RATIO = {"gamma": "size_ratio", "feature_norm": 1.0, "head": "start_head"}
_PROBED = {"gamma": "size_ratio", "feature_norm": 1.0, "time": "time"}
_FEW, _FEW_PROBED = (
    12,
    20,
)  # as many samples, and as many below d, keep limits to about 10 %: a probed head is estimated too


def _simulation(draw: Any) -> Any:
    """A simulation of many cells at one n, with every "optimal" replaced by the number that it stands for."""

    def simulate(problems: Sequence[Any], who: Sequence[Any], n: int, key: int, replicates: int) -> Any:
        known = [_numbered(p, w, n) if not isinstance(w, tuple) else tuple(_numbered(p, one, n) for one in w)
                 for p, w in zip(problems, who, strict=True)]  # fmt: skip
        return draw(problems, known, n, key, replicates)

    return simulate


def _numbered(problem: Any, learner: Any, n: int) -> Any:
    """The best ridge and time of the first layer are those of the weights, at its speed."""
    energy = float(problem.modes.source[0])
    if isinstance(getattr(learner, "ridge", 0.0), str):
        return replace(learner, ridge=energy * float(best_ridge(problem, FineTune(ridge=learner.ridge), float(n))))
    if isinstance(getattr(learner, "time", 0.0), str):
        question = Question(problem, FineTune(time=learner.time))
        return replace(learner, time=float(best_time(question, float(n))) / energy)
    return learner


def _are_two_layers(question: Question) -> bool:
    """Whether everyone can be trained on the same data: two-layer learners, a head alone, or scratch, without ridge."""

    def takes_part(who: Any) -> bool:
        plain = isinstance(who, FirstLayer | ProbeThen | LinearTransfer) or (
            isinstance(who, FineTune) and isinstance(who.model, TwoLayerLinear)
        )
        scratch = isinstance(who, Scratch) and isinstance(model_of(who), Linear | TwoLayerLinear)
        return (plain or (scratch and is_number(who.time, math.inf))) and (
            is_number(who.ridge, 0) or isinstance(who, FirstLayer)
        )

    return all(map(takes_part, question.contenders))


layered = two_layers & gaussian & isotropic & unshifted & known_source & one_output
one_feature = condition("one feature", lambda q: q.problem.n_features == 1)
input_shift = condition("an input shift (mix 0)", lambda q: is_number(q.problem.mix, 0))
probed_out = condition("probed to the end", lambda q: is_number(q.learner.time, math.inf))
alike = condition("no ridge but under the first layer", _are_two_layers)


def _middle(least: int) -> Any:
    return lambda q, n: (n >= least) & (n <= q.problem.dim - least)


_LIMITED = "n and d − n at least {}, and a trained head whose sign is known"
sign_known = told(_LIMITED.format(_FEW), one_feature_risk, _RATIO, _middle(_FEW))
probed_sign_known = told(_LIMITED.format(_FEW_PROBED), probed_one_feature_risk, _PROBED, _middle(_FEW_PROBED))
middle = Sizes(f"n and d − n at least {_FEW_PROBED}", _middle(_FEW_PROBED), lambda q: 0.5 * q.problem.dim)


def _line(
    who: type, method: str, formula: Any, theorem: str, when: Condition, sizes: Sizes = EVERY_SIZE, **options: Any
) -> Route:
    return Route(who, TwoLayerLinear, method, formula, theorem, when, sizes, **options)


def _ends(who: type, when: Condition) -> tuple[Route, ...]:
    """No data, and as many as weights."""
    return (
        _line(who, EXACT, untrained_risk, "untrained-risk", layered & when, no_samples, names=UNDER_TEST),
        _line(who, EXACT, least_squares_risk, "least-squares-risk", layered & plane & when, determined, names=RANK),
    )


then_both = condition("then both layers", lambda q: isinstance(q.learner.strategy, FineTune))
then_first = condition("then the first layer", lambda q: isinstance(q.learner.strategy, FirstLayer))
_FIRST = {"ridge": "layer_ridge"}
RISK: tuple[Route, ...] = (
    _line(Scratch, EXACT, min_norm_risk, "min-norm-risk", layered & ridgeless),
    _line(FirstLayer, EXACT, min_norm_risk, "min-norm-risk", layered & moving & ridgeless),
    _line(FirstLayer, EXACT, untrained_risk, "untrained-risk", layered & resting, names=UNDER_TEST),
    _line(FirstLayer, ASYMPTOTIC, ridge_risk, "ridge-risk", layered & moving & with_ridge, names=_FIRST),
    _line(
        FirstLayer, ASYMPTOTIC, optimal_ridge_risk, "optimal-ridge-risk", layered & signed_ridge, names={"negative": True},
        broadcasts=False,
    ),
    _line(FirstLayer, ASYMPTOTIC, optimal_ridge_risk, "optimal-ridge-risk", layered & tuned_ridge, broadcasts=False),
    _line(
        FirstLayer, ASYMPTOTIC, early_stopped_risk, "early-stopped-risk", layered & moving & stopped,
        names={"time": "layer_time"}, broadcasts=False, pairs=True,
    ),
    _line(
        FirstLayer, ASYMPTOTIC, optimally_stopped_risk, "optimally-stopped-risk", layered & tuned_time, broadcasts=False,
        pairs=True,
    ),
    *_ends(FineTune, ridgeless),
    *_ends(ProbeThen, anything),
    _line(
        FineTune, ASYMPTOTIC, one_feature_risk, "one-feature-risk", layered & one_feature & input_shift & ridgeless,
        sign_known, names=_RATIO,
    ),
    _line(
        ProbeThen, ASYMPTOTIC, probed_one_feature_risk, "probed-one-feature-risk",
        layered & one_feature & input_shift & then_both, probed_sign_known, names=_PROBED,
    ),
    _line(
        ProbeThen, ASYMPTOTIC, probe_then_first_layer_risk, "probe-then-first-layer-risk",
        layered & one_feature & input_shift & probed_out & then_first, middle, names={"gamma": "size_ratio"},
    ),
    *(
        _line(who, SIMULATE, _simulation(simulate_risks), "simulation", layered & alike, together=True)
        for who in (Scratch, FineTune, FirstLayer, ProbeThen)
    ),
)  # fmt: skip
against_scratch = condition(
    "against Scratch",
    lambda q: isinstance(q.baseline, Scratch) and isinstance(model_of(q.baseline), Linear | TwoLayerLinear),
)
TRANSFERABILITY: tuple[Route, ...] = (
    _line(
        FirstLayer, EXACT, fine_tuning_transferability, "paired-transferability",
        layered & moving & ridgeless & against_scratch,
    ),
    *(
        _line(
            who, EXACT, fine_tuning_transferability, "paired-transferability", layered & plane & ridgeless & against_scratch,
            at_least_rank, names=RANK,
        )
        for who in (FineTune, ProbeThen)
    ),
    *(
        _line(who, SIMULATE, _simulation(simulate_gains), "simulation", layered & alike, together=True)
        for who in (Scratch, FineTune, FirstLayer, ProbeThen)
    ),
)  # fmt: skip
LAWS: tuple[LawRoute, ...] = tuple(
    LawRoute(who, TwoLayerLinear, min_norm_law, "min-norm-law", layered & moving & ridgeless, law_of_fit, names=RANK)
    for who in (Scratch, FirstLayer)
)
TRANSFER_LAWS: tuple[LawRoute, ...] = (
    LawRoute(
        FirstLayer, TwoLayerLinear, transferability_law_of_fine_tuning, "paired-transferability-law",
        layered & moving & ridgeless & against_scratch, law_of_fit, names=RANK,
    ),
)  # fmt: skip


def _from_words(given: Mapping[str, Any]) -> TwoLayerLinear:
    if given["layers"] != 2:
        refuse("layers", "2, for features and a head (depth=L is for deep linear networks)", given["layers"])
    return TwoLayerLinear()


FAMILY = Family(
    "two_layer_linear", TwoLayerLinear, RISK, TRANSFERABILITY, lambda model: Scratch(), LAWS, TRANSFER_LAWS,
    words=("layers",), from_words=_from_words,
)  # fmt: skip

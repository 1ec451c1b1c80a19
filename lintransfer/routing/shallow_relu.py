"""Routes of shallow ReLU networks with linear teachers.

Infinite width is kernel regression of the residual: on the unit sphere by the kernel's spectrum, from a known source or
in two stages from a fitted one, and under N(0, Σ) by the equivalent ridge. Finite width is simulated. A ridge is λ_0 on
the kernel.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from importlib import import_module
from typing import Any

import numpy as np

from lintransfer.errors import refuse
from lintransfer.models import ShallowReLU
from lintransfer.routing.arguments import rank
from lintransfer.routing.conditions import (
    condition,
    converged,
    effective_rank,
    fitted_source,
    gaussian,
    known_source,
    no_inputs,
    noiseless,
    nonnegative_ridge,
    on_sphere,
    one_output,
    plain_fit,
    same_inputs,
    same_training,
    some_inputs,
    unshifted,
    wide,
    with_weights,
    without_ridge,
)
from lintransfer.routing.question import Question
from lintransfer.routing.route import ASYMPTOTIC, BOUND, EXACT, SIMULATE, Family, Route
from lintransfer.strategies import FineTune, Scratch, model_of
from lintransfer.theory.shallow_relu.bounds import risk_bound
from lintransfer.theory.shallow_relu.gaussian import gaussian_risk
from lintransfer.theory.shallow_relu.learning_curves import sphere_risk
from lintransfer.theory.shallow_relu.two_stage import two_stage_risk
from lintransfer.theory.tasks.distances import untrained_risk
from lintransfer.validation import is_traced

SMALLEST_EFFECTIVE_RANK = 20  # of Gaussian inputs, as in `lintransfer.theory.shallow_relu.gaussian`
SMALLEST_DIM = 12  # on the sphere: below it the deterministic equivalents are off by more than about 15 %

UNDER_TEST = {"displacement_energy": "test_energy"}
_RAW = {"displacement_energy": "squared_displacement"}
_SQUARES = {"source_energy": "squared_source", "cross_energy": "squared_cross", "target_energy": "squared_target"}


def _simulation(name: str) -> Any:
    """A simulation whose module, with the optimisers that it trains by, is loaded on first use."""

    def simulate(*question: Any) -> Any:
        return getattr(import_module("lintransfer.simulate.shallow_relu.question"), name)(*question)

    return simulate


def _has_effective_rank(question: Question) -> bool:
    if is_traced(question.problem.modes.eigenvalue, question.problem.modes.multiplicity):
        return True
    return bool((effective_rank(question) >= SMALLEST_EFFECTIVE_RANK).all())


def _is_wide(learner: Any) -> bool:
    """Whether it is a network of infinite width; another model is none."""
    return bool(getattr(model_of(learner), "is_wide", False))


many_dimensions = condition("d ≥ 12", lambda q: q.problem.dim >= SMALLEST_DIM)
many_directions = condition("effective rank ≥ 20", _has_effective_rank)
smooth = one_output & unshifted & converged & nonnegative_ridge
narrow_or_ridgeless = condition(
    "infinite width, or no ridge", lambda q: all(_is_wide(who) for who in q.contenders) or q.holds(without_ridge)
)
fit_like_target = condition("source inputs like the target's", lambda q: q.holds(known_source) or q.holds(same_inputs))
plane_if_wide = condition(
    "rank Σ ≥ 2 for infinite width (in one dimension all inputs are parallel)",
    lambda q: (
        not any(_is_wide(who) for who in q.contenders) or is_traced(q.problem.modes) or bool(np.all(rank(q) >= 2))
    ),
)
simulated = smooth & some_inputs & plane_if_wide & narrow_or_ridgeless & fit_like_target & plain_fit & with_weights
_sphere, _gaussian = (
    smooth & wide & on_sphere & many_dimensions,
    smooth & wide & gaussian & known_source & many_directions,
)


def _lines(who: type) -> tuple[Route, ...]:
    def line(method: str, formula: Any, theorem: str, when: Any, *sizes: Any, **options: Any) -> Route:
        return Route(who, ShallowReLU, method, formula, theorem, when, *sizes, **options)

    return (
        line(EXACT, untrained_risk, "untrained-risk", smooth & no_inputs, names=UNDER_TEST),
        line(
            ASYMPTOTIC, sphere_risk, "relu-sphere-risk", _sphere & known_source, names=_RAW, broadcasts=False,
        ),
        line(ASYMPTOTIC, gaussian_risk, "relu-gaussian-risk", _gaussian, broadcasts=False),
        line(
            BOUND, risk_bound, "relu-risk-bound", smooth & wide & on_sphere & known_source & without_ridge & noiseless, names=_RAW,
        ),
        line(SIMULATE, _simulation("simulate_relu_risk"), "simulation", simulated),
    )  # fmt: skip


def _pair(method: str, formula: Any, theorem: str, when: Any, **options: Any) -> Route:
    return Route(FineTune, ShallowReLU, method, formula, theorem, same_training & when, **options)


RISK: tuple[Route, ...] = (
    *_lines(Scratch),
    *_lines(FineTune),
    Route(
        FineTune, ShallowReLU, ASYMPTOTIC, two_stage_risk, "relu-two-stage-risk", _sphere & fitted_source & plain_fit, names=_SQUARES,
        broadcasts=False,
    ),
)  # fmt: skip
# The risk is linear in the energy of the residual, so that the gain in energy gives the gain in risk; noise cancels.
TRANSFERABILITY: tuple[Route, ...] = (
    _pair(
        ASYMPTOTIC, sphere_risk, "relu-sphere-risk", _sphere & known_source,
        names={"displacement_energy": "squared_gain", "noise_variance": 0.0}, broadcasts=False,
    ),
    _pair(
        ASYMPTOTIC, gaussian_risk, "relu-gaussian-risk", _gaussian, names={"displacement": "gain", "noise_variance": 0.0},
        broadcasts=False,
    ),
    _pair(SIMULATE, _simulation("simulate_relu_transferability"), "simulation", simulated),
)  # fmt: skip


def _from_words(given: Mapping[str, Any]) -> ShallowReLU:
    if "relu" not in given:
        refuse("width", "given together with relu, as in relu=both,width=64", got="no relu")
    return ShallowReLU(given.get("width", math.inf), given["relu"])


FAMILY = Family(
    "shallow_relu", ShallowReLU, RISK, TRANSFERABILITY, Scratch, words=("relu", "width"), from_words=_from_words,
)  # fmt: skip

"""Routes of diagonal linear networks: not the angle of two tasks but their coordinates matter, so that both are vectors.

Fine-tuning starts from the first layer that pretraining on the source left, and from zero as a function; at n ≥ d every
start ends in least squares. Below, the risk is a fixed point in the limit d → ∞, or every network is trained.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module
from typing import Any

import numpy as np

from lintransfer.errors import refuse
from lintransfer.models import DiagonalLinear, Linear
from lintransfer.routing.conditions import (
    EVERY_SIZE,
    Sizes,
    condition,
    determined,
    gaussian,
    known_source,
    no_samples,
    one_output,
    plane,
    ridgeless,
    unshifted,
)
from lintransfer.routing.linear import RANK, UNDER_TEST
from lintransfer.routing.question import Question
from lintransfer.routing.route import ASYMPTOTIC, EXACT, SIMULATE, Family, Route
from lintransfer.strategies import FineTune, LinearTransfer, Scratch, model_of
from lintransfer.theory.diagonal_linear.risk import diagonal_risk
from lintransfer.theory.linear.isotropic import least_squares_risk
from lintransfer.theory.tasks.distances import untrained_risk
from lintransfer.validation import is_traced


def _simulation(name: str) -> Any:
    """A simulation whose module is loaded on first use."""

    def simulate(*question: Any) -> Any:
        return getattr(import_module("lintransfer.simulate.diagonal_linear.question"), name)(*question)

    return simulate


def _has_identity(question: Question) -> bool:
    v = question.problem.vectors
    if v is None or is_traced(v.source, v.target, question.problem.noise_std):
        return False
    return v.covariance is None or (not is_traced(v.covariance) and _is_identity(np.asarray(v.covariance)))


def _is_identity(covariance: np.ndarray) -> bool:
    return bool(np.all(covariance == (1.0 if covariance.ndim == 1 else np.eye(len(covariance)))))


def _are_trained(question: Question) -> bool:
    return all(
        not isinstance(who, LinearTransfer) and isinstance(model_of(who), DiagonalLinear | Linear)
        for who in question.contenders
    )


coordinates = condition("source and target as vectors, plain numbers, Σ = I", _has_identity)
diagonal_or_linear = condition("against a diagonal or a linear model", _are_trained)
world = coordinates & gaussian & unshifted & known_source & one_output & ridgeless
_NEAR = 8  # so close to n = d the limit is off by tens of percent
few = Sizes(f"0 < n ≤ d − {_NEAR}", lambda q, n: (n > 0) & (n <= q.problem.dim - _NEAR))


def _lines(who: type) -> tuple[Route, ...]:
    def line(method: str, formula: Any, theorem: str, when: Any, sizes: Sizes = EVERY_SIZE, **options: Any) -> Route:
        return Route(who, DiagonalLinear, method, formula, theorem, when, sizes, broadcasts=False, **options)

    return (
        line(EXACT, untrained_risk, "untrained-risk", world, no_samples, names=UNDER_TEST),
        line(EXACT, least_squares_risk, "least-squares-risk", world & plane, determined, names=RANK),
        line(
            ASYMPTOTIC, diagonal_risk, "diagonal-risk", world, few, names={"target": "target_weights"}, traced=False,
            seconds=0.05,
        ),
        line(SIMULATE, _simulation("simulate_risk"), "simulation", world),
    )  # fmt: skip


RISK: tuple[Route, ...] = (*_lines(Scratch), *_lines(FineTune))
TRANSFERABILITY: tuple[Route, ...] = tuple(
    Route(who, DiagonalLinear, SIMULATE, _simulation("simulate_gain"), "simulation", world & diagonal_or_linear)
    for who in (Scratch, FineTune)
)


def _from_words(given: Mapping[str, Any]) -> DiagonalLinear:
    if "scale" not in given:
        refuse("balance", "given together with scale, as in scale=0.1,balance=-1", got="no scale")
    return DiagonalLinear(given["scale"], given.get("balance", 0.0))


FAMILY = Family(
    "diagonal_linear", DiagonalLinear, RISK, TRANSFERABILITY, Scratch, words=("scale", "balance"), from_words=_from_words,
)  # fmt: skip

"""Conditions under which theorems speak: named, combined with ``&`` and ``~``, and said in their own words.

A `Condition` is about problem and learner, a `Sizes` about n. Neither looks at traced values: what is not known to hold
does not hold.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from lintransfer.arithmetic import total, where
from lintransfer.models import Linear
from lintransfer.routing.arguments import arguments_of, feature_count, rank, value_of
from lintransfer.routing.question import Question
from lintransfer.strategies import SIGNED, FineTune, LinearTransfer, ProbeThen, Scratch, Soup, WeightAverage
from lintransfer.theory.linear.wishart_resolvent import is_known
from lintransfer.validation import is_traced

_ROUNDING = 1e-13  # of equal eigenvalues, relative


@dataclass(frozen=True, eq=False)
class _Part:
    words: str
    test: Callable[[Question], bool]


@dataclass(frozen=True)
class Condition:
    """All of its parts hold."""

    parts: tuple[_Part, ...]

    @property
    def words(self) -> str:
        """What must hold, as a list of phrases."""
        return ", ".join(part.words for part in self.parts if part.words) or "everywhere"

    def __and__(self, other: Condition) -> Condition:
        return Condition((*self.parts, *(part for part in other.parts if part not in self.parts)))

    def fails(self, question: Question) -> list[str]:
        """The phrases that do not hold."""
        return [part.words for part in self.parts if not question.remembered(part, part.test)]


def condition(words: str, test: Callable[[Question], bool]) -> Condition:
    """A condition of one part."""
    return Condition((_Part(words, test),))


@dataclass(frozen=True)
class Sizes:
    """The sample sizes at which a formula speaks.

    holds(question, n) → booleans of the shape of n.  inside(question): one such size, for gradients.
    """

    words: str
    holds: Callable[[Question, Any], Any]
    inside: Callable[[Question], Any] = lambda q: 0.0


def is_number(value: Any, number: float) -> bool:
    """Whether an option is known to be this number, in every cell of a grid (a traced one never is)."""
    if isinstance(value, str) or is_traced(value):
        return False
    return bool(np.all(np.asarray(value) == number))


def _optional(learner: Any, name: str) -> Any:
    if isinstance(learner, ProbeThen):
        learner = learner.strategy  # the time of probing is not that of training
    return getattr(learner, name, math.inf if name == "time" else 0.0)


def _number(value: Any) -> bool:
    return not isinstance(value, str)


def _positive(value: Any) -> bool:
    return is_traced(value) or bool(np.all(np.asarray(value) > 0))


# ---- the world

anything = Condition(())
gaussian = condition("Gaussian inputs", lambda q: q.problem.is_gaussian)
on_sphere = condition("unit sphere", lambda q: not q.problem.is_gaussian)
isotropic = condition("Σ = λI", lambda q: q.problem.is_isotropic)
anisotropic = condition("Σ not λI", lambda q: not q.problem.is_isotropic)
unshifted = condition("tested under Σ", lambda q: not q.problem.has_shift)
shifted = condition("tested under another Σ'", lambda q: q.problem.has_shift)


def _has_inputs(question: Question) -> bool:
    values = question.problem.modes.eigenvalue
    return is_traced(values) or bool(np.any(np.asarray(values) > 0))


some_inputs = condition("Σ not 0", _has_inputs)
no_inputs = condition("Σ = 0", lambda q: not _has_inputs(q))
same_inputs = condition(
    "source inputs of the same covariance",
    lambda q: q.problem.vectors is None or q.problem.vectors.source_covariance is None,
)
other_inputs = condition(
    "source inputs of another covariance",
    lambda q: q.problem.vectors is not None and q.problem.vectors.source_covariance is not None,
)
equal_inputs = condition("trained under Σ = λI", lambda q: q.problem.modes.eigenvalue.shape[-1] == 1)
one_output = condition("one output", lambda q: q.problem.outputs == 1)
noiseless = condition("no noise", lambda q: is_number(q.problem.noise_std, 0))
full_rank = condition("Σ of full rank", lambda q: is_traced(q.problem.modes) or bool(np.all(rank(q) == q.problem.dim)))
plane = condition("d ≥ 2", lambda q: q.problem.dim >= 2)


def _is_diagonal(question: Question) -> bool:
    v = question.problem.vectors
    return v is not None and all(c is None or np.ndim(c) == 1 for c in (v.covariance, v.test_covariance))


diagonal = condition("Σ and Σ' diagonal", _is_diagonal)


def _has_diagonal_source(question: Question) -> bool:
    v = question.problem.vectors
    return v is not None and all(c is None or np.ndim(c) == 1 for c in (v.covariance, v.source_covariance))


diagonal_source = condition("Σ and Σ_S diagonal", _has_diagonal_source)
dense_source = condition("Σ or Σ_S a matrix", lambda q: not _has_diagonal_source(q))
dense = condition("Σ or Σ' a matrix", lambda q: not _is_diagonal(q))


# ---- the source


def _fitted(question: Question) -> bool:
    """Whether the learner depends on the random source fit (of a comparison: whether either does)."""
    p = question.problem
    if p.n_source is None:
        return False
    given = p.given_features is not None or p.mix is not None
    return any(
        not isinstance(who, Scratch) and not (isinstance(who, LinearTransfer) and given) for who in question.contenders
    )


def _has_weights(question: Question) -> bool:
    """Whether the source weights are there for those who start from them; subspaces may give features alone."""
    p = question.problem
    starts = any(
        isinstance(who, FineTune | WeightAverage | Soup)
        or (isinstance(who, LinearTransfer) and p.given_features is None)
        for who in question.contenders
    )
    return not starts or is_traced(p.modes.source) or not np.isnan(p.modes.source).any()


with_weights = condition("source weights", _has_weights)
known_source = condition("known source", lambda q: not _fitted(q) and _has_weights(q))
fitted_source = condition("fitted source", _fitted)


def _source_ridge(question: Question) -> Any:
    """λ_S where it matters, 0 where nobody depends on the source fit."""
    return question.problem.source_ridge if _fitted(question) else 0.0


plain_fit = condition("a source fitted without ridge", lambda q: is_number(_source_ridge(q), 0))
numbered_fit = condition("source ridge a number", lambda q: _number(_source_ridge(q)))
tuned_fit = condition("the best source ridge", lambda q: q.problem.source_ridge == "optimal")
moving = condition("a source that does not vanish", lambda q: _positive(q.problem.source_norm))
vanishing = condition("a source that vanishes", lambda q: is_number(q.problem.source_norm, 0))


# ---- the training

converged = condition(
    "trained to convergence", lambda q: all(is_number(_optional(who, "time"), math.inf) for who in q.contenders)
)
without_ridge = condition("no ridge", lambda q: all(is_number(who.ridge, 0) for who in q.contenders))
ridgeless = without_ridge & converged
numbered = condition("ridge a number", lambda q: all(_number(who.ridge) for who in q.contenders))
with_ridge = numbered & converged
plain_ridge = condition("a ridge that is not traced", lambda q: not is_traced(q.learner.ridge))
tuned_ridge = condition("the best ridge", lambda q: q.learner.ridge == "optimal") & converged
stopped = condition("stopped at a time", lambda q: _number(_optional(q.learner, "time"))) & without_ridge
signed_ridge = condition("the best ridge of either sign", lambda q: q.learner.ridge == SIGNED) & converged
tuned_time = condition("the best stopping time", lambda q: _optional(q.learner, "time") == "optimal") & without_ridge
resting = condition(
    "ridge inf, time 0 or Σ = 0",
    lambda q: is_number(q.learner.ridge, math.inf) or is_number(_optional(q.learner, "time"), 0) or not _has_inputs(q),
)
nonnegative_ridge = condition(
    "ridge ≥ 0",
    lambda q: all(_number(who.ridge) and (is_traced(who.ridge) or np.all(who.ridge >= 0)) for who in q.contenders),
)
balanced = condition("balanced layers", lambda q: q.model.is_balanced)
unbalanced = condition("unbalanced layers", lambda q: not q.model.is_balanced)
wide = condition("infinite width", lambda q: q.model.is_wide)


# ---- frozen features


def _one_scale(question: Question) -> bool:
    """Whether the features are known to be isotropic: one eigenvalue of F, up to rounding."""
    f = question.problem.features
    if f.eigenvalue.shape[-1] == 1:
        return True
    if is_traced(f.eigenvalue, f.multiplicity):
        return False
    alive = np.asarray(f.eigenvalue)[np.asarray(f.multiplicity) > 0]
    return alive.size > 0 and float(np.ptp(alive)) <= _ROUNDING * float(alive.max())


def _count_is_known(question: Question) -> bool:
    return not is_traced(question.problem.features.multiplicity)


def _features_are_given(question: Question) -> bool:
    return question.problem.given_features is not None or question.problem.mix is not None


def _head_is_known(question: Question) -> bool:
    """Whether the source has a head for the features of those who start from it."""
    starts = any(isinstance(who, LinearTransfer) and who.head == "source" for who in question.contenders)
    left = question.problem.features.displacement if starts else 0.0
    return not starts or (question.problem.n_source is None and (is_traced(left) or not np.isnan(left).any()))


one_feature = condition("one feature", lambda q: not _features_are_given(q) and _positive(q.problem.source_norm))
several_features = condition("given features", lambda q: _features_are_given(q) and _count_is_known(q))
known_head = condition("a head of zero, or one that the source gives", _head_is_known)
dead_feature = condition("features that vanish", lambda q: _count_is_known(q) and bool(np.all(feature_count(q) == 0)))
live_features = condition("features", lambda q: not _count_is_known(q) or bool(np.all(feature_count(q) > 0)))
equal_features = condition("features of equal variance", _one_scale)


two_layers = condition("a two-layer source", lambda q: q.problem.mix is not None)


# ---- comparisons


def _same_training(question: Question) -> bool:
    baseline, learner = question.contenders
    kinds = isinstance(baseline, Scratch) and isinstance(learner, FineTune) and baseline.model == learner.model
    return kinds and (
        baseline.ridge is learner.ridge or (_number(learner.ridge) and is_number(baseline.ridge, learner.ridge))
    )


same_training = condition("against Scratch trained alike", _same_training)
linear_pair = condition(
    "against a linear learner of one task",
    lambda q: all(
        isinstance(who, Scratch | FineTune | LinearTransfer) and getattr(who, "model", Linear()) == Linear()
        for who in q.contenders
    ),
)


# ---- sizes


def _flags(n: Any, value: Any) -> Any:
    xp = jax.numpy if isinstance(n, jax.Array) else np
    return xp.zeros(np.shape(n), bool) | value


def _noisy(question: Question) -> Any:
    return question.problem.noise_std > 0


def told(words: str, formula: Any, names: Mapping[str, Any] | None = None, within: Any = None) -> Sizes:
    """Where the formula is a number (only its own solution says where), and n is within.

    names: as in the route of the formula.  within(question, n): more that has to hold.
    """

    def holds(question: Question, n: Any) -> Any:
        with np.errstate(all="ignore"):
            found = formula(**arguments_of(formula, question, n, names or {}))
        known = found == found
        return known if within is None else known & within(question, n)

    return Sizes(words, holds, lambda q: 0.5 * q.problem.dim if within else 0.0)


EVERY_SIZE = Sizes("every n", lambda q, n: _flags(n, True))
no_samples = Sizes("n = 0", lambda q, n: n == 0)
determined = Sizes(
    "n ≥ rank Σ (n ≥ rank − 1 with noise)",
    lambda q, n: (n > 0) & ((n >= rank(q)) | ((n >= rank(q) - 1) & _noisy(q))),
    lambda q: rank(q) + 9.0,
)
at_least_rank = Sizes("n ≥ rank Σ", lambda q, n: (n > 0) & (n >= rank(q)), lambda q: rank(q) + 9.0)
one_sample = Sizes("n = 1 < rank Σ", lambda q, n: (n == 1) & (rank(q) > 1), lambda q: 1.0)
one_short = Sizes("n = rank Σ − 1", lambda q, n: (n == rank(q) - 1) & (rank(q) > 2), lambda q: rank(q) - 1)
fewer_than_dim = Sizes(
    "n < d, whole", lambda q, n: _flags(n, False) if is_traced(n) else (n < q.problem.dim) & (n == np.floor(n))
)
well_below_dim = Sizes(
    "n < d, but n ≠ d − 1 with noise",
    lambda q, n: (n == 0) | (n < q.problem.dim - 1) | ((n < q.problem.dim) & ~(_noisy(q) & (n >= q.problem.dim - 1))),
)
paired_below_dim = Sizes(
    "n < d, whole, but n ≠ d − 1 with noise", lambda q, n: fewer_than_dim.holds(q, n) & well_below_dim.holds(q, n)
)
head_determined = Sizes(
    "n = 0, n ≥ r − 1; every n for features of equal variance",
    lambda q, n: _flags(n, True) if q.remembered("one scale", _one_scale) else (n == 0) | (n >= feature_count(q) - 1),
)
law_of_head = Sizes(
    "n = 0, n ≥ r; every n for features of equal variance",
    lambda q, n: _flags(n, True) if q.remembered("one scale", _one_scale) else (n == 0) | (n >= feature_count(q)),
)
law_of_fit = Sizes(
    "n = 0, n ≥ rank Σ; every n for Σ = λI",
    lambda q, n: _flags(n, True) if q.problem.is_isotropic else (n == 0) | (n >= rank(q)),
)


def _shift_count(question: Question) -> Any:
    return value_of("shift_count" if isinstance(question.learner, LinearTransfer) else "dim", question, None)


shift_determined = Sizes(
    "n = 0, n ≥ r (n ≥ r − 1 with noise)",
    lambda q, n: (n > 0) & (n >= where(_noisy(q), _shift_count(q) - 1, _shift_count(q))),
    lambda q: _shift_count(q) + 9.0,
)
known_resolvent = Sizes(
    "min(n, r) ≤ 200, max(n, r) ≤ 10⁶",
    lambda q, n: _flags(n, False) | np.asarray(is_known(np.asarray(n), feature_count(q))),
)


def effective_rank(question: Question) -> Any:
    """(trΣ)²/trΣ²; 0 if Σ vanishes."""
    m = question.problem.modes
    trace, square = total(m.multiplicity * m.eigenvalue), total(m.multiplicity * m.eigenvalue**2)
    return trace * trace / where(square > 0, square, 1)

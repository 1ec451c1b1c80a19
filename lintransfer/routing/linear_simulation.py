"""Simulation of learners of the linear model, and what every "optimal" stands for in it.

A simulation takes numbers. The best ridge and the best source ridge are those of a formula; the best stopping time too
where Σ = λI, and elsewhere it is sought on other training sets.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from lintransfer.problems import TransferProblem
from lintransfer.routing.arguments import arguments_of, value_of
from lintransfer.routing.conditions import (
    condition,
    dense_source,
    diagonal,
    diagonal_source,
    equal_inputs,
    fitted_source,
    gaussian,
    isotropic,
    known_head,
    known_source,
    numbered_fit,
    one_output,
    other_inputs,
    plain_fit,
    same_inputs,
    shifted,
    signed_ridge,
    some_inputs,
    stopped,
    tuned_ridge,
    tuned_time,
    unshifted,
    with_ridge,
    with_weights,
)
from lintransfer.routing.question import Question
from lintransfer.simulate.linear.question import draws_a_law, simulate_risk, simulate_transferability
from lintransfer.simulate.linear.question import tuned_time as tuned_stop
from lintransfer.strategies import SIGNED, FineTune, LinearTransfer
from lintransfer.theory.linear.early_stopping import optimal_stopping_time
from lintransfer.theory.linear.finite_source import source_feature_unexplained
from lintransfer.theory.linear.fitted_stopping import fitted_distance, optimal_shifted_time
from lintransfer.theory.linear.optimal_ridge import optimal_ridge
from lintransfer.theory.linear.optimal_shift import optimal_shifted_matrix_ridge, optimal_shifted_ridge
from lintransfer.theory.linear.optimal_two_stage import optimal_two_stage_matrix_ridge, optimal_two_stage_ridge
from lintransfer.theory.linear.ridge_heads import optimal_head_ridge
from lintransfer.theory.linear.source_ridge import optimal_source_ridge, optimal_source_ridge_matrix

SPECTRA = {
    "eigenvalues": "spectrum", "multiplicities": "ones", "displacement": "displacement_squares",
    "test_eigenvalues": "test_spectrum",
}  # fmt: skip
TWO_SPECTRA = {
    "eigenvalues": "spectrum", "multiplicities": "ones", "source": "source_squares",
    "cross": "cross_products", "target": "target_squares", "source_eigenvalues": "source_spectrum",
}  # fmt: skip
MATRICES = {"displacement": "displacement_vector"}
VECTORS = {"source": "source_vector", "target": "target_vector"}

plain = known_source & unshifted
FIT = fitted_source & unshifted  # the three ways in which a source fit meets Σ, and the names of arguments there
SAME, DIAGONAL, DENSE = FIT & same_inputs, FIT & other_inputs & diagonal_source, FIT & other_inputs & dense_source
EVEN = FIT & isotropic & same_inputs
STOPPED_FIT = {"source_ridge": "whitened_source_ridge"}
SHIFTED_FLOW = equal_inputs & some_inputs & shifted & known_source
FITTED_FEATURE = gaussian & isotropic & fitted_source & same_inputs & one_output & plain_fit


def _draw(designs: bool) -> Any:
    """Simulate a learner, or (baseline, learner) on the same data; from the law of what matters, or on drawn designs."""

    def draw(problem: TransferProblem, who: Any, n: Any, key: int, replicates: int) -> tuple[Any, Any]:
        pair = who if isinstance(who, tuple) else (who,)
        ask = simulate_transferability if isinstance(who, tuple) else simulate_risk
        found = []
        for size in np.ravel(n):
            world = _with_source_ridge(problem, pair, int(size))
            there = tuple(_with_numbers(world, learner, int(size), key, replicates) for learner in pair)
            found.append(ask(world, there if isinstance(who, tuple) else there[0], size, key, replicates, designs))
        mean, error = np.reshape(found, (-1, 2)).T
        return mean.reshape(np.shape(n)), error.reshape(np.shape(n))

    return draw


simulate_designs, simulate_law = _draw(True), _draw(False)
drawn_law = condition(
    "equal eigenvalues or features, whose law is known",
    lambda q: all(draws_a_law(q.problem, learner) for learner in q.contenders),
)


def _is_optimised(question: Question) -> bool:
    """Whether every "optimal" of a learner stands for a number that a formula gives, or a simulation."""
    return all(
        q.holds(with_ridge) or q.holds(stopped) or _has_numbers(q) or q.holds(tuned_time) or _has_best_ridge(q)
        for q in (question.of(who) for who in question.contenders)
    )


def _has_numbers(question: Question) -> bool:
    learner = question.learner
    return not isinstance(learner.ridge, str) and not isinstance(getattr(learner, "time", 0.0), str)


def _has_best_ridge(question: Question) -> bool:
    """Whether a formula gives the best ridge."""
    if isinstance(question.learner, LinearTransfer):
        return question.holds(tuned_ridge & plain) or question.holds(tuned_ridge & FITTED_FEATURE)
    if question.holds(signed_ridge):
        return question.holds(plain) or question.holds(FIT & numbered_fit)
    return question.holds(tuned_ridge) and (question.holds(known_source) or question.holds(FIT))


def _has_source_ridge(question: Question) -> bool:
    """Whether the source ridge is a number, or one learner asks for its best and a formula gives it."""
    asked = [q for q in (question.of(who) for who in question.contenders) if q.holds(fitted_source)]
    if all(q.holds(numbered_fit) for q in asked):
        return True
    return len(asked) == 1 and isinstance(asked[0].learner, FineTune) and any(
        asked[0].holds(when) for when in (FIT & with_ridge, FIT & tuned_ridge, EVEN & stopped, EVEN & tuned_time)
    )  # fmt: skip


known_fit = condition("the source ridge a number, or the best of one learner that a formula knows", _has_source_ridge)
optimised = condition('every "optimal" a number that is known', _is_optimised) & with_weights & known_head & known_fit


def _with_source_ridge(p: TransferProblem, learners: Any, n: int) -> TransferProblem:
    """The problem with "optimal" replaced by the source ridge that it stands for at this n, if it matters to a learner."""
    if not isinstance(p.source_ridge, str):
        return p
    asked = [q for q in (Question(p, learner) for learner in learners) if q.holds(fitted_source)]
    return replace(p, source_ridge=float(best_source_ridge(asked[0], float(n))) if asked else 0.0)


def best_source_ridge(question: Question, n: Any) -> Any:
    """The λ_S that ``source_ridge="optimal"`` stands for, per sample size, of a learner whose risk has been asked."""
    tuned = isinstance(question.learner.ridge, str)
    names: dict[str, Any] = {"tuned": tuned} | ({"ridge": 0.0} if tuned else {})
    if question.holds(DENSE):
        return optimal_source_ridge_matrix(
            **arguments_of(optimal_source_ridge_matrix, question, n, names | VECTORS)
        ).ridge
    names |= TWO_SPECTRA if question.holds(DIAGONAL) else {}
    early = not question.holds(with_ridge) and not tuned
    return optimal_source_ridge(**arguments_of(optimal_source_ridge, question, 0.0 * n if early else n, names)).ridge


def _with_numbers(p: TransferProblem, learner: Any, n: int, key: int, replicates: int) -> Any:
    """The learner with every "optimal" replaced by the number it stands for at this n: by formula, and the stopping time
    where there is none (Σ not λI) by simulation on other training sets."""
    question = Question(p, learner)
    if _has_numbers(question):
        return learner
    if isinstance(learner.ridge, str):
        return replace(learner, ridge=float(best_ridge(p, learner, float(n))))
    known = any(question.holds(when) for when in (plain & isotropic, EVEN, SHIFTED_FLOW))
    time = best_time(question, float(n)) if known else tuned_stop(p, learner, n, key, replicates)
    return replace(learner, time=float(time))


def best_ridge(p: TransferProblem, learner: Any, n: Any) -> Any:
    """The λ that ``ridge="optimal"`` stands for, per sample size, of a learner whose risk has been asked."""
    question = Question(p, learner)
    if not isinstance(learner, LinearTransfer):
        formula, names = _formula_of_ridge(question)
        return formula(**arguments_of(formula, question, n, names)).ridge
    if question.holds(fitted_source):
        given = arguments_of(source_feature_unexplained, question, n, {})
        left, level = source_feature_unexplained(**given), value_of("scale", Question(p, FineTune()), n)
        explained, noise = given["target_energy"] - left, p.outputs * p.noise_variance
        return level * optimal_head_ridge(1, explained, left, noise)
    f = p.features
    noise = p.outputs * p.noise_variance + f.unexplained
    head = value_of("head", question, n)
    return optimal_ridge(n, f.eigenvalue, f.multiplicity, head, noise).ridge


def _formula_of_ridge(question: Question) -> tuple[Any, dict[str, Any]]:
    """The formula of the best ridge on weights, and the names of its arguments."""
    negative = {"negative": question.learner.ridge == SIGNED}
    if question.holds(plain):
        return optimal_ridge, negative
    if question.holds(shifted):
        return (
            (optimal_shifted_ridge, SPECTRA) if question.holds(diagonal) else (optimal_shifted_matrix_ridge, MATRICES)
        )
    if question.holds(DENSE):
        return optimal_two_stage_matrix_ridge, VECTORS | negative
    return optimal_two_stage_ridge, negative | (TWO_SPECTRA if question.holds(DIAGONAL) else {})


def best_time(question: Question, n: Any) -> Any:
    """The stopping time that ``time="optimal"`` stands for, Σ = λI."""
    scale = float(question.problem.modes.eigenvalue[0])
    if question.holds(shifted):
        formula, names = optimal_shifted_time, {"spread": "full_spread"}
        time = formula(**arguments_of(formula, question, n, names))
    else:
        given = arguments_of(optimal_stopping_time, question, n, {})
        if question.holds(fitted_source):
            given["displacement_energy"] = fitted_distance(**arguments_of(fitted_distance, question, n, STOPPED_FIT))
        time = optimal_stopping_time(**given)
    return time / (scale if scale > 0 else 1.0)

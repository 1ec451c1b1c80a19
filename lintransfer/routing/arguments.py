"""The vocabulary: what each argument of a formula stands for, found in the question by its name.

Whitened numbers are energies under Σ: `displacement_energy` is δᵀΣδ, λ‖δ‖² if Σ = λI. Per mode they are raw: `displacement`
is ‖δ‖² within each eigenspace. Raw totals are squares: `squared_displacement` is ‖δ‖². The noise of k outputs adds up:
`noise_variance` is kσ².
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from lintransfer.arithmetic import total, where
from lintransfer.models import DiagonalLinear
from lintransfer.problems import Vectors
from lintransfer.routing.question import Question
from lintransfer.routing.task_arguments import OF_TASKS, OF_TASKS_AND_SIZE
from lintransfer.strategies import LinearTransfer, Pool, ProbeThen, Scratch, Stack, model_of
from lintransfer.theory.deep_linear.unbalanced_chains import chain_imbalances
from lintransfer.theory.diagonal_linear.pretraining import fine_tuning_scale
from lintransfer.theory.linear.covariance_shift import shift_energies


def arguments_of(formula: Callable[..., Any], question: Question, n: Any, names: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a formula: each parameter is looked up under its own name, or under the one that `names` gives;
    a parameter that has a default and no meaning here keeps it."""
    found = {}
    for name, required in _parameters(formula):
        symbol = names.get(name, name)
        if not isinstance(symbol, str):
            found[name] = symbol
        elif required or symbol in VOCABULARY or name in names:
            found[name] = value_of(symbol, question, n)
    return found


@lru_cache(maxsize=256)
def _parameters(formula: Callable[..., Any]) -> tuple[tuple[str, bool], ...]:
    given = inspect.signature(formula).parameters.values()
    return tuple((p.name, p.default is p.empty) for p in given)


def value_of(symbol: str, question: Question, n: Any) -> Any:
    """What a symbol stands for in this question."""
    if symbol in OF_SIZE:
        return OF_SIZE[symbol](question, n)
    return question.remembered(symbol, VOCABULARY[symbol])


def rank(question: Question) -> Any:
    """Number of directions with a positive eigenvalue."""
    return value_of("rank", question, None)


def feature_count(question: Question) -> Any:
    """Number r of frozen features that do not vanish."""
    return value_of("n_features", question, None)


def start(question: Question) -> Any:
    """‖θ_T − w0‖² per mode."""
    m = question.problem.modes
    return m.target if starts_from_zero(question.learner) else m.displacement


def starts_from_zero(learner: Any) -> bool:
    """Whether the learner computes 0 before it is trained."""
    fresh = isinstance(learner, Scratch | ProbeThen | Pool | Stack) or getattr(learner, "head", "source") == "zero"
    return fresh or isinstance(model_of(learner), DiagonalLinear)


def _head(question: Question) -> Any:
    """What is left to learn of the best head, per mode of the features."""
    f = question.problem.features
    return f.target if starts_from_zero(question.learner) else f.displacement


def _energy(name: str) -> Callable[[Question], Any]:
    return lambda q: total(q.problem.modes.eigenvalue * getattr(q.problem.modes, name))


def _mode(name: str) -> Callable[[Question], Any]:
    return lambda q: getattr(q.problem.modes, name)


def _square(name: str) -> Callable[[Question], Any]:
    return lambda q: total(getattr(q.problem.modes, name))


def _start_head(question: Question) -> Any:
    """The head that both layers start from, of one orthonormal feature: the source's, or zero."""
    norm = question.problem.source_norm
    return norm if question.learner.head == "source" else 0 * norm


def _root_k(question: Question) -> Any:
    """√k of each coordinate of a diagonal network."""
    model, dim = model_of(question.learner), question.problem.dim
    if isinstance(question.learner, Scratch):
        return np.full(dim, 2.0 * model.scale)
    return fine_tuning_scale(np.asarray(_vectors(question).source)[:, 0], model.scale, model.balance, model.head)


def _feature(name: str) -> Callable[[Question], Any]:
    return lambda q: getattr(q.problem.features, name)


def _scale(question: Question) -> Any:
    """λ of Σ = λI, and of the features the one eigenvalue of F."""
    if isinstance(question.learner, LinearTransfer):
        f = question.problem.features
        count = total(f.multiplicity)
        return total(f.eigenvalue * f.multiplicity) / where(count > 0, count, 1.0)
    return question.problem.modes.eigenvalue[..., 0]


def _safe_scale(question: Question) -> Any:
    scale = value_of("scale", question, None)
    return where(scale > 0, scale, 1.0)


def _safe_level(question: Question) -> Any:
    """λ of Σ = λI, or 1, also for a learner on features."""
    level = question.problem.modes.eigenvalue[..., 0]
    return where(level > 0, level, 1.0)


def _gain(question: Question) -> Any:
    """‖θ_T‖² − ‖θ_T − θ_S‖² per mode: what fine-tuning starts ahead by."""
    m = question.problem.modes
    return m.target - m.displacement


def _vectors(question: Question) -> Vectors:
    """The vectors of the problem; formulas that ask for them stand behind a condition that they were given."""
    assert question.problem.vectors is not None
    return question.problem.vectors


def _matrix(covariance: Any) -> Any:
    return np.diag(covariance) if covariance.ndim == 1 else covariance


def _spectrum(question: Question) -> Any:
    """Σ as given, ones (d,) if it was not."""
    v = question.problem.vectors
    return np.ones(question.problem.dim) if v is None or v.covariance is None else v.covariance


def _displacement_vector(question: Question) -> Any:
    v = _vectors(question)
    return v.target if starts_from_zero(question.learner) else v.target - v.source


def _under_test(question: Question) -> Any:
    """(θ_T − w0)ᵀΣ'(θ_T − w0), summed over outputs; Σ' is Σ unless the problem has another."""
    p = question.problem
    if not p.has_shift:
        return total(p.modes.eigenvalue * start(question))
    tested, columns = _vectors(question).test_covariance, _displacement_vector(question)
    return total((columns * (tested[:, None] * columns if tested.ndim == 1 else tested @ columns)).reshape(-1))


def _features_of(question: Question) -> Any:
    v = _vectors(question)
    return v.source if v.feature_map is None else v.feature_map


def _shift(question: Question) -> Any:
    v = _vectors(question)
    return shift_energies(_features_of(question), v.target, _spectrum(question), v.test_covariance)


def _shift_part(name: str) -> Callable[[Question], Any]:
    return lambda q: getattr(q.remembered("shift", _shift), name)


def _full_spread(question: Question) -> Any:
    """tr Σ'Σ⁻¹."""
    covariance, tested = _spectrum(question), _vectors(question).test_covariance
    if covariance.ndim == tested.ndim == 1:
        return total(tested / covariance)
    if covariance.ndim == 1:
        return total(tested.diagonal() / covariance)
    dim = question.problem.dim
    return shift_energies(np.eye(dim), _vectors(question).target, covariance, tested).spread


OF_SIZE: Mapping[str, Callable[[Question, Any], Any]] = {
    "n": lambda q, n: n,
    "size_ratio": lambda q, n: n / q.problem.dim,
    **OF_TASKS_AND_SIZE,
}
VOCABULARY: Mapping[str, Callable[[Question], Any]] = {
    # the world
    "dim": lambda q: q.problem.dim,
    "rank": lambda q: total(where(q.problem.modes.eigenvalue > 0, q.problem.modes.multiplicity, 0.0)),
    "noise_variance": lambda q: q.problem.outputs * q.problem.noise_variance,
    "scale": _scale,
    # energies under Σ
    "displacement_energy": lambda q: total(q.problem.modes.eigenvalue * start(q)),
    "source_energy": _energy("source"),
    "cross_energy": _energy("cross"),
    "target_energy": _energy("target"),
    "test_energy": _under_test,
    # raw, per mode
    "eigenvalues": _mode("eigenvalue"),
    "multiplicities": _mode("multiplicity"),
    "displacement": start,
    "source": _mode("source"),
    "cross": _mode("cross"),
    "target": _mode("target"),
    "gain": _gain,
    # raw, in all
    "squared_displacement": lambda q: total(start(q)),
    "squared_source": _square("source"),
    "squared_cross": _square("cross"),
    "squared_target": _square("target"),
    "squared_gain": lambda q: total(_gain(q)),
    "whitened_noise": lambda q: value_of("noise_variance", q, None) / _safe_scale(q),
    # the source
    "n_source": lambda q: q.problem.n_source,
    "source_noise_variance": lambda q: q.problem.outputs * q.problem.source_noise_std * q.problem.source_noise_std,
    "source_ridge": lambda q: q.problem.source_ridge,
    "whitened_source_ridge": lambda q: q.problem.source_ridge / _safe_level(q),
    # the training
    "ridge": lambda q: q.learner.ridge,
    "whitened_ridge": lambda q: q.learner.ridge / _safe_scale(q),
    "feature_ridge": lambda q: q.learner.ridge / _safe_level(q),
    "whitened_time": lambda q: q.learner.time * value_of("scale", q, None),
    "depth": lambda q: model_of(q.learner).depth,
    "imbalance": lambda q: chain_imbalances(int(model_of(q.learner).depth), model_of(q.learner).imbalance),
    "trained": lambda q: model_of(q.learner).trained,
    # frozen features
    "n_features": lambda q: total(q.problem.features.multiplicity),
    "explained": lambda q: total(q.problem.features.eigenvalue * _head(q)),
    "unexplained": _feature("unexplained"),
    "feature_eigenvalues": _feature("eigenvalue"),
    "feature_multiplicities": _feature("multiplicity"),
    "head": _head,
    # two layers
    "overlap": lambda q: q.problem.overlap,
    "target_norm": lambda q: q.problem.target_norm,
    "start_head": _start_head,
    "time": lambda q: q.learner.time,
    "layer_ridge": lambda q: q.learner.ridge / value_of("squared_source", q, None),
    "layer_time": lambda q: q.learner.time * value_of("squared_source", q, None) * value_of("scale", q, None),
    # diagonal networks
    "root_k": _root_k,
    "target_weights": lambda q: np.asarray(_vectors(q).target)[:, 0],
    # several tasks
    **OF_TASKS,
    # another test covariance
    "covariance": lambda q: _matrix(_spectrum(q)),
    "test_covariance": lambda q: _matrix(_vectors(q).test_covariance),
    "source_covariance": lambda q: _matrix(_vectors(q).source_covariance),
    "spectrum": _spectrum,
    "ones": lambda q: np.ones(q.problem.dim),
    "test_spectrum": lambda q: _vectors(q).test_covariance,
    "displacement_vector": _displacement_vector,
    "displacement_squares": lambda q: total(_displacement_vector(q) ** 2),
    "source_squares": lambda q: (_vectors(q).source ** 2).sum(-1),
    "cross_products": lambda q: (_vectors(q).source * _vectors(q).target).sum(-1),
    "target_squares": lambda q: (_vectors(q).target ** 2).sum(-1),
    "source_spectrum": lambda q: _vectors(q).source_covariance,
    "source_vector": lambda q: _vectors(q).source,
    "target_vector": lambda q: _vectors(q).target,
    "misfit": _shift_part("misfit"),
    "spread": _shift_part("spread"),
    "shift_unexplained": _shift_part("unexplained"),
    "full_spread": _full_spread,
    "shift_count": lambda q: _features_of(q).shape[1],
}

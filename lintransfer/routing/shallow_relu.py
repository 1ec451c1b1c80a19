"""Routes of shallow ReLU networks with linear teachers.

Infinite width is kernel regression of the residual: on the unit sphere by the kernel's spectrum, from a known source or
in two stages from a fitted one, and under N(0, Σ) by the equivalent ridge. Finite width is simulated. A ridge is λ_0 on
the kernel.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from lintransfer.arithmetic import total
from lintransfer.models import ShallowReLU
from lintransfer.problems import TransferProblem
from lintransfer.routing import questions as q
from lintransfer.routing.route import ANY_INPUTS, Route
from lintransfer.strategies import FineTune, Scratch, model_of
from lintransfer.validation import is_traced

SMALLEST_EFFECTIVE_RANK = 20  # of Gaussian inputs, as in `lintransfer.theory.relu.gaussian`
SMALLEST_DIM = 12  # on the sphere: below it the deterministic equivalents are off by more than about 15 %


def _later(name: str) -> Callable[..., Any]:
    """An answer of `lintransfer.routing.shallow_relu_answers`, whose theory and simulation are loaded on first use."""

    def answer(*question: Any) -> Any:
        return getattr(import_module("lintransfer.routing.shallow_relu_answers"), name)(*question)

    return answer


def _plain(p: TransferProblem, learner: Any) -> bool:
    """One output, tested where it was trained, to convergence, with a ridge that is a number ≥ 0."""
    simple = p.outputs == 1 and not p.has_shift and (q.same_inputs(p) or not q.fitted_source(p, learner))
    penalised = is_traced(learner.ridge) or (not isinstance(learner.ridge, str) and learner.ridge >= 0)
    return simple and q.converged(learner) and penalised


def _wide(p: TransferProblem, learner: Any) -> bool:
    return _plain(p, learner) and model_of(learner).is_wide


def _on_sphere(p: TransferProblem, learner: Any) -> bool:
    return _wide(p, learner) and p.dim >= SMALLEST_DIM and not q.fitted_source(p, learner)


def _from_fitted_source(p: TransferProblem, learner: Any) -> bool:
    return _wide(p, learner) and p.dim >= SMALLEST_DIM and q.fitted_source(p, learner)


def _gaussian(p: TransferProblem, learner: Any) -> bool:
    """Known source and, as far as can be known, an effective rank at which the theorem speaks."""
    m = p.modes
    if not _wide(p, learner) or q.fitted_source(p, learner):
        return False
    if is_traced(m.eigenvalue, m.multiplicity):
        return True
    trace, square = total(m.multiplicity * m.eigenvalue), total(m.multiplicity * m.eigenvalue**2)
    return bool(trace * trace >= SMALLEST_EFFECTIVE_RANK * square > 0)


def _bounded(p: TransferProblem, learner: Any) -> bool:
    known = _wide(p, learner) and not q.fitted_source(p, learner) and q.is_number(learner.ridge, 0)
    return known and q.is_number(p.noise_std, 0)


def _simulated(p: TransferProblem, learner: Any) -> bool:
    return _plain(p, learner) and (model_of(learner).is_wide or q.is_number(learner.ridge, 0))


def _same_training(pair: Any) -> bool:
    """Fine-tuning against scratch: one model, one ridge."""
    baseline, learner = pair
    if not (isinstance(baseline, Scratch) and isinstance(learner, FineTune)):
        return False
    ridges = baseline.ridge is learner.ridge or q.is_number(baseline.ridge, learner.ridge)
    return isinstance(learner.model, ShallowReLU) and baseline.model == learner.model and ridges


_SPHERE = ("sphere",)
_KNOWN: tuple[tuple[Any, ...], ...] = (
    ("asymptotic", "relu-learning-curve", "unit sphere, d ≥ 12, known source, infinite width", _on_sphere,
     _later("sphere_risk"), _SPHERE),
    ("asymptotic", "relu-gaussian-risk", "N(0, Σ), effective rank ≥ 20, known source, infinite width", _gaussian,
     _later("gaussian_risk")),
    ("bound", "relu-risk-bound", "unit sphere, known source, no noise, no ridge, infinite width", _bounded, _later("bound"),
     _SPHERE),
    ("simulate", "simulation", "trained to convergence; finite width without ridge", _simulated, _later("simulate"),
     ANY_INPUTS),
)  # fmt: skip
RISK: tuple[Route, ...] = (
    *(Route(Scratch, ShallowReLU, *row) for row in _KNOWN),
    Route(
        FineTune, ShallowReLU, "asymptotic", "relu-two-stage-risk", "unit sphere, d ≥ 12, fitted source, infinite width",
        _from_fitted_source, _later("two_stage_risk"), _SPHERE,
    ),
    *(Route(FineTune, ShallowReLU, *row) for row in _KNOWN),
)  # fmt: skip
TRANSFERABILITY: tuple[Route, ...] = (
    Route(
        FineTune, ShallowReLU, "asymptotic", "relu-learning-curve", "against Scratch, unit sphere, known source",
        lambda p, pair: _same_training(pair) and _on_sphere(p, pair[1]), _later("sphere_gain"), _SPHERE,
    ),
    Route(
        FineTune, ShallowReLU, "asymptotic", "relu-two-stage-risk", "against Scratch, unit sphere, fitted source",
        lambda p, pair: _same_training(pair) and _from_fitted_source(p, pair[1]), _later("two_stage_gain"), _SPHERE,
    ),
    Route(
        FineTune, ShallowReLU, "asymptotic", "relu-gaussian-risk", "against Scratch, N(0, Σ), known source",
        lambda p, pair: _same_training(pair) and _gaussian(p, pair[1]), _later("gaussian_gain"),
    ),
    Route(
        FineTune, ShallowReLU, "simulate", "simulation", "against Scratch on the same data",
        lambda p, pair: _same_training(pair) and _simulated(p, pair[1]), _later("simulate_gain"), ANY_INPUTS,
    ),
)  # fmt: skip

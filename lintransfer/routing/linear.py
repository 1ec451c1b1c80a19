"""Routes of the linear model: which theorem answers for which learner, exact ones first."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from lintransfer.models import Linear
from lintransfer.problems import TransferProblem
from lintransfer.routing import linear_asymptotic as asymptotic
from lintransfer.routing import linear_exact as exact
from lintransfer.routing import questions as q
from lintransfer.routing.route import ANY_INPUTS, Route
from lintransfer.simulate.linear import simulate_risk, simulate_transferability
from lintransfer.strategies import FineTune, LinearTransfer, Scratch, model_of
from lintransfer.validation import is_traced


def _numbered(learner: Any) -> bool:
    return not isinstance(learner.ridge, str) and not isinstance(getattr(learner, "time", 0.0), str)


def _plain(p: TransferProblem, learner: Any) -> bool:
    """Tested where it was trained, from known weights."""
    return not p.has_shift and not q.fitted_source(p, learner)


def _isotropic_features(p: TransferProblem) -> bool:
    """Several given features with F = BᵀΣB a multiple of the identity, of a known number."""
    return p.given_features is not None and not is_traced(p.features.multiplicity) and q.one_scale(p)


def _always(p: TransferProblem, learner: Any) -> bool:
    return True


def _with_numbers(p: TransferProblem, learner: Any, n: int) -> Any:
    """The learner with every "optimal" replaced by the number it stands for at this n."""
    if _numbered(learner):
        return learner
    timed = isinstance(getattr(learner, "time", 0.0), str)
    if not _plain(p, learner) or (timed and not (p.is_isotropic and q.is_number(learner.ridge, 0))):
        raise q.no_optimum(learner)
    if timed:
        return replace(learner, time=float(asymptotic.best_time(p, learner, float(n))))
    return replace(learner, ridge=float(asymptotic.best_ridge(p, learner, float(n))))


def _simulate(p: TransferProblem, learner: Any, n: Any, key: int, replicates: int) -> tuple[Any, Any]:
    if _numbered(learner):
        return simulate_risk(p, learner, n, key, replicates)
    found = [simulate_risk(p, _with_numbers(p, learner, size), size, key, replicates) for size in np.ravel(n)]
    mean, error = np.reshape(found, (-1, 2)).T
    return mean.reshape(np.shape(n)), error.reshape(np.shape(n))


def _simulate_pair(p: TransferProblem, pair: Any, n: Any, key: int, replicates: int) -> tuple[Any, Any]:
    if all(_numbered(learner) for learner in pair):
        return simulate_transferability(p, pair, n, key, replicates)
    found = []
    for size in np.ravel(n):
        first, second = (_with_numbers(p, learner, size) for learner in pair)
        found.append(simulate_transferability(p, (first, second), size, key, replicates))
    mean, error = np.reshape(found, (-1, 2)).T
    return mean.reshape(np.shape(n)), error.reshape(np.shape(n))


# One line each: method, theorem, where it speaks (in words and as a predicate), answer.
_ALL_WEIGHTS: tuple[tuple[Any, ...], ...] = (
    (
        "exact", "min-norm-risk", "Σ = λI, no ridge",
        lambda p, s: p.is_isotropic and q.ridgeless(s) and not q.fitted_source(p, s), exact.min_norm,
    ),
    (
        "exact", "finite-source-fine-tuning", "Σ = λI, no ridge, fitted source",
        lambda p, s: p.is_isotropic and q.ridgeless(s) and q.fitted_source(p, s) and q.same_inputs(p),
        exact.min_norm_fitted,
    ),
    (
        "exact", "least-squares-risk", "any Σ, no ridge, n = 0 or n ≥ d − 1 (without noise n = 1 too)",
        lambda p, s: not p.is_isotropic and _plain(p, s) and q.ridgeless(s), exact.least_squares,
    ),
    (
        "exact", "covariance-shift", "any Σ and Σ', no ridge, n = 0 or n ≥ d − 1",
        lambda p, s: p.has_shift and q.ridgeless(s) and not q.fitted_source(p, s), exact.least_squares_under_shift,
    ),
    ("asymptotic", "ridge-risk", "any Σ, any ridge", lambda p, s: _plain(p, s) and q.converged(s), asymptotic.ridge),
    (
        "asymptotic", "shifted-risk", "any Σ and Σ', ridge a number",
        lambda p, s: p.has_shift and not q.fitted_source(p, s) and _numbered(s) and q.converged(s),
        asymptotic.ridge_under_shift,
    ),
    (
        "asymptotic", "two-stage-risk", "any Σ, ridge a number, fitted source",
        lambda p, s: q.fitted_source(p, s) and not p.has_shift and _numbered(s) and q.converged(s),
        asymptotic.two_stages,
    ),
    (
        "asymptotic", "early-stopped-risk", "Σ = λI, no ridge, any time",
        lambda p, s: p.is_isotropic and _plain(p, s) and q.is_number(s.ridge, 0), asymptotic.early_stopped,
    ),
    ("simulate", "simulation", "everywhere", _always, _simulate),
)  # fmt: skip
_HEAD: tuple[tuple[Any, ...], ...] = (
    ("exact", "frozen-features-risk", "any Σ, no ridge", lambda p, s: _plain(p, s) and q.ridgeless(s), exact.head),
    (
        "exact", "ridge-head", "any Σ, one feature, any ridge",
        lambda p, s: _plain(p, s) and p.given_features is None, exact.ridge_head,
    ),
    (
        "exact", "ridge-features", "any Σ, several isotropic features, any ridge",
        lambda p, s: _plain(p, s) and _isotropic_features(p), exact.ridge_features,
    ),
    (
        "exact", "source-feature-transfer", "Σ = λI, no ridge, fitted source",
        lambda p, s: (
            p.is_isotropic and q.ridgeless(s) and q.fitted_source(p, s) and q.same_inputs(p) and p.outputs == 1
        ),
        exact.fitted_feature,
    ),
    (
        "exact", "covariance-shift", "any Σ and Σ', no ridge, n = 0 or n ≥ r − 1",
        lambda p, s: p.has_shift and q.ridgeless(s) and not q.fitted_source(p, s), exact.head_under_shift,
    ),
    ("asymptotic", "feature-covariance-risk", "any Σ, any ridge", _plain, asymptotic.head),
    ("simulate", "simulation", "everywhere", _always, _simulate),
)  # fmt: skip


def _same_training(pair: Any) -> bool:
    """Linear fine-tuning against scratch, to convergence, with one ridge."""
    baseline, learner = pair
    if not (isinstance(baseline, Scratch) and isinstance(learner, FineTune)):
        return False
    same = baseline.model == learner.model == Linear() and q.converged(baseline) and q.converged(learner)
    return same and _numbered(learner) and q.is_number(baseline.ridge, learner.ridge)


def _tuned_pair(p: TransferProblem, pair: Any) -> bool:
    return _same_training(pair) and _plain(p, pair[1])


def _fitted_pair(p: TransferProblem, pair: Any) -> bool:
    fitted = _same_training(pair) and q.ridgeless(pair[0]) and q.fitted_source(p, pair[1])
    return fitted and p.is_isotropic and q.same_inputs(p)


def _linear_pair(p: TransferProblem, pair: Any) -> bool:
    return all(model_of(learner) == Linear() for learner in pair)


def _line(strategy: type, row: tuple[Any, ...]) -> Route:
    """Exact theorems are about Gaussian inputs; the others hold on the sphere too."""
    return Route(strategy, Linear, *row, *(() if row[0] == "exact" else (ANY_INPUTS,)))


RISK: tuple[Route, ...] = (
    *(_line(Scratch, row) for row in _ALL_WEIGHTS if "fitted source" not in row[2]),
    *(_line(FineTune, row) for row in _ALL_WEIGHTS),
    *(_line(LinearTransfer, row) for row in _HEAD),
)
TRANSFERABILITY: tuple[Route, ...] = (
    Route(
        FineTune, Linear, "exact", "paired-transferability", "against Scratch, Σ = λI, no ridge",
        lambda p, pair: _tuned_pair(p, pair) and p.is_isotropic and q.ridgeless(pair[0]), exact.paired,
    ),
    Route(
        FineTune, Linear, "exact", "finite-source-displacement", "against Scratch, Σ = λI, no ridge, fitted source",
        _fitted_pair, exact.paired_fitted,
    ),
    Route(
        FineTune, Linear, "asymptotic", "metric-transferability", "against Scratch with the same ridge, any Σ",
        _tuned_pair, asymptotic.paired, ANY_INPUTS,
    ),
    Route(FineTune, Linear, "simulate", "simulation", "everywhere", _linear_pair, _simulate_pair, ANY_INPUTS),
)  # fmt: skip

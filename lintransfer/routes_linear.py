"""Routes of the linear model: which theorem gives the risk of which learner, and with which arguments.

Closed forms are called with the arguments of the whitened problem: for Σ = λI the energies carry the factor λ, and a
ridge is divided by it. The noise of k outputs adds up: σ² becomes kσ² in every mean.
"""

from __future__ import annotations

import math
from typing import Any

import jax
import numpy as np

from lintransfer.arithmetic import array_namespace, total, where
from lintransfer.models import Linear
from lintransfer.problems import TransferProblem
from lintransfer.route import Route
from lintransfer.simulate.linear import simulate_risk, simulate_transferability
from lintransfer.strategies import FineTune, LinearTransfer, Scratch
from lintransfer.theory.covariance_shift import shift_energies, shifted_head_risk, shifted_least_squares_risk
from lintransfer.theory.finite_source import finite_source_risk, source_feature_risk
from lintransfer.theory.frozen_features import frozen_features_risk
from lintransfer.theory.isotropic import fine_tuning_transferability, min_norm_risk
from lintransfer.theory.ridge_head import optimal_ridge_head_risk, ridge_head_risk


def _noise(p: TransferProblem) -> Any:
    return p.outputs * p.noise_variance


def _source_noise(p: TransferProblem) -> Any:
    return p.outputs * p.source_noise_std * p.source_noise_std


def _is_number(value: Any, number: float) -> bool:
    """Whether an option is known to be this number (a traced one never is)."""
    return not isinstance(value, str | jax.core.Tracer) and value == number


def _converged(learner: Any) -> bool:
    return isinstance(learner, LinearTransfer) or _is_number(learner.time, math.inf)


def _ridgeless(learner: Any) -> bool:
    return _is_number(learner.ridge, 0) and _converged(learner)


def _fitted_source(p: TransferProblem, learner: Any) -> bool:
    """Whether the learner depends on the random source fit."""
    if isinstance(learner, Scratch) or p.n_source is None:
        return False
    return not (isinstance(learner, LinearTransfer) and p.given_features is not None)


def _same_inputs(p: TransferProblem) -> bool:
    """Whether source and target inputs have the same covariance."""
    return p.vectors is None or p.vectors.source_covariance is None


def _start(p: TransferProblem, learner: Any) -> Any:
    """‖θ_T − w0‖² per mode."""
    return p.modes.target if isinstance(learner, Scratch) else p.modes.displacement


def _energies(p: TransferProblem) -> tuple[Any, Any, Any]:
    """λs², λstc, λt² of an isotropic problem, Σ = λI."""
    m = p.modes
    return total(m.eigenvalue * m.source), total(m.eigenvalue * m.cross), total(m.eigenvalue * m.target)


def _rank(p: TransferProblem) -> Any:
    return total(where(p.modes.eigenvalue > 0, p.modes.multiplicity, 0.0))


# ---------------------------------------------------------------- all weights trained: Scratch and FineTune


def _isotropic_plain(p: TransferProblem, learner: Any) -> bool:
    return p.is_isotropic and _ridgeless(learner) and not _fitted_source(p, learner)


def _min_norm(p: TransferProblem, learner: Any, n: Any) -> Any:
    return min_norm_risk(n, p.dim, total(p.modes.eigenvalue * _start(p, learner)), _noise(p))


def _isotropic_fitted(p: TransferProblem, learner: Any) -> bool:
    return p.is_isotropic and _ridgeless(learner) and _fitted_source(p, learner) and _same_inputs(p)


def _min_norm_fitted(p: TransferProblem, learner: Any, n: Any) -> Any:
    return finite_source_risk(n, p.n_source, p.dim, *_energies(p), _noise(p), _source_noise(p))


def _general_plain(p: TransferProblem, learner: Any) -> bool:
    return not p.is_isotropic and not p.has_shift and _ridgeless(learner) and not _fitted_source(p, learner)


def _least_squares_any_covariance(p: TransferProblem, learner: Any, n: Any) -> Any:
    """n = 0 and n ≥ rank + 2; |n − rank| ≤ 1 with noise is infinite; without noise also n = 1 and n = rank − 1."""
    m, start, rank = p.modes, _start(p, learner), _rank(p)
    xp = array_namespace(n, *m, p.noise_std)
    silent = p.noise_variance > 0
    value = where(silent | (n < rank), xp.nan, 0.0) + xp.zeros_like(n)
    value = where(n > rank + 1, _noise(p) * rank / where(n > rank + 1, n - rank - 1, 1.0), value)
    value = where((abs(n - rank) <= 1) & (n > 0) & silent, xp.inf, value)
    value = where(n == 0, total(m.eigenvalue * start), value)
    return value


def _shifted_plain(p: TransferProblem, learner: Any) -> bool:
    return p.has_shift and _ridgeless(learner) and not _fitted_source(p, learner)


def _least_squares_under_shift(p: TransferProblem, learner: Any, n: Any) -> Any:
    v = p.vectors
    assert v is not None
    spectrum = np.ones(p.dim) if v.covariance is None else v.covariance
    start = v.target if isinstance(learner, Scratch) else v.target - v.source
    tested = v.test_covariance
    at_start = total((start * (tested[:, None] * start if tested.ndim == 1 else tested @ start)).reshape(-1))
    spread = shift_energies(np.eye(p.dim), v.target, spectrum, tested).spread
    trained = shifted_least_squares_risk(n, p.dim, spread, _noise(p))
    return where(n == 0, at_start, trained)


# ---------------------------------------------------------------- frozen features: LinearTransfer


def _one_scale(p: TransferProblem) -> bool:
    """Whether the features are isotropic: one eigenvalue of F, known to be so."""
    return p.features.eigenvalue.shape[-1] == 1


def _own_features(p: TransferProblem, learner: Any) -> bool:
    return not p.has_shift and not _fitted_source(p, learner)


def _head(p: TransferProblem, learner: Any, n: Any) -> Any:
    """Least squares on r features, any Σ; for n < r only if the features are isotropic (else nan)."""
    f, noise = p.features, _noise(p)
    count, explained = total(f.multiplicity), total(f.eigenvalue * f.target)
    value = frozen_features_risk(n, count, explained, f.unexplained, noise)
    return value if _one_scale(p) else where((n > 0) & (n < count - 1), math.nan, value)


def _ridge_head(p: TransferProblem, learner: Any, n: Any) -> Any:
    f = p.features
    scale, explained = total(f.eigenvalue * f.multiplicity), total(f.eigenvalue * f.target)
    if isinstance(learner.ridge, str):
        return optimal_ridge_head_risk(n, explained, f.unexplained, _noise(p))
    return ridge_head_risk(n, explained, f.unexplained, _noise(p), learner.ridge / where(scale > 0, scale, 1.0))


def _fitted_feature(p: TransferProblem, learner: Any, n: Any) -> Any:
    return source_feature_risk(n, p.n_source, p.dim, *_energies(p), _noise(p), _source_noise(p))


def _shifted_head(p: TransferProblem, learner: Any, n: Any) -> Any:
    v = p.vectors
    assert v is not None
    spectrum = np.ones(p.dim) if v.covariance is None else v.covariance
    features = v.source if v.feature_map is None else v.feature_map
    tested = v.test_covariance
    at_start = total((v.target * (tested[:, None] * v.target if tested.ndim == 1 else tested @ v.target)).reshape(-1))
    e = shift_energies(features, v.target, spectrum, tested)
    trained = shifted_head_risk(n, features.shape[1], e.misfit, e.spread, e.unexplained, _noise(p))
    return where(n == 0, at_start, trained)


# ---------------------------------------------------------------- the table


def _simulate(p: TransferProblem, learner: Any, n: Any, key: int, replicates: int) -> tuple[Any, Any]:
    return simulate_risk(p, learner, n, key, replicates)


def _simulate_pair(p: TransferProblem, pair: Any, n: Any, key: int, replicates: int) -> tuple[Any, Any]:
    return simulate_transferability(p, pair, n, key, replicates)


def _always(p: TransferProblem, learner: Any) -> bool:
    return True


_ALL_WEIGHTS: tuple[tuple[Any, ...], ...] = (
    ("exact", "min-norm-risk", "Σ = λI, ridgeless", _isotropic_plain, _min_norm),
    ("exact", "finite-source-risk", "Σ = λI, ridgeless, fitted source", _isotropic_fitted, _min_norm_fitted),
    ("exact", "least-squares-risk", "any Σ, ridgeless, n ≥ d + 2", _general_plain, _least_squares_any_covariance),
    (
        "exact",
        "least-squares-under-shift",
        "any Σ and Σ', ridgeless, n ≥ d + 2",
        _shifted_plain,
        _least_squares_under_shift,
    ),
    ("simulate", "none", "everywhere", _always, _simulate),
)
_HEAD: tuple[tuple[Any, ...], ...] = (
    ("exact", "frozen-features-risk", "any Σ, ridgeless", lambda p, s: _own_features(p, s) and _ridgeless(s), _head),
    (
        "exact",
        "ridge-head",
        "any Σ, one feature",
        lambda p, s: _own_features(p, s) and _one_scale(p) and p.given_features is None,
        _ridge_head,
    ),
    (
        "exact",
        "source-feature-transfer",
        "Σ = λI, ridgeless, fitted source",
        lambda p, s: p.is_isotropic and _ridgeless(s) and _fitted_source(p, s) and _same_inputs(p) and p.outputs == 1,
        _fitted_feature,
    ),
    (
        "exact",
        "covariance-shift",
        "any Σ and Σ', ridgeless, n ≥ r + 2",
        lambda p, s: p.has_shift and _ridgeless(s) and not _fitted_source(p, s),
        _shifted_head,
    ),
    ("simulate", "none", "everywhere", _always, _simulate),
)

RISK: tuple[Route, ...] = (
    *(Route(Scratch, Linear, *row[:2], *row[2:]) for row in _ALL_WEIGHTS if "source" not in row[1]),
    *(Route(FineTune, Linear, *row[:2], *row[2:]) for row in _ALL_WEIGHTS),
    *(Route(LinearTransfer, Linear, *row[:2], *row[2:]) for row in _HEAD),
)


def _plain_pair(p: TransferProblem, pair: Any) -> bool:
    baseline, learner = pair
    same = isinstance(baseline, Scratch) and isinstance(learner, FineTune)
    linear = same and baseline.model == learner.model == Linear()
    return linear and p.n_source is None and not p.has_shift and _converged(baseline) and _converged(learner)


def _paired_isotropic(p: TransferProblem, pair: Any) -> bool:
    return _plain_pair(p, pair) and p.is_isotropic and all(_ridgeless(learner) for learner in pair)


def _paired(p: TransferProblem, pair: Any, n: Any) -> Any:
    source, cross, _ = _energies(p)
    return fine_tuning_transferability(n, p.dim, source, cross)


TRANSFERABILITY: tuple[Route, ...] = (
    Route(
        FineTune,
        Linear,
        "exact",
        "paired-transferability",
        "against Scratch, Σ = λI, ridgeless",
        _paired_isotropic,
        _paired,
    ),
    Route(FineTune, Linear, "simulate", "none", "everywhere", _always, _simulate_pair),
)

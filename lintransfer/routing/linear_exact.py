"""Exact answers for the linear model: (problem, learner, n) → mean risk, nan where the theorem is silent."""

from __future__ import annotations

import math
from typing import Any

import jax
import numpy as np

from lintransfer.arithmetic import array_namespace, maximum, total, where
from lintransfer.problems import TransferProblem
from lintransfer.routing import questions as q
from lintransfer.strategies import Scratch
from lintransfer.theory.covariance_shift import shift_energies, shifted_head_risk, shifted_least_squares_risk
from lintransfer.theory.exact_moments import codimension_one_risk, one_sample_risk
from lintransfer.theory.finite_source import finite_source_displacement, finite_source_risk, source_feature_risk
from lintransfer.theory.frozen_features import frozen_features_risk
from lintransfer.theory.isotropic import fine_tuning_transferability, min_norm_risk
from lintransfer.theory.ridge_head import (
    optimal_ridge_features_risk,
    optimal_ridge_head_risk,
    ridge_features_risk,
    ridge_head_risk,
)
from lintransfer.theory.wishart_resolvent import is_known


def min_norm(p: TransferProblem, learner: Any, n: Any) -> Any:
    """Ridgeless, Σ = λI."""
    return min_norm_risk(n, p.dim, total(p.modes.eigenvalue * q.start(p, learner)), q.noise(p))


def min_norm_fitted(p: TransferProblem, learner: Any, n: Any) -> Any:
    """Ridgeless from a fitted source, Σ = λI."""
    return finite_source_risk(n, p.n_source, p.dim, *q.energies(p), q.noise(p), q.source_noise(p))


def least_squares(p: TransferProblem, learner: Any, n: Any) -> Any:
    """Any Σ: n = 0 and n ≥ rank + 2; |n − rank| ≤ 1 with noise is infinite; without noise n = 1 and n ≥ rank − 1."""
    m, start, rank = p.modes, q.start(p, learner), q.rank(p)
    xp = array_namespace(n, *m, p.noise_std)
    noisy, many = p.noise_variance > 0, n > rank + 1
    value = where(noisy | (n < rank), xp.nan, 0.0) + xp.zeros_like(n)
    value = where(many, q.noise(p) * rank / where(many, n - rank - 1, 1.0), value)
    value = where((abs(n - rank) <= 1) & (n > 0) & noisy, xp.inf, value)
    value = where(n == 0, total(m.eigenvalue * start), value)
    if not q.is_number(p.noise_std, 0) or isinstance(n, jax.core.Tracer) or rank < 2:
        return value
    for size, theorem in ((1, one_sample_risk), (float(rank) - 1, codimension_one_risk)):
        if np.any(np.asarray(n) == size):
            value = where(n == size, theorem(m.eigenvalue, m.multiplicity, start), value)
    return value


def least_squares_under_shift(p: TransferProblem, learner: Any, n: Any) -> Any:
    """Any Σ of full rank and any Σ': n = 0 and n ≥ d + 2."""
    v = q.vectors_of(p)
    start = v.target if isinstance(learner, Scratch) else v.target - v.source
    untrained = q.energy_under(v.test_covariance, start)
    if not isinstance(p.modes.eigenvalue, jax.core.Tracer) and q.rank(p) < p.dim:
        return where(n == 0, untrained, math.nan)
    spread = shift_energies(np.eye(p.dim), v.target, q.spectrum_of(p), v.test_covariance).spread
    return where(n == 0, untrained, shifted_least_squares_risk(n, p.dim, spread, q.noise(p)))


def head(p: TransferProblem, learner: Any, n: Any) -> Any:
    """Ridgeless head on r features, any Σ; for 0 < n < r − 1 only if the features are isotropic."""
    f = p.features
    count, explained = total(f.multiplicity), total(f.eigenvalue * f.target)
    value = frozen_features_risk(n, count, explained, f.unexplained, q.noise(p))
    return value if q.one_scale(p) else where((n > 0) & (n < count - 1), math.nan, value)


def ridge_head(p: TransferProblem, learner: Any, n: Any) -> Any:
    """Ridge head on one feature, any Σ."""
    f = p.features
    scale, explained = total(f.eigenvalue * f.multiplicity), total(f.eigenvalue * f.target)
    if isinstance(learner.ridge, str):
        return optimal_ridge_head_risk(n, explained, f.unexplained, q.noise(p))
    return ridge_head_risk(n, explained, f.unexplained, q.noise(p), learner.ridge / where(scale > 0, scale, 1.0))


def ridge_features(p: TransferProblem, learner: Any, n: Any) -> Any:
    """Ridge head on several isotropic features, any Σ; silent at sizes that are traced or beyond the theorem's."""
    f = p.features
    count, explained = total(f.multiplicity), total(f.eigenvalue * f.target)
    if isinstance(n, jax.core.Tracer) or not np.all(is_known(n, count)):
        return math.nan
    if isinstance(learner.ridge, str):
        return optimal_ridge_features_risk(n, count, explained, f.unexplained, q.noise(p))
    ridge = learner.ridge * count / total(f.eigenvalue * f.multiplicity)
    return ridge_features_risk(n, count, explained, f.unexplained, q.noise(p), ridge)


def fitted_feature(p: TransferProblem, learner: Any, n: Any) -> Any:
    """Ridgeless head on the one feature of a fitted source, Σ = λI."""
    return source_feature_risk(n, p.n_source, p.dim, *q.energies(p), q.noise(p), q.source_noise(p))


def head_under_shift(p: TransferProblem, learner: Any, n: Any) -> Any:
    """Ridgeless head, any Σ and Σ': n = 0 and n ≥ r + 2."""
    v = q.vectors_of(p)
    features = v.source if v.feature_map is None else v.feature_map
    e = shift_energies(features, v.target, q.spectrum_of(p), v.test_covariance)
    trained = shifted_head_risk(n, features.shape[1], e.misfit, e.spread, e.unexplained, q.noise(p))
    return where(n == 0, q.energy_under(v.test_covariance, v.target), trained)


def paired_fitted(p: TransferProblem, pair: Any, n: Any) -> Any:
    """Ridgeless fine-tuning from a fitted source against scratch on the same data, Σ = λI."""
    energies = q.energies(p)
    gained = energies[2] - finite_source_displacement(p.n_source, p.dim, *energies, q.source_noise(p))
    return where(n < p.dim, maximum(p.dim - n, 0) / p.dim * gained, 0.0)


def paired(p: TransferProblem, pair: Any, n: Any) -> Any:
    """Ridgeless fine-tuning against scratch on the same data, Σ = λI."""
    source, cross, _ = q.energies(p)
    return fine_tuning_transferability(n, p.dim, source, cross)

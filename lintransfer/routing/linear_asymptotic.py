"""Deterministic equivalents for the linear model: (problem, learner, n) → mean risk."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.arithmetic import total, where
from lintransfer.problems import TransferProblem
from lintransfer.routing import questions as q
from lintransfer.strategies import Scratch
from lintransfer.theory.covariance import feature_covariance_risk, metric_transferability, ridge_risk
from lintransfer.theory.early_stopping import early_stopped_risk, optimal_stopping_time, optimally_stopped_risk
from lintransfer.theory.equivalent_shift import shifted_matrix_risk, shifted_risk
from lintransfer.theory.optimal_ridge import optimal_ridge
from lintransfer.theory.two_stage import two_stage_matrix_risk, two_stage_risk


def ridge(p: TransferProblem, learner: Any, n: Any) -> Any:
    """Any Σ, any ridge."""
    m = p.modes
    if isinstance(learner.ridge, str):
        return optimal_ridge(n, m.eigenvalue, m.multiplicity, q.start(p, learner), q.noise(p)).risk
    return ridge_risk(n, m.eigenvalue, m.multiplicity, q.start(p, learner), q.noise(p), learner.ridge)


def best_ridge(p: TransferProblem, learner: Any, n: Any) -> Any:
    """The λ that ``ridge="optimal"`` stands for, per sample size."""
    if hasattr(learner, "time"):
        m = p.modes
        return optimal_ridge(n, m.eigenvalue, m.multiplicity, q.start(p, learner), q.noise(p)).ridge
    f = p.features
    return optimal_ridge(n, f.eigenvalue, f.multiplicity, f.target, q.noise(p) + f.unexplained).ridge


def ridge_under_shift(p: TransferProblem, learner: Any, n: Any) -> Any:
    """Any Σ and Σ', ridge a number."""
    v, covariance = q.vectors_of(p), q.spectrum_of(p)
    displacement = v.target if isinstance(learner, Scratch) else v.target - v.source
    if covariance.ndim == v.test_covariance.ndim == 1:
        energies = total(displacement * displacement)
        modes = covariance, np.ones(p.dim), energies, v.test_covariance
        return shifted_risk(n, *modes, q.noise(p), learner.ridge)
    dense = (np.diag(c) if c.ndim == 1 else c for c in (covariance, v.test_covariance))
    trained, tested = dense
    return shifted_matrix_risk(n, trained, displacement, tested, q.noise(p), learner.ridge)


def two_stages(p: TransferProblem, learner: Any, n: Any) -> Any:
    """Fine-tuning from a ridgeless source fit, ridge a number, any two covariances."""
    noises = q.noise(p), q.source_noise(p), learner.ridge
    if q.same_inputs(p):
        m = p.modes
        return two_stage_risk(n, p.n_source, m.eigenvalue, m.multiplicity, m.source, m.cross, m.target, *noises)
    v = q.vectors_of(p)
    covariance, source_covariance = (np.diag(c) if c.ndim == 1 else c for c in (q.spectrum_of(p), v.source_covariance))
    return two_stage_matrix_risk(
        n, p.n_source, covariance, v.source, v.target, *noises, source_covariance=source_covariance
    )


def early_stopped(p: TransferProblem, learner: Any, n: Any) -> Any:
    """Gradient flow stopped at a time, no ridge, Σ = λI."""
    scale = total(p.modes.eigenvalue)
    energy = total(p.modes.eigenvalue * q.start(p, learner))
    if isinstance(learner.time, str):
        return optimally_stopped_risk(n, p.dim, energy, q.noise(p))
    return early_stopped_risk(n, p.dim, energy, q.noise(p), learner.time * scale)


def best_time(p: TransferProblem, learner: Any, n: Any) -> Any:
    """The stopping time that ``time="optimal"`` stands for, Σ = λI."""
    scale = total(p.modes.eigenvalue)
    energy = total(p.modes.eigenvalue * q.start(p, learner))
    return optimal_stopping_time(n, p.dim, energy, q.noise(p)) / where(scale > 0, scale, 1.0)


def head(p: TransferProblem, learner: Any, n: Any) -> Any:
    """A head on r features of any covariance, any ridge."""
    f = p.features
    if isinstance(learner.ridge, str):
        best = optimal_ridge(n, f.eigenvalue, f.multiplicity, f.target, q.noise(p) + f.unexplained)
        return f.unexplained + best.risk
    modes = f.eigenvalue, f.multiplicity, f.target, f.unexplained
    return feature_covariance_risk(n, *modes, q.noise(p), learner.ridge)


def paired(p: TransferProblem, pair: Any, n: Any) -> Any:
    """Fine-tuning against scratch with the same ridge, any Σ."""
    m = p.modes
    return metric_transferability(n, m.eigenvalue, m.multiplicity, m.source, m.cross, pair[0].ridge)

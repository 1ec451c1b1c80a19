"""What the routes of shallow ReLU networks answer: (problem, learner or pair, n) → mean risk or transferability."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.arithmetic import total
from lintransfer.problems import TransferProblem
from lintransfer.routing import questions as q
from lintransfer.simulate.relu_question import simulate_relu_risk, simulate_relu_transferability
from lintransfer.strategies import model_of
from lintransfer.theory.relu import bounds, gaussian, learning_curves, two_stage


def sphere_risk(p: TransferProblem, learner: Any, n: Any) -> Any:
    """Unit sphere, known source."""
    energy = total(q.start(p, learner))
    return learning_curves.sphere_risk(n, p.dim, energy, q.noise(p), model_of(learner).trained, learner.ridge)


def two_stage_risk(p: TransferProblem, learner: Any, n: Any) -> Any:
    """Unit sphere, fitted source."""
    m = p.modes
    return two_stage.two_stage_risk(
        n, p.n_source, p.dim, total(m.source), total(m.cross), total(m.target), q.noise(p), q.source_noise(p),
        model_of(learner).trained, learner.ridge,
    )


def gaussian_risk(p: TransferProblem, learner: Any, n: Any) -> Any:
    """Inputs N(0, Σ), known source."""
    m = p.modes
    start = q.start(p, learner)
    return gaussian.gaussian_risk(
        n, m.eigenvalue, m.multiplicity, start, q.noise(p), model_of(learner).trained, learner.ridge
    )


def bound(p: TransferProblem, learner: Any, n: Any) -> Any:
    """Unit sphere, known source, no noise: a bound."""
    return bounds.risk_bound(n, total(q.start(p, learner)))


def _gain(p: TransferProblem) -> Any:
    """‖θ_T‖² − ‖θ_T − θ_S‖² per mode: the risk is linear in the energy of the residual, and the noise cancels."""
    return p.modes.target - p.modes.displacement


def sphere_gain(p: TransferProblem, pair: Any, n: Any) -> Any:
    """Unit sphere, known source, against scratch."""
    learner = pair[1]
    return learning_curves.sphere_risk(n, p.dim, total(_gain(p)), 0.0, model_of(learner).trained, learner.ridge)


def two_stage_gain(p: TransferProblem, pair: Any, n: Any) -> Any:
    """Unit sphere, fitted source, against scratch."""
    return sphere_risk(p, pair[0], n) - two_stage_risk(p, pair[1], n)


def gaussian_gain(p: TransferProblem, pair: Any, n: Any) -> Any:
    """Inputs N(0, Σ), known source, against scratch."""
    m, learner = p.modes, pair[1]
    return gaussian.gaussian_risk(
        n, m.eigenvalue, m.multiplicity, _gain(p), 0.0, model_of(learner).trained, learner.ridge
    )


def simulate(p: TransferProblem, learner: Any, n: Any, key: int, replicates: int) -> tuple[np.ndarray, np.ndarray]:
    """Trained on drawn data."""
    return simulate_relu_risk(p, learner, n, key, replicates)


def simulate_gain(p: TransferProblem, pair: Any, n: Any, key: int, replicates: int) -> tuple[np.ndarray, np.ndarray]:
    """Both trained on the same drawn data."""
    return simulate_relu_transferability(p, pair, n, key, replicates)

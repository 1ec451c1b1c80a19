"""Experiments: upper bounds on the risk that hold for given designs or with high probability."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.linear.conditional import world
from lintransfer.simulate.end_to_end import draw_inputs, least_squares


def draw_bound(rng: Any, replicates: int, n: int, dim: int, exponent: float, k: int, worst: bool) -> Any:
    """Noiseless risks of designs with their deviations; the displacement random, or the worst for each design."""
    spectrum = np.arange(1, dim + 1.0) ** -exponent
    designs = draw_inputs(rng, (replicates, n, dim), spectrum)
    deviation = np.linalg.norm(np.diag(spectrum) - np.swapaxes(designs, -1, -2) @ designs / n, 2, axis=(-2, -1))
    displacement = rng.standard_normal((replicates, dim))
    if worst:
        off = np.eye(dim) - np.linalg.pinv(designs) @ designs
        displacement = np.linalg.eigh(off * spectrum @ off)[1][..., -1]
    start = least_squares(designs, designs @ displacement[..., None])[..., 0]
    energy = displacement**2
    arguments = {
        "deviation": deviation,
        "eigenvalue": spectrum[k - 1] if k else math.inf,
        "captured": energy[:, :k].sum(axis=1),
        "left_out": energy[:, k:].sum(axis=1),
    }
    return (spectrum * (start - displacement) ** 2).sum(axis=1), arguments


def draw_projected(rng: Any, replicates: int, n: int, dim: int, exponent: float) -> Any:
    X, displacement, spectrum = world(n, dim, exponent)
    risk = _risk_of_design(X, displacement, spectrum)
    return risk, {"X": X, "displacement": displacement, "covariance": spectrum}


def _risk_of_design(X: Any, displacement: Any, spectrum: Any) -> Any:
    """Noiseless risk of training on one design from zero, by least squares."""
    error = np.linalg.lstsq(X, X @ displacement, rcond=None)[0] - displacement
    return np.sum(spectrum * error**2)


def draw_deviation(rng: Any, replicates: int, n: int, dim: int, exponent: float) -> Any:
    spectrum = np.arange(1, dim + 1.0) ** -exponent
    designs = draw_inputs(rng, (replicates, n, dim), spectrum)
    deviation = np.linalg.norm(np.diag(spectrum) - np.swapaxes(designs, -1, -2) @ designs / n, 2, axis=(-2, -1))
    # C = 6 serves every case that was tried; one draw in `replicates` may miss, so η is far below that.
    return deviation, {"n": n, "eigenvalues": spectrum, "failure_probability": 1e-6, "constant": 6.0}

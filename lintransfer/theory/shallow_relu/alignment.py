r"""Early alignment: how neurons of a small ReLU network turn before they grow.

Loss (1/2n) Σ_k (f(x_k) − y_k)², balanced neurons |a_j| = ‖w_j‖ of fixed signs ς_j. While f ≈ 0 a neuron feels only the
force D_n(w) = (1/n) Σ_k 1{w·x_k > 0}(y_k − f(x_k)) x_k, through ẇ_j = a_j D_n(w_j): it turns towards ς_j D and grows at
rate ‖D‖. Fine-tuning with the pretrained part frozen and exactly linear is the same with labels y − θ_S·x and
β = θ_T − θ_S.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.arithmetic import array_namespace, exp, log, ratio_where, sqrt, tanh, where
from lintransfer.designs import checked_rows
from lintransfer.errors import refuse


def alignment_force(directions: Any, inputs: Any, residuals: Any) -> Any:
    r"""The force on neurons of given directions, conditional on the data.

    .. math:: D_n(w) = \frac1n\sum_k 1\{w\cdot x_k > 0\}\,(y_k - f(x_k))\,x_k

    directions: w (..., d).  inputs: (n, d).  residuals: y − f(X), shape (n,).  Returns (..., d).
    Source: Boursier & Flammarion 2024, eq. (4).

    >>> alignment_force(np.array([1.0, 0.0]), np.array([[1.0, 0.0], [-1.0, 1.0]]), np.array([2.0, 3.0])).tolist()
    [1.0, 0.0]
    """
    xp = array_namespace(directions, inputs, residuals)
    active = xp.asarray(directions) @ xp.asarray(inputs).T > 0
    return (active * residuals) @ inputs / len(inputs)


def expected_force(covariance_times_displacement: Any) -> Any:
    """E D_n(w) = Σβ/2 at f = 0, for EVERY fixed w ≠ 0, symmetric inputs and a linear teacher β: two extremal
    directions ±Σβ, taken by a_j > 0 and a_j < 0. Source: Boursier & Flammarion 2024, section 4 (A1).

    >>> expected_force(3.0)
    1.5
    """
    return covariance_times_displacement / 2


def force_fluctuation(n: Any, dim: Any, displacement_energy: Any, noise_variance: Any) -> Any:
    r"""Mean square distance of the force from its expectation, for fixed w and inputs N(0, I).

    .. math:: E\|D_n - D\|^2 = \frac1n\Bigl[\frac{(d+2)\|\beta\|^2 + \sigma^2 d}{2} - \frac{\|\beta\|^2}{4}\Bigr]

    n: ≥ 1 (nan at 0).  displacement_energy: ‖β‖².  Kind: EXACT.  Source: its row of the table (A2).

    >>> force_fluctuation(10, 2, 1.0, 0.0)
    0.175
    """
    second_moment = (displacement_energy * (dim + 2) + noise_variance * dim) / 2
    return ratio_where(n > 0, second_moment - displacement_energy / 4, n, float("nan"))


def alignment_cosine(time: Any, cosine: Any, force: Any, sign: Any = 1) -> Any:
    r"""Cosine between a neuron and a constant force D at a given time.

    .. math:: \cos\angle(w(\tau), D) = \tanh(\varsigma\|D\|\tau + b)
              = \frac{\cos_0 + \tanh(\varsigma\|D\|\tau)}{1 + \cos_0\tanh(\varsigma\|D\|\tau)},
              \quad b = \mathrm{artanh}\cos_0

    time: τ ≥ 0 of the flow on the mean loss.  cosine: cos_0 in [−1, 1] at time 0.  force: ‖D‖.  sign: ς = ±1, the sign
    of the output weight.  Kind: EXACT for constant D.  Source: its row of the table (A3).

    >>> float(alignment_cosine(0.0, 0.3, 2.0))
    0.3
    """
    turn = tanh(sign * force * time)
    # 1 + cos₀ tanh vanishes only for a neuron exactly opposite to the force, which never turns.
    return ratio_where(1 + cosine * turn > 0, cosine + turn, 1 + cosine * turn, cosine)


def growth_factor(time: Any, cosine: Any, force: Any, sign: Any = 1) -> Any:
    r"""Growth ‖w(τ)‖/‖w(0)‖ of a balanced neuron under a constant force.

    .. math:: \frac{\cosh(\varsigma\|D\|\tau + b)}{\cosh b} = \tfrac12(1+\varsigma\cos_0)e^{\|D\|\tau}
              + \tfrac12(1-\varsigma\cos_0)e^{-\|D\|\tau}

    Arguments as `alignment_cosine`.  Kind: EXACT for constant D.  Source: its row of the table (A3).

    >>> float(growth_factor(0.0, -0.5, 1.0))
    1.0
    """
    grown = exp(force * time)
    return ((1 + sign * cosine) * grown + (1 - sign * cosine) / grown) / 2


def alignment_time(gap: Any, cosine: Any, force: Any, sign: Any = 1) -> Any:
    r"""Time until ς cos∠(w, D) = 1 − ε.

    .. math:: \tau = \frac{1}{\|D\|}\Bigl[\tfrac12\ln\frac{2-\varepsilon}{\varepsilon} - \varsigma b\Bigr]
              = \frac{1}{2\|D\|}\ln\frac{(2-\varepsilon)(1-\varsigma\cos_0)}{\varepsilon(1+\varsigma\cos_0)}

    gap: ε in (0, 1).  Negative if the neuron is already closer; ∓inf if it starts at ς cos_0 = ±1.
    Source: its row of the table (A3).

    >>> round(float(alignment_cosine(alignment_time(0.01, 0.2, 0.5), 0.2, 0.5)), 12)
    0.99
    """
    aligned = sign * cosine
    odds = ratio_where(1 + aligned > 0, (2 - gap) * (1 - aligned), gap * (1 + aligned), float("inf"))
    return where(odds > 0, log(where(odds > 0, odds, 1)), float("-inf")) / (2 * force)


def growth_time(initial_norm: Any, cosine: Any, force: Any, sign: Any = 1) -> Any:
    r"""Time until ‖w‖ = 1 under a constant force; about ln(1/‖w(0)‖)/‖D‖.

    .. math:: \tau = \frac{1}{\|D\|}\Bigl[\mathrm{arcosh}\frac{\cosh b}{\|w_0\|} - \varsigma b\Bigr]
              = \frac{1}{\|D\|}\ln\frac{1 + \sqrt{1 - \|w_0\|^2(1-\cos_0^2)}}{\|w_0\|(1+\varsigma\cos_0)}

    initial_norm: ‖w(0)‖ in (0, 1].  inf if ς cos_0 = −1.  Alignment comes first if and only if ‖w(0)‖ ≪ √ε.
    Source: its row of the table (A3).

    >>> round(float(1e-3 * growth_factor(growth_time(1e-3, 0.2, 0.5), 0.2, 0.5)), 12)
    1.0
    """
    sideways = initial_norm * initial_norm * (1 - cosine) * (1 + cosine)
    along = 1 + sign * cosine
    return log(ratio_where(along > 0, 1 + sqrt(1 - sideways), initial_norm * along, float("inf"))) / force


def extremal_vectors(inputs: Any, residuals: Any, starts: Any = None, max_steps: int = 200) -> np.ndarray:
    r"""Extremal vectors of a data set: D ≠ 0 with D = D_n(w) and w parallel to +D or −D.

    A neuron with ς = ±1 can stop turning only along ±D. In the plane every cone of constant activation is visited, so
    the answer is complete (up to vectors on a cone's boundary). In higher dimensions the map w → ±D_n(w) is iterated
    from `starts` (m, d), by default ± up to 128 inputs and ± the coordinate axes.
    inputs: (n, d).  residuals: (n,).  Returns the distinct extremal vectors (m, d), longest first; (0, d) if none.

    >>> extremal_vectors(np.array([[1.0, 0.0], [-1.0, 0.0]]), np.array([1.0, -1.0])).tolist()
    [[0.5, 0.0]]
    """
    inputs, residuals = np.asarray(checked_rows(inputs), dtype=float), np.asarray(residuals, dtype=float)
    if residuals.shape != inputs.shape[:1] or not np.all(np.isfinite(residuals)):
        refuse("residuals", f"{len(inputs)} finite numbers, one per row of inputs", f"shape {residuals.shape}")
    dim = inputs.shape[1]
    if starts is None:
        some = np.vstack([inputs[:128], np.eye(dim)])
        starts = _planar_cones(inputs) if dim == 2 else np.vstack([some, -some])
    found: list[np.ndarray] = []
    for sign in (1.0, -1.0):
        direction = np.asarray(starts, dtype=float)
        for _ in range(1 if dim == 2 else max_steps):
            force = alignment_force(direction, inputs, residuals)
            alive = np.linalg.norm(force, axis=1) > 1e-12 * np.abs(residuals).max(initial=0) * np.abs(inputs).max()
            force, direction = force[alive], direction[alive]
            settled = _same_side(sign * force, direction, inputs)
            found.extend(force[settled])
            direction = np.unique(np.round(sign * force[~settled], 12), axis=0)
            if not len(direction):
                break
    distinct: list[np.ndarray] = []
    for force in sorted(found, key=lambda f: -float(f @ f)):
        if all(np.linalg.norm(force - other) > 1e-9 * np.linalg.norm(force) for other in distinct):
            distinct.append(force)
    return np.array(distinct).reshape(-1, dim)


def _same_side(left: np.ndarray, right: np.ndarray, inputs: np.ndarray) -> np.ndarray:
    """Whether two directions activate the same inputs, row by row."""
    return np.all((left @ inputs.T > 0) == (right @ inputs.T > 0), axis=1)


def _planar_cones(inputs: np.ndarray) -> np.ndarray:
    """One direction inside each cone of the plane on which the set of active inputs is constant."""
    angle = np.arctan2(inputs[:, 1], inputs[:, 0])
    walls = np.unique(np.mod(np.concatenate([angle + np.pi / 2, angle - np.pi / 2]), 2 * np.pi))
    middle = (walls + np.append(walls[1:], walls[0] + 2 * np.pi)) / 2
    return np.stack([np.cos(middle), np.sin(middle)], axis=1)

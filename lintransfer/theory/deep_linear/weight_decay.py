r"""Weight decay on every layer of a deep linear network is a ridge whose strength depends on the solution.

The cheapest way to make an end-to-end vector w from L layers costs Σ‖W_l‖_F² = L‖w‖^{2/L} (balanced, rank one), so that
½‖y − Xw‖² + (μ/2) Σ‖W_l‖_F² becomes ½‖y − Xw‖² + (μL/2)‖w‖^{2/L}. Its stationary points w ≠ 0 are ridge solutions with
λ = μ‖w‖^{2/L−2} in the sum convention, hence lie on the ridge path, where the best one is looked for.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.arithmetic import array_namespace, sqrt

_GRID = 400
_BISECTIONS = 60


def weight_decay_ridge(norm: Any, depth: Any, weight_decay: Any) -> Any:
    """λ = μ‖w‖^{2/L−2}: the ridge (sum convention) whose solution of this norm is stationary under weight decay μ.

    norm: ‖w‖ > 0.  depth: L ≥ 1.  weight_decay: μ ≥ 0 of ½‖y − Xw‖² + (μ/2)Σ‖W_l‖_F².

    >>> weight_decay_ridge(2.0, 2, 3.0)
    1.5
    """
    return weight_decay * norm ** (2 / depth - 2)


def layer_penalty(norm: Any, depth: Any) -> Any:
    """min Σ‖W_l‖_F² over all L-layer networks of end-to-end norm ‖w‖: L‖w‖^{2/L}.

    >>> layer_penalty(4.0, 2)
    8.0
    """
    return depth * norm ** (2 / depth)


def sum_weight_decay(weight_decay: Any, n: Any) -> Any:
    """μ for the loss ½‖y − Xw‖² that equals weight decay μ on the mean loss (1/n)‖y − Xw‖²: nμ/2.

    >>> sum_weight_decay(0.1, 20)
    1.0
    """
    return n * weight_decay / 2


def two_layer_threshold(design: Any, labels: Any) -> Any:
    """‖Xᵀy‖: with L = 2 the solution is w = 0 iff μ is at least this (the group-lasso threshold).

    Deeper networks have no such threshold: w = 0 is a local minimum for every μ > 0, and the transition is a jump.

    >>> import numpy as np
    >>> float(two_layer_threshold(np.eye(2), np.array([3.0, 4.0])))
    5.0
    """
    xp = array_namespace(design, labels)
    return xp.linalg.norm(design.T @ labels)


def weight_decay_objective(design: Any, labels: Any, weights: Any, depth: Any, weight_decay: Any) -> Any:
    """½‖y − Xw‖² + (μL/2)‖w‖^{2/L}, the loss of the best L-layer network that computes w.

    >>> import numpy as np
    >>> float(weight_decay_objective(np.eye(2), np.ones(2), np.zeros(2), 2, 1.0))
    1.0
    """
    error = labels - design @ weights
    return (error @ error) / 2 + weight_decay / 2 * layer_penalty(sqrt(weights @ weights), depth)


def weight_decay_end_point(design: Any, labels: Any, depth: Any, weight_decay: Any) -> Any:
    r"""Global minimiser of ½‖y − Xw‖² + (μL/2)‖w‖^{2/L}: where training with weight decay should end.

    design: (n, d).  labels: (n,).  depth: L ≥ 1, real.  weight_decay: μ ≥ 0 (0: the min-norm interpolator m).
    L = 1 is ridge with λ = μ. L = 2 is 0 iff μ ≥ ‖Xᵀy‖. L > 2 can have several local minima, 0 always among them:
    the one of lowest objective is returned; training from a given start may end in another. L = inf: 0 if μ > 0.
    Returns (d,). Under JAX differentiable in design, labels and μ wherever the minimiser does not jump.
    Source: its row of the table.

    >>> import numpy as np
    >>> weight_decay_end_point(np.eye(2), np.array([3.0, 4.0]), 2, 2.5)
    array([1.5, 2. ])
    """
    xp = array_namespace(design, labels, weight_decay)
    ridge, nonzero = _best_ridge(xp, design, labels, depth, weight_decay)
    fit = _ridge_solution(xp, design, labels, ridge)
    active = xp.asarray(weight_decay) > 0
    return xp.where(active, xp.where(nonzero, fit, 0.0), xp.linalg.pinv(design) @ labels)


def _ridge_solution(xp: Any, design: Any, labels: Any, ridge: Any) -> Any:
    n, dim = design.shape
    if n > dim:
        return xp.linalg.solve(design.T @ design + ridge * xp.eye(dim), design.T @ labels)
    return design.T @ xp.linalg.solve(design @ design.T + ridge * xp.eye(n), labels)


def _best_ridge(xp: Any, design: Any, labels: Any, depth: Any, weight_decay: Any) -> tuple[Any, Any]:
    """λ of the best stationary point w ≠ 0, and whether it beats w = 0."""
    left, s, _ = xp.linalg.svd(design, full_matrices=False)
    seen = s > s[0] * max(design.shape) * float(xp.finfo(s.dtype).eps)
    square = xp.where(seen, s * s, 1.0)
    energy = xp.where(seen, (left.T @ labels) ** 2, 0.0)  # of y along each singular direction
    mu = xp.where(xp.asarray(weight_decay) > 0, weight_decay, 1.0)
    power = 2 - 2 / depth

    def norm2(ridge: Any) -> Any:
        return xp.sum(square * energy / (square + xp.asarray(ridge)[..., None]) ** 2, axis=-1)

    def objective(ridge: Any) -> Any:  # without ½‖y‖², its value at w = 0
        ridge = xp.asarray(ridge)[..., None]
        gain = energy * square * (square + 2 * ridge) / (square + ridge) ** 2
        return (mu * layer_penalty(xp.sqrt(norm2(ridge[..., 0])), depth) - xp.sum(gain, axis=-1)) / 2

    def excess(log_ridge: Any) -> Any:  # its sign is that of d objective/dλ
        return log_ridge + power / 2 * xp.log(norm2(xp.exp(log_ridge))) - xp.log(mu)

    pull = xp.sqrt(xp.sum(square * energy))
    some = pull > 0
    energy = xp.where(some, energy, 1.0)
    low, high = _log_bracket(xp, depth, mu, xp.where(some, pull, 1.0), square[0], norm2(0.0))
    grid = low + (high - low) * xp.linspace(0.0, 1.0, _GRID)
    best = xp.argmin(objective(xp.exp(grid)))
    a, b = grid[xp.maximum(best - 1, 0)], grid[xp.minimum(best + 1, _GRID - 1)]
    for _ in range(_BISECTIONS):
        middle = (a + b) / 2
        beyond = excess(middle) > 0
        a, b = xp.where(beyond, a, middle), xp.where(beyond, middle, b)
    root = _polish(xp, design, labels, power, mu, xp.exp((a + b) / 2))
    threshold = xp.where(xp.asarray(depth) == 2, mu < pull, objective(root) < 0)
    return root, threshold & some & (xp.asarray(depth) < np.inf)


def _log_bracket(xp: Any, depth: Any, mu: Any, pull: Any, largest: Any, fit_energy: Any) -> tuple[Any, Any]:
    """Bounds on ln λ of every stationary point that could beat w = 0."""
    power = 2 - 2 / depth
    low = xp.log(mu) - power / 2 * xp.log(fit_energy)
    room = xp.maximum(1 - mu / pull, 1e-12)
    two = xp.log(mu / pull / room * largest)
    # L < 2: ‖w‖ ≥ pull/(λ + s_1²).  L > 2: an objective below that of w = 0 needs ‖w‖^{1−2/L} > μL/(2 pull).
    below = xp.where(xp.asarray(power) < 1, 1 - power, 1.0)
    shallow = xp.maximum(xp.log(largest), (xp.log(mu) + power * xp.log(2 / pull)) / below)
    above = xp.where(xp.asarray(power) > 1, power - 1, 1.0)
    deep = xp.log(mu) - power / above * xp.log(mu * depth / (2 * pull))
    high = xp.where(xp.asarray(power) < 1, shallow, xp.where(xp.asarray(power) > 1, deep, two))
    return low - 1e-9, xp.maximum(high, low) + 1e-6


def _polish(xp: Any, design: Any, labels: Any, power: Any, mu: Any, ridge: Any) -> Any:
    """Two Newton steps in ln λ, written in the design itself: exact derivatives under JAX."""
    if xp is not np:
        import jax

        ridge = jax.lax.stop_gradient(ridge)
    for _ in range(2):
        fit = _ridge_solution(xp, design, labels, ridge)
        again = _ridge_solution(xp, design, design @ fit, ridge)  # fit − λ(XᵀX + λ)⁻¹fit
        square = fit @ fit
        shrink = xp.where(square > 0, fit @ (fit - again) / xp.where(square > 0, square, 1.0), 0.0)
        excess = xp.log(ridge) + power / 2 * xp.log(xp.where(square > 0, square, 1.0)) - xp.log(mu)
        step = -excess / (1 - power * shrink)
        ridge = ridge * xp.exp(xp.clip(step, -1, 1))  # without a stationary point there is nothing to reach
    return ridge

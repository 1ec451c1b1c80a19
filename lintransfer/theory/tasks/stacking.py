r"""K tasks fine-tuned from one w0 on data of their own, then added up: task vectors merged, fits stacked, Σ = I.

Fit k moves from w0 by τ_k, of mean γ_kδ_k (δ_k = θ_k − w0) and independent of the others, and scatters about it by v_k.
So w0 + Σα_kτ_k has risk ‖δ_t − Σα_kγ_kδ_k‖² + Σα_k²v_k on task t. The best coefficients follow as in linear
prediction: τ_k/γ_k observes δ_k with noise v_k/γ_k², the Gram matrix of the δ_k stands for a prior covariance, and what
is left of it after one observation after the other is the risk. Nothing is inverted, so that fits that hardly differ, or
know their task exactly, need no care.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import numpy as np

from lintransfer.arithmetic import array_namespace, maximum, minimum, per_mode, ratio_where, sqrt, where
from lintransfer.errors import refuse
from lintransfer.numerics.entries import kind_of_entries
from lintransfer.theory.linear.isotropic import min_norm_risk


class OptimalStack(NamedTuple):
    """The least risk, (…), and the coefficients of the K updates that reach it, (…, K)."""

    risk: Any
    coefficients: Any


class _Fits(NamedTuple):
    """γ_k and v_k of every fit, and whether v_k is finite and γ_k > 0: lists of K values (…)."""

    shares: list[Any]
    spreads: list[Any]
    usable: list[Any]


def _at(array: Any, *index: Any) -> Any:
    """What lies at an index of the last axes; a scalar, not an array without axes, if there are no others."""
    return array[(..., *index)][()]


def _entries(value: Any) -> list[Any]:
    """The K values along the last axis."""
    value = value if isinstance(value, jax.Array) else np.asarray(value)
    return [_at(value, k) for k in range(value.shape[-1])]


def _gathered(values: list[Any]) -> Any:
    """K values (…) on a last axis."""
    xp = array_namespace(*values)
    return xp.stack(xp.broadcast_arrays(*values), axis=-1)


def _checked(gram: Any, **others: Any) -> Any:
    """The Gram matrix as an array, once the numbers of tasks agree."""
    gram = gram if isinstance(gram, jax.Array) else np.asarray(gram)
    shape = np.shape(gram)
    if len(shape) < 2 or shape[-1] != shape[-2] or shape[-1] == 0:
        refuse("gram", "(…, K, K), K ≥ 1", got=f"shape {shape}")
    for name, value in others.items():
        if np.shape(value)[-1:] != shape[-1:]:
            refuse(name, f"(…, {shape[-1]}), as many as gram has tasks", got=f"shape {np.shape(value)}")
    return gram


def _min_norm_fits(sizes: Any, dim: Any, gram: Any, noise_variances: Any) -> _Fits:
    sizes, noises = _entries(sizes), _entries(noise_variances)
    shares, spreads, usable = [], [], []
    for k, (n, noise) in enumerate(zip(sizes, noises, strict=True)):
        shares.append(minimum(n, dim) / dim)
        kept = shares[-1] * maximum(dim - n, 0) / dim
        spreads.append(kept * _at(gram, k, k) + min_norm_risk(n, dim, 0, noise))
        usable.append((n > 0) & ((noise <= 0) | (n < dim - 1) | (n > dim + 1)))
    return _Fits(shares, spreads, usable)


def _ridge_fits(sizes: Any, dim: Any, gram: Any, noise_variances: Any) -> _Fits:
    sizes, noises = _entries(sizes), _entries(noise_variances)
    shares, spreads, usable = [], [], []
    for k, (n, noise) in enumerate(zip(sizes, noises, strict=True)):
        energy = _at(gram, k, k)
        learnt, missed = tuned_ridge_shares(n, dim, energy, noise)
        shares.append(learnt)
        spreads.append(learnt * missed * energy)
        usable.append((n > 0) & (energy > 0))
    return _Fits(shares, spreads, usable)


def tuned_ridge_shares(n: Any, dim: Any, displacement_energy: Any, noise_variance: Any) -> tuple[Any, Any]:
    r"""1 − e and e of the best ridge to w0 (limit d → ∞ at n/d, Σ = I): its mean is w0 + (1 − e)δ, its risk e‖δ‖².

    .. math:: e = \frac{2}{b+\sqrt{b^2+4s}}, \quad b = 1+s(\gamma-1), \quad s = \|\delta\|^2/\sigma^2, \quad \gamma = n/d

    n ≥ 0, dim, displacement_energy, noise_variance: n, d, ‖δ‖², σ². Returns (1 − e, e), both without cancellation; (0, 1)
    at δ = 0.  Source: `lintransfer.theory.linear.proportional.tuned_ridge_risk`, divided by ‖δ‖².

    >>> [round(float(share), 6) for share in tuned_ridge_shares(5, 10, 2.0, 0.5)]
    [0.359612, 0.640388]
    """
    noise, many, few = dim * noise_variance, n * displacement_energy, dim * displacement_energy
    root = sqrt(noise * noise + 2 * noise * (many + few) + (many - few) * (many - few))
    both, drop = noise + (many + few), noise + (many - few)
    learnt = ratio_where(many > 0, 2 * many, both + root, 0.0)
    falling = drop > 0
    missed = where(
        falling, ratio_where(falling, 2 * noise, drop + root, 1), ratio_where(few > 0, root - drop, 2 * few, 1.0)
    )
    return learnt, where(few > 0, missed, 1.0)


def _combined(gram: Any, fits: _Fits, coefficients: Any) -> Any:
    """Risks on every task, (…, K), of w0 + Σα_kτ_k."""
    scales = _entries(coefficients)
    count = len(scales)
    means = [scale * share for scale, share in zip(scales, fits.shares, strict=True)]
    scatter: Any = 0
    for scale, spread in zip(scales, fits.spreads, strict=True):
        scatter = scatter + scale * scale * where(scale == 0, 0 * scale, spread)
    risks = []
    for i in range(count):
        left = [(1 - mean if k == i else -mean) for k, mean in enumerate(means)]
        missed: Any = 0
        for k in range(count):
            for j in range(count):
                missed = missed + left[k] * left[j] * _at(gram, k, j)
        risks.append(missed + scatter)
    return _gathered(risks)


def merged_risks(sizes: Any, dim: Any, gram: Any, noise_variances: Any, coefficients: Any) -> Any:
    r"""Mean risk on each of K tasks of w0 + Σα_kτ_k, the update τ_k fitted (min-norm or least squares) to n_k rows of task k.

    .. math:: R_i = \Big\|\delta_i-\sum_k\alpha_k\gamma_k\delta_k\Big\|^2 + \sum_k\alpha_k^2
        \left[\gamma_k(1-\gamma_k)\|\delta_k\|^2+V_k\right], \qquad \gamma_k = \min(n_k/d, 1)

    with V_k the noise of fit k, σ_k²n_k/(d−n_k−1) or σ_k²d/(n_k−d−1).  sizes: n_k ≥ 0, (…, K).  dim: d.  gram: (…, K, K)
    inner products of the δ_k = θ_k − w0.  noise_variances: σ_k², (…, K).  coefficients: α_k, (…, K); −1 for a task to be
    forgotten.
    Returns (…, K); inf where a fit with |n_k − d| ≤ 1 ≤ n_k and σ_k > 0 has a coefficient other than 0.
    Exact, Σ = I. Source: its row of the table.

    >>> import numpy as np
    >>> merged_risks(np.array([20, 20]), 10, np.eye(2), np.full(2, 0.9), np.array([0.5, 0.5])).round(12).tolist()
    [1.0, 1.0]
    """
    gram = _checked(gram, sizes=sizes, noise_variances=noise_variances, coefficients=coefficients)
    return _combined(gram, _min_norm_fits(sizes, dim, gram, noise_variances), coefficients)


def stacked_risk(sizes: Any, dim: Any, gram: Any, noise_variances: Any, coefficients: Any) -> Any:
    r"""Mean risk on the target, the last of K tasks, of w0 + Σα_kτ_k: the last of `merged_risks`.

    Arguments as in `merged_risks`. Returns (…).  Exact, Σ = I. Source: its row of the table.

    >>> import numpy as np
    >>> float(stacked_risk(np.array([0, 5]), 10, np.eye(2), np.zeros(2), np.array([0.0, 1.0])))  # scratch: 1 − n/d
    0.5
    """
    return _at(merged_risks(sizes, dim, gram, noise_variances, coefficients), -1)


def stacked_ridge_risk(sizes: Any, dim: Any, gram: Any, noise_variances: Any, coefficients: Any) -> Any:
    r"""`stacked_risk` of ridge fits to w0, each at the ridge that is best for its own task.

    .. math:: R = \Big\|\delta_t-\sum_k\alpha_k(1-e_k)\delta_k\Big\|^2 + \sum_k\alpha_k^2e_k(1-e_k)\|\delta_k\|^2

    with e_k from `tuned_ridge_shares`. Arguments as in `merged_risks`. Returns (…).
    Limit d → ∞, error O(1/d), Σ = I. Source: its row of the table.

    >>> import numpy as np
    >>> round(float(stacked_ridge_risk(np.array([5]), 10, np.full((1, 1), 2.0), np.full(1, 0.5), np.ones(1))), 6)
    1.280776
    """
    gram = _checked(gram, sizes=sizes, noise_variances=noise_variances, coefficients=coefficients)
    return _at(_combined(gram, _ridge_fits(sizes, dim, gram, noise_variances), coefficients), -1)


def _observed(gram: Any, fits: _Fits) -> tuple[Any, Any]:
    """What is left of the Gram matrix, (…, K, K), and the coefficients of the K updates for every task, (…, K, K)."""
    if kind_of_entries(gram, *fits.shares, *fits.spreads) == "sympy":
        raise TypeError("the best coefficients are solved for in numbers: on symbols, minimise `stacked_risk`")
    xp = array_namespace(gram, *fits.shares, *fits.spreads)
    count = gram.shape[-1]
    diagonal = np.eye(count, dtype=bool)
    left, rows = gram, np.zeros((count, count), object) if gram.dtype == object else xp.zeros((count, count))
    for k, (share, spread, usable) in enumerate(zip(*fits, strict=True)):
        square, noise, own = where(usable, share * share, 0), where(usable, spread, 1), _at(left, k, k)
        column, seen = left[..., :, k], own * square + noise
        # Of a column equal to its own entry exactly nothing must be left, hence a quotient and no reciprocal. A ball that
        # may be 0 is divided by: its quotient is infinite, and proves nothing.
        known = column / per_mode(where(own <= 0, 1, own)) * per_mode(where(own <= 0, 0, 1))
        unseen = where(seen <= 0, 1, noise) / where(seen <= 0, 1, seen)
        gain = column * per_mode(where(seen <= 0, 0, square) / where(seen <= 0, 1, seen))
        outer, shift = known[..., :, None] * column[..., None, :], known[..., :, None] * rows[..., k, None, :]
        left = (left - outer) + per_mode(per_mode(unseen)) * outer
        left = where(diagonal, maximum(left, 0 * left), left)
        rows = (rows - shift) + per_mode(per_mode(unseen)) * shift + gain[..., :, None] * (1 * diagonal[k])
    scaled = [
        rows[..., :, k] * per_mode(ratio_where(usable, 1, share, 0))
        for k, (share, usable) in enumerate(zip(fits.shares, fits.usable, strict=True))
    ]
    return left, _gathered(scaled)


def _stacked(gram: Any, fits: _Fits) -> OptimalStack:
    left, coefficients = _observed(gram, fits)
    return OptimalStack(_at(left, -1, -1), coefficients[..., -1, :])


def optimal_stack(sizes: Any, dim: Any, gram: Any, noise_variances: Any) -> OptimalStack:
    r"""The coefficients α that minimise `stacked_risk`, and the risk there.

    .. math:: [\Gamma\circ M+\mathrm{diag}\,v]\,\alpha = \gamma\circ Me_t, \qquad
        R = \|\delta_t\|^2-\sum_k\alpha_k\gamma_k\,\delta_k\cdot\delta_t, \qquad \Gamma = \gamma\gamma^T

    Arguments as in `merged_risks`; M is gram and v_k the bracket there.
    Returns `OptimalStack(risk, coefficients)`, (…) and (…, K). Fits without rows (n_k = 0) or of infinite energy (|n_k − d| ≤ 1,
    σ_k > 0) get 0 and drop out; the target itself stays on the right. Never above ‖δ_t‖², nor above the target's own fit.
    Exact, Σ = I. Source: its row of the table.

    >>> import numpy as np
    >>> best = optimal_stack(np.array([20, 20]), 10, np.ones((2, 2)), np.full(2, 0.9))  # equal teachers
    >>> best.risk.round(6).tolist(), best.coefficients.round(6).tolist()
    (0.333333, [0.333333, 0.333333])
    """
    gram = _checked(gram, sizes=sizes, noise_variances=noise_variances)
    return _stacked(gram, _min_norm_fits(sizes, dim, gram, noise_variances))


def optimal_stack_risk(sizes: Any, dim: Any, gram: Any, noise_variances: Any) -> Any:
    """The risk of `optimal_stack`, (…).

    >>> import numpy as np
    >>> float(optimal_stack_risk(np.array([9, 0]), 10, np.ones((2, 2)), np.array([0.0, 0.0])).round(12))
    0.1
    """
    return optimal_stack(sizes, dim, gram, noise_variances).risk


def optimal_ridge_stack(sizes: Any, dim: Any, gram: Any, noise_variances: Any) -> OptimalStack:
    """`optimal_stack` of ridge fits, each at its own best ridge: the minimum of `stacked_ridge_risk`.

    Arguments and result as in `optimal_stack`.  Limit d → ∞, error O(1/d), Σ = I. Source: its row of the table.

    >>> import numpy as np
    >>> best = optimal_ridge_stack(np.array([5]), 10, np.full((1, 1), 2.0), np.full(1, 0.5))  # one fit: nothing to gain
    >>> best.risk.round(6).tolist(), best.coefficients.round(6).tolist()
    (1.280776, [1.0])
    """
    gram = _checked(gram, sizes=sizes, noise_variances=noise_variances)
    return _stacked(gram, _ridge_fits(sizes, dim, gram, noise_variances))


def optimal_ridge_stack_risk(sizes: Any, dim: Any, gram: Any, noise_variances: Any) -> Any:
    """The risk of `optimal_ridge_stack`, (…).

    >>> import numpy as np
    >>> round(float(optimal_ridge_stack_risk(np.array([5]), 10, np.full((1, 1), 2.0), np.full(1, 0.5))), 6)
    1.280776
    """
    return optimal_ridge_stack(sizes, dim, gram, noise_variances).risk


def optimal_merge(sizes: Any, dim: Any, gram: Any, noise_variances: Any, task_weights: Any) -> OptimalStack:
    r"""The coefficients α that minimise Σ_i p_i R_i of `merged_risks`, and that mean risk.

    .. math:: [\Gamma\circ M+\mathrm{diag}\,v]\,\alpha = \gamma\circ Mp

    task_weights: p_k ≥ 0 of sum 1, (…, K).  Other arguments and result as in `optimal_stack`, which is p on the target.
    Exact, Σ = I. Source: its row of the table.

    >>> import numpy as np
    >>> best = optimal_merge(np.full(2, 20), 10, np.eye(2), np.zeros(2), np.full(2, 0.5))
    >>> best.risk.round(6).tolist(), best.coefficients.round(6).tolist()  # known tasks: averaged, not added
    (0.5, [0.5, 0.5])
    """
    gram = _checked(gram, sizes=sizes, noise_variances=noise_variances, task_weights=task_weights)
    left, coefficients = _observed(gram, _min_norm_fits(sizes, dim, gram, noise_variances))
    weights = _entries(task_weights)
    spread: Any = 0
    rest: Any = 0
    for i, first in enumerate(weights):
        for j, second in enumerate(weights):
            rest = rest + first * second * _at(left, i, j)
            spread = spread + first * second * (_at(gram, i, i) - 2 * _at(gram, i, j) + _at(gram, j, j)) / 2
    mixed = [sum((p * _at(coefficients, i, k) for i, p in enumerate(weights)), start=0) for k in range(len(weights))]
    return OptimalStack(spread + rest, _gathered(mixed))

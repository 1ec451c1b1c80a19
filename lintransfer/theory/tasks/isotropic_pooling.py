r"""Weighted ridge regression on several isotropic groups of samples: everything in the shares of the teachers.

With Σ_k = I the mean weights are a weighted mean of the teachers and of w0, w̄ = Σ_{k≥0} c_kθ_k, θ_0 = w0, with shares

    c_k = (n_k/d)·x/(x + 1/ω_k),    c_0 = λx/d,    Σ_{k≥0} c_k = 1,

x = d·tr G/d the one unknown. With q_k = dc_k²/n_k the risk against any teacher θ_j is

    R(θ_j) = ‖w̄ − θ_j‖² + r,    r = Σ q_k(σ_k² + ‖θ_k − w̄‖²)/(1 − Σq).

Without ridge and with fewer samples than dimensions c_k = n_k/d, whatever the weights. Every c ≥ 0 with Σ_{k≥0} c_k = 1
and c_k < n_k/d is reached, by ω_k = c_k/(n_k − dc_k) and λ = c_0.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from lintransfer.arithmetic import exp, log, maximum, ratio_where, sqrt, total
from lintransfer.errors import refuse
from lintransfer.numerics.brackets import bracketed_root
from lintransfer.numerics.entries import modal_arrays, plain
from lintransfer.theory.linear.covariance import inflated

_MARGIN = 1e-3  # widens a bracket of log x that is the answer itself when all weights are equal


class IsotropicPool(NamedTuple):
    """Pooled ridge on isotropic groups.

    risk: R(θ_t) (…,), the target last.  risks: R(θ_j) (…, K) against every teacher.  shares: c_k (…, K); what they leave
    to 1 is the share of w0.
    """

    risk: Any
    risks: Any
    shares: Any


def isotropic_pool(
    sizes: Any, dim: Any, gram: Any, noise_variances: Any, weights: Any = 1.0, ridge: Any = 0.0
) -> IsotropicPool:
    r"""Shares and risks of weighted pooled ridge regression, Σ_k = I, every n_k ≥ 0.

    sizes: n_k (…, K), real; TARGET LAST.  dim: d (…,).  gram: (θ_k − w0)·(θ_l − w0), (…, K, K).  noise_variances: σ_k²
    (…, K).  weights: ω_k ≥ 0 (…, K); inf: the group is interpolated (if Σn_k of such groups reaches d, they are all that
    counts).  ridge: λ ≥ 0 (…,); 0 is least squares or the interpolator closest to w0, inf is w0.
    Returns an `IsotropicPool`: inf at Σn_k = d without ridge if any data are noisy or two of their teachers differ.
    Deterministic equivalent, error O(1/d). Source: its row of the table.

    >>> pool = isotropic_pool([8.0], 4.0, np.ones((1, 1)), [0.5])  # least squares: σ²d/(n − d)
    >>> float(pool.risk), pool.shares.tolist()
    (0.5, [1.0])
    """
    sizes, dim, gram, noise, weights, ridge = modal_arrays(sizes, dim, gram, noise_variances, weights, ridge)
    groups = gram.shape[-1] if gram.ndim >= 2 else 0
    if gram.ndim < 2 or gram.shape[-2] != groups:
        refuse("gram", "an array (…, K, K)", f"shape {gram.shape}")
    for name, value in (("sizes", sizes), ("noise_variances", noise), ("weights", weights), ("ridge", ridge)):
        if not np.all(value >= 0):
            refuse(name, "numbers ≥ 0", value)
    if not np.all(dim >= 1):
        refuse("dim", "numbers ≥ 1", dim)
    lead = np.broadcast_shapes(
        *(v.shape[:-1] for v in (sizes, weights, noise)), gram.shape[:-2], dim.shape, ridge.shape
    )
    sizes, weights, noise = (np.broadcast_to(v, (*lead, groups)).reshape(-1, groups) for v in (sizes, weights, noise))
    dim, ridge = (np.broadcast_to(v, lead).reshape(-1) for v in (dim, ridge))
    gram = np.broadcast_to(gram, (*lead, groups, groups)).reshape(-1, groups, groups)
    shares, left, slack = _shares(sizes, weights, dim, ridge)
    distances = distances_to_mean(gram, shares, left)
    heavy = ratio_where(sizes > 0, dim[:, None] * shares * shares, sizes, 0)
    risks = distances + inflated(total(heavy * (noise + distances)), slack)[:, None]
    return IsotropicPool(*(plain(v.reshape(lead + v.shape[1:])) for v in (risks[:, -1], risks, shares)))


def isotropic_pooled_risk(
    sizes: Any, dim: Any, gram: Any, noise_variances: Any, weights: Any = 1.0, ridge: Any = 0.0
) -> Any:
    r"""R(θ_t) = ‖w̄ − θ_t‖² + Σq_k(σ_k² + ‖θ_k − w̄‖²)/(1 − Σq), (…,); arguments as in `isotropic_pool`.

    >>> round(float(isotropic_pooled_risk([3e8, 1e8], 1e9, np.array([[1.0, 0.8], [0.8, 1.0]]), np.zeros(2))), 12)
    0.74
    """
    return isotropic_pool(sizes, dim, gram, noise_variances, weights, ridge).risk


def weights_of_shares(shares: Any, sizes: Any, dim: Any) -> Any:
    r"""The weights ω_k = c_k/(n_k − dc_k) that, with ridge λ = c_0 = 1 − Σc, give the mean weights these shares.

    shares: c_k (…, K), 0 ≤ c_k ≤ n_k/d; where c_k = n_k/d the weight is inf.  sizes: (…, K).  dim: (…,). Returns (…, K).

    >>> weights_of_shares(np.array([0.25, 0.5]), np.array([2.0, 2.0]), np.array(4.0)).tolist()
    [0.25, inf]
    """
    room = sizes - np.asarray(dim)[..., None] * shares
    return np.where(shares > 0, ratio_where(room > 0, shares, room, np.inf), 0.0)


def distances_to_mean(gram: Any, shares: Any, left: Any) -> Any:
    r"""‖θ_k − Σ c_lθ_l‖², (…, K), from the products of the teachers about w0: sums over differences, which do not cancel.

    gram: (…, K, K).  shares: c (…, K).  left: c_0 (…,), with Σc + c_0 = 1.

    >>> distances_to_mean(np.eye(2), np.array([0.5, 0.5]), np.array(0.0)).tolist()
    [0.5, 0.5]
    """
    own = np.einsum("...kk->...k", gram)
    apart = gram[..., None, :, :] - gram[..., :, :, None] - gram[..., :, None, :] + own[..., None, None]
    pairs = (apart * shares[..., None, :, None] * shares[..., None, None, :]).sum(axis=(-2, -1))
    to_start = total((own[..., None] - gram) * shares[..., None, :])
    found = pairs + left[..., None] * (2 * to_start + left[..., None] * own)
    return maximum(found, 0 * found)


def _shares(sizes: Any, weights: Any, dim: Any, ridge: Any) -> tuple[Any, Any, Any]:
    """c_k (…, K), c_0 (…,) and 1 − Σq (…,), each a sum of positive terms."""
    kept = ridge == np.inf  # w0 stays
    ridge, fixed = np.where(kept, 1, ridge), (weights == np.inf) & (sizes > 0)
    crowded = total(np.where(fixed, sizes, 0)) >= dim
    crowded = crowded & fixed.any(axis=-1)
    weights = np.where(crowded[..., None], np.where(fixed, 1.0, 0.0), weights)
    ridge, fixed = np.where(crowded, 0 * ridge, ridge), fixed & ~crowded[..., None]
    used = (sizes > 0) & (weights > 0) & ~kept[..., None]
    counted = np.where(used, sizes, 0)
    loose = used & ~fixed
    cost = np.where(loose, 1 / np.where(loose, weights, 1), 0)  # 1/ω_k
    samples, room = total(np.where(loose, sizes, 0)), dim - total(np.where(used & fixed, sizes, 0))
    full = (ridge == 0) & (samples <= room)  # interpolated: all of n_k/d
    bare = ~loose.any(axis=-1) & ~full  # nothing but groups of infinite weight, and a ridge
    x = _root(np.where(loose, sizes, 0), np.where(loose, cost, 1), loose, samples, room, ridge, ~(full | bare))
    x = np.where(bare, ratio_where(bare & (ridge > 0), room, ridge, 1), x)[..., None]
    missed = np.where(full[..., None] | ~loose, 0, cost / (cost + x))
    shares = counted / dim[..., None] * np.where(full[..., None] | fixed, 1, x / (cost + x))
    left = np.where(full, (room - samples) / dim, ridge * x[..., 0] / dim)
    left = np.where(used.any(axis=-1), left, 1 + 0 * left)
    return shares, left, left + total(shares * missed)


def _root(sizes: Any, cost: Any, loose: Any, samples: Any, room: Any, ridge: Any, regular: Any) -> Any:
    """x, the root of λx + Σn_k x/(x + u_k) = d, between its values at the smallest and the largest of the u_k."""
    ridge, samples, room = np.where(regular, ridge, 1), np.where(regular, samples, 1), np.where(regular, room, 1)
    sizes, cost = np.where(regular[..., None], sizes, 0), np.where(regular[..., None] & loose, cost, 1)
    sizes = sizes + np.where(regular, 0, 1)[..., None] / sizes.shape[-1]
    least = np.where(loose, cost, np.inf).min(axis=-1, initial=np.inf)
    most = np.where(loose, cost, 0).max(axis=-1, initial=0)
    least, most = np.where(regular, least, 1), np.where(regular, most, 1)
    ends = []
    for u in (least, most):
        slope = ridge * u + samples - room
        root = sqrt(slope * slope + 4 * ridge * room * u)
        falling = slope >= 0
        ends.append(
            ratio_where(
                falling, 2 * room * u, slope + root, (root - slope) / (2 * np.where((ridge > 0) & ~falling, ridge, 1))
            )
        )
    many = samples > 2 * room

    def excess(log_x: Any) -> Any:
        x = exp(log_x)
        taken = (sizes * x[..., None] / (x[..., None] + cost)).sum(axis=-1) - room
        untaken = (samples - room) - (sizes * cost / (x[..., None] + cost)).sum(axis=-1)
        return ridge * x + np.where(many, taken, untaken)

    low, high = (log(end) for end in ends)
    return exp(bracketed_root(excess, low - _MARGIN, high + _MARGIN))

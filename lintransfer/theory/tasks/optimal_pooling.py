r"""The weights and the ridge that make pooled ridge regression on isotropic groups best: a convex program in K shares.

In the shares c_k of the teachers (see `isotropic_pooling`) the risk

    R(c) = ‖w̄ − θ_t‖² + Σq_k(σ_k² + ‖θ_k − w̄‖²)/(1 − Σq),    q_k = dc_k²/n_k,    w̄ = w0 + Σc_k(θ_k − w0),

is convex on the polytope 0 ≤ c_k ≤ n_k/d, Σc ≤ 1, and every point of it is reached by weights and a ridge, which c
determines up to a common factor. So the best of all is found by Newton's method between its walls, for many cells at
once, and at the optimum

    c_j = (n_j/d)·min{1, (θ_j·h − μ)₊/(σ_j² + R(θ_j))},    h = (1 − Σq)θ_t + Σq_kθ_k − w̄,    μ ≥ 0, μc_0 = 0.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from lintransfer.arithmetic import ratio_where
from lintransfer.errors import refuse
from lintransfer.numerics.entries import plain
from lintransfer.theory.tasks.isotropic_pooling import distances_to_mean
from lintransfer.theory.tasks.pooled_ridge import numbers

_MOST_STEPS = 200
_GAP = 1e-16  # complementarity at the end, in units of the largest energy
_REACH = 0.995  # of the way to the nearest wall
_NEAR = 1e-5  # of a wall: then it is tried whether the optimum lies on it
_POLISH = 4  # Newton steps on the walls that are active


class OptimalPool(NamedTuple):
    """The best weights for a pool of tasks.

    risk: (…,).  shares: c_k (…, K), of every teacher in the mean weights.  weights: ω_k (…, K), inf where the group is
    interpolated, 0 where it is not used.  ridge: λ (…,). Weights and ridge share a free factor: here λ = c_0 = 1 − Σc,
    or the ridge that was asked for.
    """

    risk: Any
    shares: Any
    weights: Any
    ridge: Any


def optimal_pooling(sizes: Any, dim: Any, gram: Any, noise_variances: Any, ridge: Any = None) -> OptimalPool:
    r"""The least risk of weighted pooled ridge regression, Σ_k = I, over all weights and, if ridge is None, all ridges.

    sizes: n_k (…, K), real, ≥ 0; TARGET LAST.  dim: d (…,).  gram: (θ_k − w0)·(θ_l − w0), (…, K, K).  noise_variances:
    σ_k² (…, K).  ridge: None: it is optimised; 0: weights alone (for Σn_k ≤ d they do nothing); a positive number: since
    weights and ridge only count relative to each other the optimum is that of None, with weights to fit (if the best
    ridge is 0, they grow without bound: inf).  Leading axes broadcast; 10⁴ cells of two tasks in a second.
    Returns an `OptimalPool`, its risk right to about 1e-12 of the largest energy. Never above scratch with its best ridge, which is w_S = 0.
    Deterministic equivalent, error O(1/d), and like it not exact at small d. Raises `DomainError`.
    Source: its row of the table.

    >>> best = optimal_pooling([12.0], 10.0, [[2.0]], [0.5])  # one task: λ/ω = dσ²/‖θ‖²
    >>> round(float(best.ridge / best.weights[0]), 9)
    2.5
    """
    sizes, gram, noise, dim = (
        numbers(name, v, rule)
        for name, v, rule in (
            ("sizes", sizes, "≥ 0"),
            ("gram", gram, ""),
            ("noise_variances", noise_variances, "≥ 0"),
            ("dim", dim, "≥ 0"),
        )
    )
    groups = gram.shape[-1] if gram.ndim >= 2 else 0
    if gram.ndim < 2 or gram.shape[-2] != groups:
        refuse("gram", "an array (…, K, K)", f"shape {gram.shape}")
    if not np.all(dim >= 1):
        refuse("dim", "numbers ≥ 1", dim)
    asked = np.array(np.inf) if ridge is None else numbers("ridge", ridge)
    lead = np.broadcast_shapes(sizes.shape[:-1], gram.shape[:-2], noise.shape[:-1], dim.shape, asked.shape)
    n, v = (np.broadcast_to(x, (*lead, groups)).reshape(-1, groups) for x in (sizes, noise))
    g = np.broadcast_to(gram, (*lead, groups, groups)).reshape(-1, groups, groups)
    d, asked = (np.broadcast_to(x, lead).reshape(-1) for x in (dim, asked))
    scale = np.maximum(np.einsum("bkk->bk", g).max(axis=1), v.max(axis=1))
    scale = np.where(scale > 0, scale, 1.0)
    used, share = n > 0, n / d[:, None]
    full = (asked == 0) & (share.sum(axis=1) <= 1)
    tight = (asked == 0) & ~full
    shares, missed, left = np.where(used, share, 0.0), np.zeros_like(n), 1 - share.sum(axis=1)
    rows = np.flatnonzero(~full & used.any(axis=1))
    if rows.size:
        cell = _Cells(n[rows], d[rows], g[rows] / scale[rows, None, None], v[rows] / scale[rows, None], tight[rows])
        shares[rows], missed[rows], left[rows] = cell.best()
    left = np.where(used.any(axis=1), np.maximum(left, 0.0), 1.0)
    risk = _risk(shares, missed, left, g, v, share)
    weights = _weights(shares, n * missed)
    weights[full] = 1.0
    positive = (asked > 0) & (asked < np.inf)
    factor = np.where(positive, ratio_where(left > 0, np.where(positive, asked, 1.0), left, np.inf), 1.0)
    with np.errstate(invalid="ignore"):
        weights = np.where(weights > 0, weights * factor[:, None], 0.0)
    found = risk, shares, weights, np.where(asked < np.inf, asked, left)
    return OptimalPool(*(plain(x.reshape(lead + x.shape[1:])) for x in found))


def optimal_pooling_risk(sizes: Any, dim: Any, gram: Any, noise_variances: Any, ridge: Any = None) -> Any:
    r"""The least risk of pooled ridge regression over its weights, (…,); arguments as in `optimal_pooling`.

    >>> scratch = optimal_pooling_risk([0.0, 10.0], 20.0, [[1.0, -0.3], [-0.3, 1.0]], [0.1, 0.1])
    >>> round(float(scratch - optimal_pooling_risk([50.0, 10.0], 20.0, [[1.0, -0.3], [-0.3, 1.0]], [0.1, 0.1])), 12)
    0.0
    """
    return optimal_pooling(sizes, dim, gram, noise_variances, ridge).risk


def _weights(shares: Any, room: Any) -> Any:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(shares > 0, shares / room, 0.0)


def _risk(shares: Any, missed: Any, left: Any, gram: Any, noise: Any, full: Any) -> Any:
    """R from shares, 1 − dc/n and c_0, all (N, …)."""
    distances = distances_to_mean(gram, shares, left)
    heavy = np.where(full > 0, shares * shares / np.where(full > 0, full, 1.0), 0.0)
    slack, errors = left + (shares * missed).sum(axis=1), (heavy * (noise + distances)).sum(axis=1)
    return distances[:, -1] + ratio_where(slack > 0, errors, slack, np.where(errors > 0, np.inf, 0.0))


def _solved(matrix: Any, right: Any, unit: Any) -> Any:
    """matrix⁻¹ right for variables measured in units (N, K); where that is singular, the matrix is lifted by rounding."""
    scaled = matrix * unit[:, :, None] * unit[:, None, :]
    try:
        found = np.linalg.solve(scaled, right * unit[..., None])
    except np.linalg.LinAlgError:
        k = np.arange(matrix.shape[1])
        scaled[:, k, k] += 1e-14 * (1 + scaled[:, k, k])
        found = np.linalg.solve(scaled, right * unit[..., None])
    return found * unit[..., None]


class _Cells:
    """Many convex programs of the same K, with energies of order 1; `tight`: Σc = 1 is asked for."""

    def __init__(self, sizes: Any, dim: Any, gram: Any, noise: Any, tight: Any) -> None:
        self.full, self.gram, self.noise, self.tight = sizes / dim[:, None], gram, noise, tight
        self.used = sizes > 0
        self.free = np.where(self.used, self.full, 1.0)

    def best(self) -> tuple[Any, Any, Any]:
        """c (N, K), 1 − dc/n (N, K) and c_0 (N,) at the optimum, walls included."""
        total = self.full.sum(axis=1, keepdims=True)
        part = np.where(self.tight[:, None], 1 / total, 0.5 / np.maximum(total, 1.0))
        c, y = np.where(self.used, self.full * part, 0.0), np.where(self.used, 1 - part, 1.0)
        c0 = np.where(self.tight, 0.0, 1 - c.sum(axis=1))
        z, u = np.where(self.used, 1 / self.free, 0.0), np.where(self.used, 1 / self.free, 0.0)
        top = np.where(self.tight, 0.0, 1.0)
        left = np.arange(len(c))
        for _ in range(_MOST_STEPS):
            state = self._step(left, c[left], y[left], c0[left], z[left], u[left], top[left])
            c[left], y[left], c0[left], z[left], u[left], top[left], done = state
            left = left[~done]
            if not left.size:
                break
        for near in (0.0, _NEAR):
            forces = np.maximum(z, near / self.free), np.maximum(u, near / self.free), np.maximum(top, near)
            c, y, c0 = self._polished(c, y, c0, *forces, 1e-12 if near == 0 else 0.0)
        return c, y, c0

    def _slopes(self, rows: Any, c: Any, y: Any, c0: Any) -> tuple[Any, Any]:
        """∂R/∂c (N, K) and ∂²R/∂c∂c (N, K, K)."""
        gram, free, noise = self.gram[rows], self.free[rows], self.noise[rows]
        q, rate = c * c / free, 2 * c / free
        s = (c0 + (c * y).sum(axis=1))[:, None]
        errors = noise + distances_to_mean(gram, c, c0)
        m, p = (gram @ c[..., None])[..., 0], (gram @ q[..., None])[..., 0]
        whole = q.sum(axis=1)[:, None]
        drift = 2 * (whole * m - p)
        r = (q * errors).sum(axis=1)[:, None] / s
        w = (rate * (errors + r) + drift) / s
        slope = 2 * (m - gram[:, :, -1]) + w
        mixed = rate[:, :, None] * (2 * m + w)[:, None, :] - 2 * gram * rate[:, :, None]
        bend = mixed + mixed.swapaxes(1, 2) + 2 * whole[..., None] * gram
        k = np.arange(c.shape[1])
        bend[:, k, k] += 2 / free * (errors + r)
        return slope, 2 * gram + bend / s[..., None]

    def _step(self, rows: Any, c: Any, y: Any, c0: Any, z: Any, u: Any, top: Any) -> tuple[Any, ...]:
        """One primal-dual step; z, u and `top` are the forces of the walls c = 0, c = n/d and c_0 = 0."""
        used, free, tight = self.used[rows], self.free[rows], self.tight[rows]
        slope, bend = self._slopes(rows, c, y, c0)
        c_, w, c0_ = np.where(used, c, 1.0), np.where(used, free * y, 1.0), np.where(tight, 1.0, c0)
        count = 2 * used.sum(axis=1) + ~tight
        gap = ((z * c + u * w).sum(axis=1) + np.where(tight, 0.0, top * c0)) / count
        off = np.abs(np.where(used, slope - z + u + top[:, None], 0.0) * np.minimum(free, 1.0)).max(axis=1)
        target = gap * np.where(off > 10 * gap, 0.3, 0.1)
        t = target[:, None]
        right = np.where(used, -slope - top[:, None] + t / c_ - t / w, 0.0)
        right -= np.where(used & ~tight[:, None], (target / c0_ - top)[:, None], 0.0)
        both = used[:, :, None] & used[:, None, :]
        matrix = np.where(both, bend + np.where(tight, 0.0, top / c0_)[:, None, None], 0.0)
        k = np.arange(c.shape[1])
        matrix[:, k, k] += np.where(used, z / c_ + u / w, 1.0)
        ones = used.astype(float)
        found = _solved(matrix, np.stack([right, ones], axis=-1), np.minimum(free, 1.0))
        push = np.where(tight, found[..., 0].sum(axis=1) / found[..., 1].sum(axis=1), 0.0)
        dc = found[..., 0] - push[:, None] * found[..., 1]
        dc = np.where(used, dc, 0.0)
        dz = np.where(used, t / c_ - z - z / c_ * dc, 0.0)
        du = np.where(used, t / w - u + u / w * dc, 0.0)
        dc0 = np.where(tight, 0.0, -dc.sum(axis=1))
        dtop = np.where(tight, push, target / c0_ - top - top / c0_ * dc0)
        with np.errstate(divide="ignore", invalid="ignore"):
            walls = np.concatenate([-dc / c_, dc / w, -dz / z, -du / u], axis=1)
            ends = np.stack([-dc0 / c0_, np.where(tight, 0.0, -dtop / top)], axis=1)
        worst = np.nan_to_num(np.concatenate([walls, ends], axis=1), nan=0.0, posinf=1e300, neginf=0.0).max(axis=1)
        length = np.minimum(1.0, _REACH / np.maximum(worst, 1e-300))[:, None]
        one = length[:, 0]
        moved = c + length * dc, y - length * dc / free, c0 + one * dc0
        forces = z + length * dz, u + length * du, top + one * dtop
        return *moved, *forces, (gap < _GAP) & (off < 1e-13)

    def _polished(self, c: Any, y: Any, c0: Any, z: Any, u: Any, top: Any, rounding: float) -> tuple[Any, Any, Any]:
        """The point on the walls that its forces keep it at, the other shares by Newton's method, unless that is worse."""
        low, high = self.used & (c / self.free < z * self.free), self.used & (y < u * self.free)
        none = self.tight | (c0 < top)
        share, missed = np.where(low, 0.0, np.where(high, self.free, c)), np.where(high, 0.0, np.where(low, 1.0, y))
        loose = self.used & ~low & ~high
        bound = none & loose.any(axis=1)
        rows = np.arange(len(c))
        rest = np.where(none, 0.0, c0 + np.where(low | high, c - share, 0.0).sum(axis=1))
        k = np.arange(c.shape[1])
        spread = np.where(bound, 1 - share.sum(axis=1), 0.0) / np.maximum(loose.sum(axis=1), 1)
        share, missed = share + loose * spread[:, None], missed - loose * spread[:, None] / self.free
        for _ in range(_POLISH):
            with np.errstate(all="ignore"):
                slope, bend = self._slopes(rows, share, missed, rest)
            slope, bend = (np.nan_to_num(v, nan=0.0, posinf=0.0, neginf=0.0) for v in (slope, bend))
            matrix = np.where(loose[:, :, None] & loose[:, None, :], bend, 0.0)
            matrix[:, k, k] += np.where(loose, 0.0, 1.0)
            right = np.stack([np.where(loose, -slope, 0.0), loose.astype(float)], axis=-1)
            found = _solved(matrix, right, np.minimum(self.free, 1.0))
            with np.errstate(divide="ignore", invalid="ignore"):
                push = np.where(bound, found[..., 0].sum(axis=1) / found[..., 1].sum(axis=1), 0.0)
            dc = np.where(loose, found[..., 0] - push[:, None] * found[..., 1], 0.0)
            share, missed = share + dc, missed - dc / self.free
            rest = np.where(none, rest, rest - dc.sum(axis=1))
        whole = np.abs(share.sum(axis=1) + rest - 1) <= 1e-13 * (1 + share.shape[1])
        good = whole & (share >= 0).all(axis=1) & (missed >= 0).all(axis=1) & (rest >= 0)
        before = _risk(c, y, c0, self.gram, self.noise, self.full)
        after = _risk(share, missed, rest, self.gram, self.noise, self.full)
        with np.errstate(invalid="ignore"):
            good &= after < before + rounding * (1 + before) if rounding else after < before
        column = good[:, None]
        return np.where(column, share, c), np.where(column, missed, y), np.where(good, rest, c0)

r"""Fixed points e_k = F_k(e) of groups of samples, and the linear systems that belong to them.

F_k(e) = tr S_kG with G = (Σ a_kS_k + λ)⁻¹ and a_k = n_k/(o + e_k) is monotone, and log F grows less than log e (it is
scalable), so that there is one fixed point and the Jacobian J of log F in log e is non-negative with row sums below 1.
Newton's step in log e therefore leads towards it from any point where e ≤ F(e) everywhere, or e ≥ F(e) everywhere, and
is kept if it stays on its side, or lowers the largest residual; else it is shortened.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

_MOST_STEPS = 400
_LONGEST = 4.0  # step of log e
_SETTLED = 4e-15  # residual of log e, relative to 1 + |log e|
_FLOOR = 1e-10  # residual below which a step that no longer helps has met rounding

Traces = Callable[[Any, Any], tuple[Any, Any]]


def group_traces(sizes: Any, offset: Any, traces: Traces) -> Any:
    r"""The fixed point e (N, K) of e_k = F_k(n/(o + e)).

    sizes: n_k (N, K), 0 for groups that do not count.  offset: o (N, K) or (N, 1), 1 or, for groups that are interpolated, 0.
    traces: function (rows, a) that returns F (r, K) and T (r, K, K), T_kj = tr S_kGS_jG, of those problems.
    Returns e to rounding; nan where there is none.

    >>> import numpy as np  # one group, Σ = I, d = 4, λ = 1, n = 6: e = 4/(6/(1 + e) + 1)
    >>> def traces(rows, a):
    ...     g = 1 / (a + 1)
    ...     return 4 * g, (4 * g * g)[..., None]
    >>> float(group_traces(np.array([[6.0]]), np.ones((1, 1)), traces)[0, 0].round(12))
    1.0
    """
    problems, groups = sizes.shape
    offset = np.broadcast_to(offset, (problems, groups))
    left = np.arange(problems)
    with np.errstate(all="ignore"):
        # From below where e = 0 is below F, else from above, where it is as large as it can be: without samples.
        sign = np.where(offset > 0, 1.0, -1.0)
        x = np.log(traces(left, np.where(offset > 0, sizes, 0.0))[0])
        step, worst = np.zeros_like(x), np.full(problems, np.inf)
        length, part_of_newton = np.ones(problems), np.zeros(problems)
        for _ in range(_MOST_STEPS):
            now, part, base = left, offset[left], np.exp(x[left] + length[left, None] * step[left])
            a = sizes[now] / (part + base)
            found, pairs = traces(now, a)
            gap = np.log(found) - np.log(base)
            size = np.abs(gap).max(axis=-1)
            same_side = (gap * sign[now] >= 0).all(axis=-1)
            better = (size < (1 - length[now] * part_of_newton[now] / 4) * worst[now]) | (
                same_side & (worst[now] > _FLOOR)
            )
            settled = size <= _SETTLED * (1 + np.abs(np.log(base)).max(axis=-1))
            stuck = ~better & ((worst[now] <= _FLOOR) | (length[now] < 1e-9) | np.isnan(size))
            kept = now[better]
            x[kept], worst[kept] = np.log(base[better]), size[better]
            slope = pairs[better] * (a / (part + base) * base)[better][:, None, :] / found[better][:, :, None]
            newton = np.linalg.solve(np.eye(groups) - slope, gap[better][..., None])[..., 0]
            part_of_newton[kept] = 1 / np.maximum(np.abs(newton).max(axis=-1) / _LONGEST, 1)
            step[kept], length[kept] = part_of_newton[kept, None] * newton, 1.0
            length[now[~better]] /= 4
            left = now[~(settled | stuck)]
            if not left.size:
                break
    return np.where((worst < 1e-8)[:, None], np.exp(x), np.nan)


def solve_dominant(couplings: Any, slack: Any, right: Any) -> Any:
    r"""x with (r_k + Σ_{j≠k}c_kj)x_k − Σ_{j≠k}c_kjx_j = b_k, all of it ≥ 0, without any subtraction (as Grassmann, Taksar &
    Heyman eliminate): full relative accuracy however near singular.

    couplings: c (…, K, K), whose diagonal is not looked at.  slack: r (…, K), the row sums.  right: b (…, K).
    Returns (…, K); inf or nan where the system is singular.

    >>> import numpy as np
    >>> (1e-30 * solve_dominant(np.ones((2, 2)), np.array([1e-30, 0.0]), np.array([1.0, 0.0]))).round(9).tolist()
    [1.0, 1.0]
    """
    couplings, slack, right = (np.array(v, float) for v in (couplings, slack, right))
    groups = slack.shape[-1]
    with np.errstate(all="ignore"):
        for k in range(groups - 1, 0, -1):
            row = couplings[..., k, :k]
            pivot = slack[..., k] + row.sum(axis=-1)
            share = couplings[..., :k, k] / np.where(pivot > 0, pivot, np.nan)[..., None]
            share = np.where(couplings[..., :k, k] > 0, share, 0.0)
            slack[..., :k] += share * slack[..., k, None]
            right[..., :k] += share * right[..., k, None]
            couplings[..., :k, :k] += share[..., None] * row[..., None, :]
        found = np.zeros_like(right)
        for k in range(groups):
            row = couplings[..., k, :k]
            numerator = right[..., k] + (row * found[..., :k]).sum(axis=-1)
            found[..., k] = np.where(numerator > 0, numerator / (slack[..., k] + row.sum(axis=-1)), 0.0)
    return found

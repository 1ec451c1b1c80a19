r"""Prediction error at other sample sizes by leave-one-out on the rows in hand, with no covariance plugged in.

Along a path of penalties λ the kernel matrix K = XXᵀ of N rows gives κ = 1/tr(K+λ)⁻¹, its degrees of freedom
df1 = N − λ/κ and df2 = N − (tr(K+λ)⁻¹)²/tr(K+λ)⁻², and the exact leave-one-out error E_N. At a given κ the error
depends on the sample size only through 1/(1 − df2/n), so a learner trained on n rows at the same κ has the error

    E_n = E_N·(1 − df2/N)/(1 − df2/n),    its ridge being κ(n − df1).

Nothing is estimated but what is measured, so that the dimension may be close to N or above it, where a plugged-in
covariance is too optimistic; and leave-one-out sees rows of high leverage, which generalised cross-validation does
not. The price: only those κ can be reached that N rows reach themselves, which bounds n if d > N.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from lintransfer.numerics.decomposition import decompose
from lintransfer.theory.linear.leave_one_out import transported

_PENALTIES = np.geomspace(1e4, 1e-10, 160)  # in units of the largest squared singular value
_STEP = _PENALTIES[1] / _PENALTIES[0]  # the path goes on where columns in unlike units make singular values smaller


class LeaveOneOutPath(NamedTuple):
    """Leave-one-out along a path of falling penalties: κ, df1, df2, each (j,); the rank of the design, and N rows.

    error: (1 + g, j), the mean squared leave-one-out error of all rows, and of all but each of g groups of rows.
    """

    kappa: np.ndarray
    df1: np.ndarray
    df2: np.ndarray
    error: np.ndarray
    rank: int
    rows: int


def leave_one_out_path(design: Any, labels: Any, groups: Any = ()) -> LeaveOneOutPath:
    """Leave-one-out errors of ridge regression of labels (N,) on a design (N, d), from zero weights.

    groups: arrays of row numbers, whose errors are left out in turn (the fits keep them).
    """
    design, labels = np.asarray(design, float), np.asarray(labels, float)
    rows = len(design)
    left, singular, _, _ = decompose(design)
    squares = singular**2
    penalty = _PENALTIES
    if len(squares):
        further = max(np.log(1e-4 * squares[0] / squares[-1]) / -np.log(_STEP), 0.0)
        penalty = squares[0] * np.append(penalty, penalty[-1] * _STEP ** np.arange(1.0, np.ceil(further) + 1))
    inverse = 1 / (squares[:, None] + penalty)
    idle = (rows - len(squares)) / penalty  # the zero eigenvalues of K
    trace, trace_squares = inverse.sum(0) + idle, (inverse**2).sum(0) + idle / penalty
    kept = squares[:, None] * inverse
    residual = labels[:, None] - left @ (kept * (left.T @ labels)[:, None])
    free = np.maximum(1 - left**2 @ kept, np.finfo(float).eps)  # one minus the leverage
    squared = (residual / free) ** 2
    total = squared.sum(0)
    without = [(total - squared[group].sum(0)) / (rows - len(group)) for group in groups]
    return LeaveOneOutPath(
        1 / trace,
        rows - penalty * trace,
        rows - trace**2 / trace_squares,
        np.stack([total / rows, *without]),
        len(squares),
        rows,
    )


def transported_error(path: LeaveOneOutPath, n: Any, ridge: Any = "optimal") -> tuple[np.ndarray, np.ndarray]:
    """Prediction errors (1 + g, k) at the sample sizes n (k,), and the ridges (k,) behind them.

    ridge: a number ≥ 0, or "optimal".  Errors are `nan` where N rows do not tell (a κ below all that they reach, in at
    least N dimensions), and `inf` without ridge at n = rank.
    """
    sizes = np.asarray(n, dtype=float)
    ridges = path.kappa * (sizes[:, None] - path.df1)  # falls along the path
    if isinstance(ridge, str):
        error = np.where(ridges > 0, _at(path, sizes[:, None], slice(None))[0], np.inf)
        position = error.argmin(1).astype(float)
    else:
        position = np.array([np.interp(-ridge, -row, np.arange(len(row))) for row in ridges])
    last = len(path.kappa) - 1
    errors = _at(path, sizes, position)
    at_end = (position >= last) & (path.rank >= path.rows)
    errors = np.where(at_end, np.nan, errors)
    used = ridges[np.arange(len(sizes)), np.rint(position).astype(int)] if isinstance(ridge, str) else ridge + 0 * sizes
    if not isinstance(ridge, str) and ridge == 0:
        errors = np.where(sizes == path.rank, np.inf, errors)
    return errors, np.where(at_end, np.nan, used)


def _at(path: LeaveOneOutPath, n: np.ndarray, position: Any) -> np.ndarray:
    """Errors at size n at a position along the path: interpolated between its points, or at all of them."""
    steady = np.log(np.maximum(path.error * (1 - path.df2 / path.rows), np.finfo(float).tiny))
    df2 = path.df2
    if not isinstance(position, slice):
        nodes = np.arange(len(df2))
        steady = np.array([np.interp(position, nodes, line) for line in steady])
        df2 = np.interp(position, nodes, df2)
    else:
        steady = steady[:, None, :]
    with np.errstate(over="ignore"):
        return transported(np.exp(steady), df2, np.inf, n)

r"""Where gradient flow on a diagonal linear network β = v_+w_+ − v_−w_− ends.

Each pair conserves w² − v², and w ± v grow as e^{±θ} with one θ = Xᵀν for both pairs. With S_d the scale of coordinate d,

.. math:: \beta_d = \tfrac12 S_d \sinh\left(2(X^\top\nu)_d + \operatorname{asinh}(2\beta_d(0)/S_d)\right), \qquad X\beta = y.

From β(0) = 0 the scale is √k_d = 2(w_d² + g²), and β is the interpolator that minimises Σ_d q_{k_d}(β_d).
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from scipy.linalg import cho_factor, cho_solve, solve_triangular

from lintransfer.arithmetic import absolute, asinh, sqrt
from lintransfer.errors import LinTransferError, refuse
from lintransfer.validation import real_array

_STEPS = 300
_RESOLVED = 1e-15


def interpolation_cost(weight: Any, root_k: Any) -> Any:
    r"""What a coordinate costs: q_k(z), between z²/(2√k) (k → ∞) and ½|z| ln(1/√k) (k → 0).

    .. math:: q_k(z) = \frac{\sqrt k}4\left[1 - \sqrt{1+u^2} + u \operatorname{asinh} u\right], \quad u = 2z/\sqrt k

    weight: z.  root_k: √k > 0. Its slope is ½ asinh(2z/√k).

    >>> print(f"{interpolation_cost(1.0, 2.0):.9f} {interpolation_cost(1.0, 2e4):.4e}")
    0.233580012 2.5000e-05
    """
    u = 2 * weight / root_k
    return root_k / 4 * (u * asinh(u) - u * u / (1 + sqrt(1 + u * u)))


def hidden_scale(first: Any, head: Any) -> Any:
    """√k = 2(w² + g²) of a coordinate whose two pairs start alike, at w in the first layer and g in the head.

    >>> hidden_scale(1.0, 0.5)
    2.5
    """
    return 2 * (first * first + head * head)


def unequal_scale(first_plus: Any, first_minus: Any, head: Any) -> Any:
    r"""S of a coordinate whose pairs start at w_+ and w_−, both under the head g; it then starts at β(0) = g(w_+ − w_−).

    .. math:: S^2 = \left[(w_++g)^2 + (w_--g)^2\right]\left[(w_+-g)^2 + (w_-+g)^2\right]

    >>> unequal_scale(1.0, 1.0, 0.5), unequal_scale(1.0, 0.0, 1.0)
    (np.float64(2.5), np.float64(2.23606797749979))
    """
    up = (first_plus + head) ** 2 + (first_minus - head) ** 2
    down = (first_plus - head) ** 2 + (first_minus + head) ** 2
    return sqrt(up * down)


def diagonal_end_point(X: Any, y: Any, root_k: Any, start: Any = 0.0) -> np.ndarray:
    r"""The end of gradient flow, :math:`\beta = \frac12 S\sinh(2X^\top\nu + \operatorname{asinh}(2\beta_0/S))` with Xβ = y.

    X: (n, d).  y: (n,); what X cannot fit is left, as least squares leaves it.  root_k: S > 0 per coordinate (d,), √k where
    the pairs start alike.  start: β_0 (d,). Damped Newton on ν, whose steps a generalised self-concordant dual allows
    without a search, until Xβ = y to 1e-15 of the largest weight (or as near as doubles come, 1e-10 at worst). A coordinate
    that X does not see stays where it was. Exact, NumPy only; tried for k between 1e-12 and 1e12, mixed or not.
    Raises `DomainError` if shapes do not match or a scale is not positive, `LinTransferError` if Newton's method does not arrive.

    >>> diagonal_end_point(np.array([[1.0, 1.0]]), np.array([3.0]), np.array([2.0, 4.0])).round(12)
    array([1., 2.])
    """
    design, labels = real_array("X", X, (2,)).astype(float), real_array("y", y, (1,)).astype(float)
    dim = design.shape[1]
    if len(labels) != len(design):
        refuse("y", f"one label for each of the {len(design)} rows of X", got=f"shape {labels.shape}")
    scale = np.broadcast_to(np.asarray(root_k, float), (dim,))
    begin = np.broadcast_to(np.asarray(start, float), (dim,))
    if not (np.isfinite(scale).all() and (scale > 0).all()):
        refuse("root_k", "positive numbers, one per column of X", root_k)
    if not design.any():
        return begin.copy()
    rows, fit = seen_rows(design, labels)
    if len(rows) == dim:
        return rows.T @ fit
    return _interpolate(rows, fit, scale, begin)


def bregman_cost(weight: Any, start: Any, imbalance: Any) -> Any:
    r"""What moving a coordinate from b_0 to b costs, D(b, b_0) of the potential ½[b asinh(b/|μ|) − √(b² + μ²)].

    .. math:: \tfrac12\left[b\left(\operatorname{asinh}\tfrac b{|\mu|} - \operatorname{asinh}\tfrac{b_0}{|\mu|}\right)
        - \sqrt{b^2+\mu^2} + \sqrt{b_0^2+\mu^2}\right]

    As μ → 0, keeping the sign costs ½[|b| ln|b/b_0| − |b| + |b_0|], flipping it ln(1/|μ|)|b| + O(1), leaving zero half that.
    weight: b.  start: b_0.  imbalance: μ ≠ 0, half of u² − v².

    >>> print(f"{bregman_cost(1.0, 2.0, 0.5):.9f} {bregman_cost(2.0, 2.0, 0.5):.9f}")
    0.146220876 0.000000000
    """
    mu = absolute(imbalance)
    far, near = sqrt(weight * weight + mu * mu), sqrt(start * start + mu * mu)
    turned = asinh(weight / mu) - asinh(start / mu)
    return (weight * turned - (weight - start) * (weight + start) / (far + near)) / 2


def product_end_point(X: Any, y: Any, imbalance: Any, start: Any) -> np.ndarray:
    r"""The end of gradient flow on β = u·v from β_0: the interpolator nearest to β_0 in Σ_d D(β_d, β_{0,d}) of `bregman_cost`.

    .. math:: \beta = |\mu|\sinh\left(2X^\top\nu + \operatorname{asinh}(\beta_0/|\mu|)\right), \qquad u^2 - v^2 = 2\mu

    X: (n, d).  y: (n,).  imbalance: μ (d,), no 0.  start: β_0 = u_0v_0 (d,). Exact; errors as `diagonal_end_point`.

    >>> product_end_point(np.array([[1.0, 1.0]]), np.array([3.0]), np.array([1.0, -2.0]), np.zeros(2)).round(12)
    array([1., 2.])
    """
    return diagonal_end_point(X, y, 2 * np.abs(np.asarray(imbalance, float)), start)


def seen_rows(design: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows V (r, d), orthonormal or nearly so, and m (r,) such that Vβ = m is what least squares asks of β.

    By Cholesky's factor of XXᵀ where it makes the rows orthonormal to 1e-9, for a tenth of the work of singular values.
    """
    quick = _by_cholesky(design, labels) if len(design) <= design.shape[1] else None
    if quick is not None:
        return quick
    left, values, rows = np.linalg.svd(design, full_matrices=False)
    alive = values > max(design.shape) * np.finfo(float).eps * values[:1]
    return rows[alive], (left.T @ labels)[alive] / values[alive]


def _by_cholesky(design: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray] | None:
    size = float(np.abs(design).max())
    if not 1e-100 < size < 1e100:
        return None
    try:
        factor = np.linalg.cholesky(design @ design.T)
    except np.linalg.LinAlgError:
        return None
    rows = solve_triangular(factor, design, lower=True, check_finite=False)
    off = rows @ rows.T - np.eye(len(rows))
    return (
        (rows, solve_triangular(factor, labels, lower=True, check_finite=False)) if np.abs(off).max() < 1e-9 else None
    )


def _interpolate(rows: np.ndarray, fit: np.ndarray, scale: np.ndarray, begin: np.ndarray) -> np.ndarray:
    unit = max(float(np.abs(fit).max()), float(np.abs(begin).max())) or 1.0
    problem = rows, fit / unit, scale / unit, begin / unit
    for solve, enough in ((_by_squares, 10 * _RESOLVED), (_by_rows, 1e-10)):  # squares lose what scales far apart need
        try:
            with np.errstate(all="ignore"):
                best, miss = _newton(*problem, solve)
        except (np.linalg.LinAlgError, ValueError):  # singular, or no longer finite
            continue
        if miss <= enough:
            return best * unit
    raise LinTransferError("the end point could not be found: the design is close to singular for these scales")


def _newton(
    rows: np.ndarray, fit: np.ndarray, scale: np.ndarray, begin: np.ndarray, solve: Any
) -> tuple[np.ndarray, float]:
    """β and what it misses of the fit, relative to its largest weight (or that of the fit)."""
    angle, best, least, still = np.arcsinh(2 * begin / scale), begin, math.inf, 0
    for _ in range(_STEPS):
        weights = 0.5 * scale * np.sinh(angle)
        miss = fit - rows @ weights
        size = float(np.abs(miss).max()) / max(1.0, float(np.abs(weights).max()))
        if not size < math.inf:
            break
        still = still + 1 if size >= least else 0
        if size < least:
            least, best = size, weights
        if size <= _RESOLVED or (still > 20 and least < 1e-11):
            break
        step = 2 * (rows.T @ solve(rows, np.hypot(scale, 2 * weights), miss))
        far = float(np.abs(step).max())
        angle = angle + step * (np.log1p(far) / far if far > 1e-3 else 1.0)
    return best, least


def _by_squares(rows: np.ndarray, stiffness: np.ndarray, miss: np.ndarray) -> np.ndarray:
    """(V D Vᵀ)⁻¹ miss by Cholesky."""
    weighted = rows * np.sqrt(stiffness)
    found: np.ndarray = cho_solve(cho_factor(weighted @ weighted.T, lower=True), miss)
    return found


def _by_rows(rows: np.ndarray, stiffness: np.ndarray, miss: np.ndarray) -> np.ndarray:
    """The same by the singular values of V D^½, which are not squared."""
    left, values, _ = np.linalg.svd(rows * np.sqrt(stiffness), full_matrices=False)
    found: np.ndarray = left @ ((left.T @ miss) / values**2)
    return found

r"""Gradient flow stopped early, isotropic inputs in the proportional limit, through the Marchenko–Pastur law.

With aspect a = d/n, XᵀX/n has the continuous spectrum √((x₊−x)(x−x₋))/(2πax) on x± = (1±√a)², of mass min(1, 1/a). In
x = x₋ + 4√a/(1+e^(−2v)) the law is (2/π) sech³(v)/x dv, and the trapezoidal rule in v converges exponentially at one
rate for every aspect and time: the two small scales, x₋ (when n ≈ d) and 1/T, are only shifts in v. (Gauss–Chebyshev
nodes would have to resolve both.)
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

import jax
import numpy as np

from lintransfer.arithmetic import (
    exp,
    expm1,
    kind_of,
    log,
    log1p,
    maximum,
    minimum,
    per_mode,
    ratio_where,
    sqrt,
    total,
    where,
)
from lintransfer.numerics.brackets import bracketed_root
from lintransfer.numerics.entries import kind_of_entries
from lintransfer.theory.linear.proportional import proportional_ridge_risk

_COUNT = 600
_BLOCK = 1 << 9  # sizes at once
_TAIL = 13.5  # the integrand falls by e^(−3·13.5) = 3·10⁻¹⁸ over this length, or three times it where x₋ ≪ x
_SLACK = 1e-9  # widens the bracket of log T*, which closes as d/n vanishes


def spectral_average(function: Callable[[Any, Any], Any], n: Any, dim: Any, scale: Any) -> Any:
    r"""∫ f(x, x − x₋) dμ(x), μ the continuous part of the Marchenko–Pastur law of aspect d/n.

    function: of x and its distance from the lower edge, (…, nodes) each, smooth on the scale x₋ + `scale` and above.
    n, dim: > 0, (…,).  scale: (…,).  Returns (…,), to 1e-13 (mpmath: to its precision).

    >>> one = spectral_average(lambda x, above: 1 + 0 * x, np.array([10.0, 40.0]), 20.0, np.inf)
    >>> one.round(12).tolist()
    [0.5, 1.0]
    """
    kind = kind_of(n, dim, scale)
    if kind in ("arb", "sympy"):
        raise TypeError(f"a quadrature needs numbers, not {kind} values: floats, JAX or mpmath")
    exact = sys.modules["mpmath"].mp if kind == "mpmath" else None
    tail, pi = (_TAIL, np.pi) if exact is None else (exact.prec * exact.ln2 / 3 + 2, +exact.pi)
    edge = ((n - dim) / (sqrt(n) + sqrt(dim))) ** 2 / n
    reach = 4 * sqrt(dim / n)
    gap = log(minimum(maximum(edge / reach, 1e-200), 1)) / 2
    finest = maximum(gap, log(minimum(scale / reach, 1)) / 2)
    low = maximum((2 * gap + finest) / 3 - tail, finest - 3 * tail)
    if exact is None:
        grid = np.linspace(0.0, 1.0, _COUNT)
    else:
        count = int((tail - low) * (3 * tail) / 4.9)  # error e^(−4.93/step), from the strip |Im v| < π/4
        grid = np.array([exact.mpf(i) / (count - 1) for i in range(count)], dtype=object)
    if isinstance(low, jax.Array):
        low = jax.lax.stop_gradient(low)
    step = (tail - low) / (len(grid) - 1)
    growth = exp(per_mode(low) + per_mode(tail - low) * grid)
    square = growth * growth
    above = per_mode(reach) * square / (1 + square)
    x = per_mode(edge) + above
    return step * total(16 / pi * (growth / (1 + square)) ** 3 / x * function(x, above))


def _in_blocks(function: Callable[..., Any], *values: Any) -> Any:
    """An elementwise function on a block of its arguments at a time, so that the nodes of all do not have to fit into
    memory, and always on arrays, whose elementary functions NumPy may round differently from those of scalars."""
    if kind_of_entries(*values) != "numpy":
        return function(*values)
    arrays = np.broadcast_arrays(*(np.asarray(v, dtype=float) for v in values))
    flat = [array.reshape(-1) for array in arrays]
    found = np.empty(flat[0].shape)
    for start in range(0, len(found), _BLOCK):
        part = slice(start, start + _BLOCK)
        found[part] = function(*(array[part] for array in flat))
    return found.reshape(arrays[0].shape)[()]


def early_stopped_risk(n: Any, dim: Any, displacement_energy: Any, noise_variance: Any, time: Any) -> Any:
    r"""Limit risk of gradient flow w' = −Xᵀ(Xw − y)/n from w0, stopped at time T, Σ = I.

    .. math:: R = \|\delta\|^2 \Big[(1-1/a)_+ + \int e^{-2Tx} d\mu\Big]
        + \sigma^2 a \int \frac{(1-e^{-Tx})^2}{x} d\mu, \qquad a = d/n

    n ≥ 0, dim ≥ 1.  displacement_energy: ‖θ_T − w0‖².  noise_variance: σ² (kσ² for k outputs).  time: T ≥ 0 on the mean
    loss ‖y − Xw‖²/(2n); inf trains to convergence.  All broadcast to (…,).
    Returns the risk: ‖δ‖² at T = 0 or n = 0, `proportional_ridge_risk` without ridge at T = inf. Finite at n = d for
    every finite T, where it grows like √T.
    Error O(1/d). Source: Marchenko–Pastur law.

    >>> round(float(early_stopped_risk(50, 100, 1.0, 0.1, 0.5)), 6)
    0.649932
    """
    return _in_blocks(_early_stopped_risk, n, dim, displacement_energy, noise_variance, time)


def _early_stopped_risk(n: Any, dim: Any, displacement_energy: Any, noise_variance: Any, time: Any) -> Any:
    trained, stopped = n > 0, time < float("inf")
    some, moving = where(trained, n, dim), where(stopped, time, 1)
    scale = ratio_where(moving > 0, 1, moving, float("inf"))
    kept = spectral_average(lambda x, above: exp(-2 * per_mode(moving) * x), some, dim, scale)
    gain = spectral_average(lambda x, above: expm1(-per_mode(moving) * x) ** 2 / x, some, dim, scale)
    never = maximum(dim - some, 0) / dim
    flow = displacement_energy * (never + kept) + noise_variance * dim / some * gain
    last = proportional_ridge_risk(some, dim, displacement_energy, noise_variance, 0)
    return where(trained, where(stopped, flow, last), displacement_energy)


def stopping_slope(time: Any, n: Any, dim: Any, displacement_energy: Any, noise_variance: Any) -> Any:
    r"""e^{Tx₋}/2 times the derivative of the risk in T: σ²a∫e^{−Ty}(1−e^{−Tx})dμ − ‖δ‖²∫x e^{−T(x+y)}dμ, y = x − x₋.

    Arguments as in `early_stopped_risk`, 0 < T < ∞, n > 0. Its root in T is the best time to stop.
    Source: its row of the table (the risk above, differentiated).

    >>> bool(stopping_slope(0.1, 50, 100, 1.0, 0.1) < 0 < stopping_slope(10.0, 50, 100, 1.0, 0.1))
    True
    """
    clock = per_mode(time)
    heat = spectral_average(lambda x, above: -exp(-clock * above) * expm1(-clock * x), n, dim, 1 / time)
    cool = spectral_average(lambda x, above: x * exp(-clock * (x + above)), n, dim, 1 / time)
    return noise_variance * dim / n * heat - displacement_energy * cool


def optimal_stopping_time(n: Any, dim: Any, displacement_energy: Any, noise_variance: Any) -> Any:
    r"""The time T* at which `early_stopped_risk` is least; its root is bracketed by log(1+cx)/x at x = x₊ and x = x₋
    (c itself at x₋ = 0), c = n‖δ‖²/(dσ²), because for each x alone the risk would turn at that time.

    Arguments as in `early_stopped_risk`, noise_variance = 0 allowed: then T* = inf. T* = 0 if δ = 0 or n = 0.
    Returns T*, (…,), differentiable under JAX.
    Source: the rows that use it, with its bracket.

    >>> time = optimal_stopping_time(50, 100, 1.0, 0.1)
    >>> bool(early_stopped_risk(50, 100, 1.0, 0.1, time) < early_stopped_risk(50, 100, 1.0, 0.1, 1.01 * time))
    True
    """
    return _in_blocks(_optimal_stopping_time, n, dim, displacement_energy, noise_variance)


def _optimal_stopping_time(n: Any, dim: Any, displacement_energy: Any, noise_variance: Any) -> Any:
    signal = n * displacement_energy
    regular = (signal > 0) & (noise_variance > 0)
    some, noise = where(regular, n, dim), where(regular, noise_variance, 1)
    energy = where(regular, displacement_energy, 1)
    ratio, product = some * energy / (dim * noise), sqrt(dim / some)
    upper_edge = (1 + product) ** 2
    lower_edge = ((some - dim) / (sqrt(some) + sqrt(dim))) ** 2 / some
    early, late = (ratio_where(x > 0, log1p(ratio * x), x, ratio) for x in (upper_edge, lower_edge))
    root = bracketed_root(
        lambda x: stopping_slope(exp(x), some, dim, energy, noise), log(early) - _SLACK, log(late) + _SLACK
    )
    return where(regular, exp(root), where(signal > 0, float("inf"), 0))


def optimally_stopped_risk(n: Any, dim: Any, displacement_energy: Any, noise_variance: Any) -> Any:
    r"""The least risk of gradient flow over all stopping times, `early_stopped_risk` at `optimal_stopping_time`.

    Arguments and shapes as there. Between the tuned ridge, which it cannot beat in the limit, and the start ‖δ‖².
    Source: Marchenko–Pastur law.

    >>> from lintransfer.theory.linear.proportional import tuned_ridge_risk
    >>> bool(tuned_ridge_risk(50, 100, 1.0, 0.1) < optimally_stopped_risk(50, 100, 1.0, 0.1) < 1.0)
    True
    """
    time = optimal_stopping_time(n, dim, displacement_energy, noise_variance)
    return early_stopped_risk(n, dim, displacement_energy, noise_variance, time)

r"""Risk of diagonal linear networks on Gaussian data below n = d: one scalar fixed point over the coordinates.

In the limit d → ∞ at γ = n/d each coordinate is seen through Gaussian noise, h = b + ςξ, and keeps the proximal point of
its cost; the costs differ by what pretraining made of each.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.arithmetic import asinh, sinh, sqrt
from lintransfer.errors import refuse

_NODES = np.linspace(-8.5, 8.5, 341)
_WEIGHTS = np.exp(-(_NODES**2) / 2) / np.sum(np.exp(-(_NODES**2) / 2))
_NEWTON = 60


def proximal_input(weight: Any, root_k: Any, strength: Any) -> Any:
    r"""What a coordinate must be shown for its proximal point to be x: h = x + (ω/2) asinh(2x/√k).

    weight: x.  root_k: √k > 0.  strength: ω ≥ 0. x minimises (x − h)²/(2ω) + q_k(x).

    >>> print(f"{proximal_input(1.0, 2.0, 0.5):.9f}")
    1.220343397
    """
    return weight + strength / 2 * asinh(2 * weight / root_k)


def proximal_slope(weight: Any, root_k: Any, strength: Any) -> Any:
    """How the proximal point x follows what it is shown: 1/(1 + ω/√(k + 4x²)).

    Arguments as in `proximal_input`.

    >>> print(proximal_slope(1.5, 4.0, 5.0))
    0.5
    """
    return 1 / (1 + strength / sqrt(root_k * root_k + 4 * weight * weight))


def proximal_point(shown: Any, root_k: Any, strength: Any) -> np.ndarray:
    """x = argmin (x − h)²/(2ω) + q_k(x); NumPy only.

    shown: h.  root_k: √k > 0.  strength: ω ≥ 0.

    >>> round(float(proximal_point(proximal_input(1.0, 2.0, 0.5), 2.0, 0.5)), 12)
    1.0
    """
    return np.asarray(np.sign(shown) * root_k / 2 * np.sinh(_angle(np.abs(shown), root_k, strength)))


def _angle(size: Any, root_k: Any, strength: Any) -> Any:
    """u = asinh(2x/√k) ≥ 0 of the proximal point: (√k/2) sinh u + (ω/2)u = |h|, from the right, where Newton is monotone."""
    half = root_k / 2
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        u = np.minimum(np.arcsinh(size / half), 2 * size / strength if strength > 0 else np.inf)
    for _ in range(_NEWTON):
        step = (half * sinh(u) + strength / 2 * u - size) / (half * np.cosh(u) + strength / 2)
        u = np.maximum(u - step, 0.0)
        if np.all(np.abs(step) <= 1e-13 * (1 + u)):
            break
    return u


def diagonal_risk(n: Any, target: Any, root_k: Any, noise_variance: Any = 0.0) -> Any:
    r"""Excess risk of the interpolator of least cost, x ~ N(0, I), d → ∞ at γ = n/d < 1.

    .. math:: \varsigma^2 = \frac{E}{\gamma} + \frac{\sigma^2}n,\quad \overline{\eta'_{k}(b + \varsigma\xi)} = \gamma,
        \quad E = \overline{(\eta_k(b+\varsigma\xi) - b)^2},\quad R = dE

    n: samples, 0 ≤ n < d, a number or an array.  target: b (d,).  root_k: √k per coordinate (d,) > 0.  noise_variance: σ².
    The averages are over the coordinates, with their own b and k, and over ξ ~ N(0, 1); η_k is `proximal_point`, whose ω the
    second equation fixes. NumPy only; nan for n ≥ d. Asymptotic.

    >>> target = np.zeros(100); target[:5] = 1.0
    >>> [f"{diagonal_risk(40, target, np.full(100, k)):.4f}" for k in (1e6, 1.0, 1e-3)]
    ['3.0000', '2.8229', '0.0184']
    """
    b, root = np.asarray(target, float), np.asarray(root_k, float)
    if b.ndim != 1 or root.shape not in ((), b.shape):
        refuse("target", "a vector (d,), with one root_k for each coordinate", got=f"shapes {b.shape} and {root.shape}")
    pairs, counts = np.unique(np.stack([np.abs(b), np.broadcast_to(root, b.shape)]), axis=1, return_counts=True)
    sizes = np.asarray(n, float)
    given = pairs[0], pairs[1], counts / len(b), len(b), float(noise_variance)
    found = [_risk(float(size), *given) for size in sizes.ravel()]
    return np.reshape(found, sizes.shape)[()]


def _risk(n: float, b: np.ndarray, root_k: np.ndarray, share: np.ndarray, dim: int, noise: float) -> float:
    from scipy.optimize import brentq

    energy = float(share @ b**2)
    if n == 0 or not 0 < n < dim or (energy == 0 and noise == 0):
        return math.nan if n < 0 or n >= dim else energy * dim
    gamma, weights = n / dim, share[:, None] * _WEIGHTS

    def excess(log_error: float) -> float:
        """ln of what one step makes of an error per coordinate, over that error."""
        error = math.exp(log_error)
        spread = math.sqrt(error / gamma + noise / n)
        return math.log(max(_error(spread, gamma, b[:, None], root_k[:, None], weights), 1e-300)) - log_error

    high = math.log(energy + noise / n)
    while excess(high) > 0 and high < 600:
        high += 1.0
    low = high - 1.0
    floor = high - 90.0
    while excess(low) < 0:
        if low < floor:
            return 0.0  # the target is recovered
        low -= 2.0
    return dim * math.exp(brentq(excess, low, high, xtol=1e-12, rtol=1e-13))


def _error(spread: float, gamma: float, b: Any, root_k: Any, weights: Any) -> float:
    """E(η(h) − b)² at the ω for which η' is γ on average."""
    from scipy.optimize import brentq

    shown = b + spread * _NODES
    size, sign = np.abs(shown), np.sign(shown)

    def slope(log_strength: float) -> float:
        strength = math.exp(log_strength)
        u = _angle(size, root_k, strength)
        return float(np.sum(weights / (1 + strength / (root_k * np.cosh(u))))) - gamma

    middle = math.log(float(np.median(root_k)) + spread)
    low, high = middle - 1.0, middle + 1.0
    while slope(low) < 0:
        low -= 4.0
    while slope(high) > 0:
        high += 4.0
    strength = math.exp(brentq(slope, low, high, xtol=1e-12, rtol=1e-13))
    point = sign * root_k / 2 * sinh(_angle(size, root_k, strength))
    return float(np.sum(weights * (point - b) ** 2))

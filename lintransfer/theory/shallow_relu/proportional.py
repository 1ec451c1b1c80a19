r"""Learning curves of wide ReLU networks in the proportional limit n, d → ∞, n/d = γ, for linear teachers.

Degrees 2 and above are never resolved when n ≪ d²: they act as a ridge ζ = (K(1) − K(0) − K'(0))/K'(0) on linear
regression. Everything is written in y = μ_1/κ = 1/z, the root of γ = y/(1+y) + ζy: 0 at γ = 0, growing with γ.
Finite-d error O(1/d): use `learning_curves` below d ≈ 200.
"""

from __future__ import annotations

from typing import Any

import jax
import numpy as np

from lintransfer.arithmetic import kind_of, maximum, minimum, pi_of, sqrt, where
from lintransfer.errors import refuse
from lintransfer.numerics.brackets import bracketed_root
from lintransfer.theory.shallow_relu.kernels import layer_weights


def nonlinearity(first: Any, second: Any) -> Any:
    r"""Ridge ζ that the non-linear part of the kernel αK₁ + ωK₂ puts on linear regression.

    .. math:: \zeta = \frac{K(1) - K(0) - K'(0)}{K'(0)} = 1 - \frac{2\omega}{\pi(\alpha+\omega)}

    first, second: weights α, ω ≥ 0, not both 0.  1 if the first layer is trained, 1 − 2/π if the second, 1 − 1/π if
    both. Source: its row of the table (R4').

    >>> float(nonlinearity(1, 0)), round(float(nonlinearity(1, 1)), 6)
    (1.0, 0.68169)
    """
    return 1 - 2 * second / (pi_of(first, second) * (first + second))


def slope_at_zero(first: Any, second: Any) -> Any:
    """K'(0) = (α + ω)/4: the linear part of the kernel.

    >>> slope_at_zero(1, 1)
    0.5
    """
    return (first + second) / 4


def trained_nonlinearity(trained: Any = "both", ridge: Any = 0.0) -> Any:
    """ζ + λ_0/K'(0) for the layers that are trained, with an explicit ridge λ_0 on the kernel.

    >>> trained_nonlinearity("first", ridge=0.25)
    2.0
    """
    weights = layer_weights(trained)
    return nonlinearity(*weights) + ridge / slope_at_zero(*weights)


def learning_ratio(gamma: Any, nonlinearity: Any) -> Any:
    r"""y = μ_1/κ, the non-negative root of ζy² + (1+ζ−γ)y − γ = 0.

    gamma: n/d ≥ 0.  nonlinearity: ζ > 0.  Two forms of the root, each free of cancellation on its side of γ = 1 + ζ.

    >>> float(learning_ratio(2.0, 1.0))
    1.414213562373095
    """
    middle = 1 + nonlinearity - gamma
    root = sqrt(middle * middle + 4 * gamma * nonlinearity)
    few = middle >= 0
    return where(few, 2 * gamma / (where(few, middle, 0) + root), (root - middle) / (2 * nonlinearity))


def proportional_risk(gamma: Any, residual_energy: Any, noise_variance: Any, nonlinearity: Any) -> Any:
    r"""Excess risk of a wide ReLU network in the proportional limit.

    .. math:: R = \frac{e(\delta)\,[1/(1+y) + \zeta] + \sigma^2 y}{1 + \zeta(1+y)^2}, \qquad
              \gamma = \frac{y}{1+y} + \zeta y .

    gamma: n/d ≥ 0.  residual_energy: e(δ) = E(δ·x)², which is ‖δ‖²/d on the unit sphere.  noise_variance: σ².
    nonlinearity: ζ > 0 (`trained_nonlinearity`).  Returns the broadcast shape.
    Limits: e(δ) at γ = 0; e(δ)(1−γ) + σ²γ/(1−γ) as ζ → 0, γ < 1; e(δ)/γ² + σ²/γ as γ → ∞ with ζ = 1.
    Validity: ASYMPTOTIC, error O(1/d), n ≪ d².  Source: its row of the table (R4').

    >>> float(proportional_risk(0.0, 0.5, 1.0, 1.0)), round(float(proportional_risk(1.0, 1.0, 0.0, 1.0)), 6)
    (0.5, 0.447214)
    """
    y = learning_ratio(gamma, nonlinearity)
    return (residual_energy * (1 / (1 + y) + nonlinearity) + noise_variance * y) / (1 + nonlinearity * (1 + y) ** 2)


def sample_complexity_residual(unlearnt: Any, risk_ratio: Any, noise_ratio: Any, nonlinearity: Any) -> Any:
    r"""u³ + (ζ − ρ − ε)u² + ρu − εζ, zero where the proportional risk is ε e(δ).

    unlearnt: u = 1/(1+y), the fraction of the linear part that is not learnt.  risk_ratio: ε = R/e(δ).  noise_ratio:
    ρ = σ²/e(δ).  In z = 1/y this is the cubic (1+ζ)(1−ε)z³ + (ζ+ρ−ε(1+3ζ))z² + (ρ−3εζ)z − εζ.

    >>> sample_complexity_residual(1.0, 1.0, 0.5, 0.5)
    0.0
    """
    u, quadratic = unlearnt, nonlinearity - noise_ratio - risk_ratio
    return ((u + quadratic) * u + noise_ratio) * u - risk_ratio * nonlinearity


def proportional_sample_complexity(
    risk: Any, dim: Any, residual_energy: Any, noise_variance: Any, nonlinearity: Any
) -> Any:
    r"""Smallest n at which the proportional risk falls to a given value.

    .. math:: n = d\Bigl[\frac{y}{1+y} + \zeta y\Bigr], \qquad y = \frac{1-u}{u}, \quad
              u^3 + (\zeta-\rho-\varepsilon)u^2 + \rho u - \varepsilon\zeta = 0,

    with the largest root 0 < u < 1 and ε = R/e(δ), ρ = σ²/e(δ).
    risk: R > 0.  dim: d.  residual_energy: e(δ) > 0.  The rest as `proportional_risk`.  Returns a real number n ≥ 0:
    0 if risk ≥ e(δ), inf if risk = 0.  Source: the rows that use it (R4').

    >>> n = proportional_sample_complexity(0.25, 100, 1.0, 0.1, 1.0)
    >>> round(float(proportional_risk(n / 100, 1.0, 0.1, 1.0)), 12)
    0.25
    """
    if kind_of(risk) == "numpy" and not np.all(np.asarray(risk, dtype=float) >= 0):
        refuse("risk", "≥ 0", risk)
    ratio, noise_ratio = risk / residual_energy, noise_variance / residual_energy
    reachable = (ratio > 0) & (ratio < 1)
    epsilon = where(reachable, ratio, 0.5)
    y = _smallest_ratio(epsilon, noise_ratio, nonlinearity)
    n = dim * (y / (1 + y) + nonlinearity * y)
    return where(reachable, n, where(ratio >= 1, 0.0, float("inf")))


def _smallest_ratio(epsilon: Any, rho: Any, zeta: Any) -> Any:
    """y of the largest root u of the cubic in (0, 1): bracketed where the cubic is monotone, then Newton's method."""
    fixed = tuple(_constant(value) for value in (epsilon, rho, zeta))
    low, high = _monotone_bracket(*fixed)
    u = bracketed_root(lambda u: sample_complexity_residual(u, *fixed), low, high)
    # No change of sign: rounding hides that the cubic is positive at 1, and the root is there.
    u = where(u == u, u, 1.0)
    v = 1 - u
    # Newton in the smaller of u and v = 1 − u, so that y = v/u keeps its relative accuracy at both ends.
    linear, quadratic = 3 + 2 * zeta - rho - 2 * epsilon, 3 + zeta - rho - epsilon
    for _ in range(2):
        slope = (3 * u + 2 * (zeta - rho - epsilon)) * u + rho
        u = u - _safe_ratio(sample_complexity_residual(u, epsilon, rho, zeta), slope)
        value = (1 - epsilon) * (1 + zeta) - v * (linear - v * (quadratic - v))
        v = v - _safe_ratio(value, v * (2 * quadratic - 3 * v) - linear)
    early = v < 0.5
    return where(early, v / (1 - where(early, v, 0)), (1 - u) / where(early, 1, u))


def _monotone_bracket(epsilon: Any, rho: Any, zeta: Any) -> tuple[Any, Any]:
    """An interval on which the cubic increases through its largest root below 1.

    It is positive at 1, negative at 0, and falls only between its critical points a ≤ b: right of b if it is
    negative at b, else left of a.
    """
    shift = (rho + epsilon - zeta) / 3
    spread = shift * shift - rho / 3
    waves = spread > 0
    half = sqrt(where(waves, spread, 1))
    first, last = minimum(maximum(shift - half, 0), 1), minimum(maximum(shift + half, 0), 1)
    right = (sample_complexity_residual(last, epsilon, rho, zeta) <= 0) & (last < 1)
    return where(waves & right, last, 0.0 * shift), where(waves & (right == 0), first, 1.0 + 0.0 * shift)


def _constant(value: Any) -> Any:
    return jax.lax.stop_gradient(value) if isinstance(value, jax.Array) else value


def _safe_ratio(value: Any, slope: Any) -> Any:
    """value/slope; no step where the slope vanishes (at a fold, where two roots merge)."""
    return where(slope != 0, value / where(slope != 0, slope, 1), 0 * value)

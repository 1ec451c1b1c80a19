r"""How many noiseless target samples bring the risk down to ε (isotropic inputs, σ = 0).

Without noise the mean risk is (1 − n/d)‖δ‖², so the answer is one line; its quantiles follow the Beta law of the
energy that n random samples leave unseen.
"""

from __future__ import annotations

import math
import sys
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import scipy.special

from lintransfer.arithmetic import kind_of, maximum, ratio_where, where

_ROUNDING = 4 * np.finfo(float).eps  # relative to d: what d(1 − ε/‖δ‖²) may be off by


def noiseless_crossing(dim: Any, displacement_energy: Any, risk: Any) -> Any:
    r"""The real-valued n at which the mean noiseless risk passes ε.

    .. math:: n = d\left(1 - \varepsilon/\|\delta\|^2\right)_+

    dim: d.  displacement_energy: ‖δ‖² = ‖θ_T − w₀‖², t² for scratch.  risk: ε ≥ 0.
    Returns n, between 0 and d, not rounded; differentiable.  Exact, Σ = I, σ = 0.

    >>> float(noiseless_crossing(10, 2.0, 0.5))
    7.5
    """
    return dim * maximum(1 - ratio_where(displacement_energy > 0, risk, displacement_energy, 1), 0)


def noiseless_sample_complexity(dim: Any, displacement_energy: Any, risk: Any) -> Any:
    r"""Smallest whole n with mean risk (1 − n/d)‖δ‖² ≤ ε.

    .. math:: n(\varepsilon) = \left\lceil d\left(1 - \varepsilon/\|\delta\|^2\right)\right\rceil_+

    Arguments as in `noiseless_crossing`.
    Returns n (0 if the weights start within ε). A crossing within rounding of a whole number is that number: d = 10 and
    ε/‖δ‖² = 0.7 give 3. Exact fractions are never nudged.  Exact, Σ = I, σ = 0.

    >>> float(noiseless_sample_complexity(10, 1.0, 0.7))
    3.0
    """
    crossing = noiseless_crossing(dim, displacement_energy, risk)
    if isinstance(crossing, int | Fraction):
        return math.ceil(crossing)
    kind = kind_of(crossing)
    if kind == "jax":
        return jnp.maximum(jnp.ceil(crossing - _ROUNDING * dim), 0)
    if kind in ("sympy", "mpmath"):
        module = sys.modules[kind]
        return module.ceiling(crossing) if kind == "sympy" else module.ceil(crossing)
    if kind == "arb":
        return crossing.ceil()
    return np.maximum(np.ceil(crossing - _ROUNDING * dim), 0)


def noiseless_samples_saved(dim: Any, target_energy: Any, displacement_energy: Any, risk: Any) -> Any:
    r"""Samples that fine-tuning saves against scratch on the way to mean risk ε, before rounding.

    .. math:: d\left[(1-\varepsilon/t^2)_+ - (1-\varepsilon/\|\delta\|^2)_+\right]

    dim: d.  target_energy: t².  displacement_energy: ‖θ_T − θ_S‖².  risk: ε ≥ 0.
    Returns the number saved; negative if the source is farther from the target than zero is.  Exact, Σ = I, σ = 0.

    >>> float(noiseless_samples_saved(100, 1.0, 0.5, 0.25))
    25.0
    """
    return noiseless_crossing(dim, target_energy, risk) - noiseless_crossing(dim, displacement_energy, risk)


def noiseless_sample_quantile(dim: Any, displacement_energy: Any, risk: Any, probability: Any) -> Any:
    r"""Smallest whole n with which the noiseless risk is ≤ ε with at least the given probability.

    .. math:: P(R \le \varepsilon) = I_{\varepsilon/\|\delta\|^2}\left(\tfrac{d-n}2, \tfrac n2\right) \ge p

    dim: d.  displacement_energy: ‖δ‖².  risk: ε ≥ 0.  probability: p in [0, 1].
    Returns n, between 0 and d, by bisection over whole numbers (the probability grows with n).
    Exact law, Σ = I, σ = 0. Floats and JAX arrays only.

    >>> float(noiseless_sample_quantile(100, 1.0, 0.25, 0.5)), float(noiseless_sample_quantile(100, 1.0, 0.25, 0.99))
    (75.0, 88.0)
    """
    share = ratio_where(displacement_energy > 0, risk, displacement_energy, 1.0)
    dim, share, probability = (float(v) if isinstance(v, Fraction) else v for v in (dim, share, probability))
    kind = kind_of(dim, share, probability)
    betainc, xp = (jax.scipy.special.betainc, jnp) if kind == "jax" else (scipy.special.betainc, np)

    def suffices(n: Any) -> Any:
        inside = (n > 0) & (n < dim) & (share < 1)
        chance = betainc(where(inside, (dim - n) / 2, 1.0), where(inside, n / 2, 1.0), where(inside, share, 0.5))
        return where(inside, chance >= probability, (share >= 1) | (n >= dim) | (probability <= 0))

    def halve(bracket: tuple[Any, Any]) -> tuple[Any, Any]:
        low, high = bracket
        middle = xp.floor((low + high) / 2)
        enough = suffices(middle) & (middle > low)
        return where(enough, low, middle), where(enough, middle, high)

    zero = 0.0 * dim * share * probability
    bracket = zero - 1.0, zero + dim  # (low, high] closes on one whole number, as 2³² > 10⁹
    if kind == "jax":
        return jax.lax.fori_loop(0, 32, lambda _, ends: halve(ends), bracket)[1]
    for _ in range(32):
        bracket = halve(bracket)
    return bracket[1]

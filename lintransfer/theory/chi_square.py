"""Expectations over q ~ χ²_n that a ridge on one Gaussian feature needs, for every n ≥ 0 and 0 ≤ λ ≤ ∞.

With s = n/2, z = λ/2 and 1/(q+λ) = ∫₀^∞ e^(−(q+λ)t) dt, all of them are integrals of τʲ e^(−zτ) (1+τ)^(−s) over τ > 0:
Tricomi's function U. Floats and mpmath numbers take the integral over y = log(1+τ); symbols take the exponential
integral, balls take U itself.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any

from lintransfer.arithmetic import exp, expm1, kind_of, log1p, maximum, minimum, where
from lintransfer.theory.quadrature import elementwise, integrate, largest_exponent, negligible_exponent


@elementwise
def shrinkage(n: Any, ridge: Any) -> Any:
    r"""Mean shrinkage :math:`E[\lambda/(q+\lambda)]`, q ~ χ²_n, between 0 and 1.

    .. math:: z \int_0^\infty e^{-z\tau}(1+\tau)^{-n/2} d\tau = z\,e^{z} E_{n/2}(z), \qquad z = \lambda/2

    n: sample size ≥ 0.  ridge: λ between 0 and inf.
    Returns 0 at λ = 0 (but 1 if n = 0) and 1 at λ = inf; relative error 1e-12 in float64 for λ ≥ 1e-100.
    Source: Abramowitz & Stegun 5.1.4 for the exponential integral.

    >>> round(float(shrinkage(2, 1.0)), 12)  # ½ e^½ E₁(½)
    0.461455316242
    """
    return _guarded(n, ridge, lambda s, z: z * _moment(0, s, z), 1.0)


@elementwise
def squared_shrinkage(n: Any, ridge: Any) -> Any:
    r"""Mean squared shrinkage :math:`E[\lambda^2/(q+\lambda)^2]`, q ~ χ²_n, between 0 and 1.

    .. math:: z^2 \int_0^\infty \tau e^{-z\tau}(1+\tau)^{-n/2} d\tau, \qquad z = \lambda/2

    Arguments, limits and accuracy as in `shrinkage`.

    >>> float(squared_shrinkage(0, 3.0)), float(squared_shrinkage(5, 0.0))
    (1.0, 0.0)
    """
    return _guarded(n, ridge, lambda s, z: z * _moment(1, s, z, scaled=True), 1.0)


@elementwise
def noise_gain(n: Any, ridge: Any) -> Any:
    r"""Mean :math:`E[q/(q+\lambda)^2]`, q ~ χ²_n: how much of the noise variance a ridge head lets through.

    .. math:: \frac n4 \int_0^\infty \tau e^{-z\tau}(1+\tau)^{-n/2-1} d\tau, \qquad z = \lambda/2

    Arguments and accuracy as in `shrinkage`. At λ = 0: 1/(n−2) for n > 2, inf for 0 < n ≤ 2, 0 for n = 0. At λ = inf: 0.

    >>> round(float(noise_gain(7, 0.0)), 12), float(noise_gain(2, 0.0))
    (0.2, inf)
    """
    gain = _guarded(n, ridge, lambda s, z: s / 2 * _moment(1, s + 1, z), 0.0)
    return where((ridge <= 0) & (n > 0) & (n <= 2), math.inf, gain)


def _guarded(n: Any, ridge: Any, expectation: Callable[[Any, Any], Any], at_infinity: float) -> Any:
    """The expectation, or its value for λ = ∞, which it also has at n = 0: there q = 0 for every λ > 0."""
    inside = (ridge < math.inf) & (n > 0)
    value = expectation(where(inside, n, 2) / 2, where(inside, ridge, 2) / 2)
    return where(inside, value, at_infinity)


def _moment(power: int, s: Any, z: Any, scaled: bool = False) -> Any:
    """∫₀^∞ τ^power e^(−zτ) (1+τ)^(−s) dτ for power 0 or 1, that is U(power + 1, power + 2 − s, z); z times it if scaled.

    The factor z is taken inside, where it meets τ: z² would underflow before the integral could make up for it.
    """
    kind = kind_of(s, z)
    if kind in ("sympy", "arb"):
        return (z if scaled else 1) * _tricomi(kind, power, s, z)
    rate = s - power - 1  # of decay in y, as long as zτ ≪ 1
    # The derivative in z decays more slowly, by one power of τ, and must not be cut off either.
    size = negligible_exponent(s, z)
    decay = where(rate > 0, size / where(rate > 0, maximum(rate - 1, rate / 10), 1), largest_exponent(z))
    drop = where(z > 0, log1p(size / maximum(z, 1e-300)), math.inf)

    def integrand(y: Any, rate: Any, z: Any) -> Any:
        tau = expm1(minimum(y, largest_exponent(y)))
        start = z * tau if scaled else -expm1(-y) if power else 1
        return start * exp(-rate * y - z * tau)

    return integrate(integrand, minimum(drop, decay), rate + 1 if scaled else rate, z)


def _tricomi(kind: str, power: int, s: Any, z: Any) -> Any:
    if kind == "arb":
        ball = sys.modules["flint"].arb
        return ball(z).hypgeom_u(power + 1, power + 2 - ball(s))
    expint = sys.modules["sympy"].expint
    return exp(z) * (expint(s, z) if power == 0 else expint(s - 1, z) - expint(s, z))

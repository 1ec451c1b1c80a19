r"""How well a source fitted to finitely many samples points along its teacher (isotropic inputs).

With m = min(n_S, d), g = |d − n_S| + 1 and relative noise ρ = σ_S²/s², the squared cosine A of the fit with θ_S is a
mixture of Beta laws whose mean is hypergeometric,

.. math:: E A = \frac{1+(m-1)G}{d}, \quad 1 - E A = \frac{d-m+(m-1)F}{d}, \quad
    F = 1 - G = {}_2F_1\left(\tfrac g2, 1; \tfrac d2+1; -\tfrac1\rho\right).

Both F and G are integrated with positive integrands, so that neither loses digits where it is small.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable
from typing import Any

from lintransfer.arithmetic import absolute, exp, expm1, kind_of, log1p, maximum, minimum, ratio_where, where
from lintransfer.numerics.quadrature import elementwise, integrate, largest_exponent, negligible_exponent


@elementwise
def source_cosine_squared(n_source: Any, dim: Any, relative_noise: Any) -> Any:
    r"""Mean squared cosine E A between the min-norm (or least-squares) fit of a source set and its teacher, Σ = I.

    n_source: n_S ≥ 1.  dim: d ≥ 1.  relative_noise: ρ = σ_S²/s², label noise over squared teacher norm, 0 to inf.
    Returns E A: min(n_S/d, 1) at ρ = 0, 1/d at ρ = inf; 0 at n_S = 0, where the fit vanishes.
    Exact for every n_S and d. Source: its row of the table. The limit at fixed n_S/d is `source_cosine_squared_limit`.

    >>> round(float(source_cosine_squared(4, 8, 0.0)), 12), round(float(source_cosine_squared(1, 8, 0.3)), 12)
    (0.5, 0.125)
    >>> round(float(source_cosine_squared(8, 8, 0.3)), 6)
    0.297837
    """
    found = (1 + (minimum(n_source, dim) - 1) * _gain(absolute(dim - n_source) + 1, dim, relative_noise)) / dim
    return where(n_source > 0, found, 0.0)


@elementwise
def source_misalignment(n_source: Any, dim: Any, relative_noise: Any) -> Any:
    r"""1 − E A, the mean squared sine between the fit of a source set and its teacher, without cancellation.

    Arguments as in `source_cosine_squared`. Exact. Source: the rows that use it.

    >>> round(float(source_misalignment(4, 8, 0.0)), 12)
    0.5
    """
    rank = minimum(n_source, dim)
    missing = dim - rank + (rank - 1) * _loss(absolute(dim - n_source) + 1, dim, relative_noise)
    return where(n_source > 0, missing / dim, 1.0)


def source_cosine_squared_limit(gamma_source: Any, relative_noise: Any) -> Any:
    r"""Limit of E A for n_S, d → ∞ at γ_S = n_S/d.

    .. math:: \min(\gamma_S, 1)\,\frac{|1-\gamma_S|}{|1-\gamma_S|+\rho}

    gamma_source: γ_S > 0.  relative_noise: ρ = σ_S²/s².  At γ_S = 1 the feature is destroyed (0) unless ρ = 0 (1).
    Asymptotic, error O(1/d) away from γ_S = 1, O(d^(−1/2)) at it. Source: its row of the table.

    >>> float(source_cosine_squared_limit(0.5, 0.5)), float(source_cosine_squared_limit(2.0, 1.0))
    (0.25, 0.5)
    """
    distance = absolute(1 - gamma_source)
    return minimum(gamma_source, 1) * ratio_where(distance + relative_noise > 0, distance, distance + relative_noise, 1)


def _loss(degrees: Any, dim: Any, noise: Any) -> Any:
    """F = (d/2) ∫₀¹ (1−t)^(d/2−1) (1+t/ρ)^(−g/2) dt, taken over w = log(1 + t/ρ)."""
    return _hypergeometric(degrees, dim, noise, 0, _loss_integral, at_infinity=1.0)


def _gain(degrees: Any, dim: Any, noise: Any) -> Any:
    """G = 1 − F = (g/2ρ) ∫₀¹ (1−t)^(d/2) (1+t/ρ)^(−g/2−1) dt, taken over w = log(1 + t/ρ)."""
    return _hypergeometric(degrees, dim, noise, 1, _gain_integral, at_infinity=0.0)


def _hypergeometric(
    degrees: Any, dim: Any, noise: Any, raised: int, integral: Callable[..., Any], at_infinity: float
) -> Any:
    if kind_of(degrees, dim, noise) in ("sympy", "arb"):
        noisy = noise > 0
        value = _gauss_function(degrees, dim, where(noisy, noise, 1), raised)
        return where(noisy, value, 1 - at_infinity)
    inside = noise < math.inf
    return where(inside, integral(degrees, dim, where(inside, noise, 1)), at_infinity)


def _gauss_function(degrees: Any, dim: Any, noise: Any, raised: int) -> Any:
    if kind_of(degrees, dim, noise) == "sympy":
        loss = sys.modules["sympy"].hyper((degrees / 2, 1), (dim / 2 + 1,), -1 / noise)
        return 1 - loss if raised else loss
    ball = sys.modules["flint"].arb
    function = (-1 / ball(noise)).hypgeom_2f1(ball(degrees) / 2 + raised, 1, ball(dim) / 2 + 1 + raised)
    return function * degrees / (noise * (dim + 2)) if raised else function


def _reach(rate: Any, dim: Any, noise: Any) -> Any:
    """Where e^(−rate·w) (1−t)^(d/2−1), or its derivative in ρ, has become negligible; at most where t = 1."""
    size = negligible_exponent(rate, dim, noise)
    latest = minimum(1, ratio_where(dim > 2, 2 * size, dim - 2, 1))
    decay = where(rate > 0, size / where(rate > 0, maximum(rate - 1, rate / 10), 1), largest_exponent(noise))
    return minimum(log1p(latest / maximum(noise, 1e-150)), decay)


def _remaining(w: Any, power: Any, noise: Any) -> Any:
    """(1−t)^power, t = ρ(e^w − 1)."""
    return exp(power * log1p(-minimum(noise * expm1(minimum(w, largest_exponent(w))), 1 - 1e-16)))


def _loss_integral(degrees: Any, dim: Any, noise: Any) -> Any:
    rate = degrees / 2 - 1

    def integrand(part: Any, reach: Any, rate: Any, dim: Any, noise: Any) -> Any:
        w = reach * part
        return reach * _remaining(w, dim / 2 - 1, noise) * exp(-rate * w)

    # At d = 2 the integrand does not vanish at its end, so the end must carry its derivative: it is a parameter here.
    return dim * noise / 2 * integrate(integrand, 1.0, _reach(rate, dim, noise), rate, dim, noise)


def _gain_integral(degrees: Any, dim: Any, noise: Any) -> Any:
    rate = degrees / 2

    def integrand(w: Any, rate: Any, dim: Any, noise: Any) -> Any:
        return rate * _remaining(w, dim / 2, noise) * exp(-rate * w)

    return integrate(integrand, _reach(rate, dim, noise), rate, dim, noise)

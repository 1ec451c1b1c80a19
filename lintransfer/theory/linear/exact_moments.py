r"""Exact noiseless mean risk for any covariance, at n = 1 and at n = d − 1.

At these two sample sizes the projector off the row space of X is that of one Gaussian vector, so that its
moments are ratios of quadratic forms. With 1/z² = ∫₀^∞ x e^(−zx) dx they are one-dimensional integrals, with
nothing asymptotic about them: the measure of how far the deterministic equivalents are off at small d.

Both integrals are taken in t = log x by the trapezoidal rule, which converges geometrically because the
integrand is analytic in a strip of half-width π/2 at least and decays exponentially at both ends. All terms
are positive.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lintransfer.arithmetic import exp, kind_of, log, log1p, total

_BLOCK = 1 << 19  # numbers in one array of the integrand
_NODES = 512  # of the float64 rule: a step of 0.25 across a condition number of 1e30


def one_sample_risk(eigenvalues: Any, multiplicities: Any, displacement: Any) -> Any:
    r"""Mean excess risk of the minimum-norm fit to one noiseless sample, for any covariance.

    .. math:: E R = \int_0^\infty x\,\Phi \sum_i \|\delta_i\|^2 \Big[ \lambda_i \Big( \Big(\sum_{k \ne i} a_k\Big)^2
        + 2\sum_{k \ne i} a_k^2 \Big) + a_i \sum_{k \ne i} \lambda_k a_k \Big] dx, \quad
        a_i = \frac{\lambda_i}{1+2x\lambda_i}, \quad \Phi = \prod_j (1+2x\lambda_j)^{-1/2}

    over eigenvalues counted with multiplicity: E[λ_i(1−p_i)² + p_i Σ_{k≠i} λ_k p_k] with p_i the share of
    x_i² in ‖x‖².
    eigenvalues: λ ≥ 0, (m,), equal eigenvalues may be merged.  multiplicities: (m,), how many of each.
    displacement: ‖δ‖² within each eigenspace, (m,), δ = θ_T − w₀.
    Returns E R, a scalar; 0 if Σ has rank 1 (or 0).  Exact, n = 1, σ = 0, any d. Relative accuracy 1e-11 for
    condition numbers up to 1e30; for mpmath, two thirds of the working digits. Symbols and balls raise
    `TypeError`: the integral is numerical.
    Source: its row of the table.

    >>> round(float(one_sample_risk([1.0], [4], [2.0])), 12)  # isotropic: (1 − 1/d)‖δ‖²
    1.5
    """
    value, count, energy = _modes(eigenvalues, multiplicities, displacement)

    def integrand(x: Any) -> Any:
        z = 2 * x[:, None] * value
        a = value / (1 + z)
        first, second, third = (_others(count, power) for power in (a, a * a, value * a))
        inner = total(energy * (value * (first * first + 2 * second) + a * third))
        return exp(-total(count * log1p(z)) / 2) * inner

    return _integral_of_x_times(integrand, value, count)


def codimension_one_risk(eigenvalues: Any, multiplicities: Any, displacement: Any) -> Any:
    r"""Mean excess risk of the minimum-norm fit to n = d − 1 noiseless samples, for any covariance.

    .. math:: E R = \int_0^\infty x\,\Phi \sum_i \frac{\|\delta_i\|^2}{\lambda_i} q_i \Big(\sum_k q_k + 2q_i\Big) dx,
        \quad q_i = \frac{1}{1+2x/\lambda_i}, \quad \Phi = \prod_j q_j^{1/2}

    over eigenvalues counted with multiplicity: all of the error lies along the one direction Σ^{-1/2}g, g
    Gaussian, that the samples leave out.
    eigenvalues, multiplicities, displacement: as in `one_sample_risk`. Zero eigenvalues carry no risk
    and do not count in d: n = rank Σ − 1.
    Returns E R, a scalar.  Exact, σ = 0 (with noise the mean is infinite). Accuracy as in `one_sample_risk`.
    Source: its row of the table.

    >>> round(float(codimension_one_risk([1.0], [4], [2.0])), 12)  # isotropic: (1 − n/d)‖δ‖²
    0.5
    """
    value, count, energy = _modes(eigenvalues, multiplicities, displacement)
    weight = energy / value

    def integrand(x: Any) -> Any:
        z = 2 * x[:, None] / value
        q = 1 / (1 + z)
        inner = total(weight * q * (total(count * q)[:, None] + 2 * q))
        return exp(-total(count * log1p(z)) / 2) * inner

    # In units of 1/λ: the integrand is one of eigenvalues 1/λ.
    return _integral_of_x_times(integrand, 1 / value, count)


def _others(count: Any, values: Any) -> Any:
    """Σ_{k≠i} over eigenvalues with multiplicity, for every i, by sums from both ends: nothing is subtracted."""
    weighted = count * values
    xp = jnp if isinstance(weighted, jax.Array) else np
    nothing = 0 * weighted[..., :1]
    before = xp.cumsum(xp.concatenate((nothing, weighted[..., :-1]), axis=-1), axis=-1)
    after = xp.cumsum(xp.concatenate((nothing, weighted[..., :0:-1]), axis=-1), axis=-1)[..., ::-1]
    return before + after + (count - 1) * values


def _modes(eigenvalues: Any, multiplicities: Any, displacement: Any) -> tuple[Any, Any, Any]:
    """The three arrays in one arithmetic; zero eigenvalues are masked, they neither count nor carry risk."""
    given = (eigenvalues, multiplicities, displacement)
    if any(isinstance(v, jax.Array) for v in given):
        value, count, energy = (jnp.asarray(v, jnp.result_type(float)) for v in given)
        alive = value > 0
        return jnp.where(alive, value, 1), jnp.where(alive, count, 0), jnp.where(alive, energy, 0)
    arrays = [np.atleast_1d(np.asarray(v)) for v in given]
    kind = kind_of(*(v for array in arrays for v in array.ravel()[:1].tolist()))
    if kind in ("sympy", "arb"):
        raise TypeError(f"this integral is evaluated numerically: it has no value in {kind}")
    if kind == "mpmath":
        mpf = sys.modules["mpmath"].mpf
        arrays = [np.frompyfunc(_as_mpmath(mpf), 1, 1)(array) for array in arrays]
    else:
        arrays = [array.astype(float) for array in arrays]
    spectrum, number, squares = np.broadcast_arrays(*arrays)
    kept = spectrum > 0
    if not kept.any():
        return spectrum[:1] * 0 + 1, number[:1] * 0, squares[:1] * 0
    return spectrum[kept], number[kept], squares[kept]


def _as_mpmath(mpf: Any) -> Callable[[Any], Any]:
    def convert(v: Any) -> Any:
        return mpf(v.numerator) / v.denominator if isinstance(v, Fraction) else mpf(v)

    return convert


def _integral_of_x_times(integrand: Callable[[Any], Any], value: Any, count: Any) -> Any:
    """∫₀^∞ x f(x) dx for f that is constant below 1/Σλ and loses x^(−2−d/2) beyond the largest 1/λ.

    Below, e^(2t) is left out from where it is negligible; above, e^(−td/2).
    """
    rank, trace = total(count), total(count * value)
    grid: Any = np.linspace(0, 1, _NODES)
    digits: Any = 38.0  # e^(−38) does not count
    if isinstance(value, jax.Array):
        count, value, rank, trace = (jax.lax.stop_gradient(v) for v in (count, value, rank, trace))
        smallest = jnp.min(jnp.where(count > 0, value, jnp.inf))
        low, high = log(jnp.where(rank > 0, trace, 1)), log(jnp.where(rank > 0, smallest, 1))
        rank, grid = jnp.maximum(rank, 1), jnp.asarray(grid)
    else:
        low, high = log(trace if rank > 0 else 1 + 0 * trace), log(value.min())
        rank = max(rank, 1)
        if value.dtype == object:
            mp = sys.modules["mpmath"].mp
            digits = mp.prec * 0.47 + 4  # two thirds of the precision: the number of nodes grows with its square
            step = mp.pi**2 / (digits + 8)
            nodes = int((low - high + digits / 2 + 2 * digits / rank) / step) + 2
            grid = np.array([mp.mpf(i) / (nodes - 1) for i in range(nodes)])
    start, stop = -low - digits / 2 - 1, -high + 2 * digits / rank
    x = exp(start + (stop - start) * grid)
    pieces = 1 if isinstance(x, jax.Array) else 1 + len(grid) * len(value) // _BLOCK
    parts = [x] if pieces == 1 else np.array_split(x, pieces)
    return sum(total(part * part * integrand(part)) for part in parts) * (stop - start) / (len(grid) - 1)

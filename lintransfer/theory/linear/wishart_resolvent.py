r"""Means over the eigenvalues of W = ZᵀZ, Z n × r standard normal, that a ridge on r Gaussian features needs.

The density of one eigenvalue is known at every size. With m = min(n, r), a = |n − r| and the functions

    g_k(x) = √(k!/Γ(k+a+1)) x^((a−1)/2) e^(−x/2) L_k^(a)(x),    ∫ x g_j g_k dx = δ_jk,

it is (unitary ensemble of m − 1 eigenvalues, plus the correction for real entries)

    ρ(x) = x Σ_{k ≤ m−2} g_k² − ½ √((m−1)(m−1+a)) g_{m−1} ε g_{m−2} + [m odd] g_{m−1}/∫g_{m−1},

where (ε g)(x) = ½ ∫ sign(x−y) g(y) dy: Adler, Forrester, Nagao & van Moerbeke, J. Stat. Phys. 99 (2000) 141, in the
normalisation of this file. In s = √x everything is smooth, so Gauss–Legendre panels are enough; near s = 0 they shrink
geometrically, so that every λ ≥ 1e-100 is resolved by the same nodes. Nodes depend on n and r alone: one set serves all
λ, and derivatives in λ are derivatives of a sum. Sizes must be known numbers; λ may be traced.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import scipy.special

from lintransfer.arithmetic import (
    array_namespace,
    exp,
    kind_of,
    log,
    maximum,
    per_mode,
    ratio_where,
    sqrt,
    total,
    where,
)
from lintransfer.numerics.quadrature import elementwise

LARGEST_COUNT = 200  # of eigenvalues: beyond, the first functions underflow
LARGEST_SIZE = 10**6  # of the other side of Z: beyond, the incomplete gamma function loses digits
_SMALLEST = 1e-50  # √λ down to which the nodes resolve 1/(x + λ)


def is_known(n: Any, n_features: Any) -> Any:
    """Whether the functions of this module speak at these sizes: whole, min(n, r) ≤ 200, max(n, r) ≤ 10⁶.

    >>> bool(is_known(300, 200)), bool(is_known(300, 201))
    (True, False)
    """
    whole = (n % 1 == 0) & (n_features % 1 == 0) & (n >= 0) & (n_features >= 1)
    largest = np.maximum(n, n_features)
    return whole & (n + n_features - largest <= LARGEST_COUNT) & (largest <= LARGEST_SIZE)


@elementwise
def mean_shrinkage(n: Any, n_features: Any, ridge: Any) -> Any:
    r"""Mean shrinkage :math:`\frac1r E\,\mathrm{tr}\,\lambda(W+\lambda)^{-1}`, W = ZᵀZ of n samples of r features.

    n, n_features: whole numbers n ≥ 0 and r ≥ 1, known (not traced).  ridge: λ between 0 and inf.
    Returns a number between 1 − n/r and 1: 1 at n = 0 or λ = inf, (1 − n/r)₊ at λ = 0; nan if min(n, r) > 200 or
    max(n, r) > 10⁶. Relative error 1e-11 in float64 for λ ≥ 1e-100. r = 1: `chi_square.shrinkage`.
    Source: density of one eigenvalue, Adler, Forrester, Nagao & van Moerbeke 2000.

    >>> round(float(mean_shrinkage(3, 2, 1.0)), 12)
    0.40416438796
    """
    return _per_feature(n, n_features, ridge, lambda x, z: z / (x + z))


@elementwise
def mean_squared_shrinkage(n: Any, n_features: Any, ridge: Any) -> Any:
    r"""Mean squared shrinkage :math:`\frac1r E\,\mathrm{tr}\,\lambda^2(W+\lambda)^{-2}`, between 1 − n/r and 1.

    Arguments, limits and accuracy as in `mean_shrinkage`.

    >>> float(mean_squared_shrinkage(0, 4, 3.0)), float(mean_squared_shrinkage(3, 4, 0.0))
    (1.0, 0.25)
    """
    return _per_feature(n, n_features, ridge, lambda x, z: (z / (x + z)) ** 2)


@elementwise
def total_noise_gain(n: Any, n_features: Any, ridge: Any) -> Any:
    r""":math:`E\,\mathrm{tr}\,W(W+\lambda)^{-2}`: how much of the noise variance a ridge head on r features lets through.

    Arguments and accuracy as in `mean_shrinkage`. Returns min(n, r)/(|n−r|−1) at λ = 0, inf there if |n−r| ≤ 1 and
    n ≥ 1; 0 at n = 0 or λ = inf.

    >>> round(float(total_noise_gain(7, 2, 0.0)), 12), float(total_noise_gain(2, 3, 0.0))
    (0.5, inf)
    """
    finite = (ridge > 0) | (n == 0) | (abs(n - n_features) > 1)
    inside = (ridge >= 0) & (ridge < np.inf) & (n > 0) & finite
    value = _spectral_sum(lambda x, z: x / (x + z) / (x + z), n, n_features, where(inside, ridge, 1))
    return where(inside, value, where(finite, 0.0, np.inf))


@elementwise
def resolvent_trace(n: Any, n_features: Any, ridge: Any) -> Any:
    r""":math:`E\,\mathrm{tr}(W+\lambda)^{-1}` over all r dimensions, W = ZᵀZ of n samples of r standard normal features.

    Arguments and accuracy as in `mean_shrinkage`, λ > 0; r/λ at n = 0. For n < r: that of n dimensions plus (r − n)/λ.

    >>> round(float(resolvent_trace(3, 2, 1.0)), 12), float(resolvent_trace(0, 3, 2.0))
    (0.808328775921, 1.5)
    """
    return ratio_where(ridge > 0, n_features * mean_shrinkage(n, n_features, ridge), ridge, np.inf)


def _per_feature(n: Any, n_features: Any, ridge: Any, kernel: Callable[..., Any]) -> Any:
    """1/r times the expected trace of kernel(W), which is 1 at λ = inf and 1 for each direction that no sample meets."""
    inside = (ridge >= 0) & (ridge < np.inf) & (n > 0)
    met = _spectral_sum(kernel, n, n_features, where(inside, ridge, 1))
    unmet = maximum(n_features - n, 0)
    return where(inside, (met + unmet) / n_features, 1.0)


def _spectral_sum(kernel: Callable[..., Any], n: Any, n_features: Any, ridge: Any) -> Any:
    """E Σ kernel(w_i, λ) over the min(n, r) eigenvalues that are not zero for want of samples."""
    kind = kind_of(n, n_features, ridge)
    if kind in ("sympy", "arb"):
        raise TypeError("means over Wishart eigenvalues are sums over nodes: neither symbols nor enclosures")
    if kind == "mpmath":
        mpmath = sys.modules["mpmath"]
        if not is_known(n, n_features) or n == 0:
            return mpmath.nan
        decade = int(mpmath.floor(mpmath.log10(ridge) / 2)) if ridge > 0 else 0
        spectrum = _exact_spectrum(int(n), int(n_features), decade, mpmath.mp.prec)
        return sum((p * kernel(x, ridge) for x, p in zip(*spectrum, strict=True)), mpmath.mpf(0))
    sizes, counts = np.broadcast_arrays(np.asarray(n, float), np.asarray(n_features, float))
    if sizes.ndim == 0:
        return _sum_at(kernel, sizes, counts, ridge)
    xp = array_namespace(ridge)
    shape = np.broadcast_shapes(sizes.shape, np.shape(ridge))
    sizes, counts = np.broadcast_to(sizes, shape), np.broadcast_to(counts, shape)
    ridges = xp.broadcast_to(xp.asarray(ridge), shape)
    entries = [_sum_at(kernel, sizes[i], counts[i], ridges[i]) for i in np.ndindex(shape)]
    return xp.stack([xp.asarray(entry) for entry in entries]).reshape(shape)


def _sum_at(kernel: Callable[..., Any], n: Any, n_features: Any, ridge: Any) -> Any:
    if not is_known(n, n_features) or n == 0:
        return ridge * 0 + np.nan
    spectrum = _float_spectrum(int(n), int(n_features))
    return total(spectrum.probability * kernel(spectrum.eigenvalue, per_mode(ridge)))


class MeanSpectrum(NamedTuple):
    """Nodes x and weights p, (j,), such that E Σ f(w_i) ≈ Σ_j p_j f(x_j) over the min(n, r) eigenvalues w_i."""

    eigenvalue: np.ndarray
    probability: np.ndarray


@lru_cache(maxsize=256)
def _float_spectrum(n: int, n_features: int) -> MeanSpectrum:
    return _mean_spectrum(n, n_features, float, _SMALLEST)


@lru_cache(maxsize=8)
def _exact_spectrum(n: int, n_features: int, decade: int, bits: int) -> MeanSpectrum:
    """In mpmath numbers at the working precision `bits`, for √λ ≥ 10^decade."""
    number = sys.modules["mpmath"].mpf
    return _mean_spectrum(n, n_features, number, number(10) ** decade)


def _mean_spectrum(n: int, n_features: int, number: Callable[[Any], Any], finest: Any) -> MeanSpectrum:
    """The density at nodes, in the arithmetic of `number`; `finest` is the length that the nodes near 0 resolve."""
    count, gap = min(n, n_features), abs(n - n_features)
    root, away, width = _nodes(count, gap, number, finest)
    # With dx = 2s ds the functions lose their root: here f_k = s g_k, and 2 f_k ds = g_k dx.
    functions = [_first_function(root, away, gap)]
    functions[0] = functions[0] / sqrt(np.sum(2 * width * root * functions[0] ** 2))
    for k in range(count - 1):
        before = functions[k - 1] * sqrt(number(k * (k + gap))) if k else 0
        along = (number(2 * k + 1) - _shifted(root, away, gap)) * functions[k]
        functions.append((along - before) / sqrt(number((k + 1) * (k + 1 + gap))))
    density = 2 * root * sum((f * f for f in functions[:-1]), 0 * root)
    if count > 1:
        scale = sqrt(number((count - 1) * (count - 1 + gap)))
        density = density - scale * functions[-1] * _signed_integral(functions, root, width, gap, number)
    if count % 2:
        density = density + functions[-1] / np.sum(width * functions[-1])
    return MeanSpectrum(root * root, width * density)


def _signed_integral(functions: list[Any], root: Any, width: Any, gap: int, number: Callable[[Any], Any]) -> Any:
    """ε g_{m−2}, by √((k+1)(k+1+a)) ε g_{k+1} = √(k(k+a)) ε g_{k−1} + 2x g_k, from ε g_0 or from 2x g_0."""
    first = len(functions) % 2
    if first:
        signed = 2 * root * functions[0] / sqrt(number(1 + gap))
    else:
        below = _gamma_probability(number(gap + 1) / 2, root * root / 2)
        signed = np.sum(2 * width * functions[0]) * (below - number(1) / 2)
    for k in range(first + 1, len(functions) - 2, 2):
        kept, scale = sqrt(number(k * (k + gap))), sqrt(number((k + 1) * (k + 1 + gap)))
        signed = (kept * signed + 2 * root * functions[k]) / scale
    return signed


def _first_function(root: Any, away: Any, gap: int) -> Any:
    """s^a e^(−s²/2) over its largest value, at s = √a + away: relative accuracy for any a."""
    if gap == 0:
        return exp(-root * root / 2)
    step = away / sqrt(0 * root + gap)
    near = abs(step) < 0.1
    z = where(near, step, 0 * step) / (2 + where(near, step, 0 * step))  # log(1 + y) = 2 artanh z, y − 2z = yz
    tail = sum((z ** (2 * k) / (2 * k + 3) for k in range(24)), 0 * z)
    close = -step * z + 2 * z**3 * tail
    far = log(where(near, 1 + 0 * step, root / sqrt(0 * root + gap))) - step
    return exp(gap * (where(near, close, far) - step * step / 2))


def _shifted(root: Any, away: Any, gap: int) -> Any:
    """x − a."""
    return away * (root + sqrt(0 * root + gap))


def _gamma_probability(shape: Any, x: Any) -> Any:
    """Regularised lower incomplete gamma function."""
    if kind_of(shape) != "mpmath":
        return scipy.special.gammainc(shape, x)
    lower = sys.modules["mpmath"].gammainc
    return np.frompyfunc(lambda value: lower(shape, 0, value, regularized=True), 1, 1)(x)


def _nodes(count: int, gap: int, number: Callable[[Any], Any], finest: Any) -> tuple[Any, Any, Any]:
    """s, s − √a and weights of composite Gauss–Legendre quadrature over all s that matter."""
    exact = number is not float
    order, margin = (56, 17) if exact else (16, 9)  # functions fall like e^(−δ²/2) beyond the edges √(m+a) ± √m
    middle, widest = sqrt(number(gap)), min(1.0, 4 / count**0.5)  # 4√m is their largest wave number, squared functions
    low = max(float(gap + count) ** 0.5 - count**0.5 - margin, 0.0)
    high = float(gap + count) ** 0.5 + count**0.5 + margin
    edges = [number(low)]
    if low == 0:
        steps = np.arange(int(np.ceil(2 * np.log10(float(widest / finest)))), 0, -1)
        edges += [number(10) ** (-number(int(k)) / 2) * widest for k in steps]
        edges.append(number(widest))
    panels = int(np.ceil((high - float(edges[-1])) / widest))
    edges += [edges[-1] + (number(high) - edges[-1]) * number(k) / panels for k in range(1, panels + 1)]
    points, weights = _legendre(order, sys.modules["mpmath"].mp.prec if exact else 0)
    grid = np.array(edges)
    half, centre = (grid[1:] - grid[:-1]) / 2, (grid[1:] + grid[:-1]) / 2
    root = (centre[:, None] + half[:, None] * points).ravel()
    from_middle = ((centre - middle)[:, None] + half[:, None] * points).ravel()
    return root, from_middle, (half[:, None] * weights).ravel()


@lru_cache(maxsize=8)
def _legendre(order: int, bits: int) -> tuple[np.ndarray, np.ndarray]:
    """Nodes and weights on (−1, 1): floats if bits is 0, else mpmath numbers at the working precision."""
    nodes, weights = np.polynomial.legendre.leggauss(order)
    if not bits:
        return nodes, weights
    mpf = sys.modules["mpmath"].mpf
    x = np.array([mpf(float(node)) for node in nodes], dtype=object)
    for _ in range(5):  # Newton: 16 digits double each time
        before, value = 0 * x + 1, x
        for k in range(1, order):
            before, value = value, ((2 * k + 1) * x * value - k * before) / (k + 1)
        slope = order * (x * value - before) / (x * x - 1)
        x = x - value / slope
    return x, 2 / ((1 - x * x) * slope * slope)

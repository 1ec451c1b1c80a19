r"""Exact finite-size risk of deep fine-tuning on isotropic inputs: six random numbers, or three and a quadrature.

The risk of one training sees the design only through the block of the projector P = X⁺X on the plane of the two
teachers, and the noise only through its length and one angle. So the law at any (n, d) is a deterministic map of six
independent scalars, and without noise its moments are three-dimensional Gauss–Jacobi integrals.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np
import scipy.linalg

from lintransfer.arithmetic import array_namespace, kind_of, maximum, sqrt, where
from lintransfer.errors import refuse
from lintransfer.theory.retention import retention_factor


class SeenBlock(NamedTuple):
    """The block of P on the plane of the teachers, in the basis (θ̂_S, its orthogonal in the plane)."""

    along: Any  # P_11 = ‖Pθ̂_S‖², Beta(n/2, (d−n)/2)
    cross: Any  # P_12
    aside: Any  # P_22


def seen_block(first: Any, second: Any, angle: Any) -> SeenBlock:
    r"""P_11 = first, P_12 = z√(P_11(1−P_11)(1−second)), P_22 = second + P_12²/P_11 = second + z²(1−P_11)(1−second).

    first ~ Beta(n/2, (d−n)/2).  second ~ Beta((n−1)/2, (d−n)/2), the Schur complement (0 for n = 1).  angle: z, the
    first coordinate of a uniform point on the sphere in R^{d−n} (±1 for n = d − 1).  All independent: the 2×2 block is
    matrix-Beta distributed, C^{−1/2}A C^{−1/2} with A ~ W_2(n), C − A ~ W_2(d−n) Wishart matrices.

    >>> seen_block(0.5, 0.0, 1.0)
    SeenBlock(along=0.5, cross=np.float64(0.5), aside=0.5)
    """
    spread = (1 - first) * (1 - second)
    return SeenBlock(first, angle * sqrt(first * spread), second + angle * angle * spread)


class RiskParts(NamedTuple):
    """What a training from these scalars ends in: its risk and retention, and the min-norm risk on the same set."""

    risk: Any
    retention: Any
    scratch: Any


def risk_from_scalars(
    depth: Any, source_energy: Any, cross_energy: Any, target_energy: Any, block: SeenBlock, noise_energy: Any = 0.0,
    noise_cosine: Any = 0.0,
) -> RiskParts:
    r"""Risk of deep fine-tuning as a function of the scalars that it depends on; n < d.

    R = ‖Q(θ_T − ρθ_S)‖² + V with ‖m‖² = ‖Pθ_T‖² + V + 2√(‖Pθ_T‖²V)x and A = ‖Qθ̂_S‖².
    depth: L ≥ 1, real, or inf.  source_energy, cross_energy, target_energy: s² > 0, stc, t².  block: `seen_block`.
    noise_energy: V = σ²χ²_n/χ²_{d−n+1}.  noise_cosine: x, first coordinate of a uniform point on S^{n−1}.
    Scratch is min-norm, ‖Qθ_T‖² + V. Given the design and the noise this is an identity; over the scalars' laws it is
    the exact law of the risk. Source: the rows that use it.

    >>> print(risk_from_scalars(1, 1.0, 1.0, 1.0, SeenBlock(0.5, 0.0, 0.5)).risk)  # identical tasks, linear network
    0.0
    """
    square = where(source_energy > 0, source_energy, 1)
    along = cross_energy / sqrt(square)
    height = target_energy - along * along
    aside = where(height > 0, sqrt(where(height > 0, height, 1)), 0)
    seen = along * along * block.along + 2 * along * aside * block.cross + aside * aside * block.aside
    seen = maximum(seen, 0)
    fit = seen + noise_energy + 2 * sqrt(seen) * sqrt(noise_energy) * noise_cosine
    rho = retention_factor(depth, 1 - block.along, maximum(fit, 0) / square, block.along)
    kept = along - rho * sqrt(square)  # of θ_T − ρθ_S along θ̂_S
    null = kept * kept * (1 - block.along) - 2 * kept * aside * block.cross + aside * aside * (1 - block.aside)
    return RiskParts(maximum(null, 0) + noise_energy, rho, target_energy - seen + noise_energy)


class DeepMoments(NamedTuple):
    """Mean and variance of the risk, and the mean of the transferability against min-norm scratch."""

    mean: Any
    variance: Any
    transferability: Any


def deep_risk_moments(
    n: int, dim: int, depth: Any, source_energy: Any, cross_energy: Any, target_energy: Any, nodes: int = 32
) -> DeepMoments:
    r"""Exact noiseless moments of the risk of deep fine-tuning, by quadrature over (P_11, Schur complement, z).

    n: samples ≥ 0; for n ≥ d the risk is 0 (d = 1, L > 1, c < 0: t², at the saddle).  dim: d ≥ 1.  depth: L ≥ 1, real,
    or inf (then the mean needs n ≥ 3 and the variance n ≥ 5: inf below, unless n = 0).  source_energy, cross_energy,
    target_energy: s² > 0, stc, t².  nodes: Gauss–Jacobi nodes per dimension. Relative error of the mean with 32
    (variance: ten times that): 1e-7 for L ≤ 3, 2e-5 for L = 10; L = ∞: 2e-3 for n = 3, 1e-4 for n ≤ 5, 1e-6 beyond;
    n ≥ 12: 1e-10. `quadrature_error` measures it at any point. The cost does not depend on n or d. Floats or JAX.
    Source: the rows that use it.

    >>> moments = deep_risk_moments(4, 10, 1, 1.0, 0.5, 1.0)
    >>> print(f"{moments.mean:.9f} {moments.variance:.9f}")  # L = 1: (1 − n/d)‖δ‖², a Beta variable
    0.600000000 0.040000000
    """
    if n != int(n) or n < 0:
        refuse("n", "a whole number ≥ 0", n)
    if dim != int(dim) or dim < 1:
        refuse("dim", "a whole number ≥ 1", dim)
    distance = source_energy - 2 * cross_energy + target_energy
    if n == 0 or n >= dim:
        stuck = where((dim == 1) & (depth > 1) & (cross_energy < 0), target_energy, 0 * distance)
        left = distance if n == 0 else stuck
        return DeepMoments(left, 0 * left, target_energy - left if n == 0 else -left)
    weights, block = _block_nodes(int(n), int(dim), int(nodes))
    given = (depth, source_energy, cross_energy, target_energy)
    if kind_of(*given) not in ("numpy", "jax"):
        raise TypeError("the quadrature runs in floating point: give floats or JAX values")
    xp = array_namespace(*given)
    depth, s2, stc, t2 = (xp.asarray(v, dtype=float)[..., None] for v in given)
    parts = risk_from_scalars(depth, s2, stc, t2, block)
    depth = depth[..., 0]
    mean = xp.sum(weights * parts.risk, axis=-1)
    variance = xp.sum(weights * (parts.risk - mean[..., None]) ** 2, axis=-1)
    gain = xp.sum(weights * (parts.scratch - parts.risk), axis=-1)
    endless = depth == math.inf
    mean = xp.where(endless & (n < 3), math.inf, mean)
    gain = xp.where(endless & (n < 3), -math.inf, gain)
    return DeepMoments(mean[()], xp.where(endless & (n < 5), math.inf, variance)[()], gain[()])


def deep_mean_risk(
    n: Any, dim: Any, depth: Any, source_energy: Any, cross_energy: Any, target_energy: Any
) -> Any:
    """Exact noiseless mean risk of deep fine-tuning, Σ = I: the first of `deep_risk_moments`, at each n (…,).

    >>> print(f"{deep_mean_risk(4, 10, 1, 1.0, 0.5, 1.0):.9f}")
    0.600000000
    """
    return _at_each(n, dim, depth, source_energy, cross_energy, target_energy, "mean")


def deep_risk_variance(
    n: Any, dim: Any, depth: Any, source_energy: Any, cross_energy: Any, target_energy: Any
) -> Any:
    """Exact noiseless variance of the risk of deep fine-tuning, Σ = I, at each n (…,).

    >>> print(f"{deep_risk_variance(4, 10, 1, 1.0, 0.5, 1.0):.9f}")
    0.040000000
    """
    return _at_each(n, dim, depth, source_energy, cross_energy, target_energy, "variance")


def deep_mean_transferability(
    n: Any, dim: Any, depth: Any, source_energy: Any, cross_energy: Any, target_energy: Any
) -> Any:
    """Exact noiseless mean transferability against min-norm scratch on the same data, Σ = I, at each n (…,).

    >>> print(f"{deep_mean_transferability(4, 10, 1, 1.0, 0.5, 1.0):.9f}")
    0.000000000
    """
    return _at_each(n, dim, depth, source_energy, cross_energy, target_energy, "transferability")


def _at_each(n: Any, dim: int, depth: Any, source: Any, cross: Any, target: Any, which: str) -> Any:
    if np.ndim(n) == 0:
        return getattr(deep_risk_moments(n, dim, depth, source, cross, target), which)
    sizes = np.asarray(n)
    found = [getattr(deep_risk_moments(k, dim, depth, source, cross, target), which) for k in sizes.ravel()]
    return np.asarray(found).reshape(sizes.shape)


def quadrature_error(
    n: int, dim: int, depth: Any, source_energy: Any, cross_energy: Any, target_energy: Any, nodes: int = 32
) -> Any:
    """Relative change of the mean risk from `nodes` to 3/2 as many: what `deep_risk_moments` may be off by.

    >>> bool(quadrature_error(6, 12, 2, 1.0, 0.6, 4.0) < 1e-10)
    True
    """
    coarse, fine = (
        deep_risk_moments(n, dim, depth, source_energy, cross_energy, target_energy, k).mean
        for k in (nodes, 3 * nodes // 2)
    )
    return abs(coarse - fine) / fine


@lru_cache(maxsize=64)
def _block_nodes(n: int, dim: int, nodes: int) -> tuple[np.ndarray, SeenBlock]:
    """Weights that sum to 1 and the block at every node of the product rule, each flattened."""
    missing = dim - n
    # Deep networks amplify P_11 → 0 up to ρ⁴ ~ P_11^{−2}: take that power out of the integrand, into the rule.
    power = min(2, (n - 1) // 2)
    points, chances = beta_rule(n / 2 - power, missing / 2, nodes)
    chances = chances * points**power
    first = points, chances / chances.sum()
    second = beta_rule((n - 1) / 2, missing / 2, nodes)
    half = beta_rule((missing - 1) / 2, (missing - 1) / 2, nodes)
    p, q, h = np.meshgrid(first[0], second[0], half[0], indexing="ij")
    weights = first[1][:, None, None] * second[1][None, :, None] * half[1][None, None, :]
    block = seen_block(p.ravel(), q.ravel(), 2 * h.ravel() - 1)
    return weights.ravel(), block


def beta_rule(a: float, b: float, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Gauss–Jacobi nodes and weights (probabilities) for a Beta(a, b) variable, exact to degree 2·nodes − 1.

    Golub and Welsch's eigenvalues, safe for a and b up to 10⁹. a = 0: the point 0; a = b = 0: a fair coin on {0, 1}.

    >>> points, weights = beta_rule(2.0, 3.0, 5)
    >>> print(f"{weights @ points:.12f}")
    0.400000000000
    """
    if a == 0:
        return (np.array([0.0, 1.0]), np.array([0.5, 0.5])) if b == 0 else (np.array([0.0]), np.array([1.0]))
    k = np.arange(nodes, dtype=float)
    size = a + b
    # Recurrence of the Jacobi polynomials of the weight x^{a−1}(1−x)^{b−1} on [0, 1].
    first = np.array([a / size])
    rest = 0.5 * (1 + (a - b) * (size - 2) / ((2 * k[1:] + size - 2) * (2 * k[1:] + size)))
    j = k[1:]
    top = j * (j + a - 1) * (j + b - 1) * (j + size - 2)
    bottom = (2 * j + size - 2) ** 2 * (2 * j + size - 1) * (2 * j + size - 3)
    # j = 1 has the factor (size − 1) above and below: cancel it, for it vanishes at size = 1.
    top[:1], bottom[:1] = a * b, size**2 * (size + 1)
    points, vectors = scipy.linalg.eigh_tridiagonal(np.concatenate([first, rest]), np.sqrt(top / bottom))
    weights = vectors[0] ** 2
    return np.clip(points, 0.0, 1.0), weights / weights.sum()

r"""Exact finite-size risk of deep fine-tuning on isotropic inputs: five random numbers and a quadrature.

The risk of one training sees the design only through the block of the projector P = X⁺X on the plane of the two
teachers, and the noise only through its length and one angle. So the law at any (n, d) is a deterministic map of five
independent scalars, and its moments are integrals over them: three without noise. The mean is the min-norm risk minus a
mean gain, which is a smaller integral (`lintransfer.theory.deep_linear.noisy_moments`).
"""

from __future__ import annotations

import math
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from lintransfer.arithmetic import array_namespace, kind_of, maximum, sqrt, where
from lintransfer.errors import refuse
from lintransfer.theory.deep_linear.nodes import graded_nodes, noisy_nodes, stacked_nodes
from lintransfer.theory.deep_linear.noisy_moments import noisy_gains, worst_of
from lintransfer.theory.deep_linear.retention import retention_factor, two_layer_retention
from lintransfer.theory.deep_linear.traced_means import traced_means
from lintransfer.theory.linear.isotropic import fine_tuning_transferability, min_norm_risk, min_norm_risk_variance
from lintransfer.validation import is_traced

_SMOOTH = (5, 8, 12, 18, 27, 40, 60)  # Gauss–Jacobi nodes per dimension, tried in turn
_GRADED = ((7, 12, 15), (10, 18, 22), (14, 27, 33), (20, 40, 48))  # then graded nodes in P_11, Schur complement and z
_NOISY = (4, 6, 8, 10, 13, 16)  # nodes per dimension for the variance under noise: five dimensions
_COARSER = 100  # times the tolerance without noise: where quadratures under noise stop
_AT_ONCE = 20_000  # values of the integrand held in memory
_SPREAD = 1e-4  # a variance below this share of the squared mean counts as that share in the error


_ROUNDING = 1e-14  # of cosines, by which parallel teachers are known


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
    depth: Any,
    source_energy: Any,
    cross_energy: Any,
    target_energy: Any,
    block: SeenBlock,
    noise_energy: Any = 0.0,
    noise_cosine: Any = 0.0,
) -> RiskParts:
    r"""Risk of deep fine-tuning as a function of the scalars that it depends on; n < d.

    R = ‖Q(θ_T − ρθ_S)‖² + V with ‖m‖² = ‖Pθ_T‖² + V + 2√(‖Pθ_T‖²V)x and A = ‖Qθ̂_S‖².
    depth: L ≥ 1, real, or inf.  source_energy, cross_energy, target_energy: s² > 0, stc, t².  block: `seen_block`.
    noise_energy: V = σ²χ²_n/χ²_{d−n+1}.  noise_cosine: x, first coordinate of a uniform point on S^{n−1}.
    Scratch is min-norm, ‖Qθ_T‖² + V. Given the design and the noise this is an identity; over the scalars' laws it is
    the exact law of the risk. Source: new.

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
    ratio = maximum(fit, 0) / square
    two_layers = isinstance(depth, int | float) and depth == 2  # closed form, several times as fast
    rho = (
        two_layer_retention(1 - block.along, ratio)
        if two_layers
        else retention_factor(depth, 1 - block.along, ratio, block.along)
    )
    kept = along - rho * sqrt(square)  # of θ_T − ρθ_S along θ̂_S
    null = kept * kept * (1 - block.along) - 2 * kept * aside * block.cross + aside * aside * (1 - block.aside)
    return RiskParts(maximum(null, 0) + noise_energy, rho, target_energy - seen + noise_energy)


class DeepMoments(NamedTuple):
    """Mean and variance of the risk, and the mean of the transferability against min-norm scratch.

    error: how much the last refinement of the quadrature changed them, the largest of: the mean, relative; the
    transferability, in units of the mean risk; the variance, relative (or relative to 1e-4 mean², if that is more).
    What is left is usually far less; with fixed nodes, few samples and great depth it may be a few times more.
    """

    mean: Any
    variance: Any
    transferability: Any
    error: Any


def deep_risk_moments(
    n: Any,
    dim: int,
    depth: Any,
    source_energy: Any,
    cross_energy: Any,
    target_energy: Any,
    noise_variance: Any = 0.0,
    nodes: int | None = None,
    tolerance: float = 1e-8,
) -> DeepMoments:
    r"""Exact moments of the risk of deep fine-tuning, by quadrature over (P_11, Schur complement, z), and (V, x) of noise.

    n: samples ≥ 0; n ≥ d is least squares (d = 1, L > 1: the saddle stops c < 0, at t², and noise: nan).  dim: d ≥ 1.
    depth: L ≥ 1, real, or inf (then the mean needs n ≥ 3 and the variance n ≥ 5: inf below, unless n = 0, or σ = 0 and
    the teachers are parallel).  source_energy, cross_energy, target_energy: s² > 0, stc, t².  noise_variance: σ²; if
    positive, the mean is inf at n = d − 1 and the variance from n = d − 3 on.  All but dim broadcast; one n at all
    energies shares its nodes.
    tolerance: the quadrature is refined until `error` is below it. Gauss–Jacobi rules come first, which converge fast
    unless n is small or L large; then one that is graded towards P_11 = 0, where depth amplifies the source, and Pθ_T =
    0, where ρ has a kink. The finest (10⁶ nodes, seconds) is taken as it is: read `error`. The true error is usually
    several digits below it.  nodes: this many Gauss–Jacobi nodes per dimension instead, no refinement; JAX values get
    32 of them (10 with noise). The cost does not depend on n or d. Floats or JAX.
    With noise the mean is the min-norm risk minus a gain refined to 100 tolerance, and the variance a product rule in five
    dimensions, of up to 10⁶ nodes: where it matters read `error`, which is largest near n = d.
    Source: new.

    >>> moments = deep_risk_moments(4, 10, 1, 1.0, 0.5, 1.0)
    >>> print(f"{moments.mean:.9f} {moments.variance:.9f}")  # L = 1: (1 − n/d)‖δ‖², a Beta variable
    0.600000000 0.040000000
    >>> bool(deep_risk_moments(3, 100, math.inf, 4.0, 1.8, 1.0).error < 1e-7)  # few samples, endless depth
    True
    """
    sizes = np.asarray(n, dtype=float)
    if np.any((sizes != np.round(sizes)) | (sizes < 0)):
        refuse("n", "a whole number ≥ 0", n)
    if dim != int(dim) or dim < 1:
        refuse("dim", "a whole number ≥ 1", dim)
    given = (depth, source_energy, cross_energy, target_energy, noise_variance)
    kind = kind_of(*given)
    plain = sizes.ndim == 0 and (sizes == 0 or sizes >= dim)
    if kind not in ("numpy", "jax") and not plain:
        raise TypeError("the quadrature runs in floating point: give floats or JAX values")
    if plain or kind == "jax" or nodes is not None:
        if sizes.ndim:
            refuse("n", "one number with JAX values or given nodes", n)
        if plain:
            return _without_quadrature(int(n), dim, *given)
        return _fixed(int(n), int(dim), nodes, *given)
    return DeepMoments(*_pointwise(partial(_moments, tolerance=tolerance), dim, sizes, *given))


def deep_mean_risk(
    n: Any,
    dim: Any,
    depth: Any,
    source_energy: Any,
    cross_energy: Any,
    target_energy: Any,
    noise_variance: Any = 0.0,
) -> Any:
    """Exact mean risk of deep fine-tuning, Σ = I: the first of `deep_risk_moments`, whose arguments it takes, alone.

    With noise it costs milliseconds, and up to a second for the first few samples at great depth. Under `jax.jit` and
    `jax.vmap` the same numbers come from the host, with first derivatives in the energies to about 1e-5 (in σ² where
    σ > 0; where σ = 0 that of σ is 0).

    >>> print(f"{deep_mean_risk(4, 10, 1, 1.0, 0.5, 1.0):.9f} {deep_mean_risk(16, 40, 3, 1.0, 0.8, 1.0, 0.25):.6f}")
    0.600000000 0.445956
    """
    return _means(n, dim, depth, source_energy, cross_energy, target_energy, noise_variance, gains=False)[0]


def deep_risk_variance(
    n: Any,
    dim: Any,
    depth: Any,
    source_energy: Any,
    cross_energy: Any,
    target_energy: Any,
    noise_variance: Any = 0.0,
) -> Any:
    """Exact variance of the risk of deep fine-tuning, Σ = I; arguments as in `deep_risk_moments`.

    >>> print(f"{deep_risk_variance(4, 10, 1, 1.0, 0.5, 1.0):.9f}")
    0.040000000
    """
    return deep_risk_moments(n, dim, depth, source_energy, cross_energy, target_energy, noise_variance).variance


def deep_mean_transferability(
    n: Any,
    dim: Any,
    depth: Any,
    source_energy: Any,
    cross_energy: Any,
    target_energy: Any,
    noise_variance: Any = 0.0,
) -> Any:
    """Exact mean transferability against min-norm scratch on the same data; arguments as in `deep_risk_moments`.

    >>> print(f"{deep_mean_transferability(4, 10, 1, 1.0, 0.75, 1.0):.9f}")
    0.300000000
    """
    return _means(n, dim, depth, source_energy, cross_energy, target_energy, noise_variance)[1]


def _means(n: Any, dim: Any, *given: Any, gains: bool = True) -> tuple[Any, Any]:
    """Mean risk and transferability, without the variance; gains: also where the mean risk is infinite."""
    if is_traced(n, *given):
        return traced_means(partial(_plain_means, dim, gains), n, *given)
    if kind_of(n, *given) == "jax":
        found = _means(np.asarray(n), dim, *(np.asarray(v, dtype=float) for v in given), gains=gains)
        return array_namespace(n, *given).asarray(found[0]), array_namespace(n, *given).asarray(found[1])
    sizes = np.asarray(n, dtype=float)
    whole = np.all((sizes == np.round(sizes)) & (sizes >= 0))
    if kind_of(*given) == "numpy" and whole and dim == int(dim) >= 1:
        return _plain_means(int(dim), gains, 1, sizes, *given)
    moments = deep_risk_moments(n, dim, *given)
    return moments.mean, moments.transferability


def _plain_means(dim: int, gains: bool, alike: int, sizes: np.ndarray, *given: np.ndarray) -> tuple[Any, Any]:
    """Mean risk and transferability at arrays of plain numbers; alike: so many neighbours get one rule."""
    mean, _, gain, _ = _pointwise(partial(_moments, variance=False, gains=gains, alike=alike), dim, sizes, *given)
    return mean, gain


def _pointwise(moments: Any, dim: Any, sizes: np.ndarray, *given: Any) -> Any:
    flat = np.broadcast_arrays(sizes, *(np.asarray(v, dtype=float) for v in given))
    found = moments(int(dim), *(np.ravel(v) for v in flat))
    return (np.reshape(row, flat[0].shape)[()] for row in found)


def _moments(
    dim: int,
    sizes: np.ndarray,
    *given: np.ndarray,
    tolerance: float = 1e-8,
    variance: bool = True,
    gains: bool = True,
    alike: int = 1,
) -> np.ndarray:
    """Mean, variance, transferability and error at points given as arrays (points,).  alike: so many neighbours get one
    rule."""
    groups = np.arange(len(sizes)) // alike
    result = np.array(np.broadcast_arrays(*_without_quadrature(sizes, dim, *given)), dtype=float)
    inside = (sizes > 0) & (sizes < dim)
    quiet, noisy = np.flatnonzero(inside & (given[-1] == 0)), np.flatnonzero(inside & (given[-1] > 0))
    if len(quiet):
        result[:, quiet] = _refined(dim, tolerance, groups[quiet], sizes[quiet], *(v[quiet] for v in given))
    if len(noisy):
        noise_tolerance = _COARSER * tolerance
        result[:, noisy] = _noisy(
            dim, noise_tolerance, variance, gains, groups[noisy], sizes[noisy], *(v[noisy] for v in given)
        )
    return result


def _noisy(
    dim: int,
    tolerance: float,
    variance: bool,
    gains: bool,
    groups: np.ndarray,
    sizes: np.ndarray,
    *given: np.ndarray,
) -> np.ndarray:
    """The same with noise: E R = E(min-norm risk) − E T."""
    depth, source, cross, target, noise = given
    endless = _is_endless(sizes, 3, *given) | ((depth == math.inf) & (sizes == dim - 1))
    gain, error, spread = np.full(sizes.shape, -math.inf), np.zeros(sizes.shape), np.full(sizes.shape, math.inf)
    linear = depth == 1  # nothing to integrate
    gain[linear] = fine_tuning_transferability(sizes, dim, source, cross)[linear]
    some = ~endless & ~linear & (gains | (sizes < dim - 1))
    gain[some], error[some] = noisy_gains(groups[some], sizes[some], dim, tolerance, *(v[some] for v in given))
    mean = min_norm_risk(sizes, dim, target, noise) - gain
    if variance:
        for point in np.flatnonzero((sizes < dim - 3) & ~_is_endless(sizes, 5, *given)):
            spread[point], change = _noisy_variance(
                int(sizes[point]), dim, tolerance, *(float(v[point]) for v in given)
            )
            error[point] = max(error[point], change)
    return np.array([mean, spread, gain, error])


def _noisy_variance(n: int, dim: int, tolerance: float, *given: float) -> tuple[float, float]:
    before = math.inf
    for count in _NOISY:
        mean, now, _ = _weighted(*noisy_nodes(n, dim, count), *given)
        change = abs(now - before) / max(now, _SPREAD * mean * mean)
        if change <= tolerance:
            break
        before = now
    return float(now), float(change)


def _without_quadrature(
    n: Any, dim: int, depth: Any, source_energy: Any, cross_energy: Any, target_energy: Any, noise_variance: Any
) -> DeepMoments:
    """n = 0 or n ≥ d."""
    distance = source_energy - 2 * cross_energy + target_energy
    saddle = (dim == 1) & (depth > 1)
    stuck = where(
        saddle & (noise_variance > 0), math.nan, where(saddle & (cross_energy < 0), target_energy, 0 * distance)
    )
    left = where(n == 0, distance, stuck + min_norm_risk(n, dim, 0, noise_variance))
    spread = where(n == 0, 0 * distance, 0 * stuck + min_norm_risk_variance(n, dim, 0, noise_variance))
    return DeepMoments(left, spread, where(n == 0, target_energy - left, -stuck), 0 * distance)


def _fixed(n: int, dim: int, nodes: int | None, *given: Any) -> DeepMoments:
    """The Gauss–Jacobi rule of so many nodes, and its distance from the one of two thirds as many."""
    xp = array_namespace(*given)
    quiet = kind_of(given[-1]) == "numpy" and not np.any(given[-1])
    nodes = nodes if nodes is not None else 32 if quiet else 10
    given = tuple(xp.asarray(v, dtype=float) for v in given)
    counts = max(2, 2 * nodes // 3), nodes
    if quiet:
        rules = [(*(part[0] for part in stacked_nodes((n,), dim, k)), 0.0, 0.0) for k in counts]
    else:
        rules = [noisy_nodes(n, dim, k) for k in counts]
    coarse, fine = (_weighted(*rule, *given) for rule in rules)
    fine = _finite_or_not(n, dim, fine, *given)
    return DeepMoments(*(xp.asarray(v)[()] for v in (*fine, _distance(coarse, fine))))


def _refined(dim: int, tolerance: float, groups: Any, sizes: Any, *given: Any) -> tuple[np.ndarray, ...]:
    """The same without noise, 0 < n < d."""
    endless = _is_endless(sizes, 3, *given)
    result = np.zeros((4, len(sizes)))
    result[:, endless] = np.array([[math.inf], [math.inf], [-math.inf], [0.0]])
    left = np.flatnonzero(~endless)
    result[3, left] = math.inf
    before = np.full((3, len(sizes)), math.inf)
    rules = (*(partial(_smooth, nodes=k) for k in _SMOOTH), *(partial(_graded, counts=k) for k in _GRADED))
    for rule in rules:
        if not len(left):
            break
        now = np.array(_finite_or_not(sizes[left], dim, rule(sizes, dim, given, left), *(v[left] for v in given)))
        error = worst_of(groups[left], _distance(before[:, left], now))
        before[:, left] = now
        better = error < result[3, left]
        result[:, left[better]] = np.concatenate([now, error[None]])[:, better]
        left = left[~(result[3, left] <= tolerance)]
    return tuple(result)


def _smooth(sizes: Any, dim: int, given: Any, points: Any, nodes: int) -> Any:
    """The Gauss–Jacobi rule at these points, as many at once as memory is meant for."""
    unique, place = np.unique(sizes[points].astype(int), return_inverse=True)
    rules = stacked_nodes(tuple(unique.tolist()), dim, nodes)
    depths, two_layers = given[0], np.all(given[0] == 2)
    count = max(1, _AT_ONCE // rules[0].shape[1])
    parts = []
    for start in range(0, len(points), count):
        some, row = points[start : start + count], place[start : start + count]
        rule = rules if len(unique) == 1 else [part[row] for part in rules]
        depth = 2.0 if two_layers else depths[some]
        parts.append(_weighted(*rule, 0.0, 0.0, depth, *(v[some] for v in given[1:])))
    return np.concatenate(parts, axis=1)


def _graded(sizes: Any, dim: int, given: Any, points: Any, counts: tuple[int, int, int]) -> Any:
    """The graded rule, point by point."""
    columns = []
    for point in points:
        depth, source, cross, target, _ = (float(v[point]) for v in given)
        cosine = cross / math.sqrt(source * target) if target > 0 else 0.0
        rule = graded_nodes(int(sizes[point]), dim, min(1.0, max(-1.0, cosine)), counts)
        columns.append(_weighted(*rule, 0.0, 0.0, depth, source, cross, target, 0.0))
    return np.transpose(columns)


def _weighted(
    weights: Any, first: Any, second: Any, angle: Any, odds: Any, cosine: Any, *given: Any
) -> tuple[Any, Any, Any]:
    """Mean, variance and transferability by a rule whose nodes are the last axis; V = σ² odds."""
    depth, source, cross, target, noise = (v if isinstance(v, float) else v[..., None] for v in given)
    parts = risk_from_scalars(depth, source, cross, target, seen_block(first, second, angle), noise * odds, cosine)
    xp = array_namespace(*given)
    mean = xp.sum(weights * parts.risk, axis=-1)
    variance = xp.sum(weights * (parts.risk - mean[..., None]) ** 2, axis=-1)
    return mean, variance, xp.sum(weights * (parts.scratch - parts.risk), axis=-1)


def _finite_or_not(n: Any, dim: int, moments: Any, *given: Any) -> tuple[Any, Any, Any]:
    mean, variance, gain = moments
    endless, noisy = _is_endless(n, 3, *given), given[-1] > 0
    mean, gain = where(endless | (noisy & (n >= dim - 1)), math.inf, mean), where(endless, -math.inf, gain)
    return mean, where(_is_endless(n, 5, *given) | (noisy & (n >= dim - 3)), math.inf, variance), gain


def _is_endless(n: Any, least: int, depth: Any, source: Any, cross: Any, target: Any, noise: Any) -> Any:
    """Whether endless depth makes a moment infinite at so few samples: not for parallel teachers without noise, of which
    it keeps no more than the target set confirms."""
    parallel = (cross * cross >= (1 - _ROUNDING) * source * target) & (noise == 0)
    return (depth == math.inf) & (n < least) & (parallel == False)  # noqa: E712  (~ is not `not` on Python bools)


def _distance(coarse: Any, fine: Any) -> Any:
    """What `DeepMoments.error` is; infinite moments do not count."""
    mean, variance = fine[:2]
    scales = mean, maximum(variance, _SPREAD * mean * mean), mean
    total = 0 * where(mean < math.inf, mean, 0)
    for before, now, scale in zip(coarse, fine, scales, strict=True):
        counts = abs(now) < math.inf
        change = abs(before - where(counts, now, 0))
        total = maximum(total, where(counts & (change > 0), change / where(counts & (scale > 0), scale, 1), 0))
    return total

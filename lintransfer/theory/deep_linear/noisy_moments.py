r"""Mean of what deep fine-tuning gains on min-norm scratch under label noise: quadrature over five scalars, Σ = I.

Given the design and the noise, the gain is 2ρ θ_SᵀQθ_T − ρ² ‖Qθ_S‖², and ρ depends on P_11 and on
‖m‖² = a + V + 2√(aV)x alone, with a = ‖Pθ_T‖². So the plane of the teachers enters, at given P_11, through a and θ_SᵀQθ_T:
the mean over its two other scalars is a Gauss rule for a, condensed from a product rule by Lanczos' recurrence, with the
mean of θ_SᵀQθ_T beside each node. Left is a product over (P_11, a, V, x).

P_11 and V follow Gauss–Jacobi rules where their laws are narrow, and the trapezoidal rule in the log-odds where not.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import numpy as np

from lintransfer.numerics.beta_quadrature import logit_beta
from lintransfer.theory.deep_linear.nodes import beta_rule
from lintransfer.theory.deep_linear.retention import norm_ratio, retention_factor, two_layer_retention

# Gauss nodes in ‖Pθ_T‖² and x, and the fineness of odds, tried in turn: with many samples ‖Pθ_T‖² and x are narrow.
_FEW_SAMPLES = (4, 3), (6, 4), (9, 6), (13, 8), (19, 10), (28, 12)
_MANY_SAMPLES = (3, 4), (4, 6), (6, 8), (8, 10), (11, 12), (15, 15)
_STEP = 1.8  # of the trapezoidal rule, in widths of the law, times the root of the fineness
_FEW, _DEAR = 16, 3
_FINE, _LOWEST = 0.06, 44.0  # of the table of ln ρ: its step in ln ‖m‖², and how far it goes below the mean
_FORGOTTEN = 25.0  # e-foldings of the density, beside what the integrand grows by, at which the trapezoidal rule ends
_AT_ONCE = 40_000  # values of the integrand held in memory
_TINY = 1e-13  # of a recurrence that has ended, in units of its values

Rule = tuple[np.ndarray, np.ndarray]


def noisy_gains(
    groups: np.ndarray, sizes: np.ndarray, dim: int, tolerance: float, depth: np.ndarray, source: np.ndarray, cross: np.ndarray,
    target: np.ndarray, noise: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Mean gains at points (points,), and how much the last refinement changed them, in units of the scratch bias
    (1 − n/d)t² + σ²n/d plus the gain itself.

    groups: points of one group get one rule.  sizes: 1 ≤ n < d.  source, cross, target: s² > 0, stc, t².  noise: σ² > 0. L = ∞ needs n ≥ 3 and n ≤ d − 2.
    """
    gains, errors = np.full(sizes.shape, math.nan), np.full(sizes.shape, math.inf)
    unit = (1 - sizes / dim) * target + noise * sizes / dim
    left = np.arange(len(sizes))
    for level in range(len(_FEW_SAMPLES)):
        now = np.empty(len(left))
        for group in _alike(sizes[left], dim, depth[left], level):
            some = left[group]
            now[group] = _product(
                sizes[some], dim, level, float(depth[some[0]]), *(v[some] for v in (source, cross, target, noise))
            )
        change = np.abs(now - gains[left]) / (unit[left] + np.abs(now))  # nan the first time
        gains[left], errors[left] = now, worst_of(groups[left], np.where(np.isnan(change), math.inf, change))
        left = left[~(errors[left] <= tolerance * (1 if level < _DEAR else 10))]
        if not len(left):
            break
    return gains, errors


def worst_of(groups: np.ndarray, errors: np.ndarray) -> np.ndarray:
    """The largest error of the group of each point.

    >>> worst_of(np.array([0, 0, 2]), np.array([0.1, 0.3, 0.2]))
    array([0.3, 0.3, 0.2])
    """
    worst = np.zeros(groups.max(initial=0) + 1)
    np.maximum.at(worst, groups, errors)
    return worst[groups]


def _alike(sizes: np.ndarray, dim: int, depth: np.ndarray, level: int) -> Iterator[np.ndarray]:
    """Places of points of one depth whose rules have the same lengths, no more at once than memory is meant for."""
    groups: dict[Any, list[int]] = {}
    for place, (n, layers) in enumerate(zip(sizes.tolist(), depth.tolist(), strict=True)):
        lengths = tuple(len(points) for points, _ in _rules(int(n), dim, level, layers))
        groups.setdefault((layers, lengths), []).append(place)
    for (_, (first, _, turn, energy, cosine)), places in groups.items():
        step = max(1, _AT_ONCE // (first * turn * energy * cosine))
        for start in range(0, len(places), step):
            yield np.array(places[start : start + step])


def has_heavy_tails(n: int, dim: int, depth: float) -> bool:
    """Whether P_11 and V vary by orders of magnitude, and the integrand with them: the rules are in their log-odds."""
    return dim - n < _FEW or (n < _FEW and depth > 4)


@lru_cache(maxsize=4096)
def _rules(n: int, dim: int, level: int, depth: float) -> tuple[Rule, ...]:
    """Log-odds of P_11; the share of the Schur complement in what P_12 leaves it; the coordinate that P_12 is made of;
    log-odds of V/(σ² + V); the noise cosine."""
    missing, heavy = dim - n, has_heavy_tails(n, dim, depth)
    count, fineness = (_MANY_SAMPLES if heavy and n >= _FEW else _FEW_SAMPLES)[level]
    if heavy:
        first = log_odds_rule(n / 2, missing / 2, fineness, 1.0 if depth == math.inf else 0.0, 0.0)
        energy = log_odds_rule(n / 2, (missing + 1) / 2, fineness, 0.0, 1 - 1 / depth)
    else:  # ρ² grows at most like 1/P_11 and like V
        first, energy = (
            _tilted(n / 2, missing / 2, count, n >= 3, False),
            _tilted(n / 2, (missing + 1) / 2, count, False, missing > 1),
        )
    share = (np.ones(1), np.ones(1)) if missing == 1 else beta_rule((n - 1) / 2, (missing - 1) / 2, count)
    return first, share, _coordinate(dim - 1, count), energy, _coordinate(n, count)


def _tilted(p: float, q: float, count: int, low: bool, high: bool) -> Rule:
    """Log-odds and probabilities of the Gauss–Jacobi rule for a Beta(p, q) variable B, and integrands like 1/B at 0, or
    like 1/(1 − B) at 1."""
    points, weights = beta_rule(p - low, q - high, count)
    weights = weights * (points if low else 1) * (1 - points if high else 1)
    return np.log(points) - np.log1p(-points), weights / weights.sum()


def _coordinate(dim: int, count: int) -> Rule:
    points, weights = beta_rule((dim - 1) / 2, (dim - 1) / 2, count)
    return 2 * points - 1, weights


def log_odds_rule(p: float, q: float, fineness: int, low_power: float = 0.0, high_power: float = 0.0) -> Rule:
    """Log-odds and probabilities for a Beta(p, q) variable B, and integrands up to B^−low_power (1 − B)^−high_power.

    >>> odds, weights = log_odds_rule(1.5, 2.5, 13)
    >>> print(f"{weights @ (1 / (1 + np.exp(-odds))):.9f}")
    0.375000000
    """
    law = logit_beta(p, q)
    # The density falls like e^{−p|t|} and e^{−q|t|} on its two sides.
    low = law.levels[len(law.levels) // 2 - 4] - _FORGOTTEN * low_power / (p * max(p - low_power, 0.02))
    high = law.levels[len(law.levels) // 2 + 4] + _FORGOTTEN * high_power / (q * max(q - high_power, 0.02))
    step = _STEP * min(law.width, 1.0) / math.sqrt(fineness)
    offsets = np.arange(math.floor(low / step), math.ceil(high / step) + 1) * step
    weights = law.density(offsets)
    return law.mode + offsets, weights / weights.sum()


def condensed_rules(values: np.ndarray, weights: np.ndarray, beside: np.ndarray, count: int) -> tuple[Any, Any, Any]:
    """Gauss rules of `count` nodes for the laws of `values` (…, m), and the mean of `beside` given the value at each
    node, to the degree that the rule resolves. weights: of a shape that goes with `values`, summing to 1.

    >>> x = np.array([[-1.0, 0.0, 1.0]])
    >>> nodes, chances, means = condensed_rules(x, np.ones(3) / 3, x**3, 2)
    >>> print(bool(np.allclose(chances, 0.5)), round(float(np.sum(chances * nodes * means)), 12))
    True 0.666666666667
    """
    middle = np.sum(values * weights, axis=-1)
    scale = np.max(np.abs(values), axis=-1)[..., None]
    now, before, length = np.ones_like(values), np.zeros_like(values), np.zeros(values.shape[:-1])
    matrix = np.zeros((*values.shape[:-1], count, count))
    projections = np.empty((*values.shape[:-1], count))
    weighted = beside * weights
    for k in range(count):
        projections[..., k] = np.sum(now * weighted, axis=-1)
        stepped = values * now
        # A recurrence that has ended (now = 0) leaves nodes of no weight: at the mean, where functions are defined.
        centre = np.where(np.any(now != 0, axis=-1), np.sum(stepped * now * weights, axis=-1), middle)
        matrix[..., k, k] = centre
        if k + 1 == count:
            break
        following = stepped - centre[..., None] * now - length[..., None] * before
        length = np.sqrt(np.sum(following * following * weights, axis=-1))
        length = np.where(length > _TINY * scale[..., 0], length, 0.0)
        before, now = now, np.where(length[..., None] > 0, following / np.where(length > 0, length, 1)[..., None], 0.0)
        matrix[..., k + 1, k] = matrix[..., k, k + 1] = length
    nodes, vectors = np.linalg.eigh(matrix)
    chances = vectors[..., 0, :] ** 2
    means = np.sum(projections[..., :, None] * vectors, axis=-2) * vectors[..., 0, :]  # chance × conditional mean
    low, high = values.min(axis=-1), values.max(axis=-1)
    nodes = np.clip(nodes, low[..., None], high[..., None])
    return nodes, chances, np.where(chances > 0, means / np.where(chances > 0, chances, 1), 0.0)


def _product(
    sizes: np.ndarray, dim: int, level: int, depth: float, source: Any, cross: Any, target: Any, noise: Any
) -> np.ndarray:
    """Mean gains at points of one depth that share the lengths of their rules."""
    unique, place = np.unique(sizes.astype(int), return_inverse=True)
    rules = [_rules(n, dim, level, depth) for n in unique.tolist()]
    nodes, chances = ([np.stack([rule[part][which] for rule in rules])[place] for part in range(5)] for which in (0, 1))
    s, along = np.sqrt(source), cross / np.sqrt(source)
    height = target - along * along
    aside = np.sqrt(np.where(height > _TINY * target, height, 0))
    s, along, aside = (v[:, None, None] for v in (s, along, aside))
    # (points, P_11, the inner two)
    p, null = 1 / (1 + np.exp(-nodes[0])), 1 / (1 + np.exp(nodes[0]))
    turn = np.repeat(nodes[2], nodes[1].shape[1], axis=1)[:, None]
    rest = (1 - turn * turn) * np.tile(nodes[1], nodes[2].shape[1])[:, None]
    inner = (chances[2][:, :, None] * chances[1][:, None, :]).reshape(len(sizes), 1, -1)
    tilted = aside * np.sqrt(null)[..., None] * turn
    seen = (along * np.sqrt(p)[..., None] + tilted) ** 2 + aside**2 * rest  # ‖Pθ_T‖²
    common = s * (along * null[..., None] - np.sqrt(p)[..., None] * tilted)  # θ_SᵀQθ_T
    seen, chance, common = condensed_rules(seen, inner, common, max(2, len(rules[0][2][0])))
    # (points, P_11, ‖Pθ_T‖², V, x)
    p, null, seen = p[..., None, None, None], null[..., None, None, None], np.maximum(seen, 0)[..., None, None]
    energy = noise[:, None, None, None, None] * np.exp(nodes[3])[:, None, None, :, None]
    fit = seen + energy + 2 * np.sqrt(seen * energy) * nodes[4][:, None, None, None, :]
    rho = _retention(depth, null, np.maximum(fit, 0) / source[:, None, None, None, None], p)
    kept, square = (np.einsum("npavx,nv,nx->npa", f, chances[3], chances[4]) for f in (rho, rho * rho))
    gain = chance * (2 * common * kept - (source[:, None] * null[..., 0, 0, 0])[..., None] * square)
    return np.einsum("np,npa->n", chances[0], gain)


def _retention(depth: float, null: np.ndarray, ratio: np.ndarray, row: np.ndarray) -> np.ndarray:
    """`retention_factor`, to 1e-9, for a null fraction (points, P_11, 1, 1, 1) and many fit ratios each.

    Where it has no closed form it comes from a table at each null fraction: ln ρ is analytic in ln B for |Im ln B| < π,
    and Hermite's cubics follow it.
    """
    if depth == 2:
        return two_layer_retention(null, ratio)
    if depth == math.inf:
        return retention_factor(depth, null, ratio, row)
    shape, rows = ratio.shape, ratio.shape[0] * ratio.shape[1]
    flat = ratio.reshape(rows, -1)
    log_ratio = np.log(np.maximum(flat, 1e-300))
    high = log_ratio.max(axis=1, keepdims=True)
    low = np.maximum(log_ratio.min(axis=1, keepdims=True), log_ratio.mean(axis=1, keepdims=True) - _LOWEST)
    count = 2 + int(np.max(high - low) / _FINE)
    step = np.maximum(high - low, 1e-9) / (count - 1)
    table = np.exp(low + step * np.arange(count))
    power = 1 - 1 / depth
    growth = norm_ratio(depth, null.reshape(rows, 1), table, row.reshape(rows, 1))
    value = power / 2 * np.log(growth)
    slope = step * (power / 2 * table / (growth / depth + power * table))  # implicit differentiation
    # One cubic per interval, in the share of the step.
    rise = np.diff(value, axis=1)
    third = slope[:, 1:] + slope[:, :-1] - 2 * rise
    cubics = value[:, :-1], slope[:, :-1], rise - slope[:, :-1] - third, third
    place = np.clip((log_ratio - low) / step, 0, count - 1)
    index = np.minimum(place.astype(np.intp), count - 2)
    share = place - index
    index += (count - 1) * np.arange(rows)[:, None]
    flat_cubics = [np.ascontiguousarray(c).ravel() for c in cubics]
    found = flat_cubics[3][index]
    for part in flat_cubics[2::-1]:
        found *= share
        found += part[index]
    return np.exp(found, out=found).reshape(shape)

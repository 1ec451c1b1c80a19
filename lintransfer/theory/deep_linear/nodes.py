r"""Quadrature nodes for the block of a projector on a plane: (P_11, Schur complement, z), three independent variables.

Two product rules. Gauss–Jacobi rules integrate the three laws exactly and converge geometrically where the integrand is
smooth. The graded rule is for few samples or great depth, where it is not: ρ follows P_11 on every scale down to 0, and
has a kink (smoothed at finite depth) where Pθ_T = 0.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from lintransfer.numerics.beta_quadrature import logit_beta, plain_nodes

Nodes = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]

_REACH, _FAR = 4, 5  # the graded rule ends at these panel levels of `LogitBeta`: 10⁻¹¹ or 10⁻²⁰ of the height
_AROUND_KINK = np.array([-2.0, -0.5, -0.1, 0.0, 0.1, 0.5, 2.0])  # panel ends in the log-odds of P_11


@lru_cache(maxsize=64)
def stacked_nodes(sizes: tuple[int, ...], dim: int, nodes: int) -> Nodes:
    """Weights (summing to 1) and variables of `product_nodes` for several n, each (sizes, count)."""
    rules = [product_nodes(n, dim, nodes) for n in sizes]
    count = max(len(rule[0]) for rule in rules)
    padded = [[np.pad(part, (0, count - len(part))) for part in rule] for rule in rules]  # weight 0 at P_11 = 0
    weights, first, second, angle = (np.array(part) for part in zip(*padded, strict=True))
    return weights, np.where(weights > 0, first, 0.5), second, angle


@lru_cache(maxsize=4096)
def _beta_rule(a: float, b: float, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    return beta_rule(a, b, nodes)


def product_nodes(n: int, dim: int, nodes: int) -> Nodes:
    """Weights that sum to 1, P_11, the Schur complement and z at the nodes of the Gauss–Jacobi rule, flat."""
    missing = dim - n
    # Deep networks amplify P_11 → 0 up to ρ⁴ ~ P_11^{−2}: take that power out of the integrand, into the rule.
    power = min(2, (n - 1) // 2)
    points, chances = _beta_rule(n / 2 - power, missing / 2, nodes)
    chances = chances * points**power
    second = _beta_rule((n - 1) / 2, missing / 2, nodes)
    half = _beta_rule((missing - 1) / 2, (missing - 1) / 2, nodes)
    p, q, h = np.meshgrid(points, second[0], half[0], indexing="ij")
    weights = (chances / chances.sum())[:, None, None] * second[1][None, :, None] * half[1][None, None, :]
    return weights.ravel(), p.ravel(), q.ravel(), 2 * h.ravel() - 1


@lru_cache(maxsize=8)
def noisy_nodes(n: int, dim: int, nodes: int) -> tuple[np.ndarray, ...]:
    """`product_nodes`, and V/σ² and the noise cosine beside: nodes⁵ of them, flat. ρ⁴ and V² grow at most like V²."""
    block = product_nodes(n, dim, nodes)
    q = (dim - n + 1) / 2
    power = min(2, math.ceil(q) - 1)
    shares, chances = _beta_rule(n / 2, q - power, nodes)
    chances = chances * (1 - shares) ** power
    half, cosines = _beta_rule((n - 1) / 2, (n - 1) / 2, nodes)
    weights = block[0][:, None, None] * (chances / chances.sum())[:, None] * cosines
    spread = (*(part[:, None, None] for part in block[1:]), (shares / (1 - shares))[:, None], 2 * half - 1)
    return weights.ravel(), *(np.broadcast_to(part, weights.shape).ravel() for part in spread)


def graded_nodes(n: int, dim: int, cosine: float, counts: tuple[int, int, int]) -> Nodes:
    r"""The same by Gauss–Legendre rules between the places where the integrand is not smooth, for teachers at a cosine.

    P_11 in its log-odds, in panels that end at sin² of the angle between the teachers too; r = sin² θ in θ, with nodes
    crowding at 0; z = sin φ in φ, crowding from both sides at the z where the part of Pθ_T along Pθ_S vanishes,

        z₀ = −cot(angle) √(P_11/((1 − P_11)(1 − r))).

    counts: nodes per panel of P_11, in r, and on each side of z₀.

    >>> weights, first, second, angle = graded_nodes(3, 7, 0.5, (10, 18, 22))
    >>> print(f"{weights @ first:.9f} {weights @ (first * second * angle**2):.9f}")  # 3/7, and 3/7 · 1/3 · 1/4
    0.428571429 0.035714286
    """
    missing, sine = dim - n, math.sqrt(1 - cosine * cosine)
    odds, chances = _first_nodes(n, dim, cosine, sine, counts[0])
    p, null = 1 / (1 + np.exp(-odds)), 1 / (1 + np.exp(odds))
    angle, share = _second_nodes(n, dim, counts[1])
    tilt = np.full((len(p), len(angle)), -math.pi / 2)
    if sine > 0:
        kink = (cosine / sine) * np.sqrt(p[:, None] / null[:, None]) / np.cos(angle)
        tilt = -np.arcsin(np.clip(kink, -1.0, 1.0))
    turn, part = _angle_nodes(missing, tilt, counts[2])
    weights = chances[:, None, None] * share[:, None] * part
    shape = weights.shape
    first, second = np.broadcast_to(p[:, None, None], shape), np.broadcast_to(np.sin(angle)[:, None] ** 2, shape)
    z = np.broadcast_to(np.sin(turn), shape)
    return weights.ravel(), first.ravel(), second.ravel(), z.ravel()


def _ends(p: float, q: float, level: int = _REACH) -> tuple[float, float]:
    """Log-odds between which a Beta(p, q) variable lies but for a negligible chance."""
    law = logit_beta(p, q)
    middle = len(law.levels) // 2
    return law.mode + float(law.levels[middle - level]), law.mode + float(law.levels[middle + level])


def _first_nodes(n: int, dim: int, cosine: float, sine: float, count: int) -> tuple[np.ndarray, np.ndarray]:
    a, b = n / 2, (dim - n) / 2
    low, high = _ends(a, b, _FAR)
    low = min(low, _ends(max(0.5, a - 2), b, _FAR)[0])  # up to P_11^{−2} stands beside the density
    edges = np.linspace(low, high, 1 + max(6, math.ceil((high - low) / 4)))
    if 0 < cosine * cosine < 1:
        close = 2 * math.log(sine / abs(cosine)) + min(1.0, (high - low) / 20) * _AROUND_KINK
        close = close[(close > low) & (close < high)]
        edges = np.sort(np.concatenate([edges, close]))
    odds, lengths = plain_nodes(edges[:-1, None], edges[1:, None], count)
    odds, law = odds.ravel(), logit_beta(a, b)
    weights = lengths.ravel() * law.density(odds - law.mode)
    return odds, weights / weights.sum()


def _second_nodes(n: int, dim: int, count: int) -> tuple[np.ndarray, np.ndarray]:
    """θ, of density sin^{n−2} cos^{d−n−1}."""
    if n == 1:
        return np.zeros(1), np.ones(1)
    low, high = (math.atan(math.exp(end / 2)) for end in _ends((n - 1) / 2, (dim - n) / 2))
    points, lengths = plain_nodes(np.zeros(()), np.ones(()), count)
    angle = low + (high - low) * points**2
    log_density = (n - 2) * np.log(np.sin(angle)) + (dim - n - 1) * np.log(np.cos(angle))
    weights = points * lengths * np.exp(log_density - log_density.max())
    return angle, weights / weights.sum()


def _angle_nodes(missing: int, tilt: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """φ, of density cos^{d−n−2}, on either side of each tilt; d − n = 1: ±π/2."""
    if missing == 1:
        return np.array([[[-1.0, 1.0]]]) * (math.pi / 2), np.full((1, 1, 2), 0.5)
    high = 2 * math.atan(math.exp(_ends((missing - 1) / 2, (missing - 1) / 2)[1])) - math.pi / 2
    start = np.clip(tilt, -high, high)[..., None]
    points, lengths = plain_nodes(np.zeros(()), np.ones(()), count)
    turn = np.concatenate([start + (end - start) * points**2 for end in (-high, high)], axis=-1)
    weights = np.concatenate([abs(end - start) * points * lengths for end in (-high, high)], axis=-1)
    weights = weights * np.cos(turn) ** (missing - 2)
    return turn, weights / weights.sum(axis=-1, keepdims=True)


def beta_rule(a: float, b: float, nodes: int) -> tuple[np.ndarray, np.ndarray]:
    """Gauss–Jacobi nodes and weights (probabilities) for a Beta(a, b) variable, exact to degree 2·nodes − 1.

    Golub and Welsch's eigenvalues, safe for a and b up to 10⁹. a = 0: the point 0; a = b = 0: a fair coin on {0, 1}.

    >>> points, weights = beta_rule(2.0, 3.0, 5)
    >>> print(f"{weights @ points:.12f}")
    0.400000000000
    """
    from scipy.linalg import eigh_tridiagonal  # slow to import

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
    points, vectors = eigh_tridiagonal(np.concatenate([first, rest]), np.sqrt(top / bottom))
    weights = vectors[0] ** 2
    return np.clip(points, 0.0, 1.0), weights / weights.sum()

r"""Rank-one networks whose layers start at different norms: relative layer scale is a continuous depth.

W_1 = z v_1ᵀ, then scalars a_2 … a_L > 0 along matching unit vectors, so that w = z Π a_j. Gradient flow conserves
Δ_j = ‖z‖² − a_j² (`imbalance`) and Qz. With q = ‖Qz‖² and zero loss reached, Y = ‖z‖² at the end is the one root above
max(q, Δ_2, …, Δ_L) of (Y − q) Π(Y − Δ_j) = ‖m‖², and w = m + ρQw0 with |ρ| = √(Π(Y − Δ_j)/Π(Y_0 − Δ_j)).

Two layers: Δ → −∞ is linear fine-tuning (ρ = 1), Δ = 0 the balanced law, Δ → +∞ the law of infinite depth up to the
sign of (Xw0)·y. The sign of ρ is not always decided by what is conserved: see `ChainEnd`.

Risk of fine-tuning an unbalanced rank-one chain on isotropic inputs, from mean fractions at finite size.

Given ρ the risk is that of `lintransfer.theory.deep_linear.risk`: only the equation for ρ knows the imbalances. It is positive
where the largest imbalance is at most q = ‖Qz(0)‖² = (1−n/d)‖z(0)‖²; beyond that conserved quantities leave its sign
open (see `lintransfer.theory.deep_linear.unbalanced_chains`), and these formulas are silent.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

from lintransfer.arithmetic import array_namespace, exp, kind_of, log, maximum, ratio_where, sqrt, where
from lintransfer.errors import refuse
from lintransfer.numerics.newton import newton
from lintransfer.theory.deep_linear.risk import retained_gain, retained_risk
from lintransfer.theory.linear.isotropic import min_norm_risk


class ChainEnd(NamedTuple):
    """Where a chain ends: w = m + ρQw0.

    retention: |ρ|.  decided: True where ρ > 0 is certain, because max Δ_j ≤ q keeps every scalar away from zero.
    Elsewhere the scalar with the largest Δ_j may have crossed zero, with ρ < 0 of the same size: integrate the flow.
    may_stall: True where the largest Δ_j > q belongs to two or more layers; these cannot cross zero, and the flow may
    end at the saddle w = 0 instead.
    """

    retention: Any
    decided: Any
    may_stall: Any


def chain_imbalances(depth: int, imbalance: Any) -> tuple[Any, ...]:
    """The L − 1 numbers Δ_j = ‖W_1‖² − a_j² of a network of `depth` layers.

    imbalance: a number for two layers, 0 (balanced) for any depth, else a sequence of L − 1 numbers.
    Raises `DomainError` if their number does not fit the depth, or if the depth is not whole and they are not all 0.

    >>> chain_imbalances(3, 0.0), chain_imbalances(2, -1.5)
    ((0.0, 0.0), (-1.5,))
    """
    if depth != depth or depth < 1 or depth != int(depth):
        refuse("depth", "a whole number ≥ 1 for a network with imbalanced layers", depth)
    layers = int(depth) - 1
    if isinstance(imbalance, Sequence):
        given = tuple(imbalance)
        if len(given) != layers:
            refuse("imbalance", f"{layers} numbers ‖W_1‖² − a_j² for depth {int(depth)}", imbalance)
        return given
    if layers == 1:
        return (imbalance,)
    if isinstance(imbalance, int | float) and imbalance == 0:
        return (imbalance,) * layers
    return refuse("imbalance", f"a tuple of {layers} numbers ‖W_1‖² − a_j² for depth {int(depth)}", imbalance)


def chain_factors(edges: Sequence[Any], product: Any) -> tuple[Any, ...]:
    """The factors Y − e_i, all positive, where Π_i (Y − e_i) = `product` ≥ 0 and Y > max e_i.

    Newton's method on the logarithm of the equation as a function of ln(Y − max e_i), convex and increasing. Returning
    the factors instead of Y keeps the digits of those that nearly vanish. product = 0: Y = max e_i.

    >>> [float(round(f, 12)) for f in chain_factors((1.0, -2.0), 4.0)]
    [1.0, 4.0]
    """
    top = edges[0]
    for edge in edges[1:]:
        top = maximum(top, edge)
    gaps = tuple(top - edge for edge in edges)
    positive = product > 0

    def start(product: Any, *gaps: Any) -> Any:
        return log(product) / len(gaps) + 0 * sum(gaps)

    def step(u: Any, product: Any, *gaps: Any) -> Any:
        factors = [exp(u) + gap for gap in gaps]
        value, slope = -log(product), 0
        for factor in factors:
            value, slope = value + log(factor), slope + exp(u) / factor
        return u - value / slope

    root = newton(step, start, where(positive, product, 1), *gaps)
    if kind_of(product, *gaps) == "arb" and bool(positive):
        root = _enclose(root.mid(), product, gaps)
    least = where(positive, exp(root), 0)
    return tuple(least + gap for gap in gaps)


def _enclose(centre: Any, product: Any, gaps: Sequence[Any]) -> Any:
    """A ball around `centre`, widened until Σ ln(e^u + gap) − ln product provably changes sign across it."""
    flint = sys.modules["flint"]

    def excess(u: Any) -> Any:
        return sum(log(exp(u) + gap) for gap in gaps) - log(product)

    radius = (1 + abs(centre)) * flint.arb(2) ** (8 - flint.ctx.prec)
    while radius < 1:
        if excess(centre - radius) < 0 and excess(centre + radius) > 0:
            return flint.arb(centre, radius)
        radius = 2 * radius
    return flint.arb("nan")


def initial_scales(imbalance: Sequence[Any], source_energy: Any) -> tuple[Any, ...]:
    """‖z‖² and a_2² … a_L² at the start of a chain with these imbalances and end-to-end energy ‖w0‖².

    Every list of real imbalances is realised by exactly one chain if ‖w0‖ > 0.

    >>> [float(round(f, 12)) for f in initial_scales((-3.0,), 4.0)]
    [1.0, 4.0]
    """
    return chain_factors((0, *imbalance), source_energy)


def unbalanced_retention(imbalance: Sequence[Any], source_energy: Any, null_fraction: Any, fit_energy: Any) -> ChainEnd:
    """|ρ| at zero loss of a rank-one chain with conserved Δ_j, and what is known of its sign.

    imbalance: (Δ_2, …, Δ_L).  source_energy: ‖w0‖² > 0.  null_fraction: A = ‖Qw0‖²/‖w0‖².  fit_energy: ‖m‖².
    Depends on more than the ratios A and B: the imbalances set a scale. nan for ‖w0‖ = 0. Source: the rows that use it.

    >>> end = unbalanced_retention((0.0,), 1.0, 0.5, 3.0)
    >>> print(f"{end.retention:.9f}", end.decided)
    1.414213562 True
    """
    square, *heads = initial_scales(imbalance, source_energy)
    kept = null_fraction * square
    _, *final = chain_factors((kept, *imbalance), fit_energy)
    growth = 1
    for after, before in zip(final, heads, strict=True):
        growth = growth * ratio_where(source_energy > 0, after, before, float("nan"))
    return ChainEnd(sqrt(growth), *_signs(imbalance, kept))


def _signs(imbalance: Sequence[Any], kept: Any) -> tuple[Any, Any]:
    decided, stall = kept >= 0, kept < 0
    for j, delta in enumerate(imbalance):
        decided = decided & (delta <= kept)
        for other in imbalance[:j]:
            largest = other == delta
            for third in imbalance:
                largest = largest & (third <= delta)
            stall = stall | (largest & (delta > kept))
    return decided, stall


def two_layer_head(imbalance: Any, kept: Any, fit_energy: Any) -> Any:
    """Head scale h² at zero loss of a two-layer chain: h² = [(q−Δ) + √((q−Δ)² + 4‖m‖²)]/2, ρ = h/h_0.

    imbalance: Δ = ‖z‖² − h².  kept: q = ‖Qz‖².  fit_energy: ‖m‖². Written so that nothing cancels for q < Δ.

    >>> print(f"{two_layer_head(0.0, 0.5, 3.0):.9f}")
    2.000000000
    """
    gap = kept - imbalance
    root = sqrt(gap * gap + 4 * fit_energy)
    return where(gap >= 0, (gap + root) / 2, ratio_where(gap < 0, 2 * fit_energy, root - gap, 0))


def unbalanced_limits(source_dot_labels: Any, null_fraction: Any, fit_ratio: Any) -> tuple[Any, Any]:
    """ρ of two layers for Δ → −∞ (a much larger head: 1) and for Δ → +∞ (a much larger first layer).

    The second is sign((Xw0)·y)·‖m‖/‖Pw0‖: the law of infinite depth, with a sign.

    >>> unbalanced_limits(-1.0, 0.5, 2.0)
    (1, np.float64(-2.0))
    """
    size = sqrt(fit_ratio / (1 - null_fraction))
    return 1, where(source_dot_labels > 0, size, -size)


def chain_end_points(fit: Any, kept: Any, retention: Any) -> tuple[Any, Any]:
    """The two candidates m ± |ρ|Qw0, shape (2, …, d) if stacked: the flow chooses where the sign is not decided.

    fit: m (…, d).  kept: Qw0 (…, d).  retention: |ρ| (…).
    """
    xp = array_namespace(fit, kept)
    shift = xp.asarray(retention)[..., None] * kept
    return fit + shift, fit - shift


def unbalanced_fine_tuning_risk(
    n: Any,
    dim: Any,
    imbalance: Sequence[Any],
    source_energy: Any,
    cross_energy: Any,
    target_energy: Any,
    noise_variance: Any = 0.0,
) -> Any:
    r"""(1−n/d)(t² − 2ρ stc + ρ²s²) + σ²n/(d−n−1) with the ρ of an unbalanced chain; n ≥ d+2: σ²d/(n−d−1).

    n: samples ≥ 0.  dim: d ≥ 2.  imbalance: (Δ_2, …, Δ_L), Δ_j = ‖W_1‖² − a_j².  source_energy, cross_energy,
    target_energy: s² > 0, stc, t².  noise_variance: σ². A = 1 − n/d, ‖m‖² = nt²/d + σ²n/(d−n−1).
    Asymptotic, relative error O(1/d); exact for n = 0, for n ≥ d, and as Δ → −∞. inf for |n−d| ≤ 1 ≤ n if σ > 0. nan
    where max Δ_j > (1−n/d)‖z(0)‖² leaves the sign of ρ open, and for n ≥ d where two equal largest ones may stall.
    Unlike the balanced law it depends on the scale of the weights, not only on ratios. Source: its row of the table.

    >>> print(f"{unbalanced_fine_tuning_risk(5, 10, (0.0,), 1.0, 0.6, 4.0):.6f}")
    2.063961
    """
    end = _chain(n, dim, imbalance, source_energy, target_energy, noise_variance)
    variance = min_norm_risk(n, dim, 0, noise_variance)
    whatever = (n == dim - 1) & (noise_variance > 0)  # is kept, the mean is infinite
    retention = where(whatever, 1, end.retention)
    risk = retained_risk(retention, (dim - n) / dim, source_energy, cross_energy, target_energy, variance)
    return where(n < dim, where(end.decided | whatever, risk, math.nan), where(end.may_stall, math.nan, variance))


def unbalanced_transferability(
    n: Any,
    dim: Any,
    imbalance: Sequence[Any],
    source_energy: Any,
    cross_energy: Any,
    target_energy: Any,
    noise_variance: Any = 0.0,
) -> Any:
    r"""(1−n/d)₊(2ρ stc − ρ²s²) with the ρ of an unbalanced chain: transferability against min-norm scratch.

    Arguments, and where it is nan, as in `unbalanced_fine_tuning_risk`; nan at n = d − 1 too if σ > 0.

    >>> print(f"{unbalanced_transferability(5, 10, (0.0,), 1.0, 0.6, 4.0):.6f}")
    -0.063961
    """
    end = _chain(n, dim, imbalance, source_energy, target_energy, noise_variance)
    gain = retained_gain(end.retention, (dim - n) / dim, source_energy, cross_energy)
    known = end.decided & ((n != dim - 1) | (noise_variance <= 0))
    return where(n < dim, where(known, gain, math.nan), where(end.may_stall, math.nan, 0 * source_energy))


def _chain(n: Any, dim: Any, imbalance: Sequence[Any], source: Any, target: Any, noise_variance: Any) -> ChainEnd:
    few = n < dim
    count = where(few, n, dim)
    gap = where(n < dim - 1, dim - count - 1, 1)
    fit = count * target / dim + count * noise_variance / gap
    end = unbalanced_retention(imbalance, source, (dim - count) / dim, fit)
    start = n == 0
    return ChainEnd(where(start, 1, end.retention), end.decided | start, end.may_stall & (n != 0))


def unbalanced_retention_size(imbalance: Any, source_energy: Any, null_fraction: Any, fit_energy: Any) -> Any:
    """|ρ| of an unbalanced chain."""
    return unbalanced_retention(imbalance, source_energy, null_fraction, fit_energy).retention

r"""Replay: a source fit goes on to interpolate new target samples and some of its own rows again, Σ = I.

The source fit ŵ_S already interpolates the m kept rows, so training moves it only in their null space, of dimension
d − m. There the n new inputs are isotropic; what they see of the error inside the span of the kept rows is independent
of that, and acts as noise of variance h. With ρ = n/(d − m), F = E‖ŵ_S − θ_T‖², E = E‖ŵ_S − θ_S‖²:

    h = (m/d)‖θ_S − θ_T‖² + z,   z = σ_S² m/(d−m−1),   v = (h + σ²) n/(d−m−n−1),
    R_T = h + (1−ρ)(F − h) + v,   R_S = z + (1−ρ)(E − z) + ρ(1 − m/d)‖θ_S − θ_T‖² + v.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from lintransfer.arithmetic import ratio_where, where
from lintransfer.theory.tasks.cascades import cascade_risk
from lintransfer.theory.tasks.sequences import sequential_stage_risk

_REPLAYED = ((1.0, 0.0), (1.0, 1.0), (0.0, 1.0))  # which stage sees the rows that are dropped, kept and new
_FROM_SOURCE = ((0.0, 1.0), (0.0, 0.0))


class ReplayRisk(NamedTuple):
    """Mean excess risks after training with replay. target: R_T.  source: R_S."""

    target: Any
    source: Any


def replay_risk(
    n: Any, n_source: Any, kept: Any, dim: Any, source_energy: Any, target_energy: Any, distance_energy: Any,
    noise_variance: Any, source_noise_variance: Any,
) -> ReplayRisk:  # fmt: skip
    r"""Mean target and source risk after replay: min-norm fit of the source from w0, then, from there, interpolation of n
    new target samples and `kept` of the source's rows, noisy labels included.

    n, n_source: new target samples n and source samples n_S, ≥ 0.  kept: m source rows replayed, 0 ≤ m ≤ n_S.  dim: d.
    source_energy, target_energy, distance_energy: ‖θ_S−w0‖², ‖θ_T−w0‖², ‖θ_S−θ_T‖².  noise_variance,
    source_noise_variance: σ², σ_S².
    Returns both risks. m = 0: sequential training, any n and n_S; m = n_S: the pooled min-norm fit.  m ≥ 1: n_S ≤ d and
    m + n ≤ d; inf at m + n = d − 1, d with noise or a shift (n ≥ 1), and at n_S = d − 1, d with source noise; nan at
    m + n > d (the source no longer matters: pooled least squares on m and n rows) and where n_S > d.
    Exact, Σ = I. Source: the rows that use it; that replay may increase forgetting: arXiv 2506.04377.

    >>> replay_risk(2, 4, 4, 10, 1.0, 1.0, 0.5, 0.0, 0.0)
    ReplayRisk(target=0.7333333333333333, source=0.6333333333333333)
    """
    world = (
        n,
        n_source,
        kept,
        dim,
        source_energy,
        target_energy,
        distance_energy,
        noise_variance,
        source_noise_variance,
    )
    return ReplayRisk(replay_target_risk(*world), replay_source_risk(n, n_source, kept, dim, source_energy, *world[6:]))


def replay_target_risk(
    n: Any, n_source: Any, kept: Any, dim: Any, source_energy: Any, target_energy: Any, distance_energy: Any,
    noise_variance: Any, source_noise_variance: Any,
) -> Any:  # fmt: skip
    """R_T of `replay_risk`, whose arguments these are; ‖θ_S‖² does not matter given the other two.

    >>> replay_target_risk(2, 4, 0, 10, 1.0, 1.0, 0.5, 0.0, 0.0)
    0.64
    """
    start = sequential_stage_risk(n_source, dim, target_energy, distance_energy, source_noise_variance)
    plain = sequential_stage_risk(n, dim, start, 0 * distance_energy, noise_variance)
    # F − h without cancellation: what the fit has not seen, and what it saw on rows that are not kept
    small, aside, seen, z = _of_source(n_source, kept, dim, source_noise_variance)
    rest = (seen * target_energy + (n_source - kept) * distance_energy) / dim + aside
    h = kept * distance_energy / dim + z
    return _selected(n, n_source, kept, dim, plain, start, h, rest, 0 * distance_energy, h + noise_variance, small)


def replay_source_risk(
    n: Any, n_source: Any, kept: Any, dim: Any, source_energy: Any, distance_energy: Any, noise_variance: Any,
    source_noise_variance: Any,
) -> Any:  # fmt: skip
    """R_S of `replay_risk`, whose arguments these are; of the target only its distance matters.

    >>> replay_source_risk(2, 4, 0, 10, 1.0, 0.5, 0.0, 0.0)
    0.58
    """
    start = sequential_stage_risk(n_source, dim, source_energy, 0 * distance_energy, source_noise_variance)
    plain = sequential_stage_risk(n, dim, start, distance_energy, noise_variance)
    small, aside, seen, z = _of_source(n_source, kept, dim, source_noise_variance)
    rest = seen * source_energy / dim + aside
    h = kept * distance_energy / dim + z
    return _selected(n, n_source, kept, dim, plain, start, z, rest, distance_energy, h + noise_variance, small)


def replay_equivalent(
    n: Any, n_source: Any, kept: Any, dim: Any, source_energy: Any, target_energy: Any, distance_energy: Any,
    noise_variance: Any, source_noise_variance: Any,
) -> Any:  # fmt: skip
    """R_T after replay for any n_S, also above d, where the source's fit does not meet the rows that are kept.

    Arguments as in `replay_risk`; one dim. Returns R_T, (…); inf or nan at n_S = d and m + n = d.
    Deterministic equivalent, error O(1/d), Σ = I. Follows from `cascade_risk` with three groups of rows (dropped, kept, new)
    and two stages, both without ridge.

    >>> round(float(replay_equivalent(2e8, 4e8, 4e8, 1e9, 1.0, 1.0, 0.5, 0.0, 0.0)), 6)  # all kept: pooled, as d → ∞
    0.7
    """
    given = n, n_source, kept, source_energy, target_energy, distance_energy, noise_variance, source_noise_variance
    n, n_source, kept, source, target, apart, noise, source_noise = np.broadcast_arrays(
        *(np.asarray(value, float) for value in given)
    )
    norm, zero = np.sqrt(source), 0 * n
    along = np.where(norm > 0, (source + target - apart) / np.where(norm > 0, 2 * norm, 1.0), 0.0)
    old = np.stack([norm, zero, zero], axis=-1)  # in the directions of the source, beside it, and the rest
    new = np.stack([along, np.sqrt(np.maximum(target - along * along, 0.0)), zero], axis=-1)
    return cascade_risk(
        np.stack([n_source - kept, kept, n], axis=-1), np.ones((3, 3)), np.stack([old, old, new], axis=-2),
        np.stack([source_noise, source_noise, noise], axis=-1), _REPLAYED, [0.0, 0.0], _FROM_SOURCE,
        [1.0, min(dim - 1.0, 1.0), max(dim - 2.0, 0.0)],
    )  # fmt: skip


def _of_source(n_source: Any, kept: Any, dim: Any, noise: Any) -> tuple[Any, Any, Any, Any]:
    """Whether rows can be kept; noise of the fit beside the kept rows; dimensions never seen; noise z on the rows."""
    small = (n_source <= dim) & (kept <= n_source)
    few = n_source < dim - 1
    fit, held = where(few, n_source, 0), where(few, kept, 0)
    wide = where(few, dim, 2)
    z = ratio_where(few, noise * held, wide - held - 1, where(noise > 0, math.inf, 0 * noise))
    shared = noise * (wide - 1) / (wide - fit - 1)
    aside = where(few, shared * (fit - held) / (wide - held - 1), where(noise > 0, math.inf, 0 * noise))
    return small, aside, where(n_source < dim, dim - n_source, 0), z


def _selected(
    n: Any, n_source: Any, kept: Any, dim: Any, plain: Any, start: Any, held: Any, rest: Any, distance: Any,
    noise: Any, small: Any,
) -> Any:  # fmt: skip
    """held + (1−ρ) rest + ρ(1−m/d) distance + noise n/(d−m−n−1) in its domain, m ≥ 1, and what holds outside."""
    room = dim - kept - n
    some = (room > 0) & small
    free = where(some, dim - kept, 1)
    fresh = where(some, n, 0)
    active = (room > 1) & small & (n > 0)
    inflated = where(
        active, noise * where(active, n, 1) / where(active, room - 1, 1), where(noise > 0, math.inf, 0 * distance)
    )
    still = where(some, (free - fresh) * rest / free, 0 * distance)
    moved = where(room > 0, fresh * distance / dim, (dim - kept) * distance / dim)
    replayed = where(n > 0, held + still + moved + inflated, start)
    inside = small & (room >= 0)
    outside = where((n == 0) & small, start, math.nan)
    return where(kept == 0, plain, where(inside, replayed, outside))

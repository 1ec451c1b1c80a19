r"""Weighted ridge regression on several groups of samples, each with its own covariance, teacher, noise and weight.

Group k has n_k rows x ~ N(0, Σ_k) with labels x·θ_k + noise of variance σ_k²; one fit answers them all,

    ŵ = argmin Σ_k ω_k‖y_k − X_kw‖² + λ‖w − w0‖².

With S_k = ω_kΣ_k and v_k = ω_kσ_k² everything rests on one number per group, the root of e_k = tr S_kG, where
a_k = n_k/(1 + e_k) and G = (Σ a_kS_k + λ)⁻¹. The mean weights w̄ = G(Σ a_kS_kθ_k + λw0) are the fit to Σ a_kS_k, and

    R = ‖w̄ − θ_t‖²_{Σ_t} + Σ_k a'_k (v_k + ‖θ_k − w̄‖²_{S_k}),     a'_k = da_k/dμ at λ + μΣ_t:

noise and misfit of every group, amplified. Without ridge a group that is interpolated has a_k = O(λ), one that is
overdetermined a finite a_k; `determined_groups` tells them apart.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from lintransfer.errors import refuse
from lintransfer.numerics.entries import kind_of_entries, plain
from lintransfer.numerics.group_traces import group_traces, solve_dominant
from lintransfer.numerics.overdetermined import determined_groups

_TINY_RIDGE = 1e-12  # of tr Σ n_kS_k, where a threshold leaves nothing to solve


class PooledRidge(NamedTuple):
    """What weighted ridge regression on several groups leads to; leading axes (…) are those of the problem.

    risk: (…,).  bias: (…,), the part ‖w̄ − θ_t‖²_{Σ_t} of it.  shares: (…, K, m), of every teacher in the mean weights,
    mode by mode; what they leave to 1 is the share of w0 (matrices (…, K, d, d) if the covariances do not commute).
    traces: e_k (…, K), tr S_kG; inf where the group is interpolated.  amplification: a'_k (…, K).
    """

    risk: Any
    bias: Any
    shares: Any
    traces: Any
    amplification: Any


def pooled_ridge_equivalent(
    sizes: Any, eigenvalues: Any, teachers: Any, noise_variances: Any, weights: Any = 1.0, ridge: Any = 0.0,
    multiplicities: Any = None, test_eigenvalues: Any = None,
) -> PooledRidge:  # fmt: skip
    r"""Weighted pooled ridge under covariances that are diagonal in one basis, from the teachers' coordinates.

    sizes: n_k (…, K), real, ≥ 0; TARGET LAST (0 if it has no data).  eigenvalues: of Σ_k on every mode (…, K, m).
    teachers: θ_k − w0 (…, K, m); within a mode of several dimensions along one axis.  noise_variances: σ_k² (…, K).
    weights: ω_k ≥ 0 (…, K).  ridge: λ ≥ 0 (…,), sum convention; 0 is the interpolator closest to w0, or weighted least
    squares, inf is w0.  multiplicities: (m,), dimensions of the modes, 1 by default.  test_eigenvalues: of Σ_t (…, m);
    those of the last group by default.  Leading axes broadcast; the equations are solved once for every different
    (sizes, eigenvalues, weights, ridge), whatever the grid of teachers and noises.
    Returns a `PooledRidge`: inf at a threshold (Σn_k = d without ridge) as soon as there is noise or two teachers differ.
    Deterministic equivalent: relative error O(1/d), a few times that without ridge. Raises `DomainError`.
    Source: its row of the table.

    >>> pooled_ridge_equivalent([2.0, 1.0], np.ones((2, 4)), np.ones((2, 4)), np.zeros(2)).risk.round(12)  # (1−N/d)‖θ‖²
    np.float64(1.0)
    """
    return _pooled(
        sizes, eigenvalues, teachers, noise_variances, weights, ridge, multiplicities, test_eigenvalues, _by_coordinates
    )


def pooled_gram_equivalent(
    sizes: Any, eigenvalues: Any, gram: Any, noise_variances: Any, weights: Any = 1.0, ridge: Any = 0.0,
    multiplicities: Any = None, test_eigenvalues: Any = None,
) -> PooledRidge:  # fmt: skip
    r"""`pooled_ridge_equivalent` from inner products of the teachers within each mode: any dimension costs the same.

    gram: (…, m, K, K), (θ_k − w0)·(θ_l − w0) within each mode.  The other arguments as there. Returns a `PooledRidge`.

    >>> gram = np.array([[[1.0, 0.8], [0.8, 1.0]]])
    >>> two = [3e8, 1e8], np.ones((2, 1)), gram, np.zeros(2)
    >>> round(float(pooled_gram_equivalent(*two, multiplicities=[1e9]).risk), 9)  # T3 at d = 10⁹
    0.74
    """
    return _pooled(
        sizes, eigenvalues, gram, noise_variances, weights, ridge, multiplicities, test_eigenvalues, _by_gram
    )


def pooled_ridge_risk(
    sizes: Any, eigenvalues: Any, teachers: Any, noise_variances: Any, weights: Any = 1.0, ridge: Any = 0.0,
    multiplicities: Any = None, test_eigenvalues: Any = None,
) -> Any:  # fmt: skip
    r"""The risk of `pooled_ridge_equivalent` alone, (…,); arguments as there.

    >>> float(pooled_ridge_risk([8.0], np.ones((1, 4)), np.ones((1, 4)), [0.5]).round(12))  # least squares: σ²d/(n − d)
    0.5
    """
    return pooled_ridge_equivalent(
        sizes, eigenvalues, teachers, noise_variances, weights, ridge, multiplicities, test_eigenvalues
    ).risk


def pooled_gram_risk(
    sizes: Any, eigenvalues: Any, gram: Any, noise_variances: Any, weights: Any = 1.0, ridge: Any = 0.0,
    multiplicities: Any = None, test_eigenvalues: Any = None,
) -> Any:  # fmt: skip
    r"""The risk of `pooled_gram_equivalent` alone, (…,); arguments as there.

    >>> float(pooled_gram_risk([8.0], np.ones((1, 1)), np.ones((1, 1, 1)), [0.5], multiplicities=[4]).round(12))
    0.5
    """
    return pooled_gram_equivalent(
        sizes, eigenvalues, gram, noise_variances, weights, ridge, multiplicities, test_eigenvalues
    ).risk


def numbers(name: str, value: Any, rule: str = "≥ 0", infinite: bool = False) -> Any:
    """A float array without nan, all ≥ 0 unless the rule is empty. mpmath numbers and balls are not taken for floats."""
    if kind_of_entries(value) not in ("numpy", "sympy"):
        raise TypeError(f"{name}: this fixed point is solved in float64 only")
    array = np.asarray(value, dtype=float)
    good = ~np.isnan(array) & (infinite | np.isfinite(array)) & ((array >= 0) | (rule == ""))
    if not good.all():
        refuse(name, f"{'' if infinite else 'finite '}numbers {rule}".strip(), array[~good].flat[0])
    return array


def _pooled(
    sizes: Any, eigenvalues: Any, teachers: Any, noise: Any, weights: Any, ridge: Any, counts: Any, tested: Any,
    distances: Any,
) -> PooledRidge:  # fmt: skip
    sizes, levels, noise, weights = (
        numbers(name, value)
        for name, value in (
            ("sizes", sizes),
            ("eigenvalues", eigenvalues),
            ("noise_variances", noise),
            ("weights", weights),
        )
    )
    teachers, ridge = numbers("teachers", teachers, ""), numbers("ridge", ridge, infinite=True)
    if levels.ndim < 2:
        refuse("eigenvalues", "an array (…, K, m)", f"shape {levels.shape}")
    groups, modes = levels.shape[-2:]
    counts = np.ones(modes) if counts is None else numbers("multiplicities", counts)
    tested = levels[..., -1, :] if tested is None else numbers("test_eigenvalues", tested)
    for name, array in (("sizes", sizes), ("noise_variances", noise), ("weights", weights)):
        if array.ndim and array.shape[-1] not in (1, groups):
            refuse(name, f"one number for each of {groups} groups", f"shape {array.shape}")
    sizes, weights = (v if v.ndim else v[None] for v in (sizes, weights))
    noise = np.broadcast_to(noise, np.broadcast_shapes(noise.shape, (groups,)))
    lead = np.broadcast_shapes(sizes.shape[:-1], levels.shape[:-2], weights.shape[:-1], ridge.shape)
    flat = [np.broadcast_to(v, (*lead, groups)).reshape(-1, groups) for v in (sizes, weights)]
    flat[0] = np.where(np.isinf(np.broadcast_to(ridge, lead).reshape(-1, 1)), 0.0, flat[0])
    flat_ridge = np.broadcast_to(ridge, lead).reshape(-1)
    shared = levels if levels.ndim == 2 else np.broadcast_to(levels, (*lead, groups, modes)).reshape(-1, groups, modes)
    solved = _solve(flat[0], flat[1], shared, flat_ridge, counts)
    a, g, scaled, slack, unit, own, offset, free, peak, seen, alike = solved

    def shaped(value: Any) -> Any:
        return value.reshape(lead + value.shape[1:])

    shares = shaped(a[..., None] * scaled * g[:, None, :])
    left = shaped(free * g)
    missed = distances(teachers, shares, left)  # (…, K, m): ‖θ_k − w̄‖² within each mode
    bias = (tested * missed[..., -1, :]).sum(axis=-1)
    weighted = shaped(np.broadcast_to(own, (len(a), groups, modes)))
    errors = shaped(flat[1]) * noise + (weighted * missed).sum(axis=-1)
    right = np.einsum("...km,...m->...k", shaped(scaled * (g * g * counts)[:, None, :]), tested)
    couplings = np.einsum("bkm,bjm,bm->bkj", scaled, scaled, g * g * counts) * a[:, None, :]
    amplified = shaped(a) * solve_dominant(*_together(shaped(couplings), shaped(slack), right))
    if (offset.min(axis=-1) != offset.max(axis=-1)).any():
        # Rows of overdetermined groups also see what the interpolated ones pick up where they are determined.
        across = np.einsum("bkm,bjm,bm->bkj", scaled, own * (1 - offset)[..., None], g * g * counts * (free == 0))
        right = right + (shaped(across) @ amplified[..., None])[..., 0]
        amplified = shaped(a) * solve_dominant(*_together(shaped(couplings), shaped(slack), right))
    with np.errstate(invalid="ignore"):
        risk = bias + np.where(errors > 0, amplified * errors, 0.0).sum(axis=-1)
    if peak.any():
        # One of the teachers that have data, where it is seen, w0 elsewhere: the fit, if all of them agree.
        one = np.eye(groups)[(flat[0] * flat[1] > 0).argmax(axis=1)][..., None] * seen[:, None, :]
        learnt = distances(teachers, shaped(one), shaped(1.0 - seen))
        errors = shaped(flat[1]) * noise + (weighted * learnt).sum(axis=-1)
        inflated = ((errors > 0) & (shaped(flat[0]) > 0)).any(axis=-1)
        exact = np.where(shaped(alike), (tested * learnt[..., -1, :]).sum(axis=-1), bias)
        risk = np.where(shaped(peak), np.where(inflated, np.inf, exact), risk)
    traces = shaped(np.where(offset > 0, unit, np.inf))
    return PooledRidge(*(plain(v) for v in (risk, bias, shares, traces, amplified)))


def _together(*values: Any) -> Any:
    """couplings, slack and right with the same leading axes."""
    lead = np.broadcast_shapes(values[0].shape[:-2], values[1].shape[:-1], values[2].shape[:-1])
    return (np.broadcast_to(v, (*lead, *v.shape[v.ndim - axes :])) for v, axes in zip(values, (2, 1, 1), strict=True))


def _solve(sizes: Any, weights: Any, levels: Any, ridge: Any, counts: Any) -> tuple[Any, ...]:
    """a (N, K), G (N, m), the S_k that fix it (N or 1, K, m), row sums (N, K), e (N, K), all of S_k, offsets (N, K), what
    of the ridge each mode feels (N, m), which problems lie on a threshold (N,), which modes are seen (N, m), and by all (N,)."""
    sees = (levels > 0) & (counts > 0)
    used = (sizes > 0) & (weights > 0) & (ridge < np.inf)[:, None] & sees.any(axis=-1)
    sizes, own = np.where(used, sizes, 0.0), weights[..., None] * levels
    weights = np.where(weights > 0, weights, 1.0)
    seen = (used[..., None] & sees).any(axis=1)
    bare = (ridge == 0)[:, None]
    over, peak = determined_groups(sizes * bare, sees & (used & bare)[..., None], counts)
    fixed = (over[..., None] & sees).any(axis=1)  # modes that are determined
    total_size = (sizes[..., None] * own * counts).sum(axis=(1, 2))
    tiny = np.where(peak, _TINY_RIDGE * total_size, 0.0)
    offset = np.where(((ridge > 0) | peak)[:, None] | over, 1.0, 0.0)
    felt = np.where(np.isinf(ridge), 1.0, np.where(ridge > 0, ridge, np.where(peak, tiny, 1.0)))
    free = np.where(fixed & ~peak[:, None], 0.0, felt[:, None])
    scaled = weights[..., None] * levels
    # Where some groups are interpolated, they have no say in the modes that the others determine.
    silent = fixed[:, None, :] & ~over[..., None] & ~peak[:, None, None]
    scaled = np.where(silent, 0.0, scaled)
    blank = ~seen & (free == 0)

    def inverse(rows: Any, a: Any) -> Any:
        pull = (a[..., None] * scaled[rows]).sum(axis=1) + free[rows]
        return np.where(blank[rows], 0.0, 1 / np.where(blank[rows], 1.0, pull))

    def traces(rows: Any, a: Any) -> tuple[Any, Any]:
        g, part = inverse(rows, a), scaled[rows]
        found = (part * (g * counts)[:, None, :]).sum(axis=-1)
        heavy = part * (g * np.sqrt(counts))[:, None, :]
        return np.where(found > 0, found, 1.0), heavy @ heavy.swapaxes(-1, -2)

    unit = group_traces(sizes, offset, traces)
    a = sizes / (offset + unit)
    g = inverse(slice(None), a)
    slack = offset + (scaled * (free * g * g * counts)[:, None, :]).sum(axis=-1)
    alike = ((sees == seen[:, None, :]) | ~used[..., None]).all(axis=(1, 2))
    return a, g, scaled, slack, unit, own, offset, free, peak, seen, alike


def _by_coordinates(teachers: Any, shares: Any, left: Any) -> Any:
    """‖θ_k − w̄‖² within each mode, from differences of teachers, so that nothing cancels."""
    apart = teachers[..., :, None, :] - teachers[..., None, :, :]
    return (np.einsum("...lm,...lkm->...km", shares, apart) - left[..., None, :] * teachers) ** 2


def _by_gram(gram: Any, shares: Any, left: Any) -> Any:
    """The same from inner products, centred on θ_k; w0 is the first of the points."""
    groups = gram.shape[-1]
    if gram.ndim < 3 or gram.shape[-2] != groups or shares.shape[-2] != groups:
        refuse("gram", f"an array (…, m, K, K), K = {shares.shape[-2]}", f"shape {gram.shape}")
    wide = np.zeros((*gram.shape[:-2], groups + 1, groups + 1))
    wide[..., 1:, 1:] = gram
    with_k = wide[..., 1:, :]  # (…, m, K, K+1)
    own = np.einsum("...kk->...k", gram)[..., None, None]
    centred = wide[..., None, :, :] - with_k[..., :, None] - with_k[..., None, :] + own  # (…, m, K, K+1, K+1)
    parts = np.concatenate([left[..., None, :], shares], axis=-2)
    column = np.swapaxes(parts, -1, -2)[..., None, :, None]  # (…, m, 1, K+1, 1)
    found = (np.swapaxes(column, -1, -2) @ (centred @ column))[..., 0, 0]
    return np.maximum(np.swapaxes(found, -1, -2), 0.0)

r"""Cascades: stages of weighted ridge regression, each towards earlier ones, on groups of samples that they may share.

    ŵ_j = argmin Σ_k ω_kj‖y_k − X_kw‖² + λ_j‖w − Σ_{l<j} H_lj ŵ_l‖²,    j = 1 … J.

Replay, iterated regularisation, pretraining that has seen the target's data: all stages see the same X_k, so that they
are correlated, and the numbers e_k of one pooled fit become J×J matrices. With Ω_k = diag(ω_k1 … ω_kJ),
L = (I − H)diag(λ) and s_ki the eigenvalue of Σ_k on mode i,

    E_k = Ω_kΣ_is_kiχ_i,    A_k = n_k(I + E_k)⁻¹Ω_k,    χ_i = (Σ_ks_kiA_k + L)⁻¹,

all upper triangular: the diagonals are those of each stage on its own, and every further diagonal is linear in itself.
Means W̄_i = Σ_ks_kiθ_ki1ᵀA_kχ_i, covariances P_i = Σ_k(s_ki/n_k)(A_kχ_i)ᵀZ_kA_kχ_i with the linear equations
Z_k = σ_k²11ᵀ + Σ_is_ki[(θ_ki1ᵀ − W̄_i)ᵀ(θ_ki1ᵀ − W̄_i) + P_i].
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from lintransfer.errors import refuse
from lintransfer.numerics.entries import plain
from lintransfer.numerics.group_traces import group_traces
from lintransfer.numerics.overdetermined import determined_groups
from lintransfer.theory.tasks.pooled_ridge import numbers


class Cascade(NamedTuple):
    """Every stage of a cascade, leading axes (…).

    risks: (…, J), against the test teacher and covariance.  means: E ŵ_j on every mode (…, m, J).  covariances: of
    the stages' weights in one direction of every mode (…, m, J, J).
    """

    risks: Any
    means: Any
    covariances: Any


def cascade_equivalent(
    sizes: Any, eigenvalues: Any, teachers: Any, noise_variances: Any, weights: Any, ridges: Any, anchors: Any,
    multiplicities: Any = None, test_teacher: Any = None, test_eigenvalues: Any = None,
) -> Cascade:  # fmt: skip
    r"""Means, covariances and risks of the stages of a cascade, covariances Σ_k diagonal in one basis.

    sizes: n_k (…, K), real, ≥ 0.  eigenvalues: of Σ_k on every mode (…, K, m).  teachers: θ_k (…, K, m); within a mode of
    several dimensions along one axis (split the mode if teachers span more).  noise_variances: σ_k² (…, K).
    weights: ω_kj ≥ 0 (…, K, J), 0 where stage j does not see group k.  ridges: λ_j ≥ 0 (…, J); 0 is the interpolator
    closest to the anchor, or weighted least squares.  anchors: H (…, J, J), strictly upper triangular: stage j is
    pulled towards Σ_l H_lj ŵ_l, the first towards 0; initial weights w0 enter by taking all teachers relative to them.
    multiplicities: (m,), 1 by default.  test_teacher: (…, m), test_eigenvalues: (…, m); of the last group by default.
    Returns a `Cascade`; nan for a stage without ridge that is at its threshold, or has some groups that determine what
    they see and some that do not, and for the later stages.
    Deterministic equivalent, error O(1/d). Raises `DomainError`. Source: its row of the table.

    >>> chain = [[0.0, 1.0], [0.0, 0.0]]  # min-norm on group 1, then on group 2 from there, all of one teacher: (1 − n/d)²
    >>> two = [5.0, 5.0], np.ones((2, 10)), np.ones((2, 10)), [0.0, 0.0], np.eye(2), [0.0, 0.0], chain
    >>> cascade_equivalent(*two).risks.round(12).tolist()
    [5.0, 2.5]
    """
    sizes, levels, noise, weights, ridges = (
        numbers(name, value)
        for name, value in (
            ("sizes", sizes), ("eigenvalues", eigenvalues), ("noise_variances", noise_variances),
            ("weights", weights), ("ridges", ridges),
        )
    )  # fmt: skip
    teachers, anchors = numbers("teachers", teachers, ""), numbers("anchors", anchors, "")
    if levels.ndim < 2 or weights.ndim < 2 or anchors.ndim < 2:
        refuse(
            "eigenvalues, weights, anchors",
            "arrays (…, K, m), (…, K, J), (…, J, J)",
            f"shapes {levels.shape}, {weights.shape}, {anchors.shape}",
        )
    groups, modes = levels.shape[-2:]
    stages = weights.shape[-1]
    if anchors.shape[-2:] != (stages, stages) or np.any(np.tril(np.ones((stages, stages))) * anchors):
        refuse("anchors", f"strictly upper triangular ({stages}, {stages}): a stage knows only earlier ones", anchors)
    counts = np.ones(modes) if multiplicities is None else numbers("multiplicities", multiplicities)
    goal = teachers[..., -1, :] if test_teacher is None else numbers("test_teacher", test_teacher, "")
    tested = levels[..., -1, :] if test_eigenvalues is None else numbers("test_eigenvalues", test_eigenvalues)
    lead = np.broadcast_shapes(
        sizes.shape[:-1], levels.shape[:-2], teachers.shape[:-2], noise.shape[:-1], weights.shape[:-2],
        ridges.shape[:-1], anchors.shape[:-2], goal.shape[:-1], tested.shape[:-1],
    )  # fmt: skip

    def flat(value: Any, *shape: int) -> Any:
        return np.broadcast_to(value, (*lead, *shape)).reshape(-1, *shape)

    n, s, theta = flat(sizes, groups), flat(levels, groups, modes), flat(teachers, groups, modes)
    v, omega, ridge = flat(noise, groups), flat(weights, groups, stages), flat(ridges, stages)
    chain, goal, tested = flat(anchors, stages, stages), flat(goal, modes), flat(tested, modes)
    moved = _responses(n, s, omega, ridge, chain, counts)  # A_kχ_i, (N, K, m, J, J)
    means = np.einsum("bki,bki,bkij->bij", s, theta, moved.sum(axis=-2))
    short = theta[..., None] - means[:, None]  # (N, K, m, J)
    blank = v[:, :, None, None] + np.einsum("bki,bkij,bkil->bkjl", s, short, short)
    spread = _spreads(n, s, moved, counts, blank)  # (N, m, J, J)
    gap = means - goal[..., None]
    risks = np.einsum("bi,bij->bj", tested, gap * gap)
    risks += np.einsum("bi,i,bijj->bj", tested, counts, spread)
    return Cascade(*(plain(x.reshape(lead + x.shape[1:])) for x in (risks, means, spread)))


def cascade_risk(
    sizes: Any, eigenvalues: Any, teachers: Any, noise_variances: Any, weights: Any, ridges: Any, anchors: Any,
    multiplicities: Any = None, test_teacher: Any = None, test_eigenvalues: Any = None,
) -> Any:  # fmt: skip
    r"""Risk of the last stage of a cascade, (…,); arguments as in `cascade_equivalent`.

    >>> chain = [[0.0, 1.0], [0.0, 0.0]]
    >>> two = [5.0, 5.0], np.ones((2, 10)), np.ones((2, 10)), [0.0, 0.0], np.eye(2), [0.0, 0.0], chain
    >>> float(cascade_risk(*two).round(12))
    2.5
    """
    return cascade_equivalent(
        sizes, eigenvalues, teachers, noise_variances, weights, ridges, anchors, multiplicities, test_teacher,
        test_eigenvalues,
    ).risks[..., -1]  # fmt: skip


def _responses(sizes: Any, levels: Any, weights: Any, ridges: Any, anchors: Any, counts: Any) -> Any:
    """A_kχ_i (N, K, m, J, J). Stages that interpolate are measured in units of their ridge, so that it may be 0."""
    cells, groups, stages = weights.shape
    j = np.arange(stages)
    one, pull, e = np.ones((cells, stages)), ridges.copy(), np.ones((cells, groups, stages))
    counted = np.zeros((cells, groups, stages), bool)
    for stage in j:
        sees = (levels > 0) & (counts > 0)
        counted[..., stage] = used = (sizes > 0) & (weights[..., stage] > 0) & sees.any(axis=-1)
        bare = ridges[:, stage] == 0
        over, threshold = determined_groups(np.where(used, sizes, 0.0), sees & used[..., None], counts)
        full = (over == used).all(axis=1) & used.any(axis=1)
        one[:, stage], pull[:, stage] = np.where(bare & ~full, 0.0, 1.0), np.where(bare & ~full, 1.0, ridges[:, stage])
        lost = bare & (threshold | (over.any(axis=1) & ~full))
        pull[lost, stage] = np.nan
        unseen = ~(used[..., None] & sees).any(axis=1) & (bare & full)[:, None]
        if unseen.any():
            refuse("ridges", "positive where a stage is overdetermined but does not see every mode", 0.0)
        own = weights[..., stage, None] * levels

        def traces(rows: Any, a: Any, own: Any = own, stage: int = stage) -> tuple[Any, Any]:
            g = 1 / ((a[..., None] * own[rows]).sum(axis=1) + pull[rows, stage, None])
            heavy = own[rows] * (g * np.sqrt(counts))[:, None, :]
            found = (own[rows] * (g * counts)[:, None, :]).sum(axis=-1)
            return np.where(found > 0, found, 1.0), heavy @ heavy.swapaxes(-1, -2)

        e[..., stage] = group_traces(np.where(used, sizes, 0.0), one[:, stage, None], traces)
    n = np.where(counted.any(axis=-1), sizes, 0.0)[..., None, None]
    omega = np.where(counted, weights, 0.0)
    traces_ = np.zeros((cells, groups, stages, stages))
    traces_[:, :, j, j] = np.where(counted, e, 0.0)
    kept = np.zeros((cells, stages, stages))
    kept[:, j, j] = one
    held = (np.eye(stages) - anchors) * pull[:, None, :]

    def state(value: Any) -> tuple[Any, Any]:
        base = kept[:, None] + value
        base[..., j, j] = np.where(counted, base[..., j, j], 1.0)
        a = n * np.linalg.inv(base) * omega[..., None, :]
        total = np.einsum("bki,bkjl->bijl", levels, a) + held[:, None]
        return a, np.linalg.inv(total)

    a, chi = state(traces_)
    diagonal = np.where(counted, one[:, None] + e, 1.0)
    for shift in range(1, stages):
        new = omega[..., None] * np.einsum("bki,i,bijl->bkjl", levels, counts, chi)
        for first in range(stages - shift):
            last = first + shift
            weight = n[..., 0, 0] * omega[..., last] / (diagonal[..., first] * diagonal[..., last])
            both = chi[:, :, first, first] * chi[:, :, last, last] * counts
            slope = omega[:, :, None, first] * np.einsum("bki,bli,bi->bkl", levels, levels, both) * weight[:, None, :]
            right = new[:, :, first, last]
            traces_[:, :, first, last] = np.linalg.solve(np.eye(groups) - slope, right[..., None])[..., 0]
        a, chi = state(traces_)
    return np.einsum("bkjl,bilm->bkijm", a, chi)


def _spreads(sizes: Any, levels: Any, moved: Any, counts: Any, blank: Any) -> Any:
    """P_i (N, m, J, J) from the linear equations of the Z_k, whose right sides are `blank` (N, K, J, J)."""
    cells, groups, modes, stages, _ = moved.shape
    share = np.where(sizes > 0, 1 / np.where(sizes > 0, sizes, 1.0), 0.0)
    coupling = np.einsum("bki,i,bli,bl->bkli", levels, counts, levels, share)
    # (XᵀZX)_jm = Σ_pq X_pj X_qm Z_pq
    pairs = np.einsum("blipj,bliqm->blijmpq", moved, moved).reshape(cells, groups, modes, stages**2, stages**2)
    system = np.einsum("bkli,blixy->bkxly", coupling, pairs).reshape(cells, groups * stages**2, -1)
    right = blank.reshape(cells, -1, 1)
    z = np.linalg.solve(np.eye(groups * stages**2) - system, right).reshape(cells, groups, stages**2)
    spread = np.einsum("bli,bl,blixy,bly->bix", levels, share, pairs, z)
    return spread.reshape(cells, modes, stages, stages)

"""Which groups of samples determine what they see, by counting samples against dimensions."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.errors import refuse

_MOST = 14  # different supports, whose subsets are gone through


def determined_groups(sizes: Any, sees: Any, counts: Any) -> tuple[Any, Any]:
    r"""The groups that together determine every direction that they see, and whether a threshold is hit.

    f(A) = rank Σ_{k∈A}Σ_k − Σ_{k∈A}n_k is submodular; its minimiser is the set of overdetermined groups (all of them
    determine what they see; beyond it every set has fewer samples than new dimensions). Where two different sets attain
    the minimum, some part has as many samples as dimensions: a threshold.
    sizes: n_k (N, K), 0 for groups that are not used.  sees: (N, K, m), whether a used group sees a mode.
    counts: (m,), dimensions of the modes.
    Returns a mask (N, K) and a mask (N,). Raises `DomainError` for more than 14 groups with different supports.

    >>> import numpy as np
    >>> sees = np.array([[[True, False], [True, True]]])
    >>> over, threshold = determined_groups(np.array([[5.0, 3.0]]), sees, np.array([2.0, 6.0]))
    >>> over.tolist(), threshold.tolist()
    ([[True, False]], [False])
    """
    rank = (sees.any(axis=1) * counts).sum(axis=-1)
    total = sizes.sum(axis=-1)
    used = sees.any(axis=-1)
    plain = ((sees == sees.any(axis=1)[:, None, :]).all(axis=-1) | ~used).all(axis=-1)  # all see the same
    over, threshold = used & (total > rank)[:, None], (total == rank) & (total > 0)
    if plain.all():
        return over, threshold
    kinds: dict[bytes, list[int]] = {}
    for row in np.flatnonzero(~plain):
        kinds.setdefault(sees[row].tobytes(), []).append(int(row))
    for rows in kinds.values():
        over[rows], threshold[rows] = _search(sizes[rows], sees[rows[0]], counts)
    return over, threshold


def _search(sizes: Any, sees: Any, counts: Any) -> tuple[Any, Any]:
    """The same for problems (N, K) of one pattern (K, m), by every union of supports."""
    patterns, member = np.unique(sees, axis=0, return_inverse=True)
    member = member.reshape(-1)
    if len(patterns) > _MOST:
        refuse("eigenvalues", f"zero in at most {_MOST} different patterns without ridge", len(patterns))
    blind = ~patterns.any(axis=1)
    chosen = (np.arange(1 << len(patterns))[:, None] >> np.arange(len(patterns))) & 1
    chosen = chosen[~(chosen[:, blind] == 1).any(axis=1)].astype(bool)
    ranks = np.array([(patterns[c].any(axis=0) * counts).sum() for c in chosen])
    within = np.zeros((len(patterns), sizes.shape[1]))
    within[member, np.arange(sizes.shape[1])] = 1.0
    excess = ranks - (sizes @ within.T) @ chosen.T  # (N, subsets)
    best = excess.min(axis=1, keepdims=True)
    ties = excess == best
    return chosen[ties.argmax(axis=1)][:, member], ties.sum(axis=1) > 1

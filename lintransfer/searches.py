"""From which whole number on does a curve stay below a goal? One table of the curve, refined wherever something may hide.

A curve may have hills and valleys, jumps, infinities, and sizes at which nobody knows it (nan). What is not known is
neither above the goal nor below it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

LARGEST = 2.0**53  # beyond it, float64 does not tell n from n + 1
ROUNDING = 1e-12  # relative; what differs by less is equal
_DENSE = 64  # up to here every whole number is looked at
_PARTS = np.arange(1, 9) / 9  # where a gap of the table is cut
_MOST_GAPS, _MOST_ROUNDS = 32, 64
_Curve = Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]


class Found(NamedTuple):
    """smallest: the first n at or below the goal; inf if there is none, nan if an n before it is not known.

    lasting: the first n from which on all are; inf if the last one is not, nan if that is not known.
    lowest: the lowest value seen.  unknown_first, unknown_last: the sizes not known; nan if there are none.
    """

    smallest: float
    lasting: float
    lowest: float
    unknown_first: float
    unknown_last: float


def search(curve: _Curve, goal: float, sizes: np.ndarray) -> Found:
    """curve(n) → (values, their sources): a change of source is a possible jump.  sizes: where to look first, sorted."""
    n, (value, source) = sizes, curve(sizes)
    for _ in range(_MOST_ROUNDS):
        gaps = _doubtful(n, value, source, goal)
        if not gaps.size:
            break
        cuts = np.floor(n[gaps, None] + np.diff(n)[gaps, None] * _PARTS)
        more = np.setdiff1d(cuts, n)
        known = (n, value, source)
        n, value, source = (np.concatenate(pair) for pair in zip(known, (more, *curve(more)), strict=True))
        order = np.argsort(n)
        n, value, source = n[order], value[order], source[order]
    return _verdict(n, value, goal)


def _ends(reached: np.ndarray) -> tuple[int, int]:
    """Index of the first that is reached (their number if none), and of the last that is not (−1 if none)."""
    count = len(reached)
    first = int(np.argmax(reached)) if reached.any() else count
    return first, -1 if reached.all() else count - 1 - int(np.argmax(~reached[::-1]))


def _doubtful(n: np.ndarray, value: np.ndarray, source: np.ndarray, goal: float) -> np.ndarray:
    """Gaps of the table that hold the first or last crossing, or may hold a jump, the bottom of a valley before the
    first crossing or the top of a hill behind the last; the outermost ones if there are many."""
    reached, index = value <= goal, np.arange(len(n))
    first, last = _ends(reached)
    up, down = value[1:] > value[:-1] * (1 + ROUNDING), value[:-1] > value[1:] * (1 + ROUNDING)
    flat = ~(up | down)
    left = index[:-1]
    hills, valleys = _turns(up, flat, down) & (left >= last), _turns(down, flat, up) & (left < first)
    jumps = (source[1:] != source[:-1]) & ((left < first) | (left >= last))
    doubt = np.flatnonzero(((left == first - 1) | (left == last) | hills | valleys | jumps) & (np.diff(n) > 1))
    return doubt if doubt.size <= 2 * _MOST_GAPS else np.r_[doubt[:_MOST_GAPS], doubt[-_MOST_GAPS:]]


def _turns(before: np.ndarray, flat: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Gaps beside a point, or between two equal ones, where the table turns from one slope to the other."""
    found = np.zeros(len(flat), bool)
    found[:-1] |= before[:-1] & after[1:]
    found[1:] |= before[:-1] & after[1:]
    found[1:-1] |= before[:-2] & flat[1:-1] & after[2:]
    return found


def _verdict(n: np.ndarray, value: np.ndarray, goal: float) -> Found:
    unknown = np.isnan(value)
    first, last = _ends(value <= goal)
    smallest = np.nan if unknown[:first].any() else np.inf if first == len(n) else n[first]
    lasting = np.nan if last >= 0 and unknown[last] else np.inf if last == len(n) - 1 else n[last + 1]
    silent = n[unknown] if unknown.any() else np.array([np.nan])
    return Found(*map(float, (smallest, lasting, np.min(value[~unknown], initial=np.inf), silent[0], silent[-1])))


def crossing(curve: _Curve, goal: float, whole: float) -> float:
    """The real number in (whole − 1, whole] at which a curve that is above the goal at the lower end comes down to it;
    nan if it jumps there, or if `whole` is 0 or not finite."""
    if not 0 < whole < np.inf:
        return np.nan
    low, high = whole - 1, whole
    for _ in range(17):  # 9¹⁷ > 2⁵³
        points = np.r_[low, low + (high - low) * _PARTS, high]
        after = max(int(np.argmax(curve(points)[0] <= goal)), 1)
        low, high = points[after - 1], points[after]
    (above, below), sources = curve(np.array([low, high]))
    return high if sources[0] == sources[1] and abs(above - below) <= 1e-6 * goal else np.nan


def ladder(centers: Sequence[float], most: float) -> np.ndarray:
    """Sizes up to `most` to look at first: all small ones, the neighbourhoods of the centers, and geometric steps, fine
    ones as far as the centers matter and coarse ones beyond."""
    close, apart = np.arange(-4.0, 5.0), 1.5 ** -np.arange(1.0, 90.0)
    near = [c + close for c in (*centers, most)] + [c * (1 + np.r_[-apart, apart]) for c in centers]
    bend = max(_DENSE, min(most, 1000 * max(_DENSE, *centers, 0)))
    steps = [
        np.geomspace(low, high, 2 + int(np.log(high / low) / np.log(ratio)))
        for low, high, ratio in ((_DENSE, bend, 1.037), (bend, max(most, bend), 1.2))
    ]
    sizes = np.round(np.concatenate([np.arange(_DENSE + 1.0), *near, *steps]))
    return np.unique(sizes[(sizes >= 0) & (sizes <= most)])


def saturations(eigenvalues: Any, multiplicities: Any) -> np.ndarray:
    """Sizes at which a cluster of a spectrum is learnt and a lower one is not: there the risk may have a narrow peak.

    At n = k the top k eigenvalues are learnt but for a share w = √(Σ_{i>k} λ_i Σ_{i≤k} 1/λ_i)/k, which is the relative
    width of the peak. Wide ones need no care. Always there: the rank, w = 0.
    """
    level, count = np.asarray(eigenvalues, float), np.asarray(multiplicities, float)
    order = np.argsort(-level)
    order = order[(level[order] > 0) & (count[order] > 0)]
    if not order.size:
        return np.zeros(0)
    level, count = level[order], count[order]
    with np.errstate(all="ignore"):
        tail, head = np.cumsum((count * level)[::-1])[::-1] - count * level, np.cumsum(count / level)
        tail[-1] = 0.0
        ends, below = np.cumsum(count), np.r_[level[1:], 0.0]
        width = tail * head
        sharper = (width < (tail + level) * (head - 1 / level)) & (
            width < np.maximum(tail - below, 0) * (head + 1 / below)
        )
        chosen = np.flatnonzero(sharper & (width < (ends / 10) ** 2))
        chosen = chosen[np.argsort(width[chosen] / ends[chosen] ** 2, kind="stable")[:32]]
    return np.union1d(ends[chosen], ends[-1])

r"""Which of several candidate sources to use on a user's rows, and how: pooled or in sequence, with which weight.

Every way of using them (`lintransfer.diagnosis.candidates`) chooses its weights and its ridge on training rows alone and
is measured on the rows left out, at a few training-set sizes n_j, all on the same splits. Between and below these sizes,
and above them, the measured errors are taken along the leave-one-out errors t(n) of all rows transported to n
(`lintransfer.diagnosis.leave_one_out`; designs do not depend on the target's labels, so that theorem holds for them):
E(n) = t(n)·E(n_j)/t(n_j). The last ratio, what choosing costs, is taken to fade as n_j/n.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lintransfer.diagnosis.candidates import Source, candidates, column_sizes, own_fit
from lintransfer.diagnosis.result import Diagnosis, caveats_of_rows, samples_needed
from lintransfer.diagnosis.ridge_choice import Design, balanced_orders, chosen_fits, held_out_squares, transported
from lintransfer.errors import refuse
from lintransfer.estimation import Rows, check_rows
from lintransfer.numerics.decomposition import decompose
from lintransfer.validation import bounded, real_array

_VARIANCE, _PRIOR_ROWS = 4.0, 20.0  # of squared errors, over that of Gaussian ones, says a prior worth 20 rows


def diagnose_sources(
    X: Any, y: Any, source: Any, X_unlabelled: Any, n: int | None, error: float | None, key: int, repeats: int
) -> Diagnosis:
    """`lintransfer.diagnose` for a list or dict of candidate sources; n, error, key and repeats are checked already."""
    rows, sources = _checked(X, y, source, X_unlabelled)
    total = len(rows.labels)
    size = total if n is None else n
    design, labels, listed, unit = _in_units(rows, sources)
    learners = candidates(design, listed)
    designs = [learner.designs for learner in learners]
    orders = balanced_orders(total, repeats, key)
    checks = _check_sizes(total, size)
    sizes = np.unique(np.round(np.geomspace(5, 50 * max(total, size), 120)))
    everything = np.concatenate([[size], sizes, checks]).astype(float)

    per_split, per_row = (unit**2 * one for one in _measured(designs, labels, orders, checks))
    measured = per_split.mean(2)
    shape = np.stack([transported(one, labels, everything) for one in designs]) * unit**2
    there = shape[:, 1 + len(sizes) :]
    ratio = np.where(there > 0, measured, 1.0) / np.where(there > 0, there, 1.0)
    errors = _along(everything, shape, checks, ratio)
    choices = [found[0] for found in chosen_fits(designs, labels, np.arange(total)[None])[1]]
    spread = _relative_error(per_row, np.array([choice.freedom for choice in choices]))
    relative = np.stack([np.interp(np.log(everything), np.log(checks), line) for line in spread])

    at_n = errors[:, 0]
    known = np.isfinite(at_n)
    nearest = int(np.argmin(np.abs(np.log(checks / size))))
    first = _first(
        at_n, per_row[:, nearest], np.array([choice.score for choice in choices]), total / 2 <= size <= 2 * total
    )
    names = tuple(learner.named(choice) for learner, choice in zip(learners, choices, strict=True))
    apart, level = per_row[:, nearest] - per_row[first, nearest], measured[first, nearest]
    scale = at_n[first] / level if known.any() and level > 0 else math.nan
    behind = at_n - at_n[first] if known.any() else np.full(len(names), math.nan)
    behind_std_err = np.where(known, _paired_error(apart) * scale, math.nan)
    others = np.where(known & (np.arange(len(names)) != first), at_n, np.inf)
    second = int(np.argmin(others))
    leads = bool(np.isfinite(others[second]))
    goal = 1.05 * float(at_n[first]) if error is None else error
    curve, curve_std_err = errors[:, 1 : 1 + len(sizes)], (errors * relative)[:, 1 : 1 + len(sizes)]
    half_width = np.where(np.isfinite(curve_std_err), 2 * curve_std_err, 0.0)
    needed = np.stack(
        [samples_needed(sizes, _continued(curve + i * half_width, goal), goal) for i in (0, -1, 1)], axis=1
    )
    before = [_along(checks[j : j + 1], there[:, j : j + 1], checks[:j], ratio[:, :j]) for j in range(1, len(checks))]
    predicted = np.concatenate([np.full((len(names), 1), math.nan), *before], axis=1)
    limits = _limits_of(np.isnan(errors).any(), total, checks[-1])
    return Diagnosis(
        learners=names,
        n=size,
        error=at_n,
        std_err=at_n * relative[:, 0],
        ridge=np.array([choice.penalty * choice.design.ridge for choice in choices]),
        best=names[first] if known.any() else "",
        lead=float(behind[second]) if leads else math.nan,
        lead_std_err=float(behind_std_err[second]) if leads else math.nan,
        behind=behind,
        behind_std_err=behind_std_err,
        goal=goal,
        needed=needed[:, 0],
        needed_range=needed[:, 1:],
        sizes=sizes,
        curve=curve,
        curve_std_err=curve_std_err,
        measured_sizes=checks,
        measured=measured,
        measured_std_err=per_split.std(2, ddof=1) / math.sqrt(repeats),
        predicted=predicted,
        overlap=math.nan,
        overlap_std_err=math.nan,
        noise_std=math.nan,
        noise_std_err=math.nan,
        rows=total,
        unlabelled_rows=0 if rows.unlabelled is None else len(rows.unlabelled),
        dim=rows.design.shape[1],
        method="held-out rows, and leave-one-out errors transported beyond them",
        caveats=tuple(caveats_of_rows(rows, len(decompose(design).values), limits)),
    )


def _checked(X: Any, y: Any, source: Any, X_unlabelled: Any) -> tuple[Rows, list[Source]]:
    """The user's arrays and sources, or the `DomainError` that names the array, the rule and what was given."""
    dim = real_array("X", X, (2,)).shape[1]
    rows = check_rows(X, y, np.zeros(dim), X_unlabelled)
    if not len(source):
        refuse("source", "weights (d,), or a non-empty list of candidate sources", source)
    if isinstance(source, Mapping):
        named = [(str(name), one) for name, one in source.items()]
    else:
        named = [(f"source {k}", one) for k, one in enumerate(source, 1)]
    return rows, [_one_source(name, one, rows) for name, one in named]


def _one_source(name: str, given: Any, rows: Rows) -> Source:
    dim = rows.design.shape[1]
    pair = isinstance(given, list | tuple) and any(
        isinstance(part, list | tuple) or getattr(part, "ndim", 0) for part in given
    )
    if not pair:
        weights = real_array(name, given, (1,))
        if weights.shape != (dim,):
            refuse(
                name,
                f"one weight for each of the {dim} columns of X, or a pair of arrays (X, y)",
                got=f"shape {weights.shape}",
            )
        bounded(name, weights)
        with np.errstate(over="ignore"):
            bounded(name, rows.design @ weights, "the labels X @ source that it gives", small=False)
        return Source(name, None, None, weights)
    if len(given) != 2:
        refuse(name, f"{dim} weights, or a pair of arrays (X, y)", got=f"{len(given)} of them")
    design, labels = real_array(f"X of {name}", given[0], (2,)), real_array(f"y of {name}", given[1], (1,))
    if design.shape[1] != dim:
        refuse(f"X of {name}", f"rows of length {dim}, as in X", got=f"shape {design.shape}")
    if labels.shape != (len(design),):
        refuse(f"y of {name}", f"one label for each of its {len(design)} rows", got=f"shape {labels.shape}")
    bounded(f"X of {name}", design)
    bounded(f"y of {name}", labels)
    return Source(name, design, labels, np.zeros(dim))


def _in_units(rows: Rows, sources: Sequence[Source]) -> tuple[np.ndarray, np.ndarray, list[Source], float]:
    """Columns and labels of size one over all rows: what comes out does not depend on units. Last, the labels' unit."""
    every = [rows.design, *(one.design for one in sources if one.design is not None)]
    every += [] if rows.unlabelled is None else [rows.unlabelled]
    column = column_sizes(every)
    given = [one.labels if one.labels is not None else rows.design @ one.weights for one in sources]
    unit = max(float(np.abs(part).max()) for part in (rows.labels, *given))
    scaled = []
    for one in sources:
        if one.design is None or one.labels is None:
            scaled.append(one._replace(weights=one.weights * (column / unit)))
        else:
            design, labels = one.design / column, one.labels / unit
            scaled.append(Source(one.name, design, labels, own_fit(design, labels).weights))
    return rows.design / column, rows.labels / unit, scaled, unit


def _check_sizes(total: int, size: int) -> np.ndarray:
    """Up to five sizes between 10 % and 80 % of the rows, and the one in question if it is among them."""
    most = int(0.8 * total)
    ladder = np.round(np.geomspace(max(5, 0.1 * total), most, 5)).astype(int)
    return np.unique(np.append(ladder, size if ladder[0] <= size <= most else most))


def _measured(
    designs: Sequence[Sequence[Design]], labels: np.ndarray, orders: np.ndarray, checks: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mean squared errors on the rows left out, (L, m, R) for each split and (L, m, N) for each row; a row that was never
    left out has nan."""
    splits, rows = [], []
    for check in checks:
        squares = held_out_squares(designs, labels, orders, int(check))
        splits.append(np.nanmean(squares, axis=2))
        count = np.sum(~np.isnan(squares), axis=1)
        rows.append(np.where(count > 0, np.nansum(squares, axis=1) / np.maximum(count, 1), np.nan))
    return np.stack(splits, 1), np.stack(rows, 1)


def _along(sizes: np.ndarray, shape: np.ndarray, checks: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    """The shape (L, k) at sizes (k,), times ratios (L, m) known at sizes (m,): interpolated in log n, fading above them."""
    logs = np.log(np.maximum(ratio, np.finfo(float).tiny))
    inside = np.stack([np.interp(np.log(sizes), np.log(checks), line) for line in logs])
    fading = np.minimum(checks[-1] / sizes, 1.0)
    return shape * np.exp(inside * fading)


def _continued(curves: np.ndarray, goal: float) -> np.ndarray:
    """Curves (L, k) whose unknown end is taken to stay where they are last known, if that is below the goal: with their
    ridge chosen, they fall."""
    last = np.maximum(np.isfinite(curves).sum(1) - 1, 0)
    ends = curves[np.arange(len(curves)), last][:, None]
    return np.where(np.isnan(curves) & (ends <= goal), ends, curves)


def _first(error: np.ndarray, squares: np.ndarray, score: np.ndarray, tell: bool) -> int:
    """The place of the best: of the least error, or, where the scores of all rows tell (n of the order of N), the best
    score among those whose held-out squared errors (L, N) are within two standard errors of it."""
    known = np.isfinite(error)
    least = int(np.argmin(np.where(known, error, np.inf)))
    if not tell or not known.any():
        return least
    apart = squares - squares[least]
    near = known & (np.nanmean(apart, axis=1) <= 2 * _paired_error(apart))
    return int(np.argmin(np.where(near, score, np.inf)))


def _relative_error(squares: np.ndarray, freedom: np.ndarray) -> np.ndarray:
    """Standard errors (L, m) of mean squared errors over their values, from the rows' own (L, m, N), where nan rows were
    never held out, and the degrees of freedom (L,) of the learners.

    The mean of ν = N − df squares has the variance 2κ/ν of its square, κ = 1 for Gaussian errors; κ is shrunk towards 4.
    """
    count = np.maximum(np.sum(~np.isnan(squares), axis=2), 2)
    mean, variance = np.nanmean(squares, axis=2), np.nanvar(squares, axis=2, ddof=1)
    own = variance / np.where(mean > 0, 2 * mean**2, 1.0)
    kappa = (count * own + _PRIOR_ROWS * _VARIANCE) / (count + _PRIOR_ROWS)
    return np.sqrt(2 * kappa / (count - np.minimum(freedom[:, None], count / 3)))


def _paired_error(apart: np.ndarray) -> np.ndarray:
    """Standard error of the mean of differences (…, N) over the rows; nan rows were never held out."""
    count = np.maximum(np.sum(~np.isnan(apart), axis=-1), 2)
    return np.nanstd(apart, axis=-1, ddof=1) / np.sqrt(count)


def _limits_of(unknown: Any, rows: int, most: int) -> tuple[str, ...]:
    if not unknown:
        return ()
    return (f"nan: errors are measured up to n = {most}, and {rows} labelled rows do not tell them at much larger n",)

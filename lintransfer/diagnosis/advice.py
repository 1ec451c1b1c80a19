"""Which learner to use on a user's own rows, how many samples each needs, and how far to trust the answer."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lintransfer.diagnosis.forecasts import Forecast, Forecaster
from lintransfer.diagnosis.layers import LAYERS, layer_forecaster
from lintransfer.diagnosis.result import Diagnosis, caveats_of_rows, ratio_of, samples_needed
from lintransfer.diagnosis.sources import diagnose_sources
from lintransfer.errors import UnknownNameError, in_one_line, refuse
from lintransfer.estimation import check_rows
from lintransfer.models import Linear, TwoLayerLinear
from lintransfer.strategies import SIGNED, FineTune, Learner, LinearTransfer, ProbeThen, Scratch, label_of, model_of
from lintransfer.validation import real_number, seed, whole_number

SIX = tuple(kind(ridge=ridge) for kind in (Scratch, FineTune, LinearTransfer) for ridge in (0.0, "optimal"))
_DISTRUST = 0.15  # a measured error this far off the prediction, beyond two standard errors, is reported


def diagnose(
    X: Any,
    y: Any,
    source: Any,
    X_unlabelled: Any = None,
    n: int | None = None,
    learners: Sequence[Learner] | None = None,
    error: float | None = None,
    key: int = 0,
    repeats: int = 20,
) -> Diagnosis:
    """Estimate the transfer problem behind a user's arrays, predict learning curves, and check them on the same rows.

    X: inputs (N, d).  y: labels (N,).  source: source weights (d,), or a tuple (B, v), features (k, d) and head (k,) of a
    two-layer top on frozen features X: then the question is which layers to tune, from which head; or a list (or a dict,
    whose names label the answers) of candidate sources, each of them weights (d,) or a pair (X_k, y_k) of its rows: then
    it is which of them to use, and whether to pool their rows or to fine-tune in sequence.  X_unlabelled: further inputs (M, d). Second
    moments are taken about zero: centre X and y, or add a column of ones, if the models should have an intercept.
    n: training-set size in question, by default N.  learners: by default scratch, fine-tuning and linear transfer,
    each without and with the best ridge; ridge may be a number.  error: prediction error (noise included) to reach,
    by default 5 % above the best at n.  key, repeats: seed and number of random splits of the check.

    The formulas are used if N + M is at least four times the rank of the inputs; otherwise a plugged-in covariance
    is too optimistic, and leave-one-out errors of the rows are transported to other sizes
    (`lintransfer.diagnosis.leave_one_out`). Of several sources everything is measured on rows left out, in columns of one
    size, to which ridges belong (`lintransfer.diagnosis.sources`).
    Raises `DomainError` for arrays that do not match, are not finite, or have fewer than ten rows, and for impossible
    n, error, key or repeats; `UnknownNameError` for an unknown learner.

    >>> rng = np.random.default_rng(0)
    >>> X, target = rng.standard_normal((200, 10)), np.full(10, 0.3)
    >>> y = X @ target + 0.5 * rng.standard_normal(200)
    >>> diagnose(X, y, source=np.full(10, 0.25), n=40).best
    'FineTune(ridge=optimal)'
    >>> diagnose(X[:30], y[:30], source={"near": np.full(10, 0.25), "far": np.arange(10.0)}).best
    'FineTune(ridge=optimal) from near'
    """
    if are_several(source):
        if learners is not None:
            refuse("learners", "left out with several sources: all ways of using them are compared", learners)
        return diagnose_sources(X, y, source, X_unlabelled, *_question(n, error, key, repeats))
    layered = isinstance(source, tuple)
    oracle: Any = layer_forecaster(X, y, source, X_unlabelled) if layered else None
    rows = oracle.rows if layered else check_rows(X, y, source, X_unlabelled)
    chosen = (LAYERS if layered else SIX) if learners is None else _checked(learners, layered)
    total = len(rows.labels)
    n, error, key, repeats = _question(n, error, key, repeats)
    size = total if n is None else n

    oracle = oracle or Forecaster(rows)
    checks = _check_sizes(total, oracle.rank)
    oracle.train(chosen, sorted({*checks.tolist(), *([size] if size <= checks[-1] else [])}), repeats, key)
    sizes = np.unique(np.round(np.geomspace(5, 50 * max(total, size), 120)))
    everything = np.concatenate([[size], sizes, checks]).astype(float)
    found = [oracle(learner, everything) for learner in chosen]
    errors, ridges, errors_std_err = map(np.array, zip(*[(f.error, f.ridge, f.std_err) for f in found], strict=True))
    curve, curve_std_err = errors[:, 1 : 1 + len(sizes)], errors_std_err[:, 1 : 1 + len(sizes)]
    at_n = errors[:, 0]
    known = np.isfinite(at_n)
    first = int(np.argmin(np.where(known, at_n, np.inf)))
    lead = _lead(chosen, found, first) if known.any() else (math.nan, math.nan)
    goal = 1.05 * float(at_n[first]) if error is None else error
    half_width = np.where(np.isfinite(curve_std_err), 2 * curve_std_err, 0.0)
    needed = np.stack([samples_needed(sizes, curve + shift * half_width, goal) for shift in (0, -1, 1)], axis=1)

    there = slice(1 + len(sizes), None)
    splits = oracle.splits(chosen, ridges[:, there], list(checks), repeats, key)
    measured, measured_std_err = splits.mean(-1), splits.std(-1, ddof=1) / math.sqrt(repeats)
    leads = np.array([f.lead_over(found[first]) if ok else (math.nan,) * 2 for f, ok in zip(found, known, strict=True)])
    labels = tuple(label_of(learner) for learner in chosen)
    best = labels[first] if known.any() else ""
    predicted = np.where(np.array([[oracle.forecasts(who)] for who in chosen]), errors[:, there], np.nan)
    check = (checks, measured, measured_std_err, predicted)
    return Diagnosis(
        learners=labels,
        n=size,
        error=at_n,
        std_err=errors_std_err[:, 0],
        ridge=ridges[:, 0],
        best=best,
        lead=lead[0],
        lead_std_err=lead[1],
        behind=np.where(known, -leads[:, 0], at_n) if best else np.full(len(chosen), math.nan),
        behind_std_err=np.where(known, leads[:, 1], math.nan),
        goal=goal,
        needed=needed[:, 0],
        needed_range=needed[:, 1:],
        sizes=sizes,
        curve=curve,
        curve_std_err=curve_std_err,
        measured_sizes=checks,
        measured=measured,
        measured_std_err=measured_std_err,
        predicted=predicted,
        overlap=float(oracle.summary[4]),
        overlap_std_err=float(oracle.summary_std_err[4]),
        noise_std=float(oracle.summary[3]),
        noise_std_err=float(oracle.summary_std_err[3]),
        rows=total,
        unlabelled_rows=0 if rows.unlabelled is None else len(rows.unlabelled),
        dim=rows.design.shape[1],
        method=oracle.method,
        caveats=(*caveats_of_rows(rows, oracle.rank, oracle.caveats), *_caveats_of_check(chosen, *check)),
    )


def are_several(source: Any) -> bool:
    """Whether this is a list or dict of candidate sources, not one source's weights."""
    if isinstance(source, Mapping):
        return True
    if not isinstance(source, list):
        return False
    return not source or any(isinstance(one, list | tuple | Mapping) or getattr(one, "ndim", 0) > 0 for one in source)


def _question(n: Any, error: Any, key: Any, repeats: Any) -> tuple[int | None, float | None, int, int]:
    """What is asked beside the arrays, checked."""
    size = None if n is None else whole_number("n", n, 1)
    if error is not None:
        error = real_number("error", error, "a finite number > 0", lambda v: math.isfinite(v) and v > 0)
    repeats = whole_number("repeats", repeats, 2)
    return size, error, seed("key", key), repeats


def _checked(learners: Sequence[Learner], layered: bool) -> tuple[Learner, ...]:
    chosen = tuple(learners) if isinstance(learners, Sequence) else (learners,)
    for learner in chosen:
        if not isinstance(learner, Learner):
            raise UnknownNameError(
                f"learner must be an instance of a strategy, as in Scratch(), got {in_one_line(learner)}"
            )
        both = layered and model_of(learner) == TwoLayerLinear() and not isinstance(learner, Scratch)
        weights = model_of(learner) == Linear() and not (layered and isinstance(learner, FineTune))
        endless = isinstance(learner, ProbeThen) or getattr(learner, "time", math.inf) == math.inf
        if (
            not (both or weights)
            or not endless
            or (not layered and getattr(learner, "head", "zero") == "source" and isinstance(learner, LinearTransfer))
        ):
            kind = "strategies on two layers, or Scratch()," if layered else "linear models"
            refuse("learners", f"{kind} trained to convergence", learner)
        if learner.ridge == SIGNED or (not isinstance(learner.ridge, str) and learner.ridge < 0):
            refuse("ridge", 'a number ≥ 0 or "optimal" to diagnose', learner.ridge)
    if not chosen or len(set(map(repr, chosen))) < len(chosen):
        refuse("learners", "a non-empty list of different learners", chosen)
    return chosen


def _check_sizes(total: int, rank: int) -> np.ndarray:
    """Up to six sizes between 5 % and 80 % of the rows, and one just above the rank, where ridgeless fits suffer."""
    most = int(0.8 * total)
    ladder = np.geomspace(max(5, 0.05 * total), most, 6)
    near = [math.ceil(1.15 * rank)] if 1.15 * rank <= most else []
    return np.unique(np.round(np.concatenate([ladder, near])).astype(int))


def _lead(learners: Sequence[Learner], found: Sequence[Forecast], first: int) -> tuple[float, float]:
    """How far the best is ahead of the best of another strategy, with the standard error of that difference."""
    others = [f for who, f in zip(learners, found, strict=True) if type(who) is not type(learners[first])]
    others = [f for f in others if f.error[0] < np.inf]
    if not others:
        return math.nan, math.nan
    return found[first].lead_over(min(others, key=lambda f: f.error[0]))


def _caveats_of_check(
    learners: Sequence[Learner], sizes: np.ndarray, measured: np.ndarray, std_err: np.ndarray, predicted: np.ndarray
) -> list[str]:
    """One sentence per learner whose measured errors are off the predicted ones."""
    said = []
    ratio, spread = ratio_of(measured, predicted), ratio_of(std_err, predicted)
    for i, learner in enumerate(learners):
        # A heavy-tailed error has a large standard error, which is no excuse for the prediction: hence the cap.
        off = np.isfinite(ratio[i]) & (np.abs(ratio[i] - 1) > _DISTRUST + 2 * np.minimum(spread[i], _DISTRUST / 2))
        if off.any():
            worst = ", ".join(f"{ratio[i, j]:.2g} at n = {sizes[j]}" for j in np.flatnonzero(off))
            said.append(f"{label_of(learner)}: measured over predicted error is {worst}: do not trust its curve there")
    return said

"""Which learner to use on a user's own rows, how many samples each needs, and how far to trust the answer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

import numpy as np

from lintransfer.diagnosis.forecasts import Forecast, Forecaster
from lintransfer.diagnosis.layers import LAYERS, layer_forecaster
from lintransfer.errors import UnknownNameError, in_one_line, refuse
from lintransfer.estimation import Rows, check_rows
from lintransfer.models import Linear, TwoLayerLinear
from lintransfer.strategies import SIGNED, FineTune, Learner, LinearTransfer, ProbeThen, Scratch, label_of, model_of
from lintransfer.validation import real_number, seed, whole_number

SIX = tuple(kind(ridge=ridge) for kind in (Scratch, FineTune, LinearTransfer) for ridge in (0.0, "optimal"))
_DISTRUST = 0.15  # a measured error this far off the prediction, beyond two standard errors, is reported
_FEW_ROWS = 5.0  # a column whose energy sits in fewer rows than this makes them rows of high leverage


@dataclass(frozen=True)
class Diagnosis:
    """Predicted and measured prediction errors (noise included, no factor ½) of several learners on a user's rows.

    learners: their labels; arrays below have one row per learner.  n: the sample size in question.
    error, std_err: predicted at n, (L,).  ridge: the penalty behind it, (L,).
    best: label of the least error at n, "" if none is known and finite.  lead, lead_std_err: by how much it beats the
    best learner of another strategy; `nan` if there is none.
    goal: the error to reach.  needed: samples from which on a learner stays below it, (L,); inf if it does not within
    the curve, nan if the curve is not known.  needed_range: the same for curves two standard errors lower and higher.
    sizes, curve, curve_std_err: predicted learning curves, (k,) and (L, k).
    measured_sizes, measured, measured_std_err, predicted: held-out errors by resampling the rows, beside the
    prediction for the same n and ridge, (m,) and (L, m); nan for learners that are only measured.
    overlap, overlap_std_err: cosine of source and target in the metric of the covariance, and its standard error.
    noise_std, noise_std_err: σ.  rows, unlabelled_rows, dim: of the data.
    method: "theory" (formulas on the estimated problem) or "leave-one-out" (no covariance plugged in).
    caveats: where not to trust this, one sentence each.
    """

    learners: tuple[str, ...]
    n: int
    error: np.ndarray
    std_err: np.ndarray
    ridge: np.ndarray
    best: str
    lead: float
    lead_std_err: float
    goal: float
    needed: np.ndarray
    needed_range: np.ndarray
    sizes: np.ndarray
    curve: np.ndarray = field(repr=False)
    curve_std_err: np.ndarray = field(repr=False)
    measured_sizes: np.ndarray
    measured: np.ndarray = field(repr=False)
    measured_std_err: np.ndarray = field(repr=False)
    predicted: np.ndarray = field(repr=False)
    overlap: float
    overlap_std_err: float
    noise_std: float
    noise_std_err: float
    rows: int
    unlabelled_rows: int
    dim: int
    method: str
    caveats: tuple[str, ...]

    @property
    def ratio(self) -> np.ndarray:
        """Measured over predicted error, (L, m); nan where the prediction is zero, infinite or unknown."""
        return _over(self.measured, self.predicted)

    def to_dict(self) -> dict[str, Any]:
        """Plain lists and numbers, for JSON."""
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()}
        return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in plain.items()}

    def __str__(self) -> str:
        return _as_text(self)


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
    two-layer top on frozen features X: then the question is which layers to tune, from which head.  X_unlabelled: further inputs (M, d). Second
    moments are taken about zero: centre X and y, or add a column of ones, if the models should have an intercept.
    n: training-set size in question, by default N.  learners: by default scratch, fine-tuning and linear transfer,
    each without and with the best ridge; ridge may be a number.  error: prediction error (noise included) to reach,
    by default 5 % above the best at n.  key, repeats: seed and number of random splits of the check.

    The formulas are used if N + M is at least four times the rank of the inputs; otherwise a plugged-in covariance
    is too optimistic, and leave-one-out errors of the rows are transported to other sizes
    (`lintransfer.diagnosis.leave_one_out`).
    Raises `DomainError` for arrays that do not match, are not finite, or have fewer than ten rows, and for impossible
    n, error, key or repeats; `UnknownNameError` for an unknown learner.

    >>> rng = np.random.default_rng(0)
    >>> X, target = rng.standard_normal((200, 10)), np.full(10, 0.3)
    >>> y = X @ target + 0.5 * rng.standard_normal(200)
    >>> diagnose(X, y, source=np.full(10, 0.25), n=40).best
    'FineTune(ridge=optimal)'
    """
    layered = isinstance(source, tuple)
    oracle: Any = layer_forecaster(X, y, source, X_unlabelled) if layered else None
    rows = oracle.rows if layered else check_rows(X, y, source, X_unlabelled)
    chosen = (LAYERS if layered else SIX) if learners is None else _checked(learners, layered)
    total = len(rows.labels)
    size = total if n is None else whole_number("n", n, 1)
    if size > 2**53:
        refuse("n", "a whole number ≥ 1 and ≤ 2⁵³", n)
    if error is not None:
        error = real_number("error", error, "a finite number > 0", lambda v: math.isfinite(v) and v > 0)
    repeats, key = whole_number("repeats", repeats, 2), seed("key", key)

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
    needed = np.stack([_needed(sizes, curve + shift * half_width, goal) for shift in (0, -1, 1)], axis=1)

    there = slice(1 + len(sizes), None)
    splits = oracle.splits(chosen, ridges[:, there], list(checks), repeats, key)
    measured, measured_std_err = splits.mean(-1), splits.std(-1, ddof=1) / math.sqrt(repeats)
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
        caveats=(*_caveats_of_rows(rows, oracle), *_caveats_of_check(chosen, *check)),
    )


def _over(measured: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    usable = np.isfinite(predicted) & (predicted > 0)
    return np.where(usable, measured, np.nan) / np.where(usable, predicted, 1.0)


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


def _needed(sizes: np.ndarray, curves: np.ndarray, goal: float) -> np.ndarray:
    """Per curve, the size from which on it stays at or below the goal, interpolated in log n; inf if it never does,
    nan if it is not known everywhere."""
    needed = np.where(np.isnan(curves).any(1) | np.isnan(goal), np.nan, np.inf)
    for i in np.flatnonzero(needed == np.inf):
        curve = curves[i]
        above = curve > goal
        last = len(sizes) - 1 - int(np.argmax(above[::-1])) if above.any() else -1
        if last < 0:
            needed[i] = sizes[0]
        elif last < len(sizes) - 1:
            drop = curve[last] - curve[last + 1]
            part = (curve[last] - goal) / drop if np.isfinite(drop) and drop > 0 else 1.0
            needed[i] = math.ceil(sizes[last] * (sizes[last + 1] / sizes[last]) ** part)
    return needed


def _caveats_of_rows(rows: Rows, oracle: Any) -> list[str]:
    said = list(oracle.caveats)
    energy = (rows.design**2).sum(0)
    used = energy > 0
    carried_by = energy[used] ** 2 / (rows.design[:, used] ** 4).sum(0)
    few = int((carried_by < _FEW_ROWS).sum())
    if few:
        said.append(
            f"{few} of {len(used)} columns take their energy from fewer than {_FEW_ROWS:g} rows: such rows have high "
            f"leverage, and ridgeless fits on little more than {oracle.rank} rows are far worse than theory says"
        )
    mean, mean_square = float(rows.labels.mean()), float(np.mean(rows.labels**2))
    constant = bool((np.ptp(rows.design, axis=0)[used] == 0).any())
    if mean**2 > 0.2 * mean_square and not constant:
        said.append(f"y has mean {mean:.3g}, the models no intercept: centre X and y, or add a column of ones to X")
    return said


def _caveats_of_check(
    learners: Sequence[Learner], sizes: np.ndarray, measured: np.ndarray, std_err: np.ndarray, predicted: np.ndarray
) -> list[str]:
    """One sentence per learner whose measured errors are off the predicted ones."""
    said = []
    ratio, spread = _over(measured, predicted), _over(std_err, predicted)
    for i, learner in enumerate(learners):
        # A heavy-tailed error has a large standard error, which is no excuse for the prediction: hence the cap.
        off = np.isfinite(ratio[i]) & (np.abs(ratio[i] - 1) > _DISTRUST + 2 * np.minimum(spread[i], _DISTRUST / 2))
        if off.any():
            worst = ", ".join(f"{ratio[i, j]:.2g} at n = {sizes[j]}" for j in np.flatnonzero(off))
            said.append(f"{label_of(learner)}: measured over predicted error is {worst}: do not trust its curve there")
    return said


def _as_text(found: Diagnosis) -> str:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"Prediction error (noise included) at n = {found.n}, and samples needed", title_justify="left")
    for name in ("learner", "error at n", "ridge", f"n for {found.goal:.4g}", "likely range", "measured/predicted"):
        table.add_column(name, justify="left" if name == "learner" else "right")
    for i, name in enumerate(found.learners):
        low, high = found.needed_range[i]
        ratio = found.ratio[i][np.isfinite(found.ratio[i])]
        table.add_row(
            f"{name} *" if name == found.best else name,
            f"{found.error[i]:.4g} ± {found.std_err[i]:.2g}",
            f"{found.ridge[i]:.3g}",
            f"{found.needed[i]:.0f}",
            f"{low:.0f} … {high:.0f}",
            f"{ratio.min():.2f} … {ratio.max():.2f}" if len(ratio) else "-",
        )
    unlabelled = f" and {found.unlabelled_rows} unlabelled" if found.unlabelled_rows else ""
    out = StringIO()
    console = Console(file=out, width=118, highlight=False)
    console.print(
        f"{found.rows} labelled{unlabelled} rows, d = {found.dim}; predicted by {found.method}\n"
        f"overlap of source and target {found.overlap:.3g} ± {found.overlap_std_err:.2g}, "
        f"noise σ = {found.noise_std:.3g} ± {found.noise_std_err:.2g}"
    )
    console.print(table)
    ahead = f", ahead of the next strategy by {found.lead:.2g} ± {found.lead_std_err:.2g}" if found.lead >= 0 else ""
    tie = " (a tie)" if found.lead < 2 * found.lead_std_err else ""
    among = ", the best of those whose error is known there" if np.isnan(found.error).any() else ""
    if found.best:
        console.print(f"Use {found.best} at n = {found.n}{among}{ahead}{tie}.")
    else:
        console.print(f"No learner has a known and finite error at n = {found.n}.")
    sizes = f"n = {found.measured_sizes[0]} … {found.measured_sizes[-1]}"
    console.print(f"Checked on held-out rows at {sizes}; n for an error: from there on, over the predicted curve.")
    for caveat in found.caveats:
        console.print(f"! {caveat}")
    return out.getvalue().rstrip()

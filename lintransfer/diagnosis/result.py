"""What a diagnosis says: its numbers, their words, and what follows from curves and rows alone."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from io import StringIO
from typing import Any

import numpy as np

from lintransfer.estimation import Rows

_FEW_ROWS = 5.0  # a column whose energy sits in fewer rows than this makes them rows of high leverage


@dataclass(frozen=True)
class Diagnosis:
    """Predicted and measured prediction errors (noise included, no factor ½) of several learners on a user's rows.

    learners: their labels; arrays below have one row per learner.  n: the sample size in question.
    error, std_err: predicted at n, (L,).  ridge: the penalty behind it, (L,).
    best: label of the least error at n, "" if none is known and finite; with several sources, of those that held-out rows
    do not tell from the least.  lead, lead_std_err: by how much it beats the best learner of another strategy, or used with
    other sources; `nan` if there is none.  behind, behind_std_err: how much more error than the best each has, (L,), the
    standard error that of the difference.
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
    behind: np.ndarray
    behind_std_err: np.ndarray
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
    def ties(self) -> tuple[str, ...]:
        """Labels of the learners that are not told from the best, at two standard errors of the difference."""
        near = self.behind <= 2 * self.behind_std_err
        return tuple(name for name, so in zip(self.learners, near, strict=True) if so and name != self.best)

    @property
    def ratio(self) -> np.ndarray:
        """Measured over predicted error, (L, m); nan where the prediction is zero, infinite or unknown."""
        return ratio_of(self.measured, self.predicted)

    def to_dict(self) -> dict[str, Any]:
        """Plain lists and numbers, for JSON."""
        plain = {name: list(value) if isinstance(value, tuple) else value for name, value in vars(self).items()}
        return {name: value.tolist() if isinstance(value, np.ndarray) else value for name, value in plain.items()}

    def __str__(self) -> str:
        return _as_text(self)


def samples_needed(sizes: np.ndarray, curves: np.ndarray, goal: float) -> np.ndarray:
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


def caveats_of_rows(rows: Rows, rank: int, caveats: tuple[str, ...]) -> list[str]:
    """The caveats given, and what the rows themselves give reason to doubt."""
    said = list(caveats)
    energy = (rows.design**2).sum(0)
    used = energy > 0
    carried_by = energy[used] ** 2 / (rows.design[:, used] ** 4).sum(0)
    few = int((carried_by < _FEW_ROWS).sum())
    if few:
        said.append(
            f"{few} of {len(used)} columns take their energy from fewer than {_FEW_ROWS:g} rows: such rows have high "
            f"leverage, and ridgeless fits on little more than {rank} rows are far worse than theory says"
        )
    mean, mean_square = float(rows.labels.mean()), float(np.mean(rows.labels**2))
    constant = bool((np.ptp(rows.design, axis=0)[used] == 0).any())
    if mean**2 > 0.2 * mean_square and not constant:
        said.append(f"y has mean {mean:.3g}, the models no intercept: centre X and y, or add a column of ones to X")
    return said


def ratio_of(measured: np.ndarray, predicted: np.ndarray) -> np.ndarray:
    """Measured over predicted; nan where the prediction is zero, infinite or unknown."""
    usable = np.isfinite(predicted) & (predicted > 0)
    return np.where(usable, measured, np.nan) / np.where(usable, predicted, 1.0)


def _as_text(found: Diagnosis) -> str:
    from rich.console import Console
    from rich.table import Table

    table = Table(title=f"Prediction error (noise included) at n = {found.n}, and samples needed", title_justify="left")
    several = math.isnan(found.overlap)  # then no single source has one
    last = "behind the best" if several else "measured/predicted"
    for name in ("learner", "error at n", "ridge", f"n for {found.goal:.4g}", "likely range", last):
        table.add_column(name, justify="left" if name == "learner" else "right")
    marks = dict.fromkeys(found.ties, " ≈" if several else "") | {found.best: " *"}
    for i, name in enumerate(found.learners):
        low, high = found.needed_range[i]
        ratio = found.ratio[i][np.isfinite(found.ratio[i])]
        table.add_row(
            name + marks.get(name, ""),
            f"{found.error[i]:.4g} ± {found.std_err[i]:.2g}",
            f"{found.ridge[i]:.3g}",
            f"{found.needed[i]:.0f}",
            f"{low:.0f} … {high:.0f}",
            _behind(found, i) if several else f"{ratio.min():.2f} … {ratio.max():.2f}" if len(ratio) else "-",
        )
    unlabelled = f" and {found.unlabelled_rows} unlabelled" if found.unlabelled_rows else ""
    out = StringIO()
    console = Console(file=out, width=118, highlight=False)
    console.print(f"{found.rows} labelled{unlabelled} rows, d = {found.dim}; predicted by {found.method}")
    if not several:
        console.print(
            f"overlap of source and target {found.overlap:.3g} ± {found.overlap_std_err:.2g}, "
            f"noise σ = {found.noise_std:.3g} ± {found.noise_std_err:.2g}"
        )
    console.print(table)
    ahead = f", ahead of the next strategy by {found.lead:.2g} ± {found.lead_std_err:.2g}" if found.lead >= 0 else ""
    tie = " (a tie)" if found.lead <= 2 * found.lead_std_err else ""
    among = ", the best of those whose error is known there" if np.isnan(found.error).any() else ""
    if found.best:
        console.print(f"Use {found.best} at n = {found.n}{among}{ahead}{tie}.")
    else:
        console.print(f"No learner has a known and finite error at n = {found.n}.")
    if several and found.ties:
        console.print("≈: not told from it by the rows in hand, at two standard errors of the difference")
    sizes = f"n = {found.measured_sizes[0]} … {found.measured_sizes[-1]}"
    console.print(f"Checked on held-out rows at {sizes}; n for an error: from there on, over the predicted curve.")
    for caveat in found.caveats:
        console.print(f"! {caveat}")
    return out.getvalue().rstrip()


def _behind(found: Diagnosis, place: int) -> str:
    return (
        "-" if found.learners[place] == found.best else f"{found.behind[place]:.2g} ± {found.behind_std_err[place]:.2g}"
    )

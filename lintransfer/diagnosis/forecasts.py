"""Prediction errors of a learner at any sample size, from rows of data: through the formulas, or by leave-one-out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lintransfer.diagnosis.calibration import held_out_errors, view_of
from lintransfer.diagnosis.leave_one_out import LeaveOneOutPath, leave_one_out_path, transported_error
from lintransfer.estimation import Rows, dropped_directions, estimate, jackknife_error, jackknife_groups
from lintransfer.problems import TransferProblem
from lintransfer.risks import risk
from lintransfer.routing.linear_simulation import best_ridge
from lintransfer.strategies import Learner

_ROWS_PER_DIMENSION = 4  # with fewer, the spread of the estimated spectrum biases what is plugged into it


class Forecast(NamedTuple):
    """Prediction errors at n (k,), the ridges behind them (k,), and the errors without each group of labels (g, k)."""

    error: np.ndarray
    ridge: np.ndarray
    without: np.ndarray

    @property
    def std_err(self) -> np.ndarray:
        """Standard errors (k,); nan where an error is not finite."""
        with np.errstate(invalid="ignore"):
            return jackknife_error(self.without)

    def lead_over(self, other: Forecast) -> tuple[float, float]:
        """How much lower this error is than another one at the first n, with the standard error of the difference."""
        apart = jackknife_error(other.without[:, 0] - self.without[:, 0])
        return float(other.error[0] - self.error[0]), float(apart)


class Forecaster:
    """Call it with a learner and sample sizes for a `Forecast`.

    method: "theory", or "leave-one-out" if there are too few rows for their dimension to plug a covariance in.
    Either way the standard error is that of the leave-one-out errors of the labelled rows, over ten groups of them.
    """

    def __init__(self, rows: Rows) -> None:
        whole, without = estimate(rows)
        self.dropped = whole.dropped
        self.rows = rows
        self.problem = TransferProblem(whole.dim, whole.modes, whole.noise_std)
        self.summary, self.summary_std_err = whole.summary, jackknife_error([e.summary for e in without])
        self.rank = int(whole.modes.multiplicity[whole.modes.eigenvalue > 0].sum())
        self.seen = len(rows.labels) + (0 if rows.unlabelled is None else len(rows.unlabelled))
        self.method = "theory" if self.seen >= _ROWS_PER_DIMENSION * self.rank else "leave-one-out"
        self._paths: dict[type, LeaveOneOutPath] = {}

    def __call__(self, learner: Learner, n: np.ndarray) -> Forecast:
        if type(learner) not in self._paths:
            groups = jackknife_groups(len(self.rows.labels))
            self._paths[type(learner)] = leave_one_out_path(*view_of(learner, self.rows), groups)
        path = self._paths[type(learner)]
        if self.method == "leave-one-out":
            errors, ridges = transported_error(path, n, learner.ridge)
            return Forecast(errors[0], ridges, errors[1:])
        error = self.problem.noise_variance + np.asarray(risk(self.problem, learner, n).value)
        tuned, _ = transported_error(path, np.minimum(n, len(self.rows.labels)))
        change = tuned[1:] / np.where(tuned[0] > 0, tuned[0], 1.0)
        return Forecast(error, _ridge_used(self.problem, learner, n), error * np.where(tuned[0] > 0, change, 1.0))

    def forecasts(self, learner: Learner) -> bool:
        """Whether errors of this learner are predicted, not measured."""
        return True

    def train(self, learners: Sequence[Learner], sizes: Sequence[int], repeats: int, key: int) -> None:
        """Nothing has to be trained to be forecast."""

    def splits(
        self, learners: Sequence[Learner], ridges: np.ndarray, sizes: Sequence[int], repeats: int, key: int
    ) -> np.ndarray:
        """Errors on held-out rows, (learners, sizes, repeats), with the ridges (learners, sizes)."""
        return held_out_errors(self.rows, learners, ridges[..., None], sizes, repeats, key)[:, :, 0]

    @property
    def caveats(self) -> tuple[str, ...]:
        """Where this way of predicting is weak, one sentence each."""
        lost = (dropped_directions(self.dropped),) if self.dropped else ()
        if self.method == "theory":
            return lost
        labelled = len(self.rows.labels)
        said = (
            *lost,
            f"the inputs span {self.rank} dimensions and there are {self.seen} rows: too few to plug a covariance into "
            f"formulas, so curves are leave-one-out errors of the {labelled} labelled rows transported to other n",
        )
        if self.rank < labelled:
            return said
        return (*said, f"nan: {labelled} labelled rows in {self.rank} dimensions do not tell the error at such n")


def _ridge_used(problem: TransferProblem, learner: Learner, n: np.ndarray) -> np.ndarray:
    """The number behind ridge="optimal", for each n."""
    return np.asarray(best_ridge(problem, learner, n)) if isinstance(learner.ridge, str) else learner.ridge + 0 * n

"""Prediction errors of a learner at any sample size, from rows of data: through the formulas, or by leave-one-out."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from lintransfer.calibration import view_of
from lintransfer.estimation import Estimated, Rows, estimate, jackknife_error, jackknife_groups
from lintransfer.leave_one_out import LeaveOneOutPath, leave_one_out_path, transported_error
from lintransfer.problems import TransferProblem
from lintransfer.risks import risk
from lintransfer.strategies import FineTune, Learner, LinearTransfer
from lintransfer.theory.optimal_ridge import optimal_ridge
from lintransfer.theory.ridge_head import optimal_head_ridge

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

    method: "theory", or "leave-one-out" if there are too few rows for their number of dimensions to plug a covariance in.
    """

    def __init__(self, rows: Rows) -> None:
        whole, without = estimate(rows)
        self.rows = rows
        self.problems = [TransferProblem(e.dim, e.modes, e.noise_std) for e in (whole, *without)]
        self.summary, self.summary_std_err = whole.summary, jackknife_error([e.summary for e in without])
        self.rank = int(whole.modes.multiplicity[whole.modes.eigenvalue > 0].sum())
        self.seen = len(rows.labels) + (0 if rows.unlabelled is None else len(rows.unlabelled))
        self.method = "theory" if self.seen >= _ROWS_PER_DIMENSION * self.rank else "leave-one-out"
        self._paths: dict[type, LeaveOneOutPath] = {}

    def __call__(self, learner: Learner, n: np.ndarray) -> Forecast:
        return self._by_theory(learner, n) if self.method == "theory" else self._by_leaving_out(learner, n)

    def _by_theory(self, learner: Learner, n: np.ndarray) -> Forecast:
        errors = np.stack([p.noise_variance + np.asarray(risk(p, learner, n).value) for p in self.problems])
        return Forecast(errors[0], _ridge_used(self.problems[0], learner, n), errors[1:])

    def _by_leaving_out(self, learner: Learner, n: np.ndarray) -> Forecast:
        if type(learner) not in self._paths:
            groups = jackknife_groups(len(self.rows.labels))
            self._paths[type(learner)] = leave_one_out_path(*view_of(learner, self.rows), groups)
        errors, ridges = transported_error(self._paths[type(learner)], n, learner.ridge)
        return Forecast(errors[0], ridges, errors[1:])

    @property
    def caveats(self) -> tuple[str, ...]:
        """Where this way of predicting is weak, one sentence each."""
        if self.method == "theory":
            return ()
        labelled = len(self.rows.labels)
        said = (
            f"the inputs span {self.rank} dimensions and there are {self.seen} rows: too few to plug a covariance into "
            f"formulas, so curves are leave-one-out errors of the {labelled} labelled rows transported to other n",
        )
        if self.rank < labelled:
            return said
        return (*said, f"nan: {labelled} labelled rows in {self.rank} dimensions do not tell the error at such n")


def _ridge_used(problem: TransferProblem, learner: Learner, n: np.ndarray) -> np.ndarray:
    """The number behind ridge="optimal", for each n."""
    if not isinstance(learner.ridge, str):
        return learner.ridge + 0 * n
    if isinstance(learner, LinearTransfer):
        f = problem.features
        eigenvalue, explained = float(f.eigenvalue[0]), float(f.eigenvalue[0] * f.target[0])
        return eigenvalue * optimal_head_ridge(1, explained, f.unexplained, problem.noise_variance) + 0 * n
    m = problem.modes
    start = m.displacement if isinstance(learner, FineTune) else m.target
    return np.asarray(optimal_ridge(n, m.eigenvalue, m.multiplicity, start, problem.noise_variance).ridge)

"""Which layers of a two-layer top (B, v) to tune on a user's rows of frozen-backbone features.

A head alone and a first layer alone are linear regressions, on HBᵀ and on H: they are forecast as such. Both layers have
no closed form for inputs like a user's: they are trained on random parts of the rows, and beyond the rank of the inputs
they end where scratch does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from lintransfer.diagnosis.calibration import held_out_errors
from lintransfer.diagnosis.forecasts import Forecast, Forecaster
from lintransfer.errors import refuse
from lintransfer.estimation import Rows, check_rows
from lintransfer.models import TwoLayerLinear
from lintransfer.simulate.two_layer_linear.flow import probe_then, train
from lintransfer.simulate.two_layer_linear.single import checked
from lintransfer.strategies import FineTune, FirstLayer, Learner, LinearTransfer, ProbeThen, Scratch

_BOTH = FineTune(TwoLayerLinear())
LAYERS: tuple[Learner, ...] = (
    Scratch(), Scratch(ridge="optimal"), LinearTransfer(), LinearTransfer(ridge="optimal", head="source"), FirstLayer(),
    FirstLayer(ridge="optimal"), _BOTH, replace(_BOTH, head="zero"), ProbeThen(_BOTH), ProbeThen(FirstLayer()),
)  # fmt: skip
_RTOL = 1e-5  # of the integrator, far below the spread of the splits


class LayerForecaster:
    """`Forecaster` for the strategies on (B, v); of networks that are trained it knows the sizes of the splits, and those
    beyond the rank of the inputs.

    rows: (H, y), with the weights Bᵀv as their source.  features, head: B (k, d) and v (k,).
    """

    def __init__(self, rows: Rows, features: np.ndarray, head: np.ndarray) -> None:
        self.rows, self.features, self.head = rows, features, head
        seen = None if rows.unlabelled is None else rows.unlabelled @ features.T
        self.weights = Forecaster(rows)
        self.heads = Forecaster(Rows(rows.design @ features.T, rows.labels, head, seen))
        self.rank, self.summary, self.summary_std_err = (
            self.weights.rank,
            self.weights.summary,
            self.weights.summary_std_err,
        )
        self.method = f"{self.weights.method}; both layers are trained on random parts of the rows"
        self.caveats = tuple(dict.fromkeys((*self.weights.caveats, *(f"probing: {c}" for c in self.heads.caveats))))
        self._trained: dict[Any, dict[int, np.ndarray]] = {}

    def __call__(self, learner: Learner, n: np.ndarray) -> Forecast:
        plain = self._as_linear(learner)
        if plain is not None:
            forecaster, linear, scale = plain
            found = forecaster(linear, n)
            return found._replace(ridge=found.ridge * scale)
        trained = self._trained[learner]
        far = self.weights(Scratch(), n)
        groups = len(far.without)
        signs = np.where(np.arange(groups) % 2 == 0, 1.0, -1.0) / math.sqrt(max(groups - 1, 1))
        error = np.where(n > self.rank + 1, far.error, np.nan)
        without = np.where(n > self.rank + 1, far.without, np.nan)
        for size, errors in trained.items():
            # Splits share rows: no more of them are independent than fit into the rows beside one another.
            spread = errors.std(ddof=1) / math.sqrt(min(len(errors), max(1.0, len(self.rows.labels) / size)))
            # A jackknife of g values that differ by ±x from their mean has the standard error x √(g − 1).
            error[n == size] = errors.mean()
            without[:, n == size] = (errors.mean() + signs * spread)[:, None]
        return Forecast(error, 0 * n, without)

    def forecasts(self, learner: Learner) -> bool:
        """Whether errors of this learner are predicted, not measured."""
        return self._as_linear(learner) is not None

    def train(self, learners: Sequence[Learner], sizes: Sequence[int], repeats: int, key: int) -> None:
        """Train the networks that no formula forecasts, on the splits that everyone is checked on."""
        rng = np.random.default_rng(key)
        orders = [rng.permutation(len(self.rows.labels)) for _ in range(repeats)]
        for learner in (who for who in learners if self._as_linear(who) is None):
            self._trained[learner] = {}
            for size in sizes:
                errors = np.empty(repeats)
                design = np.stack([self.rows.design[order[:size]] for order in orders])
                labels = np.stack([self.rows.labels[order[:size]] for order in orders])
                weights = self._weights(learner, design, labels)
                for repeat, order in enumerate(orders):
                    rest = order[size:]
                    missed = self.rows.labels[rest] - self.rows.design[rest] @ weights[repeat]
                    errors[repeat] = np.mean(missed**2)
                self._trained[learner][int(size)] = errors

    def splits(
        self, learners: Sequence[Learner], ridges: np.ndarray, sizes: Sequence[int], repeats: int, key: int
    ) -> Any:
        """Errors on held-out rows, (learners, sizes, repeats)."""
        found = np.empty((len(learners), len(sizes), repeats))
        plain = {i: linear for i, who in enumerate(learners) if (linear := self._as_linear(who)) is not None}
        for i, who in enumerate(learners):
            if i not in plain:
                found[i] = [self._trained[who][int(size)] for size in sizes]
        for forecaster in (self.weights, self.heads):
            alike = [i for i, (of, _, _) in plain.items() if of is forecaster]  # they share their decompositions
            if alike:
                penalties = np.stack([ridges[i] / plain[i][2] for i in alike])[..., None]
                who_learns = [plain[i][1] for i in alike]
                found[alike] = held_out_errors(forecaster.rows, who_learns, penalties, sizes, repeats, key)[:, :, 0]
        return found

    def _as_linear(self, learner: Learner) -> tuple[Forecaster, Learner, float] | None:
        """Whose linear regression a learner is, and what its ridge is multiplied by; None for both layers."""
        if isinstance(learner, Scratch):
            return self.weights, learner, 1.0
        if isinstance(learner, FirstLayer):
            energy = float(self.head @ self.head)
            ridge = learner.ridge if isinstance(learner.ridge, str) else learner.ridge / energy
            return self.weights, FineTune(ridge=ridge), energy
        if isinstance(learner, LinearTransfer):
            kind = FineTune if learner.head == "source" else Scratch
            return self.heads, kind(ridge=learner.ridge), 1.0
        return None

    def _weights(self, learner: Learner, design: np.ndarray, labels: np.ndarray) -> np.ndarray:
        if isinstance(learner, ProbeThen):
            layers = "first" if isinstance(learner.strategy, FirstLayer) else "both"
            zero = np.zeros_like(self.head)
            time = {"probe_time": learner.time, "trained": layers, "rtol": _RTOL}
            return probe_then(design, labels, self.features, zero, **time).weights
        head = self.head if getattr(learner, "head", "source") == "source" else np.zeros_like(self.head)
        return train(design, labels, self.features, head, rtol=_RTOL).weights


def layer_forecaster(X: Any, y: Any, source: tuple[Any, Any], X_unlabelled: Any) -> LayerForecaster:
    """The forecaster of a user's arrays, checked."""
    if len(source) != 2:
        refuse("source", "weights (d,), or a pair (B, v): features (k, d) and a head (k,)", source)
    network = checked(X, y, *source)
    if not network.head.any():
        refuse("head", "non-zero to diagnose (the source makes no prediction)", got="zeros")
    rows = check_rows(X, y, network.head @ network.features, X_unlabelled)
    return LayerForecaster(rows, network.features, network.head)

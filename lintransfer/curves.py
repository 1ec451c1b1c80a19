"""Risk against sample size for several learners on one problem."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lintransfer import plotting
from lintransfer.cells import Cells, flag_variable
from lintransfer.floors import floor_of_grid
from lintransfer.problems import TransferProblem
from lintransfer.routing.answers import check_simulation, risk_answer
from lintransfer.routing.question import as_learners, ask
from lintransfer.storage import provenance, save_dataset
from lintransfer.strategies import Learner, Several, label_of
from lintransfer.validation import listed_sizes


@dataclass(frozen=True)
class RiskCurve:
    """Risks over (learner, n) in `dataset`: variables ``risk``, ``std_err``, ``valid``, and ``method`` and
    ``theorem`` as whole numbers, whose meanings are in their attributes; ``floor``, the Bayes-optimal risk, beside learners that
    use several tasks."""

    dataset: Any

    def plot(self, axes: Any = None) -> Any:
        """Draw the curves on a logarithmic scale; returns the matplotlib figure."""
        curves = {
            str(name): (self.dataset.n, self.dataset.risk.sel(learner=name), self.dataset.std_err.sel(learner=name))
            for name in self.dataset.learner.values
        }
        floor = self.dataset.get("floor")
        return plotting.plot_curves(curves, axes, None if floor is None else (self.dataset.n, floor))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the dataset to netCDF, whole or not at all. Raises `DataFileError`."""
        save_dataset(self.dataset, path)

    def __str__(self) -> str:
        width = max(len(str(name)) for name in self.dataset.learner.values)
        lines = [f"{'n':>{width}}  " + " ".join(f"{int(n):>10d}" for n in self.dataset.n.values)]
        for name in self.dataset.learner.values:
            values = self.dataset.risk.sel(learner=name).values
            lines.append(f"{name!s:>{width}}  " + " ".join(f"{v:>10.4g}" for v in values))
        return "\n".join(lines)


def risk_curve(
    problem: TransferProblem,
    learners: Sequence[Learner],
    n: Any,
    method: str = "auto",
    key: int = 0,
    replicates: int = 200,
) -> RiskCurve:
    """Excess risk of each learner at each n; arguments and errors as in `lintransfer.risk`."""
    import xarray

    learners = as_learners(learners)
    check_simulation(key, replicates)
    sizes = listed_sizes(n)
    found = []
    for learner in learners:
        cells = Cells(sizes.shape)
        cells.put((), risk_answer(ask(problem, learner, method=method), sizes, method, key, replicates))
        found.append(cells)
    floor = floor_of_grid(problem, {}, sizes) if any(isinstance(who, Several) for who in learners) else None
    dims, labels = ("learner", "n"), list(map(label_of, learners))
    value = np.stack([cells.value for cells in found])
    return RiskCurve(
        xarray.Dataset(
            {
                "risk": (dims, value),
                "std_err": (dims, np.stack([cells.std_err for cells in found])),
                "valid": (dims, ~np.isnan(value)),
                "method": flag_variable(dims, found, 0),
                "theorem": flag_variable(dims, found, 1),
                **({} if floor is None else {"floor": (("n",), floor)}),
            },
            coords={"learner": labels, "n": sizes.astype(np.int64)},
            attrs={
                "theorems": "; ".join(f"{name}: {cells.told()}" for name, cells in zip(labels, found, strict=True)),
                **provenance(),
            },
        )
    )

"""Risk against sample size for several learners on one problem."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lintransfer import plotting
from lintransfer.errors import refuse
from lintransfer.problems import TransferProblem
from lintransfer.risks import risk
from lintransfer.validation import sample_sizes
from lintransfer.storage import provenance, save_dataset
from lintransfer.strategies import Learner, label_of


@dataclass(frozen=True)
class RiskCurve:
    """Risks over (learner, n) in `dataset`: variables ``risk``, ``std_err``, ``valid``, ``method``, ``theorem``."""

    dataset: Any

    def plot(self, axes: Any = None) -> Any:
        """Draw the curves on a logarithmic scale; returns the matplotlib figure."""
        curves = {
            str(name): (self.dataset.n, self.dataset.risk.sel(learner=name), self.dataset.std_err.sel(learner=name))
            for name in self.dataset.learner.values
        }
        return plotting.plot_curves(curves, axes)

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

    if isinstance(learners, Learner):
        learners = [learners]
    labels = [label_of(learner) for learner in learners]
    if not labels or len(set(labels)) < len(labels):
        refuse("learners", "a non-empty list of different learners", learners)
    sizes = np.atleast_1d(sample_sizes(n))
    found = [risk(problem, learner, sizes, method, key, replicates) for learner in learners]
    cells = ("learner", "n")
    return RiskCurve(
        xarray.Dataset(
            {
                "risk": (cells, np.stack([np.asarray(e.value) for e in found])),
                "std_err": (cells, np.stack([np.asarray(e.std_err) for e in found])),
                "valid": (cells, np.stack([np.asarray(e.valid) for e in found])),
                "method": ("learner", [e.method for e in found]),
                "theorem": ("learner", [e.theorem for e in found]),
            },
            coords={"learner": labels, "n": sizes.astype(np.int64)},
            attrs=provenance(),
        )
    )

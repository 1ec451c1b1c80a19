"""The table of theorems: every result, one row each, joined from the files of `lintransfer.table`."""

from __future__ import annotations

import difflib
from typing import Any

from lintransfer.errors import UnknownNameError
from lintransfer.table import (
    boundaries,
    bounds,
    conditional,
    covariance,
    covariance_shifts,
    covariance_transfer,
    critical_energies,
    deep_chains,
    deep_covariance,
    deep_dynamics,
    deep_exact,
    deep_few_shots,
    deep_frozen,
    deep_linear,
    deep_phases,
    deep_retention_limits,
    deep_risk,
    deep_tangent,
    deep_transfer,
    distances,
    early_stopping,
    estimators,
    exact_moments,
    fine_tuning_boundaries,
    finite_source,
    frozen_features,
    isotropic,
    laws,
    power_law,
    proportional,
    relu,
    ridge_choice,
    ridge_features,
    ridge_heads,
    sample_sizes,
    source_features,
    transport,
)
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem

__all__ = ["THEOREMS", "Experiment", "Limit", "Mutant", "Theorem", "theorem"]

# In the order of the book: exact isotropic results first, then what builds on them.
_TOPICS: tuple[Any, ...] = (
    conditional,
    isotropic,
    laws,
    frozen_features,
    ridge_heads,
    ridge_features,
    finite_source,
    source_features,
    boundaries,
    critical_energies,
    fine_tuning_boundaries,
    distances,
    estimators,
    sample_sizes,
    exact_moments,
    proportional,
    early_stopping,
    covariance,
    covariance_transfer,
    covariance_shifts,
    ridge_choice,
    transport,
    power_law,
    bounds,
    deep_linear,
    deep_retention_limits,
    deep_chains,
    deep_dynamics,
    deep_risk,
    deep_exact,
    deep_covariance,
    deep_phases,
    deep_few_shots,
    deep_frozen,
    deep_tangent,
    deep_transfer,
    relu,
)

THEOREMS: tuple[Theorem, ...] = tuple(row for topic in _TOPICS for row in topic.ROWS)


def theorem(name: str) -> Theorem:
    """The row of the table with this name.

    Raises `UnknownNameError`, with close names, if there is none.
    """
    for row in THEOREMS:
        if row.name == name:
            return row
    close = difflib.get_close_matches(str(name), [row.name for row in THEOREMS], n=3, cutoff=0.4)
    hint = f"; did you mean {', '.join(close)}?" if close else ""
    raise UnknownNameError(f"there is no theorem {name!r}{hint} (lintransfer theorems lists them all)")

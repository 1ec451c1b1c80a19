"""Rows on covariances, ridges and early stopping: special cases, accuracy, derivations, mutants."""

import numpy as np
import pytest

from lintransfer.table.linear import (
    covariance,
    covariance_shift,
    early_stopping,
    effective_regularization,
    negative_ridge,
    optimal_ridge,
    proportional,
    two_stage,
)
from lintransfer.verification.accuracy import check_precision, check_rigour
from lintransfer.verification.identity import check_identity
from lintransfer.verification.limits import check_limits
from lintransfer.verification.mutants import refusals

ROWS = tuple(
    row
    for topic in (
        effective_regularization,
        covariance,
        covariance_shift,
        two_stage,
        negative_ridge,
        optimal_ridge,
        proportional,
        early_stopping,
    )
    for row in topic.ROWS
)
SLOW = {"early-stopped-risk", "optimal-stopping"}  # quadratures at fifty digits
ONLY_SIMULATION = {"optimally-stopped-risk"}  # a minimum over time: no closed form to derive


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_limits_and_precision(row):
    assert check_limits(row).outcome == "PASS", check_limits(row).detail
    precision = check_precision(row, np.random.default_rng(0), 1 if row.name in SLOW else 8)
    assert precision.outcome == ("MISSING" if row.name in ONLY_SIMULATION else "PASS"), precision.detail
    rigour = check_rigour(row, np.random.default_rng(0), 3)
    assert rigour.outcome in ("PASS", "SKIPPED", "INCONCLUSIVE", "MISSING"), rigour.detail


@pytest.mark.parametrize("row", [r for r in ROWS if r.name not in SLOW | ONLY_SIMULATION], ids=lambda row: row.name)
def test_derivations_agree_and_mutants_are_refused(row):
    check, evidence = check_identity(row, np.random.default_rng(0), 30)
    assert check.outcome == "PASS", check.detail
    by_simulation = {"negative-ridge-risk"}  # its derivation and limits have λ ≥ 0, where these mutants are right
    for mutant in row.mutants:
        assert refusals(row, mutant.of(row.formula), evidence, []) or row.name in by_simulation, mutant.text

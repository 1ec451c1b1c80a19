"""Rows on ReLU networks: special cases, accuracy, and that a derivation stands behind each claim of exactness."""

import numpy as np
import pytest

from lintransfer.theorems import THEOREMS
from lintransfer.verification.accuracy import check_precision, check_rigour
from lintransfer.verification.derivation import derivation_module
from lintransfer.verification.limits import check_limits

ROWS = [row for row in THEOREMS if row.name.startswith("relu-")]
WITHOUT_DERIVATION = {"relu-two-stage-risk"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_limits_precision_and_rigour(row):
    assert check_limits(row).outcome == "PASS", check_limits(row).detail
    precision = check_precision(row, np.random.default_rng(0), 8)
    assert precision.outcome == "PASS", precision.detail
    rigour = check_rigour(row, np.random.default_rng(0), 3)
    assert rigour.outcome in ("PASS", "SKIPPED"), rigour.detail


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_derivations_exist_and_mutants_are_stated(row):
    if row.name in WITHOUT_DERIVATION:
        assert row.derivation is None
    else:
        assert callable(derivation_module(row.derivation).derive)
    assert row.mutants and row.limits


def test_names_are_unique():
    names = [row.name for row in ROWS]
    assert len(set(names)) == len(names)

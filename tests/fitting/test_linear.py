"""Fits on real arrays: against scikit-learn, against the flow that they are the end of, and refused when impossible."""

import math

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, Ridge

from lintransfer.errors import DomainError, MissingMethodError, UnknownNameError
from lintransfer.fitting import fit
from lintransfer.fitting.linear import FITS
from lintransfer.strategies import FineTune, LinearTransfer, Scratch

RNG = np.random.default_rng(3)
DIM = 7
SOURCE = RNG.standard_normal(DIM)
SIZES = (1, 4, DIM, 15)


def data(n, outputs=None):
    rng = np.random.default_rng([5, n])
    shape = (n,) if outputs is None else (n, outputs)
    return rng.standard_normal((n, DIM)), rng.standard_normal(shape)


@pytest.mark.parametrize("n", SIZES)
def test_ridgeless_scratch_is_min_norm_least_squares(n):
    X, y = data(n)
    reference = LinearRegression(fit_intercept=False).fit(X, y).coef_
    np.testing.assert_allclose(fit(Scratch(), X, y), reference, rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("n", SIZES)
def test_ridge_is_scikit_learn_alpha_and_pulls_to_the_source(n):
    X, y = data(n)
    ridge = Ridge(alpha=0.7, fit_intercept=False)
    np.testing.assert_allclose(fit(Scratch(ridge=0.7), X, y), ridge.fit(X, y).coef_, rtol=1e-9)
    moved = SOURCE + ridge.fit(X, y - X @ SOURCE).coef_
    np.testing.assert_allclose(fit(FineTune(ridge=0.7), X, y, source=SOURCE), moved, rtol=1e-9)


@pytest.mark.parametrize("n", SIZES)
def test_fine_tuning_changes_the_source_by_the_shortest_step(n):
    X, y = data(n)
    weights = fit(FineTune(), X, y, source=SOURCE)
    if n <= DIM:
        np.testing.assert_allclose(X @ weights, y, atol=1e-9)
    null = np.eye(DIM) - np.linalg.pinv(X) @ X
    np.testing.assert_allclose(null @ (weights - SOURCE), 0, atol=1e-9)


def test_linear_transfer_keeps_the_direction_of_the_source():
    X, y = data(9)
    weights = fit(LinearTransfer(), X, y, source=SOURCE)
    z = X @ SOURCE
    np.testing.assert_allclose(weights, SOURCE * (z @ y) / (z @ z), rtol=1e-10)
    unit = SOURCE / np.linalg.norm(SOURCE)
    z = X @ unit
    shrunk = fit(LinearTransfer(ridge=2.0), X, y, source=SOURCE)
    np.testing.assert_allclose(shrunk, unit * (z @ y) / (z @ z + 2.0), rtol=1e-10)


def test_linear_transfer_on_several_features():
    X, y = data(9)
    features = RNG.standard_normal((DIM, 3))
    head = np.linalg.lstsq(X @ features, y, rcond=None)[0]
    np.testing.assert_allclose(fit(LinearTransfer(), X, y, source=features), features @ head, rtol=1e-9)


LEARNERS = (
    Scratch(),
    Scratch(ridge=0.5),
    Scratch(time=1.5),
    FineTune(),
    FineTune(ridge=0.5),
    FineTune(time=0.8),
    FineTune(ridge=0.5, time=0.8),
    LinearTransfer(),
    LinearTransfer(ridge=0.5),
)


@pytest.mark.parametrize("learner", LEARNERS, ids=str)
def test_the_closed_form_is_where_the_flow_ends(learner):
    X, y = data(4)
    exact = fit(learner, X, y, source=SOURCE)
    flow = fit(learner, X, y, source=SOURCE, method="flow")
    np.testing.assert_allclose(flow, exact, atol=1e-6)
    assert flow.dtype == np.float64


@pytest.mark.parametrize(
    ("learner", "method"),
    [(Scratch(), "exact"), (FineTune(), "exact"), (LinearTransfer(), "exact"), (FineTune(time=3.0), "flow")],
)
def test_outputs_are_fitted_side_by_side(learner, method):
    X, y = data(5, outputs=2)
    source = np.stack([SOURCE, SOURCE[::-1]], axis=1)
    together = fit(learner, X, y, source=source, method=method)
    assert together.shape == (DIM, 2)
    if not isinstance(learner, LinearTransfer):
        apart = [fit(learner, X, y[:, j], source=source[:, j], method=method) for j in range(2)]
        np.testing.assert_allclose(together, np.stack(apart, axis=1), atol=1e-7)


@pytest.mark.parametrize("method", ["exact", "flow"])
def test_no_data_and_no_time_leave_the_start(method):
    X, y = data(0)
    np.testing.assert_array_equal(fit(Scratch(), X, y, method=method), np.zeros(DIM))
    np.testing.assert_array_equal(fit(FineTune(), X, y, source=SOURCE, method=method), SOURCE)
    np.testing.assert_array_equal(fit(LinearTransfer(), X, y, source=SOURCE, method=method), np.zeros(DIM))
    np.testing.assert_array_equal(fit(FineTune(time=0), *data(4), source=SOURCE, method=method), SOURCE)


def test_short_and_long_times_are_the_ends_of_training():
    X, y = data(4)
    start, end = np.zeros(DIM), fit(Scratch(), X, y)
    early = fit(Scratch(time=1e-9), X, y)
    np.testing.assert_allclose(early, start + 1e-9 * X.T @ y / 4, rtol=1e-6)
    np.testing.assert_allclose(fit(Scratch(time=1e9), X, y), end, rtol=1e-9)


def test_collinear_inputs_are_fitted_by_the_shortest_weights():
    X, y = data(15)
    X[:, 1] = X[:, 0]
    weights = fit(Scratch(), X, y)
    np.testing.assert_allclose(weights, np.linalg.pinv(X) @ y, atol=1e-10)
    assert weights[0] == pytest.approx(weights[1])


def test_a_source_of_zeros_transfers_nothing():
    np.testing.assert_array_equal(fit(LinearTransfer(), *data(5), source=np.zeros(DIM)), np.zeros(DIM))


X4, Y4 = data(4)
BAD = [
    ((Scratch(), X4, Y4[:3]), "y must be labels"),
    ((Scratch(), X4[0], Y4), "X must be a matrix"),
    ((Scratch(), X4, np.array([1, 2, np.nan, 4])), "y must be finite .* 1 non-finite"),
    ((Scratch(), np.full_like(X4, np.inf), Y4), "X must be finite"),
    ((Scratch(), "text", Y4), "X must be an array of real numbers"),
    ((FineTune(), X4, Y4), "source must be given"),
    ((LinearTransfer(), X4, Y4), "source must be given"),
    ((FineTune(), X4, Y4, SOURCE[:-1]), "source must be weights"),
    ((FineTune(), X4, Y4, np.ones((DIM, 2))), "one for each output"),
    ((Scratch(ridge="optimal"), X4, Y4), "ridge must be a number"),
]


@pytest.mark.parametrize(("arguments", "message"), BAD, ids=[m for _, m in BAD])
def test_impossible_arrays_are_refused(arguments, message):
    with pytest.raises(DomainError, match=message):
        fit(*arguments)


def test_unknown_names_and_missing_methods_are_refused(monkeypatch):
    with pytest.raises(UnknownNameError, match="exact, flow"):
        fit(Scratch(), X4, Y4, method="sgd")
    with pytest.raises(UnknownNameError, match="Scratch"):
        fit("scratch", X4, Y4)
    with pytest.raises(UnknownNameError, match="model must be one of"):
        fit(Scratch(model="a network"), X4, Y4)
    monkeypatch.setitem(FITS, Scratch, {"exact": FITS[Scratch]["exact"]})
    with pytest.raises(MissingMethodError, match="there is: exact"):
        fit(Scratch(), X4, Y4, method="flow")


def test_the_arrays_of_the_caller_are_left_alone():
    X, y = data(4)
    before = X.copy(), y.copy(), SOURCE.copy()
    fit(FineTune(), X, y, source=SOURCE)
    for array, kept in zip((X, y, SOURCE), before, strict=True):
        np.testing.assert_array_equal(array, kept)
    assert math.isfinite(fit(FineTune(), X.tolist(), y.tolist(), source=SOURCE.tolist()).sum())

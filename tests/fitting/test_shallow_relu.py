"""Training shallow ReLU networks on a user's arrays."""

import numpy as np
import pytest

import lintransfer as lt
from lintransfer.fitting.shallow_relu import fit_relu
from lintransfer.models import LAYERS
from lintransfer.simulate.shallow_relu.kernel import plain_kernel
from lintransfer.simulate.shallow_relu.networks import Network, predict

RNG = np.random.default_rng(0)
X, Y, POINTS = RNG.standard_normal((12, 4)), RNG.standard_normal(12), RNG.standard_normal((30, 4))
SOURCE = RNG.standard_normal(4)
NETWORK = RNG.standard_normal((6, 4)), RNG.standard_normal(6)


@pytest.mark.parametrize("trained", LAYERS)
def test_infinite_width_is_kernel_regression_of_the_residual(trained):
    model = lt.ShallowReLU(trained=trained)
    fitted = lt.fit(lt.FineTune(model), X, Y, source=SOURCE)
    np.testing.assert_allclose(fitted(X), Y, atol=1e-9)
    gram, across = plain_kernel(X, X, trained), plain_kernel(POINTS, X, trained)
    expected = POINTS @ SOURCE + across @ np.linalg.solve(gram, Y - X @ SOURCE)
    np.testing.assert_allclose(fitted(POINTS), expected, rtol=1e-8, atol=1e-8)
    ridged = lt.fit(lt.Scratch(model, ridge=0.5), X, Y)
    np.testing.assert_allclose(ridged(POINTS), across @ np.linalg.solve(gram + 0.5 * np.eye(12), Y), rtol=1e-8)


def test_a_source_is_a_function_weights_or_a_network():
    learner, function = lt.FineTune(lt.ShallowReLU()), lambda inputs: inputs @ SOURCE
    np.testing.assert_allclose(
        lt.fit(learner, X, Y, source=function)(POINTS), lt.fit(learner, X, Y, source=SOURCE)(POINTS), rtol=1e-12
    )
    network = Network(*NETWORK, np.ones(()))
    by_hand = lt.fit(learner, X, Y, source=lambda inputs: np.asarray(predict(network, inputs)))(POINTS)
    for source in (NETWORK, network, (*NETWORK, 1.0)):
        np.testing.assert_allclose(lt.fit(learner, X, Y, source=source)(POINTS), by_hand, rtol=1e-9)
    # one stage after another
    first = lt.fit(lt.Scratch(lt.ShallowReLU()), X, Y)
    np.testing.assert_allclose(lt.fit(learner, POINTS, np.zeros(30), source=first)(POINTS), 0, atol=1e-8)


@pytest.mark.parametrize("trained", LAYERS)
def test_finite_networks_are_trained(trained):
    model = lt.ShallowReLU(width=256, trained=trained)
    fitted = lt.fit(lt.FineTune(model), X, Y, source=SOURCE, key=3)
    np.testing.assert_allclose(fitted(X), Y, atol=1e-3)
    assert fitted.loss < 1e-6 and fitted.network.first.shape == (256, 4)
    again = lt.fit(lt.FineTune(model), X, Y, source=SOURCE, key=3)
    np.testing.assert_array_equal(again(POINTS), fitted(POINTS))
    onwards = lt.fit(
        lt.FineTune(lt.ShallowReLU(width=256, trained=trained)), X, 2 * Y, source=lt.fit(lt.Scratch(model), X, Y)
    )
    np.testing.assert_allclose(onwards(X), 2 * Y, atol=1e-2)
    assert not np.any(onwards.start(POINTS))
    kernel = lt.fit(lt.FineTune(lt.ShallowReLU(trained=trained)), X, Y, source=SOURCE)
    wide = lt.fit(lt.FineTune(lt.ShallowReLU(width=8192, trained=trained)), X, Y, source=SOURCE)
    distance = [np.linalg.norm(f(POINTS) - kernel(POINTS)) for f in (fitted, wide)]
    # 32 times the width: distances fall by √32 = 5.7 on average, and each varies by some ten per cent
    assert distance[1] < distance[0] / 2


def test_no_data_leave_the_start():
    none = np.zeros((0, 4)), np.zeros(0)
    for model in (lt.ShallowReLU(), lt.ShallowReLU(width=8)):
        np.testing.assert_allclose(
            lt.fit(lt.FineTune(model), *none, source=SOURCE)(POINTS), POINTS @ SOURCE, atol=1e-12
        )
        np.testing.assert_allclose(lt.fit(lt.Scratch(model), *none)(POINTS), 0, atol=1e-12)


def changed(row, value):
    inputs = X.copy()
    inputs[row] = value
    return inputs


WIDE, NARROW = lt.FineTune(lt.ShallowReLU()), lt.FineTune(lt.ShallowReLU(width=8))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: lt.fit(WIDE, changed(2, np.nan), Y, SOURCE), lt.DomainError, "X must be finite.*row 2"),
        (lambda: lt.fit(NARROW, changed(2, 0.0), Y, SOURCE), lt.DomainError, "X must be free of zero rows.*row 2"),
        (lambda: lt.fit(WIDE, changed(5, 2 * X[1]), Y, SOURCE), lt.DomainError, "no two parallel rows.*rows 1 and 5"),
        (lambda: lt.fit(WIDE, X, Y[:3], SOURCE), lt.DomainError, "y must be labels"),
        (lambda: lt.fit(WIDE, X, Y * np.inf, SOURCE), lt.DomainError, "y must be finite"),
        (lambda: lt.fit(WIDE, X, Y), lt.DomainError, "source must be given"),
        (lambda: lt.fit(WIDE, X, Y, SOURCE[:2]), lt.DomainError, "source must be a function"),
        (lambda: lt.fit(WIDE, X, Y, "source.npz"), lt.DomainError, "source must be a function"),
        (lambda: lt.fit(WIDE, X, Y, lambda x: x), lt.DomainError, "start must be a function that gives"),
        (lambda: lt.fit(WIDE, X, Y, lambda x: np.full(len(x), np.nan)), lt.DomainError, "start must be finite"),
        (lambda: lt.fit(WIDE, X, Y, (NETWORK[0], NETWORK[1][:2])), lt.DomainError, "source must be a network"),
        (lambda: lt.fit(NARROW, X, Y, NETWORK), lt.DomainError, "source must be a network of the model's width 8"),
        (lambda: lt.fit(NARROW, X, Y, SOURCE, key=-1), lt.DomainError, "key must be a whole number"),
        (lambda: lt.fit(WIDE, X, Y, SOURCE, method="flow"), lt.MissingMethodError, "there is: exact"),
        (lambda: lt.fit(NARROW, X, Y, SOURCE, method="exact"), lt.MissingMethodError, "there is: flow"),
        (
            lambda: lt.fit(lt.FineTune(lt.ShallowReLU(8), ridge=1.0), X, Y, SOURCE),
            lt.MissingMethodError,
            "without ridge",
        ),
        (
            lambda: lt.fit(lt.FineTune(lt.ShallowReLU(), time=1.0), X, Y, SOURCE),
            lt.DomainError,
            "time must be inf for ShallowReLU",
        ),
        (lambda: fit_relu(WIDE, X, Y, SOURCE, memory=1e3), lt.DomainError, "GiB of free memory"),
        (lambda: lt.fit(WIDE, X, Y, SOURCE)(POINTS[:, :2]), lt.DomainError, "points must be of the dimension 4"),
    ],
)
def test_bad_input_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_parallel_rows_are_welcome_with_a_ridge():
    fitted = lt.fit(lt.FineTune(lt.ShallowReLU(), ridge=0.1), changed(5, 2 * X[1]), Y, SOURCE)
    assert np.all(np.isfinite(fitted(POINTS)))

"""Routes of diagonal linear networks: which answer, and that they agree."""

import numpy as np
import pytest

import lintransfer as lt

P = lt.TransferProblem
SOURCE = np.tile([1.0, 0.0, -0.7, 0.0, 0.0, 0.4], 10) / 3
NESTED, NEW = np.where(np.arange(60) < 12, SOURCE, 0.0), np.roll(SOURCE, 1)
RICH = lt.DiagonalLinear(1e-3)


def world(target, **more):
    return P.from_teachers(SOURCE, target, **more)


@pytest.mark.parametrize("who", [lt.Scratch, lt.FineTune])
def test_every_size_has_its_method(who):
    found = lt.risk(world(NESTED, noise_std=0.2), who(RICH), [0, 20, 59, 60, 90])
    assert list(found.method) == ["exact", "asymptotic", "exact", "exact", "exact"]
    np.testing.assert_allclose(found[0], NESTED @ NESTED)
    assert np.isinf(found[2])
    np.testing.assert_allclose(found[4], 0.04 * 60 / 29)


@pytest.mark.parametrize("model", [lt.DiagonalLinear(0.1), lt.DiagonalLinear(0.05, 0.8), lt.DiagonalLinear(0.05, -0.9)])
def test_the_simulation_agrees(model):
    p = world(NEW, noise_std=0.1)
    for learner in (lt.Scratch(model), lt.FineTune(model)):
        closed, drawn = lt.risk(p, learner, 20), lt.risk(p, learner, 20, method="simulate", replicates=100)
        assert abs(float(closed) - float(drawn)) < 4 * float(drawn.std_err) + 3 / 60 * float(closed)


def test_reuse_helps_a_task_that_shares_features_and_hurts_a_new_one():
    gains = [float(lt.transferability(world(target), lt.FineTune(RICH), 15)) for target in (SOURCE, NEW)]
    assert gains[0] > 0.1 > -0.01 > gains[1]


def test_differences_on_the_same_sets():
    p, model = world(SOURCE, noise_std=0.1), lt.DiagonalLinear(0.1)
    drawn = lt.transferability(p, lt.FineTune(model), 15, method="simulate", replicates=60)
    linear = lt.transferability(p, lt.FineTune(model), 15, lt.Scratch(), method="simulate", replicates=60)
    assert abs(float(drawn) - float(lt.transferability(p, lt.FineTune(model), 15))) < 4 * float(drawn.std_err) + 0.05
    closed = float(lt.risk(p, lt.Scratch(), 15)) - float(lt.risk(p, lt.FineTune(model), 15))
    assert abs(float(linear) - closed) < 4 * float(linear.std_err) + 0.05


def test_a_large_scale_is_linear_regression():
    p = world(NESTED)
    found = lt.risk(p, lt.FineTune(lt.DiagonalLinear(1e6)), [10, 30])
    np.testing.assert_allclose(found, lt.risk(p, lt.Scratch(), [10, 30]), rtol=1e-6)


@pytest.mark.parametrize(
    "problem",
    [
        P.isotropic(20, 0.5),
        world(NESTED, n_source=100),
        P.from_teachers(SOURCE, NESTED, np.full(60, 2.0)),
        P.from_teachers(SOURCE, NESTED, np.linspace(1, 2, 60)),
    ],
    ids=["no vectors", "a fitted source", "another scale", "a spectrum"],
)
def test_what_has_no_route_says_so(problem):
    with pytest.raises(lt.MissingMethodError):
        lt.risk(problem, lt.FineTune(RICH), 5)

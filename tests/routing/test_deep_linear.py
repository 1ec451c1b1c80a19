"""Deep linear learners at the front door: formula, law and real training of all layers agree."""

import jax.numpy as jnp
import numpy as np
import pytest

import lintransfer as lt
from lintransfer.simulate.deep_linear.layers import deep_risk_samples
from lintransfer.simulate.teachers import teacher_pair

QUIET = lt.TransferProblem.isotropic(dim=8, overlap=0.3, target_norm=2.0)
NOISY = QUIET.with_noise(noise_std=0.4)


@pytest.mark.parametrize("depth", [2, 3])
def test_law_and_exact_mean_are_those_of_training_every_layer(depth):
    source, target = teacher_pair(8, 0.3, 1.0, 2.0)
    learner = lt.FineTune(lt.DeepLinear(depth))
    rng = np.random.default_rng(depth)
    trained = deep_risk_samples(rng, 400, n=4, depth=depth, source=source, target=target)
    error = trained.std() / 20
    assert lt.risk(QUIET, learner, 4).method == "exact"
    # 4 standard errors on fixed seeds: false alarm 6e-5 each.
    assert abs(trained.mean() - lt.risk(QUIET, learner, 4).value) < 4 * error
    law = lt.risk(QUIET, learner, 4, method="simulate", replicates=20_000)
    assert abs(law.value - lt.risk(QUIET, learner, 4).value) < 4 * law.std_err


def test_depth_one_is_the_linear_model():
    n = [0, 3, 6, 7, 8, 9, 20]
    np.testing.assert_allclose(
        lt.risk(NOISY, lt.FineTune(lt.DeepLinear(1)), n).value, lt.risk(NOISY, lt.FineTune(), n).value, rtol=1e-12
    )
    np.testing.assert_allclose(
        lt.transferability(QUIET, lt.FineTune(lt.DeepLinear(1)), n).value,
        lt.transferability(QUIET, lt.FineTune(), n).value, atol=1e-9,
    )  # fmt: skip


def test_scratch_from_a_vanishing_start_is_min_norm_at_every_depth():
    n = [0, 3, 20]
    np.testing.assert_array_equal(
        lt.risk(NOISY, lt.Scratch(lt.DeepLinear(4)), n).value, lt.risk(NOISY, lt.Scratch(), n).value
    )


def test_the_published_sign_is_wrong_where_norms_differ():
    # s = 1, t = 2, c = 0.3: 2stc − s² > 0, and yet two layers lose.
    p = lt.TransferProblem.isotropic(dim=200, overlap=0.3, target_norm=2.0)
    assert lt.transferability(p, lt.FineTune(), 100).value > 0
    formula = lt.transferability(p, lt.FineTune(lt.DeepLinear(2)), 100)
    simulated = lt.transferability(p, lt.FineTune(lt.DeepLinear(2)), 100, method="simulate", replicates=2000)
    assert formula.value < 0 and simulated.value + 4 * simulated.std_err < 0


def test_depth_is_an_axis():
    grid = lt.phase_diagram(QUIET, [lt.FineTune(lt.DeepLinear(2))], n=[2, 5], depth=[1.0, 2.0, 3.5, np.inf])
    expected = lt.risk(QUIET, lt.FineTune(lt.DeepLinear(3.5)), 5).value
    assert grid.dataset.risk.sel(depth=3.5, n=5).item() == pytest.approx(float(expected))


def test_fit_is_where_the_flow_ends():
    rng = np.random.default_rng(0)
    X, y, source = rng.standard_normal((4, 7)), rng.standard_normal(4), rng.standard_normal(7)
    for depth in (2, 3, 5):
        learner = lt.FineTune(lt.DeepLinear(depth))
        end = lt.fit(learner, X, y, source)
        np.testing.assert_allclose(X @ end, y, atol=1e-9)
        np.testing.assert_allclose(lt.fit(learner, X, y, source, method="flow"), end, rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: lt.DeepLinear(0.5), lt.DomainError, "depth must be a number of layers ≥ 1"),
        (lambda: lt.DeepLinear("two"), lt.DomainError, "depth must be a number of layers ≥ 1"),
        (lambda: lt.DeepLinear(2, imbalance=np.nan), lt.DomainError, "imbalance must be a finite number"),
        (lambda: lt.FineTune(lt.DeepLinear(2), ridge=1.0), lt.DomainError, "ridge must be 0 for DeepLinear"),
        (
            lambda: lt.risk(NOISY, lt.Scratch(lt.DeepLinear(2, imbalance=1.0)), 3),
            lt.MissingMethodError,
            "there is none",
        ),
    ],
)
def test_what_is_not_there_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_noise_has_an_exact_mean_too():
    problem, learner = lt.TransferProblem.isotropic(40, overlap=0.809, noise_std=0.5), lt.FineTune(lt.DeepLinear(3))
    found = lt.risk(problem, learner, 16)
    assert found.method == "exact" and found.value == pytest.approx(0.434058, abs=1e-6)
    assert lt.risk(problem, learner, 16, method="asymptotic").value == pytest.approx(0.42737, abs=1e-5)
    n = [1, 2, 10, 25, 37, 38]
    gain = lt.transferability(problem, learner, n)
    assert gain.method == "exact" and gain.theorem == "deep-mean-transferability"
    difference = lt.risk(problem, lt.Scratch(), n).value - lt.risk(problem, learner, n).value
    np.testing.assert_allclose(gain.value, difference, rtol=1e-9, atol=1e-12)
    short = lt.risk(problem, learner, 39)
    assert short.method == "exact" and short.value == np.inf


def test_a_diagram_under_noise_is_its_cells():
    problem, learner = lt.TransferProblem.isotropic(20, overlap=0.5, noise_std=0.5), lt.FineTune(lt.DeepLinear(3))
    sizes, overlaps = [0, 1, 7, 17, 19, 20, 25], [-0.4, 0.5, 1.0]
    grid = lt.phase_diagram(problem, [learner], n=sizes, overlap=overlaps, noise_std=[0.0, 0.5]).dataset
    for c in overlaps:
        for noise in (0.0, 0.5):
            cell = lt.TransferProblem.isotropic(20, overlap=c, noise_std=noise)
            here = grid.sel(overlap=c, noise_std=noise).isel(learner=0)
            one = lt.risk(cell, learner, sizes)
            np.testing.assert_allclose(here.risk.values, one.value, rtol=1e-8, atol=1e-14)  # of the quadrature


def test_jax_values_of_many_sizes_are_answered():
    learner = lt.FineTune(lt.DeepLinear(3))
    for noise in (0.0, 0.5):
        plain, given = (lt.TransferProblem.isotropic(12, overlap=c, noise_std=noise) for c in (0.5, jnp.asarray(0.5)))
        found = lt.risk(given, learner, [3, 7])
        np.testing.assert_allclose(found.value, lt.risk(plain, learner, [3, 7]).value, rtol=1e-5)
        assert found.method == "exact"

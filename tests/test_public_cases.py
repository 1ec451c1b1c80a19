"""Questions that people ask in public about these models, each with its right value: a closed form, an independent
simulation, or another library."""

import re
from importlib import import_module

import jax
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import lintransfer as lt
from lintransfer.theory.linear.covariance import degrees_of_freedom
from lintransfer.theory.shallow_relu.gram import gram_matrix
from lintransfer.theory.shallow_relu.kernels import second_layer_kernel

P = lt.TransferProblem


def test_least_squares_needs_two_more_samples_than_columns():
    # σ²d/(n − d − 1), and no mean at d − 1, d, d + 1: whatever else is asked with it
    problem = P.from_teachers(np.zeros(5), np.ones(5), covariance=[1, 0.5, 0.4, 0.3, 0.2], noise_std=0.5)
    assert lt.risk(problem, lt.Scratch(), 7).value == pytest.approx(1.25, rel=1e-12)
    assert lt.risk(problem, lt.Scratch(), [3, 7]).value[1] == pytest.approx(1.25, rel=1e-12)
    together = lt.risk(problem, lt.Scratch(), [3, 4, 5, 6, 20]).value
    np.testing.assert_allclose(together[1:], [np.inf, np.inf, np.inf, 0.25 * 5 / 14], rtol=1e-12)


def test_a_diagram_of_a_general_covariance_has_its_boundary():
    # R_scratch = 3/2 and R_head = u + (1 + u)/4 cross at u = 1, where u = 3 sin² · 0.625
    problem = P.from_teachers([1.0, 0, 0], [1.0, 1, 1], covariance=[1, 0.75, 0.5], noise_std=1.0)
    diagram = lt.phase_diagram(problem, [lt.LinearTransfer()], n=[1, 6], overlap=np.linspace(0, 1, 11))
    edge = diagram.boundary.sel(n=6).values
    np.testing.assert_allclose(edge[np.isfinite(edge)], np.sqrt(1 - 1 / 1.875), atol=1e-6)
    assert np.sqrt(1 - 1 / 1.875) == pytest.approx(0.6831, abs=1e-4)


def test_the_best_ridge_stays_below_its_target_for_ever():
    problem = P.from_teachers([0.0, 0], [1.0, 1], covariance=[1, 0.5], noise_std=0.5)
    need = lt.sample_complexity(problem, lt.Scratch(ridge="optimal"), risk=0.01)
    assert need.value == need.lasting == pytest.approx(52, abs=2)
    far = lt.risk(problem, lt.Scratch(ridge="optimal"), [1e14, 1e15, 9e15]).value
    np.testing.assert_allclose(far, 0.25 * 2 / np.array([1e14, 1e15, 9e15]), rtol=1e-6)


def test_optimal_is_best_among_the_ridges_its_docstring_names():
    # Kobak, Lomond and Sanchez 2020: one strong direction that carries the signal, where a negative ridge is better
    dim, rho, signal = 1000, 0.1, 10
    spectrum, teacher = np.ones(dim), np.zeros(dim)
    spectrum[0], teacher[0] = 1 + rho * dim, np.sqrt(signal / (1 + rho * dim))
    problem = P.from_teachers(np.zeros(dim), teacher, covariance=spectrum, noise_std=1.0)
    best = lt.risk(problem, lt.Scratch(ridge="optimal"), 64).value
    others = [lt.risk(problem, lt.Scratch(ridge=ridge), 64).value for ridge in (0.0, 1.0, 30.0, 1000.0)]
    assert best <= min(others) * (1 + 1e-9) and "λ ≥ 0" in re.sub(r"\s+", " ", lt.Scratch.__doc__)
    assert lt.risk(problem, lt.Scratch(ridge=-150.0), 64).value < best


def test_docstrings_of_strategies_name_functions_that_are_there():
    named = [
        path
        for kind in (lt.Scratch, lt.FineTune, lt.LinearTransfer)
        for path in re.findall(r"`(lintransfer(?:\.\w+)+)`", kind.__doc__)
    ]
    assert len(named) >= 2
    for path in named:
        module, name = path.rsplit(".", 1)
        assert hasattr(import_module(module), name), path


def test_the_function_that_the_docstring_names_finds_the_negative_ridge():
    from lintransfer.theory.linear.optimal_ridge import optimal_ridge

    spectrum = np.array([101.0, 1.0])
    counts, energies = np.array([1.0, 999.0]), np.array([10 / 101, 0.0])
    found = optimal_ridge(64, spectrum, counts, energies, 1.0, negative=True)
    assert found.ridge < -50


@given(st.integers(0, 10**6), st.sampled_from([0.01, 3.0, 100.0]))
def test_the_ridge_is_that_of_scikit_learn_and_of_a_prior_mean(seed, ridge):
    from sklearn.linear_model import Ridge

    rng = np.random.default_rng(seed)
    X, y, source = rng.standard_normal((40, 7)), rng.standard_normal(40), rng.standard_normal(7)
    theirs = Ridge(alpha=ridge, fit_intercept=False).fit(X, y).coef_
    np.testing.assert_allclose(lt.fit(lt.Scratch(ridge=ridge), X, y), theirs, atol=1e-11)
    stacked, labels = np.vstack([X, np.sqrt(ridge) * np.eye(7)]), np.r_[y, np.sqrt(ridge) * source]
    prior = np.linalg.lstsq(stacked, labels)[0]
    np.testing.assert_allclose(lt.fit(lt.FineTune(ridge=ridge), X, y, source=source), prior, atol=1e-11)


def test_more_data_hurts_between_the_two_places_that_are_known():
    # the least risk before the peak is at 1 − n/d = σ, and comes back only far beyond d
    problem = P.isotropic(dim=1000, overlap=0.0, noise_std=0.1)
    risks = lt.risk(problem, lt.Scratch(), np.arange(1, 1600)).value
    assert np.argmin(risks[:998]) + 1 == 899
    assert lt.sample_complexity(problem, lt.Scratch(), risk=risks[898]).lasting == 1054


def test_gradients_of_kernels_are_finite_at_the_ends():
    found = [jax.grad(second_layer_kernel)(t) for t in (1.0, 0.0, -1.0)]
    np.testing.assert_allclose(found, [0.5, 0.25, 0.0], atol=1e-12)
    x = jax.numpy.asarray(np.random.default_rng(0).standard_normal((5, 3)))
    assert np.isfinite(np.asarray(jax.grad(lambda a: gram_matrix(a).sum())(x))).all()


@given(st.integers(0, 10**6), st.sampled_from([0.1, 10.0, 100.0]), st.sampled_from([(50, 8), (8, 20)]))
def test_degrees_of_freedom_of_a_given_design_are_a_trace(seed, ridge, shape):
    A = np.random.default_rng(seed).standard_normal(shape)
    squares = np.linalg.svd(A, compute_uv=False) ** 2
    trace = np.trace(A @ np.linalg.solve(A.T @ A + ridge * np.eye(shape[1]), A.T))
    found = degrees_of_freedom(ridge, squares, np.ones(len(squares)))[0]
    assert found == pytest.approx(trace, rel=1e-10)


@pytest.mark.parametrize(("n", "worst"), [(200, 1.2146), (800, 1.3639)])
def test_early_stopping_stays_within_a_factor_of_ridge(n, worst):
    # 1.69: Ali, Kolter and Tibshirani 2019, with λ = n/T in the sum convention
    problem = P.isotropic(dim=400, overlap=0.0, noise_std=1.0)
    ratios = [
        lt.risk(problem, lt.Scratch(time=float(time)), n).value / lt.risk(problem, lt.Scratch(ridge=n / time), n).value
        for time in np.geomspace(0.01, 100, 30)
    ]
    assert max(ratios) < 1.69 and max(ratios) == pytest.approx(worst, abs=2e-3)


def test_the_best_time_to_stop_can_be_asked_under_any_covariance():
    spectrum, rng, times = np.linspace(0.1, 2, 50), np.random.default_rng(0), np.geomspace(0.1, 30, 40)
    total, count = np.zeros(40), 800
    for _ in range(count):  # gradient flow of its own, not of this package
        X = rng.standard_normal((40, 50)) * np.sqrt(spectrum)
        u, s, vt = np.linalg.svd(X, full_matrices=False)
        shrink = (1 - np.exp(-(s[:, None] ** 2) * times / 40)) / s[:, None]
        fit = vt.T @ (shrink * (u.T @ (X.sum(1) + 5 * rng.standard_normal(40)))[:, None])
        total += (spectrum[:, None] * (fit - 1) ** 2).sum(0)
    problem = P.from_teachers(np.zeros(50), np.ones(50), covariance=spectrum, noise_std=5.0)
    found = lt.risk(problem, lt.Scratch(time="optimal"), 40, replicates=800)
    assert found.method == "simulate"
    assert found.value == pytest.approx((total / count).min(), abs=4 * 1.4 * found.std_err)
    assert 4 * 1.4 * found.std_err < 0.04 * found.value


def test_the_best_time_of_a_simulation_is_no_worse_than_another():
    problem = P.from_teachers(
        np.zeros(10), np.ones(10), 1 / np.arange(1.0, 11), noise_std=1.0, n_source=15, test_covariance=np.ones(10)
    )
    for learner in (lt.Scratch, lt.FineTune):
        best = lt.risk(problem, learner(time="optimal"), [6, 30], replicates=400)
        for time in (0.0, 0.3, 3.0, 30.0, np.inf):
            other = lt.risk(problem, learner(time=time), [6, 30], replicates=400, method="simulate")
            assert np.all(best.value <= other.value + 3 * (best.std_err + other.std_err))


def test_entries_of_the_inputs_need_not_be_gaussian():
    rng = np.random.default_rng(0)
    target = rng.standard_normal(100)
    target /= np.linalg.norm(target)
    source = 0.7 * target + 0.03 * rng.standard_normal(100)
    problem = P.from_teachers(source, target, noise_std=0.3)
    measured = []
    for _ in range(400):
        X = rng.choice([-1.0, 1.0], (60, 100))
        y = X @ target + 0.3 * rng.standard_normal(60)
        measured.append(np.sum((source + np.linalg.pinv(X) @ (y - X @ source) - target) ** 2))
    assert lt.risk(problem, lt.FineTune(), 60).value == pytest.approx(np.mean(measured), rel=0.04)

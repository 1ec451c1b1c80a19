"""What random calls have found, one kind per test."""

import math

import jax
import numpy as np
import pytest

import lintransfer as lt
from lintransfer.numerics.beta_quadrature import logit_beta

P = lt.TransferProblem


@pytest.mark.parametrize("size", [1e10, 1e13, 4.5e15])
def test_both_tails_of_a_law_at_huge_sizes_add_up(size):
    law, odds = logit_beta(0.5, size), np.array([1e-3, 0.3, 1.0, 3.0, 8.0]) / size
    np.testing.assert_allclose(law.cdf(odds) + law.sf(odds), 1, rtol=1e-12)
    chi = [math.erf(math.sqrt(x)) for x in odds * size]
    np.testing.assert_allclose(law.cdf(odds), chi, rtol=1e-8)


@pytest.mark.parametrize("model", [lt.Linear(), lt.DeepLinear(2), lt.ShallowReLU()])
def test_features_without_weights_are_no_start(model):
    problem = P.from_subspaces(20, [0.5], 2, 1, noise_std=0.1)
    with pytest.raises(lt.MissingMethodError):
        lt.risk(problem, lt.FineTune(model), [0, 5], method="simulate")
    if not isinstance(model, lt.ShallowReLU):
        found = lt.risk(problem, lt.FineTune(model), [0, 5, 30])
        assert list(found.method) == ["none", "none", "exact"]
    assert lt.risk(problem, lt.LinearTransfer(), 5).valid


@pytest.mark.parametrize(
    ("dim", "cosines", "r", "k"), [(8, [0.9, 0.3], 2, 2), (8, [0.9], 1, 3), (8, [0.9], 3, 1), (3, [1.0, 0.4], 2, 2)]
)
def test_designs_of_subspaces_have_all_features_and_outputs(dim, cosines, r, k):
    problem = P.from_subspaces(dim, cosines, r, k, target_norm=1.3, noise_std=0.4)
    learners = [lt.Scratch(), lt.LinearTransfer(), *([lt.FineTune()] if r == k else [])]
    for learner in learners:
        drawn = lt.risk(problem, learner, [0, 20], method="designs", replicates=2000)
        exact = lt.risk(problem, learner, [0, 20], method="exact")
        assert (np.abs(drawn.value - exact.value) <= 5 * drawn.std_err + 1e-12).all(), learner


def test_a_deep_chain_in_one_dimension_is_simulated_where_the_closure_is_silent():
    found = lt.risk(P.isotropic(1, 1.0, noise_std=1.0), lt.FineTune(lt.DeepLinear(2)), [0, 6], replicates=3)
    assert found.valid.all() and found.method == "simulate"


def test_a_network_is_compared_with_another_model():
    problem = P.sphere(20, 0.5, noise_std=0.1)
    network = lt.FineTune(lt.ShallowReLU())
    assert lt.transferability(problem, network, 10, lt.Scratch(), method="asymptotic").valid
    with pytest.raises(lt.LinTransferError):
        lt.transferability(problem, network, 10, lt.Scratch(), method="exact")


def test_drawn_differences_without_error_are_not_refined():
    problem = P.isotropic(2, 0.3, noise_std=0.0)
    diagram = lt.phase_diagram(
        problem, [lt.FineTune()], [0, 4], method="simulate", replicates=3, overlap=[-1.0, 0.0, 1.0]
    )
    np.testing.assert_allclose(diagram.boundary.values[0, 0, 0], 0.5)


def test_a_diagram_over_words_has_a_summary():
    diagram = lt.phase_diagram(P.isotropic(20, -0.5), [lt.FineTune()], [5], ridge=[1.0, "optimal"])
    assert "hurts" in str(diagram) and "optimal" in str(diagram)


def test_an_overlap_between_the_ends_is_checked_too():
    spectrum, v = np.arange(1.0, 9) ** -1, np.arange(1.0, 9)
    for source in (1.1 * v, 0 * v):
        with pytest.raises(lt.DomainError):
            lt.phase_diagram(
                P.from_teachers(source, v, spectrum), [lt.FineTune()], [4], overlap=np.linspace(-1.0, 1.0, 5)
            )


@pytest.mark.parametrize("verb", [lt.risk, lt.transferability])
def test_gradients_of_deep_closures_are_finite_where_nothing_is_retained(verb):
    def value(overlap):
        problem = P.isotropic(5, overlap, noise_std=0.3, source_norm=2.6, target_norm=4.3)
        return verb(problem, lt.FineTune(lt.DeepLinear(2)), 15.0, method="asymptotic").value

    assert jax.grad(value)(0.1) == 0


def test_several_outputs_may_have_no_rows():
    assert lt.fit(lt.FineTune(), np.zeros((0, 2)), np.zeros((0, 3)), source=np.ones((2, 3))).shape == (2, 3)


def test_an_infinitely_deep_network_without_source_stays_at_zero():
    X, y = np.arange(1.0, 9)[:, None], np.ones(8)
    assert lt.fit(lt.FineTune(lt.DeepLinear(math.inf)), X, y, source=np.zeros(1)) == 0


def test_scratch_may_move_along_an_axis_of_its_own_beside_the_baseline():
    diagram = lt.phase_diagram(P.isotropic(20, 0.5, noise_std=0.1), [lt.Scratch()], [5, 40], ridge=[0.5, 1.0, 2.0])
    for i, ridge in enumerate(diagram.dataset.ridge.values):
        alone = lt.risk(P.isotropic(20, 0.5, noise_std=0.1), lt.Scratch(ridge=float(ridge)), [5, 40])
        np.testing.assert_allclose(diagram.dataset.risk.values[0, i], alone.value, rtol=1e-12)


@pytest.mark.parametrize("model", [lt.Linear(), lt.DeepLinear(2)])
@pytest.mark.parametrize("n", [1, 4])
def test_one_sample_and_one_short_take_each_cell_of_a_grid_by_itself(model, n):
    rng = np.random.default_rng(0)
    problem = P.from_teachers(*rng.standard_normal((2, 5)), 1 / np.arange(1.0, 6))
    diagram = lt.phase_diagram(problem, [lt.LinearTransfer()], [n], lt.Scratch(model), "exact", target_norm=[1.0, 3.0])
    for i, norm in enumerate((1.0, 3.0)):
        alone = lt.risk(problem.with_norms(target_norm=norm), lt.Scratch(model), n, method="exact").value
        assert diagram.dataset.baseline_risk.values[i, 0] == pytest.approx(alone, rel=1e-12)


@pytest.mark.parametrize("trained", ["first", "second", "both"])
def test_wide_networks_on_one_direction_are_refused(trained):
    problem = P.from_teachers(np.ones(3), np.arange(3.0), [1.0, 0, 0], 0.1)
    for method in ("auto", "simulate"):
        with pytest.raises(lt.MissingMethodError):
            lt.risk(problem, lt.FineTune(lt.ShallowReLU(trained=trained)), 5, method=method)


@pytest.mark.parametrize("trained", ["first", "second", "both"])
def test_narrow_networks_that_see_nothing_stay_where_they_are(trained):
    learner = lt.FineTune(lt.ShallowReLU(width=8, trained=trained))
    assert lt.risk(P.isotropic(5, 0.5, noise_std=0.3), learner, 1, replicates=20).valid


@pytest.mark.parametrize("dim", [2, 5, 20, 45])
@pytest.mark.parametrize("who", [lt.Scratch, lt.FineTune, lt.LinearTransfer])
def test_at_the_critical_ridge_no_risk_is_negative(dim, who):
    for n in range(1, 3 * dim):
        edge = -((math.sqrt(n) - math.sqrt(dim)) ** 2)
        for ridge in (edge, edge * (1 - 1e-15), edge * (1 + 1e-15), edge * (1 - 1e-13)):
            assert not lt.risk(P.isotropic(dim, 0.5, noise_std=0.1), who(ridge=ridge), n).value < 0


@pytest.mark.parametrize("n_source", [0, 4])
def test_a_source_fit_that_vanishes_has_no_limit_at_infinite_depth(n_source):
    problem = P.isotropic(10, 0.5, n_source=n_source, source_norm=0.0 if n_source else 1.0)
    found = lt.risk(problem, lt.FineTune(lt.DeepLinear(math.inf)), [0, 5, 20], replicates=20)
    assert found.valid.all() and found.value[1] == pytest.approx(0.5, abs=0.2)


@pytest.mark.parametrize("n_source", [4, 5, 6])
def test_a_source_fit_of_infinite_energy_has_no_closure_at_infinite_depth(n_source):
    problem = P.isotropic(5, 1.0, noise_std=0.12, n_source=n_source, source_noise_std=1.0)
    deep = lt.FineTune(lt.DeepLinear(math.inf))
    found = lt.risk(problem, deep, [0, 3, 5, 9], method="asymptotic")
    assert (
        found.value[0] == math.inf and found.method[1] == "none" and found.valid.tolist() == [True, False, True, True]
    )
    assert lt.risk(problem, deep, [0, 3, 5, 9], replicates=5).valid.all()


def test_teachers_that_are_moved_onto_each_other_are_not_less_than_nothing_apart():
    for norm in np.linspace(0.3, 9, 60):
        problem = P.sphere(3, 1.0, source_norm=norm, noise_std=1.0)
        assert problem.with_norms(source_norm=1.0).modes.displacement.min() >= 0
        diagram = lt.phase_diagram(problem, [lt.FineTune(time=0.0)], [180], source_norm=[1.0])
        assert diagram.dataset.risk.values.min() >= 0


def test_a_source_that_data_confirm_is_not_less_than_nothing_apart():
    for seed in range(20):
        X, target = np.random.default_rng(seed).standard_normal((20, 5)), np.random.default_rng(99).standard_normal(5)
        problem = P.from_data(X, X @ target + 1e-9 * X[:, 0], target)
        assert problem.modes.displacement.min() >= 0 and problem.modes.unexplained >= 0
        assert lt.risk(problem, lt.FineTune(), [0, 1, 5, 9]).value.min() >= 0


@pytest.mark.filterwarnings("error")
def test_a_diagnosis_without_a_source():
    found = lt.diagnose(np.random.default_rng(0).standard_normal((12, 2)), np.arange(12), np.zeros(2), repeats=2)
    assert np.isfinite(found.error).all()


@pytest.mark.parametrize("units", [1e-6, 1.0, 1e6, 10.0 ** -np.arange(5)], ids=str)
@pytest.mark.parametrize("learner", [lt.FineTune(), lt.FineTune(ridge=9.4e7), lt.Scratch(time=3.0)], ids=str)
def test_a_flow_of_inputs_in_any_units_ends_where_it_should(units, learner):
    rng = np.random.default_rng(0)
    X, y, source = rng.standard_normal((60, 5)) * units, rng.standard_normal(60), rng.standard_normal(5) / units
    exact, flow = (lt.fit(learner, X, y, source, method=how) for how in ("exact", "flow"))
    np.testing.assert_allclose(flow, exact, rtol=1e-6, atol=1e-6 * np.abs(exact).max())


def test_a_predicted_error_of_zero_is_without_error():
    X, extra, target = (np.random.default_rng(0).standard_normal(s) for s in ((12, 12), (60, 12), 12))
    found = lt.diagnose(X, X @ target, target, X_unlabelled=extra, n=120, repeats=2)
    assert not np.isnan(found.std_err[np.isfinite(found.error)]).any()

"""Deep learners by simulation at the front door: against trained layers, closed forms, and each other."""

import numpy as np
import pytest

import lintransfer as lt
from lintransfer.simulate.deep_linear.layers import deep_gain_samples, deep_risk_samples
from lintransfer.simulate.teachers import teacher_pair
from lintransfer.theory.deep_linear.phases import gamma_of_norm, risk_of_norm

SOURCE, TARGET = teacher_pair(8, 0.3, 1.0, 2.0)
SPECTRUM = np.array([3.0, 2.0, 1.5, 1.0, 1.0, 0.7, 0.5, 0.3])
VECTORS = {"source": SOURCE, "target": TARGET, "noise_std": 0.4}
NOISY = lt.TransferProblem.isotropic(dim=8, overlap=0.3, target_norm=2.0, noise_std=0.4)


def tuned(depth, imbalance=0.0):
    return lt.FineTune(lt.DeepLinear(depth, imbalance))


def agree(estimate, samples):
    """4 standard errors on fixed seeds: false alarm 6e-5."""
    error = np.hypot(estimate.std_err, samples.std(ddof=1) / np.sqrt(len(samples)))
    assert abs(estimate.value - samples.mean()) < 4 * error


WORLDS = [
    ({}, {}, tuned(3)),
    ({"covariance": SPECTRUM}, {"covariance": SPECTRUM}, tuned(2)),
    ({"n_source": 5, "source_noise_std": 0.3}, {"n_source": 5, "source_noise_std": 0.3}, tuned(3)),
    ({}, {"imbalance": (-1.0,)}, tuned(2, -1.0)),
    ({}, {"imbalance": (1.0,)}, tuned(2, 1.0)),
    ({}, {"imbalance": (1.0, -0.5)}, tuned(3, (1.0, -0.5))),
]


@pytest.mark.slow
@pytest.mark.parametrize(("known", "trained", "learner"), WORLDS, ids=[str(w[1]) for w in WORLDS])
def test_simulated_end_points_are_those_of_training_every_layer(known, trained, learner):
    problem = lt.TransferProblem.from_teachers(**VECTORS, **known)
    how = {"n": 4, "depth": int(learner.model.depth), **VECTORS, **trained}
    if "imbalance" in trained:
        how["method"] = "chain"
    samples = deep_risk_samples(np.random.default_rng(1), 300, **how)
    agree(lt.risk(problem, learner, 4, method="simulate", key=2, replicates=3000), samples)
    gains = deep_gain_samples(np.random.default_rng(1), 300, **how)
    agree(lt.transferability(problem, learner, 4, method="simulate", key=2, replicates=3000), gains)


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_drawn_designs_and_drawn_scalars_tell_the_same(depth):
    from lintransfer.routing.deep_linear_simulation import simulate

    n = np.array([0, 2, 5, 12])
    value, error = simulate(NOISY, tuned(depth), n, 3, 3000)
    law = lt.risk(NOISY, tuned(depth), n, method="simulate", key=4, replicates=20_000)
    assert np.all(np.abs(value - law.value) <= 4 * np.hypot(error, law.std_err) + 1e-12)


def test_one_layer_under_a_shift_is_the_linear_model():
    p = lt.TransferProblem.from_teachers(**VECTORS, covariance=SPECTRUM, test_covariance=SPECTRUM[::-1].copy())
    for deep, linear in ((tuned(1), lt.FineTune()), (lt.Scratch(lt.DeepLinear(3)), lt.Scratch())):
        found = lt.risk(p, deep, [3, 12], method="simulate", replicates=2000)
        known = lt.risk(p, linear, [3, 12], method="simulate", key=1, replicates=2000)
        assert np.all(np.abs(found.value - known.value) < 4 * np.hypot(found.std_err, known.std_err))


def test_a_fitted_source_has_a_closed_form_at_every_depth():
    p = lt.TransferProblem.isotropic(200, 0.8, 0.2, target_norm=1.5, n_source=120, source_noise_std=0.3)
    n = [0, 40, 100, 190, 260]
    np.testing.assert_allclose(lt.risk(p, tuned(1), n).value, lt.risk(p, lt.FineTune(), n).value, rtol=1e-12)
    gains = lt.transferability(p, tuned(1), n).value, lt.transferability(p, lt.FineTune(), n).value
    np.testing.assert_allclose(*gains, rtol=1e-10, atol=1e-12)
    for depth in (2, 5):
        formula = lt.risk(p, tuned(depth), 80)
        assert (formula.method, formula.theorem) == ("asymptotic", "finite-source-deep-closure")
        simulated = lt.risk(p, tuned(depth), 80, method="simulate", replicates=200)
        assert abs(formula.value - simulated.value) < 4 * simulated.std_err + 4 / 200 * formula.value
    edge = p.with_noise(n_source=200)
    assert lt.risk(edge, tuned(2), 80).value == np.inf
    assert lt.risk(edge, tuned(np.inf), [80, 300], method="asymptotic").valid.tolist() == [False, True]


def test_unbalanced_chains_have_a_closed_form_where_the_sign_is_decided():
    p = lt.TransferProblem.isotropic(100, 0.6, 0.3, target_norm=1.5)
    for learner in (tuned(2, -0.7), tuned(3, (-0.2, -1.0))):
        formula = lt.risk(p, learner, [0, 50, 130])
        assert (formula.method, formula.theorem) == ("asymptotic", "unbalanced-fine-tuning")
        simulated = lt.risk(p, learner, [0, 50, 130], method="simulate", replicates=200)
        assert np.all(np.abs(formula.value - simulated.value) <= 4 * simulated.std_err + 0.04 * formula.value)
        gain = lt.transferability(p, learner, 50)
        assert gain.value == pytest.approx(float(lt.risk(p, lt.Scratch(), 50).value - formula.value[1]), rel=1e-9)
    open_ = lt.risk(p, tuned(2, 2.0), [0, 50, 130], replicates=20)
    assert open_.valid.all() and open_.method.tolist() == ["asymptotic", "simulate", "asymptotic"]
    assert lt.risk(p, tuned(2, 2.0), [0, 50, 130], "asymptotic").valid.tolist() == [True, False, True]


def test_the_scale_of_the_inputs_does_not_matter_to_a_chain_whose_weights_are_given():
    scaled = lt.TransferProblem.from_teachers(SOURCE, TARGET, covariance=np.full(8, 4.0), noise_std=0.4)
    plain = lt.TransferProblem.from_teachers(SOURCE, TARGET, noise_std=0.2)
    for n in (3, 12):
        ratio = lt.risk(scaled, tuned(2, -0.7), n).value / lt.risk(plain, tuned(2, -0.7), n).value
        assert ratio == pytest.approx(4, rel=1e-12)
    simulated = lt.risk(scaled, tuned(2, -0.7), 3, method="simulate", replicates=500)
    twin = lt.risk(plain, tuned(2, -0.7), 3, method="simulate", replicates=500)
    assert simulated.value == pytest.approx(4 * float(twin.value), rel=1e-9)


def test_shared_largest_imbalances_are_simulated_with_their_stalls():
    p = lt.TransferProblem.isotropic(8, -0.5)
    value = lt.risk(p, tuned(3, (2.0, 2.0)), 3, method="simulate", replicates=60)
    assert np.isfinite(value.value) and not lt.risk(p, tuned(3, (2.0, 2.0)), 3, "asymptotic").valid


def test_what_cannot_be_answered_is_refused():
    blank = lt.TransferProblem.isotropic(8, 0.0, source_norm=0.0)
    with pytest.raises(lt.MissingMethodError, match="there is none"):
        lt.risk(blank, tuned(2, 1.0), 3)
    with pytest.raises(lt.DomainError, match="dim must be at most 4096"):
        lt.risk(lt.TransferProblem.isotropic(10**6, 0.3, n_source=5), tuned(2), 3, method="simulate")


@pytest.mark.parametrize("depth", [2, 5])
def test_sample_complexity_lies_on_the_explicit_curve(depth):
    """γ(ν) needs no root: read the sample size off the curve and find it again."""
    dim, source, cross, target = 10**6, 1.0, 1.6, 4.0
    p = lt.TransferProblem.isotropic(dim, 0.8, target_norm=2.0)
    for norm in (1.6, 1.9):
        gamma = gamma_of_norm(norm, depth, source, target)
        goal = risk_of_norm(norm, depth, source, cross, target)
        need = lt.sample_complexity(p, tuned(depth), goal, method="asymptotic")
        assert need.lasting == pytest.approx(gamma * dim, abs=1.5)


def test_sample_complexity_where_the_first_samples_harm():
    # τ = 2, c = 0.2, L = 8: the risk rises from ‖δ‖² before it falls, so ‖δ‖² is reached at n = 0 and again much later.
    p = lt.TransferProblem.isotropic(400, 0.2, target_norm=2.0)
    start = float(lt.risk(p, tuned(8), 0).value)
    assert lt.risk(p, tuned(8), 20, method="asymptotic").value > 1.03 * start
    need = lt.sample_complexity(p, tuned(8), start, method="asymptotic")
    assert need.value == 0 and need.lasting > 30
    curve = lt.risk(p, tuned(8), np.arange(401), method="asymptotic").value
    assert need.lasting == 1 + np.flatnonzero(curve > start * (1 + 1e-12)).max()
    below = lt.sample_complexity(p, tuned(8), 0.9 * start, method="asymptotic")
    assert below.value == np.flatnonzero(curve <= 0.9 * start).min() == below.lasting


def test_exact_sample_complexity_is_brute_force():
    p = lt.TransferProblem.isotropic(30, 0.5, target_norm=1.5)
    need = lt.sample_complexity(p, tuned(2), 0.5)
    values = lt.risk(p, tuned(2), np.arange(31)).value
    assert (need.method, need.value) == ("exact", np.flatnonzero(values <= 0.5).min())

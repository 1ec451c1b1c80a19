"""Heads on several frozen features through the front door: k outputs without a map, ridges, sizes that are not known."""

import jax
import numpy as np
import pytest

import lintransfer as lt
from lintransfer.simulate.end_to_end import paired_risk_samples

DIM = 9
RNG = np.random.default_rng(5)
SOURCE, TARGET = RNG.standard_normal((2, DIM, 2)) / 3
BASIS = np.linalg.qr(RNG.standard_normal((DIM, 4)))[0]
ORTHONORMAL = lt.TransferProblem.from_teachers(SOURCE[:, 0], TARGET[:, 0], noise_std=0.4, features=2 * BASIS)


def simulated(n, learner, **world):
    rng = np.random.default_rng(3)
    samples = paired_risk_samples(rng, 20_000, [learner], n=n, noise_std=0.4, **world)[0]
    return samples.mean(), samples.std() / np.sqrt(len(samples))


def test_several_outputs_freeze_the_unit_columns_of_the_source():
    problem = lt.TransferProblem.from_teachers(SOURCE, TARGET, noise_std=0.4)
    assert problem.outputs == 2 and problem.features.multiplicity.sum() == 2
    columns = SOURCE / np.linalg.norm(SOURCE, axis=0)
    explicit = lt.TransferProblem.from_teachers(SOURCE, TARGET, noise_std=0.4, features=columns)
    head = lt.LinearTransfer()
    found = lt.risk(problem, head, 8)
    assert found.method == "exact" and found.value == lt.risk(explicit, head, 8).value
    mean, error = simulated(8, {"features": columns}, target=TARGET)
    assert abs(found.value - mean) < 4 * error < 0.05 * mean
    left = TARGET - columns @ np.linalg.lstsq(columns, TARGET, rcond=None)[0]
    assert problem.features.unexplained == pytest.approx(np.sum(left**2), rel=1e-12)


def test_a_column_of_zeros_is_no_feature():
    source = SOURCE * [1.0, 0.0]
    problem = lt.TransferProblem.from_teachers(source, TARGET, noise_std=0.4)
    assert problem.features.multiplicity.sum() == 1


def test_several_outputs_of_a_fitted_source_freeze_the_fit():
    problem = lt.TransferProblem.from_teachers(SOURCE, TARGET, noise_std=0.4, n_source=15, source_noise_std=0.5)
    found = lt.risk(problem, lt.LinearTransfer(), 8, replicates=8_000)
    assert found.method == "simulate"
    world = {"target": TARGET, "source": SOURCE, "n_source": 15, "source_noise_std": 0.5}
    mean, error = simulated(8, {"features": "source"}, **world)
    assert abs(found.value - mean) < 4 * np.hypot(error, found.std_err) < 0.1 * mean
    known = lt.risk(lt.TransferProblem.from_teachers(SOURCE, TARGET, noise_std=0.4), lt.LinearTransfer(), 8)
    assert abs(found.value - known.value) > 4 * found.std_err


@pytest.mark.parametrize("ridge", [0.0, 0.6, "optimal"])
def test_isotropic_features_are_answered_exactly(ridge):
    sizes = [0, 1, 2, 8, 30]
    found = lt.risk(ORTHONORMAL, lt.LinearTransfer(ridge=ridge), sizes)
    names = {0.0: "frozen-features-risk", 0.6: "ridge-features", "optimal": "optimal-ridge-features-risk"}
    assert found.method == "exact" and found.theorem == names[ridge]
    again = lt.risk(ORTHONORMAL, lt.LinearTransfer(ridge=ridge), sizes, "simulate", replicates=4_000)
    assert (np.abs(found.value - again.value) <= 4 * again.std_err + 1e-12).all()


def test_equivalents_answer_where_the_density_is_not_known():
    learner = lt.LinearTransfer(ridge=0.6)
    exact, asymptotic = (float(lt.risk(ORTHONORMAL, learner, 8, m)) for m in ("exact", "asymptotic"))
    assert exact != asymptotic
    assert float(jax.jit(lambda n: lt.risk(ORTHONORMAL, learner, n).value)(8.0)) == pytest.approx(asymptotic)
    assert float(jax.jit(lambda p: lt.risk(p, learner, 8).value)(ORTHONORMAL)) == pytest.approx(asymptotic)
    assert lt.risk(ORTHONORMAL, learner, [8, 10**7]).method.tolist() == ["exact", "asymptotic"]
    stretched = lt.TransferProblem.from_teachers(SOURCE[:, 0], TARGET[:, 0], features=BASIS * [1.0, 1.0, 1.0, 2.0])
    assert lt.risk(stretched, learner, 8).method == "asymptotic"


def test_gradients_of_exact_ridge_heads():
    def risk(ridge):
        return lt.risk(ORTHONORMAL, lt.LinearTransfer(ridge=ridge), 8).value

    slope = (risk(0.6 + 1e-5) - risk(0.6 - 1e-5)) / 2e-5
    assert float(jax.grad(risk)(0.6)) == pytest.approx(slope, rel=1e-6)

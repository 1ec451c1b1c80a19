"""Tasks in turn at the front door: formulas against training, and what is refused."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lintransfer as lt

GRAM = np.array([[1.0, 0.5, 0.6], [0.5, 1.0, 0.7], [0.6, 0.7, 1.0]])
FAMILY = lt.TaskFamily.isotropic(40, GRAM, n=[60, 12, 20], noise_std=[0.3, 0.3, 0.1])
TEACHERS = np.random.default_rng(3).standard_normal((3, 40)) / 6
SPECTRA = [1 / np.arange(1.0, 41), np.ones(40), np.linspace(0.2, 1, 40)]
SPECTRAL = lt.TaskFamily.from_teachers(TEACHERS, [60, 12, 70], SPECTRA, noise_std=0.3)
DENSE = lt.TaskFamily.from_teachers(TEACHERS, [60, 12, 70], [np.diag(s) for s in SPECTRA], noise_std=0.3)


@pytest.mark.parametrize("learner", [lt.FineTune(), lt.Pool(), lt.FineTune(ridge=2.0), lt.Pool(ridge=2.0)], ids=repr)
@pytest.mark.parametrize("family", [FAMILY, SPECTRAL], ids=["white", "spectra"])
def test_a_sequence_is_what_training_gives(family, learner):
    found = lt.risk_sequence(family, learner, order=[1, 0, 2])
    drawn = lt.risk_sequence(family, learner, order=[1, 0, 2], method="simulate", replicates=300, key=5)
    slack = 0.0 if found.risk.method == "exact" else 5 / family.dim * np.asarray(found)
    assert np.all(np.abs(np.asarray(found) - np.asarray(drawn)) <= 4.5 * drawn.risk.std_err + slack + 1e-12)
    assert found.order == (1, 0, 2) and found.risk.method == (
        "exact" if family is FAMILY and learner.ridge == 0 else "asymptotic"
    )


def test_matrices_are_trained_and_agree_with_their_spectra():
    trained = lt.risk_sequence(DENSE, replicates=300)
    assert trained.risk.method == "simulate"
    assert np.asarray(trained) == pytest.approx(np.asarray(lt.risk_sequence(SPECTRAL)), rel=0.25)
    with pytest.raises(lt.MissingMethodError, match="simulate"):
        lt.risk_sequence(DENSE, method="asymptotic")


@settings(deadline=None, max_examples=30, derandomize=True)
@given(
    sizes=st.lists(st.integers(0, 30), min_size=1, max_size=4),
    noise=st.sampled_from([0.0, 0.3]),
    seed=st.integers(0, 99),
)
def test_fine_tuning_in_turn_ends_where_the_family_of_two_does(sizes, noise, seed):
    count = len(sizes)
    teachers = np.random.default_rng(seed).standard_normal((count, 12))
    family = lt.TaskFamily.isotropic(12, teachers @ teachers.T, sizes, noise)
    found = np.asarray(lt.risk_sequence(family))
    assert found.shape == (count + 1, count)
    np.testing.assert_allclose(found[0], np.diag(teachers @ teachers.T))
    if count == 2:
        last = lt.risk(family, lt.FineTune()).value
        np.testing.assert_allclose(found[-1, -1], last, rtol=1e-9)
    joint = np.asarray(lt.risk_sequence(family, lt.Pool()))
    np.testing.assert_allclose(
        joint[-1, -1], lt.risk(family, lt.Pool()).value if count != 1 else joint[-1, -1], rtol=1e-9
    )


def test_forgetting_has_three_definitions():
    found = lt.risk_sequence(FAMILY)
    risks = np.asarray(found)
    lost = [risks[3, task] - risks[task + 1, task] for task in range(3)]
    assert found.forgetting() == pytest.approx(np.mean(lost[:2]))
    assert found.forgetting("all") == pytest.approx(np.mean(lost))
    assert found.forgetting("final") == pytest.approx(risks[3].mean())
    assert "forgetting" in str(found) and "task 2" in found._repr_html_()
    with pytest.raises(lt.DomainError, match="definition"):
        found.forgetting("mean")
    at_threshold = lt.risk_sequence(FAMILY.with_sizes([40, 12, 20]))  # n_1 = d: infinite ever after
    assert np.isnan(at_threshold.forgetting()) and at_threshold.forgetting("final") == np.inf and str(at_threshold)


@pytest.mark.parametrize(
    "learner",
    [
        lt.Scratch(),
        lt.FineTune(ridge="optimal"),
        lt.Pool("optimal"),
        lt.FineTune(lt.DeepLinear(2)),
        lt.FineTune(ridge=-1.0),
    ],
)
def test_other_learners_have_no_sequence(learner):
    with pytest.raises(lt.MissingMethodError, match="risk_sequence is there for"):
        lt.risk_sequence(FAMILY, learner)


def test_only_families_have_sequences():
    with pytest.raises(lt.DomainError, match="family must be a TaskFamily"):
        lt.risk_sequence(lt.TransferProblem.isotropic(4, 0.5))

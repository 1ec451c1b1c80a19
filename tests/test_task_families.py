"""Families of tasks: what they refuse, what they are as problems, and that a family of two is a `TransferProblem`."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lintransfer as lt

GRAM = np.array([[1.0, 0.5, 0.6], [0.5, 1.0, 0.7], [0.6, 0.7, 1.0]])
FAMILY = lt.TaskFamily.isotropic(60, GRAM, n=[120, 30, 20], noise_std=[0.3, 0.3, 0.1])
QUICK = settings(deadline=None, max_examples=25, derandomize=True)


@pytest.mark.parametrize(
    "change, said",
    [
        ({"gram": [[1.0, 2.0], [2.0, 1.0]]}, "gram must be positive semi-definite, got an eigenvalue of -1"),
        ({"gram": [[1.0, 0.5], [0.4, 1.0]]}, "gram must be symmetric"),
        ({"gram": [[1.0, 0.5]]}, "gram must be a square matrix"),
        ({"gram": np.eye(3), "dim": 2, "n": [1, 1, 1]}, "gram must be of rank at most dim = 2"),
        ({"n": [3, 4, 5]}, "n must be 2 sample sizes, one for each task"),
        ({"n": [3, -1]}, "n must be a whole number ≥ 0"),
        ({"noise_std": [0.1, 0.2, 0.3]}, "noise_std must be a number, or 2 of them"),
        ({"noise_std": [0.1, -0.2]}, "noise_std must be a finite number ≥ 0, got -0.2"),
        ({"dim": 0}, "dim must be a whole number ≥ 1"),
    ],
)
def test_an_impossible_family_says_why(change, said):
    with pytest.raises(lt.DomainError, match=said.replace("(", r"\(")):
        lt.TaskFamily.isotropic(**{"dim": 10, "gram": np.eye(2), "n": [3, 4], **change})


@pytest.mark.parametrize(
    "covariances, said",
    [
        ([np.ones(4)] * 3, "got 3 of them"),
        ([np.ones(3), np.ones(4)], "got one of shape"),
        ([np.ones(4), -np.ones(4)], "covariances"),
    ],
)
def test_impossible_covariances_say_why(covariances, said):
    with pytest.raises(lt.DomainError, match=said):
        lt.TaskFamily.from_teachers(np.ones((2, 4)), [3, 4], covariances)


@pytest.mark.parametrize("order", [[0, 1], [0, 1, 1], [0, 1, 3], "012", [0.5, 1, 2], 3])
def test_an_order_that_is_no_permutation_is_refused(order):
    with pytest.raises(lt.DomainError, match=r"order must be a permutation of 0 … 2"):
        lt.risk_sequence(FAMILY, order=order)


LEARNERS = [
    lt.Scratch(), lt.FineTune(), lt.LinearTransfer(), lt.Pool(), lt.Pool("optimal", ridge="optimal"), lt.Stack(),
    lt.WeightAverage(weight="optimal"), lt.Soup(members=3), lt.Replay(2),
]  # fmt: skip


@pytest.mark.parametrize("learner", LEARNERS, ids=repr)
@QUICK
@given(
    dim=st.sampled_from([1, 5, 40]), overlap=st.sampled_from([-1.0, 0.0, 0.7, 1.0]), norm=st.sampled_from([0.5, 1.0, 3.0]),
    sizes=st.tuples(st.integers(2, 90), st.integers(0, 90)), noises=st.tuples(*[st.sampled_from([0.0, 0.4])] * 2),
)  # fmt: skip
def test_a_family_of_two_is_a_transfer_problem(learner, dim, overlap, norm, sizes, noises):
    overlap = overlap if dim > 1 else 1.0
    gram = [[norm * norm, norm * overlap], [norm * overlap, 1.0]]
    family = lt.TaskFamily.isotropic(dim, gram, sizes, noises)
    problem = lt.TransferProblem.isotropic(dim, overlap, noises[1], norm, 1.0, sizes[0], noises[0])
    options = {"replicates": 4}
    first, second = lt.risk(family, learner, **options), lt.risk(problem, learner, sizes[1], **options)
    np.testing.assert_allclose(first.value, second.value, rtol=1e-9, atol=1e-12)
    assert (first.method, first.theorem) == (second.method, second.theorem)


def test_a_task_without_data_is_allowed_and_changes_nothing():
    without = FAMILY.with_sizes([120, 0, 20])
    two = lt.TaskFamily.isotropic(60, GRAM[np.ix_([0, 2], [0, 2])], [120, 20], [0.3, 0.1])
    for learner in (lt.Pool(), lt.Pool("optimal", ridge="optimal"), lt.Stack(), lt.Pool(ridge=2.0)):
        assert lt.risk(without, learner).value == pytest.approx(lt.risk(two, learner).value, rel=1e-6)
    assert lt.bayes_floor(without).value == pytest.approx(lt.bayes_floor(two).value, rel=1e-9)


@pytest.mark.parametrize(
    "learner",
    [lt.Pool(), lt.Pool((1.0, 2.0, 3.0), ridge=0.5), lt.Pool("optimal", ridge="optimal"), lt.Stack()],
    ids=repr,
)
def test_risks_of_three_tasks_are_what_simulation_gives(learner):
    formula = lt.risk(FAMILY, learner)
    drawn = lt.risk(FAMILY, learner, method="simulate", replicates=400, key=3)
    slack = 0.0 if formula.method == "exact" else 3 / FAMILY.dim * float(formula.value)
    assert abs(formula.value - drawn.value) < 4 * drawn.std_err + slack
    gain = lt.transferability(FAMILY, learner)
    assert gain.value == pytest.approx(lt.risk(FAMILY, lt.Scratch(), method=formula.method).value - formula.value)


def test_the_target_sizes_of_a_family_can_be_asked_for():
    risks = lt.risk(FAMILY, lt.Pool(), n=[0, 20, 400])
    assert risks.value[1] == lt.risk(FAMILY, lt.Pool()).value
    assert risks.value[2] == lt.risk(FAMILY.with_sizes([120, 30, 400]), lt.Pool()).value


def test_the_weights_that_are_best_can_be_asked_for():
    best = lt.risk(FAMILY, lt.Pool("optimal", ridge="optimal"), n=[20, 40])
    assert best.weights.shape == (2, 3) and best.ridge.shape == (2,)
    again = lt.risk(FAMILY, lt.Pool(tuple(best.weights[1]), ridge=float(best.ridge[1])), n=40)
    assert again.value == pytest.approx(best.value[1], rel=1e-6)
    assert best[1].weights.shape == (3,)
    with pytest.raises(AttributeError, match="weights, ridge"):
        _ = best.stretch
    with pytest.raises(AttributeError, match="no 'weights'"):
        _ = lt.risk(FAMILY, lt.Pool()).weights


@pytest.mark.parametrize(
    "learner, said",
    [
        (lt.Pool((1.0, 2.0)), "weights must be 3 numbers, one for each task"),
        (lt.Stack((1.0, 2.0)), "weights must be 3 numbers, one for each task"),
        (lt.Stack((1.0, 2.0, 0.0), ridge=(1.0,)), "ridge must be 3 numbers"),
    ],
)
def test_weights_that_fit_no_task_are_refused(learner, said):
    with pytest.raises(lt.DomainError, match=said):
        lt.risk(FAMILY, learner)


def test_learners_on_all_rows_ask_for_rows():
    known = lt.TransferProblem.isotropic(20, 0.5)
    for learner in (lt.Pool(), lt.Stack(), lt.Replay(0)):
        with pytest.raises(lt.DomainError, match="n_source must be given for"):
            lt.risk(known, learner, n=5)
    with pytest.raises(lt.DomainError, match="kept must be at most n_source = 7"):
        lt.risk(known.with_source_size(7), lt.Replay(8), n=5)
    with pytest.raises(lt.MissingMethodError):
        lt.risk(FAMILY, lt.FineTune())


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: lt.Pool("best"), lambda: lt.Pool((1.0, -1.0)), lambda: lt.Pool((0.0, 0.0)), lambda: lt.Pool(ridge=-1),
        lambda: lt.Pool(weights=np.array([1.0, np.nan])), lambda: lt.Stack("equal"), lambda: lt.Stack(ridge=2.0),
        lambda: lt.Stack(ridge=(1.0, -1.0)), lambda: lt.Stack((0.0, 0.0)), lambda: lt.WeightAverage(lt.Scratch()),
        lambda: lt.WeightAverage(weight=np.nan), lambda: lt.WeightAverage(lt.FineTune(ridge="optimal")),
        lambda: lt.Soup(members=0), lambda: lt.Soup(stretch="equal"), lambda: lt.RandomFeatures(0), lambda: lt.RandomFeatures(3, ridge=-1.0), lambda: lt.RandomFeatures(3, "optimal"), lambda: lt.Replay(-1), lambda: lt.Replay(1.5),
        lambda: lt.Soup(lt.FineTune(lt.DeepLinear(2))), lambda: lt.WeightAverage(lt.FineTune(time=1.0)),
    ],
)  # fmt: skip
def test_impossible_learners_are_refused(wrong):
    with pytest.raises(lt.DomainError):
        wrong()

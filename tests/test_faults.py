"""Forty faults of what sits between the formulas, one test each, in the order in which they were met.

The formulas were right; searches over n, the choice of a method over a list, differences of energies, traced values,
sources that vanish, the scale of data, the checks of arguments and sizes without a guard were not. Each test asks what
went wrong and others of its kind; more of a kind stand in the file of its topic.
"""

import contextlib
import itertools
import math
import pickle
import time
import warnings

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import pytest
import xarray as xr
from helpers import worlds as w
from helpers.asking import outcome, refused, unit_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import lintransfer as lt
from lintransfer.cli import main
from lintransfer.grids import AXES
from lintransfer.risks import closed_form
from lintransfer.spectra import two_level
from lintransfer.strategies import label_of

P = lt.TransferProblem
QUICK = settings(
    deadline=None,
    max_examples=12,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)
POWER = np.arange(1.0, 21) ** -1
INF = math.inf
DEEP = lt.FineTune(lt.DeepLinear(2))


def normal(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape)


def rows(count=60, dim=5):
    X = normal(0, count, dim)
    return X, X @ np.ones(dim) + 0.3 * normal(1, count), np.ones(dim)


PLAIN = P.isotropic(10, 0.5, noise_std=0.2)
GENERAL = P.from_teachers(normal(0, 20), normal(1, 20), covariance=POWER, noise_std=0.5)
HEALTHY = [lt.Scratch(), lt.FineTune(), lt.LinearTransfer(), lt.FineTune(ridge=1.0), lt.FineTune(ridge="optimal"), DEEP]


@pytest.fixture
def line(tmp_path, monkeypatch, capsys):
    """Run a command line in an empty folder: status, output, errors."""
    monkeypatch.chdir(tmp_path)

    def run(text):
        try:
            status = main(text.split())
        except SystemExit as end:
            status = end.code
        shown = capsys.readouterr()
        assert status == 0 or (status == 2 and not shown.out and len(shown.err.splitlines()) == 1)
        assert "Traceback" not in shown.err
        return status, shown.out, shown.err

    return run


@pytest.fixture
def strict():
    """A warning is a fault."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


# ---------------------------------------------------------------- numbers that were wrong


@QUICK
@given(st.integers(2, 500), st.floats(-6, 0), st.sampled_from([lt.Scratch, lt.FineTune]), st.data())
def test_the_best_ridge_is_known_at_every_size_and_stays_below_its_goal(dim, noise, who, data):
    """The minimum of a table of rounding noise is no bracket, and unknown is not unreached."""
    problem = P.isotropic(dim, 0.5, noise_std=10**noise)
    if data.draw(st.booleans()):
        problem = P.from_teachers(normal(0, dim), normal(1, dim), np.arange(1.0, dim + 1) ** -1, noise_std=10**noise)
    sizes = np.unique(np.round(np.geomspace(1, 2**53, 200)))
    value = lt.risk(problem, who(ridge="optimal"), sizes).value
    assert np.isfinite(value).all() and (np.diff(value) <= 1e-9 * value[:-1]).all()
    need = lt.sample_complexity(problem, who(ridge="optimal"), 0.5 * float(value[0]))
    assert need.value == need.lasting < INF


@pytest.mark.parametrize("learner", [lt.LinearTransfer(), lt.LinearTransfer(ridge=1.0), lt.Scratch(), DEEP], ids=str)
def test_a_search_says_the_same_under_jax(learner):
    for goal in (0.1, 0.7):
        plain = lt.sample_complexity(P.isotropic(40, 0.7, noise_std=0.3), learner, goal)
        traced = lt.sample_complexity(P.isotropic(40, jnp.array(0.7), noise_std=0.3), learner, goal)
        np.testing.assert_array_equal([traced.value, traced.lasting], [plain.value, plain.lasting])


def test_a_traced_problem_gets_the_theorem_that_speaks_and_its_gradient():
    def risk(a, noise=0.0, n=4.0):
        problem = P.from_teachers(np.ones(12), a * np.arange(12.0), np.arange(1.0, 13) ** -1, noise_std=noise)
        return lt.risk(problem, lt.Scratch(), n).value

    assert jax.grad(risk)(1.0) == pytest.approx(2 * risk(1.0), rel=1e-9)
    assert jax.jit(risk)(1.0, 0.3) == pytest.approx(risk(1.0, 0.3), rel=1e-9)
    for n in (5.0, 60.0):
        found = jax.grad(lambda c, n=n: lt.risk(P.isotropic(40, c, noise_std=0.3), DEEP, n).value)(0.5)
        assert np.isfinite(found)


@QUICK
@given(w.teacher_worlds(dims=(5, 20), fitted=False), st.data())
def test_a_difference_takes_both_sides_of_one_kind_whatever_else_is_asked(problem, data):
    learner = data.draw(st.sampled_from(HEALTHY[:5]))
    sizes = data.draw(st.lists(st.sampled_from([0, 1, 4, 5, 6, 7, 20, 22, 24, 60]), min_size=2, max_size=4))
    whole = lt.transferability(problem, learner, sizes, lt.Scratch())
    unit = unit_of(problem)
    for n, value in zip(sizes, whole.value, strict=True):
        alone = float(lt.transferability(problem, learner, n, lt.Scratch()).value)
        np.testing.assert_allclose(alone, value, rtol=1e-9, atol=1e-12 * unit)
        sides = [outcome(lt.risk, problem, who, n, method="exact") for who in (lt.Scratch(), learner)]
        if not any(refused(side) or not np.isfinite(side.value) for side in sides):
            np.testing.assert_allclose(value, sides[0].value - sides[1].value, rtol=1e-9, atol=1e-9 * unit)
    ties = lt.phase_diagram(GENERAL, [DEEP], [24, 30], overlap=[0.5])
    assert (ties.winner == "Scratch (baseline)").all() and (ties.dataset.margin == 0).all()


def test_tops_between_the_sizes_looked_at_are_not_missed_and_n_max_is_an_end():
    spectrum = two_level(10**4, 3050, 1.0, 1e-8)
    peak = P.from_teachers(np.full(10**4, 0.009), np.full(10**4, 0.01), covariance=spectrum, noise_std=0.1)
    assert lt.sample_complexity(peak, lt.Scratch(ridge=3e-4), 1.43).lasting == 3072
    limited = lt.sample_complexity(P.isotropic(20, 0.5, noise_std=0.3), lt.Scratch(), 1.0, n_max=10)
    assert limited.value == 0 and math.isnan(limited.lasting) and "not looked at" in str(limited)


@QUICK
@given(w.teacher_worlds(dims=(5, 20), fitted=False), st.floats(0.05, 3))
def test_where_a_theorem_is_silent_no_size_is_called_the_smallest(problem, ratio):
    goal = ratio * (problem.noise_std**2 + 0.1)
    found = lt.sample_complexity(problem, lt.Scratch(), goal, method="exact")
    below = np.arange(4 * problem.dim + 100 if not np.isfinite(found.value) else found.value)
    silent = np.isnan(np.asarray(closed_form(problem, lt.Scratch(), below, "exact").value)) if len(below) else below
    assert not (np.isfinite(found.value) and np.any(silent))


@QUICK
@given(st.floats(-12, 0), st.integers(0, 99), st.sampled_from([0.0, 0.3, "optimal"]))
def test_near_identical_teachers_keep_their_digits_and_parallel_ones_leave_nothing(power, seed, ridge):
    v, across, gap = normal(seed, 50), normal(seed + 1, 50), 10**power
    whole = P.from_teachers(v, v + across), P.from_teachers(v, v + gap * across)
    values = [lt.risk(p, lt.FineTune(ridge=0.0), 25).value for p in whole]
    assert values[1] / gap**2 == pytest.approx(values[0], rel=1e-12 / gap + 1e-9)
    assert lt.risk(whole[1], lt.FineTune(ridge=ridge), 25).value > 0
    assert lt.risk_law(whole[1], lt.FineTune(), 20).mean() > 0
    assert (
        lt.risk(P.from_teachers(v, 1.1 * v, np.arange(1.0, 51) ** -1), lt.LinearTransfer(), [1, 2, 5]).value.max() == 0
    )
    assert lt.risk(P.isotropic(10, 1.0, 0.0, 0.1, 0.3), lt.LinearTransfer(), [1, 2, 5]).value.max() == 0
    turned = P.from_teachers(v[:12], v[:12] + 3e-7 * across[:12], np.arange(1.0, 13) ** -1)
    moved = turned.with_overlap(0.5)
    assert moved.overlap == pytest.approx(0.5, rel=1e-12)
    assert moved.target_norm == pytest.approx(turned.target_norm, rel=1e-12)


@pytest.mark.parametrize("learner", [DEEP, lt.LinearTransfer(ridge=0.3), lt.LinearTransfer(), lt.FineTune()], ids=str)
def test_a_source_that_vanishes_is_no_source(learner):
    problem = P.isotropic(20, 0.5, source_norm=0.0)
    dead = isinstance(learner, lt.LinearTransfer)
    expected = lt.risk(problem, lt.Scratch(), [0, 0] if dead else [5, 10]).value
    np.testing.assert_allclose(lt.risk(problem, learner, [5, 10]).value, expected, rtol=1e-12)
    drawn = lt.risk(problem, learner, [5, 10], method="simulate")
    assert (abs(drawn.value - expected) <= 4.5 * drawn.std_err + 1e-12).all()
    assert lt.risk_law(problem, learner, 5).mean() == pytest.approx(expected[0], rel=1e-2)


@pytest.mark.parametrize(
    ("dim", "overlap", "norm", "depth", "n", "expected"),
    [(100, 0.9, 2.0, INF, 3, 0.444852), (100, 0.9, 2.0, 1e4, 1, 1.350636), (10, 0.5, 1.0, 1e4, 1, 11.800346)],
)
def test_what_is_called_exact_at_great_depth_is(dim, overlap, norm, depth, n, expected):
    found = lt.risk(P.isotropic(dim, overlap, source_norm=norm), lt.FineTune(lt.DeepLinear(depth)), n)
    assert found.method == "exact" and found.value == pytest.approx(expected, rel=1e-6)


@QUICK
@given(st.lists(st.floats(-6, 6), min_size=5, max_size=5))
def test_columns_in_other_units_lose_no_direction(powers):
    X, y, source = rows(2000)
    plain, units = P.from_data(X, y, source), 10 ** np.array(powers)
    found = P.from_data(X * units, y, source / units)
    assert found.modes.multiplicity[found.modes.eigenvalue > 0].sum() == 5
    assert found.noise_std == pytest.approx(plain.noise_std, rel=0.1) == pytest.approx(0.3, rel=0.1)


@pytest.mark.parametrize(
    "strange",
    [
        lambda a: np.ma.masked_greater(a, 1.5),
        lambda a: 1j * a,
        lambda a: a.astype(str),
        lambda a: a.astype("i8").astype("M8[s]"),
    ],
    ids=["masked", "complex", "text", "dates"],
)
def test_arrays_are_read_as_what_they_are(strange):
    X, y, s = rows()
    for call in (
        lambda: P.from_data(strange(X), y, s),
        lambda: lt.diagnose(X, strange(y), s),
        lambda: lt.fit(lt.Scratch(), strange(X), y),
        lambda: P.from_teachers(strange(s), s),
        lambda: lt.risk(PLAIN, lt.Scratch(), strange(np.arange(3.0))),
    ):
        with pytest.raises(lt.DomainError, match="must be"):
            call()
    for n in ("50", np.datetime64("2020"), True):
        with pytest.raises(lt.DomainError, match="n must be"):
            lt.risk(PLAIN, lt.Scratch(), n)
    assert P.from_data(X.astype(object), y, s) == P.from_data(X, y, s)


@pytest.mark.usefixtures("strict")
def test_very_large_and_very_small_numbers_answer_or_are_refused():
    none = P.from_teachers(np.ones(4), np.ones(4), covariance=np.zeros(4), noise_std=1.0)
    assert lt.risk(none, lt.Scratch(), [1, 2, 4, 9]).value.tolist() == [0] * 4
    for name, value in itertools.product(("source_norm", "target_norm", "noise_std"), (1e100, 1e-100, 7e77)):
        with pytest.raises(lt.DomainError, match=f"^{name} must be"):
            P.isotropic(10, 0.5, **{name: value})
    for power in (-74, -30, 30, 74):
        near = [P.isotropic(10, 0.5, source_norm=s) for s in (1.0, 10.0**power)]
        values = [lt.risk(p, lt.LinearTransfer(ridge="optimal"), 2).value for p in near]
        assert values[0] == pytest.approx(values[1], rel=1e-9)
        lt.sample_complexity(near[1], lt.Scratch(), 0.1)
        unit = P.isotropic(10, 0.5, 0.0, 10.0**power, 10.0**power)
        assert lt.transferability_law(unit, lt.FineTune(), 5).sf(0.0) == pytest.approx(0.5, abs=1e-9)
    with pytest.raises(lt.DomainError, match="ridge must be at most"):
        lt.FineTune(ridge=1e160)


@QUICK
@given(st.sampled_from([2, 3, INF]), st.integers(1, 14), st.floats(0.01, 1))
def test_a_law_is_infinite_in_the_mean_where_the_risk_is(depth, n, noise):
    problem, learner = P.isotropic(10, 0.5, noise_std=noise), lt.FineTune(lt.DeepLinear(depth))
    law, risk = lt.risk_law(problem, learner, n), lt.risk(problem, learner, n)
    assert math.isinf(law.mean()) == math.isinf(risk.value)
    if n >= 10:  # least squares, whose law is known
        linear = lt.risk_law(problem, lt.FineTune(), n)
        assert law.var() == linear.var() and law.ppf(0.3) == linear.ppf(0.3)


# ---------------------------------------------------------------- crashes, endless work, refusals of what is sound


@pytest.mark.parametrize(
    "learner", [lt.LinearTransfer(), lt.LinearTransfer(ridge="optimal"), lt.FineTune(ridge=1.0)], ids=str
)
def test_a_diagram_over_any_covariance_has_boundaries_of_what_it_shows(learner):
    for seed in range(3):
        problem = P.from_teachers(normal(seed, 20), normal(seed + 50, 20), covariance=POWER, noise_std=0.5)
        found = lt.phase_diagram(problem, [learner], range(5, 60, 5), overlap=np.linspace(0, 1, 21))
        t = found.dataset.transferability.values[0]
        changes = (np.sign(t[:-1]) * np.sign(t[1:]) < 0).sum(axis=0)
        assert (np.isfinite(found.boundary.values[0]).sum(axis=0) >= changes).all()


def test_in_one_dimension_a_cosine_is_one_of_two(line):
    found = lt.phase_diagram(P.isotropic(1, 1.0), [lt.FineTune()], [0], overlap=[-1.0, 1.0])
    assert np.sign(found.dataset.transferability.values[0, :, 0]).tolist() == [-1, 1]
    assert line("diagram --dim 1 --overlap 1 --axis overlap=-1,1")[0] == 0


VALUES = {
    "overlap": [0.0, 1.0], "source_norm": [0.5, 2.0], "target_norm": [0.5, 2.0], "noise_std": [0.0, 0.3],
    "source_noise_std": [0.0, 0.2], "n_source": [None, 5], "mix": [0.0, 1.0], "n_features": [2, 3], "head_norm": [0.5, 1.0],
    "ridge": [0.0, 1.0], "time": [0.5, np.inf], "depth": [1, 2], "source_ridge": [0.0, 1.0],
}  # fmt: skip
EVERYONE = (
    lt.Scratch(), lt.FineTune(), lt.LinearTransfer(), lt.LinearTransfer(head="source"), lt.FirstLayer(),
    lt.FineTune(lt.TwoLayerLinear(), head="zero"), lt.ProbeThen(lt.FineTune(lt.TwoLayerLinear())),
    lt.ProbeThen(lt.FirstLayer(), time=0.5), lt.Scratch(lt.TwoLayerLinear()), lt.FineTune(lt.DiagonalLinear(0.1)),
    lt.FineTune(lt.DeepLinear(2)), lt.FineTune(lt.ShallowReLU()), lt.Pool(), lt.Pool("optimal", ridge="optimal"), lt.Stack(),
    lt.WeightAverage(), lt.Soup(members=3), lt.Replay(2),
)  # fmt: skip


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("axis", AXES)
def test_every_axis_with_every_learner_is_drawn_or_refused(axis):
    worlds = (
        P.two_layer(12, 3, 0.5, mix=0.4, noise_std=0.2), P.isotropic(12, 0.5, noise_std=0.2), P.isotropic(12, 0.5, n_source=5),
        P.from_teachers(np.arange(1.0, 7), np.ones(6)),
    )  # fmt: skip
    for world in worlds:
        for learner in EVERYONE:
            with contextlib.suppress(lt.LinTransferError):
                lt.phase_diagram(world, [learner], [0, 4, 20], replicates=2, **{axis: VALUES[axis]})


def test_an_axis_of_time_leaves_frozen_features_alone(line):
    found = lt.phase_diagram(PLAIN, [lt.LinearTransfer(), lt.FineTune()], [5], time=[1.0, 2.0]).dataset.risk.values
    assert found[0, 0] == found[0, 1] and found[1, 0] != found[1, 1]
    assert line("diagram --dim 10 --axis time=0,1 --n 5")[0] == 0


@pytest.mark.parametrize(
    "axis", [{"ridge": ["optimal"]}, {"ridge": [1.0, "optimal"]}, {"n_source": [None, 5]}, {"depth": [1, INF]}], ids=str
)
def test_axes_of_words_are_axes(axis, tmp_path):
    diagram = lt.phase_diagram(P.isotropic(10, 0.5), [lt.FineTune()], [5], **axis)
    diagram.save(tmp_path / "d.nc")
    assert str(lt.load(tmp_path / "d.nc")) == str(diagram)
    plt.close(diagram.plot())


def test_files_that_are_no_diagrams_are_refused(tmp_path):
    xr.Dataset({k: ("x", [1.0, 2]) for k in ("risk", "transferability", "winner")}).to_netcdf(tmp_path / "f.nc")
    for name in (tmp_path / "f.nc", tmp_path, "\0x", "nowhere.nc"):
        with pytest.raises(lt.DataFileError):
            lt.load(name)
    with pytest.raises(lt.DataFileError, match="path must name a file"):
        lt.phase_diagram(PLAIN, [lt.FineTune()], [5]).save("\0x")


@pytest.mark.parametrize(
    ("problem", "learner"),
    [
        (P.isotropic(10, 1.0), lt.FineTune(ridge="optimal")),
        (P.isotropic(10, 0.0), lt.LinearTransfer(ridge="optimal")),
        (P.isotropic(10, 0.5, noise_std=1e70), lt.LinearTransfer(ridge="optimal")),
    ],
)
def test_an_infinite_best_ridge_can_be_simulated(problem, learner):
    found = lt.risk(problem, learner, 5, method="simulate", replicates=5)
    assert found.value == pytest.approx(lt.risk(problem, learner, 5).value, rel=1e-9, abs=1e-12)


@pytest.mark.parametrize("problem", [P.isotropic(1, 1.0), P.from_teachers(np.ones(3), np.ones(3), [1.0, 0, 0])])
def test_parallel_inputs_of_wide_networks_are_refused_in_words(problem):
    with pytest.raises(lt.MissingMethodError):
        lt.risk(problem, lt.FineTune(lt.ShallowReLU()), 5)


@pytest.mark.usefixtures("strict")
def test_degenerate_rows_are_estimated_or_refused_in_words(line, tmp_path):
    X, y, s = rows()
    sound = {
        "one label": (X, np.eye(60)[0], s), "one row": (np.eye(60)[0][:, None] * np.ones((60, 5)), y, s),
        "units": (X * [1e8, 1e-8, 1, 1, 1], y, s * [1e-8, 1e8, 1, 1, 1]), "no source": (X, y, 0 * s), "one column": (X[:, :1], y, s[:1]),
        "constant": (np.ones((60, 5)), y, s), "twice": (X[:, [0, 0, 1, 1, 2]], y, s), "no noise": (X, X @ s, s),
    }  # fmt: skip
    for name, arrays in sound.items():
        assert np.isfinite(P.from_data(*arrays).noise_std), name
        assert not np.isnan(lt.diagnose(*arrays, repeats=2).error).any(), name
        np.savez(tmp_path / "data.npz", X=arrays[0], y=arrays[1], source=arrays[2])
        assert line("diagnose data.npz")[0] == 0, name
    for arrays in ((X * 1e-170, y, s), (X * 1e200, y, s), (X, y * 1e200, s), (X, y * 1e-200, s), (X, y, s * 1e200)):
        for verb in (P.from_data, lt.diagnose):
            with pytest.raises(lt.DomainError, match="change units"):
                verb(*arrays)


@pytest.mark.parametrize(
    ("problem", "learner", "n", "method"),
    [
        (
            P.from_teachers(np.ones(12), np.arange(12.0), np.arange(1.0, 13)),
            lt.FineTune(lt.DeepLinear(3, imbalance=(0.0, -2.0))),
            10**9,
            "auto",
        ),
        (
            P.from_teachers(np.ones((12, 2)), np.ones((12, 2)), np.arange(1.0, 13), n_source=10**9),
            lt.FineTune(time=1.0),
            5,
            "auto",
        ),
        (
            P.from_teachers(np.ones(10**4), np.ones(10**4), np.linspace(1, 2, 10**4), n_source=0),
            lt.FineTune(time=471),
            10001,
            "auto",
        ),
        (P.isotropic(500, -0.5, n_source=1000), lt.FineTune(lt.ShallowReLU()), 5000, "auto"),
        (P.isotropic(10**6, 0.5), lt.FineTune(ridge=1.0), 10**6, "simulate"),
        (P.isotropic(1000, 0.5, noise_std=0.1), lt.FineTune(time="optimal"), np.arange(10**6), "auto"),
    ],
)
def test_work_is_predicted_and_refused_at_once(problem, learner, n, method):
    begin = time.perf_counter()
    with pytest.raises(lt.LinTransferError, match=r"would take|for about"):
        lt.risk(problem, learner, n, method=method)
    assert time.perf_counter() - begin < 5


def test_diagonal_shifts_and_many_sizes_cost_little():
    begin, dim = time.process_time(), 10**5
    shifted = P.from_teachers(
        np.ones(dim), np.arange(dim) / dim, test_covariance=np.arange(1.0, dim + 1), noise_std=0.1
    )
    assert np.isfinite(lt.risk(shifted, lt.Scratch(), 3 * dim).value)
    many = P.isotropic(1000, 0.5, noise_std=0.1)
    for learner, count in ((lt.FineTune(time=5.0), 10**4), (lt.FineTune(ridge=-1.0), 10**5), (DEEP, 10**5)):
        found = lt.risk(many, learner, np.arange(count), "asymptotic")
        assert found.value.shape == (count,)
    assert time.process_time() - begin < 20


def test_what_needs_plain_values_says_so_under_jit():
    with pytest.raises(lt.MissingMethodError, match="plain values"):
        jax.jit(lambda c: lt.risk_law(P.isotropic(10, c), lt.FineTune(), 5).mean())(0.5)
    with pytest.raises(lt.MissingMethodError, match="plain values"):
        jax.jit(lambda c: lt.risk(P.isotropic(10, c), lt.FineTune(), 5, method="simulate").value)(0.5)

    def ridgeless(a):
        return lt.risk(
            P.from_teachers(np.ones(12), a * np.arange(12.0), np.arange(1.0, 13) ** -1), lt.Scratch(), 4.0
        ).value

    assert jax.jit(ridgeless)(1.0) == pytest.approx(ridgeless(1.0), rel=1e-9)


WRONG_TYPES = [
    lambda: lt.Scratch(ridge=None), lambda: lt.Scratch(ridge=1j), lambda: lt.Scratch(time=None), lambda: lt.ShallowReLU(10**400),
    lambda: lt.sample_complexity(PLAIN, lt.Scratch(), "0.1"), lambda: lt.sample_complexity(PLAIN, lt.Scratch(), None),
    lambda: lt.sample_complexity(PLAIN, lt.Scratch(), 0.1, n_max=[1, 2]), lambda: P.isotropic(10, {}), lambda: P.isotropic(10, 0.5 + 0j),
    lambda: P.isotropic(10**400, 0.5), lambda: lt.risk(PLAIN, lt.Scratch(), 10**400),
    lambda: P.from_teachers([1.0, 2], [1.0, 2], covariance=["a", "b"]), lambda: P.from_teachers([1.0, 2], [1.0, 2], covariance=[[1.0, 2], [1.0]]),
    lambda: lt.risk(PLAIN, lt.Scratch(), 5, method=np.array([1, 2])), lambda: lt.phase_diagram(PLAIN, "x", [5]),
    lambda: lt.risk_curve(PLAIN, None, [5]), lambda: lt.phase_diagram(PLAIN, [lt.FineTune()], [5], key="a"), lambda: lt.verify(3),
    lambda: lt.load(3), lambda: lt.risk_law(PLAIN, lt.FineTune(), 5).cdf("a"), lambda: lt.risk_law(PLAIN, lt.FineTune(), 5).rvs(-1),
]  # fmt: skip


@pytest.mark.parametrize("call", WRONG_TYPES)
def test_wrong_types_are_refused_in_one_line(call):
    with pytest.raises((lt.DomainError, lt.UnknownNameError), match=" must be ") as caught:
        call()
    assert "\n" not in str(caught.value)


def test_the_command_line_has_no_tracebacks(line, tmp_path):
    np.savez(tmp_path / "texts.npz", source=np.ones(2), target=np.ones(2), covariance=np.array(["a", "b"]))
    np.savez(tmp_path / "whole.npz", source=np.ones(2), target=np.ones(2))
    (tmp_path / "half.npz").write_bytes((tmp_path / "whole.npz").read_bytes()[:200])
    (tmp_path / "empty.npz").write_bytes(b"")
    np.save(tmp_path / "one.npy", np.ones(3))
    for name in ("texts.npz", "half.npz", "empty.npz", "one.npy", "nowhere.npz"):
        for command in ("curve --n 5", "complexity --risk 0.1", "diagram --n 5"):
            assert line(f"{command} --teachers {name}")[0] == 2
    for text in (
        "verify --key -1",
        "diagram --key -1",
        "curve --n 1:1000000000000:1",
        "diagram --axis overlap=0:1:1e-12",
    ):
        assert line(text)[0] == 2
    for text in ("diagram --dim 2 --n 0,1,2,3,4,5", "diagram --target-norm 0 --dim 20 --n 5,10"):
        assert line(f"{text} --replicates 2")[0] == 0


# ---------------------------------------------------------------- rough edges


@pytest.mark.parametrize("option", ["--replicates 0", "--replicates 1", "--risk -1", "--figure x.foo", "--key x"])
def test_options_are_checked_before_the_work_and_no_file_is_left(option, line, tmp_path):
    begin = time.perf_counter()
    assert line(f"diagram --data d.nc {option}")[0] == 2
    assert time.perf_counter() - begin < 2 and not list(tmp_path.iterdir())


def test_sizes_beyond_what_is_told_apart_are_refused(line):
    assert line("curve --n 1e300")[0] == 2
    for size in (2.0**63, 1e300, 2**53 + 2):
        for verb in (lt.risk_curve, lt.phase_diagram):
            with pytest.raises(lt.DomainError, match="n must be at most"):
                verb(PLAIN, [lt.FineTune()], [size])
    kept = lt.risk_curve(PLAIN, [lt.FineTune()], [2**53]).dataset
    assert kept.n.values.tolist() == [2**53]


@QUICK
@given(
    st.one_of(w.isotropic_worlds(), w.teacher_worlds(dims=(1, 2, 5)), w.sphere_worlds(), w.feature_worlds()), st.data()
)
def test_auto_is_silent_only_where_the_docstring_says(problem, data):
    """Below the critical ridge, before the rank where features have no weights, where a finite network does not rest."""
    learner = data.draw(
        st.sampled_from([*HEALTHY, lt.FineTune(time=1.0), lt.FineTune(lt.DeepLinear(INF)), lt.LinearTransfer(0.3)])
    )
    found = outcome(
        lt.risk, problem, learner, data.draw(st.lists(st.integers(0, 30), min_size=1, max_size=3)), replicates=3
    )
    networks = problem.source_ridge != 0 and isinstance(getattr(learner, "model", None), lt.DeepLinear | lt.ShallowReLU)
    assert refused(found) or found.valid.all() or networks
    for where in ("critical ridge", "features without weights", "finite ReLU network", "source fitted with a ridge"):
        assert where in " ".join(lt.risk.__doc__.split())
    edge = lt.risk(P.isotropic(20, 0.5, noise_std=0.1), lt.Scratch(ridge=-5.0), [5, 10, 40])
    assert edge.value[0] == INF and np.isnan(edge.value[1:]).all() and not edge.valid[1:].any()


def test_a_law_of_transferability_is_there_for_any_covariance_beyond_the_rank():
    law = lt.transferability_law(GENERAL, lt.FineTune(), 30)
    assert law.mean() == law.var() == 0
    with pytest.raises(lt.MissingMethodError, match=r"there is one for .*n ≥ rank Σ"):
        lt.transferability_law(GENERAL, lt.FineTune(), 10)


@QUICK
@given(
    st.one_of(w.isotropic_worlds(dims=(5, 20)), w.teacher_worlds(dims=(5, 20)), w.sphere_worlds()),
    st.sampled_from([2, 3, INF]),
    st.data(),
)
def test_one_layer_is_linear_and_beyond_the_rank_so_is_every_depth(problem, depth, data):
    sizes = data.draw(st.lists(st.integers(0, 60), min_size=1, max_size=4))
    for n in sizes:
        found = [
            outcome(lt.risk, problem, who, n, replicates=3) for who in (lt.FineTune(), lt.FineTune(lt.DeepLinear(1)))
        ]
        assert found[0] == found[1]
    rank = int(np.sum(problem.modes.multiplicity[problem.modes.eigenvalue > 0]))
    beyond, deep = [rank + 1, rank + 9, 3 * rank], lt.FineTune(lt.DeepLinear(depth))
    if rank < 2:
        return
    sides = [outcome(lt.risk, problem, who, beyond, method="asymptotic") for who in (lt.Scratch(), deep)]
    gain = outcome(lt.transferability, problem, deep, beyond, method="asymptotic")
    if not any(map(refused, (*sides, gain))):
        np.testing.assert_array_equal(sides[0].value, sides[1].value)
        np.testing.assert_array_equal(gain.value, 0)


def test_numbers_of_numpy_are_numbers_and_truth_values_are_none():
    assert lt.DeepLinear(np.int64(2)) == lt.DeepLinear(2) and lt.ShallowReLU(np.int64(64)) == lt.ShallowReLU(64)
    for options in ({"ridge": True}, {"time": True}, {"ridge": np.bool_(True)}):
        with pytest.raises(lt.DomainError, match="must be"):
            lt.Scratch(**options)


def test_sizes_in_jax_are_not_rounded():
    with jax.enable_x64(False):
        found = lt.risk(P.isotropic(10**9, 0.5, noise_std=0.3), lt.FineTune(), jnp.array(999990000))
    assert float(found.value) == pytest.approx(9000.81009, rel=1e-6)


def test_a_source_that_vanishes_has_no_features_under_another_covariance():
    shifted = P.from_teachers(np.zeros(3), np.ones(3), test_covariance=np.arange(1.0, 4))
    assert lt.risk(shifted, lt.LinearTransfer(), 5).value == 6


@pytest.mark.usefixtures("strict")
def test_fits_without_a_minimum_or_out_of_range_are_refused():
    X, y, s = rows()
    for learner, arrays in (
        (lt.Scratch(ridge=-1e9), (X, y)),
        (lt.Scratch(ridge=-1.0, time=1e4), (X, y)),
        (lt.Scratch(), (1e200 * X, y)),
        (DEEP, (X[:3], y[:3], 1e-200 * s)),
        (DEEP, (X[:3], y[:3], 1e200 * s)),
    ):
        with pytest.raises(lt.DomainError):
            lt.fit(learner, *arrays)


def test_a_stiff_chain_is_refused_before_it_is_followed():
    begin = time.perf_counter()
    with pytest.raises(lt.LinTransferError, match="would take"):
        lt.risk(P.isotropic(20, 0.5), lt.FineTune(lt.DeepLinear(2, imbalance=1e6)), 5, "simulate", replicates=2)
    assert time.perf_counter() - begin < 5


def test_answers_are_compared_pickled_and_drawn_without_a_trace():
    estimate = lt.risk(GENERAL, lt.FineTune(), [5, 6])
    assert estimate == lt.risk(GENERAL, lt.FineTune(), [5, 6]) and pickle.loads(pickle.dumps(GENERAL)) == GENERAL
    kernel = lt.fit(lt.Scratch(lt.ShallowReLU()), normal(0, 4, 3), np.ones(4))
    for one in (lt.risk_law(PLAIN, DEEP, 5), kernel, lt.THEOREMS):
        assert type(pickle.loads(pickle.dumps(one))) is type(one)
    plt.close("all")
    assert lt.risk_curve(PLAIN, [lt.Scratch()], [5]).plot() and not plt.get_fignums()
    assert len({label_of(lt.Scratch(ridge=r)) for r in (1.0000001, 1.00000011)}) == 2


def test_nobody_is_advised_to_unpickle(line, tmp_path):
    np.savez(
        tmp_path / "objects.npz",
        X=np.array([{}], object),
        y=np.ones(1),
        source=np.array([{}], object),
        target=np.ones(1),
    )
    (tmp_path / "python.npz").write_bytes(pickle.dumps({"X": 1}))
    for name in ("objects.npz", "python.npz"):
        for command in (f"diagnose {name}", f"curve --n 5 --teachers {name}"):
            status, _, said = line(command)
            assert status == 2 and "pickle" not in said


@pytest.mark.usefixtures("strict")
@pytest.mark.parametrize("power", [-74, -10, 10, 74])
def test_no_warning_leaks_at_numbers_that_are_accepted(power):
    unit = 10.0**power
    for changes in ({"noise_std": unit}, {"source_norm": unit}, {"target_norm": unit}):
        problem = P.isotropic(10, 0.5, **changes)
        for learner in [
            *HEALTHY,
            lt.LinearTransfer(ridge="optimal"),
            lt.FineTune(time="optimal"),
            lt.FineTune(lt.ShallowReLU()),
        ]:
            outcome(lt.risk, problem, learner, [0, 5, 10, 20], replicates=2)
        law = lt.risk_law(problem, lt.FineTune(), 5)
        assert not math.isnan(law.mean()) and not math.isnan(law.var())
        lt.risk(problem, lt.Scratch(), 5, method="simulate", replicates=2)
    none = P.from_teachers(np.ones(4), np.ones(4), covariance=np.zeros(4), noise_std=1.0)
    assert lt.risk(none, lt.FineTune(lt.ShallowReLU()), [1, 2]).value.tolist() == [0, 0]


def test_nothing_is_not_verified_and_a_crossing_at_the_last_value_is_found():
    with pytest.raises(lt.DomainError, match="names must be at least one theorem"):
        lt.verify([])
    found = lt.phase_diagram(P.isotropic(20, 0.5), [lt.FineTune()], [5], overlap=[0.0, 0.25, 0.5])
    assert found.boundary.values.tolist() == [[[0.5]]]

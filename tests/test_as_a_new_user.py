"""Wrong numbers and crashes that a new user met, each tested as its kind. One heading per row of the table of issue 8."""

import math
import pickle
import re
from dataclasses import replace

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
import pytest
from helpers import worlds as w
from helpers.asking import method_of, outcome, per_element, refused, unit_of
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import lintransfer as lt
from lintransfer.routing import ROUTES, TRANSFER_ROUTES

P = lt.TransferProblem
CLOSED = ("exact", "asymptotic")
HEALTH = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
QUICK = settings(deadline=None, max_examples=25, derandomize=True, suppress_health_check=HEALTH)
FIVE = P.from_teachers(np.zeros(5), np.ones(5), covariance=[1, 0.5, 0.4, 0.3, 0.2], noise_std=0.5)
README = P.isotropic(dim=500, overlap=0.8, noise_std=0.2)


@pytest.fixture(autouse=True)
def _no_figure_is_left():
    yield
    plt.close("all")


def close(found, expected, unit=1.0, rel=1e-9, abs_=1e-12):
    np.testing.assert_allclose(found, expected, rtol=rel, atol=abs_ * unit)


# ---------------------------------------------------------------- an answer does not depend on what else is asked


KINDS = {
    "general covariance": w.teacher_worlds(dims=(2, 5, 20), fitted=False),
    "fitted source": w.teacher_worlds(dims=(5, 20)),
    "covariance shift": w.shifted_worlds(),
    "given features": w.feature_worlds(),
    "several outputs": w.several_output_worlds(),
    "sphere": w.sphere_worlds(),
}
LEARNERS = [
    lt.Scratch(),
    lt.FineTune(),
    lt.LinearTransfer(),
    lt.FineTune(ridge=1.0),
    lt.LinearTransfer(ridge="optimal"),
]


@pytest.mark.parametrize("kind", KINDS)
@QUICK
@given(st.data())
def test_lists_orders_tables_scalars_curves_and_diagrams_say_the_same(kind, data):
    problem, learner = data.draw(KINDS[kind]), data.draw(st.sampled_from(LEARNERS))
    sizes = np.array(sorted(set(data.draw(w.sizes(problem, least=3)))))
    alone = [outcome(lt.risk, problem, learner, int(n), replicates=4) for n in sizes]
    whole = outcome(lt.risk, problem, learner, sizes, replicates=4)
    if refused(whole):
        assert all(one is whole for one in alone)
        return
    unit, expected = unit_of(problem), np.array([float(one.value) for one in alone])
    close(whole.value, expected, unit)
    order = np.array(data.draw(st.permutations(range(len(sizes)))))
    close(lt.risk(problem, learner, sizes[order], replicates=4).value, expected[order], unit)
    close(lt.risk(problem, learner, [sizes, sizes[::-1]], replicates=4).value, [expected, expected[::-1]], unit)
    close(lt.risk_curve(problem, [learner], sizes, replicates=4).dataset.risk.values[0], expected, unit)
    # a cell of a diagram has a seed of its own: only formulas are compared
    drawn = [method_of(one) not in CLOSED for one in alone]
    found = lt.phase_diagram(problem, [learner], sizes, baseline=lt.Scratch(), replicates=4).dataset.risk.values[0]
    close(np.where(drawn, 0, found), np.where(drawn, 0, expected), unit)


def test_the_case_that_was_met():
    assert lt.risk(FIVE, lt.Scratch(), [3, 7]).value[1] == lt.risk(FIVE, lt.Scratch(), 7).value == pytest.approx(1.25)
    around = lt.risk(FIVE, lt.Scratch(), [1, 3, 4, 5, 6, 7]).value
    assert np.all(np.isinf(around[2:5])) and np.all(np.isfinite(around[[0, 1, 5]]))


# ---------------------------------------------------------------- a diagram over any covariance


def crossings(diagram):
    """(n, place) of every crossing that a diagram found."""
    for n, places in zip(diagram.dataset.n.values, diagram.boundary.values[0].T, strict=True):
        for place in places[np.isfinite(places)]:
            yield int(n), float(place)


@QUICK
@given(
    w.teacher_worlds(dims=(5, 20), fitted=False),
    st.sampled_from([lt.LinearTransfer(), lt.FineTune(ridge=1.0), lt.LinearTransfer(ridge=0.5), lt.FineTune()]),
)
def test_a_diagram_over_any_covariance_has_the_boundary_of_the_front_door(problem, learner):
    d = problem.dim
    grid = np.linspace(0.05, 0.95, 7)
    if float(np.asarray(problem.source_norm)) == 0 or refused(outcome(problem.with_overlap, 0.5)):
        return
    found = lt.phase_diagram(problem, [learner], n=[1, d - 1, d, d + 1, d + 2, 3 * d], overlap=grid)
    unit = unit_of(problem)
    for n, place in crossings(found):
        near = [
            float(lt.transferability(problem.with_overlap(np.clip(place + h, -1, 1)), learner, n).value)
            for h in (-1e-6, 1e-6)
        ]
        assert near[0] * near[1] <= 0 or min(map(abs, near)) <= 1e-5 * unit, (n, place, near)
    # and between grid values where the front door changes sign there is one
    t = found.dataset.transferability.values[0]
    changes = (np.sign(t[:-1]) * np.sign(t[1:]) < 0) & np.isfinite(t[:-1]) & np.isfinite(t[1:])
    np.testing.assert_array_equal(np.isfinite(found.boundary.values[0]).sum(axis=0) >= changes.sum(axis=0), True)


def test_a_diagram_with_a_best_ridge_over_a_covariance():
    problem = P.from_teachers(np.r_[1.0, np.zeros(19)], np.ones(20), covariance=np.arange(1.0, 21) ** -1, noise_std=0.5)
    learners = [lt.LinearTransfer(ridge="optimal"), lt.FineTune(ridge="optimal")]
    found = lt.phase_diagram(problem, learners, n=[5, 19, 20, 21, 60], overlap=np.linspace(0, 1, 11))
    assert found.dataset.valid.values.all()


# ---------------------------------------------------------------- the best ridge at any size


def test_the_readme_has_its_sample_complexity():
    need = lt.sample_complexity(README, lt.FineTune(ridge="optimal"), 0.1)
    assert need.value == need.lasting == 525


@QUICK
@given(st.data())
def test_the_best_ridge_is_finite_and_right_up_to_the_last_whole_float(data):
    problem = data.draw(st.one_of(w.isotropic_worlds(fitted=False), w.teacher_worlds(fitted=False)))
    sizes = [10.0**k for k in range(9, 16, 2)] + [2.0**53]
    rank = float(np.sum(problem.modes.multiplicity[problem.modes.eigenvalue > 0]))
    for learner in (lt.Scratch(ridge="optimal"), lt.FineTune(ridge="optimal")):
        found = lt.risk(problem, learner, sizes)
        limit = problem.noise_std**2 * rank / np.array(sizes)  # σ²·rank/n, less what the ridge gains
        assert np.all(np.isfinite(found.value)) and np.all(found.valid)
        assert np.all(found.value <= limit * (1 + 1e-6) + 1e-300)
        tiny = (problem.noise_std > 0) * 1e-3 * limit * (float(np.sum(problem.modes.displacement)) > 1e-3)
        assert learner != lt.Scratch(ridge="optimal") or problem.target_norm < 0.5 or np.all(found.value >= tiny)
    head = lt.risk(problem, lt.LinearTransfer(ridge="optimal"), sizes)
    assert np.all(np.isfinite(head.value))


# ---------------------------------------------------------------- sample complexity with a general covariance


@QUICK
@given(w.teacher_worlds(dims=(5, 20), fitted=False), st.sampled_from([0.3, 1.0, 3.0]))
def test_a_sample_complexity_is_that_of_the_risk_at_each_size(problem, ratio):
    if problem.noise_std == 0:
        return
    goal = ratio * problem.noise_std**2
    need = lt.sample_complexity(problem, lt.Scratch(), goal)
    assert math.isfinite(need.lasting)
    if need.lasting > 0:
        last = lt.risk(problem, lt.Scratch(), [int(need.lasting) - 1, int(need.lasting)])
        assert last.value[1] <= goal * (1 + 1e-12) and not last.value[0] <= goal
    # for good it is the least n with σ²r/(n − r − 1) ≤ goal, exactly
    rank = int(np.sum(problem.modes.multiplicity[problem.modes.eigenvalue > 0]))
    exact = math.ceil(rank / ratio - 1e-9) + rank + 1
    start = float(lt.risk(problem, lt.Scratch(), 0).value)
    assert need.lasting == exact or (need.lasting < exact and start <= goal)


def test_a_sample_complexity_is_exact_and_not_one_too_low():
    spectrum = np.arange(1.0, 31) ** -1
    problem = P.from_teachers(np.zeros(30), np.ones(30), covariance=spectrum, noise_std=1.0)
    need = lt.sample_complexity(problem, lt.Scratch(), 0.3)
    assert (need.value, need.method) == (131, "exact")  # 30/(n − 31) ≤ .3; 30/(n − 30) would say 130


# ---------------------------------------------------------------- pictures of every shape


AXES = {
    "overlap": [-0.5, 0.1, 0.9], "source_norm": [0.5, 1.0], "noise_std": [0.0, 0.3, 1.0], "n_source": [None, 5, 40],
    "ridge": [0.0, 1.0, "optimal", math.inf], "time": [0.5, 5.0, math.inf, "optimal"], "depth": [1, 2, math.inf],
}  # fmt: skip
SMALL = P.isotropic(20, 0.5, noise_std=0.3, source_noise_std=0.2)


def picture(diagram):
    figure = diagram.plot()
    figure.canvas.draw()
    plt.close(figure)
    assert not plt.get_fignums()


@QUICK
@given(st.data())
def test_a_diagram_of_any_shape_can_be_drawn_printed_and_saved(tmp_path_factory, data):
    names = data.draw(st.lists(st.sampled_from(sorted(AXES)), max_size=2, unique=True))
    axes = {
        name: data.draw(st.lists(st.sampled_from(AXES[name]), min_size=1, max_size=4, unique=True)) for name in names
    }
    n = data.draw(st.sampled_from([[5], [5, 30], [30, 5, 19]]))
    learners = data.draw(st.sampled_from([[lt.FineTune()], [lt.LinearTransfer(), lt.FineTune()]]))
    found = outcome(lt.phase_diagram, SMALL, learners, n, baseline=lt.Scratch(), replicates=2, **axes)
    if refused(found):  # a depth and a stopping time or a ridge do not go together
        assert "depth" in axes or len({"ridge", "time"} & set(axes)) == 2
        return
    several = sum(size > 1 for size in found.dataset.winner.sizes.values())
    if several > 2:
        with pytest.raises(lt.DomainError, match="for a map"):
            found.plot()
    else:
        picture(found)
    assert "baseline Scratch" in str(found) and found.summary()
    path = tmp_path_factory.mktemp("diagram") / "d.nc"
    found.save(path)
    again = lt.load(path)
    assert str(again) == str(found)


def test_five_overlaps_at_one_size_are_a_line():
    figure = lt.phase_diagram(README, [lt.FineTune()], n=[50], overlap=np.linspace(0, 1, 5)).plot()
    assert len(figure.axes) == 1 and len(figure.axes[0].containers[0].lines[0].get_xdata()) == 5


# ---------------------------------------------------------------- what a deep diagram costs


def counted(monkeypatch, theorem):
    """Calls of the routes of a theorem, in cells: each the number of values that it gave."""
    cells = []
    for table in (ROUTES, TRANSFER_ROUTES):
        for route in table:
            if route.theorem == theorem:
                formula = route.formula

                def counting(*args, formula=formula, **given_):
                    found = formula(*args, **given_)
                    cells.append(np.size(found))
                    return found

                counting.__signature__ = __import__("inspect").signature(formula)
                monkeypatch.setitem(route.__dict__, "formula", counting)
    return cells


def test_a_noiseless_deep_diagram_asks_each_quadrature_once_per_cell(monkeypatch):
    cells = counted(monkeypatch, "deep-mean-risk")
    gains = counted(monkeypatch, "deep-mean-transferability")
    sizes, overlaps = np.arange(5, 105, 5), np.linspace(0, 1, 11)
    quiet = P.isotropic(50, 0.8)
    found = lt.phase_diagram(quiet, [lt.FineTune(lt.DeepLinear(2))], n=sizes, overlap=overlaps)
    below = int((sizes < 50).sum()) * len(overlaps)
    assert sum(cells) == below  # the exact quadrature where n < d, once in each cell, and nowhere else
    # a root finder of the boundary comes on top, and asks few more
    assert below <= sum(gains) <= 8 * below
    assert len(gains) + len(cells) <= 8 * below
    t = found.dataset.transferability.values[0]
    assert np.all(t[:, sizes >= 50] == 0)


# ---------------------------------------------------------------- the best ridge is what it says


@QUICK
@given(st.data(), st.floats(0, 100))
def test_no_ridge_above_zero_is_better_than_the_best(data, ridge):
    problem = data.draw(st.one_of(w.isotropic_worlds(fitted=False), w.teacher_worlds(fitted=False)))
    for kind in (lt.Scratch, lt.FineTune, lt.LinearTransfer):
        n = data.draw(st.sampled_from(w.landmarks(problem)))
        best, other = (lt.risk(problem, kind(ridge=r), n, method="asymptotic") for r in ("optimal", ridge))
        assert not other.valid or best.value <= other.value * (1 + 1e-9) + 1e-12 * unit_of(problem)


def test_the_docstring_says_where_the_search_ends_and_names_the_search_below():
    said = re.sub(r"\s+", " ", lt.Scratch.__doc__)
    assert "the λ ≥ 0 of least expected risk" in said and "negative=True" in said
    from lintransfer.theory.linear.optimal_ridge import optimal_ridge

    arguments = 64, np.array([101.0, 1.0]), np.array([1.0, 999.0]), np.array([10 / 101, 0.0]), 1.0
    assert optimal_ridge(*arguments).ridge == 0 > optimal_ridge(*arguments, negative=True).ridge


# ---------------------------------------------------------------- a ridge without end


@pytest.mark.parametrize("method", ["auto", "exact", "simulate", "designs"])
@QUICK
@given(st.data())
def test_an_infinite_ridge_stays_at_the_start(method, data):
    # without a source fit: then the start itself is random
    problem = data.draw(st.one_of(w.isotropic_worlds(fitted=False), w.teacher_worlds(fitted=False), w.feature_worlds()))
    if problem.n_source is not None:
        problem = replace(problem, n_source=None)
    for kind in (lt.Scratch, lt.FineTune, lt.LinearTransfer):
        for n in (0, 3, problem.dim + 4):
            found = lt.risk(problem, kind(ridge=math.inf), n, method=method, replicates=2)
            close(found.value, lt.risk(problem, kind(), 0).value, unit_of(problem), rel=1e-8, abs_=1e-10)
    stays = lt.transferability(problem, lt.FineTune(ridge=math.inf), 3, lt.Scratch(ridge=math.inf))
    m = problem.modes
    gain = float(np.sum(m.eigenvalue * (m.target - m.displacement)))
    close(stays.value, gain, unit_of(problem), rel=1e-8, abs_=1e-10)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_what_diagnose_gives_can_be_asked(seed):
    rng = np.random.default_rng(seed)
    X = rng.standard_normal((120, 4))
    y = X @ np.ones(4) + rng.standard_normal(120)
    found = lt.diagnose(X, y, np.ones(4), n=20, repeats=2)
    problem = P.isotropic(4, 1.0, source_norm=2.0, target_norm=2.0, noise_std=1.0)
    kinds = {"Scratch": lt.Scratch, "FineTune": lt.FineTune, "LinearTransfer": lt.LinearTransfer}
    fed = [
        kinds[label.split("(")[0]](ridge=float(ridge)) for label, ridge in zip(found.learners, found.ridge, strict=True)
    ]
    for learner in fed:
        assert lt.risk(problem, learner, 20).valid
        lt.fit(learner, X, y, source=np.ones(4))
    again = lt.diagnose(X, y, np.ones(4), n=20, repeats=2, learners=list({repr(f): f for f in fed}.values()))
    assert np.all(np.isfinite(again.error))


# ---------------------------------------------------------------- JAX, hashing, equality


@settings(QUICK, max_examples=8)
@given(st.data())
def test_estimates_go_through_jit_and_vmap(data):
    overlap = data.draw(st.sampled_from([0.0, 0.3, 0.8]))
    learner = data.draw(st.sampled_from([lt.FineTune(), lt.LinearTransfer(), lt.FineTune(lt.DeepLinear(2))]))
    sizes = np.array(data.draw(st.lists(st.sampled_from([0, 3, 8, 13, 40]), min_size=2, max_size=3)))

    def ask(c):
        return lt.risk(P.isotropic(10, c, noise_std=0.3), learner, sizes)

    plain, compiled = ask(overlap), jax.jit(ask)(overlap)
    assert isinstance(compiled, lt.Estimate)
    np.testing.assert_array_equal(per_element(compiled.theorem, sizes.shape), per_element(plain.theorem, sizes.shape))
    close(compiled.value, plain.value)
    many = jax.vmap(ask)(jnp.array([overlap, 0.5]))
    assert isinstance(many, lt.Estimate) and many.value.shape == (2, len(sizes))
    close(many.value[0], plain.value)


@QUICK
@given(w.worlds())
def test_problems_and_learners_hash_and_compare_by_content(problem):
    same = pickle.loads(pickle.dumps(problem))
    assert hash(problem) == hash(same) and problem == same and {problem: 1}[same] == 1
    assert problem != replace(problem, noise_std=problem.noise_std + 1.0)
    assert (problem == 3) is False and (problem != "p") is True
    estimate = outcome(lt.risk, problem, lt.Scratch(), [0, 1, 3], replicates=2)
    assert estimate == outcome(lt.risk, problem, lt.Scratch(), [0, 1, 3], replicates=2)
    assert isinstance(hash(estimate), int)


# ---------------------------------------------------------------- what a simulation is called


@pytest.mark.parametrize("overlap", [-0.5, 0.8])
@pytest.mark.parametrize(
    "learner",
    [lt.Scratch(), lt.FineTune(), lt.LinearTransfer(), lt.FineTune(ridge=2.0), lt.FineTune(lt.DeepLinear(2))],
    ids=str,
)
def test_draws_from_a_law_are_called_so_and_agree_with_designs(learner, overlap):
    problem, sizes = P.isotropic(10, overlap, noise_std=0.3), [3, 25]
    law = lt.risk(problem, learner, sizes, method="simulate", replicates=1500)
    designs = lt.risk(problem, learner, sizes, method="designs", key=1, replicates=1500)
    assert (law.method, designs.method, designs.theorem) == ("law", "simulate", "simulation")
    assert lt.theorem(law.theorem).name == law.theorem
    assert np.all(np.abs(law.value - designs.value) <= 4.5 * np.hypot(law.std_err, designs.std_err))


def test_a_simulation_without_a_law_is_called_simulation():
    assert lt.risk(FIVE, lt.Scratch(), [3], method="simulate", replicates=4).method == "simulate"
    gain = lt.transferability(SMALL, lt.FineTune(), [5], method="designs", replicates=4)
    assert (gain.method, gain.theorem) == ("simulate", "simulation")


# ---------------------------------------------------------------- one silent size does not turn a diagram


def test_a_long_deep_diagram_is_a_diagram():
    found = lt.phase_diagram(README, [lt.FineTune(lt.DeepLinear(2))], n=range(1, 1001), overlap=np.linspace(0, 1, 20))
    t = found.dataset.transferability
    assert found.dataset.valid.values.all() and np.all(t.sel(n=slice(500, None)).values == 0)
    edge = found.boundary.values[0]
    assert np.isfinite(edge[0, :497]).all() and np.isnan(edge[:, 499:]).all()


@QUICK
@given(st.data())
def test_a_diagram_with_silent_cells_is_that_of_its_columns(data):
    learner = lt.FineTune(lt.DeepLinear(data.draw(st.sampled_from([2, 3, math.inf]))))
    problem = P.isotropic(20, 0.5, noise_std=data.draw(st.sampled_from([0.0, 0.3])))
    overlaps = [0.1, 0.5, 0.9]
    whole = lt.phase_diagram(problem, [learner], n=[1, 18, 19, 20, 21, 40], overlap=overlaps)
    for n in (1, 19, 40):
        one = lt.phase_diagram(problem, [learner], n=[n], overlap=overlaps)
        for name in ("risk", "transferability", "winner"):
            close(whole.dataset[name].sel(n=[n]).values, one.dataset[name].values)
        places = whole.boundary.sel(n=n).values[0]
        close(places[np.isfinite(places)], one.boundary.values[0][np.isfinite(one.boundary.values[0])])


# ---------------------------------------------------------------- winners are not told apart where T is 0


DEEP_OR_NOT = [
    lt.FineTune(),
    lt.FineTune(lt.DeepLinear(2)),
    lt.FineTune(lt.DeepLinear(3)),
    lt.Scratch(lt.DeepLinear(2)),
]


@QUICK
@given(st.data())
def test_where_learners_end_in_the_same_weights_nobody_wins(data):
    problem = data.draw(
        st.one_of(w.isotropic_worlds(fitted=False, dims=(5, 20)), w.teacher_worlds(dims=(5, 20), fitted=False))
    )
    rank = int(np.sum(problem.modes.multiplicity[problem.modes.eigenvalue > 0]))
    learners = data.draw(st.lists(st.sampled_from(DEEP_OR_NOT), min_size=1, max_size=3, unique=True))
    sizes = [rank, rank + 1, rank + 2, 3 * rank + 2]
    found = lt.phase_diagram(problem, learners, sizes, method=data.draw(st.sampled_from(["auto", "asymptotic"])))
    known = found.dataset.valid.values.all(axis=0)
    assert np.all(found.dataset.transferability.values[:, known] == 0)
    assert np.all(found.dataset.winner.values[known] == 0) and np.all(found.dataset.margin.values[known] == 0)
    for learner in learners:
        gain, risk = (verb(problem, learner, sizes) for verb in (lt.transferability, lt.risk))
        # both infinite: a theorem says that T = 0, or none pairs them
        assert np.all((gain.value == 0) | (np.isnan(gain.value) & np.isinf(risk.value))), (learner, gain)


# ---------------------------------------------------------------- gradients right through the choice


def slope(f, x, step=1e-5):
    return (float(f(x + step)) - float(f(x - step))) / (2 * step)


SPECTRUM = 1 / np.arange(1.0, 6)
SOURCE, TARGET = np.random.default_rng(3).standard_normal((2, 5))
SMOOTH = {
    "general covariance": lambda a: P.from_teachers(a * SOURCE, TARGET, covariance=SPECTRUM, noise_std=0.3),
    "spectrum": lambda a: P.from_teachers(SOURCE, TARGET, covariance=SPECTRUM**a, noise_std=0.3),
    "noise": lambda a: P.from_teachers(SOURCE, TARGET, covariance=SPECTRUM, noise_std=a),
    "isotropic, quiet": lambda a: P.isotropic(5, 0.5 * a),
}


ANSWERED = [
    *(("general covariance", lt.FineTune(), n) for n in (2, 4, 8)),
    *(("general covariance", lt.FineTune(lt.DeepLinear(2)), n) for n in (2, 8)),
    ("general covariance", lt.LinearTransfer(), 2),
    ("spectrum", lt.Scratch(), 2),
    ("spectrum", lt.FineTune(ridge=0.5), 4),
    *(("noise", lt.Scratch(), n) for n in (2, 8)),
    ("noise", lt.FineTune(lt.DeepLinear(2)), 8),
    ("isotropic, quiet", lt.FineTune(), 2),
    *(("isotropic, quiet", lt.FineTune(lt.DeepLinear(2)), n) for n in (0, 2, 8)),
]


@pytest.mark.parametrize(("world", "learner", "n"), ANSWERED, ids=str)  # JAX compiles each
def test_gradients_are_those_of_the_route_that_answers(world, learner, n):
    make = SMOOTH[world]
    # a traced problem may be answered by a weaker route: the difference is taken of what is traced
    both = jax.jit(jax.value_and_grad(lambda a: lt.risk(make(a), learner, n).value))
    there, found = map(float, both(0.9))
    if math.isinf(there):
        assert there == float(lt.risk(make(0.9), learner, n, replicates=2).value) or math.isnan(found) or found == 0
    elif math.isnan(there):
        assert refused(outcome(lt.risk, make(0.9), learner, n, method="exact"))
    else:
        assert found == pytest.approx(slope(lambda a: both(a)[0], 0.9), rel=1e-4, abs=1e-6)


def test_the_gradient_that_was_zero():
    def of(noise):
        return lt.risk(P.from_teachers(np.zeros(5), np.ones(5), SPECTRUM, noise_std=noise), lt.Scratch(), 3).value

    found = float(jax.jit(jax.grad(of))(0.5))
    assert found == pytest.approx(slope(of, 0.5), rel=1e-5) and found > 1


def test_the_gradient_that_was_nan():
    def of(noise):
        return lt.risk(P.isotropic(10, 0.5, noise_std=noise), lt.FineTune(lt.DeepLinear(2)), 15).value

    assert float(jax.grad(of)(0.2)) == pytest.approx(2 * 0.2 * 10 / 4, rel=1e-9)


@pytest.mark.parametrize("n", [3.0, 4.0, 12.0])
def test_gradients_in_a_traced_size_are_those_of_its_side(n):
    def of(size):
        return lt.risk(FIVE, lt.FineTune(ridge=0.7), size).value

    both = jax.jit(jax.value_and_grad(of))
    assert float(both(n)[1]) == pytest.approx(slope(lambda size: both(size)[0], n, 1e-4), rel=1e-4)


# ---------------------------------------------------------------- values of an axis that are no numbers


@pytest.mark.parametrize("name", ["n_source", "ridge", "time", "depth"])
@pytest.mark.parametrize("learner", [lt.FineTune(), lt.LinearTransfer(), lt.Scratch()], ids=str)
def test_cells_of_mixed_axes_are_what_the_front_door_says(name, learner):
    values, sizes = AXES[name], [0, 5, 18, 30]
    if isinstance(learner, lt.LinearTransfer) and name == "depth":
        values = [1, 2]
    found = outcome(lt.phase_diagram, SMALL, [learner], sizes, baseline=lt.Scratch(), replicates=2, **{name: values})
    assert not refused(found)
    for row, value in zip(found.dataset.risk.values[0], values, strict=True):
        problem = SMALL.with_source_size(value) if name == "n_source" else SMALL
        who = learner
        if name == "depth" and not isinstance(learner, lt.LinearTransfer):
            who = replace(learner, model=lt.DeepLinear(value))
        elif name == "ridge" or (name == "time" and not isinstance(learner, lt.LinearTransfer)):
            who = replace(learner, **{name: value})
        expected = lt.risk(problem, who, sizes, replicates=2)
        close(row, expected.value)
    picture(found)
    assert str(found)


# ---------------------------------------------------------------- one and two dimensions


@pytest.mark.parametrize("noise", [0.0, 0.3])
@pytest.mark.parametrize("dim", [1, 2])
@pytest.mark.parametrize(
    "learner",
    [lt.LinearTransfer(), lt.FineTune(), lt.FineTune(ridge="optimal"), lt.FineTune(lt.DeepLinear(2))],
    ids=str,
)
def test_every_door_opens_in_one_and_two_dimensions(learner, dim, noise):
    overlaps = [-1.0, 1.0] if dim == 1 else [-1.0, 0.0, 0.6, 1.0]
    problem = P.isotropic(dim, 1.0, noise_std=noise)
    found = lt.phase_diagram(problem, [learner], n=range(9), overlap=overlaps, replicates=4)
    valid = found.dataset.valid.sel(n=[0, 5, 8]).values
    # a chain of one dimension may have to pass through zero, and stays there: no theorem speaks
    assert (valid.all() or (dim == 1 and isinstance(getattr(learner, "model", None), lt.DeepLinear))) and str(found)
    picture(found)
    finite = [n for n in range(9) if np.isfinite(lt.risk(problem, learner, n, replicates=4).value)]
    goal = float(lt.risk(problem, learner, max(finite), replicates=4).value)
    need = outcome(lt.sample_complexity, problem, learner, goal)
    assert refused(need) or need.value <= max(finite) or math.isnan(need.value)
    lt.transferability(problem, learner, range(9), replicates=4)
    outcome(lt.risk_law, problem, learner, 5)
    lt.route(problem, learner, range(9))


@QUICK
@given(st.data())
def test_general_problems_in_one_and_two_dimensions(data):
    problem = data.draw(w.teacher_worlds(dims=(1, 2), fitted=False))
    learner = data.draw(st.sampled_from(LEARNERS))
    found = lt.risk(problem, learner, range(8), replicates=4)
    assert np.all(np.asarray(found.value)[found.valid] >= 0)
    axes = {} if problem.dim == 1 else {"noise_std": [0.0, 0.5]}
    diagram = lt.phase_diagram(problem, [learner], range(8), baseline=lt.Scratch(), replicates=4, **axes)
    if not axes:
        close(diagram.dataset.risk.values[0][found.valid], found.value[found.valid], unit_of(problem))
    picture(diagram)

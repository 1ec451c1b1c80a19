"""Several candidate sources: what is planted is found, what is said of it holds on fresh rows, and mistakes are refused."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lintransfer as lt
from lintransfer.cli import main
from lintransfer.diagnosis.candidates import Source, candidates, column_sizes, own_fit
from lintransfer.diagnosis.picture import plot_diagnosis
from lintransfer.diagnosis.ridge_choice import (
    Design,
    balanced_orders,
    chosen_fits,
    decomposed,
    held_out_squares,
    scored_path,
)

DIM = 10
RNG = np.random.default_rng(0)
TARGET, OTHER, STEP = (vector / np.linalg.norm(vector) for vector in RNG.standard_normal((3, DIM)))
NEAR = TARGET + 0.2 * STEP


def rows(weights, count, seed, noise=0.6):
    rng = np.random.default_rng(seed)
    inputs = rng.standard_normal((count, DIM)) * np.geomspace(2, 0.5, DIM)
    return inputs, inputs @ weights + noise * rng.standard_normal(count)


def labels_of(found, among=None):
    return [name.replace("(ridge=optimal)", "") for name in (found.learners if among is None else among)]


def errors_on(target, fresh, sources):
    """Error on fresh rows of every candidate, chosen and trained on all rows of the target; not through `diagnose`."""
    known = len(target[1])
    inputs, labels = np.concatenate([target[0], fresh[0]]), np.concatenate([target[1], fresh[1]])
    column = column_sizes([target[0], *(X for X, _ in sources)])
    listed = [
        Source(f"source {k}", X / column, y, own_fit(X / column, y).weights) for k, (X, y) in enumerate(sources, 1)
    ]
    learners = [learner.designs for learner in candidates(inputs / column, listed)]
    predicted = chosen_fits(learners, labels, np.arange(known)[None])[0][:, 0]
    return np.mean((labels - predicted)[:, known:] ** 2, axis=1)


WORLDS = {  # sources -> where the best may come from
    "helpful": ([NEAR], ("source 1",)),
    "useless": ([OTHER], ("Scratch", "a multiple of source 1", "with source 1")),
    "harmful": ([-2 * OTHER - TARGET], ("Scratch", "a multiple of source 1", "with source 1")),
    "rescaled": ([3 * NEAR], ("a multiple of source 1", "with source 1")),
    "one of two": ([OTHER, NEAR], ("source 2", "sources 1, 2")),
}


@pytest.mark.parametrize("count", [12, 25, 60])
@pytest.mark.parametrize("world", WORLDS)
def test_what_is_planted_is_found(world, count):
    """Over six pilots; measured over many more, what is advised loses 7 % (12 rows), 3 % and 1 % on average."""
    teachers, where = WORLDS[world]
    sources = [rows(teacher, 150, 10 + k) for k, teacher in enumerate(teachers)]
    fresh = rows(TARGET, 1000, 100)
    places, truths, diagnoses = [], [], []
    for seed in range(1, 7):
        target = rows(TARGET, count, seed)
        found = lt.diagnose(*target, source=sources, repeats=5, key=seed)
        places.append(found.learners.index(found.best))
        truths.append(errors_on(target, fresh, sources))
        diagnoses.append(found)
    mean = np.mean(truths, axis=0)
    z = [(one.error - mean)[place] / one.std_err[place] for one, place in zip(diagnoses, places, strict=True)]
    assert mean[places].mean() < {12: 1.25, 25: 1.12, 60: 1.04}[count] * mean.min()
    assert found.learners[int(mean.argmin())].endswith(where) or found.learners[int(mean.argmin())].startswith(where)
    assert np.mean(np.abs(z) < 2) >= 4 / 6


def test_with_many_rows_nothing_is_lost_and_the_forecast_holds():
    sources = [rows(OTHER, 150, 10), rows(NEAR, 150, 11)]
    target, fresh = rows(TARGET, 200, 4), rows(TARGET, 4000, 5)
    found = lt.diagnose(*target, source=sources, repeats=5, n=800)
    grown = rows(TARGET, 800, 6)
    truth = errors_on(grown, fresh, sources)
    assert np.all(np.abs(found.error / truth - 1) < 0.2)
    assert truth[found.learners.index(found.best)] < 1.02 * truth.min()


def test_pooling_is_weighted_ridge_on_all_rows_and_leave_one_out_is_exact():
    target, sources = rows(TARGET, 15, 1), [rows(NEAR, 30, 2), rows(OTHER, 8, 3)]
    listed = [Source(f"source {k}", X, y, own_fit(X, y).weights) for k, (X, y) in enumerate(sources, 1)]
    pooled = [learner for learner in candidates(target[0], listed) if learner.pooled]
    assert [learner.pooled for learner in pooled] == ["source 1", "source 2", "sources 1, 2"]

    def fitted(keep, penalty, design, among):
        gram = target[0][keep].T @ target[0][keep] + penalty * design.ridge * np.eye(DIM)
        moment = target[0][keep].T @ target[1][keep]
        for weight, (X, y) in zip(design.weight, among, strict=True):
            gram, moment = gram + penalty * weight * X.T @ X, moment + penalty * weight * X.T @ y
        return np.linalg.solve(gram, moment)

    every = np.arange(15)
    for learner, among in zip(pooled, (sources[:1], sources[1:], sources), strict=True):
        predicted, [[choice]] = chosen_fits([learner.designs], target[1], every[None])
        if np.isfinite(choice.penalty):
            alone = target[0] @ fitted(every, choice.penalty, choice.design, among)
            np.testing.assert_allclose(predicted[0, 0], alone, atol=1e-6)
        for design in learner.designs:
            path = scored_path(decomposed(design.factor, every[None]), (target[1] - design.offset)[None])
            for place in (5, 12, 20):
                penalty = path.penalty[0, place]
                missed = [
                    target[1][i] - target[0][i] @ fitted(every[every != i], penalty, design, among) for i in every
                ]
                assert path.loo[0, place] == pytest.approx(np.mean(np.square(missed)), rel=1e-5)


def test_both_gram_matrices_give_the_same_fits():
    factor, labels = RNG.standard_normal((20, 12)), RNG.standard_normal(20)
    wide = np.hstack([factor, np.zeros((20, 30))])  # the same kernel matrix
    (thin, [[one]]), (thick, [[two]]) = (
        chosen_fits([[Design(part, np.zeros(20))]], labels, np.arange(15)[None]) for part in (factor, wide)
    )
    np.testing.assert_allclose(thin, thick, atol=1e-8)
    assert one.score == pytest.approx(two.score) and one.penalty == pytest.approx(two.penalty)


def test_rows_left_out_have_no_part_in_what_is_chosen():
    target, source = rows(TARGET, 20, 1), rows(NEAR, 60, 2)
    learners = [c.designs for c in candidates(target[0], [Source("source 1", *source, own_fit(*source).weights)])]
    orders = balanced_orders(20, 5, 0)
    changed = target[1].copy()
    changed[orders[0, 16:]] += 100.0
    one, two = (chosen_fits(learners, labels, orders[:1, :16])[0] for labels in (target[1], changed))
    np.testing.assert_array_equal(one, two)
    squares = held_out_squares(learners, target[1], orders, 16)
    assert np.all(np.isnan(squares).sum(1) == 4)  # with five splits every row is left out once


def test_units_and_the_order_of_sources_do_not_matter():
    target, sources = rows(TARGET, 25, 1), [rows(NEAR, 60, 2), rows(OTHER, 40, 3)]
    plain = lt.diagnose(*target, source=sources, repeats=5)
    units = 10.0 ** RNG.integers(-6, 7, DIM)
    scaled = lt.diagnose(
        target[0] * units, 1e3 * target[1], source=[(X * units, 1e3 * y) for X, y in sources], repeats=5
    )
    np.testing.assert_allclose(scaled.error, 1e6 * plain.error, rtol=1e-6)
    np.testing.assert_allclose(scaled.ridge, plain.ridge, rtol=1e-6)
    assert scaled.learners == plain.learners and scaled.best == plain.best
    turned = lt.diagnose(*target, source=sources[::-1], repeats=5)
    np.testing.assert_allclose(np.sort(turned.error), np.sort(plain.error), rtol=1e-8)


def test_twins_tie_and_weights_are_not_pooled():
    target = rows(TARGET, 30, 1)
    found = lt.diagnose(*target, source={"one": NEAR, "two": NEAR.copy(), "three": rows(OTHER, 20, 2)}, repeats=5)
    assert [name for name in labels_of(found) if "Pool" in name] == [found.learners[-2].replace("(ridge=optimal)", "")]
    assert found.learners[-2].endswith("with three")
    assert found.learners[-1] == "FineTune(ridge=optimal) from a mix of one, two, three"
    one, two = (found.learners.index(f"FineTune(ridge=optimal) from {name}") for name in ("one", "two"))
    assert found.error[one] == found.error[two] and {found.learners[one], found.learners[two]} <= {
        found.best,
        *found.ties,
    }
    assert "(a tie)" in str(found) and "≈" in str(found)


def test_every_field_is_right_or_nan():
    target, sources = rows(TARGET, 30, 1), [rows(OTHER, 60, 2), rows(NEAR, 60, 3)]
    found = lt.diagnose(*target, source=sources, n=20, repeats=5)
    assert found.n == 20 and found.rows == 30 and found.dim == DIM and found.unlabelled_rows == 0
    where = list(found.measured_sizes).index(20)
    np.testing.assert_allclose(found.error, found.measured[:, where])
    assert found.behind[found.learners.index(found.best)] == found.behind_std_err[found.learners.index(found.best)] == 0
    assert np.isnan(found.overlap) and np.isnan(found.noise_std)
    assert np.isnan(found.predicted[:, 0]).all() and np.nanmedian(np.abs(found.ratio - 1)) < 0.15
    assert np.all(np.isfinite(found.needed_range[:, 0]) | np.isinf(found.needed_range[:, 0]))
    plain = json.loads(json.dumps(found.to_dict()))
    assert plain["best"] == found.best and len(plain["behind"]) == len(found.learners) == 9
    text = str(found)
    assert f"Use {found.best} at n = 20" in text and max(map(len, text.splitlines())) <= 118
    legend = {text.get_text() for text in plot_diagnosis(found).axes[0].get_legend().get_texts()}
    assert legend == set(found.learners)
    again = lt.diagnose(*target, source=sources, n=20, repeats=5)
    np.testing.assert_array_equal(again.measured, found.measured)
    more = lt.diagnose(*target, source=sources, X_unlabelled=rows(TARGET, 50, 4)[0], repeats=2)
    assert more.unlabelled_rows == 50


def test_few_rows_of_many_columns_say_nan_beyond_themselves():
    rng = np.random.default_rng(0)
    X, target = rng.standard_normal((14, 60)), rng.standard_normal(60) / 8
    source = rng.standard_normal((40, 60))
    found = lt.diagnose(X, X @ target + rng.standard_normal(14), source=[(source, source @ target)], n=1000, repeats=5)
    assert np.isnan(found.error[0]) and "14 labelled rows do not tell" in " ".join(found.caveats)
    assert np.isfinite(
        lt.diagnose(X, X @ target, source=[(source, source @ target), 0 * target], repeats=5).error
    ).all()


def test_labels_without_noise_and_columns_of_zeros():
    X = rows(TARGET, 20, 1)[0] * (np.arange(DIM) > 0)
    source = rows(TARGET, 50, 2, noise=0.0)
    found = lt.diagnose(X, X @ TARGET, source=[TARGET, source], repeats=5)
    assert found.error[found.learners.index(found.best)] < 1e-6 and str(found)


def test_bundled_tasks_are_advised_well():
    """Diabetes of one sex with the other's as a source, in two ages; 3 against 8 with two other pairs of digits."""
    datasets = pytest.importorskip("sklearn.datasets")
    X, y = datasets.load_diabetes(return_X_y=True)
    y, sex, old = (y - y.mean()) / y.std(), X[:, 1] > 0, X[:, 0] > 0
    pick = lambda those: (X[those], y[those])  # noqa: E731
    images, digit = datasets.load_digits(return_X_y=True)

    odd = np.arange(len(digit)) % 2 == 1  # the sources saw other images

    def pair(a, b, half):
        those = half & ((digit == a) | (digit == b))
        return np.c_[images[those] / 16, np.ones(those.sum())], np.where(digit[those] == a, 1.0, -1.0)

    halves = pair(3, 8, odd), [pair(5, 8, ~odd), pair(1, 7, ~odd)]
    tasks = [(pick(~sex & old), [pick(sex), pick(~sex & ~old)]), halves]
    for (inputs, labels), sources in tasks:
        places, truths, diagnoses = [], [], []
        for key in range(5):
            order = np.random.default_rng(key).permutation(len(labels))
            pilot, rest = order[:50], order[50:]
            diagnoses.append(lt.diagnose(inputs[pilot], labels[pilot], source=sources, repeats=5))
            truths.append(errors_on((inputs[pilot], labels[pilot]), (inputs[rest], labels[rest]), sources))
            places.append(diagnoses[-1].learners.index(diagnoses[-1].best))
        mean = np.mean(truths, axis=0)
        assert mean[places].mean() < 1.08 * mean.min() and mean[0] > 1.05 * mean.min()
        z = [(one.error - mean)[place] / one.std_err[place] for one, place in zip(diagnoses, places, strict=True)]
        assert np.mean(np.abs(z) < 2) >= 0.6


def test_plain_lists_are_weights_as_before():
    target = rows(TARGET, 30, 1)
    one, two = (lt.diagnose(*target, source=w, repeats=2) for w in (list(map(float, NEAR)), NEAR))
    assert one.learners == two.learners and one.error.tolist() == two.error.tolist()


X0, Y0 = rows(TARGET, 20, 1)


def test_layers_have_a_picture_too():
    found = lt.diagnose(X0, Y0, source=(np.eye(DIM)[:2], NEAR[:2]), learners=[lt.Scratch(), lt.FirstLayer()], repeats=2)
    assert len(plot_diagnosis(found).axes[0].get_legend().get_texts()) == 2


BAD = {
    "source must be weights (d,), or a non-empty list of candidate sources, got []": [],
    "source 1 must be one weight for each of the 10 columns of X": [NEAR[1:]],
    "X of source 2 must be rows of length 10, as in X, got shape (20, 9)": [NEAR, (X0[:, 1:], Y0)],
    "y of source 1 must be one label for each of its 20 rows, got shape (19,)": [(X0, Y0[1:])],
    "y of source 1 must be finite": [(X0, np.where(np.arange(20) == 3, np.nan, Y0))],
    "source 2 must be finite": [NEAR, np.full(DIM, np.inf)],
    "source 1 must be 10 weights, or a pair of arrays (X, y), got 3 of them": [(X0, Y0, Y0)],
    "X of maths must be a non-empty array with 2 axes": {"maths": (Y0, Y0)},
}


@pytest.mark.parametrize("message", BAD)
def test_sources_that_do_not_fit_are_refused_in_one_line(message):
    with pytest.raises(lt.DomainError) as caught:
        lt.diagnose(X0, Y0, source=BAD[message])
    assert message in str(caught.value) and "\n" not in str(caught.value)


def test_learners_are_not_chosen_beside_several_sources():
    with pytest.raises(lt.DomainError, match="learners must be left out with several sources"):
        lt.diagnose(X0, Y0, source=[NEAR], learners=[lt.Scratch()])


ODD = st.one_of(st.none(), st.booleans(), st.text(max_size=3), st.floats(), st.just({}), st.just(np.zeros((2, 2, 2))))
SHAPES = st.lists(st.integers(0, 12), min_size=0, max_size=3).map(lambda shape: np.ones(shape))


@settings(max_examples=60)
@given(st.lists(st.one_of(ODD, SHAPES, st.tuples(SHAPES, SHAPES), st.tuples(ODD, SHAPES)), max_size=2))
def test_whatever_else_is_given_is_refused_by_name_or_answered(entries):
    try:
        found = lt.diagnose(X0, Y0, source=[NEAR, *entries], repeats=2)
    except lt.DomainError as error:
        assert "source" in str(error).split(" must be ")[0] and "\n" not in str(error)
    else:
        assert np.isfinite(found.error).all()


def test_the_command_line_takes_sources_from_files(tmp_path, capsys):
    np.savez(tmp_path / "data.npz", X=X0, y=Y0)
    np.savez(tmp_path / "maths.npz", X=X0, y=X0 @ NEAR)
    np.savez(tmp_path / "physics.npz", source=OTHER)
    files = [str(tmp_path / name) for name in ("data.npz", "maths.npz", "physics.npz")]
    words = ["diagnose", files[0], "--source", files[1], "--source", files[2], "--n", "10"]
    assert main([*words, "--json", "--figure", str(tmp_path / "a.png")]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["n"] == 10 and "FineTune(ridge=optimal) from physics" in found["learners"]
    assert (tmp_path / "a.png").stat().st_size > 1000
    assert main(["diagnose", files[0], "--source", files[1], "--source", files[1]]) == 2
    assert "different names, got 'maths' twice" in capsys.readouterr().err

"""Two-layer sources at the front door: what each strategy leaves, and the map of strategies."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import lintransfer as lt
from lintransfer.cli import main
from lintransfer.strategies import label_of

P = lt.TransferProblem
BOTH, FRESH = lt.FineTune(lt.TwoLayerLinear()), lt.FineTune(lt.TwoLayerLinear(), head="zero")
EVERY = (
    lt.LinearTransfer(head="source"),
    lt.FirstLayer(),
    BOTH,
    FRESH,
    lt.ProbeThen(BOTH),
    lt.ProbeThen(lt.FirstLayer()),
)
NOISY = P.two_layer(40, 4, 0.6, mix=0.3, head_norm=1.5, noise_std=0.2)


# ---- the problem


@settings(deadline=None, max_examples=60, derandomize=True)
@given(st.floats(-1, 1), st.floats(0, 1), st.floats(1e-3, 1e3), st.integers(2, 9))
def test_a_shift_has_the_energies_of_its_vectors(overlap, mix, norm, k):
    p = P.two_layer(10, k, overlap, mix, norm)
    features, head = np.eye(k, 10), norm * np.eye(1, k)[0]
    target = norm * (overlap * np.eye(1, 10)[0] + math.sqrt(1 - overlap**2) * (
        math.sqrt(mix) * np.eye(10)[1] + math.sqrt(1 - mix) * np.eye(10)[k]))  # fmt: skip
    f, unit = p.features, norm**2
    seen = features @ target
    assert float(np.sum(f.multiplicity)) == k
    np.testing.assert_allclose(float(f.target[0]), seen @ seen, rtol=1e-9, atol=1e-12 * unit)
    np.testing.assert_allclose(float(f.unexplained), target @ target - seen @ seen, rtol=1e-9, atol=1e-12 * unit)
    np.testing.assert_allclose(float(f.displacement[0]), (seen - head) @ (seen - head), rtol=1e-9, atol=1e-12 * unit)
    np.testing.assert_allclose(
        p.displacement_energy, np.sum((target - head @ features) ** 2), rtol=1e-9, atol=1e-12 * unit
    )


def test_near_identical_tasks_keep_their_digits():
    close = P.two_layer(50, 5, 1 - 2.0**-40).features  # a number whose distance to 1 is exact
    assert float(close.displacement[0]) == pytest.approx(2.0**-80, rel=1e-9)
    assert float(close.unexplained) == pytest.approx(2.0**-39, rel=1e-9)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: P.two_layer(5, 6, 0.5), "n_features must be at most dim = 5"),
        (lambda: P.two_layer(5, 1, 0.5, mix=0.5), "mix must be 0 for one feature"),
        (lambda: P.two_layer(5, 5, 0.5), "mix must be 1 for n_features = dim = 5"),
        (lambda: P.two_layer(5, 2, 0.5, mix=1.5), "mix must be a share between 0 and 1"),
        (lambda: P.two_layer(5, 2, 0.5, head_norm=0.0), "head_norm must be > 0"),
        (lambda: P.two_layer(5, 0, 0.5), "n_features must be a whole number ≥ 1"),
        (lambda: NOISY.with_noise(n_source=3), "n_source must be None"),
        (lambda: P.isotropic(5, 0.5).with_features(mix=0.5), "mix must be left out"),
        (lambda: P.two_layer(5, 1, 1.0, mix=1.0).with_overlap(0.5), "mix must be 0 for one feature"),
        (lambda: P.two_layer(5, 2, 1.0).with_features(n_features=9), "n_features must be at most dim = 5"),
        (lambda: lt.ProbeThen(lt.FineTune()), "strategy must be"),
        (lambda: lt.ProbeThen(FRESH), "keeps the probed head"),
        (lambda: lt.ProbeThen(lt.FirstLayer(ridge=1.0)), "without ridge"),
        (lambda: lt.ProbeThen(BOTH, time=-1.0), "time must be a number ≥ 0"),
        (lambda: lt.FirstLayer(lt.Linear()), "model must be TwoLayerLinear"),
        (lambda: lt.FineTune(head="zero"), "only TwoLayerLinear"),
        (lambda: lt.FineTune(lt.TwoLayerLinear(), head="old"), 'head must be "source" or "zero"'),
        (lambda: lt.FineTune(lt.TwoLayerLinear(), ridge=1.0), "ridge must be 0 for TwoLayerLinear"),
        (lambda: lt.FineTune(lt.TwoLayerLinear(), time="optimal"), "no theorem knows its best"),
        (lambda: lt.Scratch(lt.TwoLayerLinear(), ridge=1.0), "Linear"),
    ],
)  # fmt: skip
def test_contradictions_are_refused_where_they_are_made(build, message):
    with pytest.raises(lt.DomainError, match=message):
        build()


# ---- risks


@settings(deadline=None, max_examples=40, derandomize=True)
@given(st.sampled_from(EVERY), st.integers(0, 90), st.sampled_from([0.0, 0.3]))
def test_from_d_plus_2_samples_on_everyone_but_the_head_is_least_squares(learner, n, noise):
    p = NOISY.with_noise(noise_std=noise)
    found = lt.risk(p, learner, n, replicates=4)
    assert found.valid and found.value >= 0
    if n >= 40 and not isinstance(learner, lt.LinearTransfer):
        assert found.method == "exact" and found.value == lt.risk(p, lt.Scratch(), n).value
        assert lt.transferability(p, learner, n).value == 0
    if n == 39 and noise and not isinstance(learner, lt.LinearTransfer):
        assert found.value == np.inf
    if n in (3, 4, 5) and isinstance(learner, lt.LinearTransfer):
        assert found.value == np.inf


def test_the_first_layer_is_fine_tuning_at_the_speed_of_its_head():
    n, s2 = [0, 5, 20, 45], 1.5**2
    pairs = (
        (lt.FirstLayer(), lt.FineTune()),
        (lt.FirstLayer(ridge=2.0), lt.FineTune(ridge=2.0 / s2)),
        (lt.FirstLayer(time=0.7), lt.FineTune(time=0.7 * s2)),
        (lt.FirstLayer(ridge="optimal"), lt.FineTune(ridge="optimal")),
        (lt.FirstLayer(time="optimal"), lt.FineTune(time="optimal")),
    )
    for first, plain in pairs:
        np.testing.assert_allclose(lt.risk(NOISY, first, n).value, lt.risk(NOISY, plain, n).value, rtol=1e-12)
    pair = (lt.transferability_law(NOISY, who, 20).sf(0.0) for who in (lt.FirstLayer(), lt.FineTune()))
    assert next(pair) == next(pair)
    law = lt.risk_law(NOISY, lt.FirstLayer(), 20)
    assert law.mean() == pytest.approx(float(lt.risk(NOISY, lt.FirstLayer(), 20).value))


def test_a_head_from_the_source_learns_what_is_left():
    """u + (u+σ²)n/(k−n−1) + (1−n/k)‖Bδ‖² below k, u + (u+σ²)k/(n−k−1) above, wherever the head starts."""
    f, k = NOISY.features, 4
    u, left, noise = float(f.unexplained), float(f.displacement[0]), 0.04
    found = lt.risk(NOISY, lt.LinearTransfer(head="source"), [0, 1, 2, 12]).value
    wanted = [u + left, u + (u + noise) / 2 + 0.75 * left, u + (u + noise) * 2 + 0.5 * left, u + (u + noise) * k / 7]
    np.testing.assert_allclose(found, wanted)
    assert lt.risk(NOISY, lt.LinearTransfer(), 12).value == found[3]
    with pytest.raises(lt.MissingMethodError):
        given_features = P.from_teachers(np.ones(4), np.ones(4), features=np.eye(4, 2))
        lt.risk(given_features, lt.LinearTransfer(head="source"), 3)


@pytest.mark.parametrize(
    "learner",
    [BOTH, FRESH, lt.ProbeThen(BOTH), lt.ProbeThen(BOTH, time=0.5), lt.ProbeThen(lt.FirstLayer())],
    ids=label_of,
)
def test_one_feature_has_its_limit(learner):
    gaps = []
    for dim in (50, 200, 800):
        p = P.two_layer(dim, 1, 0.7, noise_std=0.3)
        limit = lt.risk(p, learner, dim // 2)
        assert limit.method == "asymptotic"
        simulated = lt.risk(p, learner, dim // 2, method="simulate", replicates=max(20, 16_000 // dim))
        gaps.append(abs(limit.value - simulated.value) - 4 * simulated.std_err)
        assert gaps[-1] < 6 / dim * limit.value


def test_limits_are_silent_where_they_are_far_off():
    """At few samples, or few short of d, a limit is tens of percent off and more: there networks are trained."""
    one = P.two_layer(60, 1, 0.7, noise_std=0.3)
    for learner, least in ((BOTH, 12), (FRESH, 12), (lt.ProbeThen(BOTH), 20), (lt.ProbeThen(lt.FirstLayer()), 20)):
        methods = lt.risk(one, learner, [least - 1, least, 60 - least, 61 - least], replicates=4).method
        assert list(methods) == ["simulate", "asymptotic", "asymptotic", "simulate"]


def test_a_cell_is_the_answer_to_its_own_question():
    axes = {"overlap": np.array([-0.5, 0.3, 0.9]), "mix": np.array([0.0, 0.5])}
    ask = {"method": "simulate", "replicates": 3, "key": 5}
    grid = lt.phase_diagram(NOISY, [BOTH], [6, 20], **ask, **axes).dataset.risk.squeeze("learner")
    turned = lt.phase_diagram(NOISY, [BOTH], [20, 6], **ask, **{k: v[::-1] for k, v in reversed(axes.items())}).dataset
    for overlap in axes["overlap"]:
        for mix in axes["mix"]:
            alone = lt.risk(NOISY.with_overlap(overlap).with_features(mix=mix), BOTH, [6, 20], **ask).value
            for table in (grid, turned.risk.squeeze("learner")):
                np.testing.assert_allclose(table.sel(overlap=overlap, mix=mix, n=[6, 20]), alone, rtol=1e-9)


def test_a_simulation_does_not_depend_on_its_company():
    alone = lt.risk(NOISY, BOTH, 15, replicates=6)
    together = lt.risk(NOISY, BOTH, [3, 15, 30], replicates=6)
    assert together.value[1] == alone.value and together.std_err[1] == alone.std_err > 0


# ---- the map


def test_the_map_says_who_wins_how_and_how_surely(tmp_path):
    p = P.two_layer(40, 3, 0.6, noise_std=0.1)
    d = lt.phase_diagram(p, EVERY, [5, 20, 30, 50, 70], overlap=np.linspace(-1, 1, 5), replicates=8)
    data = d.dataset
    assert set(d.winner.values.ravel()) <= set(data.contender.values)
    assert ((data.runner_up != data.winner) | (data.runner_up < 0)).all()
    late = data.sel(n=[50, 70])
    assert (late.risk.sel(learner="FirstLayer") == late.risk.sel(learner="FineTune(TwoLayerLinear)")).all()
    assert late.tie.where(late.winner == 0, True).all()  # scratch, first and both layers end alike
    sure = data.isel(n=0).sel(overlap=1.0)  # nothing has moved: the head that is there is perfect but for noise
    assert sure.winner > 0
    d.save(tmp_path / "map.nc")
    assert lt.load(tmp_path / "map.nc").dataset.tie.equals(data.tie)
    for axes in (
        {"mix": [0.0, 0.5, 1.0]},
        {"head_norm": [0.5, 2.0]},
        {"n_features": [1, 2, 4]},
        {"noise_std": [0.0, 0.5]},
    ):
        grid = lt.phase_diagram(p, [lt.LinearTransfer(head="source"), lt.FirstLayer()], [2, 30], **axes)
        assert grid.dataset.valid.all()


def test_noiseless_input_shifts_divide_probe_and_first_layer_where_the_formula_says():
    from lintransfer.theory.two_layer_linear.strategy_map import first_layer_boundary

    p, n = P.two_layer(60, 4, 0.5), 30
    d = lt.phase_diagram(p, [lt.FirstLayer()], [n], lt.LinearTransfer(), overlap=np.linspace(-0.99, 0.99, 41))
    crossings = d.boundary.values.ravel()
    assert np.nanmin(np.abs(crossings - first_layer_boundary(n, 60, 4))) < 1e-9


def test_grids_keep_what_is_known_where_simulation_would_take_too_long():
    p = P.two_layer(500, 100, 0.5, mix=0.5)
    d = lt.phase_diagram(p, [BOTH], [400, 450, 480, 700], overlap=np.linspace(0, 1, 41))
    assert np.isnan(d.dataset.risk.sel(n=450)).all() and d.dataset.risk.sel(n=700).notnull().all()
    assert "not simulated" in str(d)


@pytest.mark.parametrize(
    "words",
    [
        "first-layer",
        "probe-then",
        "probe-then:then=first-layer,time=0.5",
        "fine-tune:layers=2,head=zero",
        "linear-transfer:head=source",
    ],
)
def test_strategies_have_words(words, capsys):
    known = ["--dim", "30", "--n-features", "2", "--overlap", "0.5", "--n", "5,40"]
    assert main(["curve", *known, "--learner", words, "--replicates", "4"]) == 0
    assert "40" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--learner", "probe-then:then=scratch"], "then must be one of fine-tune, first-layer"),
        (["--learner", "fine-tune:layers=3"], "layers must be 2"),
        (["--n-source", "4"], "n-source must be left out"),
    ],
)
def test_words_that_mean_nothing_are_refused(words, message, capsys):
    assert main(["curve", "--dim", "30", "--n-features", "2", "--n", "5", *words]) == 2
    assert message in capsys.readouterr().err


def test_the_map_at_the_command_line(tmp_path, capsys):
    files = [tmp_path / "map.png", tmp_path / "map.nc"]
    small = ["--dim", "30", "--n-features", "2", "--axis", "overlap=-1:1:0.5"]
    assert main(["diagram", "--strategy-map", *small, "--figure", str(files[0]), "--data", str(files[1])]) == 0
    assert all(f.stat().st_size > 1000 for f in files)
    assert "ProbeThen(FirstLayer)" in capsys.readouterr().out

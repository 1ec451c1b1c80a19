"""Very large, very small and vanishing numbers: units do not matter, zero is a limit, and work is bounded before it starts."""

import time
import warnings

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import lintransfer as lt
from lintransfer.errors import DomainError, MissingMethodError
from lintransfer.estimation import check_rows, estimate
from lintransfer.numerics.decomposition import decompose
from lintransfer.routing.answers import _sizes_at_once
from lintransfer.routing.question import ask
from lintransfer.routing.work import MOST_SECONDS, predicted_work

P = lt.TransferProblem
SIZES = [0, 1, 5, 11, 12, 13, 20, 100]
SPECTRUM = np.array([4.0, 2, 1, 0.5, 0.1] + [0.05] * 7)
SOURCE, TARGET = (np.random.default_rng(seed).standard_normal(12) for seed in (0, 1))
WORLDS = {
    "isotropic": lambda s, t, noise: P.isotropic(12, 0.6, noise, s, t),
    "sphere": lambda s, t, noise: P.sphere(15, 0.6, s, t, noise),
    "fitted": lambda s, t, noise: P.isotropic(12, 0.6, noise, s, t, n_source=20, source_noise_std=noise),
    "teachers": lambda s, t, noise: P.from_teachers(s * SOURCE, t * TARGET, SPECTRUM, noise),
    "shifted": lambda s, t, noise: P.from_teachers(s * SOURCE, t * TARGET, SPECTRUM, noise, SPECTRUM[::-1]),
    "features": lambda s, t, noise: P.from_teachers(
        s * SOURCE, t * TARGET, SPECTRUM, noise, features=np.eye(12)[:, :4]
    ),
}
DEEP = lt.FineTune(lt.DeepLinear(2))
LEARNERS = [
    lt.Scratch(),
    lt.FineTune(),
    lt.LinearTransfer(),
    lt.LinearTransfer(ridge=0.3),
    lt.LinearTransfer(ridge="optimal"),
    lt.Scratch(ridge=0.5),
    lt.FineTune(ridge="optimal"),
    lt.FineTune(time=1.0),
    lt.FineTune(time="optimal"),
    DEEP,
]


def _data(*units, rows=60, noise=0.5):
    rng = np.random.default_rng(0)
    design, target = rng.standard_normal((rows, 4)), np.array([1.0, -1, 0.5, 2])
    labels = design @ target + noise * rng.standard_normal(rows)
    return design * units, labels, np.array([1, -1, 0.5, 0]) / units


class TestUnits:
    """All norms and noise levels times a number: risks times its square."""

    @pytest.mark.parametrize("world", WORLDS)
    @given(learner=st.sampled_from(LEARNERS), power=st.integers(-74, 74))
    @example(learner=lt.LinearTransfer(ridge="optimal"), power=74)
    @example(learner=lt.FineTune(ridge="optimal"), power=-74)
    def test_of_the_labels(self, world, learner, power):
        try:
            plain = lt.risk(WORLDS[world](1.0, 1.5, 0.3), learner, SIZES, replicates=2).value
        except MissingMethodError:
            return
        unit = 10.0**power
        found = lt.risk(WORLDS[world](unit, 1.5 * unit, 0.3 * unit), learner, SIZES, replicates=2).value / unit**2
        np.testing.assert_allclose(found, plain, rtol=1e-9, atol=1e-12)

    @pytest.mark.parametrize("world", WORLDS)
    @given(
        learner=st.sampled_from(LEARNERS), powers=st.tuples(*[st.sampled_from([-74, 0, 74])] * 3)
    )  # source, target, noise
    def test_of_each_by_itself_leave_a_number(self, world, learner, powers):
        try:
            plain = lt.risk(WORLDS[world](1.0, 1.5, 0.3), learner, SIZES, replicates=2).value
        except MissingMethodError:
            return
        found = lt.risk(WORLDS[world](*(10.0**p for p in powers)), learner, SIZES, replicates=2).value
        assert (found >= 0).all() or np.isnan(plain).any()
        assert not (np.isnan(found) & ~np.isnan(plain)).any()

    @given(power=st.integers(-74, 74), n=st.integers(0, 30))
    def test_of_the_source_do_not_matter_to_frozen_features(self, power, n):
        for learner in (lt.LinearTransfer(), lt.LinearTransfer(ridge=0.1), lt.LinearTransfer(ridge="optimal")):
            values = [lt.risk(P.isotropic(10, 0.5, source_norm=s), learner, n).value for s in (1.0, 10.0**power)]
            np.testing.assert_allclose(*values, rtol=1e-9)

    @given(power=st.integers(-74, 74))
    def test_of_a_law(self, power):
        unit = 10.0**power
        law = lt.transferability_law(P.isotropic(10, 0.5, 0.0, unit, unit), lt.FineTune(), 5)
        assert law.sf(0.0) == pytest.approx(0.5, abs=1e-9)
        law = lt.risk_law(P.isotropic(10, 0.5, 0.1 * unit, unit, unit), lt.FineTune(), 5)
        plain = lt.risk_law(P.isotropic(10, 0.5, 0.1), lt.FineTune(), 5)
        assert law.mean() / unit**2 == pytest.approx(plain.mean(), rel=1e-9)

    @pytest.mark.parametrize("power", [-30, 30])
    def test_of_an_unbalanced_chain(self, power):
        unit, values = 10.0**power, []
        for one in (1.0, unit):
            learner = lt.FineTune(lt.DeepLinear(3, imbalance=(0.0, 0.1 * one ** (2 / 3))))
            problem = P.isotropic(12, -0.6, source_norm=one, target_norm=one)
            values.append(lt.risk(problem, learner, 3, method="simulate", replicates=2).value / one**2)
        assert values[1] == pytest.approx(values[0], rel=1e-6)

    @pytest.mark.parametrize("name", ["source_norm", "target_norm", "noise_std", "source_noise_std"])
    @pytest.mark.parametrize("value", [1e76, 1e-76, 5e-324, 1e300])
    def test_beyond_the_domain_are_refused(self, name, value):
        with pytest.raises(DomainError, match=f"{name} must be 0, or between 1e-75 and 1e\\+75"):
            P.isotropic(10, 0.5, **{name: value})

    def test_of_vectors_and_covariances_beyond_the_domain_are_refused(self):
        for given_, name in (
            ((1e80 * SOURCE, TARGET), "source"),
            ((SOURCE, 1e-80 * TARGET), "target"),
            ((SOURCE, TARGET, 1e160 * SPECTRUM), "covariance"),
            ((1e70 * SOURCE, TARGET, 1e20 * SPECTRUM), "source"),
        ):
            with pytest.raises(DomainError, match=f"^{name} must be"):
                P.from_teachers(*given_)


class TestColumnsInAnyUnits:
    @given(st.tuples(*[st.floats(-12, 12)] * 4))
    @example((0.0, 0.0, 0.0, -6.0))
    @example((-16.0, 0.0, 8.0, 16.0))
    def test_do_not_matter_to_least_squares(self, powers):
        plain, found = (lt.TransferProblem.from_data(*_data(*u)) for u in (np.ones(4), 10.0 ** np.array(powers)))
        assert found.noise_std == pytest.approx(plain.noise_std, rel=0.1)
        risks = [lt.risk(p, lt.Scratch(), 40).value for p in (plain, found)]
        assert risks[1] == pytest.approx(risks[0], rel=0.2)

    @pytest.mark.parametrize("scale", [1e-2, 1e-4, 1e-6, 1e-20])
    def test_do_not_matter_to_a_diagnosis(self, scale):
        plain, found = (
            lt.diagnose(*_data(1.0, 1.0, 1.0, s), n=40, learners=[lt.Scratch()], repeats=4) for s in (1, scale)
        )
        assert found.error[0] == pytest.approx(plain.error[0], rel=0.1)
        np.testing.assert_allclose(found.measured, plain.measured, rtol=1e-9)

    def test_keep_every_direction_of_many_rows(self):
        """The second moment itself knows directions only down to 1e-16 of the largest: σ came out as 0.32."""
        rng = np.random.default_rng(0)
        design = rng.standard_normal((20000, 5))
        labels = design.sum(1) + 0.3 * rng.standard_normal(20000)
        units = np.array([3e5, 1, 1, 1, 1])
        found = P.from_data(design * units, labels, 1.1 / units)
        assert found.modes.multiplicity[found.modes.eigenvalue > 0].sum() == 5
        assert found.noise_std == pytest.approx(0.3, abs=3 * found.std_err.noise_std)

    def test_say_it_when_directions_are_dropped(self):
        rng = np.random.default_rng(0)
        units = np.repeat([1e20, 1.0], [10, 20])
        rows = rng.standard_normal((20, 30)) * units, rng.standard_normal(20), 1 / units
        whole, _ = estimate(check_rows(*rows))
        assert whole.dropped > 0
        with pytest.warns(UserWarning, match=f"{whole.dropped} direction"):
            P.from_data(*rows)
        assert any("cannot be told from rounding" in said for said in lt.diagnose(*rows, repeats=2).caveats)

    def test_dependent_columns_are_not_called_dropped(self):
        rng = np.random.default_rng(0)
        design = rng.standard_normal((50, 3)) @ rng.standard_normal((3, 5))
        assert decompose(design).dropped == 0
        assert len(decompose(design).values) == 3

    @given(st.lists(st.integers(-30, 30), min_size=3, max_size=3), st.integers(0, 99))
    def test_each_singular_value_keeps_its_digits(self, powers, seed):
        rng = np.random.default_rng(seed)
        plain, units = rng.standard_normal((9, 3)), 10.0 ** np.array(powers)
        found = decompose(plain * units)
        weights = found.right.T @ ((found.left.T @ plain[:, 0]) / found.values)
        np.testing.assert_allclose(weights * units, [1.0, 0, 0], atol=1e-9)
        np.testing.assert_allclose((found.left * found.values) @ found.right, plain * units, rtol=1e-9)


class TestDegenerateData:
    rng = np.random.default_rng(0)
    design, labels, source = rng.standard_normal((60, 5)), rng.standard_normal(60), np.ones(5)

    def test_labels_in_one_row(self):
        rows = self.design, np.eye(60)[0], self.source
        assert P.from_data(*rows).noise_std == pytest.approx(0.13, abs=0.02)
        assert np.isfinite(lt.diagnose(*rows, n=40, repeats=2).error).all()

    def test_inputs_in_one_row(self):
        rows = np.eye(60)[0][:, None] * np.ones((60, 5)), self.labels, self.source
        found = P.from_data(*rows)
        assert found.modes.multiplicity[found.modes.eigenvalue > 0].tolist() == [1]
        lt.diagnose(*rows, n=40, repeats=2)

    @pytest.mark.parametrize("name", ["X", "y", "source"])
    @pytest.mark.parametrize("scale", [1e-170, 1e170, 1e300])
    def test_out_of_the_domain(self, name, scale):
        rows = {"X": self.design, "y": self.labels, "source": self.source}
        rows[name] = scale * rows[name]
        for ask_ in (P.from_data, lt.diagnose):
            with pytest.raises(DomainError, match=f"^{name} must be"):
                ask_(**rows)

    @given(st.integers(-60, 60), st.integers(-60, 60))
    def test_within_it_units_only_scale(self, inputs, labels):
        a, b = 10.0**inputs, 10.0**labels
        if not 1e-74 < b / a < 1e74:
            return
        plain = P.from_data(self.design, self.labels, self.source)
        found = P.from_data(a * self.design, b * self.labels, b / a * self.source)
        assert found.noise_std / b == pytest.approx(plain.noise_std, rel=1e-6)
        assert found.target_norm / (b / a) == pytest.approx(plain.target_norm, rel=1e-4)


class TestZero:
    """What vanishes is the limit of what is small."""

    @pytest.mark.parametrize("learner", LEARNERS, ids=str)
    @pytest.mark.parametrize("world", ["isotropic", "sphere", "teachers"])
    def test_noise_and_target(self, world, learner):
        how = "asymptotic" if learner == DEEP else "auto"  # it is exact only without noise
        try:
            pairs = [
                [lt.risk(WORLDS[world](1.0, *v), learner, 5, how).value for v in ((1.0, e), (e, 1.0))]
                for e in (0.0, 1e-9)
            ]
        except MissingMethodError:
            return
        np.testing.assert_allclose(*pairs, rtol=1e-6, atol=1e-14)

    @pytest.mark.parametrize(
        "learner", [x for x in LEARNERS if isinstance(x, lt.FineTune) and isinstance(x.time, float)], ids=str
    )
    @pytest.mark.parametrize("world", ["isotropic", "sphere"])
    def test_source_of_fine_tuning(self, world, learner):
        if learner == DEEP and world == "sphere":
            pytest.skip("two asymptotic formulas, n − d and n − d − 1")
        values = [lt.risk(WORLDS[world](s, 1.0, 0.2), learner, [0, 5, 30]).value for s in (0.0, 1e-9)]
        np.testing.assert_allclose(*values, rtol=1e-4 if learner == DEEP else 1e-6)  # of two layers: like √s

    def test_source_of_frozen_features(self):
        p = P.isotropic(10, 0.5, source_norm=0)
        for learner in (lt.LinearTransfer(), lt.LinearTransfer(ridge=0.3), lt.LinearTransfer(ridge="optimal")):
            assert lt.risk(p, learner, [1, 5]).value.tolist() == [1, 1]
        assert lt.risk_law(p, lt.LinearTransfer(), 5).mean() == 1
        shifted = P.from_teachers(np.zeros(3), np.ones(3), test_covariance=np.arange(1.0, 4))
        assert lt.risk(shifted, lt.LinearTransfer(), 5).value == 6

    @pytest.mark.parametrize("learner", [*LEARNERS, lt.FineTune(lt.ShallowReLU()), lt.FineTune(ridge=1.0)], ids=str)
    @pytest.mark.parametrize("more", [{}, {"n_source": 3}])
    def test_covariance(self, learner, more):
        p = P.from_teachers(np.ones(4), 2 * np.ones(4), covariance=np.zeros(4), noise_std=1.0, **more)
        found = lt.risk(p, learner, [0, 1, 3, 4, 9])
        assert found.value.tolist() == [0] * 5
        if not isinstance(learner, lt.Scratch):
            assert lt.transferability(p, learner, [0, 1, 3, 4, 9]).value.tolist() == [0] * 5

    def test_a_teacher_has_no_direction(self):
        for teachers in ((0 * SOURCE, TARGET), (SOURCE, 0 * TARGET)):
            for overlap in (0.3, 1.0):
                with pytest.raises(DomainError, match=r"^overlap must be left as it is where a teacher vanishes"):
                    P.from_teachers(*teachers, SPECTRUM).with_overlap(overlap)

    def test_covariance_tested_under_another(self):
        p = P.from_teachers(np.ones(4), 2 * np.ones(4), np.zeros(4), 1.0, np.arange(1.0, 5))
        assert lt.risk(p, lt.Scratch(), [1, 9]).value.tolist() == [40, 40]
        assert lt.risk(p, lt.FineTune(), [1, 9]).value.tolist() == [10, 10]

    @pytest.mark.parametrize(
        "learner",
        [
            lt.FineTune(),
            lt.FineTune(ridge=0.3),
            lt.FineTune(lt.DeepLinear(2)),
            lt.LinearTransfer(),
            lt.LinearTransfer(0.3),
            lt.FineTune(ridge="optimal"),
        ],
        ids=str,
    )
    def test_gradients_are_finite_and_those_of_the_limit(self, learner):
        def risk_of(name, **others):
            return lambda v: lt.risk(P.isotropic(20, **{"overlap": 0.5, **others, name: v}), learner, 5).value

        with jax.enable_x64(True):
            for name, limit in (("target_norm", 0.0), ("noise_std", 0.0), ("overlap", 1.0), ("source_norm", 0.0)):
                if name == "source_norm" and (isinstance(learner, lt.LinearTransfer) or learner == DEEP):
                    continue  # features of length one, however short the source; of two layers the slope of √s
                there, near = (float(jax.grad(risk_of(name))(v)) for v in (limit, abs(limit - 1e-7)))
                assert there == pytest.approx(near, rel=1e-3, abs=1e-5), name


class TestSizes:
    deep = lt.FineTune(lt.DeepLinear(3, imbalance=(0.0, -2.0)))
    world = P.from_teachers(np.ones(12), np.arange(12.0), covariance=np.arange(1.0, 13))

    @pytest.mark.parametrize(
        ("problem", "learner", "n"),
        [
            (world, deep, 10**9),
            (P.isotropic(10**4, -0.9, n_source=10**4, source_ridge=1.0), lt.LinearTransfer(ridge=1.0), 10001),
            (P.isotropic(500, -0.5, n_source=1000), lt.FineTune(lt.ShallowReLU()), 5000),
            (P.sphere(1000, 0.5, n_source=10**9), lt.LinearTransfer(), 5),
            (P.isotropic(20, 0.5), lt.FineTune(lt.DeepLinear(3, imbalance=(1e6, -1e6))), 5),
        ],
    )
    def test_auto_simulates_only_for_seconds(self, problem, learner, n):
        begin = time.perf_counter()
        with pytest.raises(MissingMethodError, match="would take"):
            lt.risk(problem, learner, n)
        assert time.perf_counter() - begin < 5

    def test_who_asks_gets_half_an_hour(self):
        p = P.isotropic(500, -0.5, n_source=1000)
        with pytest.raises(DomainError, match=r"half an hour.*replicates=[0-9]+ or fewer"):
            lt.risk(p, lt.FineTune(lt.ShallowReLU()), 5000, method="simulate")
        with pytest.raises(DomainError, match='method="asymptotic"'):
            lt.risk(P.isotropic(10**6, 0.5), lt.FineTune(ridge=1.0), 10**6, method="simulate")

    def test_the_prediction_is_of_the_right_order(self):
        p = P.from_teachers(*np.ones((2, 200)), covariance=np.arange(1.0, 201) ** -1, n_source=150)
        q = ask(p, lt.FineTune(time=1.0))
        begin = time.process_time()
        lt.risk(p, lt.FineTune(time=1.0), 150, method="simulate", replicates=20)
        used, told = time.process_time() - begin, 20 * float(predicted_work(q, "simulate", 150).seconds)
        assert told / 50 < used < 50 * told

    def test_bounds_are_stated(self):
        assert MOST_SECONDS == {"auto": 10.0, "auto, together": 60.0, "simulate": 1800.0, "formula": 300.0}

    @pytest.mark.parametrize(
        ("learner", "theorem"),
        [
            (lt.FineTune(time="optimal"), "optimally-stopped-risk"),
            (lt.FineTune(lt.DeepLinear(2)), "deep-mean-risk"),
        ],
        ids=str,
    )
    def test_a_slow_formula_takes_minutes_at_most(self, learner, theorem):
        p, n = P.isotropic(10**7, 0.5), np.arange(10**6)
        begin = time.perf_counter()
        with pytest.raises(DomainError, match=f"five minutes of {theorem}, got [0-9]*, for about"):
            lt.risk(p, learner, n)
        assert time.perf_counter() - begin < 5

    @pytest.mark.parametrize("n", [2**53 + 2, 1e300, 2.0**63])
    def test_beyond_what_is_told_apart(self, n):
        for call in (lt.risk, lt.risk_curve):
            with pytest.raises(DomainError, match=r"n must be at most 2\*\*53"):
                call(P.isotropic(10, 0.5), lt.FineTune(), [5, n])
        with pytest.raises(DomainError, match="n must be"):
            lt.risk_law(P.isotropic(10, 0.5), lt.FineTune(), int(n))

    def test_the_largest_is_kept(self):
        curve = lt.risk_curve(P.isotropic(10, 0.5, 0.1), lt.FineTune(), [5, 2**53])
        assert curve.dataset.n.values.tolist() == [5, 2**53]

    def test_too_many_in_one_call(self):
        with pytest.raises(DomainError, match="at most 10000000 sizes"):
            lt.risk(P.isotropic(10, 0.5), lt.FineTune(), range(10**12))

    def test_too_large_a_diagram(self):
        with pytest.raises(DomainError, match=r"few enough for .* GiB of free memory"):
            lt.phase_diagram(
                P.isotropic(10, 0.5), [lt.FineTune()], np.arange(10**5), overlap=np.linspace(0.0, 1.0, 1000)
            )

    @pytest.mark.parametrize("ridge", [1e151, -1e300])
    def test_too_large_a_ridge(self, ridge):
        with pytest.raises(DomainError, match="ridge must be at most 1e150"):
            lt.Scratch(ridge=ridge)

    def test_a_diagonal_source_covariance_costs_nothing(self):
        rng = np.random.default_rng(0)
        spectrum, other = rng.uniform(0.1, 1, (2, 12))
        world = {"noise_std": 0.3, "n_source": 30, "source_noise_std": 0.2}
        dense = np.diag(other) + 1e-13 * (np.eye(12, k=1) + np.eye(12, k=-1))
        for ridge in (0.0, 0.3):
            values = [
                lt.risk(
                    P.from_teachers(SOURCE, TARGET, spectrum, source_covariance=c, **world), lt.FineTune(ridge=ridge), n
                )
                for c in (other, dense)
                for n in (0, 5, 8)
            ]
            assert {v.theorem for v in values[1:3]} == {"two-stage-risk"}
            np.testing.assert_allclose([v.value for v in values[:3]], [v.value for v in values[3:]], rtol=1e-9)
        dim = 10**5
        p = P.from_teachers(*np.ones((2, dim)), source_covariance=np.arange(1.0, dim + 1), **world)
        begin = time.perf_counter()
        assert np.isfinite(lt.risk(p, lt.FineTune(), 100).value)
        assert time.perf_counter() - begin < 10

    def test_many_go_in_blocks(self):
        q = P.from_teachers(SOURCE, TARGET, SPECTRUM, 0.1)
        step = _sizes_at_once(ask(q, lt.FineTune(ridge=0.1)))
        n = np.arange(1, 2 * step + 10).reshape(1, -1)
        found = lt.risk(q, lt.FineTune(ridge=0.1), n)
        assert found.value.shape == n.shape
        for i in (0, step - 1, step, 2 * step + 5):
            alone = lt.risk(q, lt.FineTune(ridge=0.1), n[0, i]).value
            assert found.value[0, i] == pytest.approx(alone, rel=1e-14)

    def test_diagonal_shifts_cost_nothing(self):
        dim = 10**5
        p = P.from_teachers(np.ones(dim), np.arange(dim) / dim, noise_std=0.1, test_covariance=np.arange(1.0, dim + 1))
        begin = time.perf_counter()
        found = lt.risk(p, lt.Scratch(), 3 * dim).value
        assert found == pytest.approx(0.01 * dim * (dim + 1) / 2 / (2 * dim - 1))
        assert time.perf_counter() - begin < 2

    def test_short_floats_do_not_round_n(self):
        with jax.enable_x64(False):
            found = lt.risk(P.isotropic(10**9, 0.5, noise_std=0.3), lt.Scratch(), jnp.array([999990000]))
        assert float(found.value[0]) == pytest.approx(9000.81009, rel=1e-6)


def test_no_warnings_at_the_edge_of_the_domain():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for s in (1e74, 1e-74):
            lt.sample_complexity(P.isotropic(10, 0.5, source_norm=s), lt.LinearTransfer(), 0.9)
            lt.sample_complexity(P.isotropic(10, 0.5, source_norm=s), lt.Scratch(), 0.1)

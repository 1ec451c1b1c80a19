"""The bracketed solver, and κ: proven brackets, plateaus, every arithmetic, derivatives."""

import flint
import jax
import jax.numpy as jnp
import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

from lintransfer.numerics.brackets import bracketed_root
from lintransfer.numerics.condensation import condensed
from lintransfer.numerics.resolvents import excess_samples, resolvent_sums, split_count
from lintransfer.theory.linear.effective_regularization import effective_regularization, isotropic_root

RIDGES = (0.0, 1e-20, 0.1)
SPECTRA = {
    "equal": ([1.0], [10.0]),
    "a billion": ([2.0], [1e9]),
    "two levels, condition 1e30": ([1.0, 1e-30], [10.0, 20.0]),
    "three levels, condition 1e30": ([1.0, 1e-12, 1e-30], [5.0, 7.0, 9.0]),
    "billions and a few": ([1.0, 1e-30], [1e9 - 3, 3.0]),
    "geometric, condition 1e30": (10.0 ** -np.arange(31.0), np.ones(31)),
    "power law": (np.arange(1.0, 31) ** -2.0, np.ones(30)),
    "with zeros": ([3.0, 0.0, 1.0, 0.0, 2.0], np.ones(5)),
    "nothing but zeros": (np.zeros(3), np.ones(3)),
}


def exactly(n, eigenvalues, multiplicities, ridge):
    with mpmath.workdps(30):
        arrays = (np.array([mpmath.mpf(float(v)) for v in a], dtype=object) for a in (eigenvalues, multiplicities))
        return effective_regularization(mpmath.mpf(float(n)), *arrays, mpmath.mpf(ridge))


def sizes(multiplicities, eigenvalues):
    rank = int(sum(m for m, v in zip(multiplicities, eigenvalues, strict=True) if v > 0))
    near = [rank - 1, rank - 0.001, rank, rank + 0.001, rank + 1]
    return np.array(sorted(x for x in {0, 0.3, 5, 9, 10, 11, 12, 2 * rank, *near} if x >= 0))


class TestBracketedRoot:
    def test_finds_roots_elementwise(self):
        target = np.array([1.0, 5.0, 27.0])
        np.testing.assert_allclose(bracketed_root(lambda x: x**3 - target, 1.0, 3.0), np.cbrt(target), rtol=1e-15)

    def test_no_change_of_sign_is_nan_and_leaves_the_others_alone(self):
        found = bracketed_root(lambda x: x - np.array([0.5, 2.0, np.nan]), 0.0, 1.0)
        np.testing.assert_array_equal(np.isnan(found), [False, True, True])
        assert found[0] == pytest.approx(0.5, rel=1e-15)

    def test_a_root_at_an_end(self):
        assert bracketed_root(lambda x: x - 1, 1.0, 3.0) == 1 and bracketed_root(lambda x: x - 3, 1.0, 3.0) == 3

    def test_a_steep_residual_costs_few_evaluations(self):
        calls = []
        bracketed_root(lambda x: calls.append(x) or np.exp(x) - 1e-5, -30.0, 40.0)
        assert len(calls) < 25

    @given(st.floats(-20, 20), st.floats(0.1, 5))
    def test_stays_in_the_bracket(self, shift, power):
        found = bracketed_root(lambda x: np.sign(x - shift) * abs(x - shift) ** power, -21.0, 21.0)
        assert found == pytest.approx(shift, abs=1e-12)

    def test_fifty_digits(self):
        with mpmath.workdps(50):
            found = bracketed_root(lambda x: x**2 - 2, mpmath.mpf(1), mpmath.mpf(2))
            assert abs(found - mpmath.sqrt(2)) < mpmath.mpf(10) ** -48

    def test_compiled_mapped_and_differentiated(self):
        def cube_root(a):
            return bracketed_root(lambda x: x**3 - a, 0.0, 10.0)

        assert jax.jit(cube_root)(5.0) == pytest.approx(5 ** (1 / 3), rel=1e-15)
        grid = jnp.array([1.0, 5.0, 27.0])
        slopes = jax.jit(jax.vmap(jax.grad(cube_root)))(grid)
        np.testing.assert_allclose(slopes, grid ** (-2 / 3) / 3, rtol=1e-13)
        assert jax.jacfwd(cube_root)(5.0) == pytest.approx(5 ** (-2 / 3) / 3, rel=1e-13)
        assert jnp.isnan(cube_root(jnp.array(2000.0)))

    def test_single_precision_under_jax(self):
        found = bracketed_root(lambda x: x * x - jnp.float32(2), jnp.float32(0), jnp.float32(2))
        assert found.dtype == jnp.float32 and float(found) == pytest.approx(2**0.5, rel=1e-6)

    @pytest.mark.parametrize("value", [flint.arb(2), sympy.Symbol("a")])
    def test_refuses_what_is_not_a_number(self, value):
        with pytest.raises(TypeError, match="bracketed root"):
            bracketed_root(lambda x: x - value, 0.0, 3.0)


class TestSums:
    def test_both_routes_agree(self):
        rng = np.random.default_rng(0)
        levels, first, second = rng.uniform(0.1, 3, (3, 400))
        kappa = rng.uniform(0.01, 10, (7, 3))
        fast = resolvent_sums(kappa, levels, (first,), (), (first, second))
        resolvent = 1 / (kappa[..., None] + levels)
        slow = [(first * resolvent).sum(-1), (first * resolvent**3).sum(-1), (second * resolvent**3).sum(-1)]
        for a, b in zip(fast, slow, strict=True):
            assert a.shape == (7, 3)
            np.testing.assert_allclose(a, b, rtol=1e-13)

    def test_excess_samples_does_not_cancel(self):
        levels, sizes_ = np.array([1.0, 1e-30]), np.array([10.0, 20.0])
        found = excess_samples(10.0, 1e-18, levels, sizes_)  # 10κ/(1+κ) − 20·10⁻³⁰/(10⁻³⁰+κ)
        assert found == pytest.approx(10 * 1e-18 - 20 * 1e-12, rel=1e-14)
        anchor, rest = split_count(1e-18, levels, sizes_)
        assert anchor == 10 and rest == pytest.approx(found, rel=1e-14)


class TestCondensation:
    @pytest.mark.parametrize("power", [0.0, 0.5, 1.5, 3.0])
    def test_sums_keep_their_digits(self, power):
        rng = np.random.default_rng(1)
        levels = rng.permutation(np.arange(1.0, 3001) ** -power * (1 + 0.1 * rng.random(3000)))
        first, second = rng.uniform(0.1, 3, (2, 3000))
        few, *weights = condensed(levels, first, second)
        assert len(few) < 400
        kappa = np.geomspace(levels.min() / 100, levels.max() * 100, 60)[:, None]
        for weight, new in zip((first, second), weights, strict=True):
            for form in (
                lambda v, k: v / (v + k),
                lambda v, k: k / (v + k),
                lambda v, k: (v / (v + k)) ** 2,
                lambda v, k: v,
            ):
                np.testing.assert_allclose(form(few, kappa) @ new, form(levels, kappa) @ weight, rtol=2e-13)

    def test_a_mode_on_a_node(self):
        ends = np.exp([0.0, -1.4])
        nodes = condensed(np.geomspace(*ends, 200), np.ones(200))[0]
        on_nodes = np.sort(np.concatenate((np.geomspace(*ends, 200), nodes[nodes > ends[1]])))[::-1]
        few, counts = condensed(on_nodes, np.ones(len(on_nodes)))
        assert counts @ (few / (few + 0.4)) == pytest.approx(np.sum(on_nodes / (on_nodes + 0.4)), rel=1e-14)

    def test_refuses_what_it_cannot_shorten(self):
        assert condensed(np.geomspace(1, 1e-30, 700), np.ones(700)) is None


class TestEffectiveRegularization:
    @pytest.mark.parametrize("name", SPECTRA)
    def test_twelve_digits_on_every_plateau(self, name):
        eigenvalues, multiplicities = (np.asarray(v, float) for v in SPECTRA[name])
        n = sizes(multiplicities, eigenvalues)
        compiled = jax.jit(effective_regularization)
        for ridge in RIDGES:
            exact = [float(exactly(size, eigenvalues, multiplicities, ridge)) for size in n]
            for solve in (effective_regularization, compiled):
                np.testing.assert_allclose(solve(n, eigenvalues, multiplicities, ridge), exact, rtol=1e-12)

    def test_a_ridge_of_almost_nothing(self):
        eigenvalues, multiplicities = (np.asarray(v, float) for v in SPECTRA["two levels, condition 1e30"])
        n = sizes(multiplicities, eigenvalues)
        exact = [float(exactly(size, eigenvalues, multiplicities, 1e-300)) for size in n]
        np.testing.assert_allclose(effective_regularization(n, eigenvalues, multiplicities, 1e-300), exact, rtol=1e-12)

    def test_lies_between_the_isotropic_roots(self):
        levels, counts = np.array([3.0, 0.2, 0.01]), np.array([2.0, 5.0, 9.0])
        n = np.array([0.5, 3, 9, 15, 15.9])
        kappa = effective_regularization(n, levels, counts, 0.1)
        low = isotropic_root(n, 16.0, 16 / np.sum(counts / levels), 0.1)
        high = isotropic_root(n, 16.0, np.sum(counts * levels) / 16, 0.1)
        assert np.all((low < kappa) & (kappa < high))

    def test_sizes_and_ridges_of_any_mixture(self):
        levels = np.arange(1.0, 31) ** -1.5
        n, ridge = np.array([0.0, 5, 30, 30, 60, 60, -1]), np.array([0.0, 0, 0, 1, 0, 1, 1])
        together = effective_regularization(n, levels, np.ones(30), ridge)
        apart = [effective_regularization(a, levels, np.ones(30), b) for a, b in zip(n, ridge, strict=True)]
        np.testing.assert_allclose(together, apart, rtol=1e-13)
        assert together[0] == np.inf and together[2] == together[4] == 0 and np.isnan(together[6])
        square = effective_regularization(n[1:5, None], levels, np.ones(30), ridge[None, :2])
        assert square.shape == (4, 2)

    def test_infinite_and_negative_ridges(self):
        assert effective_regularization(3.0, [1.0], [5.0], np.inf) == np.inf
        assert np.isnan(effective_regularization(3.0, [1.0], [5.0], -0.1))

    def test_several_spectra_at_once(self):
        levels = np.array([[2.0, 1.0], [3.0, 0.5]])
        rows = [effective_regularization(np.array([0.5, 1.5]), row, np.ones(2), 0.1) for row in levels]
        batch = effective_regularization(np.array([0.5, 1.5])[:, None], levels, np.ones((2, 2)), 0.1)
        np.testing.assert_allclose(batch, np.transpose(rows), rtol=1e-12)
        compiled = jax.jit(effective_regularization)
        traced = compiled(jnp.array([0.5, 1.5])[:, None], jnp.asarray(levels), jnp.ones((2, 2)), 0.1)
        np.testing.assert_allclose(traced, batch, rtol=1e-12)

    def test_types_follow_the_caller(self):
        assert isinstance(effective_regularization(1, [3, 1]), float)
        assert effective_regularization(np.float32([1]), np.float32([3, 1]), np.float32([1, 1])).dtype == np.float32
        single = jax.jit(effective_regularization)(jnp.float32(1), jnp.float32([3, 1e-6]), jnp.float32([1, 1]))
        assert single.dtype == jnp.float32
        assert float(single) == pytest.approx(effective_regularization(1.0, [3.0, 1e-6]), rel=1e-5)
        assert effective_regularization(np.zeros((2, 3)), [1.0]).shape == (2, 3)

    def test_first_and_second_derivatives(self):
        levels, counts = jnp.array([2.0, 0.3, 0.01]), jnp.array([4.0, 6.0, 8.0])

        def kappa(n, ridge, scale, count):
            return effective_regularization(n, scale * levels, count * counts, ridge)

        derivatives = [jax.jit(f(kappa, argnums=(0, 1, 2, 3))) for f in (jax.jacobian, jax.hessian)]
        for n in (3.0, 9.9, 17.5, 40.0):
            point = (n, 0.2, 1.0, 1.0)
            slopes, bends = (np.array(derivative(*point)) for derivative in derivatives)
            with mpmath.workdps(40):

                def exact(*values):
                    a, b, c, e = values
                    return effective_regularization(
                        a,
                        c * np.array([mpmath.mpf(float(v)) for v in levels]),
                        e * np.array([mpmath.mpf(float(v)) for v in counts]),
                        b,
                    )

                for i in range(4):
                    order = [0] * 4
                    order[i] = 1
                    at = tuple(map(mpmath.mpf, point))
                    assert slopes[i] == pytest.approx(float(mpmath.diff(exact, at, tuple(order))), rel=1e-9)
                    order[i] = 2
                    assert bends[i][i] == pytest.approx(float(mpmath.diff(exact, at, tuple(order))), rel=1e-7)

    def test_slope_at_no_ridge_and_plenty_of_data(self):
        def kappa(ridge):
            return effective_regularization(12.0, jnp.ones(2), jnp.full(2, 4.0), ridge)

        assert jax.jit(jax.grad(kappa))(0.0) == pytest.approx(1 / (12 - 8))

    def test_mapped_over_sizes(self):
        levels = jnp.arange(1.0, 41) ** -1.5
        n = jnp.arange(1.0, 40.0, 3)
        mapped = jax.jit(jax.vmap(lambda size: effective_regularization(size, levels, jnp.ones(40), 0.0)))(n)
        np.testing.assert_allclose(mapped, effective_regularization(np.asarray(n), np.asarray(levels)), rtol=1e-12)

    def test_balls_contain_every_root(self):
        levels, counts = np.array([flint.arb(3, 1e-6), flint.arb(1, 1e-6)]), np.array([flint.arb(2), flint.arb(4)])
        ball = effective_regularization(flint.arb(3), levels, counts, flint.arb(0.2, 1e-7))
        rng = np.random.default_rng(0)
        for _ in range(20):
            inside = np.array([3.0, 1.0]) + 1e-6 * rng.uniform(-1, 1, 2)
            root = effective_regularization(3.0, inside, np.array([2.0, 4.0]), 0.2 + 1e-7 * rng.uniform(-1, 1))
            assert ball.contains(flint.arb(float(root))) and float(ball.rad()) < 1e-4

    def test_symbols_are_refused(self):
        with pytest.raises(TypeError, match="no closed form"):
            effective_regularization(sympy.Symbol("n"), np.ones(2), np.ones(2), 0.0)

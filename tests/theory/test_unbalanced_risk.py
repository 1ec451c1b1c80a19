"""Mean risk of unbalanced chains: every arithmetic, where it is silent, and the edges of its domain."""

import jax
import numpy as np
import pytest

from lintransfer.precision import contains, enclose, to_fifty_digits
from lintransfer.theory.deep_risk import deep_fine_tuning_risk_closure, deep_transferability_closure
from lintransfer.theory.unbalanced_risk import unbalanced_fine_tuning_risk, unbalanced_transferability

POINT = {"source_energy": 1.3, "cross_energy": 0.6, "target_energy": 2.0, "noise_variance": 0.3}


@pytest.mark.parametrize("formula", [unbalanced_fine_tuning_risk, unbalanced_transferability])
def test_floats_fifty_digits_jax_and_balls(formula):
    def chain(n, dim, first, **others):
        return formula(n, dim, (first, -0.3), **others)

    point = {"n": 5, "dim": 12, "first": -0.8, **POINT}
    exact = float(to_fifty_digits(chain, point))
    assert chain(**point) == pytest.approx(exact, rel=1e-12)
    assert float(jax.jit(lambda a: chain(**a))({k: float(v) for k, v in point.items()})) == pytest.approx(exact, rel=1e-12)
    assert contains(enclose(chain, point), exact, 1e-14)
    grid = chain(**{**point, "n": np.array([5, 6])})
    np.testing.assert_allclose(grid, [chain(**{**point, "n": n}) for n in (5, 6)], rtol=1e-13)
    slope = jax.grad(lambda d: chain(5.0, 12.0, d, **POINT))(-0.8)
    assert float(slope) == pytest.approx((chain(5, 12, -0.8 + 1e-6, **POINT) - chain(5, 12, -0.8 - 1e-6, **POINT)) / 2e-6, rel=1e-5)


def test_balanced_is_the_balanced_law_on_the_whole_domain():
    n = np.arange(0, 16)
    given = {**POINT, "n": n, "dim": 9}
    for layers in (2, 3):
        zeros = (0.0,) * (layers - 1)
        np.testing.assert_allclose(
            unbalanced_fine_tuning_risk(imbalance=zeros, **given),
            deep_fine_tuning_risk_closure(depth=layers, **given), rtol=1e-11,
        )  # fmt: skip
        gains = unbalanced_transferability(imbalance=zeros, **given)
        known = deep_transferability_closure(depth=layers, **given)
        np.testing.assert_allclose(gains, known, rtol=1e-11)
        assert np.isnan(gains[8]) and not gains[9:].any()


def test_silent_where_the_sign_is_open_or_the_saddle_near():
    risk = unbalanced_fine_tuning_risk(np.array([0, 1, 5, 8, 9, 20]), 9, (2.0,), **POINT)
    assert np.isnan(risk).tolist() == [False, False, True, False, False, False]  # few samples: q is still above Δ
    assert risk[3] == risk[4] == np.inf and risk[0] == pytest.approx(1.3 - 1.2 + 2)
    shared = unbalanced_fine_tuning_risk(np.array([0, 5, 20]), 9, (2.0, 2.0), **POINT)
    assert np.isnan(shared).tolist() == [False, True, True]

"""One feature whose scale alone is learnt: a floor that never vanishes, and a saddle for exactly balanced layers."""

import math

import jax
import mpmath
import numpy as np
import pytest
from helpers.every_arithmetic import assert_same_everywhere, close

from lintransfer.precision import to_fifty_digits
from lintransfer.simulate.deep_linear.layers import deep_risk_samples
from lintransfer.simulate.teachers import teacher_pair
from lintransfer.theory.deep_linear.frozen_layers import balanced_head_risk, frozen_first_layer_risk, student_cdf
from lintransfer.theory.linear.frozen_features import frozen_features_risk


@pytest.mark.parametrize("n", [0, 3, 10**9])
def test_every_arithmetic(n):
    assert_same_everywhere(frozen_first_layer_risk, n=n, unexplained=0.3, noise_variance=0.2, start_risk=1.1)


@pytest.mark.parametrize("n", [1, 2, 3, 9, 500])
def test_it_is_linear_transfer_on_one_feature(n):
    found = frozen_first_layer_risk(n, 0.3, 0.2, 1.1)
    assert found == pytest.approx(float(frozen_features_risk(n, 1, 0.7, 0.3, 0.2)), rel=1e-14)


def test_edges():
    assert frozen_first_layer_risk(0, 0.3, 0.2, 1.1) == 1.1
    assert frozen_first_layer_risk(1, 0.0, 0.0, 1.1) == 0
    assert frozen_first_layer_risk(2, 0.3, 0.2, 1.1) == math.inf
    assert balanced_head_risk(2, 0.5, 0.3, 0.2) == math.inf


def test_student_cdf_in_every_arithmetic():
    for n in (1, 2.5, 30):
        for x in (-3.0, -1e-3, 0.4, 20.0):
            with mpmath.workdps(50):
                exact = student_cdf(mpmath.mpf(x), mpmath.mpf(n))
            assert close(student_cdf(x, n), exact) and close(jax.jit(student_cdf)(x, float(n)), exact)


@pytest.mark.parametrize("head", [-0.8, -0.1, 0.2, 1.5])
@pytest.mark.parametrize("n", [3, 5, 12])
def test_balanced_head_against_its_definition(n, head):
    rng = np.random.default_rng(0)
    ratio = rng.standard_normal(400_000) / np.sqrt(rng.chisquare(n, 400_000))
    risks = 0.3 + (np.maximum(head + math.sqrt(0.5) * ratio, 0) - head) ** 2
    value = balanced_head_risk(n, head, 0.3, 0.2)
    if n > 4:  # below, the fourth moment is infinite
        assert abs(risks.mean() - value) < 4 * risks.std() / math.sqrt(len(risks))
    assert close(
        value,
        to_fifty_digits(balanced_head_risk, {"n": n, "best_head": head, "unexplained": 0.3, "noise_variance": 0.2}),
    )
    assert value <= float(frozen_first_layer_risk(n, 0.3, 0.2, 1.0)) + head**2


@pytest.mark.parametrize("flags", [(False, True), (False, True, True)])
def test_both_branches_are_what_training_finds(flags):
    source, target = teacher_pair(4, -0.3, 1.0, 1.5)
    rng = np.random.default_rng(1)
    risks = deep_risk_samples(
        rng, 2000, n=9, depth=len(flags), trained=flags, width=1, source=source, target=target, noise_std=0.5
    )
    left = 2.25 * (1 - 0.09)
    saddle = balanced_head_risk(9, -0.45, left, 0.25)
    wanted = saddle if len(flags) == 3 else frozen_first_layer_risk(9, left, 0.25, 1.0)
    assert abs(risks.mean() - wanted) < 4 * risks.std() / math.sqrt(2000)

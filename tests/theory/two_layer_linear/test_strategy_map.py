"""The strategy map: every arithmetic, whole domains, boundaries and regimes."""

import math
from fractions import Fraction

import jax
import numpy as np
import pytest
from helpers.every_arithmetic import assert_gradient, assert_same_everywhere

from lintransfer.theory.linear.isotropic import min_norm_risk
from lintransfer.theory.two_layer_linear import strategy_map as theory

LAZY = {"head_energy": 0.7, "head_displacement": 0.3, "unexplained": 1.0, "noise_variance": 0.2}
RICH = {"gamma": 0.4, "feature_norm": 1.2, "head": 0.7, "overlap": 0.6, "target_norm": 1.1, "noise_variance": 0.1}
HEADS = {name: value for name, value in RICH.items() if name != "head"}


@pytest.mark.parametrize(
    ("formula", "arguments"),
    [
        (theory.source_head_probe_risk, {"n": 3, "n_features": 9, "head_displacement": 0.3, "unexplained": 0.5, "noise_variance": 0.2}),
        (theory.first_layer_outputs_risk, {"n": 3, "dim": 9, "reachable": 0.3, "unreachable": 0.5, "head_rank": 2, "noise_variance": 0.2}),
        (theory.first_layer_boundary, {"n": 7, "dim": 9, "n_features": 2}),
        (theory.lazy_two_layer_risk, {"n": 7, "dim": 19, "n_features": 4, **LAZY}),
        (theory.lazy_small_head_risk, {"n": 9, "dim": 19, "n_features": 4, "unexplained": 0.4, "noise_variance": 0.1}),
        (theory.one_feature_risk, RICH),
        (theory.rich_head, HEADS),
        (theory.probe_then_first_layer_risk, {"gamma": 0.4, "unexplained": 0.5, "noise_variance": 0.1}),
    ],
)  # fmt: skip
def test_every_arithmetic(formula, arguments):
    assert_same_everywhere(formula, **arguments)


def test_gradients():
    assert_gradient(theory.one_feature_risk, tuple(RICH), **RICH)
    assert_gradient(theory.rich_head, tuple(HEADS), **{**HEADS, "gamma": 0.1})
    assert_gradient(theory.lazy_two_layer_risk, ("n", *LAZY), n=7, dim=19, n_features=4, **LAZY)
    for n in (0.0, 5.0, 9.0, 10.0, 12.0):
        slopes = jax.grad(lambda *a, n=n: theory.lazy_two_layer_risk(n, 10.0, 3.0, *a), argnums=(0, 1, 2, 3))(
            *LAZY.values()
        )
        assert not np.isnan(slopes).any(), n


def test_fractions_stay_exact():
    energies = theory.strategy_map_energies(Fraction(3, 5), Fraction(1, 4), 2)
    assert energies == (Fraction(16, 5), Fraction(48, 25), Fraction(52, 25), Fraction(32, 25))
    assert theory.first_layer_boundary(4, 8, Fraction(1)) == Fraction(-1, 3)


def test_energies_of_nearly_the_same_task_keep_their_digits():
    energies = theory.strategy_map_energies(1 - 1e-12, 0.5, 1.0)
    np.testing.assert_allclose(energies.unexplained, energies.head_displacement, rtol=1e-11)


def test_an_output_shift_from_the_source_head_is_won_by_probing():
    n, dim, k = np.arange(0, 12)[:, None], 20, np.array([14, 19])
    energies = theory.strategy_map_energies(0.3, 1.0, 1.0)
    probe = theory.source_head_probe_risk(n, k, energies.head_displacement, energies.unexplained, 0.0)
    first = theory.first_layer_outputs_risk(n, dim, energies.displacement_energy, 0.0, 1, 0.0)
    assert np.all(probe[1:] < first[1:]) and np.allclose(probe[0], first[0])
    assert theory.source_head_probe_risk(15, 14, energies.head_displacement, 0.0, 0.0) == 0


def test_an_input_shift_is_won_on_either_side_of_the_boundary():
    n, dim, k = 9, 14, 3
    critical = theory.first_layer_boundary(n, dim, k)
    for overlap, first_wins in ((critical + 0.05, True), (critical - 0.05, False)):
        energies = theory.strategy_map_energies(overlap, 0.0, 1.0)
        probe = theory.source_head_probe_risk(n, k, energies.head_displacement, energies.unexplained, 0.0)
        assert (
            theory.first_layer_outputs_risk(n, dim, energies.displacement_energy, 0.0, 1, 0.0) < probe
        ) == first_wins


def test_the_lazy_risk_on_the_whole_domain():
    n, k = np.arange(0, 16)[:, None], np.arange(1, 10)
    risk = theory.lazy_two_layer_risk(n, 10, k, **LAZY)
    np.testing.assert_array_equal(np.isinf(risk), np.broadcast_to(abs(n - 10) <= 1, risk.shape))
    assert not np.isnan(risk).any()
    quiet = theory.lazy_two_layer_risk(n, 10, k, 0.7, 0.3, 1.0, 0.0)
    assert np.all(np.diff(quiet, axis=0) <= 1e-12) and np.allclose(quiet[10:], 0)


def test_between_the_probe_and_the_first_layer():
    sizes = {"n": 40 * 10**6, "dim": 100 * 10**6, "n_features": 60 * 10**6}
    risks = [theory.lazy_two_layer_risk(**sizes, **{**LAZY, "head_energy": h}) for h in (1e-9, 1.0, 1e9)]
    probe = theory.source_head_probe_risk(sizes["n"], sizes["n_features"], 0.3, 1.0, 0.2)
    np.testing.assert_allclose(risks[0], probe, rtol=1e-6)
    np.testing.assert_allclose(risks[2], min_norm_risk(sizes["n"], sizes["dim"], 1.3, 0.2), rtol=1e-6)


def test_the_sign_of_the_head():
    given = dict(RICH, head=-0.7, overlap=-0.6)
    assert theory.one_feature_risk(**given) == theory.one_feature_risk(**RICH)  # both turned round
    assert math.isnan(theory.one_feature_risk(**dict(RICH, overlap=-0.6)))  # v_0² < γa²
    assert theory.one_feature_risk(**dict(RICH, head=0.9, overlap=-0.6)) > theory.one_feature_risk(**RICH)
    assert math.isnan(theory.one_feature_risk(**dict(RICH, gamma=1.0)))


def test_the_best_head_is_best_and_below_the_probed_one():
    heads = np.linspace(0, 2, 4001)
    for gamma, a in ((0.1, 0.8), (0.3, 1.0), (0.6, 0.5), (0.7, 1.5)):
        world = dict(HEADS, gamma=gamma, feature_norm=a)
        risks = theory.one_feature_risk(head=heads, **world)
        best = theory.rich_head(**world)
        assert abs(heads[np.argmin(risks)] - best) < 1e-3
        assert best < world["target_norm"] * world["overlap"] / a

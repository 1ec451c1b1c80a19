"""Surgical fine-tuning (Lee et al. 2023): the layer that a shift has touched is the one to tune, here and not there."""

import numpy as np
import pytest

import lintransfer as lt
from lintransfer.errors import DomainError
from lintransfer.simulate.shallow_relu.networks import Network, predict
from lintransfer.simulate.shallow_relu.surgical import (
    STRATEGIES,
    auto_rgn,
    draw_sources,
    input_shift,
    output_shift,
    relative_loss,
    tuned,
)

DIM, WIDTH, SEEDS, N = 8, 6, 12, 120
FIRST, LAST = lt.FirstLayer(), lt.LinearTransfer(head="source")


def z_of(samples):
    """Mean in standard errors."""
    return np.mean(samples) / (np.std(samples, ddof=1) / np.sqrt(len(samples)))


@pytest.fixture(scope="module")
def sources():
    return draw_sources(np.random.default_rng(0), DIM, WIDTH, SEEDS)


@pytest.fixture(scope="module")
def seen_otherwise(sources):
    return input_shift(sources, np.random.default_rng(1), N, 0.5)


@pytest.fixture(scope="module")
def turned(sources):
    return output_shift(sources, np.random.default_rng(2), N, -1.0)


@pytest.mark.parametrize("mix, better, worse", [(0.0, FIRST, LAST), (1.0, LAST, FIRST)])
def test_in_a_linear_network_each_shift_has_its_layer(mix, better, worse):
    problem, n = lt.TransferProblem.two_layer(60, 6, 0.6, mix, noise_std=0.1), 30
    exact = [float(lt.risk(problem, who, n)) for who in (better, worse)]
    assert exact[0] < exact[1]
    for who, value in zip((better, worse), exact, strict=True):
        found = lt.risk(problem, who, n, "simulate", replicates=400)
        assert abs(float(found.value) - value) < 4 * float(found.std_err)
    gain = lt.transferability(problem, better, n, baseline=worse, method="simulate", replicates=400)
    assert float(gain.value) > 20 * float(gain.std_err)  # and it is the gain that the formulas say
    assert abs(float(gain.value) - (exact[1] - exact[0])) < 4 * float(gain.std_err)


def test_the_solutions_solve(seen_otherwise, turned):
    for shift in (seen_otherwise, turned):
        assert np.max(relative_loss(shift.solution, shift.tests, shift.test_labels)) < 1e-24
    np.testing.assert_array_equal(seen_otherwise.solution.second, seen_otherwise.network.second)
    np.testing.assert_array_equal(turned.solution.first, turned.network.first)


def test_an_input_shift_is_undone_by_the_first_layer_and_by_no_last_one(seen_otherwise):
    first, last = (tuned(seen_otherwise, who) for who in ("first", "second"))
    np.testing.assert_array_equal(first.second, seen_otherwise.network.second)
    np.testing.assert_array_equal(last.first, seen_otherwise.network.first)
    data = seen_otherwise.inputs, seen_otherwise.labels
    assert np.max(relative_loss(first, *data)) < 1e-3 < 5e-3 < np.min(relative_loss(last, *data))
    test = seen_otherwise.tests, seen_otherwise.test_labels
    assert z_of(relative_loss(last, *test) - relative_loss(first, *test)) > 4
    fewer = [relative_loss(tuned(seen_otherwise, who), *test).mean() for who in ("none", "second")]
    assert fewer[1] < fewer[0]  # a new head is better than nothing


def test_an_input_scaled_up_is_undone_by_either_layer(sources):
    shift = output_shift(sources, np.random.default_rng(3), N, 1.0)
    larger = shift._replace(inputs=2 * shift.inputs, tests=2 * shift.tests)  # A = 2I, which is v/2
    end = tuned(larger, "second")
    np.testing.assert_allclose(end.second, np.asarray(sources.second) / 2, rtol=1e-8)
    assert np.max(relative_loss(end, larger.tests, larger.test_labels)) < 1e-20


def test_an_output_shift_is_undone_by_the_last_layer_and_by_no_first_one(turned):
    first, last = (tuned(turned, who) for who in ("first", "second"))
    np.testing.assert_allclose(last.second, -np.asarray(turned.network.second), rtol=1e-8)
    test = turned.tests, turned.test_labels
    assert np.max(relative_loss(last, *test)) < 1e-20
    for inputs, labels in (test, (turned.inputs, turned.labels)):
        assert np.min(relative_loss(first, inputs, labels)) >= 1  # t²Ey², in units of E(ty)²
    assert z_of(relative_loss(first, *test) - relative_loss(last, *test)) > 4


def test_whatever_the_first_layer_is_it_does_not_turn_positive_outputs_round(turned):
    rng = np.random.default_rng(4)
    for size in (1e-3, 1.0, 10.0):
        other = turned.network._replace(first=size * rng.standard_normal(np.shape(turned.network.first)))
        assert np.min(relative_loss(other, turned.tests, turned.test_labels)) >= 1


def test_with_heads_of_both_signs_the_first_layer_can_turn_the_output_round():
    mixed = draw_sources(np.random.default_rng(5), DIM, WIDTH, SEEDS, positive=False)
    shift = output_shift(mixed, np.random.default_rng(6), N, -1.0)
    lost = relative_loss(tuned(shift, "first"), shift.tests, shift.test_labels)
    assert z_of(1 - lost) > 4  # the bound is one of v ≥ 0


def test_both_layers_learn_either_shift_and_nothing_learns_nothing(seen_otherwise, turned):
    for shift in (seen_otherwise, turned):
        data = shift.inputs, shift.labels
        assert np.max(relative_loss(tuned(shift, "both"), *data)) < 0.02
        assert tuned(shift, "none") is shift.network
    with pytest.raises(DomainError, match="strategy"):
        tuned(turned, "last")
    assert "none" in STRATEGIES


def test_weights_of_auto_rgn_are_gradients_over_weights(seen_otherwise):
    network, inputs, labels = seen_otherwise.network, seen_otherwise.inputs, seen_otherwise.labels

    def loss(first, second):
        changed = Network(first, second, network.scale)
        return np.mean((np.asarray(predict(changed, inputs)) - labels) ** 2, axis=-1)[0] / 2

    sizes = []
    for layer in (0, 1):
        weights = [np.array(network.first), np.array(network.second)]
        slope = np.zeros_like(weights[layer][0])
        for place in np.ndindex(slope.shape):
            values = []
            for step in (1e-6, -1e-6):
                moved = [w.copy() for w in weights]
                moved[layer][(0, *place)] += step
                values.append(loss(*moved))
            slope[place] = (values[0] - values[1]) / 2e-6
        sizes.append(np.linalg.norm(slope) / np.linalg.norm(weights[layer][0]))
    np.testing.assert_allclose(auto_rgn(network, inputs, labels)[0], np.array(sizes) / max(sizes), rtol=1e-4)


def test_auto_rgn_turns_to_the_last_layer_after_an_output_shift_but_not_all_the_way(seen_otherwise, turned):
    by_input, by_output = (auto_rgn(s.network, s.inputs, s.labels) for s in (seen_otherwise, turned))
    ratios = [np.log(w[:, 1] / w[:, 0]) for w in (by_input, by_output)]
    assert z_of(ratios[1] - ratios[0]) > 4
    assert z_of(-ratios[0]) > 4
    np.testing.assert_array_equal(by_input.max(axis=1), 1)
    still = output_shift(turned.network, np.random.default_rng(7), 10, 1.0)
    assert np.isnan(auto_rgn(still.network, still.inputs, still.labels)).all()  # nothing has shifted

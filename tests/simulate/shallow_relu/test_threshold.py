"""Small networks: the half-space end state, and the measurement of the optimisation threshold."""

import numpy as np
import pytest

from lintransfer.errors import DomainError
from lintransfer.simulate.shallow_relu.alignment import alignment_run
from lintransfer.simulate.shallow_relu.half_space import draw_with_margin, half_space_fit
from lintransfer.simulate.shallow_relu.networks import Network, draw_small, predict
from lintransfer.simulate.shallow_relu.threshold import ThresholdRun, estimate_threshold, measure_threshold
from lintransfer.simulate.shallow_relu.training import train


def test_with_a_margin_small_networks_end_at_half_space_least_squares():
    rng, seeds, n, teacher = np.random.default_rng(0), 3, 100, np.array([0.8, 0.6])
    inputs = np.stack([draw_with_margin(rng, n, teacher, 0.3) for _ in range(seeds)])
    labels = inputs @ teacher + 0.3 * rng.standard_normal((seeds, n))
    network = Network(*(leaf[0] for leaf in draw_small(rng, 2, [16], 1e-3, seeds)))
    done = train(network, inputs, labels, learning_rate=0.2, min_steps=1000, max_steps=4000, tolerance=1e-9)
    points = rng.standard_normal((500, 2))
    outputs = np.asarray(predict(done.network, np.broadcast_to(points, (seeds, 500, 2))))
    for x, y, output, loss in zip(inputs, labels, outputs, done.loss, strict=True):
        fit = half_space_fit(x, y, teacher)
        assert fit.signs_kept
        assert np.sqrt(np.mean((output - fit(points)) ** 2) / np.mean(fit(points) ** 2)) < 1e-3
        assert 2 * loss == pytest.approx(np.mean((fit(x) - y) ** 2), rel=1e-6)


def test_few_samples_are_interpolated_and_many_are_not():
    run = measure_threshold(2, [5, 100], seeds=4, steps=8000, width=16, test_points=200)
    assert run.complete
    assert np.median(run.interpolation[0]) < 0.2 and np.all(run.interpolation[1] > 0.9)
    assert np.median(run.distance[1]) < 0.01 and np.all(run.risk[1] < 3 * run.half_space_risk[1] + 0.01)
    assert np.all(np.abs(run.late_change[1]) < 0.05)
    again = measure_threshold(2, [5], seeds=4, steps=8000, width=16, test_points=200)
    np.testing.assert_array_equal(again.training_error[0], run.training_error[0])


def test_a_run_is_resumed_where_it_stopped():
    settings = {"seeds": 2, "steps": 100, "width": 4, "test_points": 20}
    whole = measure_threshold(2, [5, 8], **settings)
    nothing = measure_threshold(2, [5, 8], **settings, budget=-1.0)
    assert not nothing.complete and np.all(np.isnan(nothing.risk))
    half = ThresholdRun(2, whole.sizes, whole.settings, *(np.array([a[0], [np.nan] * 2]) for a in whole[3:]))
    resumed = measure_threshold(2, [5, 8], **settings, resume=half)
    for a, b in zip(resumed[3:], whole[3:], strict=True):
        np.testing.assert_array_equal(a, b)
    with pytest.raises(DomainError, match="resume"):
        measure_threshold(2, [5, 9], **settings, resume=whole)
    with pytest.raises(DomainError, match="above 2d = 4"):
        measure_threshold(2, [4], **settings)


def made_up_run(centre, width, seeds=40):
    """Networks that stop interpolating with logistic probability in log n."""
    sizes = np.array([4, 8, 16, 32, 64, 128])
    chance = 1 / (1 + np.exp(-(np.log(sizes) - np.log(centre)) / width))
    above = np.random.default_rng(1).random((6, seeds)) < chance[:, None]
    zeros = np.zeros((6, seeds))
    return ThresholdRun(2, sizes, {}, above.astype(float), zeros + 1, zeros, zeros, zeros, zeros)


def test_the_threshold_and_its_error_are_recovered():
    found = estimate_threshold(made_up_run(20.0, 0.4))
    assert abs(found.n - 20) < 4 * found.std_err and 0.3 < found.std_err < 4
    assert found.width == pytest.approx(0.4, abs=0.2)
    nowhere = estimate_threshold(made_up_run(1e9, 0.4))
    assert np.isnan(nowhere.n) and np.isnan(nowhere.std_err)


def test_neurons_turn_before_they_grow():
    run = alignment_run(
        np.random.default_rng(2), n=2000, teacher=[1.0, 0.0, 0.0], times=[0.0, 6.0], size=1e-6, noise_std=0.3, width=12
    )
    assert np.all(run.signs * run.cosine[1] > 0.9)
    assert np.all(1e-6 * run.growth[1] < 1e-3)
    with pytest.raises(DomainError, match="times"):
        alignment_run(np.random.default_rng(0), n=4, teacher=[1.0], times=[1.0, 2.0])
    with pytest.raises(DomainError, match="even"):
        alignment_run(np.random.default_rng(0), n=5, teacher=[1.0], times=[0.0], symmetric=True)

"""The half-space fit, from scratch and beside a frozen linear part, and networks that end there."""

import numpy as np
import pytest

from lintransfer.errors import DomainError
from lintransfer.simulate.shallow_relu.half_space import half_space_fit
from lintransfer.simulate.shallow_relu.networks import Network, draw_small, predict
from lintransfer.simulate.shallow_relu.training import train
from lintransfer.theory.shallow_relu.half_space import half_space_risk

SOURCE, TARGET = np.array([1.0, 0.4]), np.array([0.2, 1.0])


def data(rng, n, noise_std):
    inputs = rng.standard_normal((n, 2))
    return inputs, inputs @ TARGET + noise_std * rng.standard_normal(n)


def test_each_side_is_its_own_least_squares():
    inputs, labels = data(np.random.default_rng(0), 40, 0.3)
    fit = half_space_fit(inputs, labels, TARGET)
    above = inputs @ TARGET > 0
    np.testing.assert_allclose(fit.positive, np.linalg.solve(*_normal(inputs[above], labels[above])), rtol=1e-10)
    np.testing.assert_allclose(fit.negative, np.linalg.solve(*_normal(inputs[~above], labels[~above])), rtol=1e-10)


def _normal(inputs, labels):
    return inputs.T @ inputs, inputs.T @ labels


def test_a_frozen_linear_part_is_the_same_fit_of_what_it_leaves():
    inputs, labels = data(np.random.default_rng(1), 30, 0.3)
    beside = half_space_fit(inputs, labels, TARGET, SOURCE)
    rest = half_space_fit(inputs, labels - inputs @ SOURCE, TARGET - SOURCE)
    np.testing.assert_allclose(beside(inputs), inputs @ SOURCE + rest(inputs), rtol=1e-12)
    with pytest.raises(DomainError, match="source"):
        half_space_fit(inputs, labels, TARGET, SOURCE[:1])


def test_networks_fine_tuned_beside_the_frozen_source_end_at_the_half_space_fit():
    rng, seeds, n, noise_std = np.random.default_rng(2), 6, 64, 0.1
    inputs, labels = (np.stack(v) for v in zip(*(data(rng, n, noise_std) for _ in range(seeds)), strict=True))
    starts = [draw_small(rng, 2, [32], 1e-6) for _ in range(seeds)]
    network = Network(*(np.concatenate([np.asarray(s[j][0]) for s in starts]) for j in range(3)))
    left = labels - inputs @ SOURCE  # what the trained part sees: the pretrained part does not move
    done = train(network, inputs, left, learning_rate=0.2, max_steps=20_000, min_steps=20_000)
    fits = [half_space_fit(x, y, TARGET, SOURCE) for x, y in zip(inputs, labels, strict=True)]
    error = np.array([np.mean((fit(x) - y) ** 2) for fit, x, y in zip(fits, inputs, labels, strict=True)])
    assert np.median(2 * done.loss / error) == pytest.approx(1, abs=0.05)  # 0 would be interpolation
    tests = rng.standard_normal((2000, 2))
    outputs = tests @ SOURCE + np.asarray(predict(done.network, np.broadcast_to(tests, (seeds, *tests.shape))))
    distance = [np.mean((o - fit(tests)) ** 2) for o, fit in zip(outputs, fits, strict=True)]
    assert np.median(distance) < 0.2 * half_space_risk(n, 2, noise_std**2)


def test_above_the_threshold_the_source_neither_helps_nor_hurts():
    rng, n, noise_std = np.random.default_rng(3), 60, 0.5
    gains, risks = [], []
    tests = rng.standard_normal((500, 2))
    for _ in range(600):
        inputs, labels = data(rng, n, noise_std)
        fits = half_space_fit(inputs, labels, TARGET), half_space_fit(inputs, labels, TARGET, SOURCE)
        splits = TARGET, TARGET - SOURCE
        scratch, tuned = (np.mean(_oracle(fit, b, tests) ** 2) for fit, b in zip(fits, splits, strict=True))
        gains.append(scratch - tuned)
        risks.append(tuned)
    assert abs(np.mean(gains)) < 4 * np.std(gains) / np.sqrt(600)
    assert np.mean(risks) == pytest.approx(half_space_risk(n, 2, noise_std**2), abs=4 * np.std(risks) / np.sqrt(600))


def _oracle(fit, split, tests):
    """Errors of the fits on the teacher's own sides."""
    side = (tests @ split > 0)[:, None]
    return np.sum(tests * (fit.frozen + np.where(side, fit.positive, fit.negative) - TARGET), axis=1)

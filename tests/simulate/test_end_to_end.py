"""The simulator that verify trusts, against references that share nothing with it.

Fits are held against NumPy's pinv and scikit-learn, risks against their definition on one explicit design, and the
sample means against the two classical risks of ordinary least squares (|z| < 4.5: false alarm 7e-6 per comparison).
"""

import math

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, Ridge

from lintransfer.simulate.end_to_end import draw_inputs, least_squares, paired_risk_samples, risk_samples
from lintransfer.simulate.teachers import teacher_pair

Z = 4.5
DIM = 8
SOURCE, TARGET = teacher_pair(DIM, 0.6, source_norm=1.2)


def rng(seed=0):
    return np.random.default_rng(seed)


def z_score(samples, value):
    return (samples.mean() - value) / (samples.std(ddof=1) / math.sqrt(len(samples)))


@pytest.mark.parametrize("n", [1, 5, DIM - 1, DIM, DIM + 1, 30])
@pytest.mark.parametrize("outputs", [1, 3])
def test_least_squares_is_the_pseudo_inverse_of_every_design_of_a_stack(n, outputs):
    X, y, start = rng().standard_normal((4, n, DIM)), rng(1).standard_normal((4, n, outputs)), SOURCE[:, None]
    expected = start + np.linalg.pinv(X) @ (y - X @ start)
    np.testing.assert_allclose(least_squares(X, y, start), expected, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("n", [3, DIM, 20])
def test_ridge_is_that_of_scikit_learn(n):
    X, y = rng().standard_normal((n, DIM)), rng(1).standard_normal((n, 1))
    expected = Ridge(alpha=0.4, fit_intercept=False).fit(X, y[:, 0]).coef_
    np.testing.assert_allclose(least_squares(X, y, ridge=0.4)[:, 0], expected, rtol=1e-9)


def test_designs_without_full_rank_are_fitted_by_the_shortest_weights():
    X = rng().standard_normal((3, 12, 2)) @ rng(1).standard_normal((2, DIM))
    y = rng(2).standard_normal((3, 12, 1))
    np.testing.assert_allclose(least_squares(X, y), np.linalg.pinv(X, rtol=1e-10) @ y, atol=1e-10)
    one = LinearRegression(fit_intercept=False).fit(X[0], y[0, :, 0]).coef_
    np.testing.assert_allclose(least_squares(X[0], y[0])[:, 0], one, atol=1e-10)


def test_a_square_design_close_to_singular_is_still_right():
    u, _, vt = np.linalg.svd(rng().standard_normal((DIM, DIM)))
    X = u @ np.diag(np.geomspace(1, 1e-7, DIM)) @ vt
    weights = least_squares(X[None], (X @ TARGET[:, None])[None])[0, :, 0]
    np.testing.assert_allclose(weights, TARGET, atol=1e-8)


@pytest.mark.parametrize("ridge", [0.0, 0.5])
@pytest.mark.parametrize("n", [4, 20])
def test_time_follows_gradient_descent_with_small_steps_on_the_mean_loss(n, ridge):
    X, y = rng().standard_normal((n, DIM)), rng(1).standard_normal((n, 1))
    weights = start = SOURCE[:, None]
    steps, time = 20_000, 2.0
    for _ in range(steps):
        weights = weights - time / steps * (X.T @ (X @ weights - y) + ridge * (weights - start)) / n
    np.testing.assert_allclose(least_squares(X, y, start, ridge, time), weights, atol=2e-4)


def test_no_data_no_time_and_infinite_ridge_leave_the_start():
    for kw in ({"n": 0}, {"n": 5, "time": 0.0}, {"n": 5, "ridge": math.inf}):
        risks = risk_samples(rng(), 3, target=TARGET, initial=SOURCE, noise_std=1.0, **kw)
        np.testing.assert_allclose(risks, np.sum((TARGET - SOURCE) ** 2))


def test_a_risk_is_its_definition_on_one_explicit_data_set():
    matrix = draw_inputs(rng(3), (20, DIM)).T
    covariance = matrix @ matrix.T / 20
    shifted = np.diag(np.arange(1.0, DIM + 1))
    kw = dict(covariance=covariance, test_covariance=shifted, noise_std=0.3, ridge=0.2)
    risk = risk_samples(rng(7), 1, n=5, target=TARGET, initial=SOURCE, **kw)[0]
    same = rng(7)
    X = draw_inputs(same, (1, 5, DIM), covariance)[0]
    y = X @ TARGET + 0.3 * same.standard_normal((1, 5, 1))[0, :, 0]
    error = SOURCE + np.linalg.solve(X.T @ X + 0.2 * np.eye(DIM), X.T @ (y - X @ SOURCE)) - TARGET
    assert risk == pytest.approx(error @ shifted @ error, rel=1e-10)


def test_inputs_have_their_covariance():
    covariance = np.array([[2.0, 0.5], [0.5, 1.0]])
    X = draw_inputs(rng(), (200_000, 2), covariance)
    # Entries of a sample covariance have variance (Σ_ii Σ_jj + Σ_ij²)/N.
    spread = np.sqrt((np.outer(np.diag(covariance), np.diag(covariance)) + covariance**2) / len(X))
    assert np.all(np.abs(X.T @ X / len(X) - covariance) < Z * spread)


@pytest.mark.parametrize("n", [3, 14, 20])
@pytest.mark.parametrize("covariance", [None, np.linspace(0.5, 2, DIM)])
def test_means_match_the_classical_risk_of_least_squares(n, covariance):
    if n < DIM and covariance is not None:
        pytest.skip("no elementary formula")
    risks = risk_samples(rng(1), 20_000, n=n, target=TARGET, initial=SOURCE, noise_std=0.5, covariance=covariance)
    energy = np.sum((TARGET - SOURCE) ** 2)
    below, above = (1 - n / DIM) * energy + 0.25 * n / (DIM - n - 1), 0.25 * DIM / (n - DIM - 1)
    expected = below if n < DIM else above
    assert abs(z_score(risks, expected)) < Z


def test_outputs_add_up():
    targets = np.stack([TARGET, SOURCE, 2 * TARGET], axis=1)
    risks = risk_samples(rng(1), 20_000, n=14, target=targets, noise_std=0.5)
    assert abs(z_score(risks, 3 * 0.25 * DIM / (14 - DIM - 1))) < Z


def test_frozen_features_train_only_a_head():
    features = rng(4).standard_normal((DIM, 2))
    risks = risk_samples(rng(1), 20_000, n=9, target=TARGET, features=features, noise_std=0.5)
    basis = np.linalg.qr(features)[0]
    unexplained = np.sum((TARGET - basis @ (basis.T @ TARGET)) ** 2)
    assert abs(z_score(risks, unexplained + (0.25 + unexplained) * 2 / (9 - 2 - 1))) < Z
    head = rng(5).standard_normal(2)
    kept = risk_samples(rng(1), 2, n=9, target=TARGET, features=features, head=head, ridge=math.inf)
    np.testing.assert_allclose(kept, np.sum((features @ head - TARGET) ** 2))


def test_a_source_set_is_drawn_fitted_and_used_as_the_start():
    n_source, noise = 4, 0.3
    risks = risk_samples(rng(1), 20_000, n=0, target=TARGET, source=SOURCE, n_source=n_source, source_noise_std=noise)
    share = n_source / DIM
    s2, cross = SOURCE @ SOURCE, SOURCE @ TARGET
    expected = TARGET @ TARGET - 2 * share * cross + share * s2 + noise**2 * n_source / (DIM - n_source - 1)
    assert abs(z_score(risks, expected)) < Z


def test_a_fitted_source_can_be_the_frozen_feature():
    kw = dict(n=9, target=TARGET, features="source", noise_std=0.5)
    known = risk_samples(rng(1), 20_000, source=SOURCE, **kw)
    unexplained = TARGET @ TARGET - (SOURCE @ TARGET) ** 2 / (SOURCE @ SOURCE)
    assert abs(z_score(known, unexplained + (0.25 + unexplained) / (9 - 2))) < Z
    fitted = risk_samples(rng(1), 20_000, source=SOURCE, n_source=500, **kw)
    assert fitted.mean() == pytest.approx(known.mean(), rel=0.05)
    untrained = risk_samples(rng(1), 5, source=SOURCE, n_source=0, **kw)
    np.testing.assert_allclose(untrained, TARGET @ TARGET)


def test_source_covariance_noise_and_ridge_are_those_of_the_source_set():
    base = dict(n=0, target=TARGET, source=SOURCE, n_source=30)
    exact = risk_samples(rng(), 3, **base)
    np.testing.assert_allclose(exact, np.sum((TARGET - SOURCE) ** 2), rtol=1e-9)
    shrunk = risk_samples(rng(), 3, source_ridge=1e9, **base)
    np.testing.assert_allclose(shrunk, TARGET @ TARGET, rtol=1e-4)
    flat = np.zeros(DIM)
    flat[0] = 1
    blind = risk_samples(rng(), 3, source_covariance=flat, **base)
    np.testing.assert_allclose(blind, np.sum((TARGET - flat * SOURCE) ** 2), rtol=1e-9)


def test_pairs_share_their_data():
    learners = [{}, {"initial": SOURCE}, {"features": SOURCE[:, None]}, {"ridge": 0.5}, {"time": 1.0}]
    pair = paired_risk_samples(rng(2), 50, learners, n=5, target=TARGET, noise_std=0.3)
    assert pair.shape == (5, 50)
    for row, learner in zip(pair, learners, strict=True):
        alone = risk_samples(rng(2), 50, n=5, target=TARGET, noise_std=0.3, **learner)
        np.testing.assert_allclose(row, alone, rtol=1e-11)


def test_overrides_choose_between_zeros_and_the_source_fit():
    kw = dict(n=5, target=TARGET, source=SOURCE, n_source=6, noise_std=0.3)
    pair = paired_risk_samples(rng(2), 20, [{}, {"initial": "source"}, {"initial": None}, {"initial": SOURCE}], **kw)
    np.testing.assert_array_equal(pair[0], pair[1])
    assert np.all(pair[0] != pair[2]) and np.all(pair[2] != pair[3])


def test_the_same_seed_gives_the_same_numbers_whatever_the_memory(monkeypatch):
    kw = dict(n=5, target=TARGET, noise_std=0.3)
    first, again, other = (risk_samples(rng(seed), 40, **kw) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert not np.any(first == other)
    monkeypatch.setattr("lintransfer.simulate.end_to_end._CHUNK_BYTES", 1)
    assert risk_samples(rng(1), 40, **kw).shape == (40,)
    risks = risk_samples(rng(1), 4_000, n=14, target=TARGET, noise_std=0.5)
    assert abs(z_score(risks, 0.25 * DIM / (14 - DIM - 1))) < Z

"""Diagonal linear networks on a user's own arrays: two ways to the same weights, and their limits."""

import numpy as np
import pytest

import lintransfer as lt

RNG = np.random.default_rng(3)
X, Y, W = RNG.standard_normal((5, 12)), RNG.standard_normal(5), RNG.standard_normal(12)
MODELS = [
    lt.DiagonalLinear(0.1),
    lt.DiagonalLinear(0.5, -0.6, 0.3),
    lt.DiagonalLinear(2.0, 1.0),
    lt.DiagonalLinear(0.3, -1.0),
]


@pytest.mark.parametrize("who", [lt.FineTune, lt.Scratch])
@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_training_ends_at_the_exact_weights(who, model):
    exact, flow = (lt.fit(who(model), X, Y, source=W, method=method) for method in ("exact", "flow"))
    assert exact.shape == (12,)
    np.testing.assert_allclose(flow, exact, atol=1e-8)
    np.testing.assert_allclose(X @ exact, Y, atol=1e-12)
    np.testing.assert_array_equal(lt.fit(who(model), X, Y, source=W), exact)


def test_scratch_does_not_see_the_balance_and_fine_tuning_does():
    balanced, tilted = lt.DiagonalLinear(0.2), lt.DiagonalLinear(0.2, 0.7)
    np.testing.assert_array_equal(lt.fit(lt.Scratch(balanced), X, Y), lt.fit(lt.Scratch(tilted), X, Y))
    tuned = [lt.fit(lt.FineTune(model), X, Y, source=W) for model in (balanced, tilted)]
    assert np.abs(tuned[0] - tuned[1]).max() > 1e-3


def test_a_large_scale_is_the_linear_model_from_zero():
    for learner in (lt.Scratch(lt.DiagonalLinear(1e6)), lt.FineTune(lt.DiagonalLinear(1e6))):
        np.testing.assert_allclose(lt.fit(learner, X, Y, source=W), np.linalg.pinv(X) @ Y, atol=1e-8)


def test_a_small_scale_finds_sparse_weights():
    sparse = np.zeros(12)
    sparse[4] = 1.0
    found = lt.fit(lt.Scratch(lt.DiagonalLinear(1e-90)), X, X @ sparse)
    np.testing.assert_allclose(found, sparse, atol=1e-8)


def test_what_the_source_used_is_used_again():
    source = np.zeros(12)
    source[:3] = 1.0
    model = lt.DiagonalLinear(1e-3, head=0.0)
    tuned, fresh = (lt.fit(who(model), X, Y, source=source) for who in (lt.FineTune, lt.Scratch))
    assert np.abs(tuned[:3]).sum() > np.abs(fresh[:3]).sum()


def test_more_rows_than_weights_is_least_squares():
    many, labels = RNG.standard_normal((30, 4)), RNG.standard_normal(30)
    wanted = np.linalg.lstsq(many, labels, rcond=None)[0]
    for method in ("exact", "flow"):
        found = lt.fit(lt.FineTune(MODELS[0]), many, labels, source=W[:4], method=method)
        np.testing.assert_allclose(found, wanted, atol=1e-8)


def test_no_rows_leave_the_new_head_at_zero():
    for method in ("exact", "flow"):
        assert not lt.fit(lt.FineTune(MODELS[0]), np.zeros((0, 12)), np.zeros(0), source=W, method=method).any()


def test_refusals():
    with pytest.raises(lt.MissingMethodError, match="one output"):
        lt.fit(lt.Scratch(MODELS[0]), X, np.stack([Y, Y], axis=1))
    with pytest.raises(lt.DomainError, match="source"):
        lt.fit(lt.FineTune(MODELS[0]), X, Y)
    for make, named in (
        (lambda: lt.DiagonalLinear(0.0), "scale"),
        (lambda: lt.DiagonalLinear(1.0, 1.1), "balance"),
        (lambda: lt.DiagonalLinear(1.0, head=-0.1), "head"),
        (lambda: lt.DiagonalLinear(1.0, -1, 0), "head"),
        (lambda: lt.Scratch(lt.DiagonalLinear(1.0), ridge=1.0), "ridge"),
        (lambda: lt.FineTune(lt.DiagonalLinear(1.0), time=1.0), "time"),
    ):
        with pytest.raises(lt.DomainError, match=named):
            make()

"""What pretraining leaves: against training weight by weight, in every convention."""

import numpy as np
import pytest
from helpers.every_arithmetic import assert_same_everywhere

from lintransfer.errors import DomainError
from lintransfer.simulate.diagonal_linear.flow import before_pretraining, new_head, pretrain
from lintransfer.theory.diagonal_linear import pretraining as theory

WORLD = {"predictor": 0.7, "scale": 0.4, "balance": 0.3}


@pytest.mark.parametrize(
    ("formula", "arguments"),
    [
        (theory.first_layer_energy, WORLD),
        (theory.summed_first_layer, WORLD),
        (theory.fine_tuning_scale, WORLD | {"head": 0.2}),
        (theory.fine_tuning_scale, WORLD),
    ],
)
def test_every_arithmetic(formula, arguments):
    assert_same_everywhere(formula, **arguments)


@pytest.mark.parametrize("balance", [-1.0, -0.4, 0.0, 0.7, 1.0])
def test_the_scale_is_that_of_trained_networks(balance):
    target, scale, head = np.array([1.3, 0.0, -0.6]), 0.3, 0.2
    trained = pretrain(target, before_pretraining(scale, balance, 3))
    layers = theory.pretrained_layers(target, scale, balance)
    for found, wanted in zip(layers, trained, strict=True):
        np.testing.assert_allclose(found, wanted, atol=1e-7)
    for convention in theory.CONVENTIONS:
        now = new_head(trained, head, convention)
        found = theory.fine_tuning_scale(target, scale, balance, head, convention)
        np.testing.assert_allclose(found, 2 * (now.first_plus**2 + now.head_plus**2), atol=1e-6)


def test_conventions_differ_by_a_factor_of_the_first_layer_alone():
    summed, mean = (theory.fine_tuning_scale(0.7, 0.4, 0.3, 0.2, way) - 2 * 0.2**2 for way in ("sum", "mean"))
    assert summed == pytest.approx(4 * mean, rel=1e-14)


def test_an_unknown_convention_is_refused():
    with pytest.raises(DomainError, match="convention"):
        theory.fine_tuning_scale(0.7, 0.4, convention="product")


def test_a_start_without_a_first_layer_gets_one_from_its_head():
    layers = theory.pretrained_layers(np.array([0.8]), 0.5, -1.0)
    assert layers.first_plus[0] == pytest.approx(-layers.first_minus[0])
    assert theory.fine_tuning_scale(0.8, 0.5, -1.0, 0.3) == pytest.approx(2 * 0.3**2)

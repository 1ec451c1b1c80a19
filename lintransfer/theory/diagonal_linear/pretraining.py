r"""What pretraining a diagonal linear network leaves to fine-tuning: a scale per coordinate that grows with |β_PT|.

Pretraining starts at w_± = √(a(1+λ)/2), v_± = √(a(1−λ)/2) and interpolates with β_PT. Fine-tuning keeps the first
layer, under a new head v_± = g. It starts from β = 0 if the two pairs are given the same first layer w_d; how w_d is made
of w_+ and w_− is the convention ("sum": w_+ + w_−; "mean": half of it; "norm": √(w_+²+w_−²)).
"""

from __future__ import annotations

from typing import Any, NamedTuple

from lintransfer.arithmetic import asinh, exp, sqrt
from lintransfer.errors import refuse

CONVENTIONS = ("sum", "mean", "norm")


class DiagonalLayers(NamedTuple):
    """Weights of a diagonal network, each (d,): first layer w_±, head v_±."""

    first_plus: Any
    first_minus: Any
    head_plus: Any
    head_minus: Any


def starting_layers(scale: Any, balance: Any = 0.0) -> tuple[Any, Any]:
    """First layer √(a(1+λ)/2) and head √(a(1−λ)/2) before pretraining.

    scale: a > 0.  balance: −1 ≤ λ ≤ 1; from −1 the first layer is zero, from 1 the head.

    >>> starting_layers(2.0, 1.0)
    (np.float64(1.4142135623730951), np.float64(0.0))
    """
    return sqrt(scale * (1 + balance) / 2), sqrt(scale * (1 - balance) / 2)


def pretrained_layers(predictor: Any, scale: Any, balance: Any = 0.0) -> DiagonalLayers:
    r"""The network at the end of pretraining: w_± = w_0 cosh θ ± v_0 sinh θ, v_± = v_0 cosh θ ± w_0 sinh θ, 2θ = asinh(β/a).

    predictor: β_PT (d,).  scale: a > 0.  balance: λ. For λ < 0 a first layer may change its sign. Exact.

    >>> layers = pretrained_layers(3.0, 4.0)
    >>> print(f"{layers.head_plus * layers.first_plus - layers.head_minus * layers.first_minus:.12f}")
    3.000000000000
    """
    first, head = starting_layers(scale, balance)
    growth = exp(asinh(predictor / scale) / 2)
    even, odd = (growth + 1 / growth) / 2, (growth - 1 / growth) / 2
    return DiagonalLayers(
        first * even + head * odd, first * even - head * odd, head * even + first * odd, head * even - first * odd
    )


def first_layer_energy(predictor: Any, scale: Any, balance: Any = 0.0) -> Any:
    """w_+² + w_−² after pretraining: a(λ + √(1 + (β/a)²)).

    predictor: β_PT.  scale: a > 0.  balance: λ.

    >>> print(first_layer_energy(3.0, 4.0))
    5.0
    """
    ratio = predictor / scale
    return scale * (balance + sqrt(1 + ratio * ratio))


def summed_first_layer(predictor: Any, scale: Any, balance: Any = 0.0) -> Any:
    """(w_+ + w_−)² after pretraining: a(1 + λ)(1 + √(1 + (β/a)²)).

    predictor: β_PT.  scale: a > 0.  balance: λ.

    >>> print(summed_first_layer(3.0, 4.0))
    9.0
    """
    ratio = predictor / scale
    return scale * (1 + balance) * (1 + sqrt(1 + ratio * ratio))


def fine_tuning_scale(predictor: Any, scale: Any, balance: Any = 0.0, head: Any = None, convention: str = "sum") -> Any:
    r"""√k_d with which fine-tuning starts, a coordinate that pretraining used being easier to use again.

    .. math:: \sqrt{k_d} = 2\left[a(1+\lambda)\left(1+\sqrt{1+(\beta_d/a)^2}\right) + g^2\right]

    predictor: β_PT (d,).  scale: a > 0.  balance: λ.  head: g ≥ 0 (None: as before pretraining, g² = a(1−λ)/2).
    convention: what both pairs get for w_d: "sum", w_+ + w_−, as in the formula; "mean", half of it, a quarter of the
    first term; "norm", √(w_+²+w_−²), the first term `first_layer_energy`. Exact.

    >>> print(fine_tuning_scale(3.0, 4.0, 0.0, 0.0), fine_tuning_scale(3.0, 4.0, 0.0, 0.0, "mean"))
    18.0 4.5
    """
    if convention not in CONVENTIONS:
        refuse("convention", '"sum", "mean" or "norm"', convention)
    square = scale * (1 - balance) / 2 if head is None else head * head
    if convention == "norm":
        return 2 * (first_layer_energy(predictor, scale, balance) + square)
    energy = summed_first_layer(predictor, scale, balance)
    return 2 * ((energy if convention == "sum" else energy / 4) + square)

r"""Four regimes of fine-tuning diagonal networks: whether it selects features (l) and whether it reuses them (PD).

The cost of a weight is locally a power of it, q ∝ |β|^l · |β_PT|^{PD}: l = 1 is sparse (rich), l = 2 is ridge-like (lazy);
PD = −1 makes what pretraining used cheap to use again, PD = 0 is blind to it.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.arithmetic import absolute, asinh, sqrt
from lintransfer.theory.diagonal_linear.pretraining import fine_tuning_scale

REGIMES = {
    "rich": (1.0, 0.0),
    "rich with reuse": (1.5, -0.5),
    "lazy with reuse": (2.0, -1.0),
    "lazy": (2.0, 0.0),
}


def cost_order(weight: Any, root_k: Any) -> Any:
    r"""The l-order of the cost, dlog q_k/dlog|β| ∈ [1, 2]: 2 for |β| ≪ √k (lazy), 1 for |β| ≫ √k (rich).

    .. math:: l = \frac{u \operatorname{asinh}u}{u\operatorname{asinh}u - u^2/(1+\sqrt{1+u^2})}, \quad u = 2|\beta|/\sqrt k

    weight: β ≠ 0.  root_k: √k > 0. Approached logarithmically at the rich end: l − 1 ≈ 1/(ln 2u − 1).

    >>> print(f"{cost_order(1e-6, 1.0):.6f} {cost_order(1.0, 1.0):.6f} {cost_order(1e9, 1.0):.6f}")
    2.000000 1.748586 1.047372
    """
    u = 2 * absolute(weight) / root_k
    grown = asinh(u)
    return grown / (grown - u / (1 + sqrt(1 + u * u)))


def scale_sensitivity(predictor: Any, scale: Any, balance: Any = 0.0, head: Any = None) -> Any:
    r"""dlog √k/dlog|β_PT| ∈ [0, 1] of `fine_tuning_scale` (convention "sum").

    .. math:: \frac{2a(1+\lambda)\,s^2/\sqrt{1+s^2}}{\sqrt k}, \quad s = \beta_{PT}/a

    predictor: β_PT.  scale: a > 0.  balance: λ.  head: g (None: as before pretraining).

    >>> print(f"{scale_sensitivity(1.0, 1e-9, 1.0):.6f} {scale_sensitivity(1.0, 1e9):.6f}")
    1.000000 0.000000
    """
    ratio = predictor / scale
    square = ratio * ratio
    moved = 2 * scale * (1 + balance) * square / sqrt(1 + square)
    return moved / fine_tuning_scale(predictor, scale, balance, head)


def pretraining_dependence(weight: Any, predictor: Any, scale: Any, balance: Any = 0.0, head: Any = None) -> Any:
    r"""PD = dlog q/dlog|β_PT| = (1 − l)·dlog √k/dlog|β_PT| ∈ [−1, 0]: how much cheaper a coordinate is that was used.

    weight: β ≠ 0 in fine-tuning.  predictor: β_PT.  Others as in `scale_sensitivity`.

    >>> print(f"{pretraining_dependence(1e-6, 1.0, 1e-9, 1.0):.6f} {pretraining_dependence(1.0, 1.0, 1e9):.6f}")
    -1.000000 -0.000000
    """
    root = fine_tuning_scale(predictor, scale, balance, head)
    return (1 - cost_order(weight, root)) * scale_sensitivity(predictor, scale, balance, head)


def regime(order: Any, dependence: Any) -> Any:
    """The name of the regime: the nearest of the places (l, PD) in `REGIMES`, NumPy only.

    order: l.  dependence: PD. All pairs lie in the triangle of (1, 0), (2, 0) and (2, −1); "rich with reuse" has no limit of
    its own and stands for the middle of the edge between "rich" and "lazy with reuse".

    >>> print(regime(1.1, -0.05), regime([2.0, 1.6], [-0.9, -0.5]))
    rich ['lazy with reuse' 'rich with reuse']
    """
    order, dependence = np.broadcast_arrays(order, dependence)
    names, places = np.array(list(REGIMES)), np.array(list(REGIMES.values()))
    far = np.hypot(order[..., None] - places[:, 0], dependence[..., None] - places[:, 1])
    return names[np.argmin(far, axis=-1)]


def two_heads_cost(first: Any, second: Any) -> Any:
    r"""Least Σ of squared parameters of one coordinate with shared features under two heads: 2√(b_1² + b_2²).

    first: b_1.  second: b_2, of the two tasks. Summed over coordinates it is the group lasso that weight decay → 0⁺ selects
    by; not in general what gradient flow from a small start minimises.

    >>> print(two_heads_cost(3.0, 4.0))
    10.0
    """
    return 2 * sqrt(first * first + second * second)

r"""How long to probe: the head alone for a time, and what the features then have to move.

Probing from zero, v(τ) = (I − e^{−Gτ})G⁺Z_0ᵀy with G = Z_0ᵀZ_0, Z_0 = XBᵀ. Formulas take the singular values of Z_0 and the
coefficients of y along its left singular vectors; vectors carry the modes on the last axis. Times are those of gradient
flow on the mean loss (1/2n)‖y − Z_0v‖², so that G is divided by n.
"""

from __future__ import annotations

import math
from typing import Any

from lintransfer.arithmetic import exp, expm1, log1p, ratio_where, sqrt, total, where
from lintransfer.theory.two_layer_linear.strategy_map import best_and_probed_head, one_feature_risk


def _probed(time: Any, n: Any, singular_values: Any, start: Any, coefficients: Any) -> tuple[Any, Any]:
    """Head and residual along the modes: v_0 + (1−e^{−s²T/n})(c/s − v_0) and (c − sv_0)e^{−s²T/n}."""
    alive = singular_values > 0
    safe = where(alive, singular_values, 1)
    rate = safe * safe * time / n
    miss = coefficients - singular_values * start
    head = start + where(alive, -expm1(-rate) * miss / safe, 0)
    return head, where(alive, miss * exp(-rate), coefficients)


def probed_distance(time: Any, n: Any, singular_values: Any, start: Any, coefficients: Any, unexplained: Any) -> Any:
    r"""How far the first layer, trained alone after probing for a time, moves the features: ‖y − Z_0v(T)‖/‖v(T)‖.

    .. math:: \|Z_\infty - Z_0\|_F = \frac{\sqrt{\|(I-P_Z)y\|^2 + \sum_i (c_i - s_iv_{0i})^2e^{-2s_i^2T/n}}}
        {\sqrt{\sum_i \left(v_{0i} + (1-e^{-s_i^2T/n})(c_i/s_i - v_{0i})\right)^2}}

    time: T ≥ 0 of probing, mean loss (inf: to rest).  n: samples.  singular_values: s of Z_0 = XBᵀ (k,), s_i > 0.
    start: v_0 in the right singular basis (k,).  coefficients: c = Uᵀy (k,).  unexplained: ‖(I − P_Z)y‖².
    Strictly decreasing in T from a zero head, from inf to ‖(I−P_Z)y‖/‖Z_0⁺y‖. X of full row rank. Exact.

    >>> import numpy as np
    >>> s, zero, c = np.array([2.0, 1.0]), np.zeros(2), np.array([2.0, 2.0])
    >>> [float(np.round(probed_distance(t, 4, s, zero, c, 1.0), 6)) for t in (0.0, 4.0, 1e9)]
    [inf, 0.775975, 0.447214]
    """
    head, miss = _probed(time, n, singular_values, start, coefficients)
    square = total(head * head)
    return sqrt(ratio_where(square > 0, total(miss * miss) + unexplained, square, math.inf))


def probed_increment(time: Any, n: Any, singular_values: Any, start: Any, coefficients: Any) -> Any:
    r"""What probing for a time and then training the first layer alone adds to ⟨Z, Z_0⟩: e·f/‖v(T)‖² with f = Z_0v(T).

    Arguments as in `probed_distance`. From a zero head it runs from ∞ to 0; monotone for equal singular values, not in
    general. Exact.

    >>> import numpy as np
    >>> s, zero, c = np.array([2.0, 1.0]), np.zeros(2), np.array([2.0, 2.0])
    >>> [float(np.round(probed_increment(t, 4, s, zero, c), 6)) for t in (0.0, 4.0, 1e9)]
    [inf, 0.391137, 0.0]
    """
    head, miss = _probed(time, n, singular_values, start, coefficients)
    square = total(head * head)
    return ratio_where(square > 0, total(miss * singular_values * head), square, math.inf)


def optimal_probing_time(
    gamma: Any, feature_norm: Any, overlap: Any, target_norm: Any = 1.0, noise_variance: Any = 0.0
) -> Any:
    r"""How long to probe one feature from zero before full fine-tuning: a²T* = −ln(1 − v_0*/h), h = tc/a.

    gamma: γ = n/d < 1.  feature_norm: a > 0.  overlap: c > 0.  target_norm: t.  noise_variance: σ².
    T* on the mean loss; na²τ* on ½‖·‖² is the same number. 0: do not probe at all; inf (γ = 0): to rest. v_0* is
    `lintransfer.theory.two_layer_linear.strategy_map.rich_head`. nan where that is. Asymptotic, d → ∞ at fixed γ.

    >>> print(f"{optimal_probing_time(0.1, 1.0, 0.8):.6f}", float(optimal_probing_time(0.9, 1.0, 0.5)))
    3.102075 0.0
    """
    known, best, probed = best_and_probed_head(gamma, feature_norm, overlap, target_norm, noise_variance)
    share = best / probed
    short = share < 1
    square = where(known, feature_norm * feature_norm, 1)
    time = where(short, -log1p(-where(short, share, 0)) / square, math.inf)
    return where(known, time, math.nan)


def probed_one_feature_risk(
    time: Any, gamma: Any, feature_norm: Any, overlap: Any, target_norm: Any = 1.0, noise_variance: Any = 0.0
) -> Any:
    r"""Risk of probing one feature from zero for a time and then training both layers to rest, d → ∞ at γ = n/d < 1.

    .. math:: v_0(T) = \frac{tc}a\left(1 - e^{-a^2T}\right)

    time: T ≥ 0 on the mean loss (inf: LP-FT).  Others as in
    `lintransfer.theory.two_layer_linear.strategy_map.one_feature_risk`. Has an interior minimum at
    `optimal_probing_time`. Asymptotic.

    >>> [f"{probed_one_feature_risk(t, 0.1, 1.0, 0.8):.6f}" for t in (0.0, 3.0, 99.0)]
    ['0.394678', '0.324008', '0.324713']
    """
    head = -target_norm * overlap / feature_norm * expm1(-feature_norm * feature_norm * time)
    return one_feature_risk(gamma, feature_norm, head, overlap, target_norm, noise_variance)

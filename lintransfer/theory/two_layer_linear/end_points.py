r"""Where gradient flow of a two-layer linear network f(x) = vᵀBx ends, and how it gets there.

Flow on ½‖XBᵀv − y‖². P projects on the rows of X, Q = I − P, m = X⁺y, w = Bᵀv. QB never moves and vvᵀ − BBᵀ is conserved
(layers that learn at rates η: vvᵀ/η_v − BBᵀ/η_B), hence, within the rows of X, C_S = vvᵀ − BPBᵀ too. Formulas take the
numbers that matter: `seen_energy` = ‖Pb_0‖², `kept_energy` = ‖Qb_0‖², `fit_energy` = ‖m‖², `head` = v_0.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from lintransfer.arithmetic import array_namespace, exp, expm1, ratio_where, sqrt, total, where
from lintransfer.theory.deep_linear.unbalanced_chains import two_layer_head
from lintransfer.theory.linear.conditional import factors, floating, spectral_fit
from lintransfer.validation import is_traced

_MOST_STRIDES = 256


class NetworkEnd(NamedTuple):
    """A trained network: features B (k, d), head v (k,), end-to-end weights w = Bᵀv (d,); nan where the theory is silent."""

    features: Any
    head: Any
    weights: Any


class OneSampleState(NamedTuple):
    """A network with one sample. growth: g = e^{2φ}.  head: v (k,).  seen: the column ζ = Bx/‖x‖ (k,)."""

    growth: Any
    head: Any
    seen: Any


def two_layer_balance(features: Any, head: Any, feature_rate: Any = 1, head_rate: Any = 1) -> Any:
    r"""vvᵀ/η_v − BBᵀ/η_B, (k, k): conserved by the flow.

    features: B (k, d).  head: v (k,).  feature_rate, head_rate: learning rates η_B and η_v of the layers.
    Identity, exact. Equal rates: `lintransfer.theory.deep_linear`, layer-balance.

    >>> import numpy as np
    >>> two_layer_balance(np.array([[1.0, 2.0]]), np.array([3.0])).tolist()
    [[4.0]]
    """
    return head[:, None] * head[None, :] / head_rate - features @ features.T / feature_rate


def balance_drift(feature_gradient: Any, head_gradient: Any, step: Any) -> Any:
    r"""What one step of gradient descent adds to vvᵀ − BBᵀ: step²(g_v g_vᵀ − g_B g_Bᵀ), (k, k).

    feature_gradient: g_B (k, d).  head_gradient: g_v (k,).  step: of both layers. The terms of first order cancel.
    Identity, exact.

    >>> import numpy as np
    >>> balance_drift(np.array([[1.0, 2.0]]), np.array([3.0]), 0.5).tolist()
    [[1.0]]
    """
    return step * step * two_layer_balance(feature_gradient, head_gradient)


def one_feature_head(head: Any, seen_energy: Any, fit_energy: Any) -> Any:
    r"""|v_∞| of a network with one feature: v_∞² = [C + √(C² + 4‖m‖²)]/2, C = v_0² − ‖Pb_0‖².

    head: v_0.  seen_energy: ‖Pb_0‖².  fit_energy: ‖m‖². Any design X, zero loss (or least squares) reached.
    Exact. Its sign: `signed_one_feature_head`.

    >>> print(f"{one_feature_head(1.0, 1.0, 4.0):.6f}")
    1.414214
    """
    # 0, a saddle where nothing moves, if C ≤ 0 and nothing is to be fitted.
    return sqrt(two_layer_head(seen_energy - head * head, 0 * seen_energy, fit_energy))


def signed_one_feature_head(head: Any, seen_energy: Any, fit_energy: Any) -> Any:
    """v_∞ with the sign of v_0, which it keeps where v_0² ≥ ‖Pb_0‖² and v_0 ≠ 0: nan elsewhere, where it must be integrated.

    Arguments as in `one_feature_head`. Exact; v_0² = ‖Pb_0‖² with one sample of the wrong sign is the one start that stalls
    at the origin instead.

    >>> print(f"{signed_one_feature_head(-1.0, 0.5, 4.0):.6f}", signed_one_feature_head(0.5, 1.0, 4.0))
    -1.505179 nan
    """
    size = one_feature_head(head, seen_energy, fit_energy)
    known = (head * head >= seen_energy) & (head != 0)
    return where(known, where(head > 0, size, -size), math.nan)


def one_feature_end(X: Any, y: Any, features: Any, head: Any, sign: Any = None) -> NetworkEnd:
    r"""End of both layers with one feature: w_∞ = m + v_∞Qb_0, b_∞ = Qb_0 + m/v_∞.

    X: (n, d).  y: (n,).  features: b_0 as (1, d).  head: v_0 as (1,).  sign: of v_∞, ±1, if it is known from elsewhere
    (for one sample: of y b_0·x); by default that of v_0 where it is certain (see `signed_one_feature_head`), else nan.
    Any design; NumPy and JAX. Exact.

    >>> import numpy as np
    >>> end = one_feature_end(np.array([[1.0, 0.0]]), np.array([2.0]), np.array([[0.0, 3.0]]), np.array([2.0]))
    >>> print(np.round(end.weights, 6), np.round(end.head, 6))
    [2.       6.592105] [2.197368]
    """
    xp = array_namespace(X, y, features, head)
    X, y, features, head = (floating(xp, value) for value in (X, y, features, head))
    feature, start = features[0], head[0]
    starts = xp.stack([0 * feature, feature], axis=1)
    ends = spectral_fit(X, xp.stack([y, 0 * y], axis=1), starts)  # of one decomposition
    fit, kept = ends[:, 0], ends[:, 1]
    seen = feature - kept
    numbers = start, total(seen * seen), total(fit * fit)
    end = signed_one_feature_head(*numbers) if sign is None else sign * one_feature_head(*numbers)
    return NetworkEnd((kept + fit / end)[None], xp.reshape(end, (1,)), fit + end * kept)


def first_layer_end(X: Any, y: Any, features: Any, head: Any, time: Any = math.inf) -> NetworkEnd:
    r"""The first layer alone: w = w_0 + X⁺(1 − e^{−‖v‖²XXᵀτ})e_0 and B = B_0 + v(w − w_0)ᵀ/‖v‖².

    X: (n, d).  y: (n,).  features: B_0 (k, d).  head: v ≠ 0 (k,).  time: gradient-flow time on the mean loss
    (1/2n)‖y − XBᵀv‖² (τ = time/n).  Any design and k; NumPy and JAX. Exact.

    >>> import numpy as np
    >>> end = first_layer_end(np.array([[1.0, 0.0]]), np.array([2.0]), np.array([[0.0, 3.0]]), np.array([2.0]))
    >>> end.weights.tolist(), end.features.tolist()
    ([2.0, 6.0], [[1.0, 3.0]])
    """
    xp = array_namespace(X, y, features, head)
    X, y, features, head = (floating(xp, value) for value in (X, y, features, head))
    square = total(head * head)
    start = head @ features
    weights = spectral_fit(X, y, start, 0.0, time * square)
    return NetworkEnd(features + head[:, None] * (weights - start)[None] / square, head, weights)


def probed_head_end(X: Any, y: Any, features: Any, head: Any, time: Any = math.inf) -> NetworkEnd:
    r"""The head alone: v = v_0 + (I − e^{−Gτ})G⁺Zᵀ(y − Zv_0), Z = XBᵀ, G = ZᵀZ.

    X: (n, d).  y: (n,).  features: B (k, d).  head: v_0 (k,).  time: on the mean loss (τ = time/n).  Exact.

    >>> import numpy as np
    >>> probed_head_end(np.array([[1.0, 0.0]]), np.array([2.0]), np.array([[4.0, 3.0]]), np.array([0.0])).head.tolist()
    [0.5]
    """
    xp = array_namespace(X, y, features, head)
    X, y, features, head = (floating(xp, value) for value in (X, y, features, head))
    trained = spectral_fit(X @ features.T, y, head, 0.0, time)
    return NetworkEnd(features, trained, trained @ features)


def probe_then_first_layer_end(X: Any, y: Any, features: Any, head: Any, time: Any = math.inf) -> NetworkEnd:
    """The head alone for `time` (on the mean loss), then the first layer alone to rest; arguments as in `first_layer_end`.

    Any k, one linear solve each. Exact.
    """
    probed = probed_head_end(X, y, features, head, time)
    return first_layer_end(X, y, features, probed.head)


def perfect_features_risk(scale: Any, head: Any, seen_energy: Any, kept_energy: Any) -> Any:
    r"""What full fine-tuning destroys of perfect features: (t − v_∞)²‖Qb_0‖² for the target θ_T = t b_0, no noise.

    .. math:: v_\infty^2 = \frac{C + \sqrt{C^2 + 4t^2\|Pb_0\|^2}}2, \qquad C = v_0^2 - \|Pb_0\|^2

    scale: t, signed.  head: v_0.  seen_energy, kept_energy: ‖Pb_0‖², ‖Qb_0‖². nan where the sign of v_∞ is not that of v_0
    for certain (C < 0 or v_0 = 0). Probing: 0; the first layer alone: (t − v_0)²‖Qb_0‖². Given X, k = 1. Exact.

    >>> print(f"{perfect_features_risk(2.0, 1.0, 0.5, 0.5):.6f}")
    0.246041
    """
    end = signed_one_feature_head(head, seen_energy, scale * scale * seen_energy)
    return (scale - end) ** 2 * kept_energy


def input_shift_risk(head: Any, seen_energy: Any, kept_energy: Any, fit_energy: Any) -> Any:
    r"""What full fine-tuning loses to the first layer alone under an input shift: (v_∞ − v_0)²‖Qb_0‖².

    θ_T − θ_S lies in the rows of X, no noise: the first layer alone learns it exactly.

    head: v_0.  seen_energy, kept_energy: ‖Pb_0‖², ‖Qb_0‖².  fit_energy: ‖m‖² = ‖Pθ_T‖². 0 iff ‖m‖ = |v_0|‖Pb_0‖ (an
    orthogonal shift inside the rows). nan where the sign of v_∞ is open. Given X, k = 1. Exact.

    >>> print(f"{input_shift_risk(1.0, 0.5, 0.5, 2.0):.6f}", float(input_shift_risk(1.0, 0.5, 0.5, 0.5)))
    0.044556 0.0
    """
    return (signed_one_feature_head(head, seen_energy, fit_energy) - head) ** 2 * kept_energy


def energy_shell(head: Any, start: Any, seen: Any) -> Any:
    r"""‖m‖² as the end of full fine-tuning tells it: ‖v‖⁴ − vᵀC_S v, C_S = v_0v_0ᵀ − B_0PB_0ᵀ.

    head: v at the end (k,).  start: v_0 (k,).  seen: the columns of B_0 within the rows of X, in any orthonormal basis of
    them, (k, r). Necessary at any interpolating end; for k = 1 it determines |v|. Any n, k. Exact.

    >>> import numpy as np
    >>> float(energy_shell(np.array([2.0]), np.array([1.0]), np.array([[1.0]])))
    16.0
    """
    square, along, across = total(head * head), total(head * start), head @ seen
    return square * square - along * along + total(across * across)


def _sample_energies(head: Any, seen: Any) -> tuple[Any, Any]:
    return total((head + seen) ** 2), total((head - seen) ** 2)


def one_sample_growth(label: Any, input_norm: Any, plus_energy: Any, minus_energy: Any) -> Any:
    r"""g = e^{2φ} at the end of training on one sample: where ‖p‖²g − ‖q‖²/g = 4y/‖x‖.

    .. math:: g_+ = \frac{2y/\|x\| + \sqrt{4y^2/\|x\|^2 + \|p\|^2\|q\|^2}}{\|p\|^2}

    label: y.  input_norm: ‖x‖ > 0.  plus_energy, minus_energy: ‖p‖², ‖q‖² with p, q = v_0 ± B_0x/‖x‖, any k.
    p = 0 and y ≥ 0: inf (y > 0), q = 0 and y ≤ 0: 0; there the flow ends at the origin. Exact.

    >>> float(one_sample_growth(3.0, 2.0, 1.0, 16.0))
    8.0
    """
    half = 2 * label / input_norm
    root = sqrt(half * half + plus_energy * minus_energy)
    up = half > 0
    # Twice the same number; each loses digits where the other does not. Both 0/0 at y = 0, p = q = 0: nothing is there.
    rising = ratio_where(up & (plus_energy > 0), half + root, plus_energy, math.inf)
    level = ratio_where(plus_energy > 0, root, plus_energy, math.inf)
    falling = ratio_where(root - half > 0, minus_energy, root - half, level)
    return where(up, rising, falling)


def one_sample_growth_at(time: Any, label: Any, input_norm: Any, plus_energy: Any, minus_energy: Any) -> Any:
    r"""g(τ) = e^{2φ(τ)} on the way, from g(0) = 1: the Riccati equation g' = −½‖x‖²‖p‖²(g − g_+)(g − g_−).

    .. math:: g = \frac{g_+ + \|q\|^2(1-g_+)E/D}{1 - \|p\|^2 g_+(1-g_+)E/D}, \quad
        D = \|p\|^2g_+ + \|q\|^2,\ E = e^{-\|x\|^2\tau\sqrt{4y^2/\|x\|^2 + \|p\|^2\|q\|^2}}

    time: τ on ½(y − f)², which for one sample is the mean loss.  Others as in `one_sample_growth`. p = 0 and y ≥ 0, and
    q = 0 and y ≤ 0: nan here (the flow ends at the origin). Exact.

    >>> print(f"{one_sample_growth_at(0.0, 3.0, 2.0, 1.0, 16.0):.3f} {one_sample_growth_at(9.0, 3.0, 2.0, 1.0, 16.0):.3f}")
    1.000 8.000
    """
    top = one_sample_growth(label, input_norm, plus_energy, minus_energy)
    known = (top > 0) & (top < math.inf)
    end = where(known, top, 1)
    half = 2 * label / input_norm
    rate = input_norm * input_norm * sqrt(half * half + plus_energy * minus_energy)
    total_energy = where(known, plus_energy * end + minus_energy, 1)
    fade = (1 - end) * exp(-rate * time) / total_energy
    return where(known, (end + minus_energy * fade) / (1 - plus_energy * end * fade), math.nan)


def one_sample_state(label: Any, input_norm: Any, head: Any, seen: Any, time: Any = None) -> OneSampleState:
    r"""Head and seen column on the way, any k: v = (pe^φ + qe^{−φ})/2, ζ = (pe^φ − qe^{−φ})/2.

    label: y.  input_norm: ‖x‖.  head: v_0 (k,).  seen: ζ_0 = B_0x/‖x‖ (k,).  time: τ, to rest if None. B moves by
    (ζ − ζ_0)xᵀ/‖x‖. The origin where p = 0 ≤ y or q = 0 ≥ y (to rest only).

    >>> import numpy as np
    >>> state = one_sample_state(2.0, 1.0, np.array([1.0, 0.0]), np.array([0.0, 1.0]))
    >>> float(np.round(state.head @ state.seen, 12))
    2.0
    """
    plus, minus = head + seen, head - seen
    energies = _sample_energies(head, seen)
    at_rest = time is None
    growth = (
        one_sample_growth(label, input_norm, *energies)
        if at_rest
        else one_sample_growth_at(time, label, input_norm, *energies)
    )
    grown = sqrt(where((growth < math.inf) & (growth > 0), growth, 1))
    lost = (growth == math.inf) | (growth == 0)
    up = where(lost, 0, where(growth == growth, grown, math.nan))
    down = where(lost, 0, 1 / where(growth == growth, grown, math.nan))
    return OneSampleState(growth, (plus * up + minus * down) / 2, (plus * up - minus * down) / 2)


def lambda_balanced_products(time: Any, first: Any, second: Any, input_output: Any, imbalance: Any) -> Any:
    r"""QmQmᵀ at a time τ for a λ-balanced two-layer network with several outputs, Qm = [W_1ᵀ; W_2] ((d + m) × k).

    .. math:: QQ^T(\tau) = e^{F\tau}Q_0\left[I + Q_0^T\left(\int_0^\tau e^{2Fs}ds\right)Q_0\right]^{-1}Q_0^Te^{F\tau},
        \qquad F = \begin{pmatrix} -\frac\lambda2 I & \Sigma_{yx}^T \\ \Sigma_{yx} & \frac\lambda2 I \end{pmatrix}

    time: τ ≥ 0 of the flow on ½‖Y − XW_1ᵀW_2ᵀ‖².  first: W_1 (k, d).  second: W_2 (m, k).  input_output: Σ_yx = YᵀX
    (m, d).  imbalance: λ with W_2ᵀW_2 − W_1W_1ᵀ = λI at the start. White inputs, XᵀX = I (n ≥ d); for n < d with XXᵀ = I
    give BXᵀ for W_1 and Yᵀ for Σ_yx, balanced in the rows of X.
    Returns ((d + m), (d + m)): the blocks W_1ᵀW_1, (W_2W_1)ᵀ, W_2W_1, W_2W_2ᵀ. No inverse of F is needed. NumPy and JAX,
    one F; Exact. Braun et al. (2022), Dominé et al. (2025).

    >>> import numpy as np
    >>> end = lambda_balanced_products(50.0, np.array([[1.0]]), np.array([[1.0]]), np.array([[2.0]]), 0.0)
    >>> np.round(end, 9).tolist()
    [[2.0, 2.0], [2.0, 2.0]]
    """
    xp = array_namespace(time, first, second, input_output, imbalance)
    time, first, second, input_output, imbalance = (
        floating(xp, value) for value in (time, first, second, input_output, imbalance)
    )
    start = xp.concatenate([first.T, second])
    outputs, inputs = input_output.shape
    side = imbalance / 2
    flow = xp.concatenate([
        xp.concatenate([-side * xp.eye(inputs), input_output.T], axis=1),
        xp.concatenate([input_output, side * xp.eye(outputs)], axis=1),
    ])  # fmt: skip
    rates, basis = xp.linalg.eigh(flow)
    # In one stride the inverse would lose what grows slowly beside what grows fast.
    strides = _MOST_STRIDES if is_traced(time, rates) else _strides(float(rates.max()) * float(time))
    stride = time / strides
    grown = exp(rates * stride)[:, None]
    still = xp.abs(rates) * stride < 1e-12
    safe = xp.where(still, 1.0, rates)
    passed = xp.where(still, stride, expm1(2 * safe * stride) / (2 * safe))[:, None]
    state = basis.T @ start
    for _ in range(strides):
        root = xp.linalg.cholesky(xp.eye(start.shape[1]) + state.T @ (passed * state))
        state = grown * xp.linalg.solve(root, state.T).T
    return basis @ state @ state.T @ basis.T


def _strides(growth: float) -> int:
    return max(1, min(_MOST_STRIDES, math.ceil(growth / 4)))


def seen_columns(X: Any, features: Any) -> Any:
    """The columns of B within the rows of X, in an orthonormal basis of them: (k, r).

    X: (n, d).  features: B (k, d).
    """
    xp = array_namespace(X, features)
    X, features = floating(xp, X), floating(xp, features)
    _, values, right = factors(xp, X)
    return features @ xp.where(values[:, None] > 0, right, 0.0).T

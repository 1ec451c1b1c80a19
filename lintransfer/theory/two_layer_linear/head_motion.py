r"""What the head does to the features: how the energy y − f_0 that it leaves moves Z = XBᵀ.

Ren, Guo, Bae & Sutherland (2023): the features move by backbone kernel × head direction × energy. Three quantities go by
the name of energy: the average initial energy mean_i‖e_{y_i} − p_i‖ of a classifier (for the squared loss the RMS
‖e_0‖/√N), the residual energy ‖e_0‖² = ‖y − f_0‖², and the signed relative energy E of y − f_0 = Ey.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from lintransfer.arithmetic import sqrt, total, where
from lintransfer.theory.two_layer_linear.end_points import one_feature_head


class FeatureMotion(NamedTuple):
    """How features on the data moved. distance: ‖Z − Z_0‖_F.  inner: ⟨Z, Z_0⟩.  square: ‖Z‖_F²."""

    distance: Any
    inner: Any
    square: Any


class EnergySweep(NamedTuple):
    """How one feature moved within the rows of X. distance: ‖P(b − b_0)‖.  inner: ⟨Pb, Pb_0⟩.  square: ‖Pb‖²."""

    distance: Any
    inner: Any
    square: Any


def feature_step(X: Any, residual: Any, head: Any, step: Any, inputs: Any) -> Any:
    r"""One step of gradient descent on the first layer moves z(x_o) by step·Σ_i K(x_o, x_i) v (y_i − f(x_i)).

    X: (n, d).  residual: y − f, (n,).  head: v (k,).  step: of gradient descent on ½Σe² (divide by N for the mean).
    inputs: x_o (p, d).  K(x, x') = x·x', the kernel of a linear backbone. Returns (p, k). Exact for linear networks (for
    others up to step²). Ren et al. (2023).

    >>> import numpy as np
    >>> feature_step(np.array([[1.0, 2.0]]), np.array([0.5]), np.array([3.0]), 0.1, np.array([[1.0, 1.0]])).tolist()
    [[0.45000000000000007]]
    """
    return step * (inputs @ X.T @ residual)[:, None] * head[None, :]


def uniform_energy(classes: Any) -> Any:
    r"""Average initial energy of a classifier that predicts all of K classes alike: ‖e_y − 1/K‖ = √(1 − 1/K).

    classes: K ≥ 1. Exact. Ren et al. (2023).

    >>> float(uniform_energy(4.0))
    0.8660254037844386
    """
    return sqrt((classes - 1) / classes)


def average_energy(predictions: Any, labels: Any) -> Any:
    """mean_i ‖e_{y_i} − p_i‖₂, the average initial energy of a classifier.

    predictions: probabilities (N, K).  labels: one-hot (N, K).

    >>> import numpy as np
    >>> float(average_energy(np.full((2, 4), 0.25), np.eye(4)[:2]))
    0.8660254037844386
    """
    gap = labels - predictions
    return total(sqrt(total(gap * gap))) / gap.shape[0]


def first_layer_motion(
    feature_energy: Any, output_energy: Any, cross_energy: Any, label_energy: Any, head_energy: Any
) -> FeatureMotion:
    r"""Features on the data after training the first layer alone: Z_∞ − Z_0 = e_0vᵀ/‖v‖².

    .. math:: \|Z_\infty-Z_0\|_F = \frac{\|e_0\|}{\|v\|}, \quad \langle Z_\infty,Z_0\rangle = \|Z_0\|^2 + \frac{e_0\cdot
        f_0}{\|v\|^2}, \quad \|Z_\infty\|^2 = \|Z_0\|^2 + \frac{\|y\|^2-\|f_0\|^2}{\|v\|^2}

    feature_energy: ‖Z_0‖_F².  output_energy: ‖f_0‖².  cross_energy: y·f_0.  label_energy: ‖y‖².  head_energy: ‖v‖² > 0.
    X of full row rank, to rest. Exact.

    >>> print(first_layer_motion(1.0, 1.0, 2.0, 4.0, 0.25))
    FeatureMotion(distance=np.float64(2.0), inner=5.0, square=13.0)
    """
    residual = label_energy - 2 * cross_energy + output_energy
    return FeatureMotion(
        sqrt(residual / head_energy),
        feature_energy + (cross_energy - output_energy) / head_energy,
        feature_energy + (label_energy - output_energy) / head_energy,
    )


def relative_energy_motion(energy: Any, feature_energy: Any, label_energy: Any, head_energy: Any) -> FeatureMotion:
    r"""The same at f_0 = (1 − E)y: distance ∝ |E|, dot product + E(1−E)‖y‖²/‖v‖², square + E(2−E)‖y‖²/‖v‖².

    energy: E, signed.  feature_energy: ‖Z_0‖_F².  label_energy: ‖y‖².  head_energy: ‖v‖², held fixed. The dot product peaks
    at E = ½ and falls below its start beyond 1; the square peaks at 1. Exact.

    >>> print(relative_energy_motion(0.5, 1.0, 4.0, 0.25)[1:])
    (5.0, 13.0)
    """
    scale = label_energy / head_energy
    return FeatureMotion(
        sqrt(energy * energy * scale),
        feature_energy + energy * (1 - energy) * scale,
        feature_energy + energy * (2 - energy) * scale,
    )


def energy_sweep(energy: Any, scale: Any, seen_energy: Any) -> EnergySweep:
    r"""Both layers, one feature that is right in all but scale: y = tXb_0 and v_0 = (1 − E)t, so that y − f_0 = Ey.

    .. math:: \langle Pb_\infty, Pb_0\rangle = \frac{t\|Pb_0\|^2}{v_\infty}, \qquad
        v_\infty^2 = \tfrac12\left[C + \sqrt{C^2 + 4t^2\|Pb_0\|^2}\right],\ C = (1-E)^2t^2 - \|Pb_0\|^2

    energy: E, signed.  scale: t > 0.  seen_energy: ‖Pb_0‖² > 0. The dot product rises on [0, 1], is largest at E = 1 (a zero
    head) and falls beyond. v_∞ > 0 for E ≤ 1, v_∞ < 0 for E > 1 + ‖Pb_0‖/t; between them the sign is open (positive for
    one sample or XXᵀ ∝ I, see `isotropic_energy_sweep`, where the flow stalls at the origin at 1 + ‖Pb_0‖/t itself): nan.
    Exact.

    >>> print([f"{energy_sweep(e, 1.0, 1.0).inner:.6f}" for e in (0.0, 0.5, 1.0, 3.0)])
    ['1.000000', '1.201250', '1.272020', '-0.550251']
    """
    sure = (energy <= 1) | ((energy - 1) * (energy - 1) * scale * scale > seen_energy)
    return _swept(energy, scale, seen_energy, where(sure, where(energy <= 1, 1, -1), math.nan))


def isotropic_energy_sweep(energy: Any, scale: Any, seen_energy: Any) -> EnergySweep:
    r"""`energy_sweep` for one sample, or XXᵀ ∝ I: v_∞ < 0 exactly from E = 1 + ‖Pb_0‖/t on.

    At that energy itself the flow ends at the origin (nan).

    >>> print(f"{isotropic_energy_sweep(1.5, 1.0, 1.0).inner:.6f}")
    1.201250
    """
    reach = (energy - 1) * scale
    short = (reach < 0) | (reach * reach < seen_energy)
    turned = (reach > 0) & (reach * reach > seen_energy)
    return _swept(energy, scale, seen_energy, where(short, 1, where(turned, -1, math.nan)))


def _swept(energy: Any, scale: Any, seen_energy: Any, sign: Any) -> EnergySweep:
    fit = scale * scale * seen_energy
    end = sign * one_feature_head((1 - energy) * scale, seen_energy, fit)
    ratio = scale / end
    length = sqrt(seen_energy)
    # Pb_∞ = (t/v_∞)Pb_0.
    return EnergySweep(sqrt((ratio - 1) ** 2) * length, ratio * seen_energy, ratio * ratio * seen_energy)


def tangent_kernel(X: Any, features: Any, head: Any) -> tuple[Any, Any]:
    r"""The tangent kernel on the data in its two parts: Θ = ZZᵀ (of the head) + ‖v‖²XXᵀ (of the first layer).

    X: (n, d).  features: B (k, d).  head: v (k,). Returns both (n, n). The first is that of probing and knows no head, the
    second is quadratic in its norm. Exact. Tomihari & Sato (2024).

    >>> import numpy as np
    >>> [part.tolist() for part in tangent_kernel(np.array([[1.0, 2.0]]), np.array([[1.0, 1.0]]), np.array([2.0]))]
    [[[9.0]], [[20.0]]]
    """
    seen = X @ features.T
    return seen @ seen.T, total(head * head) * (X @ X.T)

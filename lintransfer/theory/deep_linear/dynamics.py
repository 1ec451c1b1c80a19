r"""Gradient flow of balanced rank-one networks: the reduced equation of motion, and its closed forms on a population.

With W_1 = u v_1ᵀ and every layer of norm ‖u‖ = a^{1/L}, the end-to-end vector is w = ‖u‖^{L−1}u, a = ‖w‖, and the
flow of L weight matrices is that of w alone. On a whitened population, ∇ = w − θ, only a and the angle φ between w and
θ move: a' = −L a^{2−2/L}(a − b cos φ), φ' = −a^{1−2/L} b sin φ, with b = ‖θ‖. Loss ½‖y − Xw‖² (½‖w − θ‖² on the
population); other conventions rescale time.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from lintransfer.arithmetic import arctan, array_namespace, cos, exp, expm1, kind_of, log, sin, sqrt, where
from lintransfer.numerics.newton import bisected
from lintransfer.numerics.quadrature import integrate
from lintransfer.theory.deep_linear.retention import retention_exponent


def end_to_end_velocity(weights: Any, gradient: Any, depth: Any) -> Any:
    r"""w' = −‖w‖^{2−2/L}[∇ + (L−1)ŵŵᵀ∇], the flow of a balanced rank-one network of depth L.

    weights, gradient: w and ∇ = Xᵀ(Xw − y), (…, d).  depth: L ≥ 1, real, finite. Returns (…, d); 0 at w = 0 for L > 1.
    The flow stays in span(row space of X, w0). Source: Arora, Cohen & Hazan (2018), Theorem 1, for one output.

    >>> import numpy as np
    >>> end_to_end_velocity(np.array([0.0, 4.0]), np.array([1.0, 1.0]), 2)
    array([-4., -8.])
    """
    xp = array_namespace(weights, gradient)
    square = xp.sum(weights * weights, axis=-1, keepdims=True)
    along = xp.sum(weights * gradient, axis=-1, keepdims=True) / xp.where(square > 0, square, 1.0)
    return -(square ** (1 - 1 / depth)) * (gradient + (depth - 1) * along * weights)


def first_layer_velocity(column: Any, gradient: Any, depth: Any) -> Any:
    r"""u' = −‖u‖^{L−1}∇: the same flow seen from the first layer, w = ‖u‖^{L−1}u.

    Its null-space part Qu never moves: all that D1 needs. column, gradient: (…, d). Returns (…, d).

    >>> import numpy as np
    >>> first_layer_velocity(np.array([0.0, 2.0]), np.array([1.0, 1.0]), 2)
    array([-2., -2.])
    """
    xp = array_namespace(column, gradient)
    return -(xp.sum(column * column, axis=-1, keepdims=True) ** ((depth - 1) / 2)) * gradient


def layer_imbalances(layers: Sequence[Any]) -> list[Any]:
    r"""W_lᵀW_l − W_{l+1}W_{l+1}ᵀ for l = 1 … L − 1: conserved by gradient flow on any loss of W_1W_2…W_L.

    layers: W_1 (…, d, k_1), W_2 (…, k_1, k_2), …, W_L (…, k_{L−1}, k_L). All 0: the network is balanced.
    Source: Arora, Cohen & Hazan (2018); Saxe et al. (2014).

    >>> import numpy as np
    >>> layer_imbalances([np.array([[3.0]]), np.array([[2.0]])])[0].item()
    5.0
    """
    xp = array_namespace(*layers)
    return [xp.swapaxes(a, -1, -2) @ a - b @ xp.swapaxes(b, -1, -2) for a, b in pairwise(layers)]


def retention_along_flow(norm: Any, initial_norm: Any, depth: Any) -> Any:
    r"""ρ(t) = (‖w(t)‖/‖w0‖)^{1−1/L}: what is left of the source outside the row space, Qw(t) = ρ(t)Qw0, at EVERY time.

    norm: ‖w(t)‖.  initial_norm: ‖w0‖ > 0.  depth: L ≥ 1 or inf. Early stopping included; balanced rank-one start.
    Source: its row of the table.

    >>> retention_along_flow(4.0, 1.0, 2)
    2.0
    """
    return (norm / initial_norm) ** retention_exponent(depth, norm)


def small_start_residual(depth: Any, null_fraction: Any, fit_norm: Any, initial_norm: Any) -> Any:
    r"""‖Qw_∞‖ ≃ √A ‖m‖^{1−1/L} ‖w0‖^{1/L}: what a small start leaves behind, so that scratch is not quite min-norm.

    depth: L, finite.  null_fraction: A = ‖Qŵ0‖².  fit_norm: ‖m‖.  initial_norm: ‖w0‖ → 0.
    Source: its row of the table; its limit 0 is Theorem 3.5 of arXiv 2410.08194.

    >>> print(f"{small_start_residual(2, 0.25, 4.0, 0.0001):.9f}")
    0.010000000
    """
    return sqrt(null_fraction) * fit_norm ** (1 - 1 / depth) * initial_norm ** (1 / depth)


def strength_velocity(strength: Any, angle: Any, teacher_norm: Any, depth: Any) -> tuple[Any, Any]:
    r"""(a', φ') = (−L a^{2−2/L}(a − b cos φ), −a^{1−2/L} b sin φ) on a whitened population.

    strength: a = ‖w‖ > 0.  angle: φ between w and the teacher, 0 … π.  teacher_norm: b.  depth: L ≥ 1, finite.

    >>> [float(v) for v in strength_velocity(1.0, 0.0, 3.0, 2)]
    [4.0, -0.0]
    """
    rate = strength ** (1 - 2 / depth)
    pull = teacher_norm * cos(angle) - strength
    return depth * strength * rate * pull, -rate * teacher_norm * sin(angle)


def aligned_strength_two_layers(time: Any, initial: Any, teacher_norm: Any) -> Any:
    r"""a(t) = b/(1 + (b/a_0 − 1)e^{−2bt}): two layers that point along the teacher.

    time: t ≥ 0.  initial: a_0 > 0.  teacher_norm: b > 0. Source: Saxe et al. (2014), eq. for one mode.

    >>> print(aligned_strength_two_layers(0.0, 0.25, 1.0))
    0.25
    """
    return teacher_norm / (1 + (teacher_norm / initial - 1) * exp(-2 * teacher_norm * time))


def aligned_time(strength: Any, initial: Any, teacher_norm: Any, depth: Any) -> Any:
    r"""Time for an aligned network to go from a_0 to a: ∫ da/(L a^{2−2/L}(b − a)), any finite depth.

    strength: a strictly between initial (inclusive) and teacher_norm (exclusive).  depth: L ≥ 1, real.
    Source: Saxe et al. (2014); the integral is taken over s = ln((b − a_0)/(b − a)), in which it has no singularity.

    >>> print(f"{aligned_time(0.5, 0.25, 1.0, 2):.12f} {log(3.0) / 2:.12f}")
    0.549306144334 0.549306144334
    """
    return _time_of_progress(log((teacher_norm - initial) / (teacher_norm - strength)), initial, teacher_norm, depth)


def aligned_strength(time: Any, initial: Any, teacher_norm: Any, depth: Any) -> Any:
    r"""a(t) of an aligned network of any finite depth, a' = L a^{2−2/L}(b − a): `aligned_time` inverted.

    Bisection in the logarithm of s, where a = b + (a_0 − b)e^{−s}, then Newton steps (the ones JAX differentiates).
    time: t ≥ 0.  initial: a_0 > 0.  teacher_norm: b > 0.  depth: L ≥ 1, real.

    >>> print(f"{aligned_strength(1.0, 0.25, 1.0, 2):.9f} {aligned_strength_two_layers(1.0, 0.25, 1.0):.9f}")
    0.711234594 0.711234594
    """
    moving = where(time > 0, time, 1)

    def excess(log_progress: Any, time: Any, *start: Any) -> Any:
        return _time_of_progress(exp(log_progress), *start) - time

    def step(u: Any, time: Any, initial: Any, teacher_norm: Any, depth: Any) -> Any:
        slope = exp(u) / (depth * _strength_at(exp(u), initial, teacher_norm) ** (2 - 2 / depth))
        return u - excess(u, time, initial, teacher_norm, depth) / slope

    scale = depth * moving
    ends = tuple(log(scale * norm ** (2 - 2 / depth)) for norm in (initial, teacher_norm))
    u = bisected(excess, step, ends, moving, initial, teacher_norm, depth)
    return where(time > 0, _strength_at(exp(u), initial, teacher_norm), initial)


def misaligned_two_layers(time: Any, initial: Any, angle: Any, teacher_norm: Any) -> tuple[Any, Any]:
    r"""(a(t), φ(t)) of two layers that start at any angle φ_0 < π to the teacher, in closed form.

    .. math:: \tan\frac{\varphi}{2} = e^{-bt}\tan\frac{\varphi_0}{2}, \qquad \frac{1}{a} =
        \left(\frac{1}{a_0} - \frac{\cos\varphi_0}{b}\right)\frac{\sin^2\varphi}{\sin^2\varphi_0}
        + \frac{\cos\varphi}{b} + t\sin^2\varphi

    time: t ≥ 0.  initial: a_0 > 0.  angle: φ_0, 0 < φ_0 < π (0: `aligned_strength_two_layers`; π:
    `anti_aligned_two_layers`).  teacher_norm: b > 0. Source: its row of the table.

    >>> [round(float(v), 12) for v in misaligned_two_layers(0.0, 2.0, 1.0, 3.0)]
    [2.0, 1.0]
    """
    half = sin(angle / 2) / cos(angle / 2) * exp(-teacher_norm * time)
    sine, cosine = 2 * half / (1 + half * half), (1 - half * half) / (1 + half * half)
    faded = (sine / sin(angle)) ** 2
    inverse = (1 / initial - cos(angle) / teacher_norm) * faded + cosine / teacher_norm + time * sine * sine
    return 1 / inverse, 2 * arctan(half)


def anti_aligned_two_layers(time: Any, initial: Any, teacher_norm: Any) -> Any:
    r"""a(t) = b/((1 + b/a_0)e^{2bt} − 1): two layers exactly against the teacher end at the saddle w = 0.

    For a_0 = b = 1, w = −1/(2e^{2t} − 1) along the teacher. Unstable: any other angle turns round.

    >>> print(anti_aligned_two_layers(0.0, 2.0, 1.0))
    2.0
    """
    return teacher_norm / ((1 + teacher_norm / initial) * exp(2 * teacher_norm * time) - 1)


def misaligned_orbit(angle: Any, initial: Any, initial_angle: Any, teacher_norm: Any, depth: Any) -> Any:
    r"""Strength a as a function of the angle φ on the way to the teacher, any finite depth.

    1/a = sin^Lφ [1/(a_0 sin^Lφ_0) + (L/b) ∫_φ^{φ_0} sin^{−L−1}], from da/dφ = L a (a − b cos φ)/(b sin φ).

    angle: 0 < φ ≤ φ_0.  initial, initial_angle: a_0 and φ_0 < π.  teacher_norm: b.  depth: L ≥ 1. Source: its row of the table.

    >>> round(float(misaligned_orbit(1.0, 2.0, 1.0, 3.0, 3)), 12)
    2.0
    """
    faded = (sin(angle) / sin(initial_angle)) ** depth

    def integrand(part: Any, low: Any, high: Any, depth: Any) -> Any:
        # Even spacing of z = ln cot(φ/2), in which sin φ = 1/cosh z and dφ = −sin φ dz.
        far, near = _log_cotangent(low), _log_cotangent(high)
        return (far - near) * exp(depth * (_log_cosh(near + part * (far - near)) - _log_cosh(far)))

    area = _integrate(integrand, angle, initial_angle, depth)
    return 1 / (faded / initial + depth / teacher_norm * area)


def _strength_at(progress: Any, initial: Any, teacher_norm: Any) -> Any:
    return initial * exp(-progress) - teacher_norm * expm1(-progress)


def _time_of_progress(progress: Any, initial: Any, teacher_norm: Any, depth: Any) -> Any:
    """∫_0^s ds'/(L a(s')^{2−2/L}), a(s) = b + (a_0 − b)e^{−s}."""

    def integrand(part: Any, progress: Any, initial: Any, teacher_norm: Any, depth: Any) -> Any:
        strength = _strength_at(part * progress, initial, teacher_norm)
        return progress / (depth * strength ** (2 - 2 / depth))

    return _integrate(integrand, progress, initial, teacher_norm, depth)


def _integrate(integrand: Any, *parameters: Any) -> Any:
    """∫_0^1 integrand(part, *parameters), where it can be trusted: not on symbols, nor as an enclosure."""
    kind = kind_of(*parameters)
    if kind not in ("numpy", "jax", "mpmath"):
        raise TypeError(f"an integral without closed form runs on floats, JAX and mpmath values, not on {kind}")
    one = 1.0 if kind == "numpy" else 1 + 0 * parameters[0]
    return integrate(integrand, one, *parameters)


def _log_cosh(z: Any) -> Any:
    size = where(z > 0, z, -z)
    return size + log((1 + exp(-2 * size)) / 2)


def _log_cotangent(angle: Any) -> Any:
    """ln cot(φ/2)."""
    return log(cos(angle / 2) / sin(angle / 2))

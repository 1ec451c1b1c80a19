r"""Arc-cosine kernels of a two-layer ReLU network of infinite width.

The network is f(x) = m^{−1/2} Σ_r a_r relu(w_r·x) with a_r = ±1 and w_r ~ N(0, I). Training the first layer gives the
kernel K₁ = E[1{w·x>0} 1{w·x'>0}] x·x', training the second gives K₂ = E[relu(w·x) relu(w·x')], training both gives
their sum. On unit inputs each is a function of the cosine τ = x·x'; otherwise ‖x‖‖x'‖ K(τ).

Everywhere in `lintransfer.theory.shallow_relu` the argument `trained` is "first", "second", "both", or a pair of weights
(α, ω) for the kernel αK₁ + ωK₂: w ~ N(0, I/d) with both layers trained is (1, 1/d).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lintransfer.arithmetic import absolute, arccos, kind_of, maximum, pi_of, sqrt, where
from lintransfer.errors import refuse

# On 0 ≤ a ≤ 1 both arccos(a)/√(1−a) and (sin θ − θ cos θ)/(1−a)^{3/2}, θ = arccos a, are analytic, with the nearest
# singularity at a = −1: interpolation at Chebyshev nodes is then below the rounding of float64. The test suite makes
# these numbers again from 40 digits.
ANGLE_COEFFICIENTS = (
    1.5707963267948966,
    -0.2146018366025291,
    0.08904862254535685,
    -0.05079281441185077,
    0.033681283913944246,
    -0.02437428870736041,
    0.018671924895886247,
    -0.014883716911668383,
    0.012204222556739083,
    -0.010179262619656255,
    0.008488622201035963,
    -0.00687234077918991,
    0.0051738227583054824,
    -0.0034365364358776625,
    0.0019013872168371102,
    -0.0008225176217151634,
    0.00025684342254966386,
    -5.097738364154923e-05,
    4.797541033020616e-06,
)
SEGMENT_COEFFICIENTS = (
    1.0,
    -0.07079632679489184,
    0.018805509807136377,
    -0.007743112718036842,
    0.003987201289974938,
    -0.0023503282785166256,
    0.001516126170358688,
    -0.0010425596115808487,
    0.0007506368260007624,
    -0.0005560704570104666,
    0.0004130983914463724,
    -0.00029547777270131444,
    0.00019249283800999237,
    -0.0001070474732842516,
    4.730897617346253e-05,
    -1.5238633815265299e-05,
    3.135612668081998e-06,
    -3.0658986785827735e-07,
)


def polynomial(coefficients: tuple[float, ...], x: Any) -> Any:
    """Σ_i coefficients[i] x^i by Horner's rule."""
    value = coefficients[-1]
    for coefficient in coefficients[-2::-1]:
        value = value * x + coefficient
    return value


def layer_weights(trained: Any) -> tuple[Any, Any]:
    """The weights (α, ω) of K₁ and K₂ in the kernel of the layers that are trained.

    >>> layer_weights("both"), layer_weights((1.0, 0.25))
    ((1, 1), (1.0, 0.25))
    """
    named = {"first": (1, 0), "second": (0, 1), "both": (1, 1)}
    if isinstance(trained, str) and trained in named:
        return named[trained]
    if isinstance(trained, tuple | list) and len(trained) == 2:
        if all(isinstance(w, int | float) for w in trained) and not (min(trained) >= 0 and 0 < sum(trained) < np.inf):
            refuse("trained", "a pair of finite weights ≥ 0, not both 0", trained)
        return trained[0], trained[1]
    refuse("trained", '"first", "second", "both" or a pair of weights (first, second)', trained)


def _within(cosine: Any) -> tuple[Any, Any]:
    """(|τ|, 1 − |τ|) with |τ| rounded down to 1; nan where it exceeds 1 by more than rounding."""
    size = absolute(cosine)
    gap = where(size <= 1 + 1e-9, maximum(1 - size, 0.0), float("nan"))
    return 1 - gap, gap


def _first_layer_in_floats(cosine: Any) -> Any:
    size, gap = _within(cosine)
    return maximum(cosine, 0) / 2 - size * sqrt(gap) * polynomial(ANGLE_COEFFICIENTS, size) / (2 * np.pi)


def _second_layer_in_floats(cosine: Any) -> Any:
    size, gap = _within(cosine)
    return maximum(cosine, 0) / 2 + gap * sqrt(gap) * polynomial(SEGMENT_COEFFICIENTS, size) / (2 * np.pi)


def _obtuse_angle(cosine: Any) -> Any:
    """π − arccos τ, without cancellation at τ = −1 nor the loss of digits of the JAX arccos near ±1."""
    size, gap = _within(cosine)
    acute = sqrt(gap) * polynomial(ANGLE_COEFFICIENTS, size)
    return where(cosine > 0, np.pi - acute, acute)


def _first_slope_in_floats(cosine: Any) -> Any:
    height = (1 - cosine) * (1 + cosine)
    steep = where(height > 0, cosine / sqrt(where(height > 0, height, 1.0)), where(cosine > 0, np.inf, -np.inf))
    angle = _obtuse_angle_in_jax if isinstance(cosine, jax.Array) else _obtuse_angle
    return (angle(cosine) + steep) / (2 * np.pi)


_first_layer_in_jax = jax.custom_jvp(_first_layer_in_floats)
_second_layer_in_jax = jax.custom_jvp(_second_layer_in_floats)
_obtuse_angle_in_jax = jax.custom_jvp(_obtuse_angle)


@_first_layer_in_jax.defjvp
def _(primals: Any, tangents: Any) -> Any:
    return _first_layer_in_jax(*primals), first_layer_slope(*primals) * tangents[0]


@_second_layer_in_jax.defjvp
def _(primals: Any, tangents: Any) -> Any:
    return _second_layer_in_jax(*primals), second_layer_slope(*primals) * tangents[0]


@_obtuse_angle_in_jax.defjvp
def _(primals: Any, tangents: Any) -> Any:
    slope = 1 / jnp.sqrt((1 - primals[0]) * (1 + primals[0]))
    return _obtuse_angle_in_jax(*primals), slope * tangents[0]


def _evaluate(
    cosine: Any, in_floats: Callable[[Any], Any], in_jax: Callable[[Any], Any], definition: Callable[[Any], Any]
) -> Any:
    """The stable route on floats and JAX, the definition itself in every other arithmetic."""
    kind = kind_of(cosine)
    if kind == "jax":
        return in_jax(cosine if jnp.issubdtype(cosine.dtype, jnp.inexact) else cosine.astype(float))
    if kind != "numpy":
        return definition(cosine)
    array = np.asarray(cosine if isinstance(cosine, np.ndarray | np.generic) else np.asarray(cosine, dtype=float))
    if array.dtype == object:
        return np.frompyfunc(lambda t: _evaluate(t, in_floats, in_jax, definition), 1, 1)(array)
    return in_floats(array if array.dtype.kind == "f" else array.astype(float))


def first_layer_kernel(cosine: Any) -> Any:
    r"""Kernel of a ReLU network whose first layer is trained, on unit inputs.

    .. math:: K_1(\tau) = \frac{\tau\,(\pi - \arccos\tau)}{2\pi}

    cosine: τ = x·x' in [−1, 1], any shape or arithmetic.  Returns K₁ of that shape; K₁(1) = ½ and K₁(−1) = 0 exactly.
    Floats and JAX values are evaluated to full relative accuracy, also near τ = −1. Outside [−1, 1]: nan.
    The derivative in JAX is `first_layer_slope`, infinite at ±1 (never nan).
    Source: Cho & Saul 2009; Arora et al. 2019, eq. (6).

    >>> float(first_layer_kernel(1.0)), float(first_layer_kernel(0.5))
    (0.5, 0.16666666666666666)
    """
    return _evaluate(cosine, _first_layer_in_floats, _first_layer_in_jax, lambda t: t * arccos(-t) / (2 * pi_of(t)))


def second_layer_kernel(cosine: Any) -> Any:
    r"""Kernel of a ReLU network whose second layer is trained (first-layer weights N(0, I)), on unit inputs.

    .. math:: K_2(\tau) = \frac{\sqrt{1-\tau^2} + \tau\,(\pi - \arccos\tau)}{2\pi}

    Arguments and accuracy as `first_layer_kernel`; K₂(1) = ½, K₂(−1) = 0, with finite slopes ½ and 0.
    Source: Cho & Saul 2009, eq. (6) (there without the factor ½ and with w ~ N(0, I)).

    >>> float(second_layer_kernel(1.0)), float(second_layer_kernel(-1.0))
    (0.5, 0.0)
    """
    return _evaluate(
        cosine,
        _second_layer_in_floats,
        _second_layer_in_jax,
        lambda t: (sqrt((1 - t) * (1 + t)) + t * arccos(-t)) / (2 * pi_of(t)),
    )


def both_layers_kernel(cosine: Any) -> Any:
    r"""Kernel K₁ + K₂ of a ReLU network with both layers trained, on unit inputs; K(1) = 1.

    >>> float(both_layers_kernel(1.0))
    1.0
    """
    return first_layer_kernel(cosine) + second_layer_kernel(cosine)


def kernel(cosine: Any, trained: Any = "both") -> Any:
    r"""αK₁(τ) + ωK₂(τ) for the layers that are trained, on unit inputs.

    cosine: τ, any shape.  trained: see the module.  Raises `DomainError` for an unknown `trained`.

    >>> float(kernel(1.0, "first")), float(kernel(1.0, (1, 1)))
    (0.5, 1.0)
    """
    first, second = layer_weights(trained)
    if isinstance(second, int) and second == 0:
        return first * first_layer_kernel(cosine)
    if isinstance(first, int) and first == 0:
        return second * second_layer_kernel(cosine)
    return first * first_layer_kernel(cosine) + second * second_layer_kernel(cosine)


def first_layer_slope(cosine: Any) -> Any:
    r"""Derivative of the first-layer kernel with respect to the cosine.

    .. math:: K_1'(\tau) = \frac{1}{2\pi}\Bigl[\pi - \arccos\tau + \frac{\tau}{\sqrt{1-\tau^2}}\Bigr]

    +inf at τ = 1 and −inf at τ = −1: as a function of the inputs K₁ has a cusp on the diagonal.

    >>> float(first_layer_slope(0.0)), float(first_layer_slope(1.0))
    (0.25, inf)
    """
    return _evaluate(
        cosine,
        _first_slope_in_floats,
        _first_slope_in_floats,
        lambda t: (arccos(-t) + t / sqrt((1 - t) * (1 + t))) / (2 * pi_of(t)),
    )


def second_layer_slope(cosine: Any) -> Any:
    r"""Derivative of the second-layer kernel, K₂'(τ) = (π − arccos τ)/(2π): the degree-0 arc-cosine kernel.

    >>> float(second_layer_slope(1.0)), float(second_layer_slope(-1.0))
    (0.5, 0.0)
    """
    return _evaluate(
        cosine,
        lambda t: _obtuse_angle(t) / (2 * np.pi),
        lambda t: _obtuse_angle_in_jax(t) / (2 * np.pi),
        lambda t: arccos(-t) / (2 * pi_of(t)),
    )


def kernel_slope(cosine: Any, trained: Any = "both") -> Any:
    """dK/dτ for the layers that are trained; infinite at ±1 unless only the second is.

    >>> float(kernel_slope(0.0, "both"))
    0.5
    """
    first, second = layer_weights(trained)
    if isinstance(first, int) and first == 0:
        return second * second_layer_slope(cosine)
    return first * first_layer_slope(cosine) + second * second_layer_slope(cosine)

r"""Spectra of the arc-cosine kernels on the unit sphere S^{d−1} under the uniform probability measure, in closed form.

With l_k the Gegenbauer (Funk-Hecke) coefficients of the step function 1{t > 0}, l_0 = ½, l_k = 0 for even k ≥ 2 and
l_{k+2} = −l_k k/(d+k) for odd k from l_1 = Γ(d/2)/(2√π Γ((d+1)/2)),

.. math:: \mu_k(K_1) = \frac{k\,l_{k-1}^2 + (k+d-2)\,l_{k+1}^2}{2k+d-2}, \qquad
          \mu_k(K_2) = d\Bigl[\frac{k\,l_{k-1} + (k+d-2)\,l_{k+1}}{2k+d-2}\Bigr]^2 ,

which for even k ≥ 2 is l_{k−1}²[k + (k+d−2)((k−1)/(d+k−1))²]/(2k+d−2) and d l_{k−1}²/(d+k−1)²: sums of positive
terms, so that nothing cancels. What the formulas need are the masses N_k μ_k, and these obey a recurrence in which
neither the huge N_k nor the tiny μ_k appears.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from lintransfer.arithmetic import array_namespace, exp, gamma, kind_of, log, pi_of, sqrt, total, where
from lintransfer.errors import refuse
from lintransfer.theory.shallow_relu.kernels import layer_weights


class SphereSpectrum(NamedTuple):
    """Eigenvalues μ_0 … μ_K and multiplicities N_0 … N_K of a zonal kernel, degrees on the last axis."""

    eigenvalues: Any
    multiplicities: Any


def gamma_half_ratio(x: Any) -> Any:
    """Γ(x + ½)/Γ(x), to full accuracy for every x > 0 (log-gamma functions cancel for large x)."""
    if kind_of(x) not in ("numpy", "jax"):
        return gamma(x + x / (2 * x)) / gamma(x)
    large = where(x < 16, 16.0, x * 1.0)
    series = (-1 / 8, 1 / 192, -1 / 640, 17 / 14336, -31 / 18432, 691 / 180224)
    exponent = 0.0
    for coefficient in series[::-1]:
        exponent = exponent / (large * large) + coefficient
    small = where(x < 16, x * 1.0, 1.0)
    return where(x < 16, gamma(small + 0.5) / gamma(small), sqrt(large) * exp(exponent / large))


def first_step_coefficient_squared(dim: Any) -> Any:
    r"""l_1² = Γ(d/2)²/(4πΓ((d+1)/2)²), the squared degree-1 coefficient of the step function; ≈ 1/(2πd).

    >>> round(float(first_step_coefficient_squared(3)), 12)
    0.0625
    """
    half = dim / 2 if kind_of(dim) != "numpy" else np.asarray(dim, dtype=float) / 2
    ratio = gamma_half_ratio(half)
    return 1 / (4 * pi_of(dim) * ratio * ratio)


def sphere_masses(dim: Any, max_degree: int, trained: Any = "both") -> Any:
    r"""Masses N_k μ_k of degrees k = 0 … max_degree; over all degrees they sum to K(1).

    dim: d ≥ 2 (the circle included), a number or an array.  Returns (..., max_degree + 1); never over- or underflows.

    >>> sphere_masses(3, 3, "first").round(6).tolist()
    [0.0625, 0.25, 0.136719, 0.0]
    """
    first, second = _checked(dim, max_degree, trained)
    d = np.asarray(dim, dtype=float) if kind_of(dim) == "numpy" else dim
    step = first_step_coefficient_squared(dim)
    masses = [(first + second * d) * step, (first + second) / 4 + 0 * d]
    level = step * (d + 2) * (d - 1) / 2
    for k in range(2, max_degree + 1):
        if k % 2:
            masses.append(0 * d)
            continue
        both_sides = (k + (k + d - 2) * ((k - 1) / (d + k - 1)) ** 2) / (2 * k + d - 2)
        masses.append(level * (first * both_sides + second * d / (d + k - 1) ** 2))
        shrink = (2 * k + d + 2) * (k + d - 2) * (k - 1) ** 2
        level = level * shrink / ((2 * k + d - 2) * (d + k - 1) * (k + 1) * (k + 2))
    return _stacked(masses[: max_degree + 1])


def sphere_multiplicities(dim: Any, max_degree: int) -> Any:
    r"""N(d, k) = (2k+d−2)Γ(k+d−2)/(k! Γ(d−1)), the number of spherical harmonics of degree k = 0 … max_degree.

    inf where the number exceeds the range of floats.

    >>> sphere_multiplicities(3, 4).tolist()
    [1.0, 3.0, 5.0, 7.0, 9.0]
    """
    _checked(dim, max_degree, "both")
    d = np.asarray(dim, dtype=float) if kind_of(dim) == "numpy" else dim
    numbers = [0 * d + 1, d]
    with np.errstate(over="ignore"):
        for k in range(1, max_degree):
            numbers.append(numbers[-1] * ((2 * k + d) * (k + d - 2)) / ((2 * k + d - 2) * (k + 1)))
    return _stacked(numbers[: max_degree + 1])


def log_sphere_spectrum(dim: Any, max_degree: int, trained: Any = "both") -> SphereSpectrum:
    r"""log μ_k and log N_k, k = 0 … max_degree: no range is too small, −inf where μ_k = 0 (odd k ≥ 3).

    >>> [round(float(x), 3) for x in (v[-1] for v in log_sphere_spectrum(10_000, 200))]
    [-990.801, 980.813]
    """
    masses = sphere_masses(dim, max_degree, trained)
    d = np.asarray(dim, dtype=float) if kind_of(dim) == "numpy" else dim
    growth = [(2 * k + d) * (k + d - 2) / ((2 * k + d - 2) * (k + 1)) for k in range(1, max_degree)]
    log_numbers = [0 * d, log(d)]
    for factor in growth:
        log_numbers.append(log_numbers[-1] + log(factor))
    log_multiplicities = _stacked(log_numbers[: max_degree + 1])
    present = masses > 0
    log_masses = where(present, log(where(present, masses, 1.0)), -np.inf)
    return SphereSpectrum(log_masses - log_multiplicities, log_multiplicities)


def sphere_spectrum(dim: Any, max_degree: int, trained: Any = "both") -> SphereSpectrum:
    r"""Eigenvalues and multiplicities of an arc-cosine kernel on S^{d−1}, degrees 0 … max_degree.

    dim: d ≥ 2, a number or an array (...,).  max_degree: K ≥ 0.  trained: "first", "second", "both" or (α, ω).
    Returns `SphereSpectrum(eigenvalues, multiplicities)`, each (..., K + 1); Σ_k N_k μ_k → K(1) as K grows, the
    missing mass falling like 1/K (first layer) or 1/K³ (second). μ_1 = (α+ω)/(4d) and μ_k = 0 for odd k ≥ 3: those
    degrees cannot be learnt without a bias. Beyond the range of floats μ is 0 and N is inf: use `sphere_masses` or
    `log_sphere_spectrum` there.
    Raises `DomainError` for d < 2 or a negative degree.
    Source: Funk-Hecke formula; coefficients as Bach 2017, appendix D.2.

    >>> mu, number = sphere_spectrum(3, 2, "second")
    >>> mu.round(6).tolist(), number.tolist()
    ([0.1875, 0.083333, 0.011719], [1.0, 3.0, 5.0])
    """
    masses, numbers = sphere_masses(dim, max_degree, trained), sphere_multiplicities(dim, max_degree)
    if kind_of(masses, numbers) == "numpy" and masses.dtype == object:
        return SphereSpectrum(masses / numbers, numbers)
    if kind_of(masses) == "jax" or np.all(np.isfinite(numbers)):
        return SphereSpectrum(masses / numbers, numbers)
    with np.errstate(under="ignore"):
        return SphereSpectrum(exp(log_sphere_spectrum(dim, max_degree, trained).eigenvalues), numbers)


def spectrum_tail(dim: Any, max_degree: int, trained: Any = "both") -> Any:
    r"""Mass Σ_{k > K} N_k μ_k = K(1) − Σ_{k ≤ K} N_k μ_k beyond the degrees that are kept.

    >>> round(float(spectrum_tail(12, 20, "first")), 4)
    0.0163
    """
    first, second = layer_weights(trained)
    return (first + second) / 2 - total(sphere_masses(dim, max_degree, trained))


def _checked(dim: Any, max_degree: int, trained: Any) -> tuple[Any, Any]:
    if isinstance(max_degree, bool) or max_degree != int(max_degree) or max_degree < 0:
        refuse("max_degree", "a whole number ≥ 0", max_degree)
    if kind_of(dim) == "numpy" and not np.all(np.asarray(dim, dtype=float) >= 2):
        refuse("dim", "at least 2 (a sphere of dimension ≥ 1)", dim)
    return layer_weights(trained)


def _stacked(values: list[Any]) -> Any:
    xp = array_namespace(*values)
    if kind_of(*values) in ("numpy", "jax"):
        return xp.stack(xp.broadcast_arrays(*values), axis=-1)
    return np.array(values, dtype=object)


def relu_sphere_spectrum(dim: Any, first: Any, second: Any) -> tuple[Any, ...]:
    """N_k μ_k of degrees 0 to 6."""
    return tuple(sphere_masses(dim, 6, (first, second)))

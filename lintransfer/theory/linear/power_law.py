r"""Learning curves of power-law problems: λ_i = i^(−a), λ_i δ_i² = C i^(−q), noiseless, ridgeless, n ≪ d (d =
∞).

The general-covariance risk in closed form: sums over modes become Mellin integrals. The spectrum (a) decides
how fast κ falls, the energies (q) how fast the risk does, and transfer moves the constant C only: it
multiplies the number of samples needed by a factor that does not depend on the accuracy asked for.
"""

from __future__ import annotations

import math
from typing import Any

from lintransfer.arithmetic import pi_of, ratio_where, sin, where


def mode_constant(spectrum_exponent: Any) -> Any:
    r"""The constant c_a of κ = (c_a/n)^a.

    .. math:: c_a = \int_0^\infty \frac{dx}{1+x^a} = \frac{\pi/a}{\sin(\pi/a)}

    spectrum_exponent: a > 1.  Returns c_a > 1; nan for a ≤ 1, where the trace of Σ is infinite.

    >>> round(float(mode_constant(2)), 12)  # π/2
    1.570796326795
    """
    a = spectrum_exponent
    valid = a > 1
    angle = pi_of(a) / where(valid, a, 2) / 2
    # sin(π/a) = 2 sin(π/2a) cos(π/2a), the cosine as the sine of its complement: accurate for a → 1 and a → ∞ alike.
    return where(valid, angle / (sin(angle) * sin(angle * (where(valid, a, 2) - 1))), math.nan)


def power_law_kappa(n: Any, spectrum_exponent: Any) -> Any:
    r"""Effective regularisation of n samples of a power-law spectrum, without ridge.

    .. math:: \kappa = (c_a/n)^a, \qquad \mathrm{df}_2 = n\,(1 - 1/a)

    n: target samples; inf at n = 0.  spectrum_exponent: a > 1 of λ_i = i^(−a).
    Asymptotic: relative error O(1/n), d = ∞ (n ≪ d).  Source: its row of the table.

    >>> round(float(power_law_kappa(10, 2)), 12)
    0.024674011003
    """
    return ratio_where(n > 0, mode_constant(spectrum_exponent), n, math.inf) ** spectrum_exponent


def risk_constant(spectrum_exponent: Any, energy_exponent: Any) -> Any:
    r"""The constant between C κ^p and the risk, p = (q−1)/a.

    .. math:: \int_0^\infty \frac{u^{1-p}}{(1+u)^2} du = \frac{(1-p)\,\pi}{\sin \pi p}

    spectrum_exponent: a > 1.  energy_exponent: q, 1 < q < 2a + 1; nan elsewhere.  1 at p = 1.

    >>> float(risk_constant(2, 3))
    1.0
    """
    a, q = spectrum_exponent, energy_exponent
    p = (q - 1) / a
    valid = (p > 0) & (p < 2)
    pi = pi_of(a, q)
    # y/sin y with y = π(1−p), halved: sin y = 2 sin(y/2) cos(y/2), and cos(y/2) = sin(πp/2) stays accurate at p → 0.
    half = pi * where(valid, (a + 1 - q) / a, 0) / 2
    rise = sin(pi * where(valid, p, 1) / 2)
    # Where half is 0, or a ball around 0, the quotient lies between 1 and 1 + half².
    return where(valid, ratio_where(half * half > 0, half, sin(half), 1 + half * half) / rise, math.nan)


def power_law_risk(n: Any, spectrum_exponent: Any, energy_exponent: Any, amplitude: Any) -> Any:
    r"""Mean excess risk of the minimum-norm fit in a power-law problem without noise.

    .. math:: R(n) = C\,\frac{(1-p)\,\pi}{\sin \pi p}\,(c_a/n)^{q-1}, \qquad p = (q-1)/a

    n: target samples > 0 (nan at 0).  spectrum_exponent: a > 1 of λ_i = i^(−a).  energy_exponent: q of
    λ_iδ_i² = C i^(−q).
    amplitude: C ≥ 0; t² for scratch and s² + t² − 2stc for fine-tuning, if both teachers follow i^(−q).
    Returns R; nan outside 1 < q < 2a + 1 (above, see `saturated_power_law_risk`).
    Asymptotic: relative error O(n^(−min(1, 2a+1−q))), d = ∞ (n ≪ d). Label noise of variance σ² adds
    σ² df2/(n − df2) = σ²(a − 1) at every n.  Source: its row of the table.

    >>> round(float(power_law_risk(10, 2, 3, 4.0)), 12)
    0.098696044011
    """
    a, q = spectrum_exponent, energy_exponent
    return amplitude * risk_constant(a, q) * ratio_where(n > 0, mode_constant(a), n, math.nan) ** (q - 1)


def saturated_power_law_risk(n: Any, spectrum_exponent: Any, inverse_energy: Any) -> Any:
    r"""Mean excess risk where the displacement decays so fast that the spectrum alone sets the rate.

    .. math:: R(n) = a\,\kappa^2 \sum_i \delta_i^2/\lambda_i \sim n^{-2a}

    n: target samples; inf at n = 0.  spectrum_exponent: a > 1.  inverse_energy: Σδ_i²/λ_i < ∞; C ζ(q − 2a)
    for λ_iδ_i² = C i^(−q) with q > 2a + 1.
    Asymptotic: relative error O(n^(−min(1, q−2a−1))).  Source: its row of the table.

    >>> round(float(saturated_power_law_risk(10, 2, 1.0)), 12)
    0.001217613638
    """
    return spectrum_exponent * power_law_kappa(n, spectrum_exponent) ** 2 * inverse_energy


def power_law_sample_complexity(risk: Any, spectrum_exponent: Any, energy_exponent: Any, amplitude: Any) -> Any:
    r"""Samples at which the mean noiseless risk of a power-law problem passes ε.

    .. math:: n(\varepsilon) = c_a \left[\frac{C(1-p)\,\pi}{\varepsilon \sin \pi p}\right]^{1/(q-1)}

    risk: ε ≥ 0; inf at 0.  The others as in `power_law_risk`, whose inverse in n this is.
    Returns n, real, not rounded; nan outside 1 < q < 2a + 1; it exceeds the floats for q → 1.
    Asymptotic for ε → 0.  Source: its row of the table.

    >>> round(float(power_law_sample_complexity(0.01, 2, 3, 1.0)), 12)
    15.707963267949
    """
    a, q = spectrum_exponent, energy_exponent
    valid = q > 1
    root = 1 / where(valid, q - 1, 1)
    return mode_constant(a) * ratio_where(risk > 0, amplitude * risk_constant(a, q), risk, math.inf) ** root


def power_law_sample_ratio(energy_exponent: Any, source_energy: Any, cross_energy: Any, target_energy: Any) -> Any:
    r"""Samples that fine-tuning needs, as a fraction of those that scratch needs, at any accuracy.

    .. math:: \frac{n_{FT}}{n_{scratch}} = \left(\frac{s^2+t^2-2stc}{t^2}\right)^{1/(q-1)}

    energy_exponent: q, 1 < q < 2a + 1; nan for q ≤ 1.  source_energy, cross_energy, target_energy: s², stc,
    t² > 0 of λ_iθ_{S,i}² = s² i^(−q), λ_iθ_{S,i}θ_{T,i} = stc i^(−q) on average, λ_iθ_{T,i}² = t² i^(−q).
    Asymptotic for ε → 0.  Source: its row of the table.

    >>> float(power_law_sample_ratio(2, source_energy=1.0, cross_energy=0.875, target_energy=1.0))
    0.25
    """
    valid = energy_exponent > 1
    root = 1 / where(valid, energy_exponent - 1, 1)
    distance = (source_energy - 2 * cross_energy + target_energy) / target_energy
    return where(valid, distance**root, math.nan)

r"""Deep fine-tuning from a fitted source, isotropic inputs, at finite sizes.

A min-norm or least-squares source fit is, in the mean, a source of energy W and cross energy min(n_S/d, 1)·stc. Put in
place of s² and stc they turn the closure of a known source into that of a fitted one. The proportional limit is
`lintransfer.theory.deep_linear.finite_source.finite_source_deep_transferability`.
"""

from __future__ import annotations

import math
from typing import Any

from lintransfer.arithmetic import minimum, where
from lintransfer.theory.deep_linear.risk import (
    deep_fine_tuning_risk,
    deep_fine_tuning_risk_closure,
    deep_transferability,
    deep_transferability_closure,
    limit_variance,
)
from lintransfer.theory.linear.isotropic import min_norm_risk


def fitted_source_energies(
    n_source: Any, dim: Any, source_energy: Any, cross_energy: Any, source_noise_variance: Any = 0.0
) -> tuple[Any, Any]:
    r"""Mean energies E‖ŵ_S‖² and E ŵ_S·θ_T of a source fit on n_S samples: exact at every size.

    W = s²n_S/d + σ_S²n_S/(d−n_S−1) for n_S ≤ d−2, s² + σ_S²d/(n_S−d−1) for n_S ≥ d+2, inf between if σ_S > 0 (n_S ≥ 1).
    n_source: n_S ≥ 0.  dim: d ≥ 1.  source_energy, cross_energy: s² and stc.

    >>> fitted_source_energies(5, 11, 2.0, 1.1, 0.5)
    (1.4090909090909092, 0.5)
    """
    count, noise = minimum(n_source, dim), min_norm_risk(n_source, dim, 0, source_noise_variance)
    return source_energy * count / dim + noise, cross_energy * count / dim


def finite_source_deep_closure(
    n: Any,
    n_source: Any,
    dim: Any,
    depth: Any,
    source_energy: Any,
    cross_energy: Any,
    target_energy: Any,
    noise_variance: Any = 0.0,
    source_noise_variance: Any = 0.0,
) -> Any:
    r"""Risk of deep fine-tuning from a fitted source: `deep_fine_tuning_risk_closure` at W and min(n_S/d, 1)·stc.

    n, n_source: n and n_S ≥ 0.  dim: d ≥ 2.  depth: L ≥ 1, real, or inf; the others as in `fitted_source_energies`.
    Asymptotic, relative error O(1/d) at fixed n/d ≠ 1 and n_S/d ≠ 1; exact for L = 1, n = 0 and n ≥ d. Where
    E‖ŵ_S‖² is infinite (|n_S−d| ≤ 1, σ_S > 0): inf for n < d and finite L, nan at L = ∞. n_S = 0: min-norm scratch,
    the limit of a small source (a network of exact zeros would not train), nan at L = ∞. Source: its row of the table.

    >>> print(f"{finite_source_deep_closure(5, 8, 10, 2, 1.0, 0.6, 4.0, 0.1, 0.1):.6f}")
    2.694553
    """
    energy, cross, finite = _fitted(n_source, dim, source_energy, cross_energy, source_noise_variance)
    risk = deep_fine_tuning_risk_closure(n, dim, depth, energy, cross, target_energy, noise_variance)
    untold = where((depth < math.inf) | (n == 0), math.inf, math.nan)
    return where(finite | (n >= dim), risk, untold)


def finite_source_deep_gain(
    n: Any,
    n_source: Any,
    dim: Any,
    depth: Any,
    source_energy: Any,
    cross_energy: Any,
    target_energy: Any,
    noise_variance: Any = 0.0,
    source_noise_variance: Any = 0.0,
) -> Any:
    r"""Transferability of the same against min-norm scratch: (1−n/d)₊(2ρ min(n_S/d, 1)stc − ρ²W).

    >>> print(f"{finite_source_deep_gain(5, 8, 10, 2, 1.0, 0.6, 4.0, 0.1, 0.1):.6f}")
    -0.569553
    """
    energy, cross, finite = _fitted(n_source, dim, source_energy, cross_energy, source_noise_variance)
    gain = deep_transferability_closure(n, dim, depth, energy, cross, target_energy, noise_variance)
    untold = where((depth < math.inf) | (n == 0), -math.inf, math.nan)
    return where(finite | (n >= dim), gain, untold)


def _fitted(n_source: Any, dim: Any, source: Any, cross: Any, noise: Any) -> tuple[Any, Any, Any]:
    energy, shared = fitted_source_energies(n_source, dim, source, cross, noise)
    finite = energy < math.inf
    return where(finite, energy, 1), shared, finite


def fitted_source(
    gamma_source: Any, source_energy: Any, cross_energy: Any, source_noise_variance: Any = 0.0
) -> tuple[Any, Any]:
    r"""Energies ‖ŵ_S‖² and ŵ_S·θ_T of a min-norm or least-squares source fit, proportional limit.

    W = s²γ_S + σ_S²γ_S/(1−γ_S) for γ_S < 1, s² + σ_S²/(γ_S−1) for γ_S > 1; cross energy min(γ_S, 1)·stc.
    gamma_source: n_S/d ≥ 0. At γ_S = 1, W = inf if σ_S > 0. Used as source and cross energy, they turn every formula
    of this file into one for a finite source sample.

    >>> fitted_source(0.5, 1.0, 0.8, 0.25)
    (0.75, 0.4)
    """
    share, noise = minimum(gamma_source, 1), limit_variance(gamma_source, source_noise_variance)
    return share * source_energy + noise, share * cross_energy


def finite_source_deep_transferability(
    gamma: Any,
    gamma_source: Any,
    depth: Any,
    source_energy: Any,
    cross_energy: Any,
    target_energy: Any,
    noise_variance: Any = 0.0,
    source_noise_variance: Any = 0.0,
) -> Any:
    r"""Transferability from a fitted source: (1−γ)₊(2ρ min(γ_S,1) stc − ρ²W), W and ρ of the fitted source.

    Vanishes on c* = ρW/(2st min(γ_S,1)). −inf at γ_S = 1 with source noise, for γ < 1 and finite L.
    Other arguments as in `deep_transferability` and `fitted_source`.
    Source: its row of the table; eq. 22 of arXiv 2410.08194 sets ρ = 1, which fails for n_S < d even without noise.

    >>> print(f"{finite_source_deep_transferability(0.5, 0.5, 1, 1.0, 0.8, 1.0):.6f}")
    0.150000
    """
    energy, cross = fitted_source(gamma_source, source_energy, cross_energy, source_noise_variance)
    finite = energy < math.inf
    safe = where(finite, energy, 1)
    gain = deep_transferability(gamma, depth, safe, cross, target_energy, noise_variance)
    # ρ → A^{(L−1)/2} as W → ∞ keeps ρ²W infinite; at L = ∞, which is blind to W, ρ²W = t² + σ²/(1−γ) and ρ → 0.
    blind = where((gamma > 0) & (depth == math.inf), -(1 - gamma) * target_energy - noise_variance, -math.inf)
    return where(finite, gain, where(gamma < 1, blind, 0))


def finite_source_deep_risk(
    gamma: Any,
    gamma_source: Any,
    depth: Any,
    source_energy: Any,
    cross_energy: Any,
    target_energy: Any,
    noise_variance: Any = 0.0,
    source_noise_variance: Any = 0.0,
) -> Any:
    r"""Risk of deep fine-tuning from a fitted source, proportional limit: scratch minus transferability.

    Arguments as in `finite_source_deep_transferability`.

    >>> print(f"{finite_source_deep_risk(0.5, 0.5, 1, 1.0, 0.8, 1.0):.6f}")
    0.350000
    """
    scratch = deep_fine_tuning_risk(gamma, 1, 0 * source_energy, 0 * cross_energy, target_energy, noise_variance)
    return scratch - finite_source_deep_transferability(
        gamma, gamma_source, depth, source_energy, cross_energy, target_energy, noise_variance, source_noise_variance
    )

r"""Fine-tuning a wide ReLU network that was itself trained on a finite source set, on the unit sphere.

The source stage leaves f_S = s_1S θ_S·x on average, and noise in every degree that the kernel sees: the target stage
starts from the residual energies

.. math:: e_k = \frac{N_k s_{kS}^2 V_S}{n_S}
          + [k = 1]\,\bigl(e(\theta_T) - 2 s_{1S}\,e(\theta_S,\theta_T) + s_{1S}^2\,e(\theta_S)\bigr) ,

with s_kS = μ_k/(μ_k+κ_S) and V_S the test error of the source stage, noise included.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.arithmetic import kind_of, per_mode, sqrt, total, where
from lintransfer.theory.linear.effective_regularization import effective_regularization
from lintransfer.theory.shallow_relu.learning_curves import MAX_DEGREE, kernel_risk
from lintransfer.theory.shallow_relu.spectrum import spectrum_tail, sphere_spectrum


def source_noise_energies(
    kappa_source: Any, eigenvalues: Any, multiplicities: Any, source_energy: Any, source_noise_variance: Any, ridge: Any
) -> Any:
    r"""Energy N_k s_k² V_S/n_S of what a finite source set leaves in degree k at random.

    .. math:: \frac{N_k s_k^2 V_S}{n_S} = \frac{N_k s_k^2\,[(1-s_1)^2 e(\theta_S) + \sigma_S^2]}
              {\sum_j N_j s_j(1-s_j) + \lambda/\kappa_S}

    kappa_source: κ_S, root of n_S = Σ N_kμ_k/(μ_k+κ_S) + λ/κ_S.  source_energy: e(θ_S) = ‖θ_S‖²/d.  The rest as
    `lintransfer.theory.shallow_relu.learning_curves.kernel_risk`.  Returns (..., K+1).  Source: the rows that use it (R5).
    """
    kappa = per_mode(kappa_source)
    learnt, missed = eigenvalues / (eigenvalues + kappa), kappa / (eigenvalues + kappa)
    left = total(multiplicities * learnt * missed) + ridge / kappa_source
    unlearnt = missed[..., 1]
    return (
        multiplicities
        * learnt
        * learnt
        * per_mode((unlearnt * unlearnt * source_energy + source_noise_variance) / left)
    )


def residual_energies(
    kappa_source: Any,
    eigenvalues: Any,
    multiplicities: Any,
    source_energy: Any,
    cross_energy: Any,
    target_energy: Any,
    source_noise_variance: Any,
    ridge: Any,
) -> Any:
    r"""Energies e_k, k = 0 … K, of the target minus the function that the source stage has learnt.

    source_energy, cross_energy, target_energy: e(θ_S), e(θ_S, θ_T) = θ_S·θ_T/d and e(θ_T).  The rest as
    `source_noise_energies`.  Returns (..., K+1).  Source: its row of the table (R5).
    """
    noise = source_noise_energies(
        kappa_source, eigenvalues, multiplicities, source_energy, source_noise_variance, ridge
    )
    learnt = eigenvalues[..., 1] / (eigenvalues[..., 1] + kappa_source)
    linear = target_energy - 2 * learnt * cross_energy + learnt * learnt * source_energy
    return noise + per_mode(linear) * (np.arange(eigenvalues.shape[-1]) == 1).astype(int)


def critical_overlap_at(
    kappa: Any,
    kappa_source: Any,
    eigenvalues: Any,
    multiplicities: Any,
    source_energy: Any,
    target_energy: Any,
    source_noise_variance: Any,
    ridge: Any,
) -> Any:
    r"""Overlap above which fine-tuning beats training from scratch, at given effective regularisations.

    .. math:: c^* = \frac{(1-s_{1T})^2 s_{1S}^2\,e(\theta_S) + \frac{V_S}{n_S}\sum_{k\ge 0}(1-s_{kT})^2 N_k s_{kS}^2}
              {2 s_{1S}(1-s_{1T})^2\sqrt{e(\theta_S)e(\theta_T)}}

    kappa: κ_T of the target stage.  The rest as `source_noise_energies`.  Target noise drops out. c* ≥ 1: fine-tuning
    never wins. c* → ‖θ_S‖/(2‖θ_T‖) as n_S → ∞.  Source: its row of the table (R8).
    """
    noise = source_noise_energies(
        kappa_source, eigenvalues, multiplicities, source_energy, source_noise_variance, ridge
    )
    missed = per_mode(kappa) / (eigenvalues + per_mode(kappa))
    learnt = eigenvalues[..., 1] / (eigenvalues[..., 1] + kappa_source)
    # Dividing by (1 − s_1T)² first keeps the ratio finite as κ_T → 0.
    relative = missed / missed[..., 1:2]
    spread = total(relative * relative * noise)
    return (learnt * learnt * source_energy + spread) / (2 * learnt * sqrt(source_energy * target_energy))


def _stages(n: Any, n_source: Any, dim: Any, trained: Any, ridge: Any, source_ridge: Any, max_degree: int) -> Any:
    """The spectrum, and per stage its size, the size with 0 replaced by 1, κ of the latter, and the ridge."""
    spectrum = sphere_spectrum(dim, max_degree, trained)
    tail = spectrum_tail(dim, max_degree, trained)
    stages = []
    for size, explicit in ((n, ridge), (n_source, source_ridge)):
        size = np.asarray(size, dtype=float) if kind_of(size) == "numpy" else size
        some = where(size > 0, size, 1.0)
        kappa = effective_regularization(some, spectrum.eigenvalues, spectrum.multiplicities, tail + explicit)
        stages.append((size, some, kappa, tail + explicit))
    return spectrum, stages


def two_stage_risk(
    n: Any,
    n_source: Any,
    dim: int,
    source_energy: Any,
    cross_energy: Any,
    target_energy: Any,
    noise_variance: Any = 0.0,
    source_noise_variance: Any = 0.0,
    trained: Any = "both",
    ridge: Any = 0.0,
    source_ridge: Any = 0.0,
    max_degree: int = MAX_DEGREE,
) -> Any:
    r"""Excess risk after training on n_source source samples from zero, then on n target samples from there.

    .. math:: R = \frac{\sum_k(1-s_{kT})^2 e_k + \sigma_T^2\,\mathrm{df}_{2T}/n}{1 - \mathrm{df}_{2T}/n}

    with e_k of `residual_energies`.
    n, n_source: sample sizes ≥ 0, broadcast against each other and the energies.  source_energy, cross_energy,
    target_energy: ‖θ_S‖², θ_S·θ_T, ‖θ_T‖².  noise_variance, source_noise_variance: σ_T², σ_S².  ridge, source_ridge:
    explicit λ_0 of each stage.  Returns the broadcast shape. n_source = 0: training from scratch.
    Validity: deterministic equivalent, d ≥ 12 and n, n_S ≤ 3d to about 10 %.  Source: its row of the table (R5).

    >>> round(float(two_stage_risk(20.0, 1e9, 20, 1.0, 0.5, 1.0, trained="first")), 5) < 0.05
    True
    """
    spectrum, (target, source) = _stages(n, n_source, dim, trained, ridge, source_ridge, max_degree)
    modes = spectrum.eigenvalues, spectrum.multiplicities
    start = residual_energies(
        source[2],
        modes[0],
        modes[1],
        source_energy / dim,
        cross_energy / dim,
        target_energy / dim,
        source_noise_variance,
        source[3],
    )
    scratch = per_mode(target_energy / dim + 0 * source[2]) * (np.arange(max_degree + 1) == 1).astype(int)
    start = where(per_mode(source[0]) > 0, start, scratch)
    risk = kernel_risk(target[1], target[2], modes[0], modes[1], start, noise_variance, target[3])
    return where(target[0] > 0, risk, total(start) + 0 * risk)


def critical_overlap(
    n: Any,
    n_source: Any,
    dim: int,
    source_norm: Any,
    target_norm: Any,
    source_noise_variance: Any = 0.0,
    trained: Any = "both",
    ridge: Any = 0.0,
    source_ridge: Any = 0.0,
    max_degree: int = MAX_DEGREE,
) -> Any:
    r"""Overlap c* above which fine-tuning a finitely trained source beats training from scratch.

    See `critical_overlap_at` for the formula.  n, n_source: sample sizes, shape (...).  source_norm, target_norm:
    ‖θ_S‖, ‖θ_T‖ > 0.  Returns shape (...); values ≥ 1 mean never, inf where n_source = 0 or target_norm = 0.
    Source: the rows that use it (R8).

    >>> round(float(critical_overlap(20.0, 1e6, 20, 1.0, 1.0, trained="second")), 3)
    0.5
    """
    spectrum, (target, source) = _stages(n, n_source, dim, trained, ridge, source_ridge, max_degree)
    kappa = where(target[0] > 0, target[2], 1e150)
    possible = (source[0] > 0) & (target_norm * source_norm > 0)
    overlap = critical_overlap_at(
        kappa,
        source[2],
        spectrum.eigenvalues,
        spectrum.multiplicities,
        source_norm * source_norm / dim,
        where(possible, target_norm * target_norm, 1.0) / dim,
        source_noise_variance,
        source[3],
    )
    return where(possible, overlap, float("inf") + 0 * overlap)

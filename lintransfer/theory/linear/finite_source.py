r"""Transfer from a source that was itself fitted to n_S samples (min-norm or least squares), isotropic inputs.

The target risk depends on the source fit ŵ_S only through ‖θ_T − ŵ_S‖² (fine-tuning) or through the energy of θ_T off
the direction of ŵ_S (linear transfer). Both are averaged over the source set here; risks are linear in them.
"""

from __future__ import annotations

import math
from typing import Any

from lintransfer.arithmetic import maximum, minimum, ratio_where, where
from lintransfer.theory.linear.frozen_features import frozen_features_risk
from lintransfer.theory.linear.isotropic import min_norm_risk
from lintransfer.theory.linear.source_alignment import source_misalignment


def finite_source_displacement(
    n_source: Any, dim: Any, source_energy: Any, cross_energy: Any, target_energy: Any, source_noise_variance: Any
) -> Any:
    r"""Mean squared distance between a fitted source and the target teacher.

    .. math:: E\|\theta_T-\hat w_S\|^2 = t^2 + \min\left(\tfrac{n_S}d, 1\right)(s^2 - 2stc)
        + \sigma_S^2 \frac{\min(n_S, d)}{|n_S-d|-1}

    n_source: n_S ≥ 0.  dim: d.  source_energy, cross_energy, target_energy: s², stc, t².  source_noise_variance: σ_S²
    (kσ_S² for k outputs, with the energies summed over them).
    Returns the mean; inf where |n_S − d| ≤ 1, n_S ≥ 1 and σ_S > 0; t² at n_S = 0.
    Exact, Σ_S = I. Source: limit d → ∞ in Tahir, Ganguli & Rotskoff (arXiv 2410.08194), eqs. 22–23.

    >>> float(finite_source_displacement(4, 8, 1.0, 0.75, 1.0, source_noise_variance=0.75))
    1.75
    """
    learnt = minimum(n_source, dim) * (source_energy - 2 * cross_energy) / dim
    return target_energy + learnt + min_norm_risk(n_source, dim, 0, source_noise_variance)


def finite_source_risk(
    n: Any, n_source: Any, dim: Any, source_energy: Any, cross_energy: Any, target_energy: Any,
    noise_variance: Any, source_noise_variance: Any,
) -> Any:  # fmt: skip
    r"""Mean excess risk of fine-tuning from a fitted source.

    .. math:: E R = (1-n/d)_+\,E\|\theta_T-\hat w_S\|^2 + \text{the noise term of scratch}

    n: target samples.  noise_variance: σ².  Other arguments as in `finite_source_displacement`.
    Returns E R; inf where scratch has infinite risk, and for n < d where the source fit has (|n_S − d| ≤ 1, σ_S > 0):
    fine-tuning from it always loses.
    Exact, Σ_S = Σ = I. Source: limit in Tahir, Ganguli & Rotskoff (arXiv 2410.08194), eqs. 22–23.

    >>> float(finite_source_risk(2, 4, 8, 1.0, 0.75, 1.0, noise_variance=0.0, source_noise_variance=0.75))
    1.3125
    """
    displacement = finite_source_displacement(
        n_source, dim, source_energy, cross_energy, target_energy, source_noise_variance
    )
    return min_norm_risk(n, dim, where(n < dim, displacement, 0), noise_variance)


def finite_source_transferability(
    n: Any, n_source: Any, dim: Any, source_energy: Any, cross_energy: Any, target_energy: Any,
    source_noise_variance: Any,
) -> Any:  # fmt: skip
    r"""Mean transferability of fine-tuning from a fitted source, against scratch on the same target set.

    .. math:: E T = (1-n/d)_+\,(t^2 - E\|\theta_T-\hat w_S\|^2)

    n: target samples.  Other arguments as in `finite_source_displacement`. The noise of the target cancels.
    Returns E T; 0 for n ≥ d; −inf for n < d where the source fit has infinite energy (|n_S − d| ≤ 1, σ_S > 0).
    Exact, Σ_S = Σ = I. Follows from `finite_source_displacement`.

    >>> float(finite_source_transferability(2, 4, 8, 1.0, 0.75, 1.0, source_noise_variance=0.75))
    -0.5625
    """
    energies = source_energy, cross_energy, target_energy
    gained = target_energy - finite_source_displacement(n_source, dim, *energies, source_noise_variance)
    return where(n < dim, maximum(dim - n, 0) * where(n < dim, gained, 0) / dim, 0 * target_energy)


def source_feature_unexplained(
    n_source: Any, dim: Any, source_energy: Any, cross_energy: Any, target_energy: Any, source_noise_variance: Any
) -> Any:
    r"""Mean energy of the target off the direction of a fitted source, the one feature of linear transfer.

    .. math:: E u = t^2\left[c^2(1-EA) + (1-c^2)\left(1-\frac{1-EA}{d-1}\right)\right]

    with A the squared cosine between ŵ_S and θ_S, E A from `lintransfer.theory.linear.source_alignment`. Off θ_S the direction of
    ŵ_S is uniform, which gives the rest of the target its 1/(d−1).

    Arguments as in `finite_source_displacement`, one output.
    Returns E u between 0 and t²; t² where the fit vanishes (n_S = 0, or s = σ_S = 0).
    Exact for every n_S ≥ 0 and d ≥ 1, Σ_S = I. Source: the rows that use it; the limit d → ∞ replaces E A by `source_cosine_squared_limit`.

    >>> u = source_feature_unexplained(16, 8, 1.0, 0.8, 1.0, source_noise_variance=0.0)
    >>> round(float(u), 12)  # the source is known exactly: 1 − c²
    0.36
    """
    alive = source_energy > 0
    explained = ratio_where(alive, cross_energy * cross_energy, source_energy, 0.0)
    noise = ratio_where(alive, source_noise_variance, source_energy, math.inf)
    missed = source_misalignment(n_source, dim, noise)
    aside = 1 - ratio_where(dim > 1, missed, dim - 1, 0.0)
    vanishes = (n_source <= 0) | ((source_energy <= 0) & (source_noise_variance <= 0))
    return where(vanishes, target_energy, explained * missed + (target_energy - explained) * aside)


def source_feature_risk(
    n: Any, n_source: Any, dim: Any, source_energy: Any, cross_energy: Any, target_energy: Any,
    noise_variance: Any, source_noise_variance: Any,
) -> Any:  # fmt: skip
    r"""Mean excess risk of linear transfer on the one feature that a fitted source provides.

    .. math:: E R = E u + \frac{\sigma^2 + E u}{n-2}

    n: target samples.  noise_variance: σ².  Other arguments as in `source_feature_unexplained`, which gives E u.
    Returns E R for n ≥ 3; inf at n = 1, 2 unless σ² + E u = 0; t² at n = 0 and where the fit vanishes.
    Exact, Σ_S = Σ = I. Source: its row of the table.

    >>> round(float(source_feature_risk(12, 16, 8, 1.0, 0.8, 1.0, noise_variance=0.04, source_noise_variance=0.0)), 12)
    0.4
    """
    energies = source_energy, cross_energy, target_energy
    unexplained = source_feature_unexplained(n_source, dim, *energies, source_noise_variance)
    risk = frozen_features_risk(n, 1, target_energy - unexplained, unexplained, noise_variance)
    vanishes = (n_source <= 0) | ((source_energy <= 0) & (source_noise_variance <= 0))
    return where(vanishes, target_energy, risk)

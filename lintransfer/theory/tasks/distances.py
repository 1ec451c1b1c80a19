r"""Distances between the source and the target *distribution* of (x, y), and why they do not predict transfer.

Both tasks share x ~ N(0, Σ) and the noise σ; they differ by their teachers only, so every distance is a function of
D² = (θ_S − θ_T)ᵀΣ(θ_S − θ_T) and σ². None of them knows n, while the sign of the transferability changes with n.
"""

from __future__ import annotations

import math
from typing import Any

from lintransfer.arithmetic import minimum, pi_of, ratio_where, sqrt, total, where


def teacher_distance_squared(eigenvalues: Any, displacement_energy: Any) -> Any:
    r"""Mean squared difference between the two teachers' clean labels.

    .. math:: D^2 = E_x[(x\cdot\theta_S - x\cdot\theta_T)^2] = \sum_i \lambda_i \delta_i^2

    eigenvalues: λ_i of Σ, modes on the last axis, (…, m).  displacement_energy: (θ_T − θ_S)_i² per mode, (…, m).
    Returns D², shape (…).  Exact, any Σ.

    >>> import numpy as np
    >>> float(teacher_distance_squared(np.array([2.0, 1.0]), np.array([0.25, 0.5])))
    1.0
    """
    return total(eigenvalues * displacement_energy)


def untrained_risk(displacement_energy: Any) -> Any:
    r"""Risk without training: (w0 − θ_T)ᵀΣ'(w0 − θ_T), Σ' the covariance under which the risk is measured.

    displacement_energy: that energy, summed over outputs; w0 = θ_S for fine-tuning, 0 for scratch and for a new head. Also
    the risk at time 0 and of an infinite ridge. Exact, any inputs. Source: definition.

    >>> untrained_risk(0.4)
    0.4
    """
    return displacement_energy


def kl_divergence(distance_squared: Any, noise_variance: Any) -> Any:
    r"""Kullback–Leibler divergence between the two distributions of (x, y), in nats, the same both ways.

    .. math:: KL = \frac{D^2}{2\sigma^2}

    distance_squared: D² from `teacher_distance_squared`.  noise_variance: σ² of either task.
    Returns KL ≥ 0; without noise inf, or 0 if the teachers agree.  Exact, any Σ.

    >>> kl_divergence(0.5, 0.25)
    1.0
    """
    noiseless = where(distance_squared > 0, math.inf, 0.0)
    return ratio_where(noise_variance > 0, distance_squared, 2 * noise_variance, noiseless)


def squared_hellinger_distance(distance_squared: Any, noise_variance: Any) -> Any:
    r"""Squared Hellinger distance 1 − ∫√(pq) between the two distributions of (x, y).

    .. math:: H^2 = 1 - \left(1+\frac{D^2}{4\sigma^2}\right)^{-1/2}

    Arguments as in `kl_divergence`.
    Returns H² in [0, 1]; without noise 1, or 0 if the teachers agree.  Exact, any Σ.

    >>> float(squared_hellinger_distance(12.0, 1.0))
    0.5
    """
    ratio = ratio_where(noise_variance > 0, distance_squared, 4 * noise_variance, 0.0)
    root = sqrt(1 + ratio)
    return where(noise_variance > 0, ratio / (root * (root + 1)), where(distance_squared > 0, 1.0, 0.0))


def wasserstein_bound(distance_squared: Any) -> Any:
    r"""Upper bound on the Wasserstein-1 distance between the two distributions of (x, y).

    .. math:: W_1 \le E|x\cdot\theta_S - x\cdot\theta_T| = \sqrt{2/\pi}\,D

    distance_squared: D².  Returns the bound, the cost of keeping x and the noise and moving y only.  Any Σ, any σ.

    >>> round(float(wasserstein_bound(1.0)), 6)
    0.797885
    """
    return sqrt(2 * distance_squared / pi_of(distance_squared))


def dudley_bound(distance_squared: Any) -> Any:
    r"""Upper bound on the Dudley (bounded Lipschitz) distance sup |E_p f − E_q f| over |f| ≤ 1, Lip f ≤ 1.

    .. math:: \beta \le \min(2, W_1) \le \min\left(2, \sqrt{2/\pi}\,D\right)

    Arguments and validity as in `wasserstein_bound`.

    >>> float(dudley_bound(100.0))
    2.0
    """
    return minimum(wasserstein_bound(distance_squared), 2.0)


def boundary_from_divergence(divergence: Any, noise_variance: Any) -> Any:
    r"""Where linear transfer stops helping beyond γ = 1, written with the KL divergence (r = 1, Σ = I, s = t = 1).

    .. math:: \gamma^* = 1 + \frac{1}{KL\,(2-\sigma^2 KL)}

    divergence: KL between the two distributions, between 0 and 2/σ² (teachers opposite).  noise_variance: σ² > 0.
    Returns γ* = n/d; inf at either end. It falls, then rises with KL, so that a larger distance can mean more transfer.
    Asymptotic, d → ∞ at fixed n/d. Follows from `lintransfer.theory.linear.head_boundaries.large_sample_boundary`.

    >>> boundary_from_divergence(1.0, 1.0)
    2.0
    """
    slope = divergence * (2 - noise_variance * divergence)
    return 1 + ratio_where(slope > 0, 1, slope, math.inf)

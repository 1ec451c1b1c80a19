r"""A block of a source fit is copied, other weights are fitted to the target, the rest stay 0: isotropic inputs.

The source learns the weights of d_A features (A) by min-norm least squares; what it does not see, θ_S off A, acts as label
noise. The weights of b of them (B) are copied and kept. The target learns the weights of f other features (F) on what the
copied ones leave of its labels. The copied block's error acts as label noise there, and stays as a floor.
"""

from __future__ import annotations

from typing import Any

from lintransfer.arithmetic import minimum, where
from lintransfer.theory.linear.frozen_features import frozen_features_risk
from lintransfer.theory.linear.isotropic import min_norm_risk


def transferred_block_error(
    n_source: Any, n_source_features: Any, n_transferred: Any, source_energy: Any, source_block_energy: Any,
    block_cross_energy: Any, target_block_energy: Any, source_noise_variance: Any,
) -> Any:  # fmt: skip
    r"""Mean squared distance of a copied block of source weights from the target's weights there.

    .. math:: E\|\theta_{T,B}-\hat w_B\|^2 = \|\theta_{T,B}\|^2 - 2\rho\,\theta_{T,B}\cdot\theta_{S,B}
        + h_1\|\theta_{S,B}\|^2 + h_2b\|\theta_{S,A}\|^2 + \frac{b\,\omega^2}{d_A}
        \begin{cases} \frac{n_S}{d_A-n_S-1} & n_S \le d_A-2 \\ \frac{d_A}{n_S-d_A-1} & n_S \ge d_A+2 \end{cases}

    with m = min(n_S, d_A), ρ = m/d_A, h_2 = m(d_A−m)/(d_A(d_A−1)(d_A+2)) and h_1 = ρ − h_2d_A.

    n_source: n_S.  n_source_features: d_A ≥ 1.  n_transferred: b ≤ d_A.  source_energy: ‖θ_{S,A}‖².  source_block_energy,
    block_cross_energy, target_block_energy: ‖θ_{S,B}‖², θ_{T,B}·θ_{S,B}, ‖θ_{T,B}‖².  source_noise_variance:
    ω² = σ_S² + ‖θ_S‖² − ‖θ_{S,A}‖², the noise and what the source's features leave unexplained.
    Returns the mean; inf where |n_S − d_A| ≤ 1 ≤ n_S and ω > 0; ‖θ_{T,B}‖² at n_S = 0.
    Exact, Σ = I. Source: Dar & Baraniuk (arXiv 2006.07002).

    >>> float(transferred_block_error(2, 4, 2, 1.0, 0.5, 0.5, 0.5, source_noise_variance=0.25))
    0.5
    """
    rank = minimum(n_source, n_source_features)
    d = where(n_source_features > 1, n_source_features, 2)  # one feature: the rank is 0 or 1 and nothing mixes
    kept = (d + d * rank - 2) * source_block_energy * rank / d / (d + 2) / (d - 1)
    mixed = n_transferred * source_energy * rank / d * (d - rank) / (d + 2) / (d - 1)
    fitted = where(n_source_features > 1, kept + mixed, rank * source_block_energy)
    noise = min_norm_risk(n_source, n_source_features, 0, source_noise_variance) / n_source_features
    noise = n_transferred * where(n_transferred > 0, noise, 0 * source_noise_variance)  # nothing is copied, inf or not
    return target_block_energy - 2 * rank * block_cross_energy / n_source_features + fitted + noise


def transferred_block_risk(
    n: Any, n_free: Any, n_source: Any, n_source_features: Any, n_transferred: Any, source_energy: Any,
    source_block_energy: Any, block_cross_energy: Any, target_block_energy: Any, free_energy: Any, rest_energy: Any,
    noise_variance: Any, source_noise_variance: Any,
) -> Any:  # fmt: skip
    r"""Mean excess risk on the target with a copied block of source weights, f free weights, and the rest 0.

    .. math:: E R + \sigma^2 = \begin{cases} W\,\frac{n-1}{n-f-1} & n \ge f+2 \\
        W\,\frac{f-1}{f-n-1} + (1-n/f)\|\theta_{T,F}\|^2 & n \le f-2 \end{cases}, \qquad
        W = \sigma^2 + \|\theta_{T,Z}\|^2 + E\|\theta_{T,B}-\hat w_B\|^2

    n: target samples.  n_free: f.  free_energy: ‖θ_{T,F}‖².  rest_energy: ‖θ_{T,Z}‖², Z the features in neither B nor F.
    noise_variance: σ².  Other arguments as in `transferred_block_error`.
    Returns E R; inf where |n − f| ≤ 1 ≤ n or |n_S − d_A| ≤ 1 ≤ n_S, with noise: a double double descent.
    Exact, Σ = I, one output, w0 = 0 for both fits. Source: Dar & Baraniuk (arXiv 2006.07002).

    >>> float(transferred_block_risk(5, 1, 2, 4, 2, 1.0, 0.5, 0.5, 0.5, 0.25, 0.0, 0.25, source_noise_variance=0.25))
    0.75
    """
    error = transferred_block_error(
        n_source, n_source_features, n_transferred, source_energy, source_block_energy, block_cross_energy,
        target_block_energy, source_noise_variance,
    )  # fmt: skip
    return frozen_features_risk(n, n_free, free_energy, rest_energy + error, noise_variance)

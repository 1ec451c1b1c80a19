r"""The generalisation bound of the neural-tangent regime and what its complexity term really is.

For labels that are linear in the residual, ỹ = Xδ, the Gram matrix H = K(X, X) exceeds its linear Taylor part,
H ⪰ K'(0) XXᵀ, because the Taylor coefficients of K are non-negative (Schur product theorem). Hence
ỹᵀH⁻¹ỹ ≤ ‖Pδ‖²/K'(0), which is 4‖Pδ‖² for the first layer: a factor 2 for the square root, sharp as n → ∞. The
published factor is 3.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.arithmetic import log, maximum, ratio_where, sqrt, where
from lintransfer.designs import checked_rows, refuse_parallel_rows
from lintransfer.errors import DomainError, refuse
from lintransfer.theory.shallow_relu.gram import gram_matrix
from lintransfer.theory.shallow_relu.kernels import layer_weights
from lintransfer.theory.shallow_relu.learning_curves import MAX_DEGREE, sphere_kappa
from lintransfer.theory.shallow_relu.proportional import slope_at_zero
from lintransfer.theory.shallow_relu.spectrum import sphere_spectrum


def gram_quadratic_form(inputs: Any, labels: Any, trained: Any = "first", ridge: float = 0.0) -> float:
    r"""ỹᵀ(H + λ_0 I)⁻¹ỹ for given inputs (n, d) and residual labels (n,).

    Raises `DomainError` if H is singular: two parallel rows (named), or more antipodal pairs than dimensions.

    >>> round(gram_quadratic_form(np.eye(3), np.ones(3)), 12)
    6.0
    """
    import scipy.linalg  # slow to import

    inputs, labels = np.asarray(checked_rows(inputs), dtype=float), np.asarray(labels, dtype=float)
    if labels.shape != inputs.shape[:1] or not np.all(np.isfinite(labels)):
        refuse("labels", f"{inputs.shape[0]} finite numbers, one per row of inputs", f"shape {labels.shape}")
    if ridge == 0:
        refuse_parallel_rows(inputs)
    gram = gram_matrix(inputs, trained=trained)
    gram[np.diag_indices_from(gram)] += ridge
    try:
        factor = scipy.linalg.cho_factor(gram, lower=True, overwrite_a=True, check_finite=False)
    except scipy.linalg.LinAlgError:
        raise DomainError(
            "inputs must give a Gram matrix that is positive definite to rounding, got a singular one: without bias "
            "the odd part of a ReLU kernel is linear, so more than d antipodal pairs are dependent; give a ridge > 0"
        ) from None
    return float(labels @ scipy.linalg.cho_solve(factor, labels, check_finite=False))


def gram_bound(projected_energy: Any, first: Any = 1, second: Any = 0) -> Any:
    r"""Upper bound ỹᵀH⁻¹ỹ ≤ ‖Pδ‖²/K'(0) for noiseless linear labels ỹ = Xδ.

    projected_energy: ‖Pδ‖², P the projector on the row space of X (‖δ‖² is a weaker choice).  first, second: kernel
    weights (α, ω); K'(0) = (α+ω)/4.  Kind: BOUND, any inputs, any n.  Source: its row of the table (R2); published with factor 9 in
    place of 4 (Arora et al. 2019, corollary 6.2).

    >>> gram_bound(1.0), published_gram_bound(1.0)
    (4.0, 9.0)
    """
    return projected_energy / slope_at_zero(first, second)


def published_gram_bound(displacement_energy: Any) -> Any:
    """The published form (3‖δ‖)² of `gram_bound` for the first layer (Arora et al. 2019, corollary 6.2)."""
    return 9.0 * displacement_energy


def generalization_bound(
    n: Any, quadratic_form: Any, smallest_eigenvalue: Any, failure_probability: Any, constant: Any = 1.0
) -> Any:
    r"""Bound on the expected 1-Lipschitz loss in [0, 1], with probability 1 − η over the sample.

    .. math:: \sqrt{\frac{2\,\tilde y^\top H^{-1}\tilde y}{n}}
              + C\sqrt{\frac{\log(n/(\lambda_0\eta))}{n}}

    quadratic_form: ỹᵀH⁻¹ỹ.  smallest_eigenvalue: λ_0 = λ_min(H).  failure_probability: η.  constant: C, which the
    theorem does not state. It bounds E|f − y|, hence √R and not R.
    Source: Arora et al. 2019, theorem 5.1; Shachaf et al. 2021 for the residual labels.

    >>> round(float(generalization_bound(100.0, 4.0, 0.1, 0.05, 0.0)), 6)
    0.282843
    """
    some = where(n > 0, n, 1)
    confidence = log(some / (smallest_eigenvalue * failure_probability))
    return where(n > 0, sqrt(2 * quadratic_form / some) + constant * sqrt(confidence / some), float("inf"))


def leading_bound(n: Any, displacement_energy: Any, first: Any = 1, second: Any = 0) -> Any:
    r"""First term of `generalization_bound` with `gram_bound`: √(2‖δ‖²/(K'(0) n)), ‖δ‖√(8/n) for the first layer.

    >>> float(leading_bound(8, 1.0))
    1.0
    """
    return sqrt(ratio_where(n > 0, 2 * gram_bound(displacement_energy, first, second), n, float("inf")))


def risk_bound(n: Any, displacement_energy: Any) -> Any:
    r"""Upper bound on the expected excess risk of an infinitely wide network, for noiseless labels on unit inputs.

    .. math:: E R \le 2\|\delta\|^2 \min\Bigl(1, \frac{2}{\sqrt n}\Bigr)

    The error g = f − y is orthogonal, in the space of the kernel, to all functions of the training inputs: its norm is
    at most B = ‖δ‖/√K'(0), so |g| ≤ B√K(1) and, by symmetrisation and contraction, E|g| ≤ 2B√(K(1)/n); and
    E g² ≤ sup|g| E|g|. K(1)/K'(0) = 2 whichever layers are trained.
    n: ≥ 0.  displacement_energy: ‖δ‖² = ‖θ_T − w_0‖².  Kind: BOUND in expectation, for any law of inputs on the unit
    sphere: no unstated constant and no confidence term. Very loose: the risk on the sphere is at most about ‖δ‖²/d.
    Source: its row of the table, after Arora et al. 2019, theorem 5.1, with the constant of `gram_bound`.

    >>> float(risk_bound(0, 1.0)), float(risk_bound(64, 1.0))
    (2.0, 0.5)
    """
    return 4 * displacement_energy / sqrt(maximum(n, 4))


def published_leading_bound(n: Any, displacement_energy: Any) -> Any:
    """First term of `generalization_bound` with the published factor: ‖δ‖√(18/n)."""
    return sqrt(ratio_where(n > 0, 2 * published_gram_bound(displacement_energy), n, float("inf")))


def complexity_term(kappa: Any, first_eigenvalue: Any, residual_energy: Any, noise_variance: Any) -> Any:
    r"""Expected complexity term of a linear residual with label noise.

    .. math:: E\,\tilde y^\top (H + \lambda_0)^{-1}\tilde y = \frac{e(\delta)}{\mu_1 + \kappa}
              + \frac{\sigma^2}{\kappa}

    kappa: root of n = Σ N_kμ_k/(μ_k+κ) + (tail+λ_0)/κ.  first_eigenvalue: μ_1.  residual_energy: e(δ).
    Validity: deterministic equivalent.  Source: its row of the table (R9).

    >>> complexity_term(1.0, 1.0, 2.0, 0.5)
    1.5
    """
    return residual_energy / (first_eigenvalue + kappa) + noise_variance / kappa


def sphere_complexity_term(
    n: Any, dim: int, displacement_energy: Any, noise_variance: Any = 0.0, trained: Any = "first", ridge: Any = 0.0
) -> Any:
    r"""`complexity_term` on the unit sphere at sample sizes n > 0, shape (...); at most ‖δ‖²/K'(0) if noiseless.

    √(2·/n) of it is the first term of the bound: it decays like n^{−1/2}, while √R decays like d/n for d ≪ n ≪ d².

    >>> bool(sphere_complexity_term(200.0, 20, 1.0) < 4.0)
    True
    """
    kappa = sphere_kappa(n, dim, trained, ridge, MAX_DEGREE)
    first_eigenvalue = sphere_spectrum(dim, 1, trained).eigenvalues[..., 1]
    return complexity_term(kappa, first_eigenvalue, displacement_energy / dim, noise_variance)


def largest_complexity(displacement_energy: Any, trained: Any = "first") -> Any:
    """The value ‖δ‖²/K'(0) that the noiseless complexity term approaches from below as n → ∞."""
    return gram_bound(displacement_energy, *layer_weights(trained))

r"""Wide ReLU networks on inputs N(0, Σ): fine-tuning is ridge regression from θ_S with a computable ridge.

When many directions carry the inputs, the kernel ‖x‖‖x'‖K(cos) is K(0) tr Σ 11ᵀ + K'(0)[XXᵀ + ζ tr Σ I] up to
O(1/r_eff), r_eff = (tr Σ)²/tr Σ²: the non-linear part is a ridge λ = ζ tr Σ + λ_0/K'(0) towards the start.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.arithmetic import kind_of, total, where
from lintransfer.theory.linear.effective_regularization import effective_regularization
from lintransfer.theory.shallow_relu.kernels import layer_weights
from lintransfer.theory.shallow_relu.learning_curves import kernel_risk
from lintransfer.theory.shallow_relu.proportional import nonlinearity, slope_at_zero

SMALLEST_EFFECTIVE_RANK = 20


def effective_rank(eigenvalues: Any, multiplicities: Any) -> Any:
    r"""r_eff = (tr Σ)²/tr Σ², between 1 and d.

    >>> float(effective_rank(np.array([2.0, 1.0]), np.array([1.0, 2.0])))
    2.6666666666666665
    """
    trace = total(multiplicities * eigenvalues)
    return trace * trace / total(multiplicities * eigenvalues * eigenvalues)


def equivalent_ridge(trace: Any, first: Any, second: Any, ridge: Any = 0.0) -> Any:
    r"""The ridge of the linear learner that a wide ReLU network amounts to.

    .. math:: \lambda = \zeta\,\mathrm{tr}\,\Sigma + \frac{\lambda_0}{K'(0)}, \qquad
              \zeta = 1 - \frac{2\omega}{\pi(\alpha+\omega)}, \quad K'(0) = \frac{\alpha+\omega}{4}

    trace: tr Σ.  first, second: kernel weights (α, ω); first-layer weights N(0, I/d) with both layers trained are
    (1, 1/d).  ridge: explicit λ_0 on the kernel.  Returns λ in the sum convention ‖y − Xw‖² + λ‖w − w_0‖².
    Source: its row of the table (R7).

    >>> float(equivalent_ridge(100.0, 1, 0, ridge=0.5))
    102.0
    """
    return nonlinearity(first, second) * trace + ridge / slope_at_zero(first, second)


def gaussian_risk(
    n: Any,
    eigenvalues: Any,
    multiplicities: Any,
    displacement: Any,
    noise_variance: Any = 0.0,
    trained: Any = "both",
    ridge: Any = 0.0,
) -> Any:
    r"""Excess risk of an infinitely wide ReLU network with linear teachers on inputs N(0, Σ).

    .. math:: R = \frac{\kappa^2\sum_i \lambda_i\delta_i^2/(\lambda_i+\kappa)^2 + \sigma^2\,\mathrm{df}_2/n}
              {1 - \mathrm{df}_2/n}, \qquad n = \sum_i\frac{\lambda_i}{\lambda_i+\kappa} + \frac{\lambda}{\kappa}

    n: sample sizes ≥ 0, shape (...).  eigenvalues, multiplicities: the spectrum of Σ, modes on the last axis.
    displacement: energies ‖θ_T − w_0‖² per mode.  ridge: explicit λ_0.  Returns shape (...).
    Validity: the theory is low by about (1 to 5)/r_eff, up to 10/r_eff if only the second layer is trained and n ≥ 2d:
    nan where the effective rank is below 20.
    Source: its row of the table (R7), the deterministic equivalent of ridge regression at λ of `equivalent_ridge`.

    >>> float(gaussian_risk(0.0, np.ones(1), np.array([50.0]), np.ones(1)))
    1.0
    """
    penalty = equivalent_ridge(total(multiplicities * eigenvalues), *layer_weights(trained), ridge)
    n = np.asarray(n, dtype=float) if kind_of(n) == "numpy" else n
    some = where(n > 0, n, 1.0)
    kappa = effective_regularization(some, eigenvalues, multiplicities, penalty)
    energies = eigenvalues * displacement
    risk = kernel_risk(some, kappa, eigenvalues, multiplicities, energies, noise_variance, penalty)
    risk = where(n > 0, risk, total(energies) + 0 * risk)
    spread_out = effective_rank(eigenvalues, multiplicities) >= SMALLEST_EFFECTIVE_RANK
    return where(spread_out, risk, float("nan") + 0 * risk)

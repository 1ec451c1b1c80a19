r"""What the order of two tasks changes: three mechanisms, which do not agree on whether the larger eigenvalue should be last.

Fits to the end leave noise σ²/λ: small eigenvalues last are worse (`order_gap`). SGD with a finite step leaves noise that
grows with λ: large ones last are worse (`sgd_order_gap`). Gradient descent after a shift forgets with how far it walks times
the eigenvalue of what is forgotten: large ones last are worse at first, better after long training (`gd_order_gap`).
"""

from __future__ import annotations

from typing import Any

from lintransfer.arithmetic import expm1, log1p, minimum, where
from lintransfer.theory.linear.isotropic import min_norm_risk


def order_gap(
    first_n: Any, second_n: Any, dim: Any, first_eigenvalue: Any, second_eigenvalue: Any,
    first_noise_variance: Any, second_noise_variance: Any,
) -> Any:  # fmt: skip
    r"""What the order of two min-norm fits changes: E‖w − θ‖² after tasks 1, 2 minus that after 2, 1; Σ_k = λ_kI, one θ.

    .. math:: \frac{n_1}{d}\frac{\nu_2}{\lambda_2} - \frac{n_2}{d}\frac{\nu_1}{\lambda_1}, \qquad
        \nu_k = \sigma_k^2 n_k/(d-n_k-1)

    first_n, second_n: samples of the tasks.  dim: d.  first_eigenvalue, second_eigenvalue: λ_k > 0.
    first_noise_variance, second_noise_variance: σ_k².  For n_k ≥ d + 2: n_k/d → 1, ν_k = σ_k²d/(n_k−d−1).
    At equal n and σ this is ν(n/d)(1/λ_2 − 1/λ_1): the larger eigenvalue last is better, as it is not under SGD with a
    finite step (`sgd_order_gap`).
    Exact. With noise and 1 ≤ n_k, |n_k − d| ≤ 1 the gap (on the same data) is infinite, for both k nan. Source: its row of
    the table.

    >>> order_gap(4, 4, 10, 1.0, 2.0, 0.5, 0.5)
    -0.08
    """
    first = min_norm_risk(first_n, dim, 0, first_noise_variance) / first_eigenvalue
    second = min_norm_risk(second_n, dim, 0, second_noise_variance) / second_eigenvalue
    return minimum(first_n, dim) * second / dim - minimum(second_n, dim) * first / dim


def sgd_order_gap(
    n: Any, first_eigenvalue: Any, second_eigenvalue: Any, noise_variance: Any, step_size: Any, batch: Any
) -> Any:
    r"""What the order of two tasks changes under SGD, d = 1, one optimum: E(w−θ)² after tasks 1, 2 minus that after 2, 1.

    .. math:: (1-\rho_1)(1-\rho_2)(v_2-v_1), \qquad \rho_i = a(\lambda_i)^n, \quad
        a(\lambda) = 1-2\eta\lambda+\eta^2\lambda^2(1+2/B), \quad v(\lambda) = \frac{\eta\sigma^2/B}{2-\eta\lambda(1+2/B)}

    n: steps of each task.  first_eigenvalue, second_eigenvalue: λ_1, λ_2, with ηλ(1 + 2/B) < 2.  noise_variance: σ².
    step_size, batch: η, B.  Positive iff λ_2 > λ_1: the larger eigenvalue LAST is worse, an effect of order η².
    `gd_order_gap` and `order_gap` may say the opposite: see `larger_last_is_worse`.
    Exact, Gaussian inputs. Source: its row of the table; rates in Ding, Ji, Wang & Xu (2405.17583).

    >>> round(float(sgd_order_gap(1, 1.0, 2.0, 1.0, 0.25, 1)), 12)
    0.0234375
    """
    spread = 1 + 2 / batch
    forgotten, room = 1, 1
    for eigenvalue in (first_eigenvalue, second_eigenvalue):
        rate = step_size * eigenvalue
        forgotten = forgotten * -expm1(n * log1p(-rate * (2 - rate * spread)))
        room = room * (2 - rate * spread)
    noise = step_size * noise_variance / batch
    return forgotten * noise * step_size * (second_eigenvalue - first_eigenvalue) * spread / room


def gd_order_gap(n: Any, first_eigenvalue: Any, second_eigenvalue: Any, distance_energy: Any, step_size: Any) -> Any:
    r"""What the order of two tasks of distinct optima changes: forgetting after 1, 2 minus after 2, 1; noiseless, d = 1.

    .. math:: \lambda_1D^2(1-(1-\eta\lambda_2)^n)^2 - \lambda_2D^2(1-(1-\eta\lambda_1)^n)^2 = \lambda_1\lambda_2D^2
        [g(\lambda_2)-g(\lambda_1)], \qquad g(\lambda) = (1-(1-\eta\lambda)^n)^2/\lambda

    n: full-batch steps on the second task, from the optimum of the first.  first_eigenvalue, second_eigenvalue: λ_1, λ_2,
    ηλ < 2.  distance_energy: D² = (θ_1 − θ_2)².  step_size: η.
    Positive (the larger eigenvalue last is worse) only while training is short: g peaks at ηnλ ≈ 1.2564, the root of
    eˣ = 1 + 2x (η → 0). After long training the larger eigenvalue last is better.  Exact. Source: its row of the table.

    >>> [bool(gd_order_gap(n, 1.0, 2.0, 1.0, 0.25) > 0) for n in (1, 50)]
    [True, False]
    """
    first, second = _walked(n, step_size * first_eigenvalue), _walked(n, step_size * second_eigenvalue)
    return distance_energy * (first_eigenvalue * second**2 - second_eigenvalue * first**2)


def _walked(n: Any, rate: Any) -> Any:
    """1 − (1 − rate)ⁿ, without cancellation at small rates; beyond rate 1 the steps overshoot."""
    short = rate < 1
    return where(short, -expm1(n * log1p(-where(short, rate, 0))), 1 - (1 - rate) ** n)


def larger_last_is_worse(gap: Any, first_eigenvalue: Any, second_eigenvalue: Any) -> Any:
    """Whether training on the larger eigenvalue last is the worse order, read off an order gap (…): nan-free, as booleans.

    gap: of `sgd_order_gap`, `gd_order_gap`, or `order_gap`: three regimes, of
    which the first says yes, the second yes while ηnλ is small, the third no.

    >>> bool(larger_last_is_worse(sgd_order_gap(1, 1.0, 2.0, 1.0, 0.25, 1), 1.0, 2.0))
    True
    """
    return gap * (second_eigenvalue - first_eigenvalue) > 0

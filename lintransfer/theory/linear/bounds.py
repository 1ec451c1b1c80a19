r"""Bounds on the noiseless risk in terms of how far the sample covariance is from the true one, with every
constant.

For min-norm training from w₀ the error is Qδ, and Q annihilates the sample covariance Σ̂ = XᵀX/n, so that
QΣ = Q(Σ − Σ̂) and QΣQ = Q(Σ − Σ̂)Q: with g = ‖Σ − Σ̂‖ the risk is at most g‖Qδ‖², and ‖Q P_{≤k}‖ ≤ g/λ_k on
the top k eigendirections. The bounds hold for every design and are loose, as `docs/examples/shachaf_bound.py`
shows. With label noise add `noise_energy` to any of them.
"""

from __future__ import annotations

import math
from typing import Any

from lintransfer.arithmetic import array_namespace, log, maximum, per_mode, sqrt, total, where
from lintransfer.theory.linear.conditional import conditional_risk, factors, floating


def shachaf_bound(deviation: Any, eigenvalue: Any, captured: Any, left_out: Any) -> Any:
    r"""Bound on the noiseless excess risk, for one cut of the spectrum after its k-th eigenvalue.

    .. math:: R \le g \left(\frac{g}{\lambda_k}\,\|P_{\le k}\delta\| + \|P_{>k}\delta\|\right)^2, \qquad
        g = \|\Sigma - X^TX/n\|

    deviation: g.  eigenvalue: λ_k > 0, the k-th largest (inf for k = 0).  captured: ‖P_{≤k}δ‖².  left_out:
    ‖P_{>k}δ‖².
    Bound for every X; k = 0 reads R ≤ g‖δ‖².  Source: Shachaf, Brutzkus & Globerson (2107.01641), linear
    part; this form with constants is derived here.

    >>> float(shachaf_bound(0.5, 2.0, captured=16.0, left_out=1.0))
    2.0
    """
    return deviation * (deviation / eigenvalue * _length(captured) + _length(left_out)) ** 2


def _length(energy: Any) -> Any:
    """√energy, differentiable where the energy is 0 too."""
    some = energy > 0
    return where(some, sqrt(where(some, energy, 1)), 0)


def split_shachaf_bound(deviation: Any, eigenvalue: Any, captured: Any, left_out: Any) -> Any:
    r"""The weaker form of `shachaf_bound` in which the two parts of δ are added.

    .. math:: R \le \frac{2 g^3}{\lambda_k^2}\,\|P_{\le k}\delta\|^2 + 2 g\,\|P_{>k}\delta\|^2

    Arguments and source as in `shachaf_bound`, whose square it takes apart by (a + b)² ≤ 2a² + 2b².

    >>> float(split_shachaf_bound(0.5, 2.0, captured=16.0, left_out=1.0))
    2.0
    """
    return 2 * deviation * ((deviation / eigenvalue) ** 2 * captured + left_out)


def cut_energies(eigenvalues: Any, displacement_energy: Any) -> tuple[Any, Any, Any]:
    """λ_k, ‖P_{≤k}δ‖² and ‖P_{>k}δ‖² for every k = 0 … d: the arguments of the bounds, each (d+1,).

    eigenvalues: (d,), largest first (a multiple eigenvalue as often as it occurs).  displacement_energy:
    δ_i², (d,). λ_0 is inf: nothing is divided by it.

    >>> import numpy as np
    >>> [part.tolist() for part in cut_energies(np.array([2.0, 1.0]), np.array([5.0, 3.0]))]
    [[inf, 2.0, 1.0], [0.0, 5.0, 8.0], [8.0, 3.0, 0.0]]
    """
    xp = array_namespace(eigenvalues, displacement_energy)
    eigenvalues, energy = xp.asarray(eigenvalues), xp.asarray(displacement_energy)
    nothing = 0 * energy[:1]
    captured = xp.cumsum(xp.concatenate((nothing, energy)))
    left_out = xp.cumsum(xp.concatenate((energy, nothing))[::-1])[::-1]
    return xp.concatenate((xp.full_like(eigenvalues[:1], math.inf), eigenvalues)), captured, left_out


def shachaf_bounds(deviation: Any, eigenvalues: Any, displacement_energy: Any) -> Any:
    """`shachaf_bound` for every cut k = 0 … d, on the last axis; inf where λ_k = 0.

    deviation: g, scalar or (…,).  eigenvalues, displacement_energy: as in `cut_energies`.  Returns (…, d+1).

    >>> import numpy as np
    >>> shachaf_bounds(0.5, np.array([2.0, 0.0]), np.array([16.0, 1.0])).tolist()
    [8.5, 2.0, inf]
    """
    eigenvalue, captured, left_out = cut_energies(eigenvalues, displacement_energy)
    alive = eigenvalue > 0
    bound = shachaf_bound(per_mode(deviation), where(alive, eigenvalue, 1), captured, left_out)
    return where(alive, bound, math.inf)


def best_shachaf_bound(deviation: Any, eigenvalues: Any, displacement_energy: Any) -> Any:
    """The least of `shachaf_bounds` over the cut k; same arguments, returns (…).

    >>> import numpy as np
    >>> float(best_shachaf_bound(0.5, np.array([2.0, 0.0]), np.array([16.0, 1.0])))
    2.0
    """
    return shachaf_bounds(deviation, eigenvalues, displacement_energy).min(axis=-1)


def covariance_deviation(X: Any, covariance: Any) -> Any:
    r"""How far the sample covariance is off: g = ‖Σ − XᵀX/n‖, the largest singular value.

    X: designs (…, n, d), n ≥ 1.  covariance: Σ, (d,) or (d, d).  Returns (…).  NumPy and JAX.

    >>> import numpy as np
    >>> float(covariance_deviation(np.array([[2.0, 0.0]]), np.ones(2)))
    3.0
    """
    xp = array_namespace(X, covariance)
    X, covariance = xp.asarray(X), xp.asarray(covariance)
    matrix = xp.diag(covariance) if covariance.ndim == 1 else covariance
    values = xp.linalg.eigvalsh(matrix - xp.swapaxes(X, -1, -2) @ X / X.shape[-2])
    return xp.abs(values).max(axis=-1)


def deviation_rate(n: Any, eigenvalues: Any, failure_probability: Any, constant: Any) -> Any:
    r"""Koltchinskii and Lounici's rate for g, which holds with probability 1 − η for Gaussian inputs.

    .. math:: g = C\,\lambda_1 \max\left(\sqrt{r/n},\; r/n,\; \sqrt{\log(1/\eta)/n},\; \log(1/\eta)/n\right), \quad
        r = \mathrm{tr}\,\Sigma/\lambda_1

    n: samples, n ≥ 1.  eigenvalues: (d,), largest first.  failure_probability: η in (0, 1).  constant: C,
    which the theorem does not specify: isotropic inputs at n = d need C ≥ 3 as d → ∞, 4.8 was seen at d = 20.
    Bound up to that constant, a rate.  Source: Koltchinskii & Lounici (1405.2468), Theorem 2.

    >>> import numpy as np
    >>> float(deviation_rate(8, np.ones(2), failure_probability=0.5, constant=3.0))
    1.5
    """
    share = total(eigenvalues) / eigenvalues[0] / n
    tail = -log(failure_probability) / n
    largest = maximum(maximum(sqrt(share), share), maximum(sqrt(tail), tail))
    return constant * eigenvalues[0] * largest


def projected_bound(X: Any, displacement: Any, covariance: Any) -> Any:
    r"""A sharper bound on the noiseless excess risk, one step before the deviation g comes in.

    .. math:: R = \delta^T Q\Sigma Q\,\delta \le \|Q\Sigma Q\|\,\|Q\delta\|^2

    X: (n, d).  displacement: δ, (d,).  covariance: Σ, (d,) or (d, d).  Returns a scalar; equality for Σ = I.
    Bound for every X, any rank; NumPy, JAX and mpmath.  Source: its row of the table.

    >>> import numpy as np
    >>> float(projected_bound(np.array([[2.0, 0.0]]), np.array([1.0, 3.0]), np.ones(2)))
    9.0
    """
    xp = array_namespace(X, displacement, covariance)
    X, displacement, covariance = (floating(xp, v) for v in (X, displacement, covariance))
    matrix = xp.diag(covariance) if covariance.ndim == 1 else covariance
    off = xp.eye(X.shape[1]) - _row_space(xp, X)
    missed = off @ displacement
    return _norm(xp, off @ matrix @ off) * total(missed * missed)


def _row_space(xp: Any, X: Any) -> Any:
    """The projector P on the rows of X."""
    if X.dtype != object:
        return xp.linalg.pinv(X) @ X
    _, values, right = factors(xp, X)
    rows = right[values > 0]
    return rows.T @ rows


def _norm(xp: Any, matrix: Any) -> Any:
    """Largest |eigenvalue| of a symmetric matrix."""
    return factors(xp, matrix)[1][0] if matrix.dtype == object else xp.abs(xp.linalg.eigvalsh(matrix)).max()


def noise_energy(X: Any, covariance: Any, noise_variance: Any) -> Any:
    r"""What label noise adds to the risk of min-norm training for a given design: σ² tr[(X⁺)ᵀΣX⁺].

    X: (n, d).  covariance: Σ, (d,) or (d, d).  noise_variance: σ².  Returns a scalar.  Identity, any rank.

    >>> import numpy as np
    >>> float(noise_energy(np.array([[2.0, 0.0]]), np.ones(2), noise_variance=4.0))
    1.0
    """
    return conditional_risk(X, 0 * X[0], covariance, noise_variance)

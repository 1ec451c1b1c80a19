r"""Ridge regression on the features of a random ReLU layer, given or averaged over.

On Gaussian inputs centred features φ = relu(Wx) − 1/√(2π) act, for ridge regression in high dimension, as the Gaussian
vector of their covariance Ω ≈ μ_1²WWᵀ + μ_*²I, of which x explains the linear part: μ_1 = E g·relu(g) = ½ and
μ_*² = Var relu(g) − μ_1². The teacher is linear, what no head on φ can reach is noise, and the rest is ridge regression
on the covariance Ω.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.errors import refuse
from lintransfer.theory.linear.covariance import feature_covariance_risk
from lintransfer.validation import nonnegative, real_array

RELU_LINEAR = 0.5
RELU_REST = 0.25 - 0.5 / math.pi
_NODES = 400  # of the spectrum
_UNIT = 1e-6  # by which a row's squared length may differ from 1


def random_features_risk(
    n: Any,
    weights: Any,
    teacher: Any,
    noise_variance: Any = 0.0,
    ridge: Any = 0.0,
    linear: float = RELU_LINEAR,
    rest: float = RELU_REST,
) -> Any:
    r"""Mean risk of a ridge head on the centred features of one given layer W.

    .. math:: R = u + [\text{ridge risk on } \Omega \text{ with } \delta = \beta, \text{ noise } \sigma^2 + u], \quad
        \Omega = \mu_1^2WW^T + \mu_*^2I, \quad \beta = \mu_1\Omega^{-1}W\theta, \quad
        u = \|\theta\|^2 - \mu_1\theta^TW^T\beta

    n: sample sizes (…,) ≥ 0.  weights: W, (N, d), rows of length 1.  teacher: θ, (d,).  noise_variance: σ².  ridge: λ ≥ 0
    of ‖y − φa‖² + λ‖a‖², scalar or (…,); 0 is the minimum-norm head, inf at n = N.  linear, rest: μ_1 and μ_*² of the
    activation, ½ and ¼ − 1/(2π) for ReLU.  Returns (…,): ‖θ‖² at n = 0.
    Asymptotic, x ~ N(0, I): relative error O(1/d) for n, N of the order of d. Raises `DomainError`.
    Source: Mei & Montanari (arXiv 1908.05355), Hu & Lu (2009.07669), Bartlett, Montanari & Rakhlin (2103.09177).

    >>> W = np.eye(4)[:2]
    >>> float(random_features_risk(0, W, np.ones(4)))
    4.0
    """
    W, theta = real_array("weights", weights, (2,)), real_array("teacher", teacher, (1,))
    lengths = (W * W).sum(axis=1)
    if theta.shape != W.shape[1:]:
        refuse("teacher", f"of shape ({W.shape[1]},), as the rows of weights", got=f"shape {theta.shape}")
    if np.abs(lengths - 1).max() > _UNIT:
        refuse(
            "weights", "rows of length 1", got=f"a row of length {math.sqrt(lengths[np.abs(lengths - 1).argmax()]):g}"
        )
    rest = nonnegative("rest", rest)
    _, values, right = np.linalg.svd(W, full_matrices=False)
    along = (right @ theta) ** 2
    covariance = linear**2 * values**2 + rest
    energy = linear**2 * values**2 * along / covariance**2
    aside = max(float(theta @ theta) - float(along.sum()), 0.0) if W.shape[0] < W.shape[1] else 0.0
    unexplained = float((rest / covariance) @ along) + aside
    beyond = max(len(W) - len(values), 0)
    if beyond:
        covariance, energy = np.append(covariance, rest), np.append(energy, 0.0)
    counts = np.append(np.ones(len(values)), beyond)[: len(covariance)]
    return feature_covariance_risk(n, covariance, counts, energy, unexplained, noise_variance, ridge)


def averaged_random_features_risk(
    n: Any,
    width: float,
    dim: float,
    target_energy: float,
    noise_variance: Any = 0.0,
    ridge: Any = 0.0,
    linear: float = RELU_LINEAR,
    rest: float = RELU_REST,
) -> Any:
    r"""Mean risk of a ridge head on centred features of a random layer, averaged over the layer too.

    .. math:: \Omega \text{ of } \omega = \mu_1^2s + \mu_*^2, \quad
        \delta^2 = \frac{\mu_1^2 s}{\omega^2}\frac{\|\theta\|^2}d, \quad
        u = \|\theta\|^2\left[1 - \frac{\mu_1^2}d\sum\frac s\omega\right]

    with the N eigenvalues s of WWᵀ spread as Marchenko and Pastur's law of ratio N/d says.
    n: sample sizes (…,) ≥ 0.  width: N ≥ 1.  dim: d ≥ 1.  target_energy: ‖θ‖².  Others as in `random_features_risk`.
    Returns (…,).  Asymptotic: rows of W uniform on the sphere, relative error O(1/d) for n, N of the order of d.
    Source: as `random_features_risk`; Marchenko & Pastur (1967) for the spectrum. Raises `DomainError`.

    >>> round(float(averaged_random_features_risk(0, 30.0, 20.0, 4.0)), 12)
    4.0
    >>> alone = averaged_random_features_risk(10.0, 1e-6 + 1, 1e9, 1.0)  # one feature of so many sees nothing
    >>> bool(alone > 0.999)
    True
    """
    for name, value in (("width", width), ("dim", dim)):
        if not nonnegative(name, value) >= 1:
            refuse(name, "a number ≥ 1", value)
    energy, rest = nonnegative("target_energy", target_energy), nonnegative("rest", rest)
    ratio, angles = width / dim, np.arange(1, _NODES + 1) * math.pi / (_NODES + 1)
    values = 1 + ratio + 2 * math.sqrt(ratio) * np.cos(angles)
    counts = width * 2 / (_NODES + 1) * np.sin(angles) ** 2 / values  # of the eigenvalues that are not 0
    alive = min(width, dim)
    counts *= alive / counts.sum()
    covariance = linear**2 * values + rest
    seen = linear**2 * values / covariance
    unexplained = energy * (max(dim - alive, 0.0) + float(counts @ (rest / covariance))) / dim
    along = counts * seen / covariance * energy / dim
    if width > dim:
        covariance, counts, along = np.append(covariance, rest), np.append(counts, width - dim), np.append(along, 0.0)
    return feature_covariance_risk(n, covariance, counts, along, unexplained, noise_variance, ridge)

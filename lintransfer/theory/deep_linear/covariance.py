r"""Risk of fine-tuning a deep linear network for inputs of any covariance, and of networks trained lazily.

The deterministic equivalents of linear regression, with the displacement θ_T − ρθ_S that the retention factor leaves.
Modes stand on the last axis; `lintransfer.theory.linear.covariance` says how they are counted.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from lintransfer.arithmetic import array_namespace, maximum, per_mode, total, where
from lintransfer.numerics.entries import modal_arrays, plain
from lintransfer.theory.deep_linear.retention import retention_factor
from lintransfer.theory.linear.covariance import feature_covariance_risk, ridge_risk, transferability_metric
from lintransfer.theory.linear.effective_regularization import effective_regularization


def covariance_retention(
    n: Any,
    depth: Any,
    eigenvalues: Any,
    multiplicities: Any,
    source: Any,
    target: Any,
    noise_variance: Any = 0.0,
) -> Any:
    r"""ρ for inputs of any covariance: A‖w0‖² = κ w0ᵀ(Σ+κ)⁻¹w0, ‖m‖² = θ_TᵀΣ(Σ+κ)⁻¹θ_T + σ²/κ, κ of `n` without ridge.

    n: (…,).  eigenvalues, multiplicities, source, target: (k,), modes of Σ and energies within each.
    1 at n = 0; 1 by convention for n ≥ rank Σ, where no row-space complement is left to carry it. Source: the rows that use it.

    >>> import numpy as np
    >>> one = np.ones(1)
    >>> print(f"{covariance_retention(5, 2, one, 10 * one, one, 4 * one):.9f}")
    1.298514791
    """
    n, eigenvalues, multiplicities, source, target, noise_variance = modal_arrays(
        n, eigenvalues, multiplicities, source, target, noise_variance
    )
    kappa = effective_regularization(n, eigenvalues, multiplicities)
    inside = (kappa > 0) & (kappa < math.inf)
    kappa = where(inside, kappa, 1)
    learnt = eigenvalues / (eigenvalues + per_mode(kappa))
    missed = per_mode(kappa) / (eigenvalues + per_mode(kappa))
    square = total(source)
    scale = where(square > 0, square, 1)
    fit = total(target * learnt) + noise_variance / kappa
    null, row = total(source * missed) / scale, total(source * learnt) / scale
    rho = retention_factor(depth, null, fit / scale, row)
    return plain(where(inside & (square > 0), rho, 1))


def deep_covariance_risk(
    n: Any,
    depth: Any,
    eigenvalues: Any,
    multiplicities: Any,
    source: Any,
    cross: Any,
    target: Any,
    noise_variance: Any = 0.0,
) -> Any:
    r"""Risk of deep fine-tuning for inputs of any covariance: the deterministic equivalent with δ = θ_T − ρθ_S.

    n: (…,), ≥ 0.  depth: L ≥ 1, real, or inf.  source, cross, target: (k,), θ_S·θ_S, θ_S·θ_T and
    θ_T·θ_T within each mode.  Returns (…,). ρ = `covariance_retention`; inf at n = rank Σ if σ > 0.
    Asymptotic: for Σ ≠ I a correlation of order 1/d between ρ and the noise is left out. Source: its row of the table.

    >>> import numpy as np
    >>> one = np.ones(1)
    >>> print(f"{deep_covariance_risk(5, 2, one, 10 * one, one, 0.6 * one, 4 * one):.6f}")
    2.063961
    """
    rho = covariance_retention(n, depth, eigenvalues, multiplicities, source, target, noise_variance)
    metric = transferability_metric(n, eigenvalues, multiplicities)
    missed = maximum(target - _gain_per_mode(rho, source, cross), 0)  # of θ_T − ρθ_S
    noise = ridge_risk(n, eigenvalues, multiplicities, 0 * target, noise_variance)
    return noise + plain(total(metric * missed))


def deep_covariance_transferability(
    n: Any,
    depth: Any,
    eigenvalues: Any,
    multiplicities: Any,
    source: Any,
    cross: Any,
    target: Any,
    noise_variance: Any = 0.0,
) -> Any:
    r"""Transferability of deep fine-tuning against min-norm scratch for any covariance: 2ρ⟨θ_S,θ_T⟩_M − ρ²⟨θ_S,θ_S⟩_M.

    M: `lintransfer.theory.linear.covariance.transferability_metric` without ridge. Arguments as in `deep_covariance_risk`.

    >>> import numpy as np
    >>> one = np.ones(1)
    >>> print(f"{deep_covariance_transferability(5, 2, one, 10 * one, one, 0.6 * one, 4 * one):.6f}")
    -0.063961
    """
    rho = covariance_retention(n, depth, eigenvalues, multiplicities, source, target, noise_variance)
    metric = transferability_metric(n, eigenvalues, multiplicities)
    return plain(total(metric * _gain_per_mode(rho, source, cross)))


def _gain_per_mode(rho: Any, source: Any, cross: Any) -> Any:
    rho = per_mode(rho)
    return rho * (2 * cross - rho * source)


class TangentModes(NamedTuple):
    """A tangent-space learner as a linear model: modes of F = G^{1/2}ΣG^{1/2}, energy of the best head in each, and
    the energy that no head can reach."""

    eigenvalue: Any
    multiplicity: Any
    displacement: Any
    unexplained: Any


def tangent_modes(gram: Any, covariance: Any, displacement: Any) -> TangentModes:
    r"""Modes of a network trained in its tangent space, where w moves by GXᵀα.

    gram: G (d, d), as in `lintransfer.theory.deep_linear.end_points.tangent_end_point`.  covariance: Σ (d, d).
    displacement: θ_T − θ_S (d,). With G of full rank nothing is unexplained, and the head is G^{−1/2}(θ_T − θ_S).

    >>> import numpy as np
    >>> modes = tangent_modes(np.diag([4.0, 1.0]), np.eye(2), np.array([2.0, 1.0]))
    >>> modes.eigenvalue.tolist(), modes.displacement.tolist(), float(modes.unexplained)
    ([1.0, 4.0], [1.0, 1.0], 0.0)
    """
    xp = array_namespace(gram, covariance, displacement)
    size, basis = xp.linalg.eigh(gram)
    root = basis * xp.sqrt(xp.maximum(size, 0.0))
    eigenvalue, rotation = xp.linalg.eigh(root.T @ covariance @ root)
    alive = eigenvalue > len(eigenvalue) * float(xp.finfo(eigenvalue.dtype).eps) * eigenvalue[-1]
    pull = rotation.T @ (root.T @ (covariance @ displacement))
    head = xp.where(alive, pull, 0.0) / xp.where(alive, eigenvalue, 1.0)
    unexplained = displacement @ covariance @ displacement - xp.sum(eigenvalue * head * head)
    return TangentModes(eigenvalue, xp.where(alive, 1.0, 0.0), head * head, xp.maximum(unexplained, 0.0))


def tangent_risk(n: Any, gram: Any, covariance: Any, displacement: Any, noise_variance: Any = 0.0) -> Any:
    r"""Risk of training in the tangent space to zero loss: `feature_covariance_risk` on `tangent_modes`.

    n: (…,). Frozen full-rank first layer: G = W_1W_1ᵀ; lazy training: see `tangent_modes`. Deterministic equivalent.
    Returns (…,). Source: the rows that use it.

    >>> import numpy as np
    >>> print(f"{tangent_risk(5, np.eye(10), np.eye(10), np.ones(10)):.6f}")
    5.000000
    """
    modes = tangent_modes(gram, covariance, displacement)
    return feature_covariance_risk(n, *modes, noise_variance)

r"""Frozen ReLU features: what a new head on given neurons can and cannot learn.

Features φ_i(x) = relu(v_i·x), i ≤ r; target f_T(x) = Σ_j a_j relu(w_j·x), which includes a linear teacher,
θ·x = relu(θ·x) − relu(−θ·x). All second moments are the second-layer arc-cosine kernel,
E relu(v·x) relu(w·x) = ‖Σ^{1/2}v‖‖Σ^{1/2}w‖ K₂(cos) for x ~ N(0, Σ).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy.linalg

from lintransfer.arithmetic import ratio_where
from lintransfer.designs import checked_rows
from lintransfer.errors import refuse
from lintransfer.spectra import diagonalize
from lintransfer.theory.shallow_relu.gram import gram_matrix
from lintransfer.theory.shallow_relu.kernels import second_layer_kernel


def linear_teacher_as_neurons(teacher: Any) -> tuple[np.ndarray, np.ndarray]:
    """Neurons (2, d) and head (2,) of a linear teacher: θ·x = relu(θ·x) − relu(−θ·x).

    >>> linear_teacher_as_neurons([1.0, 2.0])[1].tolist()
    [1.0, -1.0]
    """
    teacher = np.asarray(teacher, dtype=float)
    return np.stack([teacher, -teacher]), np.array([1.0, -1.0])


def feature_gram(neurons: Any, others: Any = None, covariance: Any = None, unit_sphere: bool = False) -> np.ndarray:
    r"""E relu(v_i·x) relu(w_j·x).

    .. math:: G_{ij} = \|\Sigma^{1/2}v_i\|\,\|\Sigma^{1/2}w_j\|\,K_2(\cos(\Sigma^{1/2}v_i, \Sigma^{1/2}w_j))

    neurons: V (r, d).  others: W (p, d), by default V.  covariance: Σ of x ~ N(0, Σ), a spectrum (d,) or matrix (d, d);
    identity by default.  unit_sphere: x uniform on S^{d−1} instead, which divides by d (no covariance then).
    Returns (r, p).  Raises `DomainError` for zero or non-finite rows.  Source: R10.

    >>> feature_gram([[1.0, 0.0], [0.0, 2.0]]).round(4).tolist()
    [[0.5, 0.3183], [0.3183, 2.0]]
    """
    root = _covariance_root(covariance, unit_sphere)
    left = root(np.asarray(checked_rows(neurons, "neurons"), dtype=float))
    right = None if others is None else root(np.asarray(checked_rows(others, "others"), dtype=float))
    return gram_matrix(left, right, trained="second") / (left.shape[1] if unit_sphere else 1)


def _covariance_root(covariance: Any, unit_sphere: bool) -> Any:
    if covariance is None:
        return lambda rows: rows
    if unit_sphere:
        refuse("covariance", "left out on the unit sphere", covariance)
    spectrum, basis = diagonalize(covariance)
    return lambda rows: (rows if basis is None else rows @ basis) * np.sqrt(spectrum)


def best_head(neurons: Any, target_neurons: Any, target_head: Any, covariance: Any = None) -> np.ndarray:
    """The head b = G_VV⁺ G_VW a (r,) that infinitely many samples find on frozen neurons V (r, d)."""
    gram, cross = feature_gram(neurons, None, covariance), feature_gram(neurons, target_neurons, covariance)
    return scipy.linalg.lstsq(gram, cross @ np.asarray(target_head, dtype=float))[0]


def feature_loss(
    neurons: Any, target_neurons: Any, target_head: Any, covariance: Any = None, unit_sphere: bool = False
) -> float:
    r"""Risk floor u of a new head on frozen ReLU neurons, with infinitely many samples.

    .. math:: u = a^\top G_{WW}a - a^\top G_{WV}\,G_{VV}^{+}\,G_{VW}a

    neurons: V (r, d), those retained or a trained source's.  target_neurons, target_head: W (p, d) and a (p,) of the
    target f_T = Σ a_j relu(w_j·x).  covariance, unit_sphere: as `feature_gram`.
    Returns u ≥ 0, EXACT as n → ∞; neurons of the target that are retained drop out (Schur complement over the removed).
    Source: the rows that use it (R10).

    >>> W, a = linear_teacher_as_neurons([1.0, 0.0])
    >>> round(feature_loss([[1.0, 0.0]], W, a), 12)
    0.5
    """
    head = np.asarray(target_head, dtype=float)
    if head.shape != np.shape(target_neurons)[:1] or not np.all(np.isfinite(head)):
        refuse("target_head", f"{np.shape(target_neurons)[0]} finite numbers, one per target neuron", head)
    removed, kept_gram, cross, gram = _without_retained(neurons, target_neurons, covariance, unit_sphere)
    head = head[removed]
    values, basis = np.linalg.eigh(kept_gram)
    alive = values > len(values) * np.finfo(float).eps * values[-1]
    explained = (basis[:, alive].T @ cross @ head) / np.sqrt(values[alive])
    return max(float(head @ gram @ head - explained @ explained), 0.0)


def one_neuron_loss(cosine: Any, head: Any = 1) -> Any:
    r"""`feature_loss` of one unit neuron for a target of one unit neuron at cosine c: u = a²[½ − 2K₂(c)²].

    >>> float(one_neuron_loss(1.0)), float(one_neuron_loss(-1.0, 2.0))
    (0.0, 2.0)
    """
    shared = second_layer_kernel(cosine)
    return head * head * (1 - 2 * shared) * (1 + 2 * shared) / 2


def _without_retained(neurons: Any, target_neurons: Any, covariance: Any, unit_sphere: bool) -> tuple[Any, ...]:
    """Target neurons that are not positive multiples of a feature, and the Gram matrices that remain."""
    kept_gram = feature_gram(neurons, None, covariance, unit_sphere)
    cross = feature_gram(neurons, target_neurons, covariance, unit_sphere)
    gram = feature_gram(target_neurons, None, covariance, unit_sphere)
    likeness = cross / np.sqrt(np.outer(np.diag(kept_gram), np.diag(gram)))
    removed = np.flatnonzero(~np.any(likeness > 1 - 1e-14, axis=0))
    return removed, kept_gram, cross[:, removed], gram[np.ix_(removed, removed)]


def feature_risk(n: Any, n_features: Any, unexplained: Any, leverage: Any, noise_variance: Any) -> Any:
    r"""Excess risk of a head refitted by least squares on frozen ReLU features, to first order in 1/n.

    .. math:: R = u + \frac{E[\rho_x^2\,\varphi^\top G_{VV}^{-1}\varphi] + \sigma^2 r}{n} + O(n^{-2})

    n: sample size; nan below r + 2.  n_features: r.  unexplained: u (`feature_loss`).  leverage: E[ρ² φᵀG⁻¹φ], the
    residual ρ = f_T − b·φ weighted by the leverage of its input (`residual_leverage`); u r if they were independent.
    Source: its row of the table (R10).

    >>> feature_risk(100, 4, 0.5, 2.0, 0.25)
    0.53
    """
    spread = leverage + noise_variance * n_features
    return unexplained + ratio_where(n >= n_features + 2, spread, n, float("nan"))


def residual_leverage(
    neurons: Any, target_neurons: Any, target_head: Any, covariance: Any = None, points: int = 2**15
) -> float:
    r"""E[ρ_x² φ(x)ᵀ G_VV⁻¹ φ(x)] for x ~ N(0, Σ), by a Sobol rule: no closed form of these fourth moments is known.

    points: size of the rule, a power of 2. Relative accuracy about 1e−2 at the default. Deterministic.
    Arguments otherwise as `feature_loss`.

    >>> W, a = linear_teacher_as_neurons([1.0, 0.0])
    >>> round(residual_leverage([[1.0, 0.0]], W, a), 2)
    0.0
    """
    from scipy.stats import norm, qmc  # slow to import

    root = _covariance_root(covariance, False)
    kept, wanted = root(np.asarray(neurons, dtype=float)), root(np.asarray(target_neurons, dtype=float))
    # Only the span of all neurons matters: the rule lives in as few dimensions as possible.
    _, singular, axes = np.linalg.svd(np.vstack([kept, wanted]), full_matrices=False)
    axes = axes[singular > 1e-12 * singular[0]]
    rule = qmc.Sobol(len(axes), scramble=False).random(points)
    x = norm.ppf(rule + 0.5 / points)
    features, target = np.maximum(x @ (kept @ axes.T).T, 0), np.maximum(x @ (wanted @ axes.T).T, 0) @ target_head
    gram = feature_gram(kept)
    residual = target - features @ best_head(kept, wanted, target_head)
    weight = np.sum(features * scipy.linalg.lstsq(gram, features.T)[0].T, axis=1)
    return float(np.mean(residual**2 * weight))

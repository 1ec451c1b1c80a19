"""Fast simulation for any covariance: the smaller Gram matrix, with the label noise averaged analytically.

Given the design, the risk averaged over the noise is a quadratic form in δ = θ − w0 plus σ² times a trace,
so one design stands for all its noise draws and the error bar shrinks severalfold. Only XᵀX matters; for
n ≥ d it is drawn directly (Bartlett: a triangular matrix of χ and normals), at a cost that does not grow
with n.

`gram_risks` runs on NumPy in float64 and is what the front door uses. `gram_sweep` is the same calculation
under JAX in any floating dtype, padded so that a whole sweep over n compiles once: for accelerators.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lintransfer.arithmetic import array_namespace
from lintransfer.simulate.teachers import covariance_root

_SMALL = 64  # Gram matrices up to this size are inverted many at a time
_STACK = 1 << 20  # numbers in one stack of designs
_WORST_CONDITION = 1e7  # of a Gram matrix that may be inverted: keeps nine digits in float64


def gram_risks(
    rng: np.random.Generator,
    replicates: int,
    *,
    n: int,
    displacement: Any,
    covariance: Any = None,
    noise_std: float = 0.0,
    ridge: float = 0.0,
    test_covariance: Any = None,
    average_noise: bool = True,
) -> np.ndarray:
    """Risks of ridge(less) training on Gaussian inputs from weights at θ − w0 = `displacement`.

    displacement: (d,), or (d, k) for k outputs.  covariance, test_covariance: None (identity; the same),
    (d,) or (d, d).  average_noise: the mean over the label noise of every design, right for means, not for
    variances or laws; False draws one noise vector per design.  Returns (replicates,).

    >>> rng = np.random.default_rng(0)
    >>> risks = gram_risks(rng, 2, n=2, displacement=np.ones(3))
    >>> bool((0 < risks).all() and (risks < 3).all())
    True
    """
    delta = _columns(displacement)
    dim = len(delta)
    root = covariance_root(covariance, dim)
    test_root = root if test_covariance is None else covariance_root(test_covariance, dim)
    whitened = n >= dim and ridge == 0 and test_covariance is None and _is_regular(root)
    risks = np.empty(replicates)
    if 0 < min(n, dim) <= _SMALL:
        size = max(1, _STACK // (dim * dim))
        for start in range(0, replicates, size):
            piece = slice(start, min(start + size, replicates))
            designs = np.stack([_reduced_design(rng, n, dim) for _ in range(piece.stop - start)])
            noise = None if average_noise else noise_std * rng.standard_normal((*designs.shape[:2], delta.shape[1]))
            used = (None, None) if whitened else (root, test_root)
            start_from = 0 * delta if whitened else delta
            risks[piece] = _stacked_risks(_times_root(designs, used[0]), start_from, used[1], noise_std, ridge, noise)
        return risks
    for replicate in range(replicates):
        design = _reduced_design(rng, n, dim)
        noise = None if average_noise else noise_std * rng.standard_normal((len(design), delta.shape[1]))
        if whitened:
            risks[replicate] = _whitened_risk(design, delta.shape[1], noise_std, noise)
        else:
            risks[replicate] = _risk(_times_root(design, root), delta, test_root, noise_std, ridge, noise)
    return risks


def gram_sweep(
    key: jax.Array,
    replicates: int,
    *,
    n: Any,
    displacement: Any,
    covariance: Any = None,
    noise_std: float = 0.0,
    ridge: float = 0.0,
    test_covariance: Any = None,
    dtype: Any = None,
) -> jax.Array:
    """As `gram_risks` with averaged noise, for all sizes n at once, under JAX: (len(n), replicates).

    Designs are padded to min(d, max n) rows, so that one compilation serves every sweep of the same shapes,
    and sizes are mapped one after another to bound memory. dtype: float64 where JAX has it switched on, else
    float32; single precision is for |n − d| of at least a few per cent of d, where the Gram matrix is well
    conditioned.
    """
    sizes = jnp.asarray(n)
    delta = jnp.asarray(_columns(displacement), dtype=dtype)
    root = covariance_root(covariance, len(delta))
    test_root = root if test_covariance is None else covariance_root(test_covariance, len(delta))
    roots = [None if r is None else jnp.asarray(r, delta.dtype) for r in (root, test_root)]
    rows = min(len(delta), int(np.max(n)))
    scale = [jnp.asarray(v, delta.dtype) for v in (noise_std, ridge)]
    return _sweep(key, sizes, delta, *roots, *scale, replicates, rows)


@partial(jax.jit, static_argnums=(7, 8))
def _sweep(
    key: Any,
    sizes: Any,
    delta: Any,
    root: Any,
    test_root: Any,
    noise_std: Any,
    ridge: Any,
    replicates: int,
    rows: int,
) -> Any:
    dim = delta.shape[0]

    def one_size(arguments: Any) -> Any:
        key, n = arguments
        normal_key, chi_key = jax.random.split(key)
        white = jax.random.normal(normal_key, (replicates, rows, dim), delta.dtype)
        used = jnp.arange(rows) < n
        freedom = jnp.maximum(n - jnp.arange(rows), 1).astype(delta.dtype)
        chi = jnp.sqrt(jax.random.chisquare(chi_key, freedom, shape=(replicates, rows), dtype=delta.dtype))
        # Both kinds of design have `rows` rows, so that one program serves sizes on both sides of d.
        triangle = jnp.triu(white[:, :, :rows], 1) + chi[:, :, None] * jnp.eye(rows, dtype=delta.dtype)
        triangle = jnp.pad(triangle, ((0, 0), (0, 0), (0, dim - rows)))
        design = _times_root(jnp.where(n >= dim, triangle, white * used[:, None]), root)
        # Padded rows are zero: a one on their diagonal keeps the Gram matrix invertible and changes no risk.
        gram = design @ jnp.swapaxes(design, -1, -2) + jnp.diag(ridge + ~used)
        return _risks_given_inverse(design, jnp.linalg.inv(gram), delta, test_root, noise_std, None)

    return jax.lax.map(one_size, (jax.random.split(key, len(sizes)), sizes))


def _reduced_design(rng: np.random.Generator, n: int, dim: int) -> np.ndarray:
    """A white Gaussian design with min(n, d) rows; for n ≥ d a triangle with the law of its QR factor."""
    if n < dim:
        return rng.standard_normal((n, dim))
    triangle = np.diag(np.sqrt(rng.chisquare(n - np.arange(dim))))
    triangle[~np.tri(dim, dtype=bool)] = rng.standard_normal(dim * (dim - 1) // 2)
    return triangle


def _is_regular(root: Any) -> bool:
    """Whether the covariance has full rank, so that least squares does not see it."""
    if root is None:
        return True
    return bool(root.min() > 0 if root.ndim == 1 else np.linalg.cond(root) < _WORST_CONDITION)


def _whitened_risk(triangle: np.ndarray, outputs: int, noise_std: float, noise: Any) -> float:
    """Risk of least squares with the input covariance divided out: ‖R⁻¹ξ‖², and σ²‖R⁻¹‖² per output in the mean."""
    from scipy.linalg import lapack  # slow to import

    inverse, _ = lapack.dtrtri(triangle)
    if noise is None:
        return float(noise_std**2 * outputs * np.sum(inverse * inverse))
    error = inverse @ noise
    return float(np.sum(error * error))


def _stacked_risks(
    designs: np.ndarray, delta: np.ndarray, test_root: Any, noise_std: float, ridge: float, noise: Any
) -> np.ndarray:
    """As `_risk` for many small designs at once: calls on tiny matrices one by one cost more than their arithmetic."""
    gram = designs @ np.swapaxes(designs, -1, -2) + ridge * np.eye(designs.shape[-2])
    try:
        inverse = np.linalg.inv(gram)
    except np.linalg.LinAlgError:  # one singular matrix: then singular values for the whole stack
        inverse = np.full_like(gram, np.nan)
    risks = _risks_given_inverse(designs, inverse, delta, test_root, noise_std, noise)
    condition = np.abs(gram).sum(-1).max(-1) * np.abs(inverse).sum(-1).max(-1)
    for bad in np.flatnonzero(~(condition < _WORST_CONDITION)):
        alone = None if noise is None else noise[bad]
        risks[bad] = _risk_by_svd(designs[bad], delta, test_root, noise_std, ridge, alone)
    return risks


def _risk(design: np.ndarray, delta: np.ndarray, test_root: Any, noise_std: float, ridge: float, noise: Any) -> float:
    """Risk through the inverse Gram matrix, or through the singular values where that would lose digits."""
    gram = design @ design.T + ridge * np.eye(len(design))
    inverse = _inverse(gram) if len(design) else gram
    if inverse is None or np.abs(gram).sum(0).max(initial=0) * np.abs(inverse).sum(0).max(initial=0) > _WORST_CONDITION:
        return _risk_by_svd(design, delta, test_root, noise_std, ridge, noise)
    return float(_risks_given_inverse(design, inverse, delta, test_root, noise_std, noise))


def _inverse(gram: np.ndarray) -> np.ndarray | None:
    """The inverse of a positive definite matrix by Cholesky, half the work of the general one; None if it is not."""
    from scipy.linalg import lapack  # slow to import

    factor, failed = lapack.dpotrf(gram, lower=1)
    if failed:
        return None
    inverse, _ = lapack.dpotri(factor, lower=1)
    return np.tril(inverse) + np.tril(inverse, -1).T


def _risks_given_inverse(design: Any, inverse: Any, delta: Any, test_root: Any, noise_std: Any, noise: Any) -> Any:
    """Risks (…) given designs (…, m, d) and (XXᵀ + λ)⁻¹: averaged over the noise if `noise` is None."""
    xp = array_namespace(design)
    fitted = design @ delta if noise is None else design @ delta + noise
    error = _root_times(test_root, delta - xp.swapaxes(design, -1, -2) @ (inverse @ fitted))
    risks = xp.sum(error * error, axis=(-1, -2))
    if noise is not None:
        return risks
    tested = _times_root(design, test_root)
    trace = xp.sum((inverse @ (tested @ xp.swapaxes(tested, -1, -2))) * inverse, axis=(-1, -2))
    return risks + noise_std**2 * delta.shape[-1] * trace


def _risk_by_svd(
    design: np.ndarray, delta: np.ndarray, test_root: Any, noise_std: float, ridge: float, noise: Any
) -> float:
    u, s, vt = np.linalg.svd(design, full_matrices=False)
    alive = s > design.shape[-1] * np.finfo(float).eps * s.max(initial=0)
    step = np.where(alive, s / np.where(alive, s * s + ridge, 1.0), 0.0)[:, None]
    fitted = design @ delta if noise is None else design @ delta + noise
    error = _root_times(test_root, delta - vt.T @ (step * (u.T @ fitted)))
    risk = np.sum(error * error)
    if noise is None:
        risk += noise_std**2 * delta.shape[-1] * np.sum((step * _times_root(vt, test_root)) ** 2)
    return float(risk)


def _times_root(rows: Any, root: Any) -> Any:
    if root is None:
        return rows
    return rows * root if root.ndim == 1 else rows @ root


def _root_times(root: Any, columns: Any) -> Any:
    if root is None:
        return columns
    return root[:, None] * columns if root.ndim == 1 else root @ columns


def _columns(vectors: Any) -> np.ndarray:
    array = np.asarray(vectors, float)
    return array[:, None] if array.ndim == 1 else array

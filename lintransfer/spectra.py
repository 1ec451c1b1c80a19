"""Spectra of the input covariance, and the modes through which closed forms see a problem."""

from __future__ import annotations

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from lintransfer.arithmetic import array_namespace
from lintransfer.errors import refuse


class Modes(NamedTuple):
    """All that a closed form sees of two teachers and a covariance: one row per group of equal eigenvalues.

    Each field has shape (m,). `source`, `cross` and `target` are the energies θ_S·θ_S, θ_S·θ_T and θ_T·θ_T within the
    eigenspace (summed over outputs if there are several).
    """

    eigenvalue: Any
    multiplicity: Any
    source: Any
    cross: Any
    target: Any

    @property
    def displacement(self) -> Any:
        """‖θ_T − θ_S‖² per mode, shape (m,)."""
        return self.source - 2 * self.cross + self.target


def power_law(dim: int, exponent: float) -> np.ndarray:
    """The spectrum λ_i = i^(−exponent), i = 1 … dim, shape (dim,)."""
    if dim < 1 or dim != int(dim):
        refuse("dim", "a whole number ≥ 1", dim)
    return np.arange(1, int(dim) + 1, dtype=float) ** -float(exponent)


def two_level(dim: int, n_large: int, large: float, small: float) -> np.ndarray:
    """A spectrum with `n_large` eigenvalues `large` and dim − n_large eigenvalues `small`, shape (dim,)."""
    if not 0 <= n_large <= dim:
        refuse("n_large", f"between 0 and dim = {dim}", n_large)
    return np.repeat([float(large), float(small)], [n_large, dim - n_large])


def diagonalize(covariance: Any, argument: str = "covariance") -> tuple[Any, Any]:
    """Eigenvalues (d,) and eigenbasis (d, d) of a covariance; the basis is None for a spectrum (d,), which is
    diagonal already.

    Raises `DomainError` unless the covariance is finite, symmetric and has no negative eigenvalue.
    """
    if isinstance(covariance, jax.core.Tracer):
        if covariance.ndim == 1:
            return covariance, None
        return jnp.linalg.eigh(covariance)
    matrix = np.asarray(covariance)
    if matrix.ndim not in (1, 2) or (matrix.ndim == 2 and matrix.shape[0] != matrix.shape[1]) or matrix.size == 0:
        refuse(argument, "a spectrum (d,) or a square matrix (d, d)", got=f"shape {matrix.shape}")
    if not np.issubdtype(matrix.dtype, np.number) or np.iscomplexobj(matrix):
        refuse(argument, "real numbers", got=f"dtype {matrix.dtype}")
    matrix = matrix.astype(float)
    if not np.all(np.isfinite(matrix)):
        refuse(argument, "finite (no nan, no inf)", matrix)
    if matrix.ndim == 1:
        if matrix.min() < 0:
            refuse(argument, "free of negative eigenvalues", float(matrix.min()))
        return matrix, None
    asymmetry = np.abs(matrix - matrix.T).max()
    if asymmetry > 1e-10 * np.abs(matrix).max():
        refuse(argument, "symmetric", got=f"largest difference from its transpose {asymmetry:.3g}")
    if np.count_nonzero(matrix - np.diag(np.diagonal(matrix))) == 0:
        return diagonalize(np.diagonal(matrix).copy(), argument)
    eigenvalues, basis = np.linalg.eigh((matrix + matrix.T) / 2)
    rounding = len(eigenvalues) * np.finfo(float).eps * np.abs(eigenvalues).max()
    if eigenvalues[0] < -10 * rounding:
        refuse(argument, "free of negative eigenvalues", float(eigenvalues[0]))
    return np.where(np.abs(eigenvalues) <= rounding, 0.0, eigenvalues), basis


def group_modes(eigenvalues: Any, source: Any, cross: Any, target: Any) -> Modes:
    """Modes of a full spectrum (d,) and energies (d,): equal eigenvalues are merged (never under tracing)."""
    if any(isinstance(v, jax.core.Tracer) for v in (eigenvalues, source, cross, target)):
        xp = array_namespace(eigenvalues, source, cross, target)
        return Modes(eigenvalues, xp.ones_like(eigenvalues), source, cross, target)
    ordered = np.argsort(-np.asarray(eigenvalues), kind="stable")
    values = np.asarray(eigenvalues, float)[ordered]
    starts = np.flatnonzero(np.r_[True, values[:-1] - values[1:] > 1e-13 * values[:-1]])
    merge = np.add.reduceat
    count = merge(np.ones_like(values), starts)
    energies = (merge(np.asarray(e, float)[ordered], starts) for e in (source, cross, target))
    return Modes(values[starts], count, *energies)

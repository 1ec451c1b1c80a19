"""Spectra of the input covariance, and the modes and frozen features through which closed forms see a problem."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from lintransfer.arithmetic import array_namespace, maximum, ratio_where, sqrt, total, where
from lintransfer.errors import refuse


class Modes(NamedTuple):
    """All that a closed form sees of two teachers and a covariance: one row per group of equal eigenvalues.

    Each field has shape (m,). `source`, `cross` and `target` are the energies θ_S·θ_S, θ_S·θ_T and θ_T·θ_T within the
    eigenspace (summed over outputs if there are several). What is left between near-identical teachers would be lost in
    their differences, and is kept from the start: `apart` is ‖θ_T − θ_S‖², `aside` is ‖θ_T − aθ_S‖² at the multiple a of the
    source that is best under Σ. None: only the differences are known.
    """

    eigenvalue: Any
    multiplicity: Any
    source: Any
    cross: Any
    target: Any
    apart: Any = None
    aside: Any = None

    @property
    def displacement(self) -> Any:
        """‖θ_T − θ_S‖² per mode, shape (m,)."""
        return self.source - 2 * self.cross + self.target if self.apart is None else self.apart

    @property
    def drift(self) -> Any:
        """θ_S·(θ_T − θ_S) per mode, shape (m,), without the difference of near-equal energies where the teachers are near."""
        far = self.cross - self.source
        if self.apart is None:
            return far
        s, t = sqrt(self.source), sqrt(self.target)
        return where(4 * self.apart < self.source, ((t - s) * (t + s) - self.apart) / 2, far)

    @property
    def unexplained(self) -> Any:
        """u = min over a of ‖θ_T − aθ_S‖²_Σ: what no multiple of the source explains."""
        source, target = total(self.eigenvalue * self.source), total(self.eigenvalue * self.target)
        if self.aside is not None:
            return where(source > 0, total(self.eigenvalue * self.aside), target)
        cross = total(self.eigenvalue * self.cross)
        return maximum(target - ratio_where(source > 0, cross * cross, source, 0.0), 0.0)

    def turned(self, overlap: Any) -> Modes:
        """The target turned in the plane of the teachers to cosine `overlap`, a number or an array (…,) of them."""
        c = as_column(overlap)
        if self.eigenvalue.shape[-1] == 1:
            return plane_modes(self.eigenvalue, self.multiplicity, sqrt(self.source), sqrt(self.target), c)
        square, energy = as_column(total(self.source)), as_column(total(self.target))
        s, t = sqrt(square), sqrt(energy)
        p = self._perpendicular(square)
        height = sqrt(as_column(total(p.square)))
        b = t * sqrt((1 - c) * (1 + c)) / where(height > 0, height, 1.0)
        safe = where(s > 0, s, 1.0)
        a, a_less_one = t * c / safe, ((t - s) - t * (1 - c)) / safe
        weight = as_column(total(self.eigenvalue * self.source))
        tilt = as_column(total(self.eigenvalue * p.along_source)) / where(weight > 0, weight, 1.0)
        return self._replace(
            cross=a * self.source + b * p.along_source,
            target=a * a * self.source + 2 * a * b * p.along_source + b * b * p.square,
            apart=a_less_one**2 * self.source + 2 * a_less_one * b * p.along_source + b * b * p.square,
            aside=b * b * (p.square - 2 * tilt * p.along_source + tilt * tilt * self.source),
        )

    def _perpendicular(self, square: Any) -> _Perpendicular:
        """r = θ_T − (θ_S·θ_T/‖θ_S‖²)θ_S, the part of the target across the source, per mode."""
        drift = self.cross - self.source  # θ_S·(θ_T − θ_S)
        short = -as_column(total(drift)) / where(square > 0, square, 1.0)  # 1 − θ_S·θ_T/‖θ_S‖²
        across = self.displacement + 2 * short * drift + short * short * self.source
        return _Perpendicular(drift + short * self.source, maximum(across, 0.0))

    def rescaled(self, source: Any, target: Any) -> Modes:
        """Both teachers times a factor, a number or an array (…,)."""
        a, b = as_column(source), as_column(target)
        apart = b * b * self.displacement + (b - a) * (2 * b * (self.cross - self.source) + (b - a) * self.source)
        moved = {"source": a * a * self.source, "cross": a * b * self.cross, "target": b * b * self.target}
        return self._replace(
            **moved, apart=maximum(apart, 0.0), aside=None if self.aside is None else b * b * self.aside
        )


class Features(NamedTuple):
    """Frozen features Z = XB seen through their covariance F = BᵀΣB: one row per eigenvalue of F, shape (r,).

    `target` holds the energies a*·a* of the best head a* = F⁻¹BᵀΣθ_T; `unexplained` is u = ‖θ_T‖²_Σ − a*ᵀFa*, the
    risk that no head can remove. `displacement` holds the energies of a* − a_S, a_S the head with which the features make
    the source; nan if it is not known.
    """

    eigenvalue: Any
    multiplicity: Any
    target: Any
    unexplained: Any
    displacement: Any = math.nan


class _Perpendicular(NamedTuple):
    along_source: Any  # r·θ_S, which sums to 0
    square: Any  # ‖r‖²


def as_column(value: Any) -> Any:
    """An axis more, for the modes."""
    return array_namespace(value).asarray(value)[..., None]


def plane_modes(eigenvalue: Any, multiplicity: Any, source_norm: Any, target_norm: Any, overlap: Any) -> Modes:
    """One mode, from the norms s, t of the teachers and their cosine c: ‖θ_T−θ_S‖² = (s−t)² + 2st(1−c)."""
    s, t, c = source_norm, target_norm, overlap
    apart = (s - t) ** 2 + 2 * s * t * (1 - c)
    aside = where(s > 0, t * t * (1 - c) * (1 + c), t * t)
    return Modes(eigenvalue, multiplicity, s * s, s * t * c, t * t + 0 * c, apart, aside)


def vector_modes(eigenvalues: Any, source: Any, target: Any, isotropic: bool) -> Modes:
    """Modes of two teachers (d, k) in the eigenbasis of a spectrum (d,): differences are formed before they are squared.

    isotropic: all eigenvalues are one, and the modes are one mode.
    """
    xp = array_namespace(eigenvalues, source, target)
    weight = eigenvalues[:, None] * source
    strength = xp.sum(weight * source)
    head = ratio_where(strength > 0, xp.sum(weight * target), strength, 0.0)
    left = target - head * source
    energies = [(e * f).sum(-1) for e, f in ((source, source), (source, target), (target, target))]
    apart, aside = ((e * e).sum(-1) for e in (target - source, left))
    rounding = (8 * xp.finfo(left.dtype).eps) ** 2 * xp.sum(eigenvalues * energies[2])
    aside = where(xp.sum(eigenvalues * aside) > rounding, aside, 0.0)  # parallel teachers leave nothing but rounding
    if isotropic:
        one = xp.ones(1)
        return Modes(np.ones(1), np.full(1, float(len(source))), *(e.sum() * one for e in (*energies, apart, aside)))
    return group_modes(eigenvalues, *energies, apart, aside)


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


def group_modes(eigenvalues: Any, *energies: Any) -> Modes:
    """Modes of a full spectrum (d,) and energies (d,) each, in the order of `Modes`: equal eigenvalues are merged (never
    under tracing)."""
    if any(isinstance(v, jax.core.Tracer) for v in (eigenvalues, *energies)):
        return Modes(eigenvalues, array_namespace(eigenvalues, *energies).ones_like(eigenvalues), *energies)
    ordered = np.argsort(-np.asarray(eigenvalues), kind="stable")
    values = np.asarray(eigenvalues, float)[ordered]
    starts = np.flatnonzero(np.r_[True, values[:-1] - values[1:] > 1e-13 * values[:-1]])
    merge = np.add.reduceat
    count = merge(np.ones_like(values), starts)
    return Modes(values[starts], count, *(merge(np.asarray(e, float)[ordered], starts) for e in energies))


def feature_modes(feature_map: Any, source: Any, target: Any, covariance: Any) -> Features:
    """Eigenvalues of F = BᵀΣB and energies of the best head in its eigenbasis, directions with F = 0 left out; the same of
    its difference from the head that makes the source, if there is one."""
    if covariance is None:
        covariance = np.ones(feature_map.shape[0])

    def spread(columns: Any) -> Any:
        return covariance[:, None] * columns if np.ndim(covariance) == 1 else covariance @ columns

    weighted = spread(feature_map)
    xp = array_namespace(feature_map, source, target, covariance)
    f, basis = xp.linalg.eigh(feature_map.T @ weighted)
    size = 8 * len(f) * xp.finfo(f.dtype).eps
    alive = f > feature_map.shape[0] * xp.finfo(f.dtype).eps * f.max()

    def best(columns: Any) -> tuple[Any, Any]:
        """Energies of the best head for these weights, and what it leaves of them."""
        head = xp.where(alive[:, None], (basis.T @ (weighted.T @ columns)) / xp.where(alive, f, 1.0)[:, None], 0.0)
        left = columns - feature_map @ (basis @ head)
        unexplained, whole = xp.maximum(xp.sum(left * spread(left)), 0.0), xp.sum(columns * spread(columns))
        # What is explained in full leaves nothing but rounding.
        return (head * head).sum(-1), xp.where(unexplained > size**2 * whole, unexplained, 0.0)

    energy, unexplained = best(target)
    with np.errstate(over="ignore", invalid="ignore"):  # a source so much larger than the target has no head beside it
        apart, _ = best(target - source)
        _, beside = best(source)
    return Features(f, xp.where(alive, 1.0, 0.0), energy, unexplained, xp.where(beside == 0, apart, math.nan))

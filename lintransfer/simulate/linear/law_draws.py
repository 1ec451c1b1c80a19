"""Fast draws for isotropic inputs: instead of a design, draw the few random numbers that a risk depends on.

A Gaussian design is a Haar rotation and independent singular values; a risk needs a projection of one
vector (a Beta variable), the energy of fitted noise (a ratio of χ²) or the singular values themselves
(those of a bidiagonal matrix of independent χ). Nothing of size n·d is made, so dim = 10⁹ costs no more
than dim = 10. Draws come from NumPy's generator, because JAX's gamma sampler is many times slower on a CPU.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np


def least_squares_draws(
    rng: np.random.Generator, replicates: int, *, n: Any, dim: int, displacement_energy: Any, noise_variance: Any
) -> np.ndarray:
    """Risks of min-norm / least-squares training on isotropic Gaussian inputs, shape (*n.shape, replicates).

    ‖δ‖²·Beta((d−n)/2, n/2) + σ²·χ²_n/χ²_{d−n+1} for n < d, σ²·χ²_d/χ²_{n−d+1} for n ≥ d, ‖δ‖² for n = 0.
    displacement_energy, noise_variance: ‖δ‖² and σ², numbers or one draw per replicate.

    >>> rng = np.random.default_rng(0)
    >>> kw = dict(dim=10**9, displacement_energy=0.4, noise_variance=0.0)
    >>> draws = least_squares_draws(rng, 1000, n=[0, 5 * 10**8, 10**9], **kw)
    >>> draws.mean(axis=-1).round(3)
    array([0.4, 0.2, 0. ])
    """
    sizes = np.asarray(n, float)[..., None]
    full = (*sizes.shape[:-1], replicates)
    missing = 2 * rng.standard_gamma(np.broadcast_to(np.maximum(dim - sizes, 0) / 2, full))
    seen = 2 * rng.standard_gamma(np.broadcast_to(np.minimum(sizes, dim) / 2, full))
    risks = displacement_energy * missing / (missing + seen)
    if np.any(noise_variance):
        fitted = 2 * rng.standard_gamma(np.broadcast_to(np.minimum(sizes, dim) / 2, full))
        freedom = np.abs(dim - sizes) + 1
        risks += noise_variance * fitted / (2 * rng.standard_gamma(np.broadcast_to(freedom / 2, full)))
    return risks


def paired_displacement_draws(
    rng: np.random.Generator, replicates: int, *, n: Any, dim: int, first: Any, cross: Any, second: Any
) -> np.ndarray:
    """Draws of aᵀQb for two fixed vectors and the random null-space projector Q, shape (*n.shape,
    replicates).

    first, cross, second: a·a, a·b and b·b. With a = θ_S, b = 2θ_T − θ_S this is the transferability of
    fine-tuning against scratch on the same data, in which the noise cancels.
    """
    sizes = np.asarray(n, float)[..., None]
    full = (*sizes.shape[:-1], replicates)
    missing = rng.standard_gamma(np.broadcast_to(np.maximum(dim - sizes, 0) / 2, full))
    seen = rng.standard_gamma(np.broadcast_to(np.minimum(sizes, dim) / 2, full))
    share = missing / (missing + seen)
    aside = np.sqrt(np.maximum(np.asarray(first * second - cross * cross), 0))
    return cross * share + aside * np.sqrt(share * (1 - share)) * _sphere_coordinate(rng, dim - 1, full)


def squared_singular_values(rng: np.random.Generator, replicates: int, n: int, dim: int) -> np.ndarray:
    """Squared singular values of standard Gaussian n×d designs, shape (replicates, min(n, d)), O(min²)
    work each.

    Householder steps from both sides leave a bidiagonal matrix of independent χ, with degrees of freedom
    max, max−1, … on the diagonal and min−1, …, 1 beside it.
    """
    from scipy.linalg import eigvalsh_tridiagonal  # slow to import

    small, large = min(n, dim), max(n, dim)
    if small == 0:
        return np.empty((replicates, 0))
    diagonal = rng.chisquare(large - np.arange(small), size=(replicates, small))
    beside = rng.chisquare(np.arange(small - 1, 0, -1), size=(replicates, small - 1))
    centre = diagonal.copy()
    centre[:, 1:] += beside
    off = np.sqrt(diagonal[:, :-1] * beside)
    values = np.array([eigvalsh_tridiagonal(c, o) for c, o in zip(centre, off, strict=True)])
    return np.maximum(values, 0)


class Filter(NamedTuple):
    """What a spectral training rule leaves: risk = displacement energy · bias + noise variance · variance."""

    bias: np.ndarray
    variance: np.ndarray


def filtered(squares: np.ndarray, n: int, dim: int, ridge: float, time: float) -> Filter:
    """Bias and variance factors (replicates,), given squared singular values, averaged over rotations and
    noise.

    Weights move by V f(S)Uᵀ(y − Xw0) with f(s) = s/(s² + λ)·(1 − e^{−(s² + λ)T/n}), so a vector in a random
    direction keeps (1 − s f)² of its energy along each right singular vector, and all of it outside.
    """
    rate = squares + ridge
    flat = rate == 0
    decay = math.inf if time == math.inf else time / max(n, 1)
    with np.errstate(invalid="ignore", divide="ignore"):
        gone = 1.0 if decay == math.inf else -np.expm1(-rate * decay)
        step = np.where(flat, 0.0 if decay == math.inf else decay, gone / np.where(flat, 1.0, rate))
    kept = 1 - squares * step
    bias = (dim - squares.shape[-1] + np.sum(kept * kept, axis=-1)) / dim
    return Filter(bias, np.sum(squares * step * step, axis=-1))


class SourceFit(NamedTuple):
    """Energies (replicates,) of weights fitted on a finite source set: ŵ_S·ŵ_S and ŵ_S·θ_T."""

    norm2: Any
    cross: Any


def source_fit_draws(
    rng: np.random.Generator,
    replicates: int,
    *,
    n_source: int,
    dim: int,
    source_energy: float,
    cross_energy: float,
    target_energy: float,
    source_noise_std: float,
    source_ridge: float = 0.0,
) -> SourceFit:
    """Draws of the min-norm / least-squares fit ŵ_S = Pθ_S + X⁺ξσ_S, as far as a target task sees it; or of a ridge fit.

    With e = θ_S/s: Pe has length √b, b ~ Beta(n_S/2, (d−n_S)/2); the fitted noise has length ρ and a uniform
    direction in the row space; what is orthogonal to e has a uniform direction in e's complement.
    """
    rank = min(n_source, dim)
    if rank == 0 or source_ridge == math.inf:
        return SourceFit(np.zeros(replicates), np.zeros(replicates))
    if source_ridge > 0:
        values = squared_singular_values(rng, replicates, n_source, dim)
        along, aside = _ridge_fit(rng, values, dim, math.sqrt(source_energy), source_noise_std, source_ridge)
        return _seen(rng, along, aside, dim, source_energy, cross_energy, target_energy)
    share = np.ones(replicates) if rank == dim else rng.beta(rank / 2, (dim - rank) / 2, size=replicates)
    noise = rng.chisquare(rank, replicates) / rng.chisquare(abs(dim - n_source) + 1, replicates)
    length = source_noise_std * np.sqrt(noise)
    coordinate = _sphere_coordinate(rng, rank, (replicates,))
    norm = math.sqrt(source_energy)
    along = norm * share + length * coordinate * np.sqrt(share)
    radial = (norm * np.sqrt(share) + length * coordinate) * np.sqrt(1 - share)
    aside = np.hypot(radial, length * np.sqrt(1 - coordinate * coordinate))
    return _seen(rng, along, aside, dim, source_energy, cross_energy, target_energy)


def _ridge_fit(
    rng: np.random.Generator, values: np.ndarray, dim: int, norm: float, noise_std: float, ridge: float
) -> tuple[np.ndarray, np.ndarray]:
    """Lengths along and aside from θ_S of V f(S)Uᵀ(Xθ_S + σξ), f = s/(s² + λ), given s² (replicates, rank)."""
    replicates, rank = values.shape
    normal = rng.standard_normal(values.shape)
    outside = 2 * rng.standard_gamma((dim - rank) / 2, size=replicates) if dim > rank else np.zeros(replicates)
    unit = normal / np.sqrt((normal * normal).sum(-1) + outside)[:, None]
    step = np.sqrt(values) / (values + ridge)
    fit = norm * np.sqrt(values) * step * unit + noise_std * step * rng.standard_normal(values.shape)
    along = (fit * unit).sum(-1)
    return along, np.sqrt(np.maximum((fit * fit).sum(-1) - along * along, 0))


def _seen(
    rng: np.random.Generator, along: Any, aside: Any, dim: int, source: float, cross_energy: float, target_energy: float
) -> SourceFit:
    """Energies of a fit of given lengths along θ_S and aside from it, where it points in a uniform direction."""
    norm, replicates = math.sqrt(source), len(along)
    target_along = cross_energy / norm if norm > 0 else 0.0
    target_aside = math.sqrt(max(target_energy - target_along**2, 0.0))
    cross = target_along * along + target_aside * aside * _sphere_coordinate(rng, dim - 1, (replicates,))
    return SourceFit(along * along + aside * aside, cross)


def _sphere_coordinate(rng: np.random.Generator, dim: int, shape: tuple[int, ...]) -> np.ndarray:
    """First coordinate of a uniform point on the unit sphere of R^dim (0 in dimension 0)."""
    if dim < 1:
        return np.zeros(shape)
    first = rng.standard_normal(shape)
    rest = 2 * rng.standard_gamma((dim - 1) / 2, size=shape)
    return first / np.sqrt(first * first + rest)

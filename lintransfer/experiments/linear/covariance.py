"""Worlds and draws of the rows on general covariances: power-law spectra, teachers that fill all directions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.simulate.end_to_end import paired_risk_samples, risk_samples


def spectrum(dim: int, exponent: float) -> np.ndarray:
    """Eigenvalues i^(−exponent), (dim,)."""
    return np.arange(1.0, dim + 1) ** -exponent


def teachers(dim: int) -> tuple[np.ndarray, np.ndarray]:
    """Source and target, (dim,) each, of norm about 1, whose overlap differs from mode to mode."""
    i = np.arange(1.0, dim + 1)
    return np.cos(2.0 * i) * np.sqrt(2 / dim), np.cos(2.0 * i + 0.3 + 0.9 * i / dim) * np.sqrt(2 / dim)


def modes(dim: int, exponent: float) -> dict[str, np.ndarray]:
    """The spectrum and the energy of the displacement, as arguments of a formula."""
    source, target = teachers(dim)
    values = spectrum(dim, exponent)
    return {"eigenvalues": values, "multiplicities": np.ones(dim), "displacement": (target - source) ** 2}


def inverse_kernel_trace(
    rng: np.random.Generator, replicates: int, *, n: int, dim: int, exponent: float, ridge: float
) -> np.ndarray:
    """1/tr(XXᵀ + λ)⁻¹ of random designs with n < dim: an estimate of κ that knows no Σ."""
    scales = np.sqrt(spectrum(dim, exponent))
    found = np.empty(replicates)
    for start in range(0, replicates, 500):
        design = rng.standard_normal((min(500, replicates - start), n, dim)) * scales
        values = np.linalg.eigvalsh(design @ design.transpose(0, 2, 1))
        found[start : start + 500] = 1 / np.sum(1 / (values + ridge), axis=-1)
    return found


def inverse_kernel_arguments(n: int, dim: int, exponent: float, ridge: float) -> Mapping[str, Any]:
    return {"n": n, "eigenvalues": spectrum(dim, exponent), "multiplicities": np.ones(dim), "ridge": ridge}


def fine_tuning(
    rng: np.random.Generator, replicates: int, *, n: int, dim: int, exponent: float, noise_variance: float, ridge: float
) -> np.ndarray:
    """Risks of ridge regression to the source."""
    source, target = teachers(dim)
    return risk_samples(
        rng,
        replicates,
        n=n,
        target=target,
        initial=source,
        covariance=spectrum(dim, exponent),
        noise_std=noise_variance**0.5,
        ridge=ridge,
    )


def fine_tuning_arguments(n: int, dim: int, exponent: float, noise_variance: float, ridge: float) -> Mapping[str, Any]:
    return {"n": n, "noise_variance": noise_variance, "ridge": ridge} | modes(dim, exponent)


def settled(
    rng: np.random.Generator, replicates: int, *, n: int, dim: int, exponent: float, noise_variance: float, ridge: float
) -> np.ndarray:
    """Risks of ridge regression that starts at the target: noise alone."""
    target = teachers(dim)[1]
    return risk_samples(
        rng,
        replicates,
        n=n,
        target=target,
        initial=target,
        covariance=spectrum(dim, exponent),
        noise_std=noise_variance**0.5,
        ridge=ridge,
    )


def gain(rng: np.random.Generator, replicates: int, *, n: int, dim: int, exponent: float, ridge: float) -> np.ndarray:
    """Paired risk of scratch minus risk of fine-tuning, without noise."""
    source, target = teachers(dim)
    scratch, tuned = paired_risk_samples(
        rng, replicates, [{}, {"initial": source}], n=n, target=target, covariance=spectrum(dim, exponent), ridge=ridge
    )
    return scratch - tuned


def gain_arguments(n: int, dim: int, exponent: float, ridge: float) -> Mapping[str, Any]:
    source, target = teachers(dim)
    return {
        "n": n,
        "eigenvalues": spectrum(dim, exponent),
        "multiplicities": np.ones(dim),
        "source": source**2,
        "cross": source * target,
        "ridge": ridge,
    }


def mixing(dim: int) -> np.ndarray:
    """An orthogonal matrix without zeros: eigenvectors that share no axis with a diagonal covariance."""
    i = np.arange(1.0, dim + 1)
    return np.sqrt(2 / (dim + 1)) * np.sin(np.pi * np.outer(i, i) / (dim + 1))


def mixed_spectrum(dim: int, exponent: float) -> np.ndarray:
    """The power-law spectrum on the eigenvectors of `mixing`, (d, d)."""
    basis = mixing(dim)
    return (basis * spectrum(dim, exponent)) @ basis.T


def shifted_dense(
    rng: np.random.Generator, replicates: int, *, n: int, dim: int, exponent: float, noise_variance: float, ridge: float
) -> np.ndarray:
    """Risks of ridge regression from zero, measured under a covariance that does not commute with that of training."""
    return risk_samples(
        rng,
        replicates,
        n=n,
        target=teachers(dim)[1],
        covariance=mixed_spectrum(dim, exponent),
        test_covariance=spectrum(dim, exponent),
        noise_std=noise_variance**0.5,
        ridge=ridge,
    )


def shifted_dense_arguments(
    n: int, dim: int, exponent: float, noise_variance: float, ridge: float
) -> Mapping[str, Any]:
    return {
        "n": n,
        "covariance": mixed_spectrum(dim, exponent),
        "displacement": teachers(dim)[1],
        "test_covariance": np.diag(spectrum(dim, exponent)),
        "noise_variance": noise_variance,
        "ridge": ridge,
    }


def shifted(
    rng: np.random.Generator, replicates: int, *, n: int, dim: int, exponent: float, noise_variance: float, ridge: float
) -> np.ndarray:
    """Risks of ridge regression from zero, measured under the spectrum in reverse order."""
    values = spectrum(dim, exponent)
    return risk_samples(
        rng,
        replicates,
        n=n,
        target=teachers(dim)[1],
        covariance=values,
        test_covariance=values[::-1].copy(),
        noise_std=noise_variance**0.5,
        ridge=ridge,
    )


def shifted_arguments(n: int, dim: int, exponent: float, noise_variance: float, ridge: float) -> Mapping[str, Any]:
    values = spectrum(dim, exponent)
    return {
        "n": n,
        "eigenvalues": values,
        "multiplicities": np.ones(dim),
        "displacement": teachers(dim)[1] ** 2,
        "test_eigenvalues": values[::-1].copy(),
        "noise_variance": noise_variance,
        "ridge": ridge,
    }


def two_stage(
    rng: np.random.Generator, replicates: int, *, n: int, n_source: int, dim: int, ridge: float, source_ridge: float
) -> np.ndarray:
    """Risks of fine-tuning from a ridge fit on a source set with the spectrum in reverse order; noise on both."""
    source, target = teachers(dim)
    values = spectrum(dim, 1.0)
    return risk_samples(
        rng,
        replicates,
        n=n,
        target=target,
        covariance=values,
        noise_std=0.3,
        ridge=ridge,
        source=source,
        n_source=n_source,
        source_noise_std=0.2,
        source_covariance=values[::-1].copy(),
        source_ridge=source_ridge,
    )


def two_stage_arguments(n: int, n_source: int, dim: int, ridge: float, source_ridge: float) -> Mapping[str, Any]:
    source, target = teachers(dim)
    values = spectrum(dim, 1.0)
    return {
        "n": n,
        "n_source": n_source,
        "eigenvalues": values,
        "multiplicities": np.ones(dim),
        "source": source**2,
        "cross": source * target,
        "target": target**2,
        "noise_variance": 0.09,
        "source_noise_variance": 0.04,
        "ridge": ridge,
        "source_ridge": source_ridge,
        "source_eigenvalues": values[::-1].copy(),
    }


def two_stage_dense(
    rng: np.random.Generator, replicates: int, *, n: int, n_source: int, dim: int, ridge: float, source_ridge: float
) -> np.ndarray:
    """As `two_stage`, with a source covariance that does not commute with that of the target."""
    source, target = teachers(dim)
    return risk_samples(
        rng,
        replicates,
        n=n,
        target=target,
        covariance=spectrum(dim, 1.0),
        noise_std=0.3,
        ridge=ridge,
        source=source,
        n_source=n_source,
        source_noise_std=0.2,
        source_covariance=mixed_spectrum(dim, 1.0),
        source_ridge=source_ridge,
    )


def two_stage_dense_arguments(n: int, n_source: int, dim: int, ridge: float, source_ridge: float) -> Mapping[str, Any]:
    source, target = teachers(dim)
    return {
        "n": n,
        "n_source": n_source,
        "covariance": np.diag(spectrum(dim, 1.0)),
        "source": source,
        "target": target,
        "noise_variance": 0.09,
        "source_noise_variance": 0.04,
        "ridge": ridge,
        "source_ridge": source_ridge,
        "source_covariance": mixed_spectrum(dim, 1.0),
    }


def _feature_map(dim: int, n_features: int) -> np.ndarray:
    i, j = np.arange(1.0, dim + 1)[:, None], np.arange(1.0, n_features + 1)
    return np.cos(1.3 * i * j) / np.sqrt(dim)


def head(
    rng: np.random.Generator, replicates: int, *, n: int, dim: int, n_features: int, noise_variance: float, ridge: float
) -> np.ndarray:
    """Risks of a ridge head on fixed features, power-law inputs."""
    return risk_samples(
        rng,
        replicates,
        n=n,
        target=teachers(dim)[1],
        covariance=spectrum(dim, 1.0),
        features=_feature_map(dim, n_features),
        noise_std=noise_variance**0.5,
        ridge=ridge,
    )


def best_head_of_a_ladder(
    rng: np.random.Generator, replicates: int, *, n: int, dim: int, n_features: int, noise_variance: float
) -> np.ndarray:
    """Risks of a head at the ridge, out of a fine ladder, whose mean over the same designs is least."""
    ladder = [{"ridge": ridge} for ridge in np.geomspace(0.02, 20, 41)]
    risks = paired_risk_samples(
        rng,
        replicates,
        ladder,
        n=n,
        target=teachers(dim)[1],
        covariance=spectrum(dim, 1.0),
        features=_feature_map(dim, n_features),
        noise_std=noise_variance**0.5,
    )
    return risks[np.argmin(risks.mean(axis=1))]


def tuned_head_arguments(n: int, dim: int, n_features: int, noise_variance: float) -> Mapping[str, Any]:
    known = head_arguments(n, dim, n_features, noise_variance, 0.0)
    return {name: value for name, value in known.items() if name != "ridge"}


def head_arguments(n: int, dim: int, n_features: int, noise_variance: float, ridge: float) -> Mapping[str, Any]:
    feature_map, values, target = _feature_map(dim, n_features), spectrum(dim, 1.0), teachers(dim)[1]
    f, basis = np.linalg.eigh(feature_map.T @ (values[:, None] * feature_map))
    best = (basis.T @ (feature_map.T @ (values * target))) / f
    return {
        "n": n,
        "eigenvalues": f,
        "multiplicities": np.ones(n_features),
        "displacement": best**2,
        "unexplained": float(values @ target**2 - f @ best**2),
        "noise_variance": noise_variance,
        "ridge": ridge,
    }


def random_modes(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """A few modes of any size: eigenvalues over six decades, multiplicities up to a million."""
    count = int(rng.integers(1, 6))
    return {
        "eigenvalues": np.exp(rng.uniform(np.log(1e-4), np.log(1e2), count)),
        "multiplicities": np.round(np.exp(rng.uniform(0, np.log(1e6), count))),
    }


def random_size(rng: np.random.Generator, rank: int) -> int:
    """A sample size from any regime, often next to the rank, where formulas lose digits first."""
    near = [max(rank + step, 0) for step in (-2, -1, 0, 1, 2)]
    return int(rng.choice([0, 1, *near, int(rng.integers(0, rank + 1)), rank + int(rng.integers(1, 10**6))]))


def random_ridge(rng: np.random.Generator) -> float:
    """No ridge half of the time, else from tiny to large."""
    return float(rng.choice([0.0, np.exp(rng.uniform(np.log(1e-9), np.log(1e3)))]))


def draw_modes(rng: np.random.Generator, *energies: str, **others: Any) -> dict[str, Any]:
    """Random modes, energies on them, and whatever `others` draws."""
    modes = random_modes(rng)
    size = len(modes["eigenvalues"])
    drawn = {name: rng.uniform(0, 4, size) for name in energies}
    return modes | drawn | {name: draw(rng) for name, draw in others.items()}


def draw_sized(rng: np.random.Generator, *energies: str, **others: Any) -> dict[str, Any]:
    """`draw_modes` with a ridge and a sample size from any regime."""
    drawn = draw_modes(rng, *energies, ridge=random_ridge, **others)
    return {"n": random_size(rng, int(drawn["multiplicities"].sum()))} | drawn


def random_noise(rng: np.random.Generator) -> float:
    """No noise half of the time."""
    return float(rng.choice([0.0, rng.uniform(0, 4)]))


def allowance(n: int, dim: int, **_: Any) -> float:
    """The relative error of order 1/(d|1 − γ|) that a deterministic equivalent may have."""
    return 4 / (dim * abs(1 - n / dim))


def growing(**fixed: Any) -> tuple[dict[str, Any], ...]:
    """One point at sizes d, 2d, 4d: every size in `fixed` in proportion."""
    sizes = ("n", "dim", "n_source", "n_features")
    return tuple({name: scale * v if name in sizes else v for name, v in fixed.items()} for scale in (1, 2, 4))

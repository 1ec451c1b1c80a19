"""Rows: the information floor of several related tasks."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from lintransfer.experiments.tasks.information_floor import (
    family_arguments,
    family_errors,
    family_informations,
    spectral_errors,
    spectral_world,
)
from lintransfer.table.mutants import instead, times
from lintransfer.table.points import asymptotic, grid, growing
from lintransfer.table.row import NOT_FOUND, Limit, Mutant, Theorem
from lintransfer.theory.linear.optimal_ridge import optimal_ridge_risk
from lintransfer.theory.tasks.family_floor import family_floor, family_information, spectral_family_floor
from lintransfer.theory.tasks.information_floor import scratch_floor, scratch_information, transfer_floor

_EQUIVARIANT = "for fixed teachers the floor of rotation-equivariant learners that know the gram matrix and the noise"
_NOISES = np.array([0.2, 0.5])
_TWO: dict[str, Any] = {"noise_variances": _NOISES, "dim": 20}


def _pair(overlap: float) -> np.ndarray:
    return np.array([[0.81, 0.99 * overlap], [0.99 * overlap, 1.21]])


def _sizes(*sizes: float) -> np.ndarray:
    return np.array(sizes, float)


def _one_mode(sizes: Any, gram: Any, noise_variances: Any, dim: int) -> Mapping[str, Any]:
    modes = {"eigenvalues": np.ones((1, gram.shape[-1])), "multiplicities": np.array([float(dim)])}
    return {"sizes": sizes, "prior": gram[None] / dim, "noise_variances": noise_variances} | modes


def _uncoupled(gram: Any) -> Any:
    """The prior with every pair of tasks unrelated."""
    return gram * np.eye(gram.shape[-1])


ROWS = (
    Theorem(
        name="spectral-family-floor",
        kind="asymptotic",
        statement="V_i = (Π_i⁻¹ + diag(a_k s_ik))⁻¹, a_k = n_k/(σ_k² + e_k), e_k = Σ_i m_i s_ik (V_i)_kk: Bayes risk Σ_i m_i t_i (V_i)_KK",
        formula=spectral_family_floor,
        source=NOT_FOUND,
        see=("dobriban2018",),
        covers="two tasks, two modes",
        domain="K tasks, covariances diagonal in one basis, Gaussian teachers coupled within a mode; n_k from 0 to ∞; error O(1/d)",
        derivation="derivations.tasks.family_floor.spectral_family_floor",
        limits=(
            Limit(
                "one mode: isotropic tasks",
                lambda **_: family_floor(gram=_pair(0.7), sizes=_sizes(9, 15), **_TWO),
                (_one_mode(_sizes(9, 15), _pair(0.7), _NOISES, 20),),
            ),
            Limit(
                "one task, prior (ρ²/d)I: the risk at the best ridge",
                lambda sizes, eigenvalues, multiplicities, noise_variances, **_: float(
                    optimal_ridge_risk(
                        sizes[0], eigenvalues[:, 0], multiplicities, multiplicities / 40, noise_variances[0]
                    )
                ),
                tuple(
                    {
                        "sizes": _sizes(n),
                        "eigenvalues": np.array([[2.0], [0.3]]),
                        "multiplicities": np.array([10.0, 30.0]),
                        "prior": np.full((2, 1, 1), 1 / 40),
                        "noise_variances": np.array([0.3]),
                    }
                    for n in (0, 9, 40, 300)
                ),
                rtol=1e-10,
            ),
        ),
        experiments=(
            asymptotic(spectral_errors, growing(dim=12, tested=False), 2.0, 300, 0.06, spectral_world),
            asymptotic(spectral_errors, growing(dim=12, tested=True), 2.0, 300, 0.06, spectral_world),
        ),
        mutants=(
            Mutant("tasks unrelated", instead(prior=lambda prior: _uncoupled(prior))),
            Mutant("tested under its own covariance", instead(test_eigenvalues=None)),
            Mutant(
                "a_k = n_k/σ_k²: nothing is unexplained",
                instead(
                    sizes=lambda sizes, noise_variances: 1e9 * sizes,
                    noise_variances=lambda noise_variances: 1e9 * noise_variances,
                ),
            ),
        ),
    ),
    Theorem(
        name="family-floor",
        kind="asymptotic",
        statement="e = diag(M⁻¹ + B)⁻¹, B = diag(n_k/(d(σ_k² + e_k))): Bayes risk e_K for teachers of prior covariance M/d",
        formula=family_floor,
        source="follows from spectral-family-floor by substitution (one mode)",
        follows=("spectral-family-floor",),
        covers="two tasks",
        domain=f"K isotropic tasks, any positive semidefinite M, n_k from 0 to ∞; error O(1/d); {_EQUIVARIANT}",
        derivation="derivations.tasks.family_floor.family_floor",
        limits=(
            Limit(
                "two tasks: the transfer floor",
                lambda sizes, overlap: float(
                    transfer_floor(sizes[1], sizes[0], 20, overlap, 1.1, 0.9, _NOISES[1], _NOISES[0])
                ),
                tuple(
                    {"sizes": _sizes(*n), "overlap": c}
                    for n in ((0, 9), (9, 0), (30, 7), (7, 1e12))
                    for c in (0.0, -0.8, 1.0)
                ),
                rtol=1e-11,
                left=lambda formula, sizes, overlap: formula(sizes=sizes, gram=_pair(overlap), **_TWO),
            ),
            Limit(
                "equal teachers, equal noise: pooled samples",
                lambda sizes, **_: float(scratch_floor(sizes.sum(), 20, 2.0)),
                tuple(
                    {"sizes": _sizes(*n), "dim": 20, "gram": np.ones((3, 3)), "noise_variances": np.full(3, 0.5)}
                    for n in ((3, 4, 5), (30, 0, 9))
                ),
                rtol=1e-11,
            ),
            Limit(
                "unrelated tasks: the target alone",
                lambda sizes, **_: 1.21 * float(scratch_floor(sizes[1], 20, 1.21 / 0.5)),
                ({"sizes": _sizes(9, 15), "gram": _pair(0.0)} | _TWO,),
            ),
            Limit(
                "no noise, one teacher: (1 − Σn/d)₊",
                lambda sizes, **_: max(1 - sizes.sum() / 20, 0.0),
                tuple(
                    {"sizes": _sizes(*n), "dim": 20, "gram": np.ones((2, 2)), "noise_variances": np.zeros(2)}
                    for n in ((5, 7), (0, 0), (15, 12))
                ),
            ),
        ),
        experiments=(asymptotic(family_errors, growing(dim=12), 1.5, 400, 0.05, family_arguments),),
        mutants=(
            Mutant("tasks unrelated", instead(gram=lambda gram: _uncoupled(gram))),
            Mutant("the first task's risk", instead(task=0)),
            Mutant(
                "one noise for all",
                instead(noise_variances=lambda noise_variances: np.full_like(noise_variances, noise_variances.mean())),
            ),
            Mutant(
                "squared inner products forgotten in sign",
                instead(gram=lambda gram: -np.abs(gram) + 2 * np.eye(len(gram)) * np.abs(gram)),
            ),
        ),
    ),
    Theorem(
        name="family-information",
        kind="asymptotic",
        statement="I = (d/2) ln det(I + MB) + ½Σ[n_k ln(1 + e_k/σ_k²) − n_k e_k/(σ_k² + e_k)] nats, about all teachers",
        formula=family_information,
        source=NOT_FOUND,
        see=("verdu1999", "guo2005"),
        covers="two tasks",
        domain="K isotropic tasks, any positive semidefinite M, n_k from 0 to ∞; error O(1) nats",
        derivation="derivations.tasks.family_floor.family_information",
        limits=(
            Limit(
                "unrelated tasks: the sum of their informations",
                lambda sizes, **_: float(
                    scratch_information(sizes[0], 20, 0.81 / 0.2) + scratch_information(sizes[1], 20, 1.21 / 0.5)
                ),
                tuple({"sizes": _sizes(*n), "gram": _pair(0.0)} | _TWO for n in ((9, 15), (0, 4), (100, 2))),
                rtol=1e-11,
            ),
            Limit(
                "equal teachers, equal noise: that of the pooled samples",
                lambda sizes, **_: float(scratch_information(sizes.sum(), 20, 2.0)),
                tuple(
                    {"sizes": _sizes(*n), "dim": 20, "gram": np.ones((3, 3)), "noise_variances": np.full(3, 0.5)}
                    for n in ((3, 4, 5), (30, 0, 9))
                ),
                rtol=1e-11,
            ),
            Limit(
                "a sample without noise",
                math.inf,
                ({"sizes": _sizes(1, 0), "dim": 20, "gram": _pair(0.5), "noise_variances": np.array([0.0, 1.0])},),
            ),
            Limit("no samples", 0.0, grid(sizes=_sizes(0, 0), dim=20, gram=_pair(0.5), noise_variances=_NOISES)),
        ),
        experiments=(asymptotic(family_informations, growing(dim=12), 1.0, 300, 0.05, family_arguments),),
        mutants=(
            Mutant("tasks unrelated", instead(gram=lambda gram: _uncoupled(gram))),
            times(1 / math.log(2)),
            Mutant(
                "every sample as the first",
                lambda sizes, gram, noise_variances: (sizes / 2 * np.log1p(np.diag(gram) / noise_variances)).sum(),
            ),
        ),
    ),
)

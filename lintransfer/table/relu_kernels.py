"""Rows: arc-cosine kernels, their spectrum on the sphere, and the Gram-matrix bound."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import scipy.special

from lintransfer.simulate.relu_kernel import draw_inputs, kernel_fit, kernel_risk_samples, plain_kernel
from lintransfer.table.mutants import instead, scaled, swapped, times
from lintransfer.table.points import asymptotic, grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.relu.bounds import generalization_bound, gram_bound, leading_bound, risk_bound
from lintransfer.theory.relu.kernels import (
    first_layer_kernel,
    first_layer_slope,
    layer_weights,
    second_layer_kernel,
    second_layer_slope,
)
from lintransfer.theory.relu.proportional import nonlinearity
from lintransfer.theory.relu.spectrum import sphere_masses

_COSINES = grid(cosine=[-0.8, 0.0, 0.3, 0.9])


def _neuron_samples(rng: np.random.Generator, replicates: int, cosine: float, what: str) -> np.ndarray:
    """Means over 200 random neurons in three dimensions of what a pair of unit inputs at this cosine shares."""
    pair = np.array([[1.0, 0.0, 0.0], [cosine, math.sqrt(1 - cosine**2), 0.0]])
    seen = rng.standard_normal((replicates, 200, 3)) @ pair.T
    if what == "gates":
        return cosine * np.mean((seen > 0).all(axis=-1), axis=-1)
    if what == "probability":
        return np.mean((seen > 0).all(axis=-1), axis=-1)
    return np.mean(np.maximum(seen, 0).prod(axis=-1), axis=-1)


def _draws(what: str) -> Any:
    return lambda rng, replicates, cosine: _neuron_samples(rng, replicates, cosine, what)


def masses_to_degree_six(dim: Any, first: Any, second: Any) -> tuple[Any, ...]:
    """N_k μ_k of degrees 0 to 6."""
    return tuple(sphere_masses(dim, 6, (first, second)))


def _masses_by_quadrature(rng: np.random.Generator, replicates: int, dim: int, trained: str) -> tuple[Any, Any]:
    """Masses from the definition: N_k ∫ K(t) P_k(t) dν(t), Gauss rule in the angle, with ν the law of a cosine."""
    node, weight = np.polynomial.legendre.leggauss(100)
    angle = (1 + node) * math.pi / 2
    cosine, weight = np.cos(angle), weight * np.sin(angle) ** (dim - 2)
    weight /= weight.sum()
    pair = np.stack([np.ones_like(cosine), np.zeros_like(cosine)], axis=-1)
    other = np.stack([cosine, np.sin(angle)], axis=-1)
    kernel = plain_kernel(pair[:, None], other[:, None], trained)[:, 0, 0]
    values = []
    for k in range(7):
        shape = (dim - 2) / 2
        zonal = scipy.special.eval_gegenbauer(k, shape, cosine) / scipy.special.eval_gegenbauer(k, shape, 1.0)
        number = math.comb(dim + k - 1, k) - (math.comb(dim + k - 3, k - 2) if k >= 2 else 0)
        values.append(number * np.sum(weight * kernel * zonal))
    return np.array(values), {"dim": dim, "first": int(trained == "first"), "second": int(trained == "second")}


def _shifted_masses(dim: Any, first: Any, second: Any) -> tuple[Any, ...]:
    return tuple(sphere_masses(dim + 1, 6, (first, second)))


def _gram_draws(rng: np.random.Generator, replicates: int, n: int, dim: int, trained: str) -> tuple[Any, Any]:
    values, energies = np.empty(replicates), np.empty(replicates)
    for i in range(replicates):
        inputs, displacement = draw_inputs(rng, (n, dim)), rng.standard_normal(dim)
        labels = inputs @ displacement
        values[i] = labels @ np.linalg.solve(plain_kernel(inputs, inputs, trained), labels)
        energies[i] = labels @ np.linalg.lstsq(inputs @ inputs.T, labels)[0]
    weights = {"first": int(trained != "second"), "second": int(trained != "first")}
    return values, {"projected_energy": energies, **weights}


def _straight_line_draws(rng: np.random.Generator, replicates: int, dim: int, trained: str) -> np.ndarray:
    """The diagonal's excess over the straight line through the off-diagonal of Gram matrices, relative to its slope."""
    inputs = draw_inputs(rng, (replicates, 40, dim))
    kernel, cosine = plain_kernel(inputs, inputs, trained), inputs @ np.ascontiguousarray(np.swapaxes(inputs, -1, -2))
    above = np.triu_indices(40, 1)
    values, cosines = kernel[:, above[0], above[1]], cosine[:, above[0], above[1]]
    centred = cosines - cosines.mean(axis=1, keepdims=True)
    slope = np.sum(centred * values, axis=1) / np.sum(centred**2, axis=1)
    level = values.mean(axis=1) - slope * cosines.mean(axis=1)
    return (kernel[:, 0, 0] - level - slope) / slope


def _absolute_error_draws(rng: np.random.Generator, replicates: int, n: int, dim: int) -> tuple[Any, Any]:
    """Mean absolute errors of noiseless first-layer training, at most √R, against the bound's first term alone."""
    target = np.full(dim, dim**-0.5)
    risks = kernel_risk_samples(rng, replicates, n=n, target=target, trained="first")
    return np.sqrt(np.mean(risks)), {"n": n, "displacement_energy": 1.0, "first": 1, "second": 0}


def _two_point_draws(rng: np.random.Generator, replicates: int, n: int, scale: float) -> tuple[Any, Any]:
    """Mean risk where the teacher shows on one of two orthogonal inputs only, which has probability 1/n."""
    points, target = np.eye(2), np.array([scale, 0.0])
    risks = np.empty(replicates)
    for i in range(replicates):
        seen = points[np.unique((rng.random(n) > 1 / n).astype(int))]
        fitted = kernel_fit(seen, seen @ target)(points)
        risks[i] = (fitted - points @ target) ** 2 @ np.array([1 / n, 1 - 1 / n])
    return np.mean(risks), {"n": n, "displacement_energy": scale**2}


def _sphere_risk_draws(rng: np.random.Generator, replicates: int, n: int, dim: int, trained: str) -> tuple[Any, Any]:
    """Mean risks of noiseless training on the sphere."""
    risks = kernel_risk_samples(rng, replicates, n=n, target=np.full(dim, dim**-0.5), trained=trained)
    return np.mean(risks), {"n": n, "displacement_energy": 1.0}


ROWS = (
    Theorem(
        name="relu-first-layer-kernel", kind="exact",
        statement="K₁(τ) = τ(π − arccos τ)/(2π)",
        formula=first_layer_kernel,
        source="Cho & Saul (2009); Arora et al. (2019), eq. (6)",
        papers=("cho2009", "arora2019"),
        domain="unit inputs, w ~ N(0, I), first layer trained, infinite width",
        derivation="derivations.relu.first_layer_kernel",
        limits=(
            Limit("equal inputs: 1/2", 0.5, ({"cosine": 1.0},)),
            Limit("opposite inputs: 0", 0.0, ({"cosine": -1.0},)),
            Limit(
                "the odd part is linear", lambda cosine: cosine / 2, _COSINES,
                left=lambda formula, cosine: formula(cosine) - formula(-cosine),
            ),
        ),
        box={"cosine": (-1.0, 1.0)},
        experiments=(
            Experiment(_draws("gates"), ({"cosine": -0.5}, {"cosine": 0.4}, {"cosine": 0.95}), replicates=4000),
        ),
        mutants=(
            times(2),
            Mutant("angle instead of its supplement", lambda cosine: -first_layer_kernel(-cosine)),
            Mutant("the other layer", second_layer_kernel),
        ),
    ),
    Theorem(
        name="relu-second-layer-kernel", kind="exact",
        statement="K₂(τ) = (√(1−τ²) + τ(π − arccos τ))/(2π)",
        formula=second_layer_kernel,
        source="Cho & Saul (2009), eq. (6)",
        papers=("cho2009",),
        domain="unit inputs, w ~ N(0, I), second layer trained, infinite width",
        derivation="derivations.relu.second_layer_kernel",
        limits=(
            Limit("equal inputs: 1/2", 0.5, ({"cosine": 1.0},)),
            Limit("opposite inputs: 0", 0.0, ({"cosine": -1.0},)),
            Limit("orthogonal inputs: 1/(2π)", 0.5 / math.pi, ({"cosine": 0.0},)),
        ),
        box={"cosine": (-1.0, 1.0)},
        experiments=(
            Experiment(_draws("outputs"), ({"cosine": -0.5}, {"cosine": 0.4}, {"cosine": 0.95}), replicates=4000),
        ),
        mutants=(
            Mutant("without the square root", first_layer_kernel),
            Mutant("w ~ N(0, I/3) in three dimensions", times(1 / 3)),
        ),
    ),
    Theorem(
        name="relu-first-layer-slope", kind="exact",
        statement="K₁'(τ) = [π − arccos τ + τ/√(1−τ²)]/(2π)",
        formula=first_layer_slope,
        source="follows from relu-first-layer-kernel by differentiation",
        follows=("relu-first-layer-kernel",),
        domain="−1 < τ < 1; infinite at ±1",
        derivation="derivations.relu.first_layer_slope",
        limits=(
            Limit("orthogonal inputs: 1/4", 0.25, ({"cosine": 0.0},)),
            Limit("infinite at 1", math.inf, ({"cosine": 1.0},)),
        ),
        box={"cosine": (-1.0, 1.0)},
        mutants=(Mutant("without the cusp", second_layer_slope),),
    ),
    Theorem(
        name="relu-second-layer-slope", kind="exact",
        statement="K₂'(τ) = (π − arccos τ)/(2π), the probability that a random neuron sees both inputs",
        formula=second_layer_slope,
        source="Cho & Saul (2009), eq. (5)",
        papers=("cho2009",),
        domain="−1 ≤ τ ≤ 1",
        derivation="derivations.relu.second_layer_slope",
        limits=(
            Limit("equal inputs: 1/2", 0.5, ({"cosine": 1.0},)),
            Limit("K₁ = τ K₂'", first_layer_kernel, _COSINES, left=lambda formula, cosine: cosine * formula(cosine)),
        ),
        box={"cosine": (-1.0, 1.0)},
        experiments=(Experiment(_draws("probability"), _COSINES[1:], replicates=4000),),
        mutants=(scaled(cosine=-1),),
    ),
    Theorem(
        name="relu-sphere-spectrum", kind="exact",
        statement="μ_k(K₁) = [k l²_{k−1} + (k+d−2) l²_{k+1}]/(2k+d−2), "
        "μ_k(K₂) = d[(k l_{k−1} + (k+d−2) l_{k+1})/(2k+d−2)]²; given as N_k μ_k",
        formula=masses_to_degree_six,
        source="Funk–Hecke; Bach (2017), appendix D.2; cf. the recurrence of Bietti & Mairal (2019)",
        papers=("bach2017", "bietti2019"),
        domain="unit sphere S^{d−1}, d ≥ 2, uniform; degrees 0 to 6 here, any degree in sphere_spectrum",
        derivation="derivations.relu.sphere_masses",
        limits=(
            Limit(
                "all degrees sum to K(1)",
                lambda dim, first, second: 0.5 - sphere_masses(dim, 600, (first, second))[7:].sum(),
                grid(dim=[3, 40], first=0, second=1), 1e-5,
                left=lambda masses, **point: sum(masses(**point)),
            ),
            Limit(
                "degree 1 holds a quarter", 0.25,
                grid(dim=[3, 10**9], first=1, second=0),
                left=lambda masses, **point: masses(**point)[1],
            ),
        ),
        box={"dim": (2, 10**9), "first": (0.1, 2.0), "second": (0.1, 2.0)},
        experiments=(
            Experiment(
                _masses_by_quadrature,
                grid(dim=[3, 5, 12], trained=["first", "second"]),
                compare="identity", replicates=1,
            ),
        ),
        mutants=(
            Mutant("one dimension more", _shifted_masses),
            swapped("first", "second"),
        ),
    ),
    Theorem(
        name="relu-nonlinearity", kind="exact",
        statement="ζ = (K(1) − K(0) − K'(0))/K'(0) = 1 − 2ω/(π(α+ω)) for the kernel αK₁ + ωK₂",
        formula=nonlinearity,
        source="kernels in high dimension: El Karoui (2010), Liang & Rakhlin (2020), Bartlett, Montanari & Rakhlin (2021), Montanari & Zhong (2022)",
        papers=("elkaroui2010", "liang2020", "bartlett2021", "montanari2022"),
        domain="α, ω ≥ 0, not both 0",
        derivation="derivations.relu.nonlinearity",
        limits=(
            Limit("first layer: 1", 1.0, ({"first": 1, "second": 0},)),
            Limit("second layer: 1 − 2/π", 1 - 2 / math.pi, ({"first": 0, "second": 1},)),
            Limit("both layers: 1 − 1/π", 1 - 1 / math.pi, ({"first": 1, "second": 1},)),
        ),
        box={"first": (0.0, 2.0), "second": (0.1, 2.0)},
        experiments=tuple(
            asymptotic(
                _straight_line_draws,
                grid(dim=[50, 100, 200], trained=trained),
                3,
                200,
                0.05,
                lambda dim, trained: dict(zip(("first", "second"), layer_weights(trained), strict=True)),
            )
            for trained in ("first", "second", "both")
        ),
        mutants=(
            swapped("first", "second"),
            Mutant("without K(0)", lambda first: 1 + 0 * first),
        ),
    ),
    Theorem(
        name="relu-gram-bound", kind="bound",
        statement="ỹᵀH⁻¹ỹ ≤ ‖Pδ‖²/K'(0) (4‖Pδ‖² for the first layer) for ỹ = Xδ; published with 9 in place of 4",
        formula=gram_bound,
        source="not found in the literature (searched 2026-11-27); published with constant 3 for the root: Arora et al. (2019), corollary 6.2",
        see=("arora2019", "shachaf2021"),
        domain="any inputs without parallel rows, any n",
        derivation="derivations.relu.gram_bound",
        limits=(
            Limit("first layer: 4‖Pδ‖²", lambda projected_energy: 4 * projected_energy, ({"projected_energy": 0.7},)),
            Limit(
                "sharp: a fine grid on the circle comes close",
                lambda projected_energy: _grid_on_circle(400) * projected_energy,
                ({"projected_energy": 1.0},),
                0.01,
            ),
        ),
        box={"projected_energy": (1e-3, 1e3), "first": (0.1, 2.0), "second": (0.1, 2.0)},
        experiments=(
            Experiment(
                _gram_draws,
                ({"n": 5, "dim": 8, "trained": "first"}, {"n": 60, "dim": 2, "trained": "first"},
                 {"n": 40, "dim": 3, "trained": "second"}, {"n": 40, "dim": 3, "trained": "both"}),
                compare="bound", replicates=50,
            ),
        ),
        mutants=(
            Mutant("constant 3 in place of 4", times(0.75)),
            times(0.5),
        ),
    ),
    Theorem(
        name="relu-generalization-bound", kind="bound",
        statement="E|f − y| ≤ √(2 ỹᵀH⁻¹ỹ/n) + C√(log(n/(λ_0η))/n), the first term at most ‖δ‖√(8/n); √R falls like d/n",
        formula=leading_bound,
        source="Arora et al. (2019), theorem 5.1; Shachaf, Brutzkus & Globerson (2021) for residual labels",
        papers=("arora2019", "shachaf2021"), covers="first layer trained",
        domain="unit inputs, 1-Lipschitz loss in [0, 1], first layer trained, noiseless",
        derivation="derivations.relu.leading_bound",
        limits=(
            Limit(
                "first term of the bound",
                lambda n, displacement_energy: generalization_bound(n, 4 * displacement_energy, 0.1, 0.05, 0.0),
                ({"n": 30, "displacement_energy": 0.4},),
            ),
        ),
        box={"n": (1, 10**6), "displacement_energy": (1e-3, 1e3)},
        experiments=(
            Experiment(
                _absolute_error_draws, ({"n": 12, "dim": 12}, {"n": 60, "dim": 12}), compare="bound", replicates=100
            ),
        ),
        mutants=(
            Mutant("n in place of √n", lambda n, displacement_energy, first, second:
                   leading_bound(n, displacement_energy, first, second) ** 2 / 8),
        ),
    ),
    Theorem(
        name="relu-risk-bound", kind="bound",
        statement="E R ≤ 2‖δ‖² min(1, 2/√n), whichever layers are trained",
        formula=risk_bound,
        source="not found in the literature (searched 2026-11-27); after Arora et al. (2019), theorem 5.1",
        see=("arora2019",),
        domain="any law of inputs on the unit sphere, noiseless labels, linear residual, infinite width, no ridge",
        derivation="derivations.relu.risk_bound",
        limits=(
            Limit(
                "largest error times mean error, first layer",
                lambda n, displacement_energy: (
                    np.sqrt(2 * displacement_energy) * leading_bound(n, displacement_energy)
                ),
                ({"n": 30, "displacement_energy": 0.4},),
            ),
        ),
        box={"n": (1, 10**6), "displacement_energy": (1e-3, 1e3)},
        experiments=(
            Experiment(
                _two_point_draws, ({"n": 20, "scale": 1.0}, {"n": 20, "scale": 100.0}), compare="bound", replicates=400
            ),
            Experiment(
                _sphere_risk_draws,
                grid(n=6, dim=2, trained=["first", "second", "both"]),
                compare="bound", replicates=200,
            ),
        ),
        mutants=(
            Mutant("n² in place of √n", lambda n, displacement_energy: 4 * displacement_energy / n**2),
            Mutant(
                "norm in place of energy",
                instead(displacement_energy=lambda displacement_energy: displacement_energy**0.5),
            ),
        ),
    ),
)


def _grid_on_circle(n: int) -> float:
    angle = (np.arange(n) + 0.25) * 2 * math.pi / n
    inputs = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return float(inputs[:, 0] @ np.linalg.lstsq(plain_kernel(inputs, inputs, "first"), inputs[:, 0])[0])

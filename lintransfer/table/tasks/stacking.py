"""Rows: K updates added up: merged models on every task, stacked fits on the target, their best coefficients."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.tasks.stacking import (
    best_ridge_stacks,
    best_stacks,
    random_stacks,
    random_tasks,
    ridge_stacks,
    stacks,
)
from lintransfer.table.mutants import instead
from lintransfer.table.points import grid
from lintransfer.table.row import NOT_FOUND, Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.isotropic import min_norm_risk
from lintransfer.theory.linear.proportional import tuned_ridge_risk
from lintransfer.theory.linear.weight_averages import interpolation_risk, optimal_interpolation_risk
from lintransfer.theory.tasks.averages import optimal_soup_risk, optimal_soup_stretch
from lintransfer.theory.tasks.stacking import (
    merged_risks,
    optimal_merge,
    optimal_ridge_stack,
    optimal_ridge_stack_risk,
    optimal_stack,
    optimal_stack_risk,
    stacked_ridge_risk,
    stacked_risk,
)

_GRAM = np.array([[1.0, 0.5, 0.3], [0.5, 1.2, -0.2], [0.3, -0.2, 0.9]])
_NOISES = np.array([0.4, 0.2, 0.5])
_FAMILY = {"gram": _GRAM, "noise_variances": _NOISES}
_POINTS = tuple(
    {"sizes": np.array(sizes), "dim": 10} | _FAMILY
    for sizes in ((4, 6, 5), (15, 3, 14), (5, 20, 2), (0, 6, 10), (9, 11, 0))
)
_ALPHA = np.array([0.4, -0.3, 0.8])
_DRAWN = _POINTS[:3]
_GROWING = tuple({"sizes": k * np.array([6, 14, 5]), "dim": 10 * k} | _FAMILY for k in (1, 2, 4))
_ALONE = grid(n=[0, 1, 6, 8, 9, 10, 11, 12, 40], dim=10, displacement_energy=1.3, noise_variance=[0.0, 0.4])


def _one(n: int, dim: int, displacement_energy: float, noise_variance: float) -> dict[str, Any]:
    """A family of one task."""
    return {
        "sizes": np.array([n]), "dim": dim, "gram": np.full((1, 1), displacement_energy),
        "noise_variances": np.array([noise_variance]),
    }  # fmt: skip


def _same(members: int, n: int, dim: int, displacement_energy: float, noise_variance: float) -> dict[str, Any]:
    """K data sets of one task."""
    return {
        "sizes": np.full(members, n), "dim": dim, "gram": np.full((members, members), displacement_energy),
        "noise_variances": np.full(members, noise_variance),
    }  # fmt: skip


def _at_best(risk: Any, best: Any) -> Any:
    """The least risk is that at the coefficients found, and no other coefficients near are better."""

    def holds(formula: Any, **point: Any) -> float:
        found = formula(**point)
        value = float(risk(coefficients=found.coefficients, **point))
        usable = found.coefficients != 0
        for shift in np.vstack([np.eye(3), -np.eye(3)]) * 1e-3 * usable:
            if float(risk(coefficients=found.coefficients + shift, **point)) < value - 1e-15:
                return math.nan
        return float(found.risk) / value

    return holds


def _normal_equations(sizes: Any, dim: int, gram: Any, noise_variances: Any, weights: Any) -> Any:
    """[Γ∘M + diag v]α = γ∘(Mp), by a general solver, without the fits of infinite energy; and the risk in the sheet's form."""
    alive = (sizes > 0) & (np.abs(sizes - dim) > 1)
    shares = np.minimum(sizes / dim, 1)[alive]
    noise = np.array([min_norm_risk(n, dim, 0, v) for n, v in zip(sizes[alive], noise_variances[alive], strict=True)])
    energies = np.diag(gram)[alive]
    square = np.outer(shares, shares) * gram[np.ix_(alive, alive)]
    square += np.diag(shares * (1 - shares) * energies + noise)
    right = shares * (gram @ weights)[alive]
    found = np.zeros(len(sizes))
    found[alive] = np.linalg.solve(square, right)
    return {"risk": float(weights @ np.diag(gram) - right @ found[alive]), "coefficients": found}


def _target(**point: Any) -> Any:
    return _normal_equations(weights=np.array([0.0, 0.0, 1.0]), **point)


def _without_scatter(sizes: Any, dim: int, gram: Any, noise_variances: Any, coefficients: Any) -> Any:
    """A mutant: v_k = V_k alone."""
    shares = np.minimum(sizes / dim, 1)
    left = np.eye(len(shares)) - coefficients * shares
    noise = np.array([min_norm_risk(n, dim, 0, v) for n, v in zip(sizes, noise_variances, strict=True)])
    return np.einsum("ik,kj,ij->i", left, gram, left) + coefficients**2 @ noise


def _weighted(rng: np.random.Generator) -> dict[str, Any]:
    tasks = random_tasks(rng)
    weights = rng.uniform(0.1, 1, len(tasks["sizes"]))
    return tasks | {"task_weights": weights / weights.sum()}


_FLIPPED = instead(gram=lambda gram: np.abs(gram))
_FIRST = Mutant("the target first", instead(sizes=lambda sizes: sizes[::-1], gram=lambda gram: gram[::-1, ::-1]))
_SCALED = Mutant("every coefficient doubled", instead(coefficients=lambda coefficients: 2 * coefficients))


ROWS = (
    Theorem(
        name="merged-risks",
        kind="exact",
        statement="R_i = ‖δ_i − Σα_kγ_kδ_k‖² + Σα_k²[γ_k(1−γ_k)‖δ_k‖² + V_k]",
        formula=merged_risks,
        source=NOT_FOUND,
        see=("ilharco2023", "ortiz2023"),
        covers="K = 2",
        domain="Σ = I, K independent min-norm or least-squares fits from one w0, every n_k ≥ 0; inf where |n_k − d| ≤ 1 ≤ n_k, "
        "σ_k > 0, α_k ≠ 0",
        derivation="derivations.tasks.stacking.merged_risks",
        limits=(
            Limit(
                "one task: a fraction of its fine-tuning",
                lambda scale, **point: interpolation_risk(weight=scale, **point),
                tuple(point | {"scale": a} for point in _ALONE for a in (0.0, 0.5, 1.0)),
                left=lambda formula, scale, **point: formula(coefficients=np.array([scale]), **_one(**point)),
            ),
            Limit("nothing added: ‖δ_i‖²", lambda gram, **_: np.diag(gram), _POINTS,
                  left=lambda formula, **point: formula(coefficients=np.zeros(3), **point)),
        ),
        sample=random_stacks,
        mutants=(
            Mutant("the projections' scatter forgotten", _without_scatter),
            _FLIPPED,
            _SCALED,
        ),
    ),
    Theorem(
        name="stacked-risk",
        kind="exact",
        statement="R = ‖δ_t − Σα_kγ_kδ_k‖² + Σα_k²[γ_k(1−γ_k)‖δ_k‖² + V_k]",
        formula=stacked_risk,
        source="follows from merged-risks by substitution (the target alone)",
        follows=("merged-risks",),
        see=("breiman1996",),
        covers="K = 2",
        domain="Σ = I, K independent min-norm or least-squares fits from one w0, the target last, every n_k ≥ 0",
        derivation="derivations.tasks.stacking.stacked_risk",
        limits=(
            Limit("the target's fit alone: the min-norm risk", min_norm_risk, _ALONE,
                  left=lambda formula, **point: formula(coefficients=np.ones(1), **_one(**point))),
        ),
        sample=random_stacks,
        experiments=(Experiment(stacks, tuple(p | {"coefficients": _ALPHA} for p in _DRAWN)),),
        mutants=(
            Mutant("the projections' scatter forgotten", lambda **point: _without_scatter(**point)[-1]),
            _FIRST,
            _FLIPPED,
            _SCALED,
        ),
    ),
    Theorem(
        name="optimal-stack",
        kind="exact",
        statement="[Γ∘M + diag v]α = γ∘Me_t, R = ‖δ_t‖² − Σα_kγ_kδ_k·δ_t",
        formula=optimal_stack,
        source=NOT_FOUND,
        see=("breiman1996",),
        covers="K = 2",
        domain="Σ = I, every n_k ≥ 0; fits with n_k = 0 or infinite energy drop out",
        derivation="derivations.tasks.stacking.optimal_stack",
        limits=(
            Limit("the normal equations, by a general solver", _target, _POINTS, rtol=1e-10,
                  left=lambda formula, **point: formula(**point)._asdict()),
            Limit("the least risk is that at the coefficients, and none near is lower", 1.0, _POINTS,
                  left=_at_best(stacked_risk, optimal_stack)),
            Limit(
                "K data sets of one task: the soup at its best stretch",
                lambda **point: {"risk": optimal_soup_risk(**point),
                                 "coefficients": np.full(3, optimal_soup_stretch(**point) / 3)},
                grid(n=[1, 6, 12, 40], dim=10, displacement_energy=1.3, noise_variance=0.4, members=3),
                left=lambda formula, **point: formula(**_same(**point))._asdict(),
            ),
        ),
        sample=random_tasks,
        mutants=(
            Mutant("the target's fit alone", lambda sizes, dim, gram, noise_variances: {
                "risk": optimal_interpolation_risk(sizes[-1], dim, gram[-1, -1], noise_variances[-1]),
                "coefficients": np.append(0 * sizes[1:], 1.0)}),
            Mutant("as if the fits were unbiased", instead(sizes=lambda sizes, dim: sizes + dim)),
            _FLIPPED,
        ),
    ),
    Theorem(
        name="optimal-stack-risk",
        kind="exact",
        statement="R = min over α of the stacked risk = ‖δ_t‖² − Σα_kγ_kδ_k·δ_t",
        formula=optimal_stack_risk,
        source=NOT_FOUND,
        see=("breiman1996",),
        covers="K = 2",
        domain="Σ = I, every n_k ≥ 0; fits with n_k = 0 or infinite energy drop out",
        derivation="derivations.tasks.stacking.optimal_stack_risk",
        limits=(
            Limit("the target's fit alone, at its best weight", optimal_interpolation_risk, _ALONE,
                  left=lambda formula, **point: formula(**_one(**point))),
            Limit("orthogonal tasks help no one", optimal_interpolation_risk,
                  grid(n=[1, 6, 12], dim=10, displacement_energy=1.3, noise_variance=0.4),
                  left=lambda formula, n, dim, displacement_energy, noise_variance: formula(
                      np.array([n + 3, n]), dim, displacement_energy * np.eye(2), np.full(2, noise_variance))),
        ),
        sample=random_tasks,
        experiments=(Experiment(best_stacks, _DRAWN, replicates=16_000),),
        mutants=(
            Mutant("the target's fit alone", lambda sizes, dim, gram, noise_variances: optimal_interpolation_risk(
                sizes[-1], dim, gram[-1, -1], noise_variances[-1])),
            Mutant("as if the fits were unbiased", instead(sizes=lambda sizes, dim: sizes + dim)),
            _FLIPPED,
        ),
    ),
    Theorem(
        name="optimal-merge",
        kind="exact",
        statement="[Γ∘M + diag v]α = γ∘(Mp) minimises Σp_iR_i",
        formula=optimal_merge,
        source="follows from merged-risks by substitution (the minimum of a quadratic form in α)",
        follows=("merged-risks",),
        see=("ilharco2023", "ortiz2023"),
        covers="K = 2",
        domain="Σ = I, every n_k ≥ 0, task weights p of sum 1",
        derivation="derivations.tasks.stacking.optimal_merge",
        limits=(
            Limit("the normal equations, by a general solver",
                  lambda task_weights, **point: _normal_equations(weights=task_weights, **point),
                  tuple(point | {"task_weights": np.array([0.2, 0.3, 0.5])} for point in _POINTS), rtol=1e-10,
                  left=lambda formula, **point: formula(**point)._asdict()),
            Limit("the target alone counts: stacking", lambda **point: optimal_stack(**point)._asdict(), _POINTS,
                  left=lambda formula, **point: formula(task_weights=np.array([0.0, 0.0, 1.0]), **point)._asdict()),
        ),
        sample=_weighted,
        mutants=(
            Mutant("only the target counts", instead(task_weights=lambda task_weights: np.append(0 * task_weights[1:], 1))),
            Mutant("as if the fits were unbiased", instead(sizes=lambda sizes, dim: sizes + dim)),
            _FLIPPED,
        ),
    ),
    Theorem(
        name="stacked-ridge-risk",
        kind="asymptotic",
        statement="R = ‖δ_t − Σα_k(1−e_k)δ_k‖² + Σα_k²e_k(1−e_k)‖δ_k‖², e_k = e_0(‖δ_k‖²/σ_k², n_k/d)",
        formula=stacked_ridge_risk,
        source=NOT_FOUND,
        see=("breiman1996", "dobriban2018"),
        covers="K = 1",
        domain="limit d → ∞ at n_k/d, Σ = I, each fit at the ridge that is best for its own task",
        derivation="derivations.tasks.stacking.stacked_ridge_risk",
        limits=(
            Limit("the target's fit alone: the risk of the best ridge", tuned_ridge_risk,
                  grid(n=[0, 1, 6, 10, 40], dim=10, displacement_energy=1.3, noise_variance=[0.0, 0.4]),
                  left=lambda formula, **point: formula(coefficients=np.ones(1), **_one(**point))),
        ),
        sample=random_stacks,
        experiments=(
            Experiment(ridge_stacks, tuple(p | {"coefficients": _ALPHA} for p in _GROWING), "asymptotic", 4_000,
                       allowance=lambda dim, **_: 1.5 / dim),
        ),
        mutants=(
            Mutant("fits without ridge", lambda **point: stacked_risk(**point)),
            _FLIPPED,
            _SCALED,
        ),
    ),
    Theorem(
        name="optimal-ridge-stack",
        kind="asymptotic",
        statement="[Γ∘M + diag v]α = γ∘Me_t with γ_k = 1−e_k, v_k = e_k(1−e_k)‖δ_k‖²",
        formula=optimal_ridge_stack,
        source="follows from stacked-ridge-risk by substitution (the minimum of a quadratic form in α)",
        follows=("stacked-ridge-risk",),
        covers="K = 2",
        domain="limit d → ∞ at n_k/d, Σ = I, each fit at the ridge that is best for its own task",
        derivation="derivations.tasks.stacking.optimal_ridge_stack",
        limits=(
            Limit("one fit: nothing to gain over its own ridge",
                  lambda **point: {"risk": tuned_ridge_risk(**point), "coefficients.0": 1.0},
                  grid(n=[1, 6, 10, 40], dim=10, displacement_energy=1.3, noise_variance=[0.0, 0.4]),
                  left=lambda formula, **point: formula(**_one(**point))._asdict()),
            Limit("the least risk is that at the coefficients, and none near is lower", 1.0, _POINTS,
                  left=_at_best(stacked_ridge_risk, optimal_ridge_stack)),
        ),
        sample=random_tasks,
        mutants=(
            Mutant("fits without ridge", lambda **point: optimal_stack(**point)),
            _FLIPPED,
        ),
    ),
    Theorem(
        name="optimal-ridge-stack-risk",
        kind="asymptotic",
        statement="R = min over α of the stacked ridge risk",
        formula=optimal_ridge_stack_risk,
        source="follows from stacked-ridge-risk by substitution (the minimum of a quadratic form in α)",
        follows=("stacked-ridge-risk",),
        covers="K = 2",
        domain="limit d → ∞ at n_k/d, Σ = I, each fit at the ridge that is best for its own task",
        derivation="derivations.tasks.stacking.optimal_ridge_stack_risk",
        limits=(
            Limit("orthogonal tasks help no one", tuned_ridge_risk,
                  grid(n=[1, 6, 12], dim=10, displacement_energy=1.3, noise_variance=0.4),
                  left=lambda formula, n, dim, displacement_energy, noise_variance: formula(
                      np.array([n + 3, n]), dim, displacement_energy * np.eye(2), np.full(2, noise_variance))),
        ),
        sample=random_tasks,
        experiments=(
            Experiment(best_ridge_stacks, _GROWING, "asymptotic", 6_000, allowance=lambda dim, **_: 1.5 / dim),
        ),
        mutants=(
            Mutant("fits without ridge", lambda **point: optimal_stack_risk(**point)),
            _FIRST,
        ),
    ),
)  # fmt: skip

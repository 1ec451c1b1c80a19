"""Rows: chains of anchored ridge fits under any covariances diagonal in one basis."""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.experiments.tasks.sequences_covariance import chain, chain_arguments
from lintransfer.table.mutants import dropped, instead
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.covariance import ridge_risk
from lintransfer.theory.linear.effective_regularization import effective_regularization
from lintransfer.theory.linear.two_stage import two_stage_risk
from lintransfer.theory.tasks.sequences_covariance import chain_equivalent

_LEVELS = np.array([[2.0, 0.5, 0.1], [0.3, 1.2, 0.0]])
_COUNTS = np.array([3.0, 5.0, 4.0])


def _gram(*coordinates: list[float]) -> np.ndarray:
    """Inner products mode by mode of teachers with these coordinates, in the first direction of every mode."""
    vectors = np.array(coordinates)
    return np.einsum("ji,ki->ijk", vectors, vectors)


_GRAM = _gram([0.7, -0.4, 0.5], [0.6, 0.3, 0.2])
_WORLD = {
    "eigenvalues": _LEVELS, "multiplicities": _COUNTS, "gram": _GRAM, "noise_variances": np.array([0.3, 0.2]),
}  # fmt: skip


def _plain_chain(
    moment: bool = False, inflated: bool = True, fresh_anchor: bool = False, noisy_anchor: bool = True
) -> Any:
    """The chain as a plain loop, with mistakes: what mutants are made of.

    moment: S + mmᵀ kept where S should be.  inflated: without it the missed signal counts as noise once, not as κ² tr B(…).
    fresh_anchor: every stage starts from w0 again.  noisy_anchor: without it the scatter of the anchor is forgotten.
    """

    def risks(
        sizes: Any, eigenvalues: Any, multiplicities: Any, gram: Any, noise_variances: Any, ridges: Any = 0.0,
        order: Any = None, at: Any = None,
    ) -> Any:  # fmt: skip
        tasks = len(sizes)
        ridges = np.broadcast_to(ridges, (tasks,))
        share, spread = np.zeros((len(multiplicities), tasks)), np.zeros(len(multiplicities))
        unit = np.eye(tasks)
        history = []
        for task in (None, *(range(tasks) if order is None else order)):
            if task is not None:
                if fresh_anchor:
                    share, spread = 0 * share, 0 * spread
                levels = eigenvalues[task]
                kappa = float(effective_regularization(sizes[task], levels, multiplicities, ridges[task]))
                safe = np.where(levels + kappa > 0, levels + kappa, 1.0)
                left, b = np.where(levels > 0, kappa / safe, 1.0), levels / safe**2
                m = share - unit[task]
                energy = np.einsum("ij,ijk,ik->i", m, gram, m)
                room = sizes[task] - float(multiplicities @ (levels / safe) ** 2)
                anchor = multiplicities * spread * noisy_anchor
                lost = kappa**2 * float(b @ (anchor + energy)) * inflated
                before = spread + energy / multiplicities if moment else spread
                spread = left**2 * before * noisy_anchor + (lost + noise_variances[task]) / room * b
                share = unit[task] + left[:, None] * m
            missed = share - unit[:, None, :]
            clean = np.einsum("tij,ijk,tik->ti", missed, gram, missed)
            history.append(np.sum(eigenvalues * (clean + multiplicities * spread), axis=-1))
        found = np.array(history)
        return found if at is None else found[int(at[0]), int(at[1])]

    return risks


def _random_world(rng: np.random.Generator) -> dict[str, Any]:
    tasks, modes = int(rng.integers(1, 4)), int(rng.integers(1, 4))
    counts = np.round(np.exp(rng.uniform(0, np.log(1e6), modes)))
    levels = np.exp(rng.uniform(-6, 3, (tasks, modes))) * rng.choice([0.0, 1.0, 1.0, 1.0], (tasks, modes))
    levels[:, 0] = np.maximum(levels[:, 0], 0.01)
    vectors = rng.standard_normal((tasks, modes))
    total = counts.sum()
    return {
        "sizes": np.array([int(rng.choice([0, 1, rng.uniform(0, 3) * total])) for _ in range(tasks)]),
        "eigenvalues": levels,
        "multiplicities": counts,
        "gram": np.einsum("ji,ki->ijk", vectors, vectors),
        "noise_variances": rng.uniform(0, 4, tasks),
        "ridges": rng.choice([0.0, 1.0], tasks) * np.exp(rng.uniform(-9, 6, tasks)),
    }


def _two_stages(sizes: Any, eigenvalues: Any, multiplicities: Any, gram: Any, noise_variances: Any, ridges: Any) -> Any:
    energies = gram[:, 0, 0], gram[:, 0, 1], gram[:, 1, 1]
    return two_stage_risk(
        sizes[1], sizes[0], eigenvalues[1], multiplicities, *energies, noise_variances[1], noise_variances[0],
        ridges[1], ridges[0], eigenvalues[0],
    )  # fmt: skip


def _one_stage(sizes: Any, eigenvalues: Any, multiplicities: Any, gram: Any, noise_variances: Any, ridges: Any) -> Any:
    return ridge_risk(sizes[0], eigenvalues[0], multiplicities, gram[:, 0, 0], noise_variances[0], ridges[0])


_DRAWN = {
    "sizes": (0.4, 0.5, 1.5),
    "noise_variances": (0.1, 0.1, 0.3),
    "ridges": (0.0, 0.3, 0.0),
    "order": (0, 1, 2, 1),
}

ROWS = (
    Theorem(
        name="chain-equivalent",
        kind="asymptotic",
        statement="S ← ASA+[κ²tr B(S+mmᵀ)+σ²]B/(n−df2), E w ← θ_k+Am, A = κ(Σ_k+κ)⁻¹, B = Σ_k(Σ_k+κ)⁻²; R_j = tr Σ_j(S+(E w−θ_j)(E w−θ_j)ᵀ)",
        formula=chain_equivalent,
        source="follows from ridge-risk and two-stage-risk, stage by stage",
        follows=("two-stage-risk", "ridge-risk"),
        see=("ghane2024", "lin2023", "ding2024"),
        covers="two modes, two stages, the first task, λ > 0",
        domain="Σ_k diagonal in one basis, ridge anchored at the weights before or min-norm, any n_k ≥ 0; O(1/(d|1−γ|)) a stage",
        derivation="derivations.tasks.sequences_covariance.chain_equivalent",
        limits=(
            Limit(
                "two stages, tested on the second task: two-stage-risk",
                _two_stages,
                tuple(
                    {**_WORLD, "sizes": np.array(n), "ridges": np.array(r)}
                    for n in ((4, 5), (0, 7), (30, 3), (6, 40))
                    for r in ((0.0, 0.0), (0.4, 2.0))
                ),
                given={"at": (2, 1)},
            ),
            Limit(
                "one stage: ridge-risk",
                _one_stage,
                tuple(
                    {**_WORLD, "sizes": np.array([n, 3]), "ridges": np.array([r, 0.0])}
                    for n in (0, 5, 12, 40)
                    for r in (0.0, 0.7)
                ),
                given={"at": (1, 0)},
            ),
            Limit(
                "a plain loop, repetitions and all",
                lambda **point: _plain_chain()(**point),
                (
                    {**_WORLD, "sizes": np.array([5, 4]), "ridges": np.array([0.4, 0.0]), "order": (1, 0, 1, 1)},
                    {**_WORLD, "sizes": np.array([20, 4]), "ridges": np.array([0.0, 1.0]), "order": (0, 1, 0)},
                ),
                rtol=1e-11,
            ),
            Limit(
                "infinite ridge or no data: nothing moves",
                lambda gram, eigenvalues, **_: float(eigenvalues[1] @ gram[:, 1, 1]),
                ({**_WORLD, "sizes": np.array([5, 0]), "ridges": np.array([np.inf, 0.0])},),
                given={"at": (2, 1)},
            ),
        ),
        sample=_random_world,
        experiments=tuple(
            Experiment(
                chain,
                tuple({"dim": d, **_DRAWN, "at": at} for d in (16, 32, 64)),
                "asymptotic",
                800,
                0.15,
                allowance=lambda dim, at, **_: 2.5 * at[0] / dim,
                arguments=chain_arguments,
            )
            for at in ((2, 0), (3, 1), (4, 2))
        ),
        mutants=(
            Mutant("the second moment kept for the covariance", _plain_chain(moment=True)),
            Mutant("what is missed is not inflated", _plain_chain(inflated=False)),
            Mutant("every stage from w0", _plain_chain(fresh_anchor=True)),
            Mutant("the scatter of the anchor forgotten", _plain_chain(noisy_anchor=False)),
            dropped("noise_variances"),
            instead(ridges=lambda sizes, ridges: np.asarray(ridges) * np.asarray(sizes)),
        ),
    ),
)

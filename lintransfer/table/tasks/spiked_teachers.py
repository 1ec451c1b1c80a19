"""Rows: rank-one teachers of many outputs, and what a second task adds."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lintransfer.experiments.tasks.spiked_teachers import (
    errors,
    input_overlaps,
    output_overlaps,
    singular_values,
    transfers,
)
from lintransfer.table.mutants import instead, swapped, times
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.tasks.spiked_teachers import (
    input_overlap,
    output_overlap,
    rank_one_error,
    rank_one_transfer,
    spiked_singular_value,
)

_DOMAIN = "orthonormal inputs, noise of variance 1/n_in per entry, n_in → ∞ at q = n_out/n_in; error O(1/n_in), more near θ⁴ = q"
_BOX: dict[str, tuple[Any, Any]] = {"signal": (0.01, 100.0), "aspect": (0.01, 100.0)}
_LAW = "Benaych-Georges & Nadakuditi (2012)"


def _without_size(n_in: int, **point: float) -> dict[str, float]:
    return point


def _sizes(draw: Callable[..., Any], resolution: float = 0.1, **point: float) -> Experiment:
    """Means at n_in = 24, 48, 96."""
    points = tuple({"n_in": n, **point} for n in (24, 48, 96))
    unit = (lambda n_in, signal, aspect, overlap: 2 * rank_one_error(signal, aspect)) if "overlap" in point else None
    return Experiment(draw, points, "asymptotic", 600, resolution, lambda n_in, **_: 3 / n_in, _without_size, unit)


def _sign_change(formula: Callable[..., Any]) -> float:
    """The overlap at which joint training starts to pay, θ = 1.3, q = ½."""
    overlaps = np.linspace(0, 1, 100_001)
    return float(overlaps[np.argmax(np.asarray(formula(1.3, 0.5, overlaps)) > 0)])


ROWS = (
    Theorem(
        name="spiked-singular-value",
        kind="asymptotic",
        statement="largest singular value of θuvᵀ + noise: √((1+θ²)(q+θ²))/θ for θ⁴ > q, else 1 + √q",
        formula=spiked_singular_value,
        source=_LAW,
        papers=("benaych2012",),
        domain=_DOMAIN,
        derivation="derivations.tasks.spiked_teachers.spiked_singular_value",
        limits=(
            Limit(
                "at the threshold: the edge of the noise",
                1 + math.sqrt(0.5),
                ({"signal": 0.5**0.25 * (1 + 1e-9), "aspect": 0.5},),
                rtol=1e-8,
            ),
            Limit("a strong signal: itself", 1e6, ({"signal": 1e6, "aspect": 0.5},), rtol=1e-11),
        ),
        box=_BOX,
        experiments=(_sizes(singular_values, signal=1.3, aspect=0.5), _sizes(singular_values, signal=1.8, aspect=2.0)),
        mutants=(
            Mutant("the signal itself", lambda signal: signal),
            Mutant(
                "noise of variance 1/n_out",
                lambda signal, aspect: (
                    spiked_singular_value(signal * np.sqrt(aspect), 1 / aspect) / np.sqrt(aspect) + 0.1
                ),
            ),
            Mutant("1/q for q", instead(aspect=lambda aspect: 1 / aspect)),
        ),
    ),
    Theorem(
        name="spiked-output-overlap",
        kind="asymptotic",
        statement="squared cosine of the left singular vector with u: l = (θ⁴ − q)₊/(θ²(θ² + q))",
        formula=output_overlap,
        source=_LAW,
        papers=("benaych2012",),
        domain=_DOMAIN,
        derivation="derivations.tasks.spiked_teachers.output_overlap",
        limits=(
            Limit("below the threshold: nothing", 0.0, grid(signal=[0.0, 0.3, 0.84], aspect=0.5)),
            Limit("a strong signal: all", 1.0, ({"signal": 1e6, "aspect": 0.5},), rtol=1e-11),
            Limit(
                "transposed: the overlap of the input vector",
                lambda signal, aspect: input_overlap(signal / math.sqrt(aspect), 1 / aspect),
                grid(signal=[0.4, 1.3, 2.0], aspect=[0.5, 3.0]),
            ),
        ),
        box=_BOX,
        experiments=(_sizes(output_overlaps, signal=1.3, aspect=0.5), _sizes(output_overlaps, signal=1.8, aspect=2.0)),
        mutants=(
            Mutant("the input's", lambda signal, aspect: input_overlap(signal, aspect)),
            Mutant("the cosine itself", lambda signal, aspect: np.sqrt(output_overlap(signal, aspect))),
        ),
    ),
    Theorem(
        name="spiked-input-overlap",
        kind="asymptotic",
        statement="squared cosine of the right singular vector with v: ϱ = (θ⁴ − q)₊/(θ²(θ² + 1))",
        formula=input_overlap,
        source=_LAW,
        papers=("benaych2012",),
        domain=_DOMAIN,
        derivation="derivations.tasks.spiked_teachers.input_overlap",
        limits=(
            Limit("below the threshold: nothing", 0.0, grid(signal=[0.0, 0.3, 0.84], aspect=0.5)),
            Limit("few outputs, q → 0: θ²/(1 + θ²)", 0.5, ({"signal": 1.0, "aspect": 1e-14},), rtol=1e-12),
        ),
        box=_BOX,
        experiments=(_sizes(input_overlaps, signal=1.3, aspect=0.5), _sizes(input_overlaps, signal=1.8, aspect=2.0)),
        mutants=(
            Mutant("the output's", lambda signal, aspect: output_overlap(signal, aspect)),
            Mutant("threshold at θ² = q", lambda signal, aspect: max(signal**2 - aspect, 0) / (signal**2 + 1)),
        ),
    ),
    Theorem(
        name="rank-one-error",
        kind="asymptotic",
        statement="min over a of ‖a ûv̂ᵀ − θuvᵀ‖² = θ²(1 − lϱ)",
        formula=rank_one_error,
        source=f"{_LAW}, Gavish & Donoho (2017), optimal shrinkage",
        papers=("benaych2012", "gavish2017"),
        domain=_DOMAIN,
        derivation="derivations.tasks.spiked_teachers.rank_one_error",
        limits=(
            Limit(
                "below the threshold: the teacher",
                lambda signal, **_: signal**2,
                grid(signal=[0.0, 0.3, 0.84], aspect=0.5),
            ),
            Limit("a strong signal: 1 + q", 1.5, ({"signal": 1e6, "aspect": 0.5},), rtol=1e-11),
            Limit(
                "θ²(1 − lϱ)",
                lambda signal, aspect: signal**2 * (1 - output_overlap(signal, aspect) * input_overlap(signal, aspect)),
                grid(signal=[0.5, 1.0, 1.3, 3.0], aspect=[0.5, 2.0]),
            ),
        ),
        box=_BOX,
        experiments=(_sizes(errors, signal=1.3, aspect=0.5), _sizes(errors, signal=2.0, aspect=2.0)),
        mutants=(
            Mutant(
                "no shrinkage",
                lambda signal, aspect: (
                    signal**2
                    + spiked_singular_value(signal, aspect) ** 2
                    - 2
                    * signal
                    * spiked_singular_value(signal, aspect)
                    * np.sqrt(output_overlap(signal, aspect) * input_overlap(signal, aspect))
                ),
            ),
            Mutant("one vector known", lambda signal, aspect: signal**2 * (1 - input_overlap(signal, aspect))),
        ),
    ),
    Theorem(
        name="rank-one-transfer",
        slow=True,
        kind="asymptotic",
        statement="separate − joint error of two rank-one tasks, outputs stacked: 2E(θ, q) − E(θ√(1+o), 2q) − E(θ√(1−o), 2q)",
        formula=rank_one_transfer,
        source="follows from rank-one-error by substitution (singular values of the stacked teachers); cf. Lampinen & Ganguli (2019)",
        follows=("rank-one-error",),
        see=("lampinen2019",),
        domain="tasks of equal θ and input vectors at cosine o, each with its own outputs; n_in → ∞",
        derivation="derivations.tasks.spiked_teachers.rank_one_transfer",
        limits=(
            Limit("weak tasks, unrelated: nothing", 0.0, ({"signal": 0.8, "aspect": 0.5, "overlap": 0.0},)),
            Limit(
                "one input vector: twice the outputs of one task",
                lambda signal, aspect, **_: (
                    2 * rank_one_error(signal, aspect) - rank_one_error(math.sqrt(2) * signal, 2 * aspect)
                ),
                grid(signal=[0.8, 1.3], aspect=0.5, overlap=1.0),
            ),
            Limit("it starts to pay at o = 0.63 (θ = 1.3, q = ½)", 0.63, rtol=5e-3, left=_sign_change),
        ),
        box=_BOX | {"overlap": (0.0, 1.0)},
        experiments=(
            _sizes(transfers, signal=1.3, aspect=0.5, overlap=0.0),
            _sizes(transfers, signal=1.3, aspect=0.5, overlap=0.9),
        ),
        mutants=(
            times(-1),
            Mutant(
                "as many outputs as one task",
                lambda signal, aspect, overlap: (
                    2 * rank_one_error(signal, aspect)
                    - rank_one_error(signal * np.sqrt(1 + overlap), aspect)
                    - rank_one_error(signal * np.sqrt(1 - overlap), aspect)
                ),
            ),
            swapped("signal", "aspect"),
        ),
    ),
)

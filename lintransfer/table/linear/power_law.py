"""Learning curves of power-law problems."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.experiments.linear.power_law import (
    draw_inverse_traces,
    draw_ratios,
    draw_risks,
    draw_sizes,
    ratio_arguments,
    saturated_arguments,
)
from lintransfer.table.mutants import swapped, times
from lintransfer.table.points import grid
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory.linear.effective_regularization import effective_regularization
from lintransfer.theory.linear.power_law import (
    mode_constant,
    power_law_kappa,
    power_law_risk,
    power_law_sample_complexity,
    power_law_sample_ratio,
    risk_constant,
    saturated_power_law_risk,
)


def _sizes(*exponents: tuple[float, float]) -> tuple[dict[str, Any], ...]:
    return tuple({"n": n, "spectrum_exponent": a, "energy_exponent": q} for a, q in exponents for n in (5, 10, 20))


def _with_amplitude(**point: Any) -> dict[str, Any]:
    return {**point, "amplitude": 1.0}


def _sample(rng: Any) -> dict[str, float]:
    """A spectrum, and energies anywhere between the two ends of the domain."""
    a = float(rng.uniform(1.05, 6))
    q = 1 + a * float(rng.uniform(0.02, 1.98))
    amplitude = float(np.exp(rng.uniform(-7, 7)))
    return {"spectrum_exponent": a, "energy_exponent": q, "amplitude": amplitude}


def _sample_risk(rng: Any) -> dict[str, Any]:
    return {"n": int(np.exp(rng.uniform(0, 20))), **_sample(rng)}


def _sample_accuracy(rng: Any) -> dict[str, Any]:
    """Not too near q = 1, where the answer exceeds the largest float."""
    drawn = _sample(rng)
    drawn["energy_exponent"] = max(drawn["energy_exponent"], 1.2)
    return {"risk": float(np.exp(rng.uniform(-20, 0))), **drawn}


def _same_ratio(energy_exponent: Any, source_energy: Any, cross_energy: Any, target_energy: Any) -> Any:
    distance = source_energy - 2 * cross_energy + target_energy
    a, risk = 3.0, 1e-3
    needed = [power_law_sample_complexity(risk, a, energy_exponent, c) for c in (distance, target_energy)]
    return needed[0] / needed[1]


def _solved_kappa(n: Any, spectrum_exponent: Any) -> Any:
    return effective_regularization(n, np.arange(1, 100_001.0) ** -spectrum_exponent)


_RISK_POINT = {"risk": 0.01, "spectrum_exponent": 1.7, "energy_exponent": 2.2, "amplitude": 3.0}

ROWS = (
    Theorem(
        name="power-law-kappa",
        kind="asymptotic",
        statement="κ = (c_a/n)^a, c_a = (π/a)/sin(π/a), for λ_i = i^(−a) without ridge; df2 = n(1 − 1/a)",
        formula=power_law_kappa,
        source="exponents: Spigler, Geiger & Wyart (2020), Bordelon, Canatar & Pehlevan (2020), Cui et al. (2021); constants: cf. Simon et al. (2024), Maloney, Roberts & Sully (2022), Atanasov, Zavatone-Veth & Pehlevan (2024)",
        papers=("spigler2020", "bordelon2020", "cui2021", "simon2024", "maloney2022", "atanasov2024"),
        domain="a > 1, 1 ≪ n ≪ d; relative error O(1/n)",
        derivation="derivations.linear.power_law.power_law_kappa",
        limits=(
            Limit(
                "the solved equation at n = 300, d = 10⁵",
                _solved_kappa,
                ({"n": 300, "spectrum_exponent": 2.0}, {"n": 300, "spectrum_exponent": 3.5}),
                rtol=0.02,
            ),
            Limit("a → ∞: c_a → 1, to 1e-15", 1.0, ({"n": 1, "spectrum_exponent": 1e9},), rtol=1e-6),
        ),
        box={"n": (1, 10**9), "spectrum_exponent": (1.01, 20.0)},
        experiments=(
            Experiment(
                draw_inverse_traces,
                grid(spectrum_exponent=[2.0], n=[5, 10, 20]),
                "asymptotic",
                replicates=2000,
                allowance=lambda n, **_: 2 / n,
            ),
        ),
        mutants=(
            Mutant("exponent a lost", lambda n, spectrum_exponent: mode_constant(spectrum_exponent) / n),
            Mutant(
                "sine forgotten", lambda n, spectrum_exponent: (math.pi / spectrum_exponent / n) ** spectrum_exponent
            ),
        ),
    ),
    Theorem(
        name="power-law-risk",
        slow=True,
        kind="asymptotic",
        statement="R = C (1−p)π/sin(πp) (c_a/n)^(q−1), p = (q−1)/a, for λ_i = i^(−a), λ_iδ_i² = C i^(−q)",
        formula=power_law_risk,
        source="exponents: Spigler, Geiger & Wyart (2020), Bordelon, Canatar & Pehlevan (2020), Cui et al. (2021); constants: cf. Simon et al. (2024), Maloney, Roberts & Sully (2022), Atanasov, Zavatone-Veth & Pehlevan (2024)",
        papers=("spigler2020", "bordelon2020", "cui2021", "simon2024", "maloney2022", "atanasov2024"),
        domain="a > 1, 1 < q < 2a + 1, σ = 0, λ = 0, 1 ≪ n ≪ d; relative error O(n^(−min(1, 2a+1−q)))",
        derivation="derivations.linear.power_law.power_law_risk",
        limits=(
            Limit(
                "p = 1: the factor is 1",
                lambda n, spectrum_exponent, energy_exponent, amplitude: (
                    amplitude * power_law_kappa(n, spectrum_exponent)
                ),
                tuple(
                    {"n": 7, "spectrum_exponent": a, "energy_exponent": 1 + a, "amplitude": 2.0} for a in (1.5, 2, 4.25)
                ),
            ),
            Limit(
                "p → 1 from both sides",
                1.0,
                grid(energy_exponent=[3 - 1e-7, 3 + 1e-7]),
                given={"n": mode_constant(2.0), "spectrum_exponent": 2.0, "amplitude": 1.0},
            ),
            Limit(
                "p = 1/2: π/2",
                math.pi / 2,
                given={"n": mode_constant(4), "spectrum_exponent": 4, "energy_exponent": 3, "amplitude": 1.0},
            ),
        ),
        sample=_sample_risk,
        experiments=(
            Experiment(
                draw_risks,
                _sizes((2.0, 2.5)),
                "asymptotic",
                replicates=5000,
                resolution=0.06,
                allowance=lambda n, **_: 1.2 / n,
                arguments=_with_amplitude,
            ),
            Experiment(
                draw_risks,
                _sizes((3.0, 2.0)),
                "asymptotic",
                replicates=5000,
                resolution=0.06,
                allowance=lambda n, **_: 1.4 / n,
                arguments=_with_amplitude,
            ),
        ),
        mutants=(
            Mutant("ridgeless inflation a dropped", times(lambda spectrum_exponent: 1 / spectrum_exponent)),
            swapped("spectrum_exponent", "energy_exponent"),
            Mutant(
                "constant c_a dropped",
                lambda n, spectrum_exponent, energy_exponent, amplitude: (
                    amplitude * risk_constant(spectrum_exponent, energy_exponent) / n ** (energy_exponent - 1)
                ),
            ),
        ),
    ),
    Theorem(
        name="power-law-saturated-risk",
        slow=True,
        kind="asymptotic",
        statement="R = a κ² Σδ_i²/λ_i ~ n^(−2a) where the displacement decays faster than i^(−q), q > 2a + 1",
        formula=saturated_power_law_risk,
        source="follows from ridge-risk and power-law-kappa by substitution; exponent: cf. Cui et al. (2021)",
        follows=("ridge-risk", "power-law-kappa"),
        see=("cui2021",),
        domain="a > 1, Σδ_i²/λ_i finite, σ = 0, λ = 0, 1 ≪ n ≪ d; relative error O(n^(−min(1, q−2a−1)))",
        derivation="derivations.linear.power_law.power_law_saturated_risk",
        limits=(
            Limit(
                "a = 2: 2(π/2n)⁴ Σδ²/λ",
                lambda n, spectrum_exponent, inverse_energy: 2 * (math.pi / 2 / n) ** 4 * inverse_energy,
                ({"n": 9, "spectrum_exponent": 2, "inverse_energy": 1.5},),
            ),
        ),
        box={"n": (1, 10**6), "spectrum_exponent": (1.05, 8.0), "inverse_energy": (1e-3, 1e3)},
        experiments=(
            Experiment(
                draw_risks,
                _sizes((2.0, 6.5)),
                "asymptotic",
                replicates=10_000,
                resolution=0.1,
                allowance=lambda n, **_: 2 / n,
                arguments=saturated_arguments,
            ),
        ),
        mutants=(
            Mutant(
                "ridgeless inflation a dropped",
                lambda n, spectrum_exponent, inverse_energy: (
                    power_law_kappa(n, spectrum_exponent) ** 2 * inverse_energy
                ),
            ),
            Mutant(
                "κ for κ²",
                lambda n, spectrum_exponent, inverse_energy: (
                    spectrum_exponent * power_law_kappa(n, spectrum_exponent) * inverse_energy
                ),
            ),
        ),
    ),
    Theorem(
        name="power-law-sample-complexity",
        slow=True,
        kind="asymptotic",
        statement="n(ε) = c_a [C(1−p)π/(sin(πp) ε)]^(1/(q−1))",
        formula=power_law_sample_complexity,
        source="follows from power-law-risk by substitution (solved for n)",
        follows=("power-law-risk",),
        domain="a > 1, 1 < q < 2a + 1, σ = 0, λ = 0, d = ∞, ε → 0",
        derivation="derivations.linear.power_law.power_law_sample_complexity",
        limits=(
            Limit(
                "the risk there is ε",
                lambda risk, **_: risk,
                (_RISK_POINT,),
                left=lambda size, risk, **problem: power_law_risk(size(risk, **problem), **problem),
            ),
        ),
        sample=_sample_accuracy,
        experiments=(
            Experiment(
                draw_sizes,
                tuple(
                    {"risk": risk, "reach": reach, "spectrum_exponent": 2.0, "energy_exponent": 2.5}
                    for risk, reach in ((0.2, 12), (0.07, 24), (0.025, 48))
                ),
                "asymptotic",
                replicates=1500,
                resolution=0.06,
                allowance=lambda reach, **_: 4 / reach,
                arguments=lambda reach, **rest: {**rest, "amplitude": 1.0},
            ),
        ),
        mutants=(
            Mutant(
                "exponent 1/q",
                lambda risk, spectrum_exponent, energy_exponent, amplitude: (
                    mode_constant(spectrum_exponent)
                    * (amplitude * risk_constant(spectrum_exponent, energy_exponent) / risk) ** (1 / energy_exponent)
                ),
            ),
        ),
    ),
    Theorem(
        name="power-law-sample-ratio",
        slow=True,
        kind="asymptotic",
        statement="n_FT/n_scratch = ((s² + t² − 2stc)/t²)^(1/(q−1)) at every ε → 0",
        formula=power_law_sample_ratio,
        source="follows from power-law-sample-complexity by substitution",
        follows=("power-law-sample-complexity",),
        domain="both teachers of energies ∝ i^(−q), 1 < q < 2a + 1, σ = 0, λ = 0, d = ∞",
        derivation="derivations.linear.power_law.power_law_sample_ratio",
        limits=(
            Limit(
                "two sample complexities",
                _same_ratio,
                grid(energy_exponent=[1.5, 2, 4, 6.5], source_energy=1.2, cross_energy=0.9, target_energy=1.5),
            ),
            Limit(
                "no source: 1",
                1.0,
                ({"energy_exponent": 2.5, "source_energy": 0.0, "cross_energy": 0.0, "target_energy": 2.0},),
            ),
        ),
        sample=lambda rng: {
            "energy_exponent": float(rng.uniform(1.05, 8)),
            "source_energy": float(rng.uniform(0.1, 4)),
            "cross_energy": float(rng.uniform(-0.3, 0.3)),
            "target_energy": float(rng.uniform(1, 4)),
        },
        experiments=(
            Experiment(
                draw_ratios,
                tuple(
                    {"risk": risk, "reach": reach, "energy_exponent": 2.5, "source_energy": 0.81, "overlap": 0.8}
                    for risk, reach in ((0.12, 12), (0.045, 24), (0.016, 48))
                ),
                "asymptotic",
                replicates=1200,
                resolution=0.1,
                allowance=lambda reach, **_: 4 / reach,
                arguments=ratio_arguments,
            ),
        ),
        mutants=(
            Mutant(
                "cross term counted once",
                lambda energy_exponent, source_energy, cross_energy, target_energy: (
                    ((source_energy - cross_energy + target_energy) / target_energy) ** (1 / (energy_exponent - 1))
                ),
            ),
            Mutant(
                "relative to the source",
                lambda energy_exponent, source_energy, cross_energy, target_energy: (
                    ((source_energy - 2 * cross_energy + target_energy) / source_energy) ** (1 / (energy_exponent - 1))
                ),
            ),
        ),
    ),
)

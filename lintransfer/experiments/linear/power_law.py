"""Experiments on power-law problems: risks, effective regularisations and sample sizes of drawn designs."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.simulate.end_to_end import draw_inputs, risk_samples

_DIM_PER_SAMPLE = 30  # d/n of the simulations: the tail left out counts less than 1/n there


def _problem(n: int, spectrum_exponent: float, energy_exponent: float) -> tuple[np.ndarray, np.ndarray]:
    """Spectrum and displacement of amplitude 1."""
    index = np.arange(1, _DIM_PER_SAMPLE * n + 1.0)
    spectrum = index**-spectrum_exponent
    return spectrum, np.sqrt(index**-energy_exponent / spectrum)


def draw_risks(rng: Any, replicates: int, n: int, spectrum_exponent: float, energy_exponent: float, **_: Any) -> Any:
    spectrum, displacement = _problem(n, spectrum_exponent, energy_exponent)
    return risk_samples(rng, replicates, n=n, target=displacement, covariance=spectrum)


def draw_inverse_traces(rng: Any, replicates: int, n: int, spectrum_exponent: float) -> Any:
    """1/tr(XXᵀ)⁻¹ of drawn designs."""
    design = draw_inputs(rng, (replicates, n, _DIM_PER_SAMPLE * n), _problem(n, spectrum_exponent, 2.0)[0])
    return 1 / np.sum(1 / np.linalg.eigvalsh(design @ np.swapaxes(design, 1, 2)), axis=1)


def _size_needed(rng: Any, replicates: int, risk: float, reach: int, **world: Any) -> Any:
    """Samples whose mean is the real-valued n ≤ reach at which the mean risk falls to `risk`.

    Bisection over whole numbers, then a power law between neighbours; each sample adds its own influence.
    """
    low, high, pilot = 1, reach, max(50, replicates // 4)
    while high - low > 1:
        middle = (low + high) // 2
        enough = risk_samples(rng, pilot, n=middle, **world).mean() <= risk
        low, high = (low, middle) if enough else (middle, high)
    before, after = (risk_samples(rng, replicates, n=n, **world) for n in (low, high))
    steepness = np.log(before.mean() / after.mean()) / np.log(high / low)
    share = np.log(before.mean() / risk) / np.log(before.mean() / after.mean())
    found = low * (before.mean() / risk) ** (1 / steepness)
    influence = (1 - share) * (before / before.mean() - 1) + share * (after / after.mean() - 1)
    return found * (1 + influence / steepness)


def draw_sizes(
    rng: Any, replicates: int, risk: float, reach: int, spectrum_exponent: float, energy_exponent: float
) -> Any:
    spectrum, displacement = _problem(reach, spectrum_exponent, energy_exponent)
    return _size_needed(rng, replicates, risk, reach, target=displacement, covariance=spectrum)


def draw_ratios(
    rng: Any, replicates: int, risk: float, reach: int, energy_exponent: float, source_energy: float, overlap: float
) -> Any:
    """Two outputs per mode, so that the teachers of every mode enclose the same angle; target energy 1."""
    spectrum, shape = _problem(reach, 2.0, energy_exponent)
    target = np.outer(shape, (1.0, 0.0))
    source = np.outer(shape, math.sqrt(source_energy) * np.array((overlap, math.sqrt(1 - overlap**2))))
    tuned, scratch = (
        _size_needed(rng, replicates, risk, reach, target=target, initial=start, covariance=spectrum)
        for start in (source, None)
    )
    ratio = tuned.mean() / scratch.mean()
    return ratio * (1 + (tuned / tuned.mean() - 1) - (scratch / scratch.mean() - 1))


def ratio_arguments(energy_exponent: float, source_energy: float, overlap: float, **_: Any) -> dict[str, float]:
    cross = math.sqrt(source_energy) * overlap
    return {
        "energy_exponent": energy_exponent, "source_energy": source_energy, "cross_energy": cross, "target_energy": 1.0,
    }  # fmt: skip


def saturated_arguments(n: int, spectrum_exponent: float, energy_exponent: float) -> dict[str, Any]:
    spectrum, displacement = _problem(n, spectrum_exponent, energy_exponent)
    inverse_energy = float(np.sum(displacement**2 / spectrum))
    return {"n": n, "spectrum_exponent": spectrum_exponent, "inverse_energy": inverse_energy}

"""Simulation rung: what a formula says against trainings that know no theory.

A comparison of means has two numbers: the z-score, which refutes the formula beyond `Z_LIMIT`, and the resolving
power 4·(standard error)/|value|, the smallest relative error that the run could have seen. A run whose resolving
power is worse than the experiment's `resolution` is INCONCLUSIVE however small its z-score. Samples are kept, so that
a mutant is held against the same ones.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import scipy.special

from lintransfer.precision import components
from lintransfer.table.row import Experiment, Theorem
from lintransfer.verification.outcome import Check, as_float, one_line, worst

Z_LIMIT = 4.0
FALSE_ALARM = math.erfc(Z_LIMIT / math.sqrt(2))  # probability that a true value misses by more, 6.3e-5
_KS_KNOTS = 128  # order statistics at which a CDF is evaluated
_IDENTITY_RTOL = 1e-8
_NO_NOISE = 1e-12  # relative standard error below which a sample is a constant
_CONSTANT_RTOL = 1e-9


@dataclass(frozen=True)
class Measurement:
    """One point of one experiment: estimate ± std_err, or the raw draw for laws, bounds and identities."""

    experiment: Experiment
    point: Mapping[str, Any]
    arguments: Mapping[str, Any]
    estimate: float = math.nan
    std_err: float = 0.0
    drawn: Any = None


@dataclass(frozen=True)
class Verdict:
    """How a formula fares against measurements: an outcome in words, with z-score and resolving power.

    shortfall: the resolving power relative to what the experiment asks; above 1 the run is too weak.
    """

    outcome: str
    text: str
    z: float = 0.0
    resolution: float = 0.0
    false_alarm: float = 0.0
    shortfall: float = 0.0


def measure(row: Theorem, key: int, share: float = 1.0) -> list[list[Measurement]]:
    """Run the row's experiments with `share` of their replicates: one list of points per experiment.

    Every point has its own stream, fixed by the key, the row's name and its position.
    """
    name = zlib.crc32(row.name.encode())
    return [
        [
            _measure_point(
                experiment, point, np.random.default_rng([key, name, i, j]), max(2, int(experiment.replicates * share))
            )
            for j, point in enumerate(experiment.points)
        ]
        for i, experiment in enumerate(row.experiments)
    ]


def _measure_point(
    experiment: Experiment, point: Mapping[str, Any], rng: np.random.Generator, replicates: int
) -> Measurement:
    drawn = experiment.draw(rng, replicates, **point)
    arguments = point if experiment.arguments is None else experiment.arguments(**point)
    if experiment.compare in ("bound", "identity"):
        values, own = drawn
        return Measurement(experiment, point, own, drawn=values)
    samples = np.asarray(drawn, float)
    if experiment.compare == "law":
        return Measurement(experiment, point, arguments, drawn=np.sort(samples))
    centred = samples - samples.mean()
    spread = float(np.sqrt(np.mean(centred**2)))
    if experiment.compare == "variance":
        fourth = float(np.mean(centred**4))
        error = math.sqrt(max(fourth - spread**4, 0.0) / len(samples))
        return Measurement(experiment, point, arguments, float(samples.var(ddof=1)), error)
    return Measurement(experiment, point, arguments, float(samples.mean()), spread / math.sqrt(len(samples) - 1))


def judge(measurements: Sequence[Measurement], formula: Callable[..., Any]) -> list[Verdict]:
    """A verdict for each point of one experiment, and one more on convergence for an asymptotic one."""
    experiment = measurements[0].experiment
    compare = experiment.compare
    verdicts = [_JUDGES[compare](m, formula) for m in measurements]
    verdicts = [replace(v, shortfall=v.resolution / experiment.resolution) for v in verdicts]
    if compare == "asymptotic" and len(measurements) > 1:
        verdicts.append(_judge_convergence(measurements, formula))
    return verdicts


def _judge_mean(m: Measurement, formula: Callable[..., Any]) -> Verdict:
    value = _value(formula, m.arguments)
    if not math.isfinite(value):
        return Verdict("FAIL", f"formula gives {value}, simulated {m.estimate:.6g} at {_short(m.point)}")
    scale = max(abs(value), abs(m.estimate))
    if m.std_err <= _NO_NOISE * scale:
        equal = abs(m.estimate - value) <= max(_CONSTANT_RTOL * scale, _NO_NOISE)
        return Verdict("PASS" if equal else "FAIL", f"{value:.12g} against {m.estimate:.12g} at {_short(m.point)}")
    z = (m.estimate - value) / m.std_err
    resolution = Z_LIMIT * m.std_err / _unit(m, value)
    text = f"{value:.6g} against {m.estimate:.6g} ± {m.std_err:.2g} (z = {z:+.1f}) at {_short(m.point)}"
    if abs(z) >= Z_LIMIT:
        return Verdict("FAIL", text, z, resolution, FALSE_ALARM)
    if resolution > m.experiment.resolution:
        text = f"could see errors of {resolution:.1%} only (asked {m.experiment.resolution:.1%}) at {_short(m.point)}"
        return Verdict("INCONCLUSIVE", text, z, resolution, FALSE_ALARM)
    return Verdict("PASS", text, z, resolution, FALSE_ALARM)


def _judge_asymptotic(m: Measurement, formula: Callable[..., Any]) -> Verdict:
    value = _value(formula, m.arguments)
    granted = 0.0 if m.experiment.allowance is None else m.experiment.allowance(**m.point)
    if not math.isfinite(value):
        return Verdict("FAIL", f"formula gives {value}, simulated {m.estimate:.6g} at {_short(m.point)}")
    bias, unit = abs(m.estimate - value), _unit(m, value)
    resolution = Z_LIMIT * m.std_err / unit
    text = f"{value:.6g} against {m.estimate:.6g} ± {m.std_err:.2g}, allowed {granted:.2%} at {_short(m.point)}"
    if bias > granted * unit + Z_LIMIT * m.std_err:
        return Verdict("FAIL", text, bias / max(m.std_err, 1e-300), resolution, FALSE_ALARM)
    if resolution > m.experiment.resolution:
        text = f"could see errors of {resolution:.1%} only (asked {m.experiment.resolution:.1%}) at {_short(m.point)}"
        return Verdict("INCONCLUSIVE", text, 0.0, resolution, FALSE_ALARM)
    return Verdict("PASS", text, 0.0, resolution, FALSE_ALARM)


def _judge_convergence(measurements: Sequence[Measurement], formula: Callable[..., Any]) -> Verdict:
    """From the smallest to the largest size the relative error at least halves, up to what noise hides."""
    errors, noises = [], []
    for m in (measurements[0], measurements[-1]):
        value = _value(formula, m.arguments)
        errors.append(abs(m.estimate - value) / _unit(m, value))
        noises.append(Z_LIMIT * m.std_err / _unit(m, value))
    text = f"relative error {errors[0]:.2%} at the smallest size, {errors[1]:.2%} at the largest"
    shrinks = errors[1] <= errors[0] / 2 + math.hypot(noises[0] / 2, noises[1])
    return Verdict("PASS" if shrinks else "FAIL", text, 0.0, max(noises), FALSE_ALARM)


def _judge_law(m: Measurement, formula: Callable[..., Any]) -> Verdict:
    """Kolmogorov–Smirnov distance between samples and CDF, at some of the order statistics."""
    law, samples = formula(**m.arguments), m.drawn
    count = len(samples)
    ranks = np.unique(np.linspace(0, count - 1, min(count, _KS_KNOTS)).round().astype(int))
    with np.errstate(all="ignore"):
        cdf = np.asarray(law.cdf(samples[ranks]), float)
    distance = float(np.max(np.maximum(np.abs(cdf - ranks / count), np.abs((ranks + 1) / count - cdf))))
    p_value = float(scipy.special.kolmogorov(distance * math.sqrt(count)))
    resolution = float(scipy.special.kolmogi(FALSE_ALARM)) / math.sqrt(count)
    z = math.sqrt(2) * float(scipy.special.erfcinv(max(p_value, 1e-300)))
    text = f"largest distance of distribution functions {distance:.4f} (p = {p_value:.2g}) at {_short(m.point)}"
    if not p_value > FALSE_ALARM:
        return Verdict("FAIL", text, z, resolution, FALSE_ALARM)
    if resolution > m.experiment.resolution:
        return Verdict("INCONCLUSIVE", f"could see distances of {resolution:.3f} only", z, resolution, FALSE_ALARM)
    return Verdict("PASS", text, z, resolution, FALSE_ALARM)


def _judge_bound(m: Measurement, formula: Callable[..., Any]) -> Verdict:
    bound, values = _paired_arrays(m, formula)
    excess = values - bound * (1 + _CONSTANT_RTOL)
    if np.any(~(excess <= _NO_NOISE)):
        at = int(np.argmax(np.where(np.isnan(excess), np.inf, excess)))
        return Verdict("FAIL", f"{values.flat[at]:.6g} exceeds the bound {bound.flat[at]:.6g} at {_short(m.point)}")
    tightest = float(np.max(values / np.where(bound > 0, bound, np.inf), initial=0.0))
    return Verdict("PASS", f"{values.size} draws under the bound, at most {tightest:.2g} of it, at {_short(m.point)}")


def _judge_identity(m: Measurement, formula: Callable[..., Any]) -> Verdict:
    value, values = _paired_arrays(m, formula)
    scale = np.maximum(np.abs(value), np.abs(values))
    wrong = ~(np.abs(value - values) <= _IDENTITY_RTOL * scale + _NO_NOISE)
    if np.any(wrong):
        at = int(np.argmax(wrong))
        text = f"{value.flat[at]:.10g} against {values.flat[at]:.10g} at {_short(m.point)}"
        return Verdict("FAIL", text)
    return Verdict("PASS", f"{values.size} values equal to {_IDENTITY_RTOL:g} at {_short(m.point)}")


_JUDGES: Mapping[str, Callable[[Measurement, Callable[..., Any]], Verdict]] = {
    "mean": _judge_mean,
    "variance": _judge_mean,
    "asymptotic": _judge_asymptotic,
    "law": _judge_law,
    "bound": _judge_bound,
    "identity": _judge_identity,
}


def _paired_arrays(m: Measurement, formula: Callable[..., Any]) -> tuple[np.ndarray, np.ndarray]:
    with np.errstate(all="ignore"):
        value = np.asarray(formula(**m.arguments), float)
    drawn = np.asarray(m.drawn, float)
    shape = np.broadcast_shapes(value.shape, drawn.shape)
    return np.broadcast_to(value, shape), np.broadcast_to(drawn, shape)


def _unit(m: Measurement, value: float) -> float:
    """What errors at this point are relative to."""
    return max(abs(value if m.experiment.unit is None else m.experiment.unit(**m.point)), 1e-300)


def _value(formula: Callable[..., Any], arguments: Mapping[str, Any]) -> float:
    with np.errstate(all="ignore"):
        parts = components(formula(**arguments))
    if len(parts) != 1:
        raise ValueError(f"an experiment compares one number, the formula gives {sorted(parts)}")
    return as_float(next(iter(parts.values())))


def check_simulation(row: Theorem, measured: Sequence[Sequence[Measurement]]) -> Check:
    """The worst verdict over all points of all experiments."""
    if not row.experiments:
        return Check(row.name, "simulation", "MISSING", "no experiment is stated")
    try:
        verdicts = [v for measurements in measured for v in judge(measurements, row.formula)]
    except Exception as error:
        return Check(row.name, "simulation", "FAIL", f"the formula does not run: {one_line(error)}")
    outcome = worst(v.outcome for v in verdicts)
    numbers = {
        "comparisons": len(verdicts),
        "largest_z": max(abs(v.z) for v in verdicts),
        "resolving_power": max(v.resolution for v in verdicts),
        "shortfall": max(v.shortfall for v in verdicts),
    }
    if outcome == "PASS":
        text = f"{len(verdicts)} comparisons"
        if numbers["resolving_power"]:
            text += f", |z| ≤ {numbers['largest_z']:.1f}, errors above {numbers['resolving_power']:.1%} would show"
        else:
            text += f": {verdicts[0].text}"
    else:
        text = next(v.text for v in verdicts if v.outcome == outcome)
    return Check(row.name, "simulation", outcome, text, numbers, sum(v.false_alarm for v in verdicts))


def _short(point: Mapping[str, Any]) -> str:
    text = " ".join(", ".join(f"{name}={value!r}" for name, value in point.items()).split())
    return text if len(text) <= 100 else text[:97] + "..."

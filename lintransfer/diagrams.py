"""Phase diagrams: risk and transferability of several learners over dataset size and the axes of a problem."""

from __future__ import annotations

import itertools
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import brentq

from lintransfer import plotting
from lintransfer.errors import DataFileError, refuse
from lintransfer.models import DeepLinear, Linear
from lintransfer.problems import TransferProblem
from lintransfer.risks import risk, transferability
from lintransfer.validation import sample_sizes
from lintransfer.storage import load_dataset, provenance, save_dataset
from lintransfer.strategies import Learner, LinearTransfer, default_baseline, label_of

Axis = Callable[[TransferProblem, Learner, Any], tuple[TransferProblem, Learner]]


def _with_depth(learner: Learner, depth: Any) -> Learner:
    """The learner with a deep linear model of that depth; frozen features have none and stay as they are."""
    if isinstance(learner, LinearTransfer):
        return learner
    model = DeepLinear(depth) if isinstance(learner.model, Linear) else learner.model
    if not isinstance(model, DeepLinear):
        refuse("depth", "an axis of linear and deep linear learners only", learner)
    return replace(learner, model=replace(model, depth=depth))


AXES: Mapping[str, Axis] = {
    "overlap": lambda problem, learner, value: (problem.with_overlap(value), learner),
    "source_norm": lambda problem, learner, value: (problem.with_norms(source_norm=value), learner),
    "target_norm": lambda problem, learner, value: (problem.with_norms(target_norm=value), learner),
    "noise_std": lambda problem, learner, value: (problem.with_noise(noise_std=value), learner),
    "source_noise_std": lambda problem, learner, value: (problem.with_noise(source_noise_std=value), learner),
    "n_source": lambda problem, learner, value: (problem.with_noise(n_source=value), learner),
    "ridge": lambda problem, learner, value: (problem, replace(learner, ridge=value)),
    "time": lambda problem, learner, value: (problem, replace(learner, time=value)),
    "depth": lambda problem, learner, value: (problem, _with_depth(learner, value)),
}


@dataclass(frozen=True)
class PhaseDiagram:
    """Labelled results over a grid; everything is in `dataset`, which is also what `save` writes.

    Variables over (learner, *axes, n): ``risk``, ``transferability`` (against the baseline), ``std_err`` of the
    transferability, ``valid``; over (*axes, n): ``baseline_risk``, ``winner`` (index into ``contender``, the baseline
    first), ``margin`` (risk of the runner-up minus risk of the winner; 0 for a tie, which goes to the first);
    over (learner, crossing, n): ``boundary``, the values of the first axis at which the transferability changes sign.
    """

    dataset: Any

    @property
    def winner(self) -> Any:
        """The learner of least risk in each cell, as labels over (*axes, n); ties go to the baseline."""
        names = np.asarray(self.dataset.contender)
        index = self.dataset.winner
        return index.copy(data=np.where(index.values >= 0, names[np.maximum(index.values, 0)], "none"))

    @property
    def boundary(self) -> Any:
        """Where T = 0: values of the first axis over (learner, crossing, n), nan-padded."""
        return self.dataset.boundary

    def plot(self, **options: Any) -> Any:
        """Draw one panel per learner and the winner map; returns the matplotlib figure (see `plotting`).

        Over one axis and n, or over two axes at a single n.
        """
        return plotting.plot_phase_diagram(self.dataset, **options)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the dataset to netCDF with provenance, whole or not at all. Raises `DataFileError`."""
        save_dataset(self.dataset, path)

    def summary(self) -> dict[str, dict[str, Any]]:
        """Per learner: the fractions of cells where transfer helps and hurts, and where it hurts, in words."""
        facts = {}
        for name in self.dataset.learner.values:
            t = self.dataset.transferability.sel(learner=name)
            known = t.notnull()
            share = {
                "helps": float((t > 0).sum() / max(known.sum(), 1)),
                "hurts": float((t < 0).sum() / max(known.sum(), 1)),
            }
            facts[str(name)] = {**share, "hurts_where": _where_negative(t)}
        return facts

    def __str__(self) -> str:
        sizes = " × ".join(f"{size} {name}" for name, size in self.dataset.risk.sizes.items())
        lines = [f"PhaseDiagram over {sizes}, baseline {self.dataset.attrs['baseline']}"]
        for name, facts in self.summary().items():
            lines.append(f"  {name}: helps in {facts['helps']:.1%} of cells, hurts in {facts['hurts']:.1%}")
        return "\n".join(lines)


def load(path: str | os.PathLike[str]) -> PhaseDiagram:
    """Read a phase diagram that `PhaseDiagram.save` wrote. Raises `DataFileError` if the file is none."""
    dataset = load_dataset(path)
    missing = {"risk", "transferability", "winner"} - set(dataset.data_vars)
    if missing:
        raise DataFileError(
            f"data file must hold a phase diagram, got {str(path)!r} without {', '.join(sorted(missing))}"
        )
    return PhaseDiagram(dataset)


def phase_diagram(
    problem: TransferProblem,
    learners: Sequence[Learner],
    n: Any,
    baseline: Learner | None = None,
    method: str = "auto",
    key: int = 0,
    replicates: int = 200,
    progress: Callable[[int, int], None] | None = None,
    **axes: Any,
) -> PhaseDiagram:
    """Risk and transferability of `learners` on the grid of `axes` × `n`.

    axes: values by name, out of `AXES`: overlap, source_norm, target_norm, noise_std, source_noise_std, n_source (the
    problem), ridge, time, depth (the learners; the baseline keeps its own, frozen features have none; it makes linear
    models deep).  baseline: by default `Scratch()`, of the learners'
    model if that is one ReLU network.
    method, key, replicates: as in `risk`; a simulated cell gets a seed of its own.  progress(done, total) is called
    after each column.

    Cells where a theorem is silent are nan with valid = False; a grid never stops half-way. Raises `DomainError`
    for an unknown axis or an empty one.
    """
    if isinstance(learners, Learner):
        learners = [learners]
    baseline = default_baseline(*learners) if baseline is None else baseline
    labels = [label_of(learner) for learner in learners]
    if not labels or len(set(labels)) < len(labels):
        refuse("learners", "a non-empty list of different learners", learners)
    sizes = np.atleast_1d(sample_sizes(n))
    if sizes.ndim != 1:
        refuse("n", "a list of sample sizes", got=f"shape {sizes.shape}")
    grid = {name: _axis_values(name, values) for name, values in axes.items()}
    cells = list(itertools.product(*(range(len(v)) for v in grid.values())))
    shape = (len(learners), *(len(v) for v in grid.values()), len(sizes))
    risks, values, errors = np.full(shape, np.nan), np.full(shape, np.nan), np.zeros(shape)
    base = np.full(shape[1:], np.nan)
    told: dict[str, tuple[str, str]] = {}
    for done, cell in enumerate(cells, start=1):
        here = {name: v[i] for (name, v), i in zip(grid.items(), cell, strict=True)}
        for position, learner in enumerate(learners):
            world, moved = _move(problem, learner, here)
            at = (position, *cell)
            options: dict[str, Any] = {"method": method, "key": key + done - 1, "replicates": replicates}
            r = risk(world, moved, sizes, **options)
            t = transferability(world, moved, sizes, baseline, **options)
            risks[at], values[at], errors[at] = r.value, t.value, t.std_err
            told[labels[position]] = (r.method, f"{r.theorem}; {t.theorem}")
            if position == 0:
                base[cell] = risk(world, baseline, sizes, **options).value
        if progress is not None:
            progress(done, len(cells))
    dataset = _labelled(grid, sizes, labels, label_of(baseline), risks, values, errors, base)
    dataset["boundary"] = _boundary(problem, learners, baseline, method, grid, sizes, dataset)
    dataset.attrs |= {"problem": describe(problem), "method": method, **provenance()}
    energy = float(np.sum(problem.modes.eigenvalue * problem.modes.target))
    dataset.attrs |= {"label_energy": energy if energy > 0 else 1.0}
    dataset.attrs |= {"theorems": "; ".join(f"{name}: {what}" for name, (_, what) in told.items())}
    dataset.attrs |= {"methods": "; ".join(f"{name}: {how}" for name, (how, _) in told.items())}
    return PhaseDiagram(dataset)


def describe(problem: TransferProblem) -> str:
    """One line that says which problem this is."""
    parts = [f"dim={problem.dim}", f"source_norm={problem.source_norm:.6g}", f"target_norm={problem.target_norm:.6g}"]
    parts += [f"overlap={problem.overlap:.6g}", f"noise_std={float(problem.noise_std):.6g}"]
    if problem.n_source is not None:
        parts += [f"n_source={problem.n_source}", f"source_noise_std={float(problem.source_noise_std):.6g}"]
    parts += [] if problem.is_gaussian else ["inputs=sphere"]
    parts += [] if problem.is_isotropic else [f"modes={len(np.atleast_1d(problem.modes.eigenvalue))}"]
    return ", ".join(parts)


def _where_negative(t: Any) -> list[str]:
    """Ranges of n in which T < 0, at the ends and in the middle of a single further axis."""
    others = [dim for dim in t.dims if dim != "n"]
    if len(others) != 1:
        return []
    axis, lines = others[0], []
    for position in sorted({0, t.sizes[axis] // 4, t.sizes[axis] // 2, 3 * t.sizes[axis] // 4, t.sizes[axis] - 1}):
        column = t.isel({axis: position})
        negative = np.r_[False, column.values < 0, False]
        starts, ends = np.flatnonzero(negative[1:] & ~negative[:-1]), np.flatnonzero(negative[:-1] & ~negative[1:])
        n = column.n.values
        ranges = ", ".join(
            f"{n[a]} … {n[b - 1]}" if b - 1 > a else f"{n[a]}" for a, b in zip(starts, ends, strict=True)
        )
        if ranges:
            lines.append(f"{axis} {column[axis].item():g}: n = {ranges}")
    return lines


def _axis_values(name: str, values: Any) -> np.ndarray:
    if name not in AXES:
        refuse("axis", f"one of {', '.join(AXES)}", name)
    array = np.atleast_1d(np.asarray(list(values) if isinstance(values, range) else values))
    if array.ndim != 1 or array.size == 0:
        refuse(name, "a non-empty list of values", got=f"shape {array.shape}")
    if len(np.unique(array)) < len(array):
        refuse(name, "a list of different values", values)
    return array


def _place(name: str, value: Any) -> Any:
    """Depth enters through 1 − 1/L, where ∞ is a number among others: its boundaries are sought there."""
    return 1 - 1 / value if name == "depth" else value


def _at_place(name: str, place: Any) -> Any:
    return (1 / (1 - place) if place < 1 else np.inf) if name == "depth" else place


def _move(problem: TransferProblem, learner: Learner, here: Mapping[str, Any]) -> tuple[TransferProblem, Learner]:
    for name, value in here.items():
        problem, learner = AXES[name](problem, learner, value.item() if isinstance(value, np.generic) else value)
    return problem, learner


def _labelled(
    grid: Mapping[str, np.ndarray],
    sizes: np.ndarray,
    labels: list[str],
    baseline: str,
    risks: np.ndarray,
    values: np.ndarray,
    errors: np.ndarray,
    base: np.ndarray,
) -> Any:
    import xarray

    cells = (*grid, "n")
    contenders = np.concatenate([base[None], risks])
    comparable = np.where(np.isnan(contenders), np.inf, contenders)
    ordered = np.sort(comparable, axis=0)
    # A tie (the same number by construction, up to rounding) goes to the first contender, the baseline.
    near = comparable <= ordered[0] + 1e-12 * np.abs(ordered[0])
    winner = np.where(np.isnan(contenders).all(axis=0), -1, np.argmax(near, axis=0))
    with np.errstate(invalid="ignore"):
        margin = np.where(near.sum(axis=0) > 1, 0.0, ordered[1] - ordered[0])
    return xarray.Dataset(
        {
            "risk": (("learner", *cells), risks),
            "transferability": (("learner", *cells), values),
            "std_err": (("learner", *cells), errors),
            "valid": (("learner", *cells), ~np.isnan(values)),
            "baseline_risk": (cells, base),
            "winner": (cells, winner.astype(np.int64)),
            "margin": (cells, margin),
        },
        coords={
            "learner": labels,
            **dict(grid),
            "n": sizes.astype(np.int64),
            "contender": [f"{baseline} (baseline)", *labels],
        },
        attrs={"baseline": baseline},
    )


def _boundary(
    problem: TransferProblem,
    learners: Sequence[Learner],
    baseline: Learner,
    method: str,
    grid: Mapping[str, np.ndarray],
    sizes: np.ndarray,
    dataset: Any,
) -> Any:
    """Sign changes of T along the first axis, refined on the closed form (interpolated where T is simulated)."""
    dims = ("learner", "crossing", "n")
    empty = np.full((len(learners), 0, len(sizes)), np.nan)
    name = next(iter(grid), None)
    if len(grid) != 1 or name is None or not np.issubdtype(grid[name].dtype, np.number):
        return dims, empty
    axis = _place(name, np.sort(grid[name].astype(float)))
    roots: dict[tuple[int, int], list[float]] = {}
    for i, learner in enumerate(learners):
        t = dataset.transferability.isel(learner=i).sortby(name).values
        exact = not np.any(dataset.std_err.isel(learner=i).values)
        for j in range(len(sizes)):
            column = t[:, j]
            found = []
            for k in np.flatnonzero(np.isfinite(column[:-1]) & np.isfinite(column[1:])):
                low, high = column[k], column[k + 1]
                if low == 0 and k > 0 and column[k - 1] * high < 0:
                    found.append(axis[k])
                elif low * high < 0:
                    between = axis[k] - low * (axis[k + 1] - axis[k]) / (high - low)

                    def difference(value: float, learner: Learner = learner, j: int = j) -> float:
                        world, moved = _move(problem, learner, {name: np.float64(_at_place(name, value))})
                        return float(transferability(world, moved, sizes[j], baseline, method=method))

                    refined = exact and name not in ("n_source",)
                    found.append(brentq(difference, axis[k], axis[k + 1], xtol=1e-13) if refined else between)
            roots[i, j] = [_at_place(name, place) for place in found]
    most = max((len(found) for found in roots.values()), default=0)
    array = np.full((len(learners), most, len(sizes)), np.nan)
    for (i, j), found in roots.items():
        array[i, : len(found), j] = found
    return dims, array

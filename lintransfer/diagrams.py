"""Phase diagrams: risk and transferability of several learners over dataset size and the axes of a problem."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lintransfer import plotting
from lintransfer.errors import DataFileError, MissingMethodError, refuse
from lintransfer.grids import Block, axis_values, block_question, blocks, check_axes, line_question, moved
from lintransfer.problems import TransferProblem
from lintransfer.routing.answers import Answer, check_simulation, gain_answer, risk_answer
from lintransfer.routing.question import Question, as_learners, ask
from lintransfer.routing.route import ASYMPTOTIC, STRENGTH
from lintransfer.storage import load_dataset, provenance, save_dataset
from lintransfer.strategies import Learner, default_baseline, label_of
from lintransfer.validation import sample_sizes

ASYMPTOTIC_RANK = STRENGTH.index(ASYMPTOTIC)

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
        lines += [f"  {line}" for line in self.dataset.attrs["theorems"].split("; ")]
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
    learners = as_learners(learners)
    baseline = default_baseline(*learners) if baseline is None else baseline
    ask(problem, baseline, method=method)
    check_simulation(key, replicates)
    sizes = np.atleast_1d(sample_sizes(n))
    if sizes.ndim != 1:
        refuse("n", "a list of sample sizes", got=f"shape {sizes.shape}")
    grid = {name: axis_values(name, values) for name, values in axes.items()}
    check_axes(problem, learners, grid)
    shape = (*map(len, grid.values()), len(sizes))
    risks = [_Cells(shape) for _ in learners]
    gains = [_Cells(shape) for _ in learners]
    base, alike = _Cells(shape), _Contest(len(learners), shape)
    options: dict[str, Any] = {"method": method, "key": key, "replicates": replicates}
    pieces = list(blocks(problem, grid))
    for done, block in enumerate(pieces, start=1):
        questions = [block_question(problem, learner, baseline, grid, block) for learner in learners]
        sides = [risk_answer(questions[0].of_baseline(), sizes, **options)]
        sides += [risk_answer(q.of(q.learner), sizes, **options) for q in questions]
        apart = [gain_answer(q, sizes, **options) for q in questions]
        for cells, answer in zip((base, *risks, *gains), (*sides, *apart), strict=True):
            cells.put(block, answer)
        alike.put(block, questions, sides, apart, sizes)
        if progress is not None:
            progress(done, len(pieces))
    dataset = _labelled(grid, sizes, list(map(label_of, learners)), label_of(baseline), risks, gains, base, alike)
    dataset["boundary"] = _boundary(problem, learners, baseline, method, grid, sizes, dataset)
    dataset.attrs |= {"problem": describe(problem), "method": method, **provenance()}
    energy = float(np.sum(problem.modes.eigenvalue * problem.modes.target))
    dataset.attrs |= {"label_energy": energy if energy > 0 else 1.0}
    return PhaseDiagram(dataset)


class _Cells:
    """Answers over the whole grid, put together from blocks; sources are numbered in one table."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.value, self.std_err = np.full(shape, np.nan), np.zeros(shape)
        self.source, self.table = np.full(shape, -1), []  # type: ignore[var-annotated]

    def put(self, block: Block, answer: Answer) -> None:
        """Fill in a block."""
        place = (*np.ix_(*block), slice(None)) if block else (slice(None),)
        for source in answer.table:
            if source not in self.table:
                self.table.append(source)
        numbers = np.array([*(self.table.index(source) for source in answer.table), -1])
        self.value[place], self.std_err[place] = answer.value, answer.std_err
        self.source[place] = numbers[answer.source]

    def words(self, part: int) -> list[str]:
        """The methods (0) or theorems (1) that the sources stand for."""
        return [source[part] for source in self.table]

    def told(self) -> str:
        """What answered, the most used first, with shares if there are several."""
        counts = np.bincount(self.source[self.source >= 0].ravel(), minlength=len(self.table))
        used = [i for i in np.argsort(-counts, kind="stable") if counts[i]]
        shares = [f"{self.table[i][1]} ({self.table[i][0]} {counts[i] / self.source.size:.0%})" for i in used]
        return ", ".join(shares) if len(used) > 1 else ", ".join(f"{self.table[i][1]} ({self.table[i][0]})" for i in used)


class _Contest:
    """Scores of all contenders, lower is better, of one kind in each cell: T where theorems pair them with the baseline."""

    def __init__(self, learners: int, shape: tuple[int, ...]) -> None:
        self.score = np.full((learners + 1, *shape), np.nan)

    def put(
        self, block: Block, questions: Sequence[Question], sides: Sequence[Answer], apart: Sequence[Answer], sizes: np.ndarray
    ) -> None:
        """Scores of a block: minus the transferability, else (where it is infinite or unknown) the risk."""
        gains, risks = [a.value for a in apart], [a.value for a in sides]
        strengths = np.array([a.strength for a in apart])
        unlike = (strengths.max(axis=0) == ASYMPTOTIC_RANK) & (strengths.min(axis=0) < ASYMPTOTIC_RANK)
        if unlike.any():  # exact beside asymptotic: where all have it, let the asymptotic ones be compared
            other = [_maybe(lambda q=q: gain_answer(q, sizes, "asymptotic").value) for q in questions]
            if all(o is not None for o in other):
                same = unlike & ~np.isnan(np.array(other)).any(axis=0)
                gains = [np.where(same, o, g) for o, g in zip(other, gains, strict=True)]
        clear = np.isfinite(np.array(gains)).all(axis=0)
        scores = [np.where(clear, 0.0, risks[0]), *(np.where(clear, -g, r) for g, r in zip(gains, risks[1:], strict=True))]
        place = (*np.ix_(*block), slice(None)) if block else (slice(None),)
        for row, score in zip(self.score, scores, strict=True):
            row[place] = score

    @property
    def scale(self) -> np.ndarray:
        """What rounding is relative to."""
        return np.nanmax(np.where(np.isfinite(self.score), np.abs(self.score), 0.0), axis=0)


def _maybe(find: Callable[[], Any]) -> Any:
    try:
        return find()
    except MissingMethodError:
        return None


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


def _place(name: str, value: Any) -> Any:
    """Depth enters through 1 − 1/L, where ∞ is a number among others: its boundaries are sought there."""
    return 1 - 1 / value if name == "depth" else value


def _at_place(name: str, place: Any) -> Any:
    return (1 / (1 - place) if place < 1 else np.inf) if name == "depth" else place


def _labelled(
    grid: Mapping[str, np.ndarray],
    sizes: np.ndarray,
    labels: list[str],
    baseline: str,
    risks: Sequence[_Cells],
    gains: Sequence[_Cells],
    base: _Cells,
    contest: _Contest,
) -> Any:
    import xarray

    cells = (*grid, "n")
    everywhere = ("learner", *cells)
    contenders = np.stack([base.value, *(r.value for r in risks)])
    lost = np.isnan(contenders) | np.isnan(contest.score)
    comparable = np.where(lost, np.inf, contest.score)
    ordered = np.sort(comparable, axis=0)
    # A tie (the same number by construction, up to rounding) goes to the first contender, the baseline.
    with np.errstate(invalid="ignore"):
        near = comparable <= ordered[0] + 1e-12 * np.maximum(np.abs(ordered[0]), contest.scale)
        margin = np.where(near.sum(axis=0) > 1, 0.0, ordered[1] - ordered[0])
    winner = np.where(lost.all(axis=0), -1, np.argmax(near, axis=0))
    gain = np.stack([g.value for g in gains])
    told = {f"{prefix}{word}": _flags(everywhere, many, part) for prefix, many in (("", risks), ("transferability_", gains))
            for part, word in enumerate(("method", "theorem"))}  # fmt: skip
    shown = {f"{name} ({what})": c.told() for what, many in (("risk", risks), ("T", gains)) for name, c in zip(labels, many, strict=True)}
    return xarray.Dataset(
        {
            "risk": (everywhere, contenders[1:]),
            "transferability": (everywhere, gain),
            "std_err": (everywhere, np.stack([g.std_err for g in gains])),
            "valid": (everywhere, ~np.isnan(gain)),
            **told,
            "baseline_risk": (cells, base.value),
            "winner": (cells, winner.astype(np.int64)),
            "margin": (cells, margin),
        },
        coords={
            "learner": labels,
            **{name: values if values.dtype != object else [str(v) for v in values] for name, values in grid.items()},
            "n": sizes.astype(np.int64),
            "contender": [f"{baseline} (baseline)", *labels],
        },
        attrs={"baseline": baseline, "theorems": "; ".join(f"{name}: {what}" for name, what in shown.items())},
    )


def _flags(dims: tuple[str, ...], many: Sequence[_Cells], part: int) -> tuple[Any, ...]:
    """Methods or theorems per cell as small whole numbers, with what they mean beside them (−1: no answer)."""
    names = list(dict.fromkeys(word for cells in many for word in cells.words(part)))
    table = [np.array([*(names.index(word) for word in cells.words(part)), -1], np.int8) for cells in many]
    values = np.stack([numbers[cells.source] for numbers, cells in zip(table, many, strict=True)])
    meanings = " ".join(["none", *(name.replace(", ", "+") for name in names)])
    return dims, values, {"flag_values": np.arange(-1, len(names), dtype=np.int8), "flag_meanings": meanings}


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
    if len(grid) != 1 or name is None or grid[name].dtype == object:
        return dims, empty
    order = np.argsort(grid[name])
    axis = _place(name, grid[name][order].astype(float))
    found = []
    for i, learner in enumerate(learners):
        t = dataset.transferability.values[i][order]
        drawn = dataset.std_err.values[i][order] > 0
        found.append(_crossings(problem, learner, baseline, method, name, axis, t, drawn, sizes))
    most = max(len(c) for c in found)
    array = np.full((len(learners), most, len(sizes)), np.nan)
    for i, crossings in enumerate(found):
        array[i, : len(crossings)] = crossings
    return dims, array


def _crossings(
    problem: TransferProblem, learner: Any, baseline: Any, method: str, name: str, axis: np.ndarray, t: np.ndarray,
    drawn: np.ndarray, sizes: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Values of the axis at which T changes sign, (crossings, n), nan-padded; t, drawn: (axis, n)."""
    low, high = t[:-1], t[1:]
    with np.errstate(all="ignore"):
        changes = np.isfinite(low) & np.isfinite(high) & (np.sign(low) * np.sign(high) < 0)
        between = axis[:-1, None] - low * (np.diff(axis)[:, None] / (high - low))
    # A grid value at which T is exactly 0 is a crossing if T is not 0 on both sides of it, as far as there are two.
    sign = np.sign(np.where(np.isfinite(t), t, 0))
    before, after = np.vstack([0 * sign[:1], sign[:-1]]), np.vstack([sign[1:], 0 * sign[:1]])
    edge = np.zeros(t.shape, bool)
    edge[0] = edge[-1] = True
    touched = (t == 0) & ((before * after < 0) | (edge & (before + after != 0)))
    k, j = np.nonzero(changes)
    roots = between[k, j]
    exact = ~(drawn[k, j] | drawn[k + 1, j])
    if exact.any() and name != "n_source" and not (name == "overlap" and problem.dim == 1):
        roots[exact] = _refined(problem, learner, baseline, method, name, axis, k[exact], sizes[j[exact]], roots[exact])
    zk, zj = np.nonzero(touched)
    values, columns = np.concatenate([roots, axis[zk]]), np.concatenate([j, zj])
    by = np.lexsort((values, columns))
    values, columns = values[by], columns[by]
    rank = np.arange(len(columns)) - np.searchsorted(columns, columns)
    array = np.full((int(rank.max(initial=-1)) + 1, len(sizes)), np.nan)
    array[rank, columns] = [_at_place(name, value) for value in values]
    return array


def _refined(
    problem: TransferProblem, learner: Any, baseline: Any, method: str, name: str, axis: np.ndarray, k: np.ndarray,
    n: np.ndarray, guess: np.ndarray,
) -> np.ndarray:  # fmt: skip
    """Roots of T between axis[k] and axis[k+1], each at its own n; the guess where T has none there after all."""
    from scipy.optimize import elementwise

    together = name in ("overlap", "source_norm", "target_norm", "noise_std") and next(iter(blocks(problem, {name: axis})))[0].size > 1

    def gain(place: np.ndarray, sizes: np.ndarray) -> np.ndarray:
        if together:
            question = line_question(problem, learner, baseline, name, place)
            return np.asarray(gain_answer(question, sizes, method).value)
        found = []
        for value, size in zip(place, sizes, strict=True):
            world, who = moved(problem, learner, {name: float(_at_place(name, value))})
            found.append(gain_answer(ask(world, who, baseline), np.asarray(size), method).value)
        return np.asarray(found, dtype=float)

    result = elementwise.find_root(gain, (axis[k], axis[k + 1]), args=(n,), tolerances={"xatol": 1e-13, "xrtol": 1e-13})
    return np.where(result.success, result.x, guess)

"""Phase diagrams: risk and transferability of several learners over dataset size and the axes of a problem."""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from lintransfer import plotting
from lintransfer.boundaries import boundary
from lintransfer.cells import Cells, Contest, flag_variable, surer
from lintransfer.designs import available_memory
from lintransfer.errors import DataFileError, MissingMethodError, refuse
from lintransfer.floors import floor_of_grid
from lintransfer.grids import axis_values, block_question, blocks, check_axes
from lintransfer.problems import TransferProblem
from lintransfer.routing import default_baseline
from lintransfer.routing.answers import Answer, check_simulation, gain_answer, risk_answer, silent_answer
from lintransfer.routing.question import Question, as_learners, ask
from lintransfer.storage import load_dataset, provenance, save_dataset
from lintransfer.strategies import Learner, Several, label_of
from lintransfer.validation import callable_or_none, listed_sizes

_ATTRIBUTES = ("baseline", "theorems", "problem", "method")
_PER_LEARNER = ("risk", "transferability", "std_err", "valid")
_PER_CELL = ("baseline_risk", "winner", "margin", "runner_up", "tie")
_SURE = 3  # standard errors by which a winner must be ahead
_BYTES = 150  # of memory for each cell and contender, while a diagram is made


@dataclass(frozen=True)
class PhaseDiagram:
    """Labelled results over a grid; everything is in `dataset`, which is also what `save` writes.

    Variables over (learner, *axes, n): ``risk``, ``transferability`` (against the baseline), ``std_err`` of the
    transferability, ``valid``; over (*axes, n): ``baseline_risk``, ``winner`` (index into ``contender``, the baseline
    first), ``margin`` (risk of the runner-up minus risk of the winner; 0 for a tie, which goes to the first), ``runner_up``,
    and ``tie``, where the margin is within rounding, 3 standard errors or, beside an asymptotic risk, 4/min(n, d) of it;
    over (learner, crossing, n): ``boundary``, the values of the first axis at which the transferability changes sign; beside
    learners that use several tasks ``floor``, the Bayes-optimal risk (of learners that know c, norms and noises).
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
        if "not_simulated" in self.dataset.attrs:
            lines.append(f"  not simulated: {self.dataset.attrs['not_simulated']}")
        return "\n".join(lines)


def load(path: str | os.PathLike[str]) -> PhaseDiagram:
    """Read a phase diagram that `PhaseDiagram.save` wrote. Raises `DataFileError` if the file is none."""
    dataset = load_dataset(path)
    wrong = _not_of_a_diagram(dataset)
    if wrong:
        raise DataFileError(f"data file must hold a phase diagram, got {str(path)!r} without {wrong}")
    return PhaseDiagram(dataset)


def _not_of_a_diagram(dataset: Any) -> str:
    """What a dataset lacks to be one that `phase_diagram` made, in words; "" if nothing."""
    lacking = [name for name in _ATTRIBUTES if not isinstance(dataset.attrs.get(name), str)]
    lacking += [name for name in ("learner", "n", "contender") if name not in dataset.coords]
    lacking += [name for name in (*_PER_LEARNER, *_PER_CELL, "boundary") if name not in dataset.data_vars]
    if lacking:
        return ", ".join(lacking)
    cells = dataset.winner.dims
    for names, dims in (
        (_PER_LEARNER, ("learner", *cells)),
        (_PER_CELL, cells),
        (["boundary"], ("learner", "crossing", "n")),
    ):
        for name in names:
            if dataset[name].dims != dims or dataset[name].dtype.kind not in "fiub":
                return f"numbers {name} over {', '.join(map(str, dims))}"
    axes = [name for name in cells if name not in dataset.coords]
    return f"values of {', '.join(map(str, axes))}" if axes or "n" not in cells else ""


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

    axes: values by name, out of `lintransfer.grids.AXES`: overlap, source_norm, target_norm, noise_std, source_noise_std, source_ridge, n_source (the
    problem), ridge, time, depth (the learners; the baseline keeps its own, frozen features have none; it makes linear
    models deep).  baseline: by default `Scratch()`, of the learners'
    model if that is one ReLU network.
    method, key, replicates: as in `risk`; a simulated cell gets a seed of its own.  progress(done, total) is called
    after each column.

    Cells where a theorem is silent, or where `method="auto"` would have to simulate for more than seconds, are nan with valid = False; a grid never stops half-way. Raises `DomainError`
    for an unknown axis or an empty one, and for more than 2·10⁷ cells.
    """
    learners = as_learners(learners)
    baseline = default_baseline(*learners) if baseline is None else baseline
    ask(problem, baseline, method=method)
    check_simulation(key, replicates)
    callable_or_none("progress", progress)
    sizes = listed_sizes(n)
    grid = {name: axis_values(name, values) for name, values in axes.items()}
    check_axes(problem, learners, grid)
    shape = (*map(len, grid.values()), len(sizes))
    _refuse_beyond_memory(shape, len(learners))
    risks = [Cells(shape) for _ in learners]
    gains = [Cells(shape) for _ in learners]
    base, alike = Cells(shape), Contest(len(learners), shape)
    options: dict[str, Any] = {"method": method, "key": key, "replicates": replicates}
    pieces, missed = list(blocks(problem, grid)), list[MissingMethodError]()
    options["refused"] = missed
    for done, block in enumerate(pieces, start=1):
        questions = [block_question(problem, learner, baseline, grid, block) for learner in learners]
        alone = [questions[0].of_baseline(), *(q.of(q.learner) for q in questions)]
        sides = [_answered(missed, risk_answer, q, sizes, options) for q in alone]
        apart = [_answered(missed, gain_answer, q, sizes, options) for q in questions]
        for cells, answer in zip((base, *risks, *gains), (*sides, *apart), strict=True):
            cells.put(block, answer)
        alike.put(block, questions, sides, apart, sizes)
        if progress is not None:
            progress(done, len(pieces))
    for cells in (base, *risks):
        if missed and (cells.source < 0).all():
            raise missed[0]
    dataset = _labelled(
        grid, sizes, list(map(label_of, learners)), label_of(baseline), risks, gains, base, alike, problem.dim
    )
    dataset["boundary"] = boundary(problem, learners, baseline, method, grid, sizes, dataset)
    dataset.attrs |= {"problem": describe(problem), "method": method, **provenance()}
    if any(isinstance(who, Several) for who in learners):
        floor = floor_of_grid(problem, grid, sizes)
        if floor is not None:
            dataset["floor"] = ((*grid, "n"), floor)
    if missed:
        dataset.attrs["not_simulated"] = str(missed[0])
    energy = float(np.sum(problem.modes.eigenvalue * problem.modes.target))
    dataset.attrs |= {"label_energy": energy if energy > 0 else 1.0}
    return PhaseDiagram(dataset)


def _refuse_beyond_memory(shape: tuple[int, ...], learners: int) -> None:
    cells, needed = math.prod(shape), _BYTES * math.prod(shape) * (2 * learners + 1)
    if needed > available_memory():
        free = f"{available_memory() / 2**30:.3g} GiB of free memory"
        refuse("n", f"few enough for {free}", got=f"{cells} cells, which need {needed / 2**30:.3g} GiB")


def _answered(
    missed: list[MissingMethodError], answer: Any, question: Question, sizes: np.ndarray, options: dict[str, Any]
) -> Answer:
    """An answer, silent where there is no such method: a grid never stops half-way."""
    try:
        return answer(question, sizes, **options)
    except MissingMethodError as error:
        missed.append(error)
        return silent_answer(question, sizes)


def describe(problem: TransferProblem) -> str:
    """One line that says which problem this is."""
    parts = [f"dim={problem.dim}", f"source_norm={problem.source_norm:.6g}", f"target_norm={problem.target_norm:.6g}"]
    parts += [f"overlap={problem.overlap:.6g}", f"noise_std={float(problem.noise_std):.6g}"]
    if problem.n_source is not None:
        parts += [f"n_source={problem.n_source}", f"source_noise_std={float(problem.source_noise_std):.6g}"]
        penalty = problem.source_ridge
        word = penalty if isinstance(penalty, str) else f"{float(penalty):.6g}"
        parts += [] if word == "0" else [f"source_ridge={word}"]
    parts += [] if problem.mix is None else [f"n_features={problem.n_features}", f"mix={float(problem.mix):.6g}"]
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
            value = column[axis].item()  # a word where the axis holds other things than numbers
            lines.append(f"{axis} {value if isinstance(value, str) else format(value, 'g')}: n = {ranges}")
    return lines


def _second(scores: np.ndarray, near: np.ndarray, winner: np.ndarray) -> np.ndarray:
    """The best of the others, the first of those that tie; −1 where there is none."""
    others = np.where(np.arange(len(scores)).reshape(-1, *(1 for _ in winner.shape)) == winner, np.inf, scores)
    others = np.where(near & np.isfinite(others), others.min(axis=0), others)
    return np.where(np.isfinite(others).any(axis=0), np.argmin(others, axis=0), -1)


def _unsure(
    risks: Sequence[Cells], gains: Sequence[Cells], winner: np.ndarray, second: np.ndarray, sizes: np.ndarray, dim: int
) -> Any:
    """The margin that says nothing: of simulations their standard errors, of asymptotic risks what they leave out."""
    values = np.stack([c.value for c in risks])
    surest = [np.where(surer(risks[0], r, g), r.std_err, g.std_err) for r, g in zip(risks, gains, strict=True)]
    errors = np.stack(surest)
    asymptotic = np.stack([np.array([*(m == "asymptotic" for m in c.words(0)), False])[c.source] for c in risks])
    most, left_out = np.zeros(winner.shape), 4 / np.clip(sizes, 1, dim)
    for who in (winner, second):
        one = np.maximum(who, 0)[None]
        error, value, rough = (np.take_along_axis(a, one, 0)[0] for a in (errors, values, asymptotic))
        most = np.maximum(most, np.where(rough & np.isfinite(value), left_out * np.abs(value), 0.0))
        most = np.hypot(most, _SURE * error)
    return most


def _labelled(
    grid: Mapping[str, np.ndarray],
    sizes: np.ndarray,
    labels: list[str],
    baseline: str,
    risks: Sequence[Cells],
    gains: Sequence[Cells],
    base: Cells,
    contest: Contest,
    dim: int,
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
    second = _second(comparable, near, winner)
    unsure = _unsure([base, *risks], [base, *gains], winner, second, sizes, dim)
    gain = np.stack([g.value for g in gains])
    told = {f"{prefix}{word}": flag_variable(everywhere, many, part) for prefix, many in (("", risks), ("transferability_", gains))
            for part, word in enumerate(("method", "theorem"))}  # fmt: skip
    shown = {
        f"{name} ({what})": c.told()
        for what, many in (("risk", risks), ("T", gains))
        for name, c in zip(labels, many, strict=True)
    }
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
            "runner_up": (cells, second),
            "tie": (cells, (winner >= 0) & (second >= 0) & ~(margin > unsure)),
        },
        coords={
            "learner": labels,
            **{name: values if values.dtype != object else [str(v) for v in values] for name, values in grid.items()},
            "n": sizes.astype(np.int64),
            "contender": [f"{baseline} (baseline)", *labels],
        },
        attrs={"baseline": baseline, "theorems": "; ".join(f"{name}: {what}" for name, what in shown.items())},
    )

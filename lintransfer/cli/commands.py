"""The command line: lintransfer diagram | curve | complexity | diagnose | verify | theorems | cite.

Answers go to standard output (``--json`` for programs), progress to standard error, files only where told. Exit
status 0 is success, 1 a failed verification, 2 a mistake in what was asked, in one line.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import json
import math
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn

import numpy as np

from lintransfer.cli.arguments import add_learners, add_problem, learners_from, list_argument, numbers, problem_from
from lintransfer.errors import LinTransferError, MissingMethodError, refuse
from lintransfer.storage import check_writable


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    for stream in (sys.stdout, sys.stderr):  # a terminal may know no Greek letters
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    try:
        status: int = options.run(options)
        if sys.stdout is not None:
            sys.stdout.flush()
        return status
    except LinTransferError as error:
        return _mistaken(options.command, str(error))
    except MemoryError:
        return _mistaken(options.command, "the answer must fit into memory, got a question that needs more")
    except BrokenPipeError:
        _forget_output()
        return 0
    except OSError as error:
        _forget_output()
        return _mistaken(options.command, f"standard output must be writable, got: {error.strerror or error}")
    except KeyboardInterrupt:
        print("interrupted; no file was written", file=sys.stderr)
        return 130


def _mistaken(command: str, text: str) -> int:
    print(f"lintransfer {command}: {' '.join(text.split())}", file=sys.stderr)
    return 2


def _forget_output() -> None:
    """What is left in the buffer of standard output cannot be written, at the end of the program neither."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, sys.stdout.fileno())
        os.close(nowhere)


class _Parser(argparse.ArgumentParser):
    """Mistakes in one line; the usage is what --help shows."""

    def error(self, message: str) -> NoReturn:
        self.exit(2, f"{self.prog}: {' '.join(message.split())} (see {self.prog} --help)\n")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="lintransfer", description="Analytic theory of transfer learning in linear models.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, run: Callable[[Any], int], text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        sub.add_argument("--json", action="store_true", help="print one JSON object instead of text")
        return sub

    sub = command("diagram", _diagram, "Phase diagram over overlap and dataset size; by default the flagship one.")
    add_problem(sub)
    add_learners(sub, ["linear-transfer", "fine-tune"])
    sub.add_argument(
        "--baseline", default=None, help="what transfer is compared with (default: scratch, of their model)"
    )
    sub.add_argument(
        "--n", type=list_argument, default=None, help="sample sizes, as 10:1000:10 or 10,20,50 (default: up to 2d)"
    )
    sub.add_argument(
        "--axis",
        action="append",
        help="horizontal axis NAME=VALUES, as overlap=0:1:0.01 (the default), source_norm=0.5:2:0.1 or depth=1,2,3,inf; "
        "a second one is the vertical axis, at a single --n",
    )
    sub.add_argument(
        "--slices", type=list_argument, default=None, help="overlaps of simulated slices; 'none' to leave them out"
    )
    sub.add_argument(
        "--strategy-map",
        action="store_true",
        help="which layers to tune, from which head: the strategies on a two-layer source (default: --dim 200 --n-features 5 "
        "--noise-std 0.1, overlaps −1 … 1)",
    )
    sub.add_argument("--replicates", type=int, default=20, help="simulated training sets per point (default: 20)")
    sub.add_argument("--key", type=int, default=0, help="seed of the simulation (default: 0)")
    sub.add_argument(
        "--risk", type=float, default=None, help="summarise the n that reaches this risk (default: 0.1, sphere: 0.1/d)"
    )
    sub.add_argument("--figure", help="write the picture here (.png, .svg, .pdf)")
    sub.add_argument("--data", help="write the numbers here (netCDF)")

    sub = command("curve", _curve, "Excess risk against sample size.")
    add_problem(sub)
    add_learners(sub, ["scratch", "linear-transfer", "fine-tune"])
    sub.add_argument(
        "--n", type=list_argument, default=None, help="sample sizes, as 10:1000:10 or 10,20,50 (default: up to 2d)"
    )
    sub.add_argument("--method", default="auto", help="auto, exact, asymptotic or simulate")
    sub.add_argument("--replicates", type=int, default=200)
    sub.add_argument("--key", type=int, default=0)
    sub.add_argument("--figure", help="write the picture here")
    sub.add_argument("--data", help="write the numbers here (netCDF)")

    sub = command("complexity", _complexity, "Smallest sample size that reaches a risk, for each learner.")
    add_problem(sub)
    add_learners(sub, ["scratch", "linear-transfer", "fine-tune"])
    sub.add_argument("--risk", type=float, required=True, help="the excess risk to reach")

    sub = command("diagnose", _diagnose, "Which learner to use on your own arrays, and how many samples each needs.")
    sub.add_argument(
        "arrays", metavar="DATA.npz", help="arrays X (N, d), y (N,), source (d,) and optionally X_unlabelled"
    )
    sub.add_argument(
        "--n", type=int, default=None, help="the training-set size in question (default: all labelled rows)"
    )
    sub.add_argument(
        "--source",
        action="append",
        metavar="FILE.npz",
        help="a candidate source: its rows X (n, d) and y (n,), or its weights source (d,); may be repeated: then which "
        "of them to use, and how (DATA.npz needs no source)",
    )
    sub.add_argument("--error", type=float, default=None, help="prediction error to reach (default: near the best)")
    sub.add_argument("--key", type=int, default=0)
    sub.add_argument("--figure", help="write the predicted and measured curves here")

    sub = command("verify", _verify, "Check the theorems: limits, derivations, precision, simulation, mutants.")
    sub.add_argument("names", nargs="*", metavar="THEOREM", help="names of theorems (default: all)")
    sub.add_argument("--quick", action="store_true", help="every row, with fewer points and replicates (minutes)")
    sub.add_argument("--key", type=int, default=0)
    sub.add_argument("--report", help="write the report here: .json or .md")

    sub = command("theorems", _theorems, "List the theorems, or show some in full.")
    sub.add_argument("names", nargs="*", metavar="THEOREM")

    sub = command("cite", _cite, "The papers behind theorems (default: all).")
    sub.add_argument("names", nargs="*", metavar="THEOREM")
    sub.add_argument("--style", default="text", help="text or bibtex (default: text)")
    return parser


@contextlib.contextmanager
def _progress(text: str) -> Iterator[Callable[[int, int], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}/{task.total:.0f}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task(text, total=1)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _print_json(value: Any) -> None:
    def plain(v: Any) -> Any:
        if isinstance(v, dict):
            return {str(k): plain(w) for k, w in v.items()}
        if isinstance(v, np.ndarray | list | tuple):
            return [plain(w) for w in v]
        if isinstance(v, np.generic):
            return plain(v.item())
        if isinstance(v, float) and not math.isfinite(v):
            return {"inf": "inf", "-inf": "-inf"}.get(str(v), "nan")
        return v

    print(json.dumps(plain(value), indent=2, ensure_ascii=False, allow_nan=False))


def _sizes(options: Any, problem: Any) -> np.ndarray:
    if options.n is not None:
        return np.asarray(options.n)
    step = max(1, problem.dim // 50)
    return np.arange(step, 2 * problem.dim + 1, step)


def _diagram(options: Any) -> int:
    from lintransfer import complexity, diagrams, grids, plotting, slices, strategies
    from lintransfer.routing import default_baseline
    from lintransfer.routing.answers import check_simulation
    from lintransfer.strategies import Scratch
    from lintransfer.validation import listed_sizes, nonnegative

    _check_outputs(options)
    if options.strategy_map:
        _set_strategy_map(options)
    problem, learners = problem_from(options), learners_from(options.learner or options.default_learners)
    baseline = default_baseline(*learners) if options.baseline is None else learners_from([options.baseline])[0]
    if options.risk is None:
        options.risk = 0.1 if problem.is_gaussian else 0.1 / problem.dim
    nonnegative("risk", options.risk)
    check_simulation(options.key, options.replicates)
    axes: dict[str, Any] = {}
    for text in options.axis or ["overlap=0:1:0.01"]:
        name, _, values = text.partition("=")
        if name in axes:
            refuse("axis", "given once for each name", text)
        grids.check_axis(name)
        axes[name] = numbers(values)
    sizes = listed_sizes(_sizes(options, problem))
    if len(axes) > 2 or (len(axes) == 2 and len(np.unique(sizes)) > 1):
        refuse(
            "axis", "given once, or twice together with a single --n", got=f"{len(axes)} axes and {len(sizes)} sizes"
        )
    over_overlap = list(axes) == ["overlap"]
    cut = _slices(options, problem, sizes, learners) if over_overlap and baseline == Scratch() else None
    with _progress("phase diagram") as progress:
        diagram = diagrams.phase_diagram(
            problem,
            learners,
            sizes,
            baseline,
            key=options.key,
            replicates=options.replicates,
            progress=progress,
            **axes,
        )
    plain = over_overlap and baseline == Scratch() and problem.mix is None
    curves = slices.asymptotic_boundaries(problem, learners) if plain else {}
    cuts = None
    if cut is not None:
        with _progress("simulated slices") as progress:
            cuts = slices.simulated_slices(problem, learners, *cut, options.key, options.replicates, progress)
    if options.data:
        if cuts is not None:
            sliced = cuts.rename({v: f"slice_{v}" for v in (*cuts.data_vars, "overlap", "n", "n_line")})
            diagram = diagrams.PhaseDiagram(diagram.dataset.merge(sliced, combine_attrs="override"))
        diagram.save(options.data)
    if options.figure:
        if options.strategy_map:
            drawn = plotting.plot_strategy_map(diagram.dataset)
        elif cuts is not None:
            drawn = plotting.plot_flagship(diagram.dataset, cuts, curves)
        else:
            drawn = diagram.plot(curves=curves)
        plotting.save_figure(drawn, options.figure)
    needs = {}
    for who in [baseline, *learners]:
        with contextlib.suppress(MissingMethodError):  # a learner that is only simulated
            needs[strategies.label_of(who)] = complexity.sample_complexity(problem, who, options.risk)
    summary = diagram.summary()
    if options.json:
        _print_json(
            {
                "problem": diagrams.describe(problem),
                "baseline": diagram.dataset.attrs["baseline"],
                "learners": summary,
                "risk": options.risk,
                "smallest_n": {who: {"first": need.value, "for_good": need.lasting} for who, need in needs.items()},
                "figure": options.figure,
                "data": options.data,
            }
        )
        return 0
    print(f"{diagrams.describe(problem)}\n{diagram}")
    for name, facts in summary.items():
        for line in facts["hurts_where"]:
            print(f"  {name} hurts at {line}")
    print(f"samples for risk {options.risk:g} at overlap {problem.overlap:g}:")
    for name, need in needs.items():
        print(f"  {name}: {need}")
    if cuts is not None:
        theory = cuts.theory.sel(n_line=cuts.n).values
        within = np.abs(cuts.transferability.values - theory) <= 3 * cuts.std_err.values + 1e-9
        print(f"simulated slices: {within.mean():.1%} of {within.size} points within 3 standard errors of theory")
    for what, path in (("figure", options.figure), ("data", options.data)):
        if path:
            print(f"{what}: {path}")
    return 0


_STRATEGIES = (
    "linear-transfer:head=source", "first-layer", "fine-tune:layers=2", "fine-tune:layers=2,head=zero", "probe-then",
    "probe-then:then=first-layer",
)  # fmt: skip


def _set_strategy_map(options: Any) -> None:
    """The defaults of the map of strategies, where nothing else was said."""
    if options.n_features is None:
        options.n_features = 5
        options.dim = 200 if options.dim == 500 else options.dim
    options.noise_std = 0.1 if options.noise_std is None else options.noise_std
    options.default_learners = list(_STRATEGIES)
    options.axis = options.axis or ["overlap=-1:1:0.05"]
    step = max(1, options.dim // 20)
    options.n = options.n or list(range(step, 2 * options.dim, step))
    options.slices = []


def _check_outputs(options: Any) -> None:
    """Refuse, before the work, files that cannot be written."""
    from lintransfer.plotting import check_picture

    check_picture(options.figure)
    data = getattr(options, "data", None)
    check_writable(data)
    if data is not None and options.figure is not None and os.path.abspath(data) == os.path.abspath(options.figure):
        refuse("data", "another file than the figure", data)


_MOST_SLICED = 10**7  # numbers in a training set that is drawn for a slice


def _slices(options: Any, problem: Any, sizes: np.ndarray, learners: Any) -> tuple[list[float], Any, Any] | None:
    """Overlaps, sizes that are simulated and sizes of the line of theory; None if there is nothing to draw."""
    from lintransfer import slices

    if options.slices == [] or not slices.can_be_sliced(problem, learners):
        return None
    top = int(sizes.max())
    points = np.unique(np.linspace(max(1, top // 20), top, 11).astype(int))
    points = points[np.abs(points - problem.dim) >= 4]  # nearer, the variance of the risk is infinite
    if options.slices is None:
        overlaps = np.cos(np.pi * np.array([3, 2, 1]) / 8).tolist() if problem.dim > 1 else []
        if not points.size or not overlaps or top * problem.dim > _MOST_SLICED:
            return None
    else:
        overlaps = options.slices
        for overlap in overlaps:
            problem.with_overlap(overlap)
        if not points.size:
            refuse("slices", "none: no size is at least 4 away from dim, nearer the variance is infinite", overlaps)
        if top * problem.dim > _MOST_SLICED:
            refuse("slices", f"none where n·dim > {_MOST_SLICED:.0e}: training sets are drawn", overlaps)
    return overlaps, points, np.union1d(np.linspace(int(sizes.min()), top, 400).astype(int), points)


def _curve(options: Any) -> int:
    from lintransfer import curves, plotting

    _check_outputs(options)
    problem = problem_from(options)
    found = curves.risk_curve(
        problem,
        learners_from(options.learner or options.default_learners),
        _sizes(options, problem),
        options.method,
        options.key,
        options.replicates,
    )
    if options.data:
        found.save(options.data)
    if options.figure:
        plotting.save_figure(found.plot(), options.figure)
    if options.json:
        data = found.dataset
        _print_json(
            {
                "n": data.n.values,
                **{v: dict(zip(data.learner.values, data[v].values, strict=True)) for v in data.data_vars},
            }
        )
        return 0
    data = found.dataset
    print("n".rjust(8) + "".join(f"  {name!s:>24}" for name in data.learner.values))
    for j, n in enumerate(data.n.values):
        print(f"{int(n):8d}" + "".join(f"  {v:24.6g}" for v in data.risk.values[:, j]))
    print(data.attrs["theorems"].replace("; ", "\n"))
    return 0


def _complexity(options: Any) -> int:
    from lintransfer import complexity
    from lintransfer.strategies import label_of

    problem = problem_from(options)
    needs = {
        label_of(who): complexity.sample_complexity(problem, who, options.risk)
        for who in learners_from(options.learner or options.default_learners)
    }
    if options.json:
        _print_json(
            {
                who: {"first": n.value, "for_good": n.lasting, "method": n.method, "theorem": n.theorem}
                for who, n in needs.items()
            }
        )
        return 0
    for who, need in needs.items():
        print(f"{who}: {need}")
    return 0


def _diagnose(options: Any) -> int:
    from lintransfer import datasets, diagnosis, plotting
    from lintransfer.diagnosis import picture as diagnosis_plot

    _check_outputs(options)
    arrays: dict[str, Any]
    if options.source:
        arrays = datasets.load_with_sources(options.arrays, options.source)
    else:
        arrays = datasets.load_arrays(options.arrays)
    found = diagnosis.diagnose(**arrays, n=options.n, error=options.error, key=options.key)
    if options.figure:
        plotting.save_figure(diagnosis_plot.plot_diagnosis(found), options.figure)
    if options.json:
        _print_json(found.to_dict())
    else:
        print(found)
    return 0


def _verify(options: Any) -> int:
    from lintransfer import verification
    from lintransfer.storage import whole_file

    check_writable(options.report)
    if options.report and not options.report.endswith((".json", ".md")):
        refuse("report", "a path that ends in .json or .md", options.report)
    with _progress("verify") as progress:
        report = verification.verify(options.names or None, quick=options.quick, key=options.key, progress=progress)
    if options.report:
        with whole_file(options.report) as path:
            path.write_text(
                report.to_json() if options.report.endswith(".json") else report.to_markdown(), encoding="utf-8"
            )
    print(report.to_json() if options.json else report)
    return 0 if report.ok else 1


def _theorems(options: Any) -> int:
    from lintransfer.theorems import THEOREMS, theorem

    rows = [theorem(name) for name in options.names] if options.names else list(THEOREMS)
    if options.json:
        fields = ("name", "kind", "statement", "claim", "source", "domain", "derivation", "covers")
        _print_json([{f: getattr(row, f) for f in fields} for row in rows])
        return 0
    for row in rows:
        if options.names:
            print(f"{row.name}  ({row.kind})\n  {row.statement}\n  domain: {row.domain}")
            print(f"  source ({row.claim}): {row.source}")
            print(f"  formula: {row.formula.__module__}.{row.formula.__qualname__}")
            print(f"  derivation: {row.proof}")
        else:
            covers = f"  [derivation covers {row.covers}]" if row.covers else ""
            print(f"{row.name:44s} {row.kind:10s} {row.claim:9s} {row.source}{covers}")
    return 0


def _cite(options: Any) -> int:
    from lintransfer import citations, papers

    text = citations.cite(*options.names, style=options.style)
    if not options.json:
        print(text)
        return 0
    found = citations.credits_of(*options.names)
    bibtex = options.style == "bibtex"
    known = {**papers.PAPERS, papers.SOFTWARE_KEY: papers.SOFTWARE}

    def shown(key: str) -> str:
        return known[key].bibtex(key) if bibtex else str(known[key])

    _print_json(
        {
            "papers": {key: shown(key) for key in found.papers},
            "follows": found.follows,
            "not_found": found.not_found,
            "software": shown(papers.SOFTWARE_KEY) if found.needs_software else None,
        }
    )
    return 0

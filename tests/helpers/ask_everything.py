"""Asks the front door everything it can answer or refuse; `test_coverage_of_routing` runs this file under coverage.

    python tests/helpers/ask_everything.py RESULT.json PACKAGE

Writes the functions of PACKAGE (a folder) that were not called: coverage sees lines, and a lambda shares its line.
"""

from __future__ import annotations

import contextlib
import cProfile
import inspect
import io
import json
import sys
import types
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # tests/, for `helpers`


def place_of(code: types.CodeType) -> tuple[Any, ...]:
    """What tells two lambdas of one line apart: where each begins."""
    starts = [p for p in code.co_positions() if p[0] is not None and p[2]]
    return code.co_filename, code.co_qualname, code.co_firstlineno, tuple(starts[-1]) if starts else ()


def functions_of(code: types.CodeType) -> list[types.CodeType]:
    """All functions within a module's code; comprehensions and class bodies are left to coverage."""
    found = []
    for inner in (c for c in code.co_consts if isinstance(c, types.CodeType)):
        named = not inner.co_name.startswith("<") or inner.co_name == "<lambda>"
        if named and inner.co_flags & inspect.CO_OPTIMIZED:
            found.append(inner)
        found += functions_of(inner)
    return found


def ask() -> None:
    """Every point by every method, alone and in a list; what is refused; and traced problems."""
    import jax
    from helpers import points
    from helpers.asking import outcome

    import lintransfer as lt

    jax.config.update("jax_enable_x64", True)

    methods, brief = ("auto", "exact", "asymptotic", "bound", "simulate"), {"replicates": 2}
    for point in points.POINTS:  # finite networks take the route of infinite ones, and are slow
        sizes = list(point.sizes)
        for method in methods:
            outcome(lt.risk, point.problem, point.learner, sizes, method=method, **brief)
            if method != "bound":
                model = getattr(point.learner, "model", lt.Linear())
                for base in (lt.Scratch(), lt.Scratch(model), lt.LinearTransfer()):
                    outcome(lt.transferability, point.problem, point.learner, sizes, base, method=method, **brief)
        outcome(lt.risk_law, point.problem, point.learner, max(sizes))
        outcome(lt.transferability_law, point.problem, point.learner, max(sizes))
        outcome(lt.risk, point.problem, point.learner, [1, point.problem.dim + 5], **brief)

    deep, wide = lt.DeepLinear(2), lt.ShallowReLU()
    spare = [
        lt.FineTune(ridge="optimal"), lt.FineTune(time="optimal"), lt.Scratch(ridge="optimal"), lt.Scratch(time="optimal"),
        lt.LinearTransfer(ridge="optimal"), lt.FineTune(deep),
        lt.FineTune(lt.DeepLinear(2, imbalance=0.5)), lt.Scratch(lt.DeepLinear(2, imbalance=0.5)), lt.FineTune(wide),
        lt.FineTune(wide, ridge="optimal"), lt.FineTune(wide, ridge=-1.0), lt.FineTune(lt.ShallowReLU(trained="first"), ridge=1.0),
        lt.FineTune(lt.TwoLayerLinear()), lt.FirstLayer(ridge=1.0), lt.ProbeThen(lt.FirstLayer()), lt.LinearTransfer(head="source"),
        lt.FineTune(points.DIAGONAL), lt.Scratch(points.DIAGONAL),
        lt.FineTune(ridge=-5.0), lt.Scratch(lt.DeepLinear(1)), lt.LinearTransfer(ridge=2.0), lt.FineTune(lt.DeepLinear(2, imbalance=-3.0)),
    ]  # fmt: skip
    problems = {name: value for name, value in vars(points).items() if isinstance(value, lt.TransferProblem)}
    for problem in problems.values():
        for learner in spare:
            outcome(lt.risk, problem, learner, 3, **brief)
    for problem in (
        points.NOISY,
        points.QUIET,
        points.FITTED,
        points.SPECTRAL,
        points.SPHERE,
        points.SHIFTED,
        points.SEVERAL,
    ):
        for learner in spare:
            outcome(lt.risk, problem, learner, [0, 3, problem.dim + 6], method="simulate", **brief)
            outcome(lt.transferability, problem, learner, [3, problem.dim + 6], **brief)
            outcome(lt.transferability, problem, learner, 3, learner, **brief)
    outcome(
        lt.transferability,
        points.NOISY,
        lt.FineTune(ridge=2.0),
        [3, 30],
        lt.Scratch(ridge=2.0),
        method="simulate",
        **brief,
    )
    outcome(
        lt.transferability,
        points.NOISY,
        lt.FineTune(ridge="optimal"),
        [3, 30],
        lt.Scratch(ridge="optimal"),
        method="simulate",
        **brief,
    )
    too_much(lt)
    too_long(lt, outcome)
    grids(lt, points, brief)
    explained(lt, points, methods)
    several_tasks(lt, points, outcome)
    refusals(lt, points)
    flat = (
        lt.Scratch(),
        lt.FineTune(),
        lt.LinearTransfer(),
        lt.FineTune(deep),
        lt.FineTune(lt.DeepLinear(2, imbalance=0.5)),
    )
    asked = [(problem, learner) for problem in (points.NOISY, points.FITTED) for learner in flat]
    asked += [
        (points.NOISY, learner)
        for learner in (lt.FineTune(ridge="optimal"), lt.FineTune(time="optimal"), lt.LinearTransfer(ridge=2.0))
    ]
    asked += [(points.SPECTRAL, learner) for learner in (lt.FineTune(), lt.LinearTransfer(), lt.FineTune(wide))]
    asked += [
        (points.ORTHONORMAL, lt.LinearTransfer()),
        (points.SHIFTED, lt.Scratch()),
        (points.SPHERE, lt.FineTune(wide)),
    ]
    asked += [(points.ONE_FEATURE, who) for who in (lt.FineTune(lt.TwoLayerLinear()), lt.ProbeThen(lt.FirstLayer()))]
    asked += [(points.COORDINATES, who) for who in (lt.FineTune(points.DIAGONAL), lt.Scratch(points.DIAGONAL))]
    asked += [(points.DEFICIENT, lt.Scratch()), (points.SPECTRAL_QUIET, lt.Scratch())]
    asked += [(points.SPECTRAL_FITTED, lt.Pool()), (points.FITTED, lt.Pool()), (points.FEW_SOURCES, lt.Replay(3))]
    asked += [(points.NOISY, lt.WeightAverage(weight="optimal"))]
    for problem, learner in asked:
        traced(lt, jax, problem, learner)


def too_much(lt: Any) -> None:
    """What would take too long or too much memory, no inputs at all, many sizes, and sizes in JAX."""
    import numpy as np
    from helpers.asking import outcome

    chain = lt.FineTune(lt.DeepLinear(3, imbalance=(1e6, -1e6)))
    plane, sphere = lt.TransferProblem.isotropic(20, 0.5), lt.TransferProblem.sphere(1000, 0.5, n_source=10**9)
    for method in ("auto", "simulate"):
        outcome(lt.risk, plane, chain, 5, method=method)
        outcome(lt.risk, plane, chain, [5, 6, 7], method=method)
        outcome(lt.risk, sphere, lt.LinearTransfer(), 5, method=method)
        outcome(lt.risk, sphere, lt.FineTune(lt.ShallowReLU(64)), 5, method=method)
        outcome(lt.risk, lt.TransferProblem.sphere(20, 0.5), lt.FineTune(lt.ShallowReLU(64)), 10**6, method=method)
        outcome(
            lt.risk,
            lt.TransferProblem.isotropic(500, 0.5, n_source=1000),
            lt.FineTune(lt.ShallowReLU()),
            5000,
            method=method,
        )
        outcome(lt.risk, lt.TransferProblem.isotropic(10**5, 0.5), lt.FineTune(ridge=1.0), 10**5, method=method)
    outcome(lt.risk, lt.TransferProblem.isotropic(10**4, -0.9, n_source=0), lt.FineTune(time=471), 10001)
    outcome(lt.risk, lt.TransferProblem.isotropic(10**6, 0.5), lt.FineTune(ridge=1.0), 10**6, method="simulate")
    outcome(
        lt.risk, lt.TransferProblem.isotropic(10**4, 0.5), lt.FineTune(ridge=1.0), 10**4, "designs", replicates=10**6
    )
    empty = lt.TransferProblem.isotropic(20, 0.5, source_norm=0.0)
    outcome(lt.risk, empty, lt.FineTune(lt.DeepLinear(3, imbalance=(1.0, 1.0))), 5, replicates=2)
    nothing = lt.TransferProblem.from_teachers(np.ones(4), np.ones(4), np.zeros(4), n_source=3)
    for learner in (lt.Scratch(), lt.FineTune(), chain, lt.FineTune(lt.ShallowReLU())):
        outcome(lt.risk, nothing, learner, 3)
    outcome(lt.risk, plane, lt.FineTune(), np.arange(10**6))
    outcome(lt.risk, plane, lt.FineTune(time="optimal"), np.arange(10**6))
    endless = lt.FineTune(lt.DeepLinear(float("inf")))
    outcome(lt.risk, lt.TransferProblem.isotropic(20, 0.5, n_source=30), endless, [3, 30])
    outcome(lt.risk, plane, lt.FineTune(lt.DeepLinear(2)), np.arange(20, 10**6))
    import jax

    outcome(lt.risk, plane, lt.FineTune(), jax.numpy.arange(3))
    other = lt.TransferProblem.from_teachers(np.ones(4), np.ones(4), n_source=6, source_covariance=np.arange(1.0, 5))
    outcome(lt.risk, other, lt.FineTune(), [0, 2, 9])
    outcome(lt.transferability, plane, lt.FineTune(lt.ShallowReLU()), 5, lt.Scratch(), method="exact")


def grids(lt: Any, points: Any, brief: dict[str, Any]) -> None:
    """Diagrams: formulas that take a grid at once and those that go cell by cell, kinds of values, silence, boundaries."""
    import math

    from helpers.asking import outcome

    sizes, deep = [0, 5, 19, 20, 30], lt.DeepLinear(2)
    axes = {
        "overlap": [-0.5, 0.2, 0.9], "source_norm": [0.0, 0.5, 2.0], "target_norm": [0.5, 2.0], "noise_std": [0.0, 0.1, 1.0],
        "source_noise_std": [0.1, 1.0], "n_source": [None, 0, 30], "source_ridge": [0.0, 1.0, "optimal"], "ridge": [0.0, 1.0, "optimal", math.inf],
        "time": [0.0, 1.0, "optimal"], "depth": [1, 2, math.inf],
    }  # fmt: skip
    for name, values in axes.items():
        for learner in (lt.FineTune(), lt.FineTune(deep), lt.LinearTransfer(), lt.FineTune(lt.ShallowReLU())):
            outcome(lt.phase_diagram, points.NOISY, [learner], sizes, **brief, **{name: values})
    pair = [lt.LinearTransfer(), lt.FineTune()]
    for problem in (points.SPECTRAL, points.SHIFTED, points.QUIET, points.FITTED):
        for method in ("auto", "simulate", "exact", "bound"):
            outcome(
                lt.phase_diagram,
                problem,
                pair,
                sizes,
                method=method,
                **brief,
                overlap=[0.1, 0.5, 0.9],
                noise_std=[0.1, 0.2],
            )
            outcome(
                lt.phase_diagram,
                problem,
                [lt.FineTune(deep), *pair],
                sizes,
                method=method,
                **brief,
                overlap=[0.1, 0.5, 0.9],
            )
    outcome(lt.phase_diagram, points.NOISY, lt.FineTune(ridge=2.0), sizes, **brief)
    for learner in (lt.FineTune(ridge="optimal"), lt.LinearTransfer(ridge="optimal")):
        outcome(lt.phase_diagram, points.SPECTRAL, [learner], [0, 8, 30], overlap=[0.0, 0.45, 0.9])
    chain = lt.FineTune(lt.DeepLinear(2, imbalance=0.5))  # its formula speaks in some cells and not in others
    outcome(lt.phase_diagram, points.QUIET, chain, [8, 15], **brief, source_norm=[0.1, 1.0, 10.0])
    turned = points.teachers(points.dense(points.TWO, 3), test_covariance=points.POWER)
    outcome(lt.risk, turned, lt.Scratch(), [8, 30], **brief)


def explained(lt: Any, points: Any, methods: tuple[str, ...]) -> None:
    """Which route answers, in words; and all that there is."""
    from helpers.asking import outcome

    lt.methods()
    for point in points.POINTS:
        for method in methods:
            told = outcome(lt.route, point.problem, point.learner, range(60), method=method)
            str(told), told._repr_html_(), told.theorems
        outcome(lt.route, point.problem, point.learner, point.sizes, lt.Scratch())


def too_long(lt: Any, outcome: Any) -> None:
    """A grid of more simulation than is done unasked."""
    world = lt.TransferProblem.two_layer(400, 60, 0.5, mix=0.5)
    axes = {"overlap": [i / 40 for i in range(40)]}
    outcome(lt.phase_diagram, world, [lt.FineTune(lt.TwoLayerLinear())], range(300, 399), **axes)


def several_tasks(lt: Any, points: Any, outcome: Any) -> None:
    """Families of tasks, what their learners refuse, and sources that a ridge or other inputs fitted."""
    gram = [[1.0, 0.5, 0.6], [0.5, 1.0, 0.7], [0.6, 0.7, 1.0]]
    three = lt.TaskFamily.isotropic(20, gram, [45, 6, 8], 0.3)
    two = lt.TaskFamily.isotropic(20, [[1.0, 0.5], [0.5, 1.0]], [45, 8], 0.3)
    learners = (
        lt.Scratch(), lt.FineTune(), lt.Pool(), lt.Pool((1.0, 2.0, 3.0)), lt.Pool((1.0, 2.0)), lt.Pool(ridge="optimal"),
        lt.Pool("optimal", ridge="optimal"), lt.Pool("optimal"), lt.Stack(), lt.Stack(ridge="optimal"),
        lt.Stack((0.1, 0.2, 0.3), ridge="optimal"), lt.Replay(3), lt.Soup(stretch="optimal"),
    )  # fmt: skip
    ridged = points.NOISY.with_noise(n_source=45, source_noise_std=0.3, source_ridge=2.0)
    worlds = (
        three,
        two,
        points.FITTED,
        points.NOISY,
        points.OWN_INPUTS,
        points.SHIFTED_FITTED,
        ridged,
        points.SEVERAL_FITTED,
    )
    for world in worlds:
        for learner in learners:
            for method in ("auto", "simulate", "exact"):
                outcome(lt.risk, world, learner, 8, method=method, replicates=2)
            outcome(lt.risk, world, learner)
            outcome(lt.transferability, world, learner, 8, replicates=2)
            for base in (lt.Pool(), lt.FineTune(ridge=1.0), lt.Scratch(ridge="optimal"), lt.FineTune(ridge="optimal")):
                outcome(lt.transferability, world, learner, 8, base, method="simulate", replicates=2)
    outcome(lt.risk, points.FITTED, lt.Replay(60), 3)
    outcome(lt.risk, points.SPECTRAL_FITTED, lt.WeightAverage(weight="optimal"), 3, replicates=2)
    teachers, spectra = [[1.0, 0.5, 0.2]] * 3, [[1.0, 2.0, 3.0], [1.0, 1.0, 1.0], [2.0, 1.0, 0.5]]
    outcome(lt.risk, lt.TaskFamily.from_teachers(teachers, [3, 4, 5], spectra), lt.Pool(ridge=1.0))
    grid = {"overlap": [-0.5, 0.5], "n_source": [3, 30]}
    outcome(
        lt.phase_diagram, points.FITTED, [*learners[2:3], *learners[6:10], lt.Replay(5)], [5, 30], **grid, replicates=2
    )
    outcome(lt.route, two, lt.Pool())
    outcome(lt.route, three, lt.Pool())


def refusals(lt: Any, points: Any) -> None:
    """What is no question, and words of the command line."""
    from helpers.asking import outcome

    from lintransfer.cli import main

    p, learner = points.NOISY, lt.FineTune()
    outcome(lt.risk, "p", learner, 3)
    outcome(lt.risk, p, "x", 3)
    outcome(lt.risk, p, learner, 3, method="guess")
    outcome(lt.risk, p, learner, 3, key=-1)
    outcome(lt.risk, p, learner, 3, replicates=1)
    for wrong in ("x", 3, [], [learner, learner]):
        outcome(lt.phase_diagram, p, wrong, [3])
    outcome(lt.transferability, p, lt.FineTune(time=1.0), 3, method="exact")
    outcome(lt.transferability, p, learner, 3, lt.Scratch(lt.ShallowReLU(width=8)), method="asymptotic")
    outcome(lt.risk, points.FITTED, lt.FineTune(ridge="optimal"), 3)
    with contextlib.redirect_stdout(None), contextlib.redirect_stderr(io.StringIO()):
        for words in (
            "fine-tune:depth=2",
            "fine-tune:relu=both",
            "fine-tune:width=8",
            "fine-tune:layers=2",
            "fine-tune:layers=3",
            "fine-tune:scale=0.1",
            "fine-tune:balance=1",
        ):
            with contextlib.suppress(SystemExit):
                main(["curve", "--dim", "20", "--overlap", "0.5", "--n", "5", "--learner", words, "--replicates", "2"])


def traced(lt: Any, jax: Any, problem: Any, learner: Any) -> None:
    """Values that JAX does not know yet: the problem, or the sizes. Errors of tracing are the business of other tests."""
    from helpers.asking import outcome

    questions = (
        lambda whole: outcome(lt.risk, whole, learner, [3.0, 30.0]),
        lambda whole: outcome(lt.transferability, whole, learner, [3.0, 30.0]),
    )
    for ask_it in questions:
        with contextlib.suppress(jax.errors.JAXTypeError, TypeError, ValueError):
            jax.eval_shape(lambda whole, ask_it=ask_it: _value(ask_it(whole)), problem)
    with contextlib.suppress(jax.errors.JAXTypeError, TypeError, ValueError):
        jax.eval_shape(lambda n: _value(outcome(lt.risk, problem, learner, n)), 3.0)


def _value(answer: Any) -> Any:
    return 0.0 if isinstance(answer, type) else answer.value


def main(result: str, package: str) -> None:
    """Ask under a profiler that notes which functions of the package are called."""
    folder, profile = str(Path(package).resolve()), cProfile.Profile(builtins=False)
    profile.runcall(ask)
    codes = [entry.code for entry in profile.getstats() if isinstance(entry.code, types.CodeType)]
    called = {place_of(code) for code in codes if code.co_filename.startswith(folder)}
    silent = []
    for path in sorted(Path(folder).rglob("*.py")):
        for code in functions_of(compile(path.read_text(encoding="utf-8"), str(path), "exec")):
            if place_of(code) not in called:
                silent.append(f"{path.name}:{code.co_firstlineno} {code.co_qualname}")
    Path(result).write_text(json.dumps(silent), encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])

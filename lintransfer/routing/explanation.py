"""Which theorem will answer a question at which sizes, and why the others do not."""

from __future__ import annotations

import html
from dataclasses import dataclass
from typing import Any

import numpy as np

from lintransfer.problems import TransferProblem
from lintransfer.routing import ROUTES, TRANSFER_ROUTES, lines_for, routes_for
from lintransfer.routing.question import Question, ask, sizes_asked
from lintransfer.routing.route import Route
from lintransfer.strategies import Learner
from lintransfer.task_families import TaskFamily


@dataclass(frozen=True)
class Line:
    """One route: its method and theorem, where it holds in words, the n that it answers, and why not the others."""

    method: str
    theorem: str
    where: str
    answers: tuple[int, ...]
    reason: str


@dataclass(frozen=True)
class Explanation:
    """The routes of a question, those that answer first."""

    learner: str
    lines: tuple[Line, ...]

    @property
    def theorems(self) -> tuple[str, ...]:
        """The theorems that answer, strongest first."""
        return tuple(line.theorem for line in self.lines if line.answers)

    def __str__(self) -> str:
        shown = [self.learner]
        for line in self.lines:
            said = f"answers n = {_listed(line.answers)}" if line.answers else line.reason
            more = f"; {line.reason}" if line.answers and line.reason else ""
            shown.append(f"  {line.theorem} ({line.method}; {line.where}): {said}{more}")
        return "\n".join(shown)

    def _repr_html_(self) -> str:
        cells = (
            (line.theorem, line.method, line.where, _listed(line.answers) if line.answers else "–", line.reason)
            for line in self.lines
        )
        rows = "".join(f"<tr>{''.join(f'<td>{html.escape(c)}</td>' for c in row)}</tr>" for row in cells)
        head = "".join(f"<th>{name}</th>" for name in ("theorem", "method", "where", "answers n", "why not"))
        return f"<table><caption>{html.escape(self.learner)}</caption><tr>{head}</tr>{rows}</table>"


def route(
    problem: TransferProblem | TaskFamily,
    learner: Learner,
    n: Any = None,
    baseline: Learner | None = None,
    method: str = "auto",
) -> Explanation:
    """Which theorem will answer `lintransfer.risk` at each n, and why the others do not.

    Arguments as in `risk`; with a baseline, as in `transferability` (its paired theorems).  Returns an `Explanation`: it
    prints the routes in order, and ``.lines`` holds them.

    >>> from lintransfer.strategies import FineTune
    >>> p = TransferProblem.isotropic(dim=500, overlap=0.8, noise_std=0.2)
    >>> route(p, FineTune(), n=[50, 250]).theorems
    ('min-norm-risk',)
    """
    question = ask(problem, learner, baseline, method)
    sizes = np.unique(sizes_asked(problem, 0 if n is None and isinstance(problem, TransferProblem) else n))
    table = ROUTES if baseline is None else TRANSFER_ROUTES
    found = routes_for(question, method, table)
    left = np.ones(len(sizes), bool)
    lines = []
    for line in found:
        speaks = np.ones(len(sizes), bool) if line.is_drawn else np.broadcast_to(line.at(question, sizes), sizes.shape)
        taken = speaks & left
        left &= ~speaks
        lines.append(_line(line, sizes[taken], _late(line, sizes, speaks, taken)))
    others = [r for r in lines_for(table, question) if r not in found]
    lines += [_line(r, (), _silent(r, question, method)) for r in others]
    return Explanation(repr(question.learner), tuple(sorted(lines, key=lambda line: not line.answers)))


def _line(route: Route, sizes: Any, reason: str) -> Line:
    return Line(route.method, route.theorem, route.where, tuple(int(n) for n in sizes), reason)


def _late(route: Route, sizes: np.ndarray, speaks: np.ndarray, taken: np.ndarray) -> str:
    """Why a route that speaks does not answer at every n."""
    said = []
    if not speaks.all():
        said.append(f"silent at n = {_listed(sizes[~speaks])} ({route.sizes.words})")
    if (speaks & ~taken).any():
        said.append(
            "a stronger one answers"
            if not taken.any()
            else f"a stronger one answers n = {_listed(sizes[speaks & ~taken])}"
        )
    return "; ".join(said)


def _silent(route: Route, question: Question, method: str) -> str:
    failed = route.when.fails(question)
    if failed:
        return f"does not hold here: {', '.join(failed)}"
    return f"not asked for by method {method!r}" if not route.answers(method) else "speaks of untrained learners only"


def _listed(sizes: Any) -> str:
    shown = [f"{int(n)}" for n in sizes]
    return ", ".join(shown) if len(shown) <= 6 else f"{', '.join(shown[:3])}, … {shown[-1]} ({len(shown)} sizes)"

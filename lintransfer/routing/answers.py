"""From routes to numbers: each n, and each cell of a grid of problems, is answered by the first route that speaks there.

An answer never depends on what else was asked in the same call.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import jax
import numpy as np

from lintransfer.arithmetic import array_namespace, where
from lintransfer.errors import MissingMethodError, refuse
from lintransfer.estimates import Estimate
from lintransfer.routing import TRANSFER_ROUTES, missing, routes_for
from lintransfer.routing.question import Question
from lintransfer.routing.route import EXACT, LAW, STRENGTH, Route
from lintransfer.routing.work import affordable, refuse_slow, refuse_work
from lintransfer.task_families import TaskFamily
from lintransfer.validation import is_real, is_traced, seed

_MOST_REPLICATES = 10**9
_NUMBERS_AT_ONCE = 1 << 20  # sizes times modes times cells
Source = tuple[str, str]  # method and theorem


@dataclass(frozen=True)
class Answer:
    """Values and errors over the grid of problems and n, and where each comes from: an index into `table`, −1 if none."""

    value: Any
    std_err: Any
    source: np.ndarray
    table: tuple[Source, ...]

    @property
    def silent(self) -> np.ndarray:
        """Where nothing speaks."""
        return self.source < 0

    @property
    def strength(self) -> np.ndarray:
        """Rank of the method of each value in `STRENGTH`; beyond its end where nothing speaks."""
        ranks = [STRENGTH.index(method.split(", ")[-1]) for method, _ in self.table]
        return np.array([*ranks, len(STRENGTH)])[self.source]

    def filled(self, more: Callable[[], Answer | None]) -> Answer:
        """With another answer where this one is silent."""
        other = more() if self.silent.any() else None
        if other is None:
            return self
        silent, xp = self.silent, array_namespace(self.value, other.value)
        value, std_err = xp.where(silent, other.value, self.value), xp.where(silent, other.std_err, self.std_err)
        moved = np.where(other.source < 0, -1, other.source + len(self.table))
        return Answer(value, std_err, np.where(silent, moved, self.source), (*self.table, *other.table))

    def minus(self, other: Answer) -> Answer:
        """The difference of two independent answers: the weaker method counts, and both theorems."""
        pairs = [
            (max(a[0], b[0], key=STRENGTH.index), a[1] if a[1] == b[1] else f"{a[1]}, {b[1]}")
            for a in self.table for b in other.table
        ]  # fmt: skip
        silent = self.silent | other.silent
        xp = array_namespace(self.value, other.value)
        with np.errstate(all="ignore"):
            value, std_err = self.value - other.value, xp.hypot(self.std_err, other.std_err)
        return Answer(value, std_err, np.where(silent, -1, self.source * len(other.table) + other.source), tuple(pairs))

    def estimate(self) -> Estimate:
        """As the front door gives it."""
        value, std_err = (v[()] if isinstance(v, np.ndarray) and v.ndim == 0 else v for v in (self.value, self.std_err))
        words = [*self.table, ("none", "none")]
        used = np.unique(self.source)
        xp = array_namespace(value)
        if used.size == 1:
            return Estimate(value, std_err, ~xp.isnan(value), *words[used[0]])
        method, theorem = (np.array([words[i][part] for i in (*range(len(self.table)), -1)]) for part in (0, 1))
        names = (w[self.source] if (w[used] != w[used[0]]).any() else str(w[used[0]]) for w in (method, theorem))
        return Estimate(value, std_err, ~xp.isnan(value), *names)


def silent_answer(question: Question, n: Any) -> Answer:
    """No answer at all."""
    shape = (*question.grid, *np.shape(n))
    return Answer(np.full(shape, np.nan), np.zeros(shape), np.full(shape, -1), ())


def closed_answer(question: Question, routes: Sequence[Route], n: Any) -> Answer:
    """By formula; nan where every route is silent."""
    closed = [r for r in routes if not r.is_drawn]
    if question.is_jax or is_traced(n):
        return _traced(question, [r for r in closed if r.traced or not is_traced(question.problem, n)], n)
    if isinstance(n, jax.Array):
        found = _plain_answer(question, closed, np.asarray(n, dtype=float))
        return replace(found, value=jax.numpy.asarray(found.value), std_err=jax.numpy.asarray(found.std_err))
    n = np.asarray(n, dtype=float)
    refuse_slow(question, closed, n)
    step = _sizes_at_once(question)
    if n.size <= step or question.paired:
        return _plain_answer(question, closed, n)
    flat = n.reshape(-1)
    parts = [_plain_answer(question, closed, flat[i : i + step]) for i in range(0, n.size, step)]
    value, source = (np.concatenate([getattr(p, name) for p in parts], axis=-1) for name in ("value", "source"))
    shape = (*question.grid, *n.shape)
    return Answer(value.reshape(shape), np.zeros(shape), source.reshape(shape), parts[0].table)


def _sizes_at_once(question: Question) -> int:
    """So many that what a formula holds per size, mode and cell stays far below a gigabyte."""
    p = question.problem
    modes = p.n_tasks**2 if isinstance(p, TaskFamily) else np.shape(p.modes.eigenvalue)[-1]
    return max(16, _NUMBERS_AT_ONCE // (max(modes, 16) * math.prod(question.grid)))


def _plain_answer(question: Question, closed: Sequence[Route], n: np.ndarray) -> Answer:
    shape = (*question.grid, *n.shape)
    value, source = np.full(shape, np.nan), np.full(shape, -1)
    for index, route in enumerate(closed):
        here = (source < 0) & np.asarray(route.at(question, n))
        if not here.any():
            continue
        if question.paired and (route.broadcasts or route.pairs):
            value = np.where(here, route.value(question, n), value)
        elif question.paired:
            for place in zip(*np.nonzero(here), strict=True):
                value[place] = route.value(question.cell(place), n[place])
        elif not question.grid:
            value[here] = route.value(question, n[here])
        elif route.broadcasts:
            columns = here.reshape(-1, shape[-1]).any(axis=0)
            value[..., columns] = np.where(here[..., columns], route.value(question, n[columns]), value[..., columns])
        else:
            for cell in np.ndindex(question.grid):
                if here[cell].any():
                    value[cell][here[cell]] = route.value(question.cell(cell), n[here[cell]])
        source[here] = index
    value += 0.0  # no −0
    return Answer(value, np.zeros(shape), source, tuple((r.method, r.theorem) for r in closed))


def _traced(question: Question, routes: Sequence[Route], n: Any) -> Answer:
    """The same with `where`: values and gradients come from the route that speaks, and from it alone."""
    n = n if n.dtype.kind == "f" else n.astype(float)
    source, chain = np.full(n.shape, -1), []
    left: Any = np.ones(n.shape, bool)  # where nothing has spoken yet; traced if a traced number decides
    for index, route in enumerate(routes):
        speaks = route.at(question, n)
        now = (speaks if is_traced(speaks) else np.asarray(speaks)) & left
        if not is_traced(now) and not np.any(now):
            continue
        chain.append((route, now))
        left = left & ~now
        if not is_traced(now):
            source[now] = index
    value: Any = np.full(n.shape, np.nan)
    for route, now in reversed(chain):
        everywhere = not is_traced(now) and bool(np.all(now))
        found = route.value(question, n if everywhere else route.inside(question, n, now))
        value = found + 0 * n if everywhere else where(now, found, value)
    zero = array_namespace(value).zeros_like(value)
    if any(is_traced(now) for _, now in chain):
        named = [dict.fromkeys(words) for words in zip(*((r.method, r.theorem) for r, _ in chain), strict=True)]
        return Answer(value, zero, np.zeros(n.shape, int), ((", ".join(named[0]), ", ".join(named[1])),))
    return Answer(value, zero, source, tuple((r.method, r.theorem) for r in routes))


def drawn_answer(
    question: Question, route: Route, n: Any, key: int, replicates: int, needed: Any = True, automatic: bool = False
) -> Answer:
    """By simulation, from a law or with training sets, where needed; each cell of a grid gets a seed of its own.

    automatic: nobody asked for a simulation: one of more than a few seconds is refused.
    """
    if question.traced or is_traced(n):
        raise MissingMethodError('method "simulate" needs plain values, not traced ones: call it outside jit and grad')
    n = np.asarray(n)
    shape = (*question.grid, *n.shape)
    value, std_err, needed = np.full(shape, np.nan), np.zeros(shape), np.broadcast_to(needed, shape)
    first = question.cell(tuple(0 for _ in question.grid)) if question.grid else question
    known = not automatic and len(first.contenders) == 1 and bool(routes_for(first, "asymptotic"))
    counts: Any = replicates
    if route.together and automatic:
        counts = np.broadcast_to(affordable(question if question.grid else first, route.method, n, replicates), shape)
    there = np.broadcast_to(n, shape)[needed]
    refuse_work(
        first,
        route.method,
        there,
        np.broadcast_to(counts, shape)[needed],
        automatic,
        known,
        route.together and bool(question.grid),
    )
    if route.together:
        value[...], std_err[...] = _drawn_together(question, route, n, key, np.broadcast_to(counts, shape), needed)
        return Answer(value, std_err, np.where(needed, 0, -1), ((route.method, route.theorem),))
    for cell in np.ndindex(question.grid):
        here = needed[cell]
        if not here.any():
            continue
        asked = question.cell(cell) if question.grid else question
        who = asked.contenders if len(asked.contenders) > 1 else asked.learner
        with jax.enable_x64(True):
            found = route.formula(asked.problem, who, n[here], key + question.number(cell), replicates)
        for array, numbers in zip((value, std_err), found, strict=True):
            array[cell if question.grid else ...][here] = numbers
    return Answer(value, std_err, np.where(needed, 0, -1), ((route.method, route.theorem),))


def _drawn_together(
    question: Question, route: Route, n: np.ndarray, key: int, counts: np.ndarray, needed: np.ndarray
) -> np.ndarray:
    """Values and errors: cells of one sample size are drawn on the same designs."""
    found = np.stack([np.full(needed.shape, np.nan), np.zeros(needed.shape)])
    cells = [(cell, question.cell(cell) if question.grid else question) for cell in np.ndindex(question.grid)]
    for place in np.ndindex(n.shape):
        some = [(cell, asked) for cell, asked in cells if needed[(*cell, *place)]]
        if not some:
            continue
        problems = [asked.problem for _, asked in some]
        who = [asked.contenders if len(asked.contenders) > 1 else asked.learner for _, asked in some]
        answers = route.formula(problems, who, int(n[place]), key, int(counts[(*some[0][0], *place)]))
        for (cell, _), *numbers in zip(some, *answers, strict=True):
            found[(slice(None), *cell, *place)] = numbers
    return found


def check_simulation(key: Any, replicates: Any) -> None:
    """Refuse what is no seed or no number of training sets."""
    whole = isinstance(replicates, int | np.integer) and is_real(replicates)
    if not whole or not 2 <= replicates <= _MOST_REPLICATES:
        refuse("replicates", f"a whole number ≥ 2 and ≤ {_MOST_REPLICATES:.0e}", replicates)
    seed("key", key)


Refused = list[MissingMethodError]


def _unless_refused(refused: Refused | None, draw: Callable[[], Answer]) -> Answer | None:
    """A simulation, or None if it would take too long and there is a list to say so in."""
    try:
        return draw()
    except MissingMethodError as error:
        if refused is None:
            raise
        refused.append(error)
        return None


def risk_answer(
    question: Question,
    n: Any,
    method: str = "auto",
    key: int = 0,
    replicates: int = 200,
    refused: Refused | None = None,
) -> Answer:
    """The risk, at each n by the strongest route that speaks there.

    refused: takes the errors of simulations that are too long, which are raised if it is None.
    """
    found = routes_for(question, method)
    if not found:
        raise missing(question, method)
    drawn = [r for r in found if r.is_drawn]
    if drawn == found:
        return drawn_answer(question, drawn[0], n, key, replicates, automatic=method == "auto")
    answer = closed_answer(question, found, n)
    if not drawn or question.traced or is_traced(n):
        return answer

    def draw() -> Answer:
        return drawn_answer(question, drawn[0], n, key, replicates, answer.silent, method == "auto")

    return answer.filled(lambda: _unless_refused(refused, draw))


def gain_answer(
    question: Question,
    n: Any,
    method: str = "auto",
    key: int = 0,
    replicates: int = 200,
    refused: Refused | None = None,
) -> Answer:
    """R_baseline − R_learner: both sides of one kind, exact wherever both are; by a theorem that pairs them if there is one."""
    if method in ("simulate", "designs"):
        return _drawn_gain(question, n, method, key, replicates)
    answer: Answer | None = None
    for kind in ("exact", "asymptotic") if method == "auto" else (method,):
        paired = routes_for(question, kind, TRANSFER_ROUTES)
        if paired:
            answer = _then(answer, partial(closed_answer, question, paired, n))
        if kind == EXACT or not paired:  # two approximations that a theorem pairs are not to be told apart
            answer = _then(answer, partial(_difference, question, kind, n))
    if answer is None and method != "auto":
        raise missing(question, method)
    if method != "auto" or question.traced or is_traced(n):
        return answer if answer is not None else _difference_of_best(question, n, key, replicates)
    drawn = routes_for(question, "simulate", TRANSFER_ROUTES)
    if answer is not None and drawn and drawn[0].method == LAW:  # a law pairs what two infinite means do not tell apart
        answer = replace(answer, source=np.where(np.isnan(answer.value), -1, answer.source))
    silent = True if answer is None else answer.silent
    if answer is None:
        return _mixed_gain(question, n, key, replicates, silent)
    return answer.filled(lambda: _unless_refused(refused, lambda: _mixed_gain(question, n, key, replicates, silent)))


def _then(answer: Answer | None, more: Callable[[], Answer | None]) -> Any:
    return more() if answer is None else answer.filled(more)


def _difference(question: Question, kind: str, n: Any) -> Answer | None:
    sides = [question.of(who) for who in question.contenders]
    found = [routes_for(side, kind) for side in sides]
    if not all(found):
        return None
    base, other = (closed_answer(side, routes, n) for side, routes in zip(sides, found, strict=True))
    return base.minus(other)


def _drawn_gain(question: Question, n: Any, method: str, key: int, replicates: int) -> Answer:
    paired = routes_for(question, method, TRANSFER_ROUTES)
    if paired:
        return drawn_answer(question, paired[0], n, key, replicates)
    base, other = (risk_answer(question.of(who), n, method, key, replicates) for who in question.contenders)
    return base.minus(other)


def _mixed_gain(question: Question, n: Any, key: int, replicates: int, silent: Any) -> Answer:
    """Where the two sides share no closed form: both simulated on the same data if that can be, else each side's best."""
    paired = routes_for(question, "simulate", TRANSFER_ROUTES)
    if paired:
        return drawn_answer(question, paired[0], n, key, replicates, silent, automatic=True)
    return _difference_of_best(question, n, key, replicates)


def _difference_of_best(question: Question, n: Any, key: int, replicates: int) -> Answer:
    base, other = (risk_answer(question.of(who), n, "auto", key, replicates) for who in question.contenders)
    return base.minus(other)

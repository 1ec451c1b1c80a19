"""From routes to numbers: each n, and each cell of a grid of problems, is answered by the first route that speaks there.

An answer never depends on what else was asked in the same call.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from lintransfer.arithmetic import array_namespace, kind_of, where
from lintransfer.errors import MissingMethodError, refuse
from lintransfer.estimates import Estimate, one_word
from lintransfer.routing.question import Question
from lintransfer.routing.route import Route
from lintransfer.validation import is_traced


def closed_answer(question: Question, routes: Sequence[Route], n: Any) -> Estimate:
    """By formula, at each n; nan, method "none", where every route is silent."""
    closed = [r for r in routes if not r.is_drawn]
    leaves = jax.tree_util.tree_leaves((question.problem, [list(vars(who).values()) for who in question.contenders]))
    if kind_of(n, *(leaf for leaf in leaves if not isinstance(leaf, str))) == "jax":
        return _traced(question, [r for r in closed if r.traced or not is_traced(question.problem, n)], n)
    shape = (*question.grid, *np.shape(n)) if question.grid else np.shape(n)
    value, source = np.full(shape, np.nan), np.full(shape, -1)
    for index, route in enumerate(closed):
        here = np.broadcast_to(np.asarray(route.at(question, n)), shape) & (source < 0)
        if not here.any():
            continue
        if question.grid:
            columns = here.reshape(-1, shape[-1]).any(axis=0)
            found = np.where(here[..., columns], route.value(question, n[columns]), value[..., columns])
            value[..., columns] = found
        else:
            value[here] = route.value(question, n[here])
        source[here] = index
    return _labelled(value, source, closed)


def _labelled(value: Any, source: np.ndarray, routes: Sequence[Route]) -> Estimate:
    zero = np.zeros_like(value)
    used = np.unique(source)
    if used.size == 1:
        words = _words(routes, int(used[0]))
    else:
        words = tuple(
            one_word(np.array([_words(routes, i)[which] for i in range(-1, len(routes))])[source + 1]) for which in (0, 1)
        )
    if value.ndim == 0:
        value, zero = value[()], zero[()]
    return Estimate(value, zero, ~np.isnan(value), *words)


def _words(routes: Sequence[Route], index: int) -> tuple[str, str]:
    return ("none", "none") if index < 0 else (routes[index].method, routes[index].theorem)


def _traced(question: Question, routes: Sequence[Route], n: Any) -> Estimate:
    """The same with `where`: values and gradients come from the route that speaks, and from it alone."""
    n = jax.numpy.asarray(n, dtype=float) if not isinstance(n, jax.Array) else n
    n = n if n.dtype.kind == "f" else n.astype(float)
    value, source, unknown = jax.numpy.full(n.shape, np.nan, n.dtype), np.full(n.shape, -1), False
    chain = []
    open_: Any = np.ones(n.shape, bool)
    for index, route in enumerate(routes):
        here = route.at(question, n)
        plain = not is_traced(here)
        here = np.asarray(here) if plain else here
        now = here & open_
        if not is_traced(now) and not np.any(now):
            continue
        chain.append((route, now))
        if is_traced(now):
            unknown = True
        else:
            source[np.broadcast_to(now, source.shape)] = index
        open_ = open_ & ~here
    for route, now in reversed(chain):
        everywhere = not is_traced(now) and np.all(now)
        found = route.value(question, n if everywhere else route.inside(question, n, now))
        value = found + 0 * n if everywhere else where(now, found, value)
    estimate = _labelled(np.zeros(n.shape), source, routes)
    words = estimate.method, estimate.theorem
    if unknown:
        words = tuple(", ".join(dict.fromkeys(_words(routes, routes.index(r))[which] for r, _ in chain)) for which in (0, 1))
    xp = array_namespace(value)
    return Estimate(value, xp.zeros_like(value), ~xp.isnan(value), *words)


def drawn_answer(question: Question, route: Route, n: Any, key: int, replicates: int) -> Estimate:
    """By simulation, law or training sets."""
    check_simulation(key, replicates)
    if question.traced or is_traced(n):
        raise MissingMethodError('method "simulate" needs plain values, not traced ones: call it outside jit and grad')
    who = question.contenders if len(question.contenders) > 1 else question.learner
    with jax.enable_x64(True):
        value, std_err = route.formula(question.problem, who, np.asarray(n), key, replicates)
    value, std_err = np.asarray(value, dtype=np.float64)[()], np.asarray(std_err, dtype=np.float64)[()]
    return Estimate(value, std_err, ~np.isnan(value), route.method, route.theorem)


def check_simulation(key: Any, replicates: Any) -> None:
    """Refuse what is no seed or no number of training sets."""
    if isinstance(replicates, bool) or not isinstance(replicates, int | np.integer) or replicates < 2:
        refuse("replicates", "a whole number ≥ 2", replicates)
    if isinstance(key, bool) or not isinstance(key, int | np.integer) or key < 0:
        refuse("key", "a whole number ≥ 0 (the seed)", key)


def completed(estimate: Estimate, n: Any, more: Any) -> Estimate:
    """The estimate, with what `more(sizes)` says at those n where it has no answer at all."""
    silent = np.asarray(estimate.method) == "none"
    silent = np.broadcast_to(silent, np.shape(n))
    if not silent.any():
        return estimate
    other = more(np.asarray(n)[silent])
    return patched(estimate, silent, other)


def patched(estimate: Estimate, where_: np.ndarray, other: Estimate) -> Estimate:
    """The estimate with other values (a list) put in where the mask says so."""
    if where_.all() and np.ndim(other.value) == 1:
        shape = where_.shape
        words = (w if isinstance(w, str) else w.reshape(shape) for w in (other.method, other.theorem))
        return Estimate(*(np.reshape(v, shape)[()] for v in (other.value, other.std_err, other.valid)), *map(one_word, words))
    numbers = []
    for old, new in ((estimate.value, other.value), (estimate.std_err, other.std_err), (estimate.valid, other.valid)):
        array = np.array(old)
        array[where_] = new
        numbers.append(array)
    words = []
    for old, new in ((estimate.method, other.method), (estimate.theorem, other.theorem)):
        array = np.broadcast_to(np.asarray(old, object), where_.shape).copy()
        array[where_] = new
        words.append(one_word(array))
    return Estimate(*numbers, *words)

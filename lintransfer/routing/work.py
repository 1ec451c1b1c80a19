"""What an answer will cost, predicted before it is begun: seconds and bytes, to within a small factor on one core.

`method="auto"` simulates where that takes a few seconds; who asks for a simulation gets one of up to half an hour, and five
minutes of a formula. More is refused in one line that says what to ask instead.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from lintransfer.designs import available_memory
from lintransfer.errors import DomainError, MissingMethodError, refuse
from lintransfer.models import DeepLinear, DiagonalLinear, ShallowReLU, TwoLayerLinear
from lintransfer.routing.question import Question
from lintransfer.routing.route import LAW, Route
from lintransfer.strategies import FineTune, LinearTransfer, ProbeThen, RandomFeatures, Scratch, model_of
from lintransfer.theory.deep_linear.unbalanced_chains import chain_imbalances

MOST_SECONDS = {"auto": 10.0, "auto, together": 60.0, "simulate": 1800.0, "formula": 300.0}  # of one call
_FLOP, _NORMAL, _ROTATION = (
    3e-10,
    2e-8,
    1e-8,
)  # seconds: of a product, of a normal number, per entry of a small spectrum
_KERNEL, _STEPS = 1e-7, 2e-7  # seconds: per entry of a ReLU Gram matrix, per weight and row of a finite network
_CHAIN = 0.02  # seconds to follow an unbalanced chain; it grows with the square of its stiffness
_LAYERS = 2.5e-6  # seconds: per weight of a two-layer network whose layers are both followed
_DIAGONAL = 3e-6  # seconds: per entry of a design on which a diagonal network is followed, far from n = d
_FEWEST = 8  # training sets that a simulation nobody asked for may shrink to
_SECONDS_OF_A_SIZE, _SECONDS_OF_A_CELL = 1.0, 0.02  # that it may take, where cells are drawn together
_COPIES = 6  # of a design or Gram matrix that are held at once


class Work(NamedTuple):
    """Seconds per training set, and bytes held at once, both of the shape of n."""

    seconds: Any
    bytes: Any


def predicted_work(question: Question, method: str, n: Any) -> Work:
    """What one training set of each size costs under a drawn route, which is a law or trains on designs.

    >>> from lintransfer.problems import TransferProblem
    >>> from lintransfer.routing.question import ask
    >>> from lintransfer.strategies import FineTune
    >>> q = ask(TransferProblem.isotropic(10**6, 0.5), FineTune(ridge=1.0))
    >>> bool(predicted_work(q, "law", 10**6).seconds > 3600 > 3600 * predicted_work(q, "law", 10).seconds)
    True
    """
    p, n = question.problem, np.asarray(n, dtype=float)
    models = [model_of(who) for who in question.contenders]
    learnt = [who for who in question.contenders if not isinstance(who, Scratch)]
    source = float(p.n_source or 0) if learnt else 0.0
    least = np.minimum(n, p.dim)
    if method == LAW:
        simple = all(_is_number(who.ridge, 0) and _is_number(getattr(who, "time", math.inf), math.inf) for who in
                     question.contenders)  # fmt: skip
        fit = _ROTATION * min(source, p.dim) ** 2 * (not _is_number(p.source_ridge, 0))
        few = simple or any(isinstance(m, DeepLinear) for m in models)
        return Work(1e-6 + fit + (0.0 if few else 1.0) * _ROTATION * least**2, 80.0 * (1.0 if few else least) + 0 * n)
    if p.mix is not None and any(_is_layered(who) for who in question.contenders):
        flows = sum(_follows(who) for who in question.contenders)
        per_flow = _LAYERS * (float(p.n_features or 0) + 1) * least * flows
        return Work(2e-4 + per_flow + 4 * _FLOP * n * p.dim * least * (n < p.dim), 8.0 * _COPIES * n * p.dim)
    if any(isinstance(who, RandomFeatures) for who in question.contenders):
        width = float(max(getattr(who, "width", 1) for who in question.contenders))
        rows, inner = n + 64.0, np.minimum(n, width)
        seconds = 1e-5 + _NORMAL * (width + rows) * p.dim + _FLOP * rows * width * (2 * p.dim + 2 * inner)
        return Work(seconds, 8.0 * _COPIES * 50 * (width * p.dim + rows * (p.dim + width)))
    diagonal = sum(isinstance(m, DiagonalLinear) for m in models)
    if diagonal:
        stiff = np.maximum(1 - n / p.dim, 1 / p.dim) ** -1.5
        return Work(
            1e-5 + diagonal * _DIAGONAL * n * p.dim * np.where(n < p.dim, stiff, 1.0), 8.0 * _COPIES * n * p.dim
        )
    members = max(getattr(who, "members", 1) for who in question.contenders)
    n = n * members
    rows = n + source
    drawn, biggest = rows * p.dim, np.maximum(n, source)
    if isinstance(models[0], ShallowReLU):
        if models[0].is_wide:
            seconds = _KERNEL * (n**2 + source**2 + n * source) + _FLOP / 3 * (n**3 + source**3) + _NORMAL * drawn
            return Work(seconds, 8.0 * _COPIES * biggest**2)
        return Work(_STEPS * rows * models[0].width * p.dim, 8.0 * _COPIES * biggest * (p.dim + models[0].width))
    if _through_gram(question):
        return Work(
            1e-5 + _NORMAL * least * p.dim + _FLOP * least * p.dim * (2 * least + p.dim * _is_dense(p)),
            8.0 * _COPIES * least * p.dim,
        )
    solved = np.minimum(biggest, p.dim)
    stopped = any(not _is_number(getattr(who, "time", math.inf), math.inf) for who in question.contenders)
    flops = (2 + 6 * stopped) * drawn * solved + (2 + 18 * stopped) * solved**3 + drawn * p.dim * _is_dense(p)
    seconds = 1e-5 + _NORMAL * drawn + _FLOP * flops + max(_chain(question, m) for m in models)
    return Work(seconds, 8.0 * _COPIES * biggest * p.dim)


def _is_layered(learner: Any) -> bool:
    return isinstance(model_of(learner), TwoLayerLinear)


def _follows(learner: Any) -> bool:
    """Whether both layers are trained, which has to be integrated."""
    who = learner.strategy if isinstance(learner, ProbeThen) else learner
    return isinstance(who, FineTune) and _is_layered(who)


def affordable(question: Question, method: str, n: Any, replicates: int) -> Any:
    """How many of the training sets a simulation that nobody asked for draws at each size, of the shape of n: as many as fit
    into the time of one answer, at least `_FEWEST`, whatever else is asked."""
    most = _SECONDS_OF_A_CELL if question.grid else _SECONDS_OF_A_SIZE
    fit = most / np.maximum(predicted_work(question, method, n).seconds, 1e-9)
    return np.clip(fit, min(replicates, _FEWEST), replicates).astype(int)


def refuse_work(
    question: Question,
    method: str,
    n: Any,
    replicates: Any,
    automatic: bool,
    asymptotic: bool = False,
    together: bool = False,
) -> None:
    """Refuse to simulate at the sizes n (k,) where that would take too long, or more memory than there is.

    replicates: one number, or one for each size.  automatic: nobody asked for a simulation.  asymptotic: there is a formula
    to ask instead.  together: of many cells.
    """
    work = predicted_work(question, method, n)
    needed, free = float(np.max(work.bytes)), available_memory()
    total, replicates = float(np.sum(replicates * work.seconds)), int(np.max(replicates))
    most = MOST_SECONDS[("auto, together" if together else "auto") if automatic else "simulate"]
    if needed <= free and total <= most:
        return
    cost = (
        f"about {_said(total)}" if needed <= free else f"{needed / 2**30:.3g} GiB, of which {free / 2**30:.3g} are free"
    )
    sizes = np.ravel(n)
    where = f"n = {sizes[0]:.6g}" if sizes.size == 1 else f"{sizes.size} sizes up to n = {sizes.max():.6g}"
    ways = ['method="asymptotic"'] * asymptotic + ["fewer or smaller n"]
    fit = int(replicates * MOST_SECONDS["simulate"] / total)
    if automatic and needed <= free and fit >= 2:
        ways.insert(0, f'method="simulate", replicates={min(fit, replicates)}')
    if not automatic and needed <= free and fit >= 2:
        ways.insert(0, f"replicates={fit} or fewer")
    said = f"{replicates} simulated training sets at {where} would take {cost}: ask {' or '.join(ways)}"
    if automatic:
        raise MissingMethodError(f'method "auto" has no formula for {question.learner!r} here, and {said}')
    raise DomainError(f"n must be within half an hour of simulation and the free memory; {said}")


def refuse_slow(question: Question, routes: Sequence[Route], n: Any) -> None:
    """Refuse so many values of a slow formula that they would take more than five minutes."""
    most, shape = MOST_SECONDS["formula"], (*question.grid, *np.shape(n))
    for route in (r for r in routes if r.seconds * math.prod(shape) > most):
        count = int(np.sum(np.broadcast_to(route.at(question, n), shape)))
        if count * route.seconds > most:
            took = f"{count}, for about {_said(count * route.seconds)}"
            refuse("n", f"few enough sizes for five minutes of {route.theorem}", got=took)


def _said(seconds: float) -> str:
    units = {"years": 3.15e7, "days": 86400.0, "hours": 3600.0, "minutes": 60.0}
    unit, length = next(((u, x) for u, x in units.items() if seconds >= 2 * x), ("seconds", 1.0))
    return f"{seconds / length:.2g} {unit}"


def _is_number(value: Any, number: float) -> bool:
    return not isinstance(value, str) and value == number


def _is_dense(p: Any) -> bool:
    v = p.vectors
    return v is not None and any(np.ndim(c) == 2 for c in (v.covariance, v.test_covariance, v.source_covariance))


def _through_gram(question: Question) -> bool:
    """Whether a triangular factor or a few rows stand for the design, so that n beyond d costs nothing."""
    alone = len(question.contenders) == 1 and not isinstance(question.learner, LinearTransfer)
    linear = alone and not isinstance(question.model, DeepLinear) and question.problem.is_gaussian
    known = isinstance(question.learner, Scratch) or question.problem.n_source is None
    return linear and known and _is_number(getattr(question.learner, "time", math.inf), math.inf)


def _chain(question: Question, model: Any) -> float:
    """Seconds to follow an unbalanced chain: the stiffer, the larger its imbalance beside its start."""
    if not isinstance(model, DeepLinear) or model.is_balanced:
        return 0.0
    start = float(question.problem.source_norm) ** (2 / float(model.depth))
    largest = max(float(d) for d in chain_imbalances(int(model.depth), model.imbalance))
    return _CHAIN * max(1.0, largest / start if start > 0 else 1.0) ** 2

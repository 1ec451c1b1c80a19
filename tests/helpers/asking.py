"""Asking the front door: answers or refusals, one size at a time, per element."""

from __future__ import annotations

from typing import Any

import numpy as np

import lintransfer as lt

CLOSED = ("exact", "asymptotic")


def outcome(verb: Any, *question: Any, **options: Any) -> Any:
    """The answer, or the class of the refusal that the contract allows; any other error is a fault."""
    try:
        return verb(*question, **options)
    except lt.LinTransferError as refusal:
        return type(refusal)


def refused(answer: Any) -> bool:
    """Whether the front door refused to answer."""
    return isinstance(answer, type)


def per_element(label: Any, shape: tuple[int, ...]) -> np.ndarray:
    """`method` or `theorem` of an estimate as an array of strings: one string stands for all elements."""
    return np.broadcast_to(np.asarray(label, dtype=object), shape)


def alone(verb: Any, problem: Any, learner: Any, sizes: Any, **options: Any) -> list[Any]:
    """The outcome of each size in a call of its own."""
    return [outcome(verb, problem, learner, int(n), **options) for n in np.ravel(sizes)]


def values_alone(problem: Any, learner: Any, sizes: Any, verb: Any = None, **options: Any) -> np.ndarray:
    """The value at each size in a call of its own; nan where it is refused."""
    found = alone(verb or lt.risk, problem, learner, sizes, **options)
    return np.array([np.nan if refused(one) else float(one.value) for one in found])


def method_of(estimate: Any) -> str:
    """The method of an answer at one size."""
    return str(per_element(estimate.method, ())[()])


def theorem_of(estimate: Any) -> str:
    """The theorem of an answer at one size."""
    return str(per_element(estimate.theorem, ())[()])


def unit_of(problem: Any) -> float:
    """Energy of the labels: what rounding is held against."""
    m = problem.modes
    energy = float(
        np.nansum(np.asarray(m.eigenvalue) * [m.source, m.target])
    )  # features without weights have no source
    tested = 1.0
    if problem.has_shift:
        spread = problem.vectors.test_covariance
        tested = (
            float(np.max(np.abs(spread)))
            * problem.dim
            / max(float(np.min(m.eigenvalue[m.eigenvalue > 0], initial=1.0)), 1e-6)
        )
    return (energy + problem.outputs * (problem.noise_std**2 + problem.source_noise_std**2)) * max(tested, 1.0)

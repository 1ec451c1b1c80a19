"""Answers over a grid, put together from blocks: numbers, where they come from, and who wins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from lintransfer.errors import MissingMethodError
from lintransfer.grids import Block
from lintransfer.routing.answers import Answer, Source, gain_answer
from lintransfer.routing.question import Question
from lintransfer.routing.route import ASYMPTOTIC, STRENGTH

_ASYMPTOTIC = STRENGTH.index(ASYMPTOTIC)


class Cells:
    """Answers over the whole grid, put together from blocks; sources are numbered in one table."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.value, self.std_err = np.full(shape, np.nan), np.zeros(shape)
        self.source = np.full(shape, -1)
        self.table: list[Source] = []

    def put(self, block: Block, answer: Answer) -> None:
        """Fill in a block."""
        place: tuple[Any, ...] = (*np.ix_(*block), slice(None)) if block else (slice(None),)
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
        return (
            ", ".join(shares) if len(used) > 1 else ", ".join(f"{self.table[i][1]} ({self.table[i][0]})" for i in used)
        )


class Contest:
    """Scores of all contenders, lower is better, of one kind in each cell: T where theorems pair them with the baseline."""

    def __init__(self, learners: int, shape: tuple[int, ...]) -> None:
        self.score = np.full((learners + 1, *shape), np.nan)

    def put(
        self,
        block: Block,
        questions: Sequence[Question],
        sides: Sequence[Answer],
        apart: Sequence[Answer],
        sizes: np.ndarray,
    ) -> None:
        """Scores of a block: minus the transferability; the risk where one of these is infinite or unknown, or where exact and
        asymptotic ones would be compared, whose baselines differ."""
        risks = [a.value for a in sides]
        with np.errstate(invalid="ignore"):
            gains = [
                np.where(surer(sides[0], side, a), sides[0].value - side.value, a.value)
                for side, a in zip(sides[1:], apart, strict=True)
            ]
        strengths = np.array([a.strength for a in apart])
        unlike = (strengths.max(axis=0) == _ASYMPTOTIC) & (strengths.min(axis=0) < _ASYMPTOTIC)
        if unlike.any():  # exact beside asymptotic: where all have it, let the asymptotic ones be compared
            other = [_maybe(partial(gain_answer, q, sizes, "asymptotic")) for q in questions]
            if all(o is not None for o in other):
                same = unlike & ~np.isnan(np.array([o.value for o in other])).any(axis=0)
                gains = [np.where(same, o.value, g) for o, g in zip(other, gains, strict=True)]
                unlike &= ~same
        clear = np.isfinite(np.array(gains)).all(axis=0) & ~unlike
        scores = [
            np.where(clear, 0.0, risks[0]),
            *(np.where(clear, -g, r) for g, r in zip(gains, risks[1:], strict=True)),
        ]
        place: tuple[Any, ...] = (*np.ix_(*block), slice(None)) if block else (slice(None),)
        for row, score in zip(self.score, scores, strict=True):
            row[place] = score

    @property
    def scale(self) -> np.ndarray:
        """What rounding is relative to."""
        return np.nanmax(np.where(np.isfinite(self.score), np.abs(self.score), 0.0), axis=0)


def surer(base: Any, side: Any, gain: Any) -> Any:
    """Where the difference from a baseline that is known tells more than two simulations on the same data."""
    known = (base.std_err == 0) & np.isfinite(base.value) & np.isfinite(side.value)
    return known & (side.std_err > 0) & (side.std_err < gain.std_err)


def _maybe(find: Callable[[], Any]) -> Any:
    try:
        return find()
    except MissingMethodError:
        return None


def flag_variable(dims: tuple[str, ...], many: Sequence[Cells], part: int) -> tuple[Any, ...]:
    """Methods or theorems per cell as small whole numbers, with what they mean beside them (−1: no answer)."""
    names = list(dict.fromkeys(word for cells in many for word in cells.words(part)))
    table = [np.array([*(names.index(word) for word in cells.words(part)), -1], np.int8) for cells in many]
    values = np.stack([numbers[cells.source] for numbers, cells in zip(table, many, strict=True)])
    meanings = " ".join(["none", *(name.replace(", ", "+") for name in names)])
    return dims, values, {"flag_values": np.arange(-1, len(names), dtype=np.int8), "flag_meanings": meanings}

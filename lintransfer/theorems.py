"""The table of theorems: every result, one row each, joined from the files of `lintransfer.table`."""

from __future__ import annotations

import copyreg
import difflib
import pkgutil
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from lintransfer.errors import UnknownNameError, in_one_line
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem

__all__ = ["THEOREMS", "Experiment", "Limit", "Mutant", "Theorem", "theorem"]

# In the order of the book: what concerns tasks, then one model after the other; by name within a family.
FAMILIES = ("tasks", "linear", "deep_linear", "two_layer_linear", "diagonal_linear", "shallow_relu")


def _topics() -> Iterator[Any]:
    """The modules `lintransfer.table.<family>.<topic>`."""
    for family in FAMILIES:
        package = import_module(f"lintransfer.table.{family}")
        for name in sorted(found.name for found in pkgutil.iter_modules(package.__path__)):
            yield import_module(f"{package.__name__}.{name}")


THEOREMS: tuple[Theorem, ...] = tuple(row for topic in _topics() for row in topic.ROWS)


def theorem(name: str) -> Theorem:
    """The row of the table with this name.

    Raises `UnknownNameError`, with close names, if there is none.
    """
    if not isinstance(name, str):
        raise UnknownNameError(f"name must be that of a theorem, got {in_one_line(name)}")
    for row in THEOREMS:
        if row.name == name:
            return row
    close = difflib.get_close_matches(str(name), [row.name for row in THEOREMS], n=3, cutoff=0.4)
    hint = f"; did you mean {', '.join(close)}?" if close else ""
    raise UnknownNameError(f"there is no theorem {in_one_line(name)}{hint} (lintransfer theorems lists them all)")


def _by_name(row: Theorem) -> Any:
    """Rows hold functions that cannot be pickled: one of the table travels by its name."""
    known = any(row is own for own in THEOREMS)
    return (theorem, (row.name,)) if known else row.__reduce_ex__(4)


copyreg.pickle(Theorem, _by_name)

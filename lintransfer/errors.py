"""Every way in which a user can be mistaken, one exception class each.

A message names the argument, the rule it broke and the value that was given, in one line.
"""

from __future__ import annotations

from typing import Any, NoReturn


class LinTransferError(Exception):
    """Base of every error that lintransfer raises on purpose; the command line turns it into exit status 2."""


class DomainError(LinTransferError, ValueError):
    """An argument lies outside its mathematical domain."""


class UnknownNameError(LinTransferError, LookupError):
    """A learner, method or theorem of that name does not exist."""


class MissingMethodError(LinTransferError, NotImplementedError):
    """This (strategy, model) pair has no such method; the message lists those it has."""


class DataFileError(LinTransferError, OSError):
    """A file cannot be read as what it should be, or cannot be written where it was asked for."""


def refuse(argument: str, rule: str, value: Any = None, *, got: str | None = None) -> NoReturn:
    """Raise the `DomainError` that says which argument broke which rule, and with what value (or, in words, `got`)."""
    raise DomainError(f"{argument} must be {rule}, got {in_one_line(value) if got is None else _cut(got)}")


def in_one_line(value: Any) -> str:
    """What a value looks like, in at most 80 characters of one line, whatever it is."""
    try:
        return _cut(repr(value))
    except Exception:  # an object that cannot be shown, a whole number of too many digits
        return f"a value of type {type(value).__name__}"


def _cut(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 80 else words[:77] + "..."

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
    shown = repr(value) if got is None else got
    if len(shown) > 80:
        shown = shown[:77] + "..."
    raise DomainError(f"{argument} must be {rule}, got {' '.join(shown.split())}")

"""The last size at which pooling helps: with m source rows D² is small enough, with m + 1 it is not."""

import sympy as sp

from .between_sizes import ALLOWED, ARGUMENTS, HERE, NEXT, n_source

__all__ = ["ARGUMENTS", "REGIME", "derive"]
REGIME = ALLOWED & (HERE > NEXT)


def derive() -> sp.Expr:
    return n_source

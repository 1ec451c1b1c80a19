"""The risk after the step at which it is least."""

import sympy as sp

from .greedy import ARGUMENTS, after, best, size

__all__ = ["ARGUMENTS", "derive"]


def derive():
    return sp.factor(after().subs(size, best()))

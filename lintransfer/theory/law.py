"""What every exact distribution can do."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

import numpy as np

from lintransfer.validation import real_numbers, whole_number
from lintransfer.validation import seed as as_seed


class Law(ABC):
    """A probability distribution on the real line, known exactly. Arguments x and q may be arrays of any shape.

    theorem: the row of the table of theorems that says so; "" if there is none.
    """

    theorem: str = ""

    @property
    @abstractmethod
    def support(self) -> tuple[float, float]:
        """Smallest and largest possible value."""

    @abstractmethod
    def mean(self) -> float:
        """Expectation; inf where it is infinite."""

    @abstractmethod
    def var(self) -> float:
        """Variance; inf where it is infinite."""

    @abstractmethod
    def _drawn(self, rng: np.random.Generator, size: Any) -> Any:
        """Independent draws of shape `size`: None for a number, a whole number, or a tuple of them."""

    def rvs(self, size: Any = None, seed: Any = None) -> Any:
        """Independent draws of shape `size`; seed: an int, a NumPy Generator, or None."""
        if isinstance(size, tuple | list):
            shape: Any = tuple(whole_number("size", k, 0) for k in size)
        else:
            shape = None if size is None else whole_number("size", size, 0)
        known = seed is None or isinstance(seed, np.random.Generator | np.random.BitGenerator | np.random.SeedSequence)
        return self._drawn(np.random.default_rng(seed if known else as_seed("seed", seed)), shape)

    @abstractmethod
    def _tail(self, x: np.ndarray, upper: bool) -> np.ndarray:
        """P(X > x) or P(X ≤ x) for x (m,), free of nan."""

    @abstractmethod
    def _quantile(self, q: np.ndarray) -> np.ndarray:
        """Quantiles for q (m,), strictly between 0 and 1."""

    def std(self) -> float:
        """Standard deviation."""
        return math.sqrt(self.var())

    def median(self) -> float:
        """The value that is exceeded with probability 1/2."""
        return float(self.ppf(0.5))

    def cdf(self, x: Any) -> Any:
        """P(X ≤ x)."""
        return _elementwise(lambda v: self._tail(v, False), x, "x")

    def sf(self, x: Any) -> Any:
        """P(X > x), without cancellation where it is small."""
        return _elementwise(lambda v: self._tail(v, True), x, "x")

    def ppf(self, q: Any) -> Any:
        """Quantile: the x with P(X ≤ x) = q; the ends of the support at q = 0 and 1, nan outside [0, 1]."""

        def inverse(p: np.ndarray) -> np.ndarray:
            found = np.where(p == 0, self.support[0], np.where(p == 1, self.support[1], math.nan))
            inside = (p > 0) & (p < 1)
            if inside.any():
                found[inside] = self._quantile(p[inside])
            return found

        return _elementwise(inverse, q, "q")


def _elementwise(function: Callable[[np.ndarray], np.ndarray], values: Any, argument: str) -> Any:
    """A function from (m,) to (m,) on an array of any shape, or on a number; nan stays nan."""
    array = np.asarray(real_numbers(argument, values, "a number, or an array of them"))
    flat = array.ravel()
    result = np.full(flat.shape, math.nan)
    known = ~np.isnan(flat)
    if known.any():
        result[known] = function(flat[known])
    return result.reshape(array.shape)[()]

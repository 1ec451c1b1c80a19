"""Exact distributions of risks, transferabilities and alignments, not only their means.

Every law has ``mean() var() std() median() cdf(x) sf(x) ppf(q) rvs(size, seed)``. Distribution functions come from
quadrature, never from sampling; `rvs` draws from NumPy's generator.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from lintransfer.errors import refuse
from lintransfer.theory.beta_quadrature import LogitBeta, logit_beta
from lintransfer.theory.distributions import (
    beta_plus_odds_tail,
    log_odds_quantile,
    projected_product_sf,
    quantile,
)
from lintransfer.theory.isotropic import min_norm_risk
from lintransfer.theory.source_alignment import source_alignment_second_moment, source_alignment_tail
from lintransfer.theory.source_cosine import source_cosine_squared
from lintransfer.validation import nonnegative, real_number, whole_number


class Law(ABC):
    """A probability distribution on the real line, known exactly. Arguments x and q may be arrays of any shape."""

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
    def rvs(self, size: Any = None, seed: Any = None) -> Any:
        """Independent draws of shape `size`; seed: an int, a NumPy Generator, or None."""

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
        return _elementwise(lambda v: self._tail(v, upper=False), x)

    def sf(self, x: Any) -> Any:
        """P(X > x), without cancellation where it is small."""
        return _elementwise(lambda v: self._tail(v, upper=True), x)

    def ppf(self, q: Any) -> Any:
        """Quantile: the x with P(X ≤ x) = q; the ends of the support at q = 0 and 1, nan outside [0, 1]."""

        def inverse(p: np.ndarray) -> np.ndarray:
            found = np.where(p == 0, self.support[0], np.where(p == 1, self.support[1], math.nan))
            inside = (p > 0) & (p < 1)
            if inside.any():
                found[inside] = self._quantile(p[inside])
            return found

        return _elementwise(inverse, q)


def _elementwise(function: Any, values: Any) -> Any:
    """function, which maps (m,) to (m,), on an array of any shape or a number; nan stays nan."""
    array = np.asarray(values, dtype=float)
    flat = array.ravel()
    result = np.full(flat.shape, math.nan)
    known = ~np.isnan(flat)
    if known.any():
        result[known] = function(flat[known])
    return result.reshape(array.shape)[()]


@dataclass(frozen=True)
class BetaRatioLaw(Law):
    """constant + a·Beta(p, q) + s·χ²_k/χ²_m, all independent: the law of every risk of isotropic least squares.

    constant: a number.  beta_scale, ratio_scale: a, s ≥ 0; a scale of 0 leaves its part out.
    beta_shapes: (p, q).  ratio_degrees: (k, m).
    """

    constant: float = 0.0
    beta_scale: float = 0.0
    beta_shapes: tuple[float, float] = (1.0, 1.0)
    ratio_scale: float = 0.0
    ratio_degrees: tuple[int, int] = (1, 1)

    def __str__(self) -> str:
        parts = [f"{self.constant:.6g}"] if self.constant or not (self.beta_scale or self.ratio_scale) else []
        if self.beta_scale:
            parts.append("{:.6g}·Beta({:g}, {:g})".format(self.beta_scale, *self.beta_shapes))
        if self.ratio_scale:
            parts.append("{:.6g}·χ²[{}]/χ²[{}]".format(self.ratio_scale, *self.ratio_degrees))
        return " + ".join(parts)

    @property
    def support(self) -> tuple[float, float]:
        return self.constant, math.inf if self.ratio_scale else self.constant + self.beta_scale

    def mean(self) -> float:
        p, q = self.beta_shapes
        k, m = self.ratio_degrees
        ratio = 0.0 if not self.ratio_scale else self.ratio_scale * k / (m - 2) if m > 2 else math.inf
        return self.constant + self.beta_scale * (p / (p + q)) + ratio

    def var(self) -> float:
        p, q = self.beta_shapes
        k, m = self.ratio_degrees
        size = p + q
        bounded = self.beta_scale**2 * (p / size) * (q / size) / (size + 1)
        if not self.ratio_scale:
            return bounded
        heavy = 2 * (k / (m - 2)) * ((k + m - 2) / (m - 2)) / (m - 4) if m > 4 else math.inf
        return bounded + self.ratio_scale**2 * heavy

    def rvs(self, size: Any = None, seed: Any = None) -> Any:
        rng = np.random.default_rng(seed)
        value = self.constant + np.zeros(() if size is None else size)
        if self.beta_scale:
            value = value + self.beta_scale * rng.beta(*self.beta_shapes, size=size)
        if self.ratio_scale:
            k, m = self.ratio_degrees
            value = value + self.ratio_scale * rng.chisquare(k, size=size) / rng.chisquare(m, size=size)
        return value[()]

    @property
    def _beta(self) -> LogitBeta:
        return logit_beta(*self.beta_shapes)

    @property
    def _odds(self) -> LogitBeta:
        k, m = self.ratio_degrees
        return logit_beta(k / 2, m / 2)

    def _tail(self, x: np.ndarray, upper: bool) -> np.ndarray:
        x = x - self.constant
        if self.beta_scale and self.ratio_scale:
            return beta_plus_odds_tail(x, self.beta_scale, self._beta, self.ratio_scale, self._odds, upper)
        if self.ratio_scale:
            odds, law = np.maximum(x, 0.0) / self.ratio_scale, self._odds
        elif self.beta_scale:
            share = np.clip(x / self.beta_scale, 0.0, 1.0)
            odds, law = share / np.maximum(1 - share, 1e-300), self._beta
        else:
            return np.where((x < 0) == upper, 1.0, 0.0)
        tail = law.sf(odds) if upper else law.cdf(odds)
        return np.where(np.isinf(odds) | (odds >= 1e300), 0.0 if upper else 1.0, tail)

    def _quantile(self, q: np.ndarray) -> np.ndarray:
        bounded, heavy = np.zeros_like(q), np.zeros_like(q)
        if self.beta_scale:
            bounded = self.beta_scale * expit(log_odds_quantile(self._beta, q))
        if self.ratio_scale:
            heavy = self.ratio_scale * np.exp(log_odds_quantile(self._odds, q))
        if not (self.beta_scale and self.ratio_scale):
            return self.constant + bounded + heavy
        # X ≤ x makes both parts ≤ x; and X > x₁ + x₂ makes one part exceed its share.
        beyond = (1 + q) / 2
        low = np.log(np.maximum(bounded, heavy))
        high = np.log(
            self.beta_scale * expit(log_odds_quantile(self._beta, beyond))
            + self.ratio_scale * np.exp(log_odds_quantile(self._odds, beyond))
        )

        def tail(log_x: np.ndarray, upper: bool) -> np.ndarray:
            return self._tail(self.constant + np.exp(log_x), upper)

        return self.constant + np.exp(quantile(tail, q, low - 1e-9, high + 1e-9))

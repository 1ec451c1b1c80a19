"""The law of every risk of isotropic least squares."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.special import expit

from lintransfer.numerics.beta_quadrature import LogitBeta, logit_beta
from lintransfer.numerics.distributions import beta_plus_odds_tail, log_odds_quantile, quantile
from lintransfer.theory.law import Law

_CERTAIN_ODDS = 1e300


@dataclass(frozen=True)
class BetaRatioLaw(Law):
    """constant + a·Beta(p, q) + s·χ²_k/χ²_m, all independent.

    constant: a number.  beta_scale, ratio_scale: a, s ≥ 0; a scale of 0 leaves its part out.
    beta_shapes: (p, q).  ratio_degrees: (k, m).

    >>> print(BetaRatioLaw(0.5, 0.4, (6.0, 4.0), 0.04, (8, 13)))
    0.5 + 0.4·Beta(6, 4) + 0.04·χ²[8]/χ²[13]
    """

    constant: float = 0.0
    beta_scale: float = 0.0
    beta_shapes: tuple[float, float] = (1.0, 1.0)
    ratio_scale: float = 0.0
    ratio_degrees: tuple[int, int] = (1, 1)
    theorem: str = field(default="", kw_only=True, repr=False, compare=False)

    def __str__(self) -> str:
        parts = [f"{self.constant:.6g}"] if self.constant or not (self.beta_scale or self.ratio_scale) else []
        if self.beta_scale:
            parts.append("{:.6g}·Beta({:.12g}, {:.12g})".format(self.beta_scale, *self.beta_shapes))
        if self.ratio_scale:
            parts.append("{:.6g}·χ²[{}]/χ²[{}]".format(self.ratio_scale, *self.ratio_degrees))
        return " + ".join(parts)

    @property
    def support(self) -> tuple[float, float]:
        return self.constant, math.inf if self.ratio_scale else self.constant + self.beta_scale

    def mean(self) -> float:
        p, q = self.beta_shapes
        k, m = self.ratio_degrees
        ratio = 0.0 if not self.ratio_scale else self.ratio_scale * (k / (m - 2)) if m > 2 else math.inf
        return self.constant + self.beta_scale * (p / (p + q)) + ratio

    def var(self) -> float:
        (p, q), (k, m) = self.beta_shapes, self.ratio_degrees
        size = p + q
        bounded = self.beta_scale**2 * (p / size) * (q / size) / (size + 1)
        if not self.ratio_scale:
            return bounded
        heavy = 2 * (k / (m - 2)) * ((k + m - 2) / (m - 2)) / (m - 4) if m > 4 else math.inf
        return bounded + self.ratio_scale**2 * heavy

    def _drawn(self, rng: np.random.Generator, size: Any) -> Any:
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
        return self._excess_tail(x - self.constant, upper)

    def _excess_tail(self, x: np.ndarray, upper: bool) -> np.ndarray:
        """The tails of the law without its constant, which would swallow a small x."""
        if self.beta_scale and self.ratio_scale:
            return beta_plus_odds_tail(x, self.beta_scale, self._beta, self.ratio_scale, self._odds, upper)
        if self.ratio_scale:
            odds, law = np.maximum(x, 0.0) / self.ratio_scale, self._odds
        elif self.beta_scale:
            share = np.clip(x / self.beta_scale, 0.0, 1.0)
            odds, law = share / np.maximum(1 - share, 1 / _CERTAIN_ODDS), self._beta
        else:
            return np.where((x < 0) == upper, 1.0, 0.0)
        tail = law.sf(odds) if upper else law.cdf(odds)
        return np.where(odds >= _CERTAIN_ODDS, 0.0 if upper else 1.0, tail)

    def _quantile(self, q: np.ndarray) -> np.ndarray:
        bounded, heavy = self._parts_at(q, upper=False)
        if not (self.beta_scale and self.ratio_scale):
            return self.constant + bounded + heavy
        # X ≤ x makes both parts ≤ x, and X > x₁ + x₂ makes one of them exceed its share.
        low = np.log(np.maximum(bounded, heavy))
        high = np.log(np.sum(self._parts_at((1 - q) / 2, upper=True), axis=0))

        def tail(log_x: np.ndarray, upper: bool) -> np.ndarray:
            return self._excess_tail(np.exp(log_x), upper)

        return self.constant + np.exp(quantile(tail, q, low - 1e-9, high + 1e-9))

    def _parts_at(self, probability: np.ndarray, upper: bool) -> tuple[np.ndarray, np.ndarray]:
        """The values that the Beta part and the ratio part pass with this probability, upwards or downwards."""

        def log_odds(law: LogitBeta) -> np.ndarray:
            if upper:  # the odds of 1 − B are one over those of B
                return -log_odds_quantile(logit_beta(law.q, law.p), probability)
            return log_odds_quantile(law, probability)

        none = np.zeros(probability.shape)
        bounded = self.beta_scale * expit(log_odds(self._beta)) if self.beta_scale else none
        heavy = self.ratio_scale * np.exp(log_odds(self._odds)) if self.ratio_scale else none
        return bounded, heavy

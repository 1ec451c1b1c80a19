"""The law of the transferability of linear fine-tuning, both learners on the same data."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from lintransfer.numerics.beta_quadrature import LogitBeta, logit_beta
from lintransfer.numerics.distributions import projected_product_sf, quantile
from lintransfer.theory.law import Law
from lintransfer.theory.linear.isotropic import fine_tuning_transferability, fine_tuning_transferability_variance

_ROUNDING = 4e-16
_FAR = 45.0  # standard deviations that hold all but 1e-300 of the law


@dataclass(frozen=True)
class PairedTransferabilityLaw(Law):
    r"""T = θ_SᵀQ(2θ_T − θ_S), Q the projector off the row space of n samples, for 0 < n < d.

    T = αb + β√(b(1−b))·z with α = 2stc − s², β² = 4(s²t² − (stc)²), b ~ Beta((d−n)/2, n/2), and z the first coordinate
    of a uniform point on S^{d−2}. ``law.sf(0.0)`` is the probability that transfer helps.

    n, dim: n and d.  source_energy, cross_energy, target_energy: s², stc, t².
    """

    n: int
    dim: int
    source_energy: float
    cross_energy: float
    target_energy: float
    theorem = "paired-transferability-law"

    def __str__(self) -> str:
        return f"{self.along:.6g}·b + {self.aside:.6g}·√(b(1−b))·z, b ~ {self._shape_text}, z on S^{self.dim - 2}"

    @property
    def _shape_text(self) -> str:
        return f"Beta({(self.dim - self.n) / 2:.12g}, {self.n / 2:.12g})"

    @property
    def along(self) -> float:
        """α = θ_S·(2θ_T − θ_S)."""
        return 2 * self.cross_energy - self.source_energy

    @property
    def aside(self) -> float:
        """β ≥ 0, twice the area that the two teachers span; 0 if they are parallel up to rounding."""
        product = self.source_energy * self.target_energy
        area = product - self.cross_energy**2
        return 2 * math.sqrt(area) if area > _ROUNDING * product else 0.0

    @property
    def support(self) -> tuple[float, float]:
        reach = math.hypot(self.along, self.aside)
        return (self.along - reach) / 2, (self.along + reach) / 2

    def mean(self) -> float:
        return float(fine_tuning_transferability(self.n, self.dim, self.source_energy, self.cross_energy))

    def var(self) -> float:
        energies = self.source_energy, self.cross_energy, self.target_energy
        return float(fine_tuning_transferability_variance(self.n, self.dim, *energies))

    def _drawn(self, rng: np.random.Generator, size: Any) -> Any:
        b = rng.beta((self.dim - self.n) / 2, self.n / 2, size=size)
        first = rng.standard_normal(size)
        others = rng.chisquare(self.dim - 2, size=size) if self.dim > 2 else 0.0
        return self.along * b + self.aside * np.sqrt(b * (1 - b)) * (first / np.sqrt(first**2 + others))

    @property
    def _beta(self) -> LogitBeta:
        return logit_beta((self.dim - self.n) / 2, self.n / 2)

    def _tail(self, x: np.ndarray, upper: bool) -> np.ndarray:
        low, high = self.support
        sign = 1.0 if upper else -1.0
        inside = np.clip(x, low, high)
        tail = projected_product_sf(sign * inside, sign * self.along, self.aside, self._beta, self.dim)
        tail = np.where(x >= high, 0.0 if upper else 1.0, tail)
        return np.where(x <= low, 1.0 if upper else 0.0, tail)

    def _quantile(self, q: np.ndarray) -> np.ndarray:
        reach = _FAR * self.std()
        low, high = max(self.support[0], self.mean() - reach), min(self.support[1], self.mean() + reach)
        return quantile(self._tail, q, np.full(q.shape, low), np.full(q.shape, high))

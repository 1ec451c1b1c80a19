"""The law of how well a source that was fitted to finitely many samples points along its teacher."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from lintransfer.laws.law import Law
from lintransfer.theory.beta_quadrature import logit_beta
from lintransfer.theory.distributions import log_odds_quantile, quantile
from lintransfer.theory.source_alignment import source_alignment_second_moment, source_alignment_tail
from lintransfer.theory.source_cosine import source_cosine_squared

_LOWEST, _HIGHEST = -650.0, 36.7  # log-odds of the smallest and the largest A that floats can hold


@dataclass(frozen=True)
class SourceAlignmentLaw(Law):
    """Squared cosine A between the min-norm (least-squares) fit of n_S noisy samples and its teacher, Σ = I.

    n_source: n_S ≥ 2.  dim: d ≥ 2.  relative_noise: σ_S²/s² > 0.
    """

    n_source: int
    dim: int
    relative_noise: float
    theorem = "source-alignment-law"

    @property
    def support(self) -> tuple[float, float]:
        return 0.0, 1.0

    def mean(self) -> float:
        return float(source_cosine_squared(self.n_source, self.dim, self.relative_noise))

    def var(self) -> float:
        """Variance; a difference, with relative error about d·1e-14."""
        return source_alignment_second_moment(self.n_source, self.dim, self.relative_noise) - self.mean() ** 2

    def rvs(self, size: Any = None, seed: Any = None) -> Any:
        rng = np.random.default_rng(seed)
        rank = min(self.n_source, self.dim)
        missing = self.dim - rank
        seen = rng.beta(rank / 2, missing / 2, size=size) if missing else 1.0
        strength = rng.chisquare(abs(self.dim - self.n_source) + 1, size=size) / self.relative_noise
        first = rng.standard_normal(size) + np.sqrt(seen * strength)
        return seen * first**2 / (first**2 + rng.chisquare(rank - 1, size=size))

    def _tail(self, x: np.ndarray, upper: bool) -> np.ndarray:
        return source_alignment_tail(x, self.n_source, self.dim, self.relative_noise, upper)

    def _quantile(self, q: np.ndarray) -> np.ndarray:
        high = np.full(q.shape, _HIGHEST)
        if self.n_source < self.dim:  # A is at most the share of the teacher that the design sees
            seen = logit_beta(self.n_source / 2, (self.dim - self.n_source) / 2)
            high = np.minimum(high, log_odds_quantile(seen, q) + 1e-9)

        def tail(log_odds: np.ndarray, upper: bool) -> np.ndarray:
            return self._tail(expit(log_odds), upper)

        return expit(quantile(tail, q, np.full(q.shape, _LOWEST), high))

"""Laws of fine-tuning a deep linear network at any finite (n, d), from six scalars per training.

The map from scalars to risk is exact, but the law of its value has no closed form: the scalars are drawn, at a cost
that depends on neither n nor d, and the distribution function is the empirical one of a fixed number of draws.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from lintransfer.errors import refuse
from lintransfer.theory.deep_linear.moments import risk_from_scalars, seen_block
from lintransfer.theory.law import Law
from lintransfer.validation import nonnegative, whole_number


class Scalars(NamedTuple):
    """Independent draws, each (size,): see the function of the same arguments in the theory of deep moments.

    first ~ Beta(n/2, (d−n)/2).  second ~ Beta((n−1)/2, (d−n)/2), 0 for n = 1.  angle: first coordinate of a uniform
    point on the sphere in R^{d−n}.  noise_energy: σ²χ²_n/χ²_{d−n+1}.  noise_cosine: the same coordinate in R^n.
    """

    first: np.ndarray
    second: np.ndarray
    angle: np.ndarray
    noise_energy: np.ndarray
    noise_cosine: np.ndarray


def draw_scalars(rng: np.random.Generator, size: int, n: int, dim: int, noise_std: float = 0.0) -> Scalars:
    """Draw the scalars of `size` trainings with 1 ≤ n < d.

    >>> draw_scalars(np.random.default_rng(0), 3, 1, 2).second.tolist()
    [0.0, 0.0, 0.0]
    """
    missing = dim - n
    first = rng.beta(n / 2, missing / 2, size)
    second = rng.beta((n - 1) / 2, missing / 2, size) if n > 1 else np.zeros(size)
    angle = sphere_coordinate(rng, missing, size)
    if noise_std == 0:
        return Scalars(first, second, angle, np.zeros(size), np.zeros(size))
    energy = noise_std**2 * rng.chisquare(n, size) / rng.chisquare(missing + 1, size)
    return Scalars(first, second, angle, energy, sphere_coordinate(rng, n, size))


def least_squares_scalars(rng: np.random.Generator, size: int, n: int, dim: int, noise_std: float) -> np.ndarray:
    """Risks of least squares, n ≥ d, where source and depth are forgotten: σ²χ²_d/χ²_{n−d+1}, (size,)."""
    return noise_std**2 * rng.chisquare(dim, size) / rng.chisquare(n - dim + 1, size)


def sphere_coordinate(rng: np.random.Generator, dim: int, size: int) -> np.ndarray:
    """First coordinate of a uniform point on the unit sphere of R^dim; ±1 for dim = 1."""
    if dim == 1:
        return rng.choice([-1.0, 1.0], size)
    return 2 * rng.beta((dim - 1) / 2, (dim - 1) / 2, size) - 1


_DRAWS = 1 << 18


@dataclass(frozen=True, eq=False)
class SampledLaw(Law):
    """An empirical law of 2¹⁸ draws: distribution functions to about 0.001, means to 0.2 % of a standard deviation.

    draws: sorted, (m,).  drawer: (rng, size) -> fresh draws (size,), which `rvs` uses.  finite: whether mean and variance
    are finite, which no number of draws tells.
    """

    draws: np.ndarray
    drawer: Any
    finite: tuple[bool, bool] = (True, True)
    theorem: str = field(default="", kw_only=True)

    @property
    def support(self) -> tuple[float, float]:
        """The smallest and the largest draw."""
        return float(self.draws[0]), float(self.draws[-1])

    def mean(self) -> float:
        """Mean of the draws, inf where the true one is: for n = d − 1 with noise, and for n < 3 at infinite depth."""
        return float(self.draws.mean()) if self.finite[0] else math.inf

    def var(self) -> float:
        """Variance of the draws, inf where the true one is: for n ≥ d − 3 with noise, and for n < 5 at infinite depth."""
        return float(self.draws.var()) if self.finite[1] else math.inf

    def _drawn(self, rng: np.random.Generator, size: Any) -> Any:
        """Fresh draws of shape `size`, exact."""
        count = 1 if size is None else int(np.prod(size))
        drawn = self.drawer(rng, count)
        return float(drawn[0]) if size is None else drawn.reshape(size)

    def _tail(self, x: np.ndarray, upper: bool) -> np.ndarray:
        below = np.searchsorted(self.draws, x, side="right") / len(self.draws)
        return 1 - below if upper else below

    def _quantile(self, q: np.ndarray) -> np.ndarray:
        return np.quantile(self.draws, q)


@dataclass(frozen=True)
class _Trainings:
    """Draws of a risk, or of a transferability if paired: what a `SampledLaw` keeps, in a form that can be pickled."""

    paired: bool
    n: int
    dim: int
    depth: Any
    source: Any
    cross: Any
    target: Any
    noise: float

    def __call__(self, rng: np.random.Generator, size: int) -> np.ndarray:
        paired, n, dim, source, cross, target = self.paired, self.n, self.dim, self.source, self.cross, self.target
        if n == 0:
            value = 2 * cross - source if paired else source - 2 * cross + target
            return np.full(size, float(value))
        if n >= dim:
            return np.zeros(size) if paired else least_squares_scalars(rng, size, n, dim, self.noise**0.5)
        scalars = draw_scalars(rng, size, n, dim, self.noise**0.5)
        parts = risk_from_scalars(self.depth, source, cross, target, seen_block(*scalars[:3]), *scalars[3:])
        return np.asarray(parts.scratch - parts.risk if paired else parts.risk)


def deep_risk_law(
    n: Any, dim: Any, depth: Any, source_energy: Any, cross_energy: Any, target_energy: Any, noise_variance: Any = 0.0
) -> SampledLaw:
    r"""Law of the risk of fine-tuning a balanced rank-one network of depth L, noise included, Σ = I.

    n: samples ≥ 0.  dim: d ≥ 2.  depth: L ≥ 1, real, or inf.  source_energy, cross_energy, target_energy: s² > 0, stc,
    t².  noise_variance: σ².
    Source: not found in the literature (`lintransfer.theory.deep_linear.moments.risk_from_scalars`).

    >>> law = deep_risk_law(57, 500, 2, 1.0, 0.8, 1.0, 0.04)
    >>> round(law.mean(), 2)
    0.36
    """
    return _law(False, n, dim, depth, source_energy, cross_energy, target_energy, noise_variance)


def deep_transferability_law(
    n: Any, dim: Any, depth: Any, source_energy: Any, cross_energy: Any, target_energy: Any, noise_variance: Any = 0.0
) -> SampledLaw:
    """Law of the transferability against min-norm scratch on the same data; arguments as in `deep_risk_law`.

    >>> law = deep_transferability_law(57, 500, 2, 1.0, 0.8, 1.0, 0.04)
    >>> round(float(law.sf(0.0)), 2)
    1.0
    """
    return _law(True, n, dim, depth, source_energy, cross_energy, target_energy, noise_variance)


def _law(
    paired: bool, n: Any, dim: Any, depth: Any, source: Any, cross: Any, target: Any, noise_variance: Any
) -> SampledLaw:
    n, dim = whole_number("n", n, 0), whole_number("dim", dim, 2)
    noise = float(nonnegative("noise_variance", noise_variance))
    if not depth >= 1:
        refuse("depth", "a number ≥ 1", depth)
    if not source > 0:
        refuse("source_energy", "a number > 0: a zero network does not train", source)
    draw = _Trainings(paired, n, dim, depth, source, cross, target, noise)
    name = "deep-transferability-law" if paired else "deep-risk-law" if n < dim else "least-squares-law"
    gap = abs(dim - n) + 1  # degrees of freedom of the χ² that noise is divided by
    noisy = noise > 0 and n > 0 and not paired
    apart = noise > 0 or cross * cross < (1 - 1e-14) * source * target
    endless = depth == math.inf and 0 < n < dim and apart
    finite = [not (noisy and gap <= 2 * k) and not (endless and n < 2 * k + 1) for k in (1, 2)]
    return SampledLaw(np.sort(draw(np.random.default_rng(0), _DRAWS)), draw, (finite[0], finite[1]), theorem=name)

r"""The least risk that any learner can reach, and the information that the data carry: teachers drawn from a Gaussian.

With θ ~ N(0, (ρ²/d)I), x ~ N(0, I) and noise σ² the posterior is Gaussian, and n, d large make it isotropic: the data
act as n/d·snr/(1 + snr e) units of precision per coordinate, snr = ρ²/σ², where e is the share of ρ² that stays
unknown. A related source adds its own precision. Shares are ratios u/v = ρ²/σ² with max(u, v) = 1 throughout, so that
noise 0 and unlimited data are ordinary values. For fixed teachers these floors hold for learners that do not care in
which basis the inputs are written (rotation-equivariant ones) and know the norms, the overlap and the noise.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.arithmetic import kind_of, log1p, maximum, minimum, ratio_where, sqrt, where
from lintransfer.errors import refuse
from lintransfer.numerics.brackets import bracketed_root
from lintransfer.numerics.entries import kind_of_entries, plain

_INFINITY = float("inf")
_MARGIN = 1e-9  # widens bounds of a root that may be the root itself
_TINY = 1e-300


def scratch_floor(n: Any, dim: Any, snr: Any) -> Any:
    r"""Bayes-optimal share of the target energy that n target samples leave unknown, with no source.

    .. math:: e_0 = \frac{2}{b + \sqrt{b^2 + 4\,\mathrm{snr}}}, \qquad b = 1 + \mathrm{snr}\,(n/d - 1)

    n: sample size ≥ 0, inf allowed.  dim: d ≥ 1.  snr: ρ²/σ² ≥ 0, inf without noise.  All broadcast.
    Returns e_0 in [0, 1]; the risk is ρ²e_0, that of the best ridge λ = dσ²/ρ². (1 − n/d)₊ without noise, 1 at n = 0.
    Asymptotic, error O(1/d), Σ = I. Source: Dicker (arXiv 1601.03900), Dobriban & Wager (1507.03003).

    >>> float(scratch_floor(5, 10, float("inf"))), float(scratch_floor(10, 10, 2.0))
    (0.5, 0.5)
    """
    return unknown_share(where(snr > 0, n, 0), dim, *_ratio(snr))[0]


def scratch_information(n: Any, dim: Any, snr: Any) -> Any:
    r"""Mutual information between teacher and n labelled samples, in nats, with no source.

    .. math:: I = \tfrac{d}{2}\Bigl[\tfrac nd \ln(1 + \mathrm{snr}\,e_0) - \ln e_0 + e_0 - 1\Bigr], \qquad
        \frac{dI}{d\,\mathrm{snr}} = \frac{d}{2}\,\frac{1 - e_0}{\mathrm{snr}}

    Arguments as in `scratch_floor`. Returns I ≥ 0, between (d/2) ln(1/e_0) and (d/2) ln(1 + n·snr/d); inf without noise
    (n > 0) or with unlimited data.
    Asymptotic, error O(1) nats, Σ = I. Source: Verdú & Shamai (1999); the derivative is Guo, Shamai & Verdú
    (cs/0412108).

    >>> round(float(scratch_information(10, 10, 2.0)) / 10, 6)  # ½[ln 2 − ln ½ − ½]
    0.443147
    """
    learns = (n > 0) & (snr > 0)
    finite = (n < _INFINITY) & (snr < _INFINITY)
    size, strength, rest = where(finite, n, 0), *_ratio(where(finite, snr, 1))
    share, ratio = unknown_share(size, dim, strength, rest)
    precision = size * strength / (dim * (rest + strength * share))
    value = size * log1p(ratio) + dim * (log1p(precision) - precision / (1 + precision))
    return where(finite, value / 2, where(learns, _INFINITY, 0 * value))


def transfer_floor(
    n: Any,
    n_source: Any,
    dim: Any,
    overlap: Any,
    target_norm: Any = 1.0,
    source_norm: Any = 1.0,
    noise_variance: Any = 0.0,
    source_noise_variance: Any = 0.0,
) -> Any:
    r"""Bayes-optimal risk on the target, given samples of source and target whose teachers have correlation c.

    .. math:: e = \frac{a}{1+ka} + \frac{c^2\,e_0(\mathrm{snr}', n_S/d)}{(1+ka)(1+k)}, \quad
        k = \frac{(n/d)\,\mathrm{snr}_T}{1 + \mathrm{snr}_T e}, \quad
        \mathrm{snr}' = \mathrm{snr}_S\,\frac{1+ka}{1+k}, \quad a = 1 - c^2

    n, n_source: sample sizes ≥ 0, inf allowed.  dim: d ≥ 1.  overlap: c between −1 and 1, whose sign does not matter.
    target_norm, source_norm: t, s ≥ 0 (the square roots of the prior variances).  noise_variance,
    source_noise_variance: σ², σ_S² ≥ 0.  All broadcast; a grid in one call.
    Returns t²e with the only root 0 < e ≤ 1. c = 0: `scratch_floor`; c = ±1 with equal snr: that of n + n_S samples;
    n = 0: t²(a + c²e_0(snr_S, n_S/d)); known source: t²a e_0(a·snr_T, n/d).
    Asymptotic (the Bayes risk at finite d lies above it by O(1/d) in all cases simulated), Σ = I. For fixed teachers it
    is the floor of rotation-equivariant learners that know c, the norms and the noise. Raises `DomainError`.
    Source: its row of the table.

    >>> round(float(transfer_floor(0, 5, 10, 0.8)), 12), float(transfer_floor(20, 5, 10, 0.8))
    (0.68, 0.0)
    """
    given = as_arrays(n, n_source, dim, overlap, target_norm, source_norm, noise_variance, source_noise_variance)
    check_pair(*given)
    return plain(given[4] * given[4] * _Transfer(*given).share)


def source_information(
    n_source: Any, dim: Any, overlap: Any, source_norm: Any = 1.0, source_noise_variance: Any = 0.0
) -> Any:
    r"""Information of the source data about the target's teacher, in nats.

    .. math:: I(\theta_T; D_S) = \tfrac d2\,[V(\mathrm{snr}_S, n_S/d) - V(a\,\mathrm{snr}_S, n_S/d)], \qquad a = 1 - c^2

    with V = (2/d)·`scratch_information`. Arguments as in `transfer_floor`. Returns I ≥ 0, (d/2) ln(1/a) for a known
    source; the difference is taken without cancellation.
    Asymptotic, error O(1) nats, Σ = I. Raises `DomainError`. Source: its row of the table.

    >>> round(float(source_information(10**9, 10, 0.6)), 6)  # known source: 5 ln(1/0.64)
    2.231436
    """
    n_source, dim, overlap, norm, noise = as_arrays(n_source, dim, overlap, source_norm, source_noise_variance)
    check_pair(0, n_source, dim, overlap, 0, norm, 0, noise)
    t = _Transfer(0, n_source, dim, overlap, 0, norm, 0, noise)
    told = ratio_where(t.aside > 0, t.shared, t.aside, _INFINITY)
    return plain(
        dim / 2 * where(t.known, log1p(where(t.known, told, 0)), _loss(t.n_source, dim, *t.source, t.aside, t.shared))
    )


def target_information(
    n: Any,
    n_source: Any,
    dim: Any,
    overlap: Any,
    target_norm: Any = 1.0,
    source_norm: Any = 1.0,
    noise_variance: Any = 0.0,
    source_noise_variance: Any = 0.0,
) -> Any:
    r"""Information that the target data add, about the target's teacher, to what the source data tell, in nats.

    .. math:: I(\theta_T; D_T | D_S) = \tfrac d2\Bigl[\tfrac nd\ln(1+\mathrm{snr}_T e) + \ln(1+k) - ke
        - V(\mathrm{snr}_S, \tfrac{n_S}d) + V(\mathrm{snr}', \tfrac{n_S}d)\Bigr]

    with V = (2/d)·`scratch_information`; k, snr' and e of `transfer_floor`, whose arguments these are.
    Returns I ≥ 0: `scratch_information` at n_S = 0; inf without target noise or with unlimited target data, unless the
    source has told all. With `source_information` it makes what all the data tell about θ_T.
    Asymptotic, error O(1) nats, Σ = I. Raises `DomainError`. Source: its row of the table.

    >>> round(float(target_information(10, 0, 10, 0.5, noise_variance=0.5)), 6), float(target_information(3, 20, 10, 1.0))
    (4.431472, 0.0)
    """
    given = as_arrays(n, n_source, dim, overlap, target_norm, source_norm, noise_variance, source_noise_variance)
    check_pair(*given)
    t, dim = _Transfer(*given), given[2]
    before = where(t.known, t.aside, t.aside + t.shared * unknown_share(t.n_source, dim, *t.source)[0])
    strength, rest = t.target
    open_ended = (t.n > 0) & (before > 0) & ((rest == 0) | (t.n == _INFINITY))
    size = where(open_ended | (before == 0), 0, t.n)
    noise = where(rest > 0, rest, 1)
    alone = scratch_information(size, dim, where(t.known, t.aside, 1) * strength / noise)
    precision = size * strength / (dim * (noise + strength * t.share))
    kept, lost = (1 + precision * t.aside) / (1 + precision), precision * t.shared / (1 + precision)
    together = dim * (log1p(precision) - precision * t.share - _loss(t.n_source, dim, *t.source, kept, lost))
    value = (size * log1p(strength * t.share / noise) + together) / 2
    return plain(where(open_ended, _INFINITY, where(t.known | (t.shared == 0), alone, value)))


class _Transfer:
    """The numbers of a transfer problem, and the share of the target energy that stays unknown."""

    def __init__(
        self, n: Any, n_source: Any, dim: Any, overlap: Any, target_norm: Any, source_norm: Any, noise: Any,
        source_noise: Any,
    ) -> None:  # fmt: skip
        self.dim, self.aside, self.shared = dim, (1 - overlap) * (1 + overlap), overlap * overlap
        self.target = relative_strength(target_norm * target_norm, noise)
        self.source = relative_strength(source_norm * source_norm, source_noise)
        heard, (strength, rest) = self.source[0] > 0, self.target
        self.n = where(strength > 0, n, 0)
        size = where(heard & (self.shared > 0), n_source, 0)
        self.known = heard & (size > 0) & ((size == _INFINITY) | ((self.source[1] == 0) & (size >= dim)))
        self.n_source = where(self.known, 0, size)
        self.share = self._solve(strength, rest)

    def _solve(self, strength: Any, rest: Any) -> Any:
        n, size, dim, aside, shared = self.n, self.n_source, self.dim, self.aside, self.shared
        source = self.source
        alone = unknown_share(n, dim, strength, rest)[0]
        told = aside * unknown_share(where(aside > 0, n, 0), dim, aside * strength, rest)[0]
        before = aside + shared * unknown_share(size, dim, *source)[0]
        exact = (aside == 0) & (rest == 0) & (source[1] == 0)
        settled = (n == 0) | (size == 0) | (alone == 0) | exact
        closed = where(self.known, told, where((n == 0) & (size > 0), before, alone))
        closed = where(exact & (self.known == 0), maximum(dim - n - size, 0) / dim, closed)
        cell = where(settled, 0, n), where(settled, 0, size)
        # With as many target samples in place of those of the source, at the better noise, no less would be known.
        better = maximum(strength, source[0]), minimum(rest, source[1])
        low = maximum(told, unknown_share(cell[0] + cell[1], dim, *better)[0])
        low = where(settled, 0.5, maximum(low * (1 - _MARGIN), _TINY))
        high = where(settled, 2.0, minimum(alone, before) * (1 + _MARGIN))
        if np.all(settled):
            return closed
        root = bracketed_root(lambda e: self._defect(e, *cell, strength, rest), low, high)
        return where(settled, closed, where(root == root, root, low))  # no change of sign: rounding hides the root

    def _defect(self, e: Any, n: Any, size: Any, strength: Any, rest: Any) -> Any:
        """(e − q) + k_S(e − aq), q = 1 − ke: positive where e is too large. No term cancels against another but at the
        root, because n − d is exact."""
        dim, aside, (u, v) = self.dim, self.aside, self.source
        width = rest + strength * e
        k, left = n / dim * strength / width, (rest - (n - dim) / dim * strength * e) / width
        room = (1 + k * aside) / (1 + k)
        precision = size / dim * u / (v + u * room * unknown_share(size, dim, u * room, v)[0])
        return (e - left) + precision * (e - aside * left)


def unknown_share(n: Any, dim: Any, strength: Any, rest: Any) -> tuple[Any, Any]:
    """e_0 and snr·e_0 for snr = strength/rest, n = 0 where strength = 0: 2v/(b + √(b² + 4uv)) or (√(b² + 4uv) − b)/2u,
    whichever adds."""
    half = rest + strength * ((n - dim) / dim)
    few = half < 0
    larger = where(few, -half, half) + sqrt(half * half + 4 * strength * rest)
    share = ratio_where(larger > 0, where(few, larger, 2 * rest), where(few, 2 * strength, larger), 0.0)
    top, bottom = where(few, larger, 2 * strength), where(few, 2 * rest, larger)
    return share, ratio_where(bottom > 0, top, bottom, _INFINITY)


def _loss(n: Any, dim: Any, strength: Any, rest: Any, kept: Any, lost: Any) -> Any:
    """V(snr) − V(kept·snr), lost = 1 − kept, as a sum of what does not cancel."""
    share, ratio = unknown_share(n, dim, strength, rest)
    other = where(kept > 0, unknown_share(where(kept > 0, n, 0), dim, kept * strength, rest)[0], 1)
    both = ratio * other
    endless = ratio_where(kept > 0, lost, kept, _INFINITY)
    finite = both < _INFINITY
    held = where(finite, both, 0)
    gain = where(finite, lost * held / (1 + kept * held), endless)
    width = (rest + strength * share) * where(finite, 1 + kept * held, _INFINITY)
    step = ratio_where(n > 0, n / dim * lost * strength * other, width, 0)
    return n / dim * log1p(where(n > 0, gain, 0)) + log1p(step) - step * share


def _ratio(snr: Any) -> tuple[Any, Any]:
    """snr = u/v with max(u, v) = 1."""
    strong = snr > 1
    return where(strong, 1, snr), where(strong, 1 / where(strong, snr, 1), 1)


def relative_strength(energy: Any, noise: Any) -> tuple[Any, Any]:
    """energy/noise = u/v with max(u, v) = 1; (0, 1) without energy."""
    scale = maximum(energy, noise)
    return ratio_where(energy > 0, energy, scale, 0), ratio_where(energy > 0, noise, scale, 1)


def check_pair(
    n: Any, n_source: Any, dim: Any, overlap: Any, target_norm: Any, source_norm: Any, noise: Any, source_noise: Any
) -> None:
    given = (n, n_source, dim, overlap, target_norm, source_norm, noise, source_noise)
    if kind_of_entries(*given) == "sympy":
        raise TypeError("the floor of two tasks has no closed form: numbers only")
    require_all("n", "≥ 0", n, lambda v: v >= 0)
    require_all("n_source", "≥ 0", n_source, lambda v: v >= 0)
    require_all("dim", "a finite number ≥ 1", dim, lambda v: (v >= 1) & (v < np.inf))
    require_all("overlap", "a cosine between -1 and 1", overlap, lambda v: (v >= -1) & (v <= 1))
    for name, value in (
        ("target_norm", target_norm), ("source_norm", source_norm), ("noise_variance", noise),
        ("source_noise_variance", source_noise),
    ):  # fmt: skip
        require_all(name, "a finite number ≥ 0", value, lambda v: (v >= 0) & (v < np.inf))


def as_arrays(*values: Any) -> tuple[Any, ...]:
    """Lists as arrays; anything else as it is."""
    return tuple(np.asarray(v) if isinstance(v, list | tuple | range) else v for v in values)


def require_all(argument: str, rule: str, value: Any, holds: Any) -> None:
    """Refuse the first element that breaks a rule; values that are no plain numbers pass unchecked."""
    if kind_of(value) == "numpy" and np.asarray(value).dtype.kind in "fiu":
        values = np.asarray(value)
        wrong = ~holds(values)
        if wrong.any():
            refuse(argument, rule, values[wrong].flat[0].item())

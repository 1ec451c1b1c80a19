r"""When interpolating noise does little harm: effective ranks of a spectrum, and the ridge that its tail stands for.

The eigenvalues beyond the k largest act as a ridge Σ_{i>k} λ_i on the rest if there are many more of them than samples,
counted as r_k = Σ_{i>k} λ_i/λ_{k+1}. The bounds on the variance that are built on this have constants that nobody knows:
they sort spectra, they do not predict a number (`ridge_risk` does).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from lintransfer.numerics.entries import plain
from lintransfer.theory.linear.covariance import ridge_risk
from lintransfer.validation import real_array


class EffectiveRanks(NamedTuple):
    """r_k and R_k for k = 0 … p − 1, (p,) each."""

    smaller: Any
    larger: Any


def effective_ranks(eigenvalues: Any) -> EffectiveRanks:
    r"""Effective ranks of what a spectrum has beyond its k largest eigenvalues.

    .. math:: r_k = \frac{\sum_{i>k}\lambda_i}{\lambda_{k+1}}, \qquad
        R_k = \frac{(\sum_{i>k}\lambda_i)^2}{\sum_{i>k}\lambda_i^2}

    eigenvalues: (p,), > 0, in any order.  Returns `EffectiveRanks(smaller, larger)`, r_k and R_k for k = 0 … p − 1:
    1 ≤ r_k ≤ R_k ≤ r_k² and R_k ≤ p − k.
    Identity. Source: Bartlett, Long, Lugosi & Tsigler (arXiv 1906.11300).

    >>> [v.tolist() for v in effective_ranks([2.0, 1.0, 1.0])]
    [[2.0, 2.0, 1.0], [2.6666666666666665, 2.0, 1.0]]
    """
    values = np.sort(real_array("eigenvalues", eigenvalues, (1,)))[::-1]
    values = values[values > 0]
    tail, squares = (np.cumsum(v[::-1])[::-1] for v in (values, values**2))
    return EffectiveRanks(tail / values, tail * (tail / squares))


def critical_head(n: Any, eigenvalues: Any, threshold: float = 1.0) -> Any:
    r"""The least number k* of eigenvalues whose rest is flat enough to act as a ridge: min{k: r_k ≥ bn}.

    n: sample sizes (…,) ≥ 1.  eigenvalues: (p,), > 0.  threshold: b, an unknown constant of order 1.
    Returns k*, (…,), nan where there is none: a spectrum that falls like e^{−i/20}, or one of fewer than n eigenvalues.
    Source: Bartlett, Long, Lugosi & Tsigler (arXiv 1906.11300).

    >>> critical_head([5, 50, 2000], np.r_[9.0, np.ones(1000)]).tolist()
    [0.0, 0.0, nan]
    """
    n = np.asarray(n, float)
    enough = effective_ranks(eigenvalues).smaller >= threshold * n[..., None]
    return plain(np.where(enough.any(axis=-1), enough.argmax(axis=-1), np.nan))


def benign_variance(n: Any, eigenvalues: Any, threshold: float = 1.0) -> Any:
    r"""Diagnostic, up to unknown constants: how the variance of interpolation scales, per unit of label noise.

    .. math:: \text{variance} \asymp \sigma^2\Bigl(\frac{k^*}{n} + \frac{n}{R_{k^*}}\Bigr)

    Arguments as in `critical_head`. Returns k*/n + n/R at k*, (…,); nan where k* does not exist: then nothing is said.
    Interpolation is benign where this is small: k* ≪ n ≪ R. On the spectra of its row the true variance is between 0.4
    and 1.6 times the number returned. A bound with unknown constants, not a number to rely on: `ridge_risk` is one.
    Source: Bartlett, Long, Lugosi & Tsigler (arXiv 1906.11300).

    >>> float(benign_variance(10, np.ones(1000))), float(benign_variance(2000, np.ones(1000)))
    (0.01, nan)
    """
    head = np.asarray(critical_head(n, eigenvalues, threshold))
    found = np.isfinite(head)
    larger = effective_ranks(eigenvalues).larger[np.where(found, head, 0).astype(int)]
    return plain(np.where(found, head / n + n / larger, np.nan))


def self_induced_ridge_risk(
    n: Any, eigenvalues: Any, displacement: Any, noise_variance: Any = 0.0, head: int = 0
) -> Any:
    r"""Risk of the minimum-norm fit when all but the `head` largest eigenvalues only act as a ridge.

    .. math:: R \approx R_k\Bigl(\lambda = \sum_{i>k}\lambda_i\Bigr) + u + (\sigma^2 + u)\,\frac{n}{R_k^\mathrm{eff}},
        \qquad u = \sum_{i>k}\lambda_i\delta_i^2

    with R_k(λ) the ridge risk of the k largest modes at noise σ² + u, and R_k^eff the larger effective rank, by which the
    tail takes up label noise.  n: (…,) ≥ 1.  eigenvalues: (p,), > 0, sorted from the largest.  displacement: δ_i², (p,).
    noise_variance: σ².  head: k < p.  Returns (…,).
    Asymptotic: relative error O(n/r_k) to `ridge_risk` on the whole spectrum, if k ≪ n. Source: Bartlett, Montanari &
    Rakhlin (arXiv 2103.09177).

    >>> spectrum = np.r_[1.0, np.full(10**6, 1e-5)]
    >>> whole = ridge_risk(20, spectrum, np.ones(10**6 + 1), spectrum, 0.5)
    >>> bool(abs(self_induced_ridge_risk(20, spectrum, spectrum, 0.5, head=1) / whole - 1) < 1e-4)
    True
    """
    values, energy = real_array("eigenvalues", eigenvalues, (1,)), np.asarray(displacement, float)
    n, tail = np.asarray(n, float), values[head:]
    ridge, missed = tail.sum(), float(tail @ energy[head:])
    beside = missed + (missed + noise_variance) * n * float((tail / ridge) @ (tail / ridge))
    if head == 0:
        return plain(beside)
    return plain(ridge_risk(n, values[:head], np.ones(head), energy[:head], noise_variance + missed, ridge) + beside)

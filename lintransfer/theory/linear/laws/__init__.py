"""Exact distributions of risks, transferabilities and alignments, not only their means.

Every law has ``mean() var() std() median() cdf(x) sf(x) ppf(q) rvs(size, seed)``. Distribution functions come from
quadrature, never from sampling; `rvs` draws from NumPy's generator. All hold for inputs N(0, I) and one output, with
the label noise in.
"""

from __future__ import annotations

from typing import Any

from lintransfer.errors import refuse
from lintransfer.theory.linear.laws.beta_ratio import BetaRatioLaw
from lintransfer.theory.linear.laws.paired import PairedTransferabilityLaw
from lintransfer.theory.linear.laws.source_alignment import SourceAlignmentLaw
from lintransfer.validation import nonnegative, real_number, whole_number

__all__ = [
    "frozen_features_law",
    "min_norm_law",
    "random_subspace_law",
    "source_alignment_law",
    "transferability_law_of_fine_tuning",
]


def min_norm_law(n: Any, dim: Any, displacement_energy: Any, noise_variance: Any) -> BetaRatioLaw:
    r"""Law of the excess risk of minimum-norm least squares from w0.

    .. math:: R = \|\delta\|^2\,\mathrm{Beta}\left(\tfrac{d-n}2, \tfrac n2\right)
        + \sigma^2 \frac{\chi^2_n}{\chi^2_{d-n+1}} \quad (1 \le n < d), \qquad
        R = \sigma^2 \frac{\chi^2_d}{\chi^2_{n-d+1}} \quad (n \ge d)

    with independent terms. n: target samples ≥ 0 (‖δ‖² at n = 0).  dim: d.  displacement_energy: ‖δ‖² = ‖θ_T − w0‖².
    noise_variance: σ², one output.
    Exact at every size, Σ = I, also at n = d − 1, d, d + 1, where the mean is infinite; for n ≥ d exact for every
    non-singular Σ. Raises `DomainError` outside the domain. Source: its row of the table; the mean is
    `lintransfer.theory.linear.isotropic.min_norm_risk`.

    >>> law = min_norm_law(57, 500, 0.4, 0.04)
    >>> print(law)
    0.4·Beta(221.5, 28.5) + 0.04·χ²[57]/χ²[444]
    >>> round(law.mean(), 12), round(float(law.cdf(law.median())), 12)
    (0.359558371041, 0.5)
    """
    n, dim = whole_number("n", n, 0), whole_number("dim", dim, 1)
    energy = float(nonnegative("displacement_energy", displacement_energy))
    noise = float(nonnegative("noise_variance", noise_variance))
    return _min_norm(n, dim, energy, noise, 0.0, "min-norm-law" if n < dim else "least-squares-law")


def frozen_features_law(n: Any, n_features: Any, explained: Any, unexplained: Any, noise_variance: Any) -> BetaRatioLaw:
    r"""Law of the excess risk of a new head on r frozen features (linear transfer).

    .. math:: R = u + v\,\frac{\chi^2_r}{\chi^2_{n-r+1}} \quad (n \ge r), \qquad
        R = u + e\,\mathrm{Beta}\left(\tfrac{r-n}2, \tfrac n2\right) + v\,\frac{\chi^2_n}{\chi^2_{r-n+1}}
        \quad (1 \le n < r)

    with v = σ² + u and independent terms; u + e at n = 0. n: target samples ≥ 0.  n_features: r ≥ 1.  explained: energy
    e that the best head explains.  unexplained: u.  noise_variance: σ², one output.
    Exact at every size. n ≥ r: for every Σ and feature map of rank r, with the Σ-weighted u; n < r: the covariance of
    the features must be a multiple of the identity (e measured in it). Source: its row of the table; the mean for r = 1, n → ∞ is
    eq. 10 of Tahir, Ganguli & Rotskoff (2410.08194).

    >>> print(frozen_features_law(20, 1, 0.64, 0.36, 0.04))
    0.36 + 0.4·χ²[1]/χ²[20]
    """
    n, r = whole_number("n", n, 0), whole_number("n_features", n_features, 1)
    explained = float(nonnegative("explained", explained))
    unexplained = float(nonnegative("unexplained", unexplained))
    noise = float(nonnegative("noise_variance", noise_variance))
    name = "min-norm-head-law" if n < r else "frozen-features-law"
    return _min_norm(n, r, explained, noise + unexplained, unexplained, name)


def _min_norm(n: int, dim: int, energy: float, noise: float, floor: float, theorem: str) -> BetaRatioLaw:
    if n == 0:
        return BetaRatioLaw(floor + energy, theorem=theorem)
    if n >= dim:
        return BetaRatioLaw(floor, ratio_scale=noise, ratio_degrees=(dim, n - dim + 1), theorem=theorem)
    return BetaRatioLaw(floor, energy, ((dim - n) / 2, n / 2), noise, (n, dim - n + 1), theorem=theorem)


def transferability_law_of_fine_tuning(
    n: Any, dim: Any, source_energy: Any, cross_energy: Any, target_energy: Any
) -> PairedTransferabilityLaw | BetaRatioLaw:
    r"""Law of the transferability T of linear fine-tuning against scratch on the same data; the noise cancels.

    .. math:: T = \theta_S^T Q (2\theta_T - \theta_S) = \alpha b + \beta\sqrt{b(1-b)}\,z, \quad \alpha = 2stc - s^2,
        \quad \beta = 2\sqrt{s^2t^2 - (stc)^2}

    with b ~ Beta((d−n)/2, n/2) and z the first coordinate of a uniform point on the sphere S^{d−2}.
    n: target samples ≥ 0.  dim: d.  source_energy, cross_energy, target_energy: s², stc, t².
    Returns the law; a constant where T is one (n = 0: α; n ≥ d: 0). Exact, Σ = I. Raises `DomainError` if
    |stc| > st. Source: its row of the table; the mean is eq. 15 of Tahir, Ganguli & Rotskoff (2410.08194) for linear networks.

    >>> law = transferability_law_of_fine_tuning(57, 500, 1.0, 0.5, 1.0)
    >>> round(float(law.sf(0.0)), 12)  # at c = s/2t transfer is a coin toss
    0.5
    """
    n, dim = whole_number("n", n, 0), whole_number("dim", dim, 1)
    source = float(nonnegative("source_energy", source_energy))
    target = float(nonnegative("target_energy", target_energy))
    cross = float(real_number("cross_energy", cross_energy, "a number", lambda v: v == v))
    if cross * cross > source * target * (1 + 1e-12):
        refuse("cross_energy", "at most √(source_energy·target_energy) in size", cross_energy)
    law = PairedTransferabilityLaw(n, dim, source, cross, target)
    if n == 0:
        return BetaRatioLaw(law.along, theorem=law.theorem)
    return law if n < dim and (law.along or law.aside) else BetaRatioLaw(0.0, theorem=law.theorem)


def source_alignment_law(
    n_source: Any, dim: Any, source_norm: Any, source_noise_std: Any
) -> SourceAlignmentLaw | BetaRatioLaw:
    r"""Law of the squared cosine A between a min-norm (least-squares) source fit and its teacher.

    .. math:: A = \frac{(q+\sqrt{qV}x)^2}{q+V+2\sqrt{qV}x}, \quad q \sim \mathrm{Beta}\left(\tfrac{n_S}2,
        \tfrac{d-n_S}2\right), \quad V = \frac{\sigma_S^2}{s^2} \frac{\chi^2_m}{\chi^2_{|d-n_S|+1}}

    m = min(n_S, d), q = 1 if n_S ≥ d, x the first coordinate of a uniform point on S^{m−1}.
    n_source: n_S ≥ 1 (without data there is no direction).  dim: d.  source_norm: s > 0.  source_noise_std: σ_S.
    Exact, Σ = I. Source: its row of the table. Raises `DomainError` outside the domain.

    >>> print(source_alignment_law(4, 10, 1.0, 0.0))
    1·Beta(2, 3)
    >>> round(source_alignment_law(4, 10, 1.0, 0.5).mean(), 6)
    0.304508
    """
    n, dim = whole_number("n_source", n_source, 1), whole_number("dim", dim, 1)
    norm = real_number("source_norm", source_norm, "a finite number > 0", lambda v: 0 < v < float("inf"))
    noise = (float(nonnegative("source_noise_std", source_noise_std)) / float(norm)) ** 2
    if noise and min(n, dim) > 1:
        return SourceAlignmentLaw(n, dim, noise)
    # Without noise, or in a row space of one dimension, the fit lies along the part of the teacher that is seen.
    name = SourceAlignmentLaw.theorem
    return BetaRatioLaw(1.0, theorem=name) if n >= dim else BetaRatioLaw(0.0, 1.0, (n / 2, (dim - n) / 2), theorem=name)


def random_subspace_law(dim: Any, n_features: Any) -> BetaRatioLaw:
    r"""Law of the energy that r random orthonormal features leave unexplained, for a target of norm 1.

    .. math:: u \sim \mathrm{Beta}\left(\tfrac{d-r}2, \tfrac r2\right)

    dim: d.  n_features: r, 0 ≤ r ≤ d.  Exact, Σ = I. Source: classical.

    >>> random_subspace_law(10, 4).mean()
    0.6
    """
    dim, r = whole_number("dim", dim, 1), whole_number("n_features", n_features, 0)
    if r > dim:
        refuse("n_features", f"at most dim = {dim}", n_features)
    if r in (0, dim):
        return BetaRatioLaw(float(r == 0), theorem="random-subspace-law")
    return BetaRatioLaw(0.0, 1.0, ((dim - r) / 2, r / 2), theorem="random-subspace-law")

r"""What a source is worth in target samples: how many of them a learner without a source would need instead.

The yardstick is ridge regression from zero at its best ridge, whose risk is a share e_0 of t² with
n/d = (1/e − 1)(1 + snr e)/snr (`scratch_floor`): explicit in the risk. Least squares is a second yardstick.
"""

from __future__ import annotations

from typing import Any

from lintransfer.arithmetic import maximum, ratio_where, where
from lintransfer.theory.linear.proportional import tuned_ridge_risk
from lintransfer.theory.tasks.information_floor import as_arrays, check_pair, relative_strength, unknown_share

_INFINITY = float("inf")
_ROUNDING = 1e-12  # by which a computed risk may exceed t² where nothing is learnt


def effective_samples(risk: Any, dim: Any, target_energy: Any, noise_variance: Any) -> Any:
    r"""Target samples that ridge regression from zero, at its best ridge, needs for a given risk.

    .. math:: n_\mathrm{eff} = \frac{d\,(t^2 - R)(\sigma^2 + R)}{t^2 R}

    risk: R ≥ 0.  dim: d.  target_energy: t² > 0.  noise_variance: σ².  All broadcast.
    Returns n_eff ≥ 0: d(1 − R/t²) without noise, inf at R = 0 with it, nan where R > t² (worse than no sample). A source
    that lets n samples reach R is worth n_eff − n of them, which may be negative.
    Asymptotic, error O(1) samples, Σ = I. Source: follows from `tuned_ridge_risk`, solved for n.

    >>> float(effective_samples(0.5, 10, 1.0, 0.5)), float(effective_samples(0.0, 10, 1.0, 0.0))
    (10.0, 10.0)
    """
    learnt = risk < target_energy
    share = (target_energy - where(learnt, risk, 0)) / where(target_energy > 0, target_energy, 1)
    several = ratio_where(
        risk > 0, dim * share * (noise_variance + risk), risk, where(noise_variance > 0, _INFINITY, dim)
    )
    return where(learnt, several, where(risk <= target_energy * (1 + _ROUNDING), 0.0, float("nan")))


def effective_least_squares_samples(risk: Any, dim: Any, noise_variance: Any) -> Any:
    r"""Target samples that least squares needs for a given risk.

    .. math:: n_\mathrm{eff} = d + 1 + \frac{d\sigma^2}{R}

    risk: R > 0.  dim: d.  noise_variance: σ².  Returns n_eff > d + 1, inf at R = 0 with noise (d + 1 without).
    Exact for every non-singular Σ. Source: follows from `least_squares_risk`, solved for n.

    >>> float(effective_least_squares_samples(0.25, 10, 0.25))
    21.0
    """
    return dim + 1 + ratio_where(risk > 0, dim * noise_variance, risk, where(noise_variance > 0, _INFINITY, 0.0))


def anchor_worth(n: Any, dim: Any, displacement_energy: Any, target_energy: Any, noise_variance: Any) -> Any:
    r"""Worth, in target samples, of an anchor for ridge regression, at its best ridge λ = dσ²/D².

    .. math:: n_\mathrm{eff} - n = d\,(\sigma^2 + R)\Bigl(\frac1{D^2} - \frac1{t^2}\Bigr), \qquad
        R = D^2 e_0(D^2/\sigma^2, n/d)

    n: target samples ≥ 0.  dim: d.  displacement_energy: D² = E‖θ_T − ŵ‖², ŵ independent of the target's data.
    target_energy: t² > 0.  noise_variance: σ².
    Returns the worth: d(t²−D²)(σ²+D²)/(t²D²) at n = 0, falling to dσ²(1/D² − 1/t²); (d−n)₊(1 − D²/t²) without noise;
    inf for a perfect anchor with noise; negative where D² > t².
    Asymptotic, Σ = I. Source: follows from `tuned_ridge_risk` and `effective_samples`.

    >>> round(float(anchor_worth(0, 10, 0.5, 1.0, 0.5)), 12), round(float(anchor_worth(10**12, 10, 0.5, 1.0, 0.5)), 6)
    (10.0, 5.0)
    """
    risk = tuned_ridge_risk(n, dim, displacement_energy, noise_variance)
    noisy, away = noise_variance > 0, displacement_energy > 0
    gained = (target_energy - displacement_energy) / target_energy
    worth = gained * dim * ratio_where(away, noise_variance + risk, displacement_energy, _INFINITY)
    return where(noisy, worth, maximum(dim - n, 0) * gained)


def source_worth(
    n_source: Any,
    dim: Any,
    overlap: Any,
    target_norm: Any = 1.0,
    source_norm: Any = 1.0,
    noise_variance: Any = 0.0,
    source_noise_variance: Any = 0.0,
) -> Any:
    r"""Worth, in target samples, of all source data to the Bayes-optimal learner, when there are no target data.

    .. math:: n_\mathrm{eff} = d\,\frac{(1-e)(1 + \mathrm{snr}_T e)}{\mathrm{snr}_T e}, \qquad
        e = 1 - c^2 + c^2 e_0(\mathrm{snr}_S, n_S/d)

    Arguments as in `transfer_floor`, n = 0 and t > 0. Returns n_eff ≥ 0: at most dc²(1 + snr_T a)/(a snr_T), a = 1 − c²,
    for any source; dc²(1 − e_0) without target noise.
    Asymptotic, error O(1) samples, Σ = I. Source: follows from `transfer_floor` and `effective_samples`.

    >>> round(float(source_worth(float("inf"), 100, 0.6, noise_variance=1.0)), 9)  # 100·0.36·1.64/0.64
    92.25
    """
    given = as_arrays(0, n_source, dim, overlap, target_norm, source_norm, noise_variance, source_noise_variance)
    check_pair(*given)
    _, n_source, dim, overlap, target_norm, source_norm, noise_variance, source_noise_variance = given
    aside, shared = (1 - overlap) * (1 + overlap), overlap * overlap
    energy = target_norm * target_norm
    strength, rest = relative_strength(source_norm * source_norm, source_noise_variance)
    endless = n_source == _INFINITY
    size = where((strength > 0) & (endless == 0), n_source, 0)
    rest_share = unknown_share(size, dim, strength, rest)[0]
    heard = ratio_where(
        rest + strength * rest_share > 0, size / dim * strength * rest_share, rest + strength * rest_share, 1
    )
    known, left = where(endless & (strength > 0), 1, heard), where(endless & (strength > 0), 0, rest_share)
    share = aside + shared * left
    per_noise = 1 + ratio_where(share > 0, noise_variance, energy * share, where(noise_variance > 0, _INFINITY, 0.0))
    return dim * shared * known * where(shared * known > 0, per_noise, 1)

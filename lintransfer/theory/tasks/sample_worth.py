r"""What the first source sample is worth in target samples: the ratio of what the two take off the risk on the target.

Each learner weighs the source sample as is best for it. Later source samples are worth less if their noise is no smaller
than the target's; those of a cleaner source are often worth more at first (`effective_samples` of `transfer_floor`).
"""

from __future__ import annotations

from typing import Any

from lintransfer.arithmetic import where


def pooled_sample_worth(risk: Any, displacement_energy: Any, noise_variance: Any, source_noise_variance: Any) -> Any:
    r"""Worth of the first source sample in target samples: weighted least squares on the pool, at the best weight.

    .. math:: \frac{\sigma^2 + R}{\sigma_S^2 + D^2 + R}

    risk: R, of least squares on the target samples alone.  displacement_energy: D² = ‖θ_S − θ_T‖².  noise_variance,
    source_noise_variance: σ², σ_S².  Returns the ratio of what a source and a target sample take off the risk.
    Asymptotic, error O(1/d). Source: its row of the table.

    >>> pooled_sample_worth(0.5, 1.0, 0.5, 0.5)
    0.5
    """
    return (noise_variance + risk) / (source_noise_variance + displacement_energy + risk)


def weighted_sample_worth(
    risk: Any,
    target_energy: Any,
    source_energy: Any,
    cross_energy: Any,
    noise_variance: Any,
    source_noise_variance: Any,
) -> Any:
    r"""Worth of the first source sample in target samples: ridge on the pool from zero, at the best weight and ridge.

    .. math:: \Bigl(\frac{\theta_S\cdot\theta_T}{t^2}\Bigr)^2 \frac{\sigma^2+R}{\sigma_S^2+R_S}, \qquad
        R_S = s^2 - 2(1-e)\,\theta_S\cdot\theta_T + (1-e)t^2, \quad e = R/t^2

    risk: R ≤ t², of the best ridge on the target samples alone.  target_energy, source_energy, cross_energy: t² > 0, s²
    and θ_S·θ_T > 0 (else no weight helps, and the result is 0).  noise_variance, source_noise_variance: σ², σ_S².
    R_S is the risk of that ridge fit on the source. Returns the ratio.
    Asymptotic, error O(1/d), Σ = I. Source: its row of the table.

    >>> weighted_sample_worth(0.5, 1.0, 1.0, 1.0, 0.5, 0.5)
    1.0
    """
    kept = (target_energy - risk) / target_energy
    on_source = (source_energy - 2 * kept * cross_energy) + kept * target_energy
    share = where(cross_energy > 0, cross_energy, 0) / target_energy
    return share * share * (noise_variance + risk) / (source_noise_variance + on_source)


def bayes_sample_worth(
    risk: Any, overlap: Any, target_energy: Any, source_energy: Any, noise_variance: Any, source_noise_variance: Any
) -> Any:
    r"""Worth of the first source sample in target samples, for the Bayes-optimal learner.

    .. math:: \frac{c^2 s^2}{t^2}\,\frac{\sigma^2+R}{\sigma_S^2+s^2(1-c^2+c^2R/t^2)}

    risk: R ≤ t², Bayes-optimal on the target samples alone (`scratch_floor`).  overlap: c.  target_energy,
    source_energy: prior variances t² > 0, s².  noise_variance, source_noise_variance: σ², σ_S².  Returns the ratio.
    Asymptotic, error O(1/d), Σ = I. Source: its row of the table.

    >>> round(bayes_sample_worth(0.5, 0.6, 1.0, 1.0, 0.5, 0.18), 12)
    0.36
    """
    shared = overlap * overlap
    on_source = source_energy * ((1 - overlap) * (1 + overlap) + shared * (risk / target_energy))
    return shared * (source_energy / target_energy) * (noise_variance + risk) / (source_noise_variance + on_source)

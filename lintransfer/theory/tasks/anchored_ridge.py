r"""Ridge to an anchor that knows nothing of the target's data: the source's weights, or the best multiple of them.

To an anchor at distance D² = E‖θ_T − anchor‖² the best ridge is λ = dσ²/D², whatever n, and leaves the risk of tuned
ridge regression with D² in the place of ‖θ_T‖². Of the best ridge fit ŵ_S to the source, E ŵ_S = (1 − e)θ_S and
E‖ŵ_S‖² = (1 − e)s² with es² its risk, so that the best multiple of it is stc/s².
"""

from __future__ import annotations

from typing import Any, NamedTuple

from lintransfer.arithmetic import ratio_where
from lintransfer.theory.linear.proportional import tuned_ridge_risk


class SourceAnchor(NamedTuple):
    """The best multiple of a source fit as an anchor, and its mean squared distance D² to the target."""

    multiple: Any
    distance: Any


def anchored_ridge_risk(n: Any, dim: Any, anchor_distance: Any, noise_variance: Any) -> Any:
    r"""Risk of ridge regression to an anchor at its best ridge λ = dσ²/D²: D²e_0(D²/σ², n/d).

    .. math:: R = \tfrac12\left[\Delta+\sqrt{\Delta^2+4\sigma^2D^2}\right], \qquad \Delta = D^2(1-n/d)-\sigma^2

    n ≥ 0, dim: target samples and d.  anchor_distance: D² = E‖θ_T − anchor‖², the anchor independent of the target's
    data.  noise_variance: σ².  Returns R, from D² at n = 0; error O(1/d). For a raw min-norm or least-squares source fit
    D² is `finite_source_displacement`.
    Follows from `tuned_ridge_risk`, which is linear in nothing but exact in its mean over anchors at one D².

    >>> round(float(anchored_ridge_risk(5, 10, 2.0, 0.5)), 6)
    1.280776
    """
    return tuned_ridge_risk(n, dim, anchor_distance, noise_variance)


def best_source_anchor(
    n_source: Any, dim: Any, source_energy: Any, cross_energy: Any, target_energy: Any, source_noise_variance: Any
) -> SourceAnchor:
    r"""The best multiple of the best-ridge fit to the source as an anchor for the target, Σ = I.

    .. math:: \alpha = \frac{stc}{s^2}, \qquad D^2 = t^2(1-c^2) + t^2c^2\,e_0(s^2/\sigma_S^2, n_S/d)

    n_source, dim: n_S ≥ 0 and d.  source_energy, cross_energy, target_energy: s², stc, t².  source_noise_variance: σ_S².
    Returns a `SourceAnchor`: a multiple of 0 and D² = t² if s = 0. Error O(1/d). Source: its row of the table.

    >>> anchor = best_source_anchor(5, 10, 2.0, 1.0, 1.0, 0.5)
    >>> float(anchor.multiple), round(float(anchor.distance), 6)
    (0.5, 0.820194)
    """
    multiple = ratio_where(source_energy > 0, cross_energy, source_energy, 0.0)
    missed = tuned_ridge_risk(n_source, dim, source_energy, source_noise_variance)
    return SourceAnchor(multiple, (target_energy - multiple * cross_energy) + multiple * multiple * missed)


def anchored_source_risk(
    n: Any, n_source: Any, dim: Any, source_energy: Any, cross_energy: Any, target_energy: Any,
    noise_variance: Any, source_noise_variance: Any,
) -> Any:  # fmt: skip
    r"""Risk of ridge regression to the best multiple of the best-ridge source fit, at its best ridge: every one tuned.

    Arguments as in `best_source_anchor`, with the target's n and noise_variance σ². Returns R; error O(1/d). In the
    proportional limit near the floor of every learner (median 0.01 % above it), and without the target's weights in the
    pool it is often the best of all simple learners.
    Follows from `anchored_ridge_risk` and `best_source_anchor` by substitution.

    >>> round(float(anchored_source_risk(5, 5, 10, 2.0, 1.0, 1.0, 0.5, 0.5)), 6)
    0.597012
    """
    distance = best_source_anchor(
        n_source, dim, source_energy, cross_energy, target_energy, source_noise_variance
    ).distance
    return anchored_ridge_risk(n, dim, distance, noise_variance)

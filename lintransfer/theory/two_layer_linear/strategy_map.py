r"""Which layers to tune: mean risks of every strategy on a two-layer linear network f(x) = vᵀBx, Gaussian inputs, Σ = I.

B has k orthonormal rows, θ_S = Bᵀv_S with ‖v_S‖ = s, and the target is θ_T = cθ_S + s√(1−c²)[√ρ Bᵀe' + √(1−ρ)e], e' ⟂ v_S
seen by B and e not: ρ = 0 is a shift of the inputs, ρ = 1 one of the output. Training from scratch, and the first layer
alone from a head that is not zero, are regression on all weights (`lintransfer.theory.linear.isotropic`, displacement θ_T
and δ = θ_T − θ_S); probing from zero is a head on frozen features (`lintransfer.theory.linear.frozen_features`).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from lintransfer.arithmetic import maximum, ratio_where, sqrt, where
from lintransfer.theory.linear.frozen_features import frozen_features_risk
from lintransfer.theory.linear.isotropic import min_norm_risk, overparameterized_risk, underparameterized_risk
from lintransfer.theory.linear.laws import frozen_features_law, min_norm_law
from lintransfer.theory.linear.laws.beta_ratio import BetaRatioLaw


class StrategyEnergies(NamedTuple):
    """What the strategies need to know of a shift.

    displacement_energy: ‖δ‖².  unexplained: u = ‖θ_T‖² − ‖Bθ_T‖².  explained: ‖Bθ_T‖².  head_displacement: ‖Bδ‖²,
    how far the best head is from the source's.
    """

    displacement_energy: Any
    unexplained: Any
    explained: Any
    head_displacement: Any


def strategy_map_energies(overlap: Any, mix: Any, head_norm: Any) -> StrategyEnergies:
    r"""Energies of a mixed shift: ‖δ‖² = 2s²(1−c), u = s²(1−ρ)(1−c²), ‖Bδ‖² = s²[(1−c)² + ρ(1−c²)].

    overlap: c = cos(θ_S, θ_T).  mix: ρ in [0, 1], 0 an input shift, 1 an output shift (k ≥ 2).  head_norm: s = ‖θ_S‖ =
    ‖θ_T‖.  Exact (identity).

    >>> print(strategy_map_energies(0.5, 0.5, 2.0)[:2])
    (4.0, 1.5)
    """
    square = head_norm * head_norm
    apart, aside = 1 - overlap, (1 - overlap) * (1 + overlap)
    unexplained = square * (1 - mix) * aside
    explained = square * (overlap * overlap + mix * aside)
    return StrategyEnergies(2 * square * apart, unexplained, explained, square * apart * (apart + mix * (1 + overlap)))


def source_head_probe_risk(
    n: Any, n_features: Any, head_displacement: Any, unexplained: Any, noise_variance: Any
) -> Any:
    r"""Mean risk of probing that starts at the head of the source instead of zero.

    .. math:: E R = u + (1-n/k)_+\|B\theta_T - v_0\|^2 + (\sigma^2+u) \begin{cases} n/(k-n-1) & n \le k-2 \\
        k/(n-k-1) & n \ge k+2 \end{cases}

    n: samples ≥ 0.  n_features: k ≥ 1.  head_displacement: ‖Bθ_T − v_0‖².  unexplained: u.  noise_variance: σ².
    A head on frozen features whose energy to learn is that of the displacement. inf for |n−k| ≤ 1 ≤ n if σ² + u > 0.
    Exact.

    >>> source_head_probe_risk(2, 8, 0.5, 0.5, 0.75)
    1.375
    """
    return frozen_features_risk(n, n_features, head_displacement, unexplained, noise_variance)


def first_layer_outputs_risk(
    n: Any, dim: Any, reachable: Any, unreachable: Any, head_rank: Any, noise_variance: Any
) -> Any:
    r"""Mean risk, summed over the outputs of f = VBx, of training the first layer alone under a frozen head V (m × k).

    .. math:: E R = \|(I-\Pi_V)\Delta\|^2 + (1-n/d)_+\|\Pi_V\Delta\|^2 + \mathrm{rank}(V)\,\sigma^2 \begin{cases}
        n/(d-n-1) & n \le d-2 \\ d/(n-d-1) & n \ge d+2 \end{cases}

    n: samples ≥ 0.  dim: d.  reachable, unreachable: energies of Δ = Θ_T − Θ_S (m × d) in and outside the columns of V.
    head_rank: rank(V) ≥ 0.  noise_variance: σ² per output. One output and v ≠ 0: fine-tuning, whatever ‖v‖.
    Exact. inf for |n−d| ≤ 1 ≤ n if there is noise.

    >>> first_layer_outputs_risk(4, 10, 1.0, 0.5, 2, 0.125)
    1.3
    """
    return unreachable + min_norm_risk(n, dim, reachable, head_rank * noise_variance)


def first_layer_boundary(n: Any, dim: Any, n_features: Any) -> Any:
    r"""Overlap above which the first layer alone beats the probe, input shift without noise.

    .. math:: c^* = 2(1-n/d)\frac{n-k-1}{n-1} - 1

    n: samples, k + 2 ≤ n < d (nan elsewhere).  dim: d.  n_features: k ≥ 1. For ‖θ_T‖ = ‖θ_S‖ and c < 1; first layer
    from the source's head, the probe from any. A value < −1 or > 1 would be no overlap; here −1 < c* < 1.
    Exact (of mean risks).

    >>> first_layer_boundary(4, 8, 1)
    -0.33333333333333337
    """
    known = (n >= n_features + 2) & (n < dim)
    count = where(known, n, 2)
    critical = 2 * (dim - count) * (count - n_features - 1) / (dim * (count - 1)) - 1
    return where(known, critical, math.nan)


def _root(n: Any, dim: Any, n_features: Any, head_energy: Any) -> Any:
    """κ > 0 with k m_1/(m_1+κ) + (d−k) m_2/(m_2+κ) = n: nκ² + bκ = (d−n)m_1m_2."""
    fast, slow = 1 + head_energy, head_energy
    product = (dim - n) * fast * slow
    linear = (n - n_features) * fast + (n - dim + n_features) * slow
    root = sqrt(linear * linear + 4 * n * product)
    # Twice the same number; each loses digits where the other does not.
    return where(linear > 0, ratio_where(linear > 0, 2 * product, linear + root, 0), (root - linear) / (2 * n))


def lazy_two_layer_equivalent(
    n: Any, dim: Any, n_features: Any, head_energy: Any, head_displacement: Any, unexplained: Any, noise_variance: Any
) -> Any:
    r"""Mean risk of both layers in the lazy limit, 0 < n < d, ‖v‖ > 0 (or n < k): a deterministic equivalent.

    The tangent kernel is XMXᵀ with M = ‖v‖²I + BᵀB: eigenvalues m_1 = 1 + ‖v‖² (k of them) and m_2 = ‖v‖² (d − k).

    .. math:: R = \frac{\kappa^2\left[\|B\delta\|^2/(m_1+\kappa)^2 + u/(m_2+\kappa)^2\right] + \sigma^2}
        {1 - \frac1n\sum_j m_j^2/(m_j+\kappa)^2} - \sigma^2, \qquad \sum_j \frac{m_j}{m_j+\kappa} = n

    Arguments as in `lazy_two_layer_risk`. Asymptotic, relative error O(1/d).

    >>> print(f"{lazy_two_layer_equivalent(50, 100, 10, 1.0, 0.04, 0.36, 0.01):.6f}")
    0.214330
    """
    kappa = _root(n, dim, n_features, head_energy)
    seen, other = head_energy + 1 + kappa, head_energy + kappa
    bias = kappa**2 * (head_displacement / seen**2 + unexplained / other**2)
    # 1 − df2/n with n = Σ m/(m+κ): κ Σ m/(m+κ)² without cancellation.
    slack = kappa * (n_features * (1 + head_energy) / seen**2 + (dim - n_features) * head_energy / other**2)
    return (n * bias + noise_variance * (n - slack)) / slack


def lazy_two_layer_risk(
    n: Any, dim: Any, n_features: Any, head_energy: Any, head_displacement: Any, unexplained: Any, noise_variance: Any
) -> Any:
    r"""Mean risk of full fine-tuning in the lazy limit (output scale → ∞ at fixed ‖v‖), for every n ≥ 0.

    n: samples.  dim: d.  n_features: k < d, B with orthonormal rows.  head_energy: ‖v‖² at the start, > 0.
    head_displacement: ‖Bδ‖².  unexplained: ‖δ‖² − ‖Bδ‖².  noise_variance: σ².
    0 < n < d: `lazy_two_layer_equivalent`, asymptotic; n = 0: ‖δ‖²; n ≥ d + 2: least squares, exact; inf for |n−d| ≤ 1
    ≤ n with noise. Not the true network: at ‖v‖ = 1 that was worse in every simulated cell.

    >>> print(f"{lazy_two_layer_risk(50, 100, 10, 1.0, 0.04, 0.36, 0.01):.6f}", lazy_two_layer_risk(21, 10, 1, 1.0, 0.1, 0.1, 0.25))
    0.214330 0.25
    """
    inside = (n > 0) & (n < dim - where(noise_variance > 0, 1, 0))
    few = lazy_two_layer_equivalent(
        where(inside, n, 1), where(inside, dim, 3), where(inside, n_features, 1),
        where(inside, head_energy, 1), head_displacement, unexplained, noise_variance,
    )  # fmt: skip
    outside = min_norm_risk(n, dim, head_displacement + unexplained, noise_variance)
    return where(inside, few, outside)


def lazy_small_head_risk(n: Any, dim: Any, n_features: Any, unexplained: Any, noise_variance: Any) -> Any:
    r"""Mean risk of both layers in the lazy limit as ‖v‖ → 0, k + 2 ≤ n ≤ d − 2: the head fits what it can for free.

    .. math:: E R = E_\perp + (E_\perp+\sigma^2)\frac{k}{n-k-1}, \qquad E_\perp = \frac{d-n}{d-k}\,u
        + \frac{\sigma^2 (n-k)}{d-n-1}

    n: samples.  dim: d.  n_features: k.  unexplained: u.  noise_variance: σ².
    Minimises ‖w_⊥‖ over all interpolators: neither the probe (which leaves u) nor probing and then the first layer.
    σ = 0 and large sizes: u n(d−n)/((d−k)(n−k)). Exact for orthonormal B; for n < k it is the probe. nan elsewhere.

    >>> print(f"{lazy_small_head_risk(10, 20, 4, 1.0, 0.0):.6f}")
    1.125000
    """
    known = (n >= n_features + 2) & (n <= dim - 2)
    count, size, k = where(known, n, 4), where(known, dim, 8), where(known, n_features, 1)
    outside = overparameterized_risk(count - k, size - k, unexplained, noise_variance)
    risk = outside + underparameterized_risk(count, k, noise_variance + outside)
    return where(known, risk, math.nan)


def one_feature_scale(gamma: Any, feature_norm: Any, head: Any, target_norm: Any, noise_variance: Any) -> Any:
    r"""|v_∞|² of both layers with one feature b_0 = aû: [C + √(C² + 4A²)]/2, C = v_0² − γa², A² = γt² + σ²γ/(1−γ).

    >>> float(one_feature_scale(0.5, 1.0, 0.0, 1.0, 0.0))
    0.5
    """
    conserved = head * head - gamma * feature_norm * feature_norm
    fit = gamma * (target_norm * target_norm + noise_variance / (1 - gamma))
    return _larger_root(conserved, fit)


def _larger_root(conserved: Any, fit: Any) -> Any:
    root = sqrt(conserved * conserved + 4 * fit)
    return where(conserved >= 0, (conserved + root) / 2, ratio_where(conserved < 0, 2 * fit, root - conserved, 0))


def one_feature_risk(
    gamma: Any, feature_norm: Any, head: Any, overlap: Any, target_norm: Any = 1.0, noise_variance: Any = 0.0
) -> Any:
    r"""Risk of full fine-tuning with one feature (k = 1), rich, in the limit d → ∞ at γ = n/d < 1.

    .. math:: R = (1-\gamma)\left[t^2(1-c^2) + (av_\infty - tc)^2\right] + \frac{\sigma^2\gamma}{1-\gamma}

    gamma: γ in [0, 1).  feature_norm: a = ‖b_0‖.  head: v_0.  overlap: c = cos(b_0, θ_T).  target_norm: t.
    noise_variance: σ².  v_∞ has the sign of v_0 where v_0² ≥ γa², and is positive where v_0 ≥ 0 and c > 0 (both turned
    round too); elsewhere the sign is not known and the value nan. γ = 0: the source. γ ≥ 1: nan (least squares).
    Asymptotic, relative error O(1/d).

    >>> print(f"{one_feature_risk(0.5, 1.0, 0.0, 0.8):.6f}")
    0.184315
    """
    few = gamma < 1
    share = where(few, gamma, 0)
    size = sqrt(one_feature_scale(share, feature_norm, head, target_norm, noise_variance))
    conserved = head * head - share * feature_norm * feature_norm
    start = share <= 0
    up = ((head > 0) & (conserved >= 0)) | ((head >= 0) & (overlap > 0))
    down = ((head < 0) & (conserved >= 0)) | ((head <= 0) & (overlap < 0))
    end = where(start, head, where(up, size, -size))
    along = feature_norm * end - target_norm * overlap
    missed = target_norm * target_norm * (1 - overlap) * (1 + overlap) + along * along
    risk = (1 - share) * missed + noise_variance * share / (1 - share)
    return where(few & (start | up | down), risk, math.nan)


def probe_then_first_layer_risk(gamma: Any, unexplained: Any, noise_variance: Any) -> Any:
    r"""Risk of probing to the end and then training the first layer alone: (1−γ)u + σ²γ/(1−γ), few features.

    gamma: γ = n/d < 1 (nan beyond: least squares).  unexplained: u.  noise_variance: σ². The least that any head can
    lead to, with one feature; what full fine-tuning after probing tends to as ‖b_0‖ → 0.
    Asymptotic: d → ∞ at fixed γ and k.

    >>> probe_then_first_layer_risk(0.5, 0.36, 0.01)
    0.19
    """
    few = gamma < 1
    share = where(few, gamma, 0)
    return where(few, (1 - share) * unexplained + noise_variance * share / (1 - share), math.nan)


def rich_head(gamma: Any, feature_norm: Any, overlap: Any, target_norm: Any = 1.0, noise_variance: Any = 0.0) -> Any:
    r"""The head v_0 ≥ 0 from which full fine-tuning with one feature has the smallest risk.

    .. math:: v_0^{*2} = \left(h^2 + \gamma a^2 - A^2/h^2\right)_+, \qquad h = tc/a,\quad A^2 = \gamma t^2 +
        \frac{\sigma^2\gamma}{1-\gamma}

    Arguments as in `one_feature_risk`, c > 0 (nan elsewhere) and a > 0. Below the probed head h; 0, no probing at all,
    iff γ(t²(1−c²) + σ²/(1−γ)) ≥ h⁴. Asymptotic, as `one_feature_risk`. nan for γ ≥ 1, where no head matters.

    >>> print(f"{rich_head(0.1, 1.0, 0.8):.6f}", float(rich_head(0.9, 1.0, 0.5)))
    0.764035 0.0
    """
    known, best, _ = best_and_probed_head(gamma, feature_norm, overlap, target_norm, noise_variance)
    return where(known, best, math.nan)


def best_and_probed_head(
    gamma: Any, feature_norm: Any, overlap: Any, target_norm: Any, noise_variance: Any
) -> tuple[Any, Any, Any]:
    """Where `rich_head` speaks, its value there and the probed head h = tc/a (both some number elsewhere)."""
    known = (overlap > 0) & (gamma < 1) & (feature_norm > 0)
    share, scale = where(known, gamma, 0), where(known, feature_norm, 1)
    probed = where(known, target_norm * overlap, 1) / scale
    fit = share * (target_norm * target_norm + noise_variance / (1 - share))
    square = probed * probed + share * scale * scale - fit / (probed * probed)
    return known, sqrt(maximum(square, 0)), probed


def source_head_probe_law(
    n: Any, n_features: Any, head_displacement: Any, unexplained: Any, noise_variance: Any
) -> BetaRatioLaw:
    r"""Law of the risk of probing from the source's head: that of a head from zero, with ‖Bθ_T − v_0‖² to learn.

    .. math:: R = u + \|B\theta_T - v_0\|^2\,\mathrm{Beta}\left(\tfrac{k-n}2, \tfrac n2\right)
        + (\sigma^2+u)\frac{\chi^2_n}{\chi^2_{k-n+1}} \quad (1 \le n < k)

    Arguments as in `source_head_probe_risk`; n ≥ k: wherever it starts. Exact at every size, one output.

    >>> print(source_head_probe_law(2, 8, 0.5, 0.25, 0.75))
    0.25 + 0.5·Beta(3, 1) + 1·χ²[2]/χ²[7]
    """
    return frozen_features_law(n, n_features, head_displacement, unexplained, noise_variance)


def first_layer_law(n: Any, dim: Any, displacement_energy: Any, noise_variance: Any) -> BetaRatioLaw:
    r"""Law of the risk of training the first layer alone from v ≠ 0: that of linear fine-tuning, whatever ‖v‖.

    n: samples ≥ 0.  dim: d.  displacement_energy: ‖θ_T − Bᵀv‖².  noise_variance: σ², one output. Exact at every size.

    >>> print(first_layer_law(57, 500, 0.4, 0.04))
    0.4·Beta(221.5, 28.5) + 0.04·χ²[57]/χ²[444]
    """
    return min_norm_law(n, dim, displacement_energy, noise_variance)

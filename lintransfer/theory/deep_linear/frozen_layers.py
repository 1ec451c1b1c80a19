r"""Fine-tuning with the first layer frozen: one feature Xθ_S whose scale is all that can be learnt.

However many samples there are, the energy that the feature leaves unexplained, u = ‖θ_T‖²_Σ(1 − c_Σ²), stays.
"""

from __future__ import annotations

import math
import sys
from typing import Any

import jax.scipy.special
import scipy.special

from lintransfer.arithmetic import kind_of, ratio_where, sqrt, where


def frozen_first_layer_risk(n: Any, unexplained: Any, noise_variance: Any, start_risk: Any) -> Any:
    r"""Mean risk, one trained layer (or more, once they have left the saddle): u(n−1)/(n−2) + σ²/(n−2), n ≥ 3.

    n: samples ≥ 0.  unexplained: u.  noise_variance: σ².  start_risk: ‖θ_T − θ_S‖²_Σ, the risk at n = 0.
    inf at n = 1, 2 unless u = σ = 0. Any Σ, Gaussian inputs; exact. Learning fails: the floor u never vanishes.
    Source: arXiv 2107.01641, deep part; the closed form is eq. 10 of arXiv 2410.08194 without its limit.

    >>> frozen_first_layer_risk(6, 0.4, 0.2, 1.0)
    0.55
    """
    noise = unexplained + noise_variance
    trained = unexplained + ratio_where(n > 2, noise, n - 2, where(noise > 0, math.inf, 0))
    return where(n > 0, trained, start_risk)


def balanced_head_risk(n: Any, best_head: Any, unexplained: Any, noise_variance: Any) -> Any:
    r"""Mean risk where two or more trained layers are EXACTLY balanced: the head is max(a_LS, 0), n ≥ 3.

    With v = σ² + u, h the best head and k = h√(n/v): u + (v/n)E[τ²; τ > −k] + h²P(τ < −k), τ Student with n degrees of
    freedom, E[τ²; τ > −k] = n[(n−1)/(n−2) F_{n−2}(k√((n−2)/n)) − F_n(k)].
    best_head: h = ⟨θ_S, θ_T⟩_Σ/‖θ_S‖_Σ, with its sign.  unexplained: u.  noise_variance: σ², v > 0.
    Floats, JAX or mpmath. n = 1, 2: inf. Source: its row of the table.

    >>> print(f"{balanced_head_risk(6, 9.0, 0.4, 0.2):.6f} {balanced_head_risk(6, -9.0, 0.4, 0.2):.6f}")
    0.549997 81.400003
    """
    enough = n > 2
    count = where(enough, n, 3)
    noise = unexplained + noise_variance
    reach = best_head * sqrt(count / noise)
    below = student_cdf(reach, count)
    square = (count - 1) * student_cdf(reach * sqrt((count - 2) / count), count - 2) / (count - 2) - below
    risk = unexplained + noise * square + best_head**2 * (1 - below)
    return where(enough, risk, math.inf)


def student_cdf(x: Any, degrees: Any) -> Any:
    """P(τ ≤ x) for Student's τ: ½ + ½ sign(x) I_{x²/(m+x²)}(½, m/2), m degrees of freedom.

    >>> print(f"{student_cdf(1.0, 1):.6f}")
    0.750000
    """
    kind = kind_of(x, degrees)
    if kind == "numpy":
        return scipy.special.stdtr(degrees, x)
    if kind == "mpmath":
        mpmath = sys.modules["mpmath"]
        share = mpmath.betainc(mpmath.mpf(1) / 2, degrees / mpmath.mpf(2), 0, x * x / (degrees + x * x), True)
        return (1 + mpmath.sign(x) * share) / 2
    sign = where(x > 0, 1.0, -1.0)
    return (1 + sign * jax.scipy.special.betainc(0.5, degrees / 2, x * x / (degrees + x * x))) / 2


def lazy_rank_one_risk(
    gamma: Any, depth: Any, source_energy: Any, cross_energy: Any, target_energy: Any, noise_variance: Any = 0.0
) -> Any:
    r"""Risk of lazily fine-tuning a balanced rank-one network of depth L, isotropic proportional limit.

    .. math:: R = (1-\gamma)\left[t^2(1-c^2) + \frac{(tc-s)^2}{(1+(L-1)\gamma)^2}\right]
        + \frac{\sigma^2\gamma}{1-\gamma}

    The tangent Gram matrix is I + (L−1)ŵŵᵀ: the source direction alone learns L times faster. gamma > 1: σ²/(γ−1);
    1: inf if σ > 0.  depth: L ≥ 1, or inf.  source_energy: s² > 0 (nan at 0, which has no direction).
    L = 1: linear fine-tuning. Source: its row of the table.

    >>> print(f"{lazy_rank_one_risk(0.5, 3, 1.0, 0.6, 1.0):.6f}")
    0.340000
    """
    few, many = gamma < 1, gamma > 1
    along = ratio_where(source_energy > 0, cross_energy, source_energy, math.nan)
    slow = ratio_where(
        (depth < math.inf) | (gamma <= 0), 1, 1 + (where(depth < math.inf, depth, 1) - 1) * where(few, gamma, 0), 0
    )
    missed = target_energy - along * cross_energy + (along - 1) ** 2 * source_energy * slow**2
    edge = where(noise_variance > 0, math.inf, 0)
    variance = ratio_where(few | many, where(few, gamma, 1) * noise_variance, where(few, 1 - gamma, gamma - 1), edge)
    return where(few, (1 - gamma) * missed + variance, variance)

r"""Meta-learning with one inner gradient step, w ← w − (a/n)Xᵀ(Xw − y), on isotropic linear tasks.

Test time: the step adapts to a new task. Training time: the outer fit asks for the start that does best after such a
step on every training task, and interpolates the outer labels. The two best steps have opposite signs.
"""

from __future__ import annotations

import math
from typing import Any

from lintransfer.arithmetic import ratio_where, sqrt, where


def adapted_risk(step: Any, n: Any, dim: Any, start_energy: Any, noise_variance: Any) -> Any:
    r"""Mean excess risk on a task after one gradient step on n of its samples.

    .. math:: E R = \left[(1-a)^2 + a^2\frac{d+1}n\right] L^2 + \frac{a^2\sigma^2 d}n

    step: a, of any sign, of gradient descent on 1/(2n)‖Xw − y‖².  n: samples ≥ 1.  dim: d.  start_energy:
    L² = E‖w − θ_task‖² of where the step starts.  noise_variance: σ².
    Exact, Σ = I. Source: Bernacchia (2102.00940), Ju, Liang & Shroff (2304.04312).

    >>> adapted_risk(0.5, 5, 9, 1.0, 0.0)
    0.75
    """
    return (1 - step) ** 2 * start_energy + step * step * ((dim + 1) * start_energy + dim * noise_variance) / n


def best_inner_step(n: Any, dim: Any, start_energy: Any, noise_variance: Any) -> Any:
    r"""The step of `adapted_risk` that serves the task best: always positive, and less than 1.

    .. math:: a^* = \frac{nL^2}{(n+d+1)L^2 + \sigma^2 d}

    Arguments as in `adapted_risk`, n ≥ 0, L > 0 (nan if L = σ = 0, where the step does nothing).  Exact, Σ = I.
    Source: Bernacchia (2102.00940).

    >>> best_inner_step(10, 9, 1.0, 0.0)
    0.5
    """
    spread = (n + dim + 1) * start_energy + dim * noise_variance
    return ratio_where(spread > 0, n * start_energy, spread, math.nan)


def best_adapted_risk(n: Any, dim: Any, start_energy: Any, noise_variance: Any) -> Any:
    r"""`adapted_risk` at the best step, (1 − a*)L²: one step never harms if its size is right.

    .. math:: \frac{(d+1)L^2 + \sigma^2 d}{(n+d+1)L^2 + \sigma^2 d}\,L^2

    Arguments as in `best_inner_step`; 0 if L = 0.  Exact, Σ = I. Source: Bernacchia (2102.00940).

    >>> best_adapted_risk(10, 9, 1.0, 0.0)
    0.5
    """
    left = (dim + 1) * start_energy + dim * noise_variance
    spread = n * start_energy + left
    return ratio_where(spread > 0, left, spread, 0) * start_energy


def meta_min_norm_risk(
    n: Any, n_inner: Any, dim: Any, step: Any, common_energy: Any, task_variance: Any, noise_variance: Any
) -> Any:
    r"""E‖ŵ − w*‖² of the outer min-norm fit from 0 over many training tasks θ_i = w* + deviation, one inner step each.

    .. math:: \left(1-\frac Nd\right)\|w^*\|^2 + \left[\nu^2 + \sigma^2\frac{1+a^2d/n_t}{s_a}\right]\frac N{d-N-1},
        \qquad s_a = (1-a)^2 + a^2\frac{d+1}{n_t}

    n: N, outer rows of all tasks together (tasks × n_v).  n_inner: n_t ≥ 1, inner samples of a task.  dim: d.  step: a, in
    training.  common_energy: ‖w*‖².  task_variance: ν² = E‖deviation‖² (ν²/d per coordinate).  noise_variance: σ².
    Returns inf at N = d − 1, d if ν or σ > 0, nan for N > d.  The first term is exact, the second asymptotic: d → ∞ with
    n_v/d → 0 outer rows a task (n_v = d/8 leaves 2–4 %).  Risk of a new task: `adapted_risk` at L² = this + ν².
    Source: Bernacchia (2102.00940); bounds: Ju, Liang & Shroff (2304.04312).

    >>> meta_min_norm_risk(4, 10, 10, 0.0, 1.0, 0.25, 0.5)
    1.2
    """
    spread = (1 - step) ** 2 + step * step * (dim + 1) / n_inner
    noise = task_variance + noise_variance * (1 + step * step * dim / n_inner) / spread
    few, within = n < dim - 1, n <= dim
    seen = where(few, n, 0)
    inflated = noise * seen / where(few, dim - seen - 1, 1)
    peak = where((noise > 0) & (n > 0), math.inf, 0 * noise)
    return where(within, (dim - n) * common_energy / dim + where(few, inflated, peak), math.nan)


def best_training_step(n_inner: Any, dim: Any) -> Any:
    r"""The inner step that serves the outer fit best: always negative, while the best step at test time is positive.

    .. math:: a = -\frac{b+\sqrt{b^2+4k}}{2k}, \qquad k = d/n_t, \quad b = 1+1/n_t

    It minimises `meta_min_norm_risk` in a: the noise counts 1/(1+|a|) times. The other root of ka² + ba = 1, positive, is
    the worst step. For n_t → ∞ b = 1.
    n_inner: n_t ≥ 1.  dim: d ≥ 1.  Source: Bernacchia (2102.00940), at b = 1.

    >>> float(best_training_step(1, 8))
    -0.5
    """
    b = 1 + 1 / n_inner
    return -(b + sqrt(b * b + 4 * dim / n_inner)) * n_inner / (2 * dim)


def worst_training_step(n_inner: Any, dim: Any) -> Any:
    r"""The positive root 2/(b + √(b² + 4k)) of the same equation: the training step that amplifies noise most.

    There the noise counts 1/(1−a) times. Arguments as in `best_training_step`.  Source: Bernacchia (2102.00940), at b = 1.

    >>> float(worst_training_step(1, 8))
    0.25
    """
    b = 1 + 1 / n_inner
    return 2 / (b + sqrt(b * b + 4 * dim / n_inner))

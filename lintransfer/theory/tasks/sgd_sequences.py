r"""Sequences of tasks under single-pass SGD with a finite step: exact second moments, inputs x ~ N(0, H_k).

A step is w ← w − (η/B)Σ x(x·w − y) over a fresh batch. With m = E(w − θ), C = E(w − θ)(w − θ)ᵀ (the second moment, not
the covariance), and all H_k diagonal in one basis, only the diagonal of C is needed:

    C_ii ← (1 − 2ηλ_i + η²(1+1/B)λ_i²) C_ii + (η²/B)λ_i(Σ_j λ_jC_jj + σ²),   m_i ← (1 − ηλ_i) m_i.

At a switch of tasks, Δ = θ_old − θ_new: C_ii += 2m_iΔ_i + Δ_i², then m += Δ. The map is linear with entries ≥ 0, so n
steps are log₂ n squarings without cancellation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import jax
import numpy as np

from lintransfer.arithmetic import array_namespace, kind_of, per_mode, ratio_where, total, where
from lintransfer.errors import refuse
from lintransfer.numerics.brackets import bracketed_root
from lintransfer.numerics.entries import kind_of_entries, modal_arrays, plain
from lintransfer.theory.tasks.sequences import entry, stages_of

_TRACED_BITS = 53  # of a number of steps whose value is not known


def sgd_risks(
    steps: Any,
    eigenvalues: Any,
    teachers: Any,
    noise_variances: Any,
    step_size: Any,
    batch: Any,
    initial: Any = 0,
    multiplicities: Any = None,
    order: Sequence[int] | None = None,
    at: tuple[int, int] | None = None,
) -> Any:
    r"""Mean risk on every task after every stage of single-pass SGD.

    steps: n_k ≥ 0 steps in a stage on task k, (…, K).  eigenvalues: of H_k, (…, K, k).  teachers: θ_k in the common
    eigenbasis, (…, K, k).  noise_variances: σ_k², (…, K).  step_size: η ≥ 0.  batch: B ≥ 1 fresh samples a step; η and B
    broadcast against leading axes.  initial: w0, (…, k).  multiplicities: (k,), 1 by default; in a mode of several
    dimensions all teachers and w0 lie along one direction.  order: the tasks of the stages, by default 0, …, K − 1.
    at: (stage, task), to get that entry only.
    Returns (…, stages + 1, K): E(w − θ_j)ᵀH_j(w − θ_j), stage 0 before training; inf beyond floats if unstable. The
    relative error is about 1e-16·min(n, 1/(ηλ)), λ the least eigenvalue that matters.
    Exact for Gaussian inputs (others change E xxᵀCxxᵀ).  Source: moments of SGD are standard (Jain et al., 1610.03774;
    Ziyin et al., 2102.05375); sequences of tasks, up to constants: Ding, Ji, Wang & Xu (2405.17583).

    >>> import numpy as np
    >>> sgd_risks([1, 1], np.array([[1.0], [2.0]]), np.array([[1.0], [0.0]]), [0.0, 0.0], 0.25, 1).tolist()
    [[1.0, 0.0], [0.6875, 0.375], [0.890625, 0.28125]]
    """
    given = steps, eigenvalues, teachers, noise_variances, step_size, batch, initial
    steps, eigenvalues, teachers, noise_variances, step_size, batch, initial = modal_arrays(*given)
    sizes = 1 if multiplicities is None else modal_arrays(multiplicities)[0]
    if steps.dtype == object:  # whole numbers of whatever arithmetic
        steps = steps.astype(float)
    for name, value, least in (("steps", steps, 0), ("step_size", step_size, 0), ("batch", batch, 1)):
        if kind_of_entries(value) == "numpy" and not np.all(value >= least):
            refuse(name, f"numbers ≥ {least}", value)
    order = stages_of(order, teachers.shape[-2])
    xp = array_namespace(steps, eigenvalues, teachers, noise_variances, step_size, batch, initial)
    here = teachers[..., order[0] if order else 0, :]
    mean = initial - here
    second = mean * mean
    history = [_risks(xp, second, mean, here, eigenvalues, teachers)]
    for task in order:
        step_to = here - teachers[..., task, :]
        second, mean = switched(second, mean, step_to)
        here, rates = teachers[..., task, :], eigenvalues[..., task, :]
        world = steps[..., task], noise_variances[..., task], step_size, batch
        second, mean = _many_steps(xp, second, mean, rates, sizes, *world)
        history.append(_risks(xp, second, mean, here, eigenvalues, teachers))
    return entry(xp.stack(xp.broadcast_arrays(*history), axis=-2), at)


def switched(second: Any, mean: Any, displacement: Any) -> tuple[Any, Any]:
    r"""The moments of w − θ once θ_old − θ_new = Δ is added: C_ii + 2m_iΔ_i + Δ_i² (old m) and m + Δ.

    second: diagonal of the second moment (not of the covariance, which a switch leaves alone).  mean, displacement: m, Δ.

    >>> switched(1.0, 1.0, -1.0)
    (0.0, 0.0)
    """
    finite = second < np.inf
    return where(
        finite, second + displacement * (2 * where(finite, mean, 0) + displacement), np.inf
    ), mean + displacement


def _risks(xp: Any, second: Any, mean: Any, here: Any, eigenvalues: Any, teachers: Any) -> Any:
    """R_j = tr(H_jC_j), C re-centred on every teacher."""
    moved, _ = switched(second[..., None, :], mean[..., None, :], here[..., None, :] - teachers)
    seen = eigenvalues > 0
    return xp.where(seen, where(seen, moved, 0) * eigenvalues, 0 * eigenvalues).sum(axis=-1)


def _many_steps(
    xp: Any, second: Any, mean: Any, rates: Any, multiplicities: Any, steps: Any, noise: Any, size: Any, batch: Any
) -> tuple[Any, Any]:
    """The moments after so many steps: powers of the affine map (C, 1) → (MC + g, 1), by squaring."""
    eta, b = per_mode(size), per_mode(batch)
    pull = 1 - eta * rates
    across = (eta * eta / b) * (multiplicities * rates)
    matrix = across[..., :, None] * rates[..., None, :]
    matrix = matrix + (pull * pull + (eta * rates) ** 2 / b)[..., :, None] * np.eye(rates.shape[-1], dtype=int)
    added = across * per_mode(noise)
    learnt = rates > 0
    shape = np.broadcast_shapes(second.shape, added.shape, pull.shape, (*np.shape(steps), 1))
    second, mean, added, pull = (xp.broadcast_to(v, shape) for v in (second, mean, added, pull))
    matrix, before = xp.broadcast_to(matrix, (*shape, shape[-1])), second

    def double(state: Any) -> Any:
        second, mean, added, pull, matrix, left = state
        odd = per_mode(left % 2 == 1)
        second = where(odd, (matrix @ second[..., None])[..., 0] + added, second)
        added = (matrix @ added[..., None])[..., 0] + added
        return second, where(odd, pull * mean, mean), added, pull * pull, matrix @ matrix, (left - left % 2) / 2

    state = where(learnt, second, 0), mean, added, pull, matrix, steps
    if kind_of(*state) == "jax":
        second, mean = jax.lax.fori_loop(0, _TRACED_BITS, lambda _, s: double(s), tuple(map(xp.asarray, state)))[:2]
    else:
        with np.errstate(over="ignore", invalid="ignore"):
            for _ in range(int(np.max(steps, initial=0)).bit_length()):
                state = double(state)
        second, mean = state[:2]
    return where(learnt, where(second < np.inf, second, np.inf), before), mean


def sgd_gain(eigenvalues: Any, step_size: Any, batch: Any, multiplicities: Any = None) -> Any:
    r"""κ_η, the gain of SGD's own noise: SGD on a fresh batch of B is stable iff κ_η < 1.

    .. math:: \kappa_\eta = \frac\eta B \sum_i \frac{\lambda_i}{2 - (1+1/B)\eta\lambda_i}

    eigenvalues: of H, (…, k).  step_size: η.  batch: B.  multiplicities: (k,), 1 by default.
    Returns (…); inf where ηλ_max(1 + 1/B) ≥ 2, unstable in itself.  Exact. Source: Ziyin et al. (2102.05375).

    >>> import numpy as np
    >>> float(sgd_gain(np.array([1.0, 1.0]), 0.5, 1))
    1.0
    """
    given = eigenvalues, step_size, batch, 1 if multiplicities is None else multiplicities
    levels, eta, b, sizes = modal_arrays(*given)
    rate, b = per_mode(eta) * levels, per_mode(b)
    room = 2 - rate - rate / b
    return plain(total(ratio_where((room > 0) & (rate < np.inf), sizes * rate / b, room, np.inf)))


def stationary_sgd_risk(
    eigenvalues: Any, noise_variance: Any, step_size: Any, batch: Any, multiplicities: Any = None
) -> Any:
    r"""Mean risk of single-pass SGD once it is stationary; C_ii = (η/B)(R_∞ + σ²)/(2 − (1+1/B)ηλ_i).

    .. math:: R_\infty = \frac{\sigma^2\kappa_\eta}{1-\kappa_\eta}

    noise_variance: σ².  Other arguments and κ_η as in `sgd_gain`.  Returns (…): inf where SGD is unstable, which is where
    κ_η ≥ 1 (necessary and sufficient); ησ²tr H/(2B) at small η.
    Exact, Gaussian inputs. Source: Ziyin et al. (2102.05375).

    >>> import numpy as np
    >>> float(stationary_sgd_risk(np.array([1.0]), 0.5, 0.5, 1))
    0.5
    """
    gain = sgd_gain(eigenvalues, step_size, batch, multiplicities)
    stable = gain < 1
    return where(stable, noise_variance * where(stable, gain, 0) / (1 - where(stable, gain, 0)), np.inf)


def critical_sgd_step(eigenvalues: Any, batch: Any, multiplicities: Any = None) -> Any:
    r"""The largest stable step: the root η of κ_η = 1, below which `stationary_sgd_risk` is finite.

    Arguments as in `sgd_gain`, one λ_i > 0 at least.  Equal eigenvalues: 2B/(λ(d + B + 1)).  Returns (…), to 1e-12.
    Exact. Source: Ziyin et al. (2102.05375).

    >>> import numpy as np
    >>> round(float(critical_sgd_step(np.array([2.0, 2.0]), 1)), 12)
    0.25
    """
    levels, b, sizes = modal_arrays(eigenvalues, batch, 1 if multiplicities is None else multiplicities)
    largest = levels.max(axis=-1)
    lower = 2 * b / (total(sizes * levels) + (b + 1) * largest)
    upper = 2 * b / ((b + 2) * largest)
    column = [per_mode(v) for v in (b, largest)]

    def excess(eta: Any) -> Any:
        step = per_mode(eta)
        return total(sizes * levels * step / (column[0] * (2 - step * levels) - step * levels)) - 1

    # The pole of the gain lies beyond the upper end by the factor 1 + 1/(B + 1).
    return plain(bracketed_root(excess, lower * 0.999, upper * (1 + 0.001 / (b + 2))))

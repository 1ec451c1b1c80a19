r"""Gradient flow stopped early from a fitted source, and under covariance shift; isotropic training inputs.

Σ = I turns all directions of the source fit alike, so that the target sees ŵ_S only through E‖θ_T − ŵ_S‖²: every formula for
a known start holds with this energy in the place of ‖θ_T − θ_S‖². Under another test covariance Σ' the flow leaves
FδδᵀF, F = e^(−TXᵀX/n) with eigenvectors that know no direction, of which in the limit

    E FΣ'F = m₁²Σ' + (m₂ − m₁²)(trΣ'/d) I,   m₁ = E tr F/d, m₂ = E tr F²/d.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from lintransfer.arithmetic import where
from lintransfer.numerics.entries import plain
from lintransfer.theory.linear.early_stopping import early_stopped_risk, optimal_stopping_time
from lintransfer.theory.linear.finite_source import finite_source_displacement
from lintransfer.theory.linear.source_ridge import optimal_source_ridge
from lintransfer.theory.linear.two_stage import fitted_displacement

_NODES = 160  # of the ladder of times, from far before everything to far after it
_ZOOMS, _FAN = 12, 9  # steps of refinement, each to 0.3 of the cell, and times looked at in one
_REACH = 64.0


def fitted_distance(
    n_source: Any,
    dim: Any,
    source_energy: Any,
    cross_energy: Any,
    target_energy: Any,
    source_noise_variance: Any,
    source_ridge: Any = 0.0,
    tuned_source: bool = False,
) -> Any:
    r"""E‖θ_T − ŵ_S‖² of a ridge fit, Σ_S = I: `finite_source_displacement` without source ridge, else its equivalent.

    Arguments as in `finite_source_displacement`.  source_ridge: λ_S ≥ 0.  tuned_source: at the λ_S of least distance, which
    is then the best for every learner and n (numbers only).  Returns (…,).

    >>> round(float(fitted_distance(4, 6, 1.0, 1.0, 1.0, 0.5, tuned_source=True)), 6)
    0.628667
    """
    one = np.ones(1)
    energies = source_energy, cross_energy, target_energy
    if tuned_source:
        own, shared, goal = (float(e) * one for e in energies)
        best = optimal_source_ridge(
            0, n_source, one, dim * one, own, shared, goal, source_noise_variance=source_noise_variance
        )
        return best.risk
    exact = finite_source_displacement(n_source, dim, *energies, source_noise_variance)
    if isinstance(source_ridge, int | float) and source_ridge == 0:
        return exact
    own, shared, goal = (e * one for e in energies)
    penalised = fitted_displacement(n_source, one, dim * one, own, shared, goal, source_noise_variance, source_ridge)[
        ..., 0
    ]
    return where(source_ridge > 0, penalised, exact)


def two_stage_stopped_risk(
    n: Any,
    n_source: Any,
    dim: Any,
    source_energy: Any,
    cross_energy: Any,
    target_energy: Any,
    noise_variance: Any,
    source_noise_variance: Any,
    time: Any,
    source_ridge: Any = 0.0,
    tuned_source: bool = False,
) -> Any:
    r"""Limit risk of gradient flow from a fitted source, stopped at time T: `early_stopped_risk` from E‖θ_T − ŵ_S‖².

    n: (…,).  n_source: n_S.  source_energy, cross_energy, target_energy: s², stc, t².  source_ridge, tuned_source: as in
    `fitted_distance`.  Other arguments as in `early_stopped_risk`.
    Returns the risk; inf where the source fit has infinite energy, unless least squares forgets it (T = inf, n ≥ d).
    Error O(1/d), Σ_S = Σ = I. Source: its row of the table.

    >>> round(float(two_stage_stopped_risk(50, 10**9, 100, 1.0, 1.0, 2.0, 0.1, 0.1, 0.5)), 6)  # known: ‖θ_T − θ_S‖² = 1
    0.649932
    """
    distance = fitted_distance(
        n_source, dim, source_energy, cross_energy, target_energy, source_noise_variance, source_ridge, tuned_source
    )
    finite = distance < math.inf
    risk = early_stopped_risk(n, dim, where(finite, distance, 0), noise_variance, time)
    return plain(where(finite | ((time == math.inf) & (n >= dim)), risk, math.inf))


def optimally_stopped_two_stage_risk(
    n: Any,
    n_source: Any,
    dim: Any,
    source_energy: Any,
    cross_energy: Any,
    target_energy: Any,
    noise_variance: Any,
    source_noise_variance: Any,
    source_ridge: Any = 0.0,
    tuned_source: bool = False,
) -> Any:
    r"""The least risk of gradient flow from a fitted source over all stopping times.

    Arguments as in `two_stage_stopped_risk`, which it is at the time that `optimal_stopping_time` gives for
    E‖θ_T − ŵ_S‖².  Returns (…,).
    Source: its row of the table.

    >>> world = 100, 1.0, 1.0, 2.0, 0.1, 0.1
    >>> best = optimally_stopped_two_stage_risk(50, 30, *world)
    >>> bool(best <= min(two_stage_stopped_risk(50, 30, *world, time=t) for t in (1.0, 3.0, 9.0)))
    True
    """
    distance = fitted_distance(
        n_source, dim, source_energy, cross_energy, target_energy, source_noise_variance, source_ridge, tuned_source
    )
    finite = distance < math.inf
    safe = where(finite, distance, 0)
    time = where(finite, optimal_stopping_time(n, dim, safe, noise_variance), math.inf)
    risk = early_stopped_risk(n, dim, safe, noise_variance, time)
    return plain(where(finite | (n >= dim), risk, math.inf))


def shifted_stopped_risk(
    n: Any, dim: Any, displacement_energy: Any, test_energy: Any, spread: Any, noise_variance: Any, time: Any
) -> Any:
    r"""Limit risk under Σ' of gradient flow on isotropic inputs, stopped at time T.

    .. math:: R = m_1^2\,\delta^T\Sigma'\delta + \frac{\mathrm{tr}\Sigma'}{d}\Big[(m_2-m_1^2)\|\delta\|^2
        + \sigma^2 a\int\frac{(1-e^{-Tx})^2}{x}d\mu\Big], \qquad m_j = (1-1/a)_+ + \int e^{-jTx}d\mu

    displacement_energy: ‖δ‖².  test_energy: δᵀΣ'δ.  spread: trΣ' (Σ = λI: tr Σ'Σ⁻¹, with λ‖δ‖² and λT).  Other arguments as
    in `early_stopped_risk`, which it is for Σ' = I.  Returns (…,), broadcast.
    Error O(1/d). Source: its row of the table.

    >>> round(float(shifted_stopped_risk(50, 100, 1.0, 1.0, 100.0, 0.1, 0.5)), 6)  # no shift
    0.649932
    """
    first = early_stopped_risk(n, dim, 1.0, 0.0, time / 2)
    second = early_stopped_risk(n, dim, 1.0, 0.0, time)
    heat = early_stopped_risk(n, dim, 0.0, noise_variance, time)
    return plain(first * first * test_energy + spread / dim * ((second - first * first) * displacement_energy + heat))


def optimal_shifted_time(
    n: Any, dim: Any, displacement_energy: Any, test_energy: Any, spread: Any, noise_variance: Any
) -> Any:
    r"""The time at which `shifted_stopped_risk` is least, to about 1e-7 (the risk there to rounding); numbers but for n.

    Sought on a ladder of times over all scales of the spectrum, then refined about its lowest rung; 0 and inf are among the
    candidates, and 0 may be the best although there is something to learn: where δᵀΣ'δ is small beside ‖δ‖²trΣ'/d, training
    spreads an error that is hardly tested.  Returns (…,).

    >>> float(optimal_shifted_time(50, 100, 1.0, 0.0, 100.0, 0.1))  # what is displaced is not tested
    0.0
    """
    sizes = np.asarray(n, dtype=float)
    flat = sizes.reshape(-1)
    some = np.maximum(flat, 1.0)

    def risk(times: np.ndarray) -> np.ndarray:
        return np.asarray(
            shifted_stopped_risk(some[:, None], dim, displacement_energy, test_energy, spread, noise_variance, times)
        )

    root = np.sqrt(dim / some)
    low, high = (1 - root) ** 2, (1 + root) ** 2
    with np.errstate(all="ignore"):
        ratio = (
            some * max(displacement_energy, test_energy * dim / spread if spread > 0 else 0) / (dim * noise_variance)
        )
        late = np.where(low > 0, np.log1p(ratio * low) / low, ratio)
        late = np.fmin(np.fmin(late, _REACH / low), 1e12)
    ends = np.log(1e-4 / high), np.log(_REACH * np.maximum(late, 1 / high))
    x = np.linspace(*ends, _NODES, axis=-1)
    values = risk(np.exp(x))
    best = values.argmin(axis=-1)
    centre, width = x[np.arange(len(flat)), best], (ends[1] - ends[0]) / (_NODES - 1)
    fan = np.linspace(-1, 1, _FAN)
    for _ in range(_ZOOMS):
        x = centre[:, None] + width[:, None] * fan
        values = risk(np.exp(x))
        centre, width = x[np.arange(len(flat)), values.argmin(axis=-1)], width * 0.3
    candidates = np.stack([np.zeros(len(flat)), np.exp(centre), np.full(len(flat), math.inf)], axis=-1)
    chosen = candidates[np.arange(len(flat)), risk(candidates).argmin(axis=-1)]
    return plain(np.where(flat > 0, chosen, 0.0).reshape(sizes.shape))


def optimally_stopped_shifted_risk(
    n: Any, dim: Any, displacement_energy: Any, test_energy: Any, spread: Any, noise_variance: Any
) -> Any:
    r"""The least `shifted_stopped_risk` over all stopping times; arguments as in `optimal_shifted_time`. Returns (…,).

    Source: its row of the table.

    >>> from lintransfer.theory.linear.early_stopping import optimally_stopped_risk
    >>> found = optimally_stopped_shifted_risk(50, 100, 1.0, 1.0, 100.0, 0.1)  # no shift
    >>> bool(abs(found / optimally_stopped_risk(50, 100, 1.0, 0.1) - 1) < 1e-12)
    True
    """
    time = optimal_shifted_time(n, dim, displacement_energy, test_energy, spread, noise_variance)
    n = np.asarray(n, dtype=float)
    return plain(shifted_stopped_risk(n, dim, displacement_energy, test_energy, spread, noise_variance, time))

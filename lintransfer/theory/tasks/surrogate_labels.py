r"""The best noise-free labels for ridge training: those of a surrogate teacher θˢ that is not the true one.

Ridge regression on labels Xθˢ learns the share f_i = λ_i/(λ_i+κ) of mode i and amplifies what it misses by
q = df2/(n − df2), so that its risk against θ is

    Σ λ_i[(θ_i − f_iθˢ_i)² + q(1 − f_i)²(θˢ_i)²],

mode by mode a parabola in θˢ_i: strong modes (f_i > df2/n) are best exaggerated, weak ones hidden.
"""

from __future__ import annotations

from typing import Any

from lintransfer.arithmetic import per_mode, ratio_where, total, where
from lintransfer.numerics.entries import modal_arrays, plain
from lintransfer.numerics.resolvents import resolvent_sums
from lintransfer.theory.linear.covariance import solve_modes, solved_inflation


def surrogate_factors(n: Any, eigenvalues: Any, multiplicities: Any, ridge: Any = 0.0) -> Any:
    r"""θˢ_i/θ_i of the best surrogate teacher: f_i/(f_i² + q(1 − f_i)²).

    n: (…,) ≥ 0.  eigenvalues, multiplicities: (k,), modes of Σ.  ridge: λ ≥ 0; 0 is min-norm training.
    Returns (…, k): 1 in every mode where all is learnt (n ≥ rank Σ without ridge); the limit λ_i(trΣ + λ)/trΣ² at n = 0.
    Above 1 iff f_i > df2/n. For equal eigenvalues without ridge 1: no gain.
    Deterministic equivalent, error O(1/n). Source: Ildiz et al. (2025) (λ = 0).

    >>> import numpy as np
    >>> surrogate_factors(2, np.array([4.0, 1.0]), np.array([2.0, 2.0])).round(3).tolist()
    [1.143, 0.5]
    """
    n, eigenvalues, multiplicities, ridge = modal_arrays(n, eigenvalues, multiplicities, ridge)
    _, learnt, waste, _, s = _learning(n, eigenvalues, multiplicities, ridge)
    spread = learnt * learnt + waste
    trace, square = total(multiplicities * eigenvalues), total(multiplicities * eigenvalues * eigenvalues)
    start = ratio_where(square > 0, trace + ridge, square, 0) + 0 * s.kappa
    factors = ratio_where(spread > 0, learnt, spread, 0 * learnt)
    return plain(where(per_mode(s.untrained), per_mode(start) * eigenvalues, factors))


def surrogate_risk(
    n: Any, eigenvalues: Any, multiplicities: Any, displacement: Any, noise_variance: Any = 0.0, ridge: Any = 0.0
) -> Any:
    r"""Risk against θ of ridge training from 0 on the best surrogate labels: Σ λ_ie_i q(1−f_i)²/(f_i² + q(1−f_i)²) + σ²q.

    n, eigenvalues, multiplicities, ridge: as in `surrogate_factors`.  displacement: e_i = ‖θ‖² within each mode (k,),
    relative to the weights that training starts from.  noise_variance: σ² of the labels, which leaves the best
    surrogate as it is.
    Returns (…,), never above `ridge_risk`, and equal to it for equal eigenvalues without ridge.
    Deterministic equivalent, error O(1/n). Source: Ildiz et al. (2025) (λ = 0).

    >>> import numpy as np
    >>> round(float(surrogate_risk(5, np.ones(1), np.array([10.0]), np.array([2.0]))), 12)  # (1 − n/d)‖θ‖²
    1.0
    """
    n, eigenvalues, multiplicities, displacement, noise_variance, ridge = modal_arrays(
        n, eigenvalues, multiplicities, displacement, noise_variance, ridge
    )
    alive, learnt, waste, amplified, s = _learning(n, eigenvalues, multiplicities, ridge)
    kept = ratio_where(learnt > 0, waste, learnt * learnt + waste, 1 + 0 * learnt)  # a κ that is nan stays so
    trained = total(where(alive, eigenvalues * displacement, 0) * kept) + where(
        noise_variance > 0, noise_variance * amplified, 0
    )
    return plain(where(s.untrained, total(eigenvalues * displacement), trained))


def _learning(n: Any, eigenvalues: Any, multiplicities: Any, ridge: Any) -> tuple[Any, ...]:
    """Which modes count, f and q(1 − f)² (…, k), q (…,), and the solution of κ."""
    s, alive = solve_modes(n, eigenvalues, multiplicities, ridge), eigenvalues > 0
    column = per_mode(s.kappa)
    weight = s.multiplicities * s.eigenvalues
    spread, pull = resolvent_sums(s.kappa, s.eigenvalues, (), (weight * s.eigenvalues, weight))
    amplified = solved_inflation(spread, s.slack + s.kappa * pull)
    learnt = where(alive, s.eigenvalues / (s.eigenvalues + column), 0)
    left = column / (s.eigenvalues + column)
    waste = where(left > 0, where(left > 0, per_mode(amplified), 0) * left * left, 0)
    return alive, learnt, waste, amplified, s

r"""A new head on frozen source features (linear transfer), isotropic inputs.

A target seen through r orthonormal features splits in two: the explained energy e = ‖Uᵀθ_T‖², which the head can learn,
and the unexplained energy u = ‖θ_T‖² − e, which acts as label noise on top of σ² and stays as a floor. So the risk is
that of a regression in r dimensions with noise v = σ² + u, plus u.
"""

from __future__ import annotations

from typing import Any

import jax
import numpy as np

from lintransfer.arithmetic import total, where
from lintransfer.theory.linear.isotropic import min_norm_risk, overparameterized_risk, underparameterized_risk


def least_squares_head_risk(n: Any, n_features: Any, unexplained: Any, noise_variance: Any) -> Any:
    r"""Mean excess risk of a least-squares head on r frozen features.

    .. math:: E R = u + (\sigma^2+u)\,\frac{r}{n-r-1}

    n: target samples, n ≥ r + 2.  n_features: r ≥ 1.  unexplained: u.  noise_variance: σ² (kσ² for k outputs, with u
    summed over them).
    Exact at every finite size, for every covariance Σ of rank ≥ r if u is that of the Σ-best head (see
    `lintransfer.theory.linear.covariance_shift.shift_energies`). r = 1, n → ∞: Tahir, Ganguli & Rotskoff (2410.08194), eq. 10.

    >>> least_squares_head_risk(5, 1, unexplained=0.375, noise_variance=0.375)
    0.625
    """
    return unexplained + underparameterized_risk(n, n_features, noise_variance + unexplained)


def min_norm_head_risk(n: Any, n_features: Any, explained: Any, unexplained: Any, noise_variance: Any) -> Any:
    r"""Mean excess risk of the minimum-norm head on more frozen features than samples.

    .. math:: E R = u + (1-n/r)\,e + (\sigma^2+u)\,\frac{n}{r-n-1}

    n: target samples, 0 ≤ n ≤ r − 2.  n_features: r.  explained: e = ‖Uᵀθ_T‖².  unexplained: u.  noise_variance: σ².
    Exact at every finite size, Σ = I, orthonormal features. Source: its row of the table.

    >>> min_norm_head_risk(2, 8, explained=0.5, unexplained=0.5, noise_variance=0.75)
    1.375
    """
    return unexplained + overparameterized_risk(n, n_features, explained, noise_variance + unexplained)


def frozen_features_risk(n: Any, n_features: Any, explained: Any, unexplained: Any, noise_variance: Any) -> Any:
    r"""Mean excess risk of a new head on r frozen orthonormal features, for every n ≥ 0 and r ≥ 0, Σ = I.

    .. math:: E R = u + (1-n/r)_+\,e + (\sigma^2+u) \begin{cases} n/(r-n-1) & n \le r-2 \\ r/(n-r-1) & n \ge r+2
        \end{cases}

    n: target samples.  n_features: r.  explained, unexplained: e and u.  noise_variance: σ² (kσ² for k outputs, with e
    and u summed over them).
    Returns E R; inf where |n − r| ≤ 1, n ≥ 1 and σ² + u > 0 (for one feature: n = 1, 2); e + u at n = 0; u if r = 0.
    Exact. Source: as `least_squares_head_risk` and `min_norm_head_risk`.

    >>> float(frozen_features_risk(5, 1, explained=0.625, unexplained=0.375, noise_variance=0.375))
    0.625
    >>> float(frozen_features_risk(2, 1, explained=0.625, unexplained=0.375, noise_variance=0.375))
    inf
    """
    some = n_features > 0
    head = min_norm_risk(n, where(some, n_features, 1), explained, noise_variance + unexplained)
    return unexplained + where(some, head, 0)


def unexplained_energy(overlap: Any, n_outputs: Any) -> Any:
    r"""Energy of k orthonormal target directions that r orthonormal features leave unexplained.

    .. math:: u = \|(I-UU^T)\Theta_T\|_F^2 = k - \sum_{j \le \min(k, r)} \cos^2\varphi_j

    overlap: cosines of the principal angles between the two subspaces, array (…, min(k, r)).  n_outputs: k.
    Returns u, shape (…); multiply by t² for target directions of norm t. The explained energy is k − u.
    Exact (identity). For one direction and one feature: 1 − c².

    >>> import numpy as np
    >>> float(unexplained_energy(np.array([1.0, 0.5]), 3))
    1.75
    """
    cosines = overlap if isinstance(overlap, jax.Array) else np.asarray(overlap)
    # A sum of squared sines and of whole directions: k − Σcos² would cancel where the subspaces nearly agree.
    return total((1 - cosines) * (1 + cosines)) + (n_outputs - cosines.shape[-1])

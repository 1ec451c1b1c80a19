r"""Two noiseless tasks fitted to convergence in turns: alternating projections of the error onto two null spaces.

Both tasks share one teacher θ, and only their row spaces matter, with principal vectors u_i (task 1), v_i (task 2) at
principal angles φ_i. A fit removes the error within the span of its own rows; what is left of a pair turns by φ_i, so
each fit multiplies it by cos φ_i.
"""

from __future__ import annotations

from typing import Any

from lintransfer.arithmetic import array_namespace, exp, log1p, total, where
from lintransfer.numerics.entries import modal_arrays, plain


def alternating_projections_error(fits: Any, overlaps: Any, energies: Any) -> Any:
    r"""Training error ‖P_other(w − θ)‖² on the task that was not fitted last, after k alternating fits from task 1 on.

    .. math:: \sum_i \cos^{2(k-1)}\phi_i \sin^2\phi_i \, (t_i\cdot(w_0-\theta))^2, \qquad
        t_i = (v_i - u_i\cos\phi_i)/\sin\phi_i

    fits: k ≥ 1.  overlaps: cosines of the principal angles, in [0, 1], (…, r).  energies: (t_i·(w0 − θ))², (…, r): the
    energy of the error along what task 2's direction has beside task 1's. If task 2 has more rows than task 1, each
    direction of its own counts with overlap 0 (it adds at k = 1 only).  A pair with overlap 1 adds nothing.
    Returns (…).  Identity for any two row spaces. Source: Evron, Moroshko, Ward, Srebro & Soudry (2205.09588).

    >>> import numpy as np
    >>> float(alternating_projections_error(2, np.array([0.5, 0.0]), np.array([1.0, 3.0])))
    0.1875
    """
    overlaps, energies = modal_arrays(overlaps, energies)
    xp = array_namespace(overlaps, energies)
    power = xp.asarray(2 * (fits - 1))[..., None] if xp.ndim(fits) else 2 * (fits - 1)
    return plain(total(overlaps**power * (1 - overlaps) * (1 + overlaps) * energies))


def alternating_projections_bound(fits: Any) -> Any:
    r"""The largest `alternating_projections_error` per unit of energy: over every angle, cos²φ = (k−1)/k is the worst.

    .. math:: \frac1k \left(1 - \frac1k\right)^{k-1} \le \frac1{e(k-1)}

    fits: k ≥ 1.  Returns the factor that the energy Σ(t_i·(w0 − θ))² ≤ ‖w0 − θ‖² is to be multiplied by: the error falls
    at least like 1/k, however small the angles. Source: Evron, Moroshko, Ward, Srebro & Soudry (2205.09588).

    >>> float(alternating_projections_bound(2))
    0.25
    """
    others = where(fits > 1, fits - 1, 1)
    return where(fits > 1, exp(-others * log1p(1 / others)), 1) / fits

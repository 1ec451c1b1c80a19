"""Source risk: w − θ_S = (w − ŵ_S) + (ŵ_S − θ_S), and the move is P_new(θ_T − ŵ_S) + (XQ_m)⁺[…] inside the range of Q_m.

With a = Q_m(ŵ_S − θ_S) and b = Q_m(ŵ_S − θ_T), the move's part without noise is −P_new b, so

    E‖w − θ_S‖² = E‖ŵ_S − θ_S‖² − 2ρ E a·b + ρ E‖b‖² + v.
"""

import sympy as sp

from .pieces import (
    REGIME as REGIME,
)
from .pieces import (
    cross,
    dim,
    distance,
    kept,
    n,
    n_source,
    noise,
    rows_error,
    rows_noise,
    seen,
    source,
    source_error,
    source_noise,
    target,
    target_error,
    unseen,
    variance,
)

# The risk on the source turns out not to depend on ‖θ_T‖², so any value may stand for it.
ARGUMENTS = {str(symbol): symbol for symbol in (n, n_source, kept, dim, source, distance, noise, source_noise)}


def derive():
    both = source_error - unseen * (source - cross)  # E(ŵ_S − θ_S)·(ŵ_S − θ_T)
    rest = target_error - rows_error
    risk = source_error - 2 * seen * (both - rows_noise) + seen * rest + variance
    if sp.cancel(sp.together(risk.diff(target))) != 0:
        raise ArithmeticError("the target's norm should cancel")
    return risk.subs(target, 0)

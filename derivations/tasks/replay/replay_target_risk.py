"""Target risk: the error on the kept rows stays, of the rest a share ρ is learnt, and the noise comes on top."""

from .pieces import (
    REGIME as REGIME,
)
from .pieces import (
    dim,
    distance,
    kept,
    n,
    n_source,
    noise,
    rows_error,
    seen,
    source,
    source_noise,
    target,
    target_error,
    variance,
)

ARGUMENTS = {str(symbol): symbol for symbol in (n, n_source, kept, dim, source, target, distance, noise, source_noise)}


def derive():
    return rows_error + (1 - seen) * (target_error - rows_error) + variance

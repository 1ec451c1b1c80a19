r"""X3, Bayes: derivatives of the posterior's risk in the sample sizes of source and target, at n_S = 0.

A sample of task k adds 1/(σ_k² + e_k) to its precision. That e then changes a_T as well scales both derivatives alike.
"""

import sympy as sp

from ..information_floor.two_tasks import NOISE, OVERLAP, PRECISION, SOURCE_NOISE, SOURCE_PRECISION, S, T, risks

_SOURCE, _TARGET = risks()
_NONE = {SOURCE_PRECISION: 0}
ARGUMENTS = {
    "risk": _TARGET.subs(_NONE), "overlap": OVERLAP, "target_energy": T**2, "source_energy": S**2,
    "noise_variance": NOISE, "source_noise_variance": SOURCE_NOISE,
}  # fmt: skip


def derive():
    per_sample = [
        (sp.diff(_TARGET, precision) / (noise + risk)).subs(_NONE)
        for precision, noise, risk in (
            (SOURCE_PRECISION, SOURCE_NOISE, _SOURCE), (PRECISION, NOISE, _TARGET),
        )
    ]  # fmt: skip
    return sp.factor(per_sample[0] / per_sample[1])

"""D² at which the pooled fit and the target alone have equal risk: an equation affine in D², regime by regime."""

import sympy as sp

from .affine_risks import critical, dim, energy, n, n_source, source_variance, variance

ARGUMENTS = {
    "n": n, "n_source": n_source, "dim": dim, "displacement_energy": energy, "noise_variance": variance,
    "source_noise_variance": source_variance,
}  # fmt: skip


def derive() -> sp.Expr:
    return sp.Piecewise(
        (critical(few_together=True, few_alone=True), n + n_source <= dim - 2),
        (critical(few_together=False, few_alone=False), n >= dim + 2),
        (critical(few_together=False, few_alone=True), (n <= dim - 2) & (n + n_source >= dim + 2)),
    )

"""Points at which a switch is known: a D² between the critical distances of m and of m + 1 source rows, n ≥ d + 2."""

from .affine_risks import critical, dim, n, n_source, source_variance, variance

_CRITICAL = critical(few_together=False, few_alone=False)
HERE, NEXT = _CRITICAL, _CRITICAL.subs(n_source, n_source + 1)
ARGUMENTS = {
    "n": n, "dim": dim, "distance_squared": (HERE + NEXT) / 2, "noise_variance": variance,
    "source_noise_variance": source_variance,
}  # fmt: skip
ALLOWED = (n >= dim + 2) & (HERE + NEXT > 0)

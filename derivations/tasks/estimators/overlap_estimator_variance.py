"""Variance of the unbiased estimate of θ_S·θ_T: n independent terms, each a product of Gaussians."""

import sympy as sp

from .overlap_estimator import c, mean, n, one_term, s, sigma, sine, t, total
from .overlap_estimator import derive as estimate

source, target, noise = sp.symbols("source_energy target_energy noise_variance", positive=True)
cross = sp.Symbol("cross_energy", real=True)
ARGUMENTS = {
    "n": n, "source_energy": source, "cross_energy": cross, "target_energy": target, "noise_variance": noise,
}  # fmt: skip


def derive() -> sp.Expr:
    weight = sp.diff(estimate(), total)
    variance = weight**2 * n * (mean(one_term**2) - mean(one_term) ** 2)
    energies = {s: sp.sqrt(source), t: sp.sqrt(target), sigma: sp.sqrt(noise)}
    cosine = cross / sp.sqrt(source * target)
    return sp.simplify(sp.expand(variance).subs(sine, sp.sqrt(1 - c**2)).subs(c, cosine).subs(energies))

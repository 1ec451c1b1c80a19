"""E y²(v·x)² for a unit vector v: moments of the input along θ, along the rest of v, and of the noise."""

import sympy as sp

from ..estimators.gaussian_moments import expectation, g, p, xi

target, along, noise = sp.symbols("target_energy along_energy noise_variance", positive=True)
ARGUMENTS = {"target_energy": target, "along_energy": along, "noise_variance": noise}
t, sigma, dim = sp.symbols("t sigma dim", positive=True)
c, sine = sp.symbols("c sine", real=True)


def derive() -> sp.Expr:
    mean = expectation((t * g + sigma * xi) ** 2 * (c * g + sine * p) ** 2, dim - 2)
    unit = sp.expand(mean.subs(sine, sp.sqrt(1 - c**2)))
    return sp.simplify(unit.subs(c, sp.sqrt(along) / t).subs({t: sp.sqrt(target), sigma: sp.sqrt(noise)}))

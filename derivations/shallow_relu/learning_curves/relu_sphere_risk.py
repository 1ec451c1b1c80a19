"""Kernel regression of a linear residual on S^{d−1}, d = 13, with the spectrum of the arc-cosine kernels.

x·δ is a spherical harmonic of degree 1, and E(x·δ)² = ‖δ‖²/d, since the d shares of E‖x‖² = 1 are equal. Degrees 0 to 6
come with the masses N_kμ_k of `sphere_masses`; what is left of K(1), the kernel of an input with itself, lies in
directions too many to be learnt and acts as a ridge. The test error follows as in `kernel_risk`: with s_k = μ_k/(μ_k+κ),
V = (1−s_1)²‖δ‖²/d + σ² + (ΣN_k s_k²/n) V. At odd d all masses are rational.
"""

import sympy as sp

from ..spectrum import relu_sphere_spectrum as sphere_masses

DIM = 13
kappa, ridge, noise, energy = sp.symbols("kappa ridge noise_variance displacement_energy", positive=True)
first, second = sphere_masses.first, sphere_masses.second


def same_input() -> sp.Expr:
    """K(1): a neuron is active half of the time (first layer), and E relu(w·x)² = ½ (second)."""
    z = sp.Symbol("z", real=True)
    density = sp.exp(-(z**2) / 2) / sp.sqrt(2 * sp.pi)
    return first * sp.integrate(density, (z, 0, sp.oo)) + second * sp.integrate(z**2 * density, (z, 0, sp.oo))


def spectrum() -> tuple[list, list, sp.Expr]:
    """Multiplicities, eigenvalues, and the mass beyond the degrees that are kept."""
    masses = [sp.simplify(mass.subs(sphere_masses.dim, DIM)) for mass in sphere_masses.derive()]
    numbers = [sphere_masses.multiplicity(k).subs(sphere_masses.dim, DIM) for k in range(len(masses))]
    return numbers, [mass / number for mass, number in zip(masses, numbers, strict=True)], same_input() - sum(masses)


NUMBERS, VALUES, TAIL = spectrum()
LEARNT = [value / (value + kappa) for value in VALUES]
SIZE = sum(number * s for number, s in zip(NUMBERS, LEARNT, strict=True)) + (TAIL + ridge) / kappa
ARGUMENTS = {
    "n": SIZE,
    "dim": DIM,
    "displacement_energy": energy,
    "noise_variance": noise,
    "trained": (first, second),
    "ridge": ridge,
    "max_degree": len(VALUES) - 1,
}


def derive() -> sp.Expr:
    V, share = sp.symbols("V share")
    (each,) = sp.solve(DIM * share - 1, share)
    spread = sum(number * s**2 for number, s in zip(NUMBERS, LEARNT, strict=True)) / SIZE
    (solution,) = sp.solve(sp.Eq(V, (1 - LEARNT[1]) ** 2 * energy * each + noise + share * V), V)
    return solution.subs(share, spread) - noise

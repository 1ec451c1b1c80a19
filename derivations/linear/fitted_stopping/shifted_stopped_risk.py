"""Gradient flow on isotropic inputs, tested under Σ': the average of FΣ'F over eigenvectors that know no direction.

For F = U diag(f) Uᵀ, U uniform on the orthogonal group, E FΣ'F is linear in Σ' and turns with it: αΣ' + β tr(Σ') I. Two traces
fix α and β: Σ' = I, and uᵀ(FΣ'F)u for Σ' = uuᵀ, (uᵀFu)², from the moments E u_i⁴ = 3/(d(d+2)), E u_i²u_j² = 1/(d(d+2)) of a uniform
direction. With Σf = dm₁ and Σf² = dm₂ the limit d → ∞ is m₁²Σ' + (m₂ − m₁²)(trΣ'/d) I. The noise has a covariance that is a function
of XᵀX: trΣ'/d times what it is under Σ' = I.
"""

import sympy as sp

from ..proportional.spectral_law import (
    ASPECT,
    DIM,
    ENERGY,
    NOISE,
    TIME,
    N,
    X,
    average,
    displacement_factor,
    noise_factor,
)

TESTED, SPREAD = sp.symbols("test_energy spread", positive=True)
ARGUMENTS = {
    "n": N,
    "dim": DIM,
    "displacement_energy": ENERGY,
    "test_energy": TESTED,
    "spread": SPREAD,
    "noise_variance": NOISE,
    "time": TIME,
}


def turned_average(first, second):
    """α and d·β in the limit, from tr F/d and tr F²/d."""
    d, alpha, beta = sp.symbols("d alpha beta", positive=True)
    sum_of_squares = d * second
    apart = (d * first) ** 2 - sum_of_squares  # Σ f_i f_j over i ≠ j
    whole = sp.Eq(alpha + beta * d, second)
    along = sp.Eq(alpha + beta, (3 * sum_of_squares + apart) / (d * (d + 2)))
    found = sp.solve([whole, along], [alpha, beta], dict=True)[0]
    return sp.limit(found[alpha], d, sp.oo), sp.limit(found[beta] * d, d, sp.oo)


def derive():
    first, second = sp.symbols("m1 m2", positive=True)
    along, around = turned_average(first, second)
    point_mass = sp.Max(0, 1 - N / DIM)
    moments = {j: point_mass + average(displacement_factor() ** j) for j in (1, 2)}
    kept = TESTED * along + ENERGY * around * SPREAD / DIM
    heat = NOISE * ASPECT * average(X * noise_factor() ** 2) * SPREAD / DIM
    return kept.subs({first: moments[1], second: moments[2]}) + heat

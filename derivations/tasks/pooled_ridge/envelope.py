r"""Shared start: the risk of a weighted ridge fit as the slope of its least loss.

Φ(μ) = min_w Σ_k ω_k‖y_k − X_kw‖² + λ‖w‖² + μ‖w − θ_t‖²_{Σ_t}, w0 the origin. At its minimum dΦ/dμ = ‖ŵ − θ_t‖²_{Σ_t},
exactly, for every X: the risk is Φ'(0). Φ is a Schur complement of Σ_k ω_k Z_kᵀZ_k + …, Z_k = (X_k, y_k) with independent
rows of covariance C_k, the second moments of (x, y). Leaving row i of group k out (Sherman–Morrison) turns
ω_kz_iz_iᵀ into ω_kC_k/(1 + e_k), e_k = tr S_kG, which one more column y does not change; so Φ is the same Schur complement
of Σ_k a_kω_kC_k + …,

    Φ = min_w Σ_k a_k(v_k + ‖w − θ_k‖²_{S_k}) + λ‖w‖² + μ‖w − θ_t‖²_{Σ_t},    n_k = a_k(1 + tr S_kG),
    G = (Σ a_kS_k + λ + μΣ_t)⁻¹,

and a_k moves with μ at fixed n. Nothing else is used: a_k and λ are free here, and n_k follows.
"""

import sympy as sp

PROBE = sp.Symbol("mu", nonnegative=True)
A = sp.symbols("a1:3", positive=True)
RIDGE = sp.Symbol("ridge", positive=True)
NOISES = sp.symbols("v1:3", nonnegative=True)
WEIGHTS = sp.symbols("omega1:3", positive=True)


def slope_at_rest(loss, counts, unknowns=A):
    """dΦ/dμ at μ = 0 and fixed n_k = counts, both functions of the unknowns a_k and of μ."""
    (a, b), (c, d) = ([sp.diff(count, x).subs(PROBE, 0) for x in unknowns] for count in counts)
    p, q = (-sp.diff(count, PROBE).subs(PROBE, 0) for count in counts)
    moved = (d * p - b * q) / (a * d - b * c), (a * q - c * p) / (a * d - b * c)
    slope = sp.diff(loss, PROBE).subs(PROBE, 0)
    return slope + sum(m * sp.diff(loss, a).subs(PROBE, 0) for m, a in zip(moved, unknowns, strict=True))


def least(pulls, points):
    """min over w of Σ pulls·(w − points)², one coordinate."""
    total = sum(pulls)
    centre = sum(p * x for p, x in zip(pulls, points, strict=True)) / total
    return sum(p * (centre - x) ** 2 for p, x in zip(pulls, points, strict=True))

"""One SGD step for linear regression, x ~ N(0, H), H diagonal, batch B: what it does to the second moments of w − θ.

w⁺ − θ = (I − ηĤ)(w − θ) + η(noise), Ĥ = Σ x xᵀ/B. By Isserlis E x xᵀC x xᵀ = 2HCH + tr(HC)H, so that E ĤCĤ = HCH +
(HCH + tr(HC)H)/B, and the noise adds σ²H/B. On the diagonal: C_ii ← C_ii(1 − 2ηλ_i + η²λ_i²(1 + 1/B)) + η²λ_i(Σλ_jC_jj + σ²)/B.
"""

import sympy as sp


def isserlis(i: int, j: int, k: int, m: int) -> int:
    """E x_i x_j x_k x_m of independent standard normals, by pairings."""
    return (i == j) * (k == m) + (i == k) * (j == m) + (i == m) * (j == k)


def fourth_moment(levels, diagonal):
    """Diagonal of E x xᵀC x xᵀ for a diagonal C, summed over pairings."""
    size = range(len(levels))
    return [sum(levels[i] * levels[j] * diagonal[j] * isserlis(i, j, j, i) for j in size) for i in size]


def next_moments(levels, diagonal, step, batch, noise):
    fourth = fourth_moment(levels, diagonal)
    out = []
    for level, own, x in zip(levels, diagonal, fourth, strict=True):
        square = (
            1 - sp.Integer(1) / batch
        ) * level**2 * own + x / batch  # E ĤCĤ, from pairs of samples and single ones
        out.append(own - 2 * step * level * own + step**2 * (square + noise * level / batch))
    return out

r"""One step of SGD in second moments, from Isserlis' theorem, on a full (not diagonal) C in two coordinates.

w − θ ← (I − ηĤ)(w − θ) + (η/B)Σ x_bξ_b, Ĥ = (1/B)Σ x_bx_bᵀ over B fresh inputs N(0, H). Hence

    C ← C − η(HC + CH) + η² E ĤCĤ + (η²/B)σ²H,    E ĤCĤ = E[xxᵀCxxᵀ]/B + (1 − 1/B) HCH,

where pairs b ≠ b' are independent. m is multiplied by I − ηH. Nothing here centres C: it is E(w − θ)(w − θ)ᵀ.
"""

import itertools

import sympy as sp

from ..estimators.gaussian_moments import normal_moment

eta, B = sp.symbols("step_size batch", positive=True)


def fourth(levels, a, b, c, d):
    """E x_a x_b x_c x_d for independent coordinates of variances `levels`."""
    value = sp.Integer(1)
    for i, level in enumerate(levels):
        value *= normal_moment((a, b, c, d).count(i)) * sp.sqrt(level) ** (a, b, c, d).count(i)
    return value


def step(second, mean, levels, noise):
    """(C, m) after one step."""
    size = len(levels)
    H = sp.diag(*levels)
    quartic = sp.zeros(size, size)
    for a, d in itertools.product(range(size), repeat=2):
        quartic[a, d] = sum(
            fourth(levels, a, b, c, d) * second[b, c] for b, c in itertools.product(range(size), repeat=2)
        )
    averaged = quartic / B + (1 - 1 / B) * H * second * H
    moved = second - eta * (H * second + second * H) + eta**2 * averaged + eta**2 / B * noise * H
    return moved.applyfunc(sp.expand), (sp.eye(size) - eta * H) * mean


def move_origin(second, mean, displacement):
    """Moments about another teacher: E(e + Δ)(e + Δ)ᵀ = C + mΔᵀ + Δmᵀ + ΔΔᵀ."""
    return second + mean * displacement.T + displacement * mean.T + displacement * displacement.T, mean + displacement

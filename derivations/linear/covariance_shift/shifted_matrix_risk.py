r"""A test covariance Σ' that does not commute with Σ: the probe of `resolvent` as a full matrix, d = 2.

G = (pΣ + λ + μΣ')⁻¹ with p(1 + tr ΣG) = n. The bias is λ²δᵀGΣ'Gδ = −λ² d/dμ δᵀGδ, the variance σ² tr[Σ'(G − λG²)] =
σ² d/dλ(λ tr Σ'G), both at fixed n, along which p moves with μ or λ. Worked out where Σ is diagonal, which any rotation of
everything reaches; the formula is given all of it turned by an angle of rational sine and cosine.
"""

import numpy as np
import sympy as sp

KAPPA, RIDGE, PROBE, P = sp.symbols("kappa ridge mu p", positive=True)
NOISE = sp.Symbol("noise_variance", nonnegative=True)
LEVELS = sp.symbols("lambda1:3", positive=True)
MOVED = sp.Matrix(sp.symbols("delta1 delta2", real=True))
HALF_TANGENT = sp.Symbol("half_tangent", real=True)
TESTED = sp.Matrix([[sp.Symbol("t11", positive=True), sp.Symbol("t12", real=True)],
                    [sp.Symbol("t12", real=True), sp.Symbol("t22", positive=True)]])  # fmt: skip


def rotation(half_tangent):
    """By an angle, from the tangent of half of it."""
    cosine, sine = (1 - half_tangent**2) / (1 + half_tangent**2), 2 * half_tangent / (1 + half_tangent**2)
    return sp.Matrix([[cosine, -sine], [sine, cosine]])


def turned(matrix, turn):
    """A matrix (d, d) or a vector (d,) in another basis, as an array."""
    if matrix.shape[1] == 1:
        return np.array((turn * matrix).tolist(), dtype=object)[:, 0]
    return np.array((turn * matrix * turn.T).tolist(), dtype=object)


def _inverse(matrix):
    """Of a symmetric 2×2 matrix."""
    (a, b), (_, c) = matrix.tolist()
    return sp.Matrix([[c, -b], [-b, a]]) / (a * c - b**2)


def sample_size(levels=LEVELS, kappa=KAPPA, ridge=RIDGE):
    """n = p(1 + τ) at p = λ/κ, μ = 0."""
    p = ridge / kappa
    return sp.factor(p * (1 + sum(level / (p * level + ridge) for level in levels)))


def bias(levels=LEVELS, moved=MOVED, tested=TESTED, kappa=KAPPA, ridge=RIDGE):
    """λ²δᵀGΣ'Gδ, by the chain rule through p(μ)."""
    covariance = sp.diag(*levels)
    probed = _inverse(P * covariance + RIDGE * sp.eye(2) + PROBE * tested)
    count, form = P * (1 + (covariance * probed).trace()), (moved.T * probed * moved)[0]

    def at_rest(expression, variable):
        return sp.factor(sp.diff(expression, variable).subs(PROBE, 0))

    slope = -at_rest(count, PROBE) / at_rest(count, P)
    total = -(RIDGE**2) * (at_rest(form, PROBE) + at_rest(form, P) * slope)
    return total.subs(P, RIDGE / KAPPA).subs({KAPPA: kappa, RIDGE: ridge}, simultaneous=True)


def variance(levels=LEVELS, tested=TESTED, noise=NOISE, kappa=KAPPA, ridge=RIDGE):
    """σ² d/dλ(λ tr Σ'G) along fixed n; only the diagonal of Σ' meets G."""
    count = P * (1 + sum(level / (P * level + RIDGE) for level in levels))
    trace = sum(RIDGE * tested[i, i] / (P * level + RIDGE) for i, level in enumerate(levels))
    slope = -sp.factor(sp.diff(count, RIDGE)) / sp.factor(sp.diff(count, P))
    total = noise * (sp.factor(sp.diff(trace, RIDGE)) + sp.factor(sp.diff(trace, P)) * slope)
    return total.subs(P, RIDGE / KAPPA).subs({KAPPA: kappa, RIDGE: ridge}, simultaneous=True)


_TURN = rotation(HALF_TANGENT)
ARGUMENTS = {
    "n": sample_size(),
    "covariance": turned(sp.diag(*LEVELS), _TURN),
    "displacement": turned(MOVED, _TURN),
    "test_covariance": turned(TESTED, _TURN),
    "noise_variance": NOISE,
    "ridge": RIDGE,
}


def derive():
    return bias() + variance()

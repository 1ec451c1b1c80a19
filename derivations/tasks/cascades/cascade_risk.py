r"""T19 for two stages on the same isotropic data, from one spectral law, without any matrix-valued equation.

ŵ_1 = G_1Xᵀy and ŵ_2 = G_2(Xᵀy + λ_2hŵ_1), G_j = (H + λ_j)⁻¹, H = XᵀX, are functions of H alone:

    ŵ_2 − θ = (φ(H) − 1)θ + ψ(H)Xᵀξ,    ψ(x) = (1 + λ_2h/(x + λ_1))/(x + λ_2),    φ(x) = xψ(x),

so that R = t²·(1/d)tr(φ − 1)² + σ² tr Hψ². Partial fractions in x leave traces of powers of G_1 and of G_2, which are
derivatives of g(λ) = (1/d)tr G. Leaving one row out, λg + ng/(1 + dg) = 1: λ is explicit in g, and g_1, g_2 are free.
"""

import numpy as np
import sympy as sp

N, DIM = sp.symbols("n dim", positive=True, integer=True)
G1, G2, G = sp.symbols("g1 g2 g", positive=True)
L1, L2, X = sp.symbols("lambda1 lambda2 x", positive=True)
H, TEACHER = sp.symbols("h teacher", real=True)
NOISE = sp.Symbol("noise_variance", positive=True)


def _ridge(g):
    return (1 - N * g / (1 + DIM * g)) / g


def _trace(order, at):
    """(1/d)tr G^order, order 1 to 4: (−1)^(order−1)/(order−1)! times the derivative of g."""
    value = G
    for k in range(1, order):
        value = -sp.diff(value, G) / sp.diff(_ridge(G), G) / k
    return value.subs(G, at)


def _mean(rational):
    """(1/d)tr of a rational function of H with poles at −λ_1 and −λ_2."""
    total = 0
    for term in sp.Add.make_args(sp.apart(sp.together(rational), X)):
        numerator, denominator = sp.fraction(sp.together(term))
        for ridge, g in ((L1, G1), (L2, G2)):
            order = 0
            while sp.rem(denominator, (X + ridge) ** (order + 1), X) == 0:
                order += 1
            if order:
                total += sp.cancel(numerator * (X + ridge) ** order / denominator) * _trace(order, g)
                break
        else:
            total += term
    return total


REGIME = sp.And(_ridge(G1) > 0, _ridge(G2) > 0, sp.Ne(G1, G2))
ARGUMENTS = {
    "sizes": np.array([N], dtype=object),
    "eigenvalues": np.array([[1]], dtype=object),
    "teachers": np.array([[TEACHER]], dtype=object),
    "noise_variances": np.array([NOISE], dtype=object),
    "weights": np.array([[1, 1]], dtype=object),
    "ridges": np.array([_ridge(G1), _ridge(G2)], dtype=object),
    "anchors": np.array([[0, H], [0, 0]], dtype=object),
    "multiplicities": np.array([DIM], dtype=object),
}


def derive():
    psi = (1 + L2 * H / (X + L1)) / (X + L2)
    risk = TEACHER**2 * _mean((X * psi - 1) ** 2) + NOISE * DIM * _mean(X * psi**2)
    return risk.subs({L1: _ridge(G1), L2: _ridge(G2)})

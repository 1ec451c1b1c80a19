r"""Shared start: the outlier of a rank-one matrix in noise, from the resolvent of the noise.

Noise Z, n_out × n_in, entries of variance 1/n_in. φ_u, φ_v are the normalised traces of the diagonal blocks of
[[z, −Z], [−Zᵀ, z]]⁻¹. Leaving out one row or column, φ_u = 1/(z − φ_v) and φ_v = 1/(z − qφ_u). θuvᵀ + Z has a
singular value z outside the noise where φ_uφ_v = 1/θ² = p, and its vectors hold squared cosines −2φ/(θ²D'(z)) with u and
v, D(z) = φ_uφ_v: the residue of the resolvent there. z is explicit in p: z² = (1 + p)(1 + qp)/p.
"""

import sympy as sp

SIGNAL, ASPECT = sp.symbols("signal aspect", positive=True)
ARGUMENTS = {"signal": SIGNAL, "aspect": ASPECT}
REGIME = SIGNAL**4 > ASPECT
_P, _Z = sp.symbols("p z", positive=True)


def traces():
    """φ_u, φ_v and z² in p, from the two equations and φ_uφ_v = p."""
    output, inner = (1 + _P) / _Z, (1 + ASPECT * _P) / _Z  # φ_u(z − φ_v) = 1 and φ_v(z − qφ_u) = 1, solved with p
    square = sp.solve(output * inner * _Z**2 - _P * sp.Symbol("y"), sp.Symbol("y"))[0]
    return output, inner, square


def outlier():
    """The singular value, and the squared cosines of its vectors with u and v."""
    output, inner, square = traces()
    slope = 2 * _Z / sp.diff(square, _P)  # D'(z), as dz²/dp = 2z/D'
    at = {_P: 1 / SIGNAL**2}
    value = sp.sqrt(sp.factor(square.subs(at)))
    overlaps = [
        sp.factor((-2 * trace / (SIGNAL**2 * slope)).subs(_Z, sp.sqrt(square)).subs(at)) for trace in (output, inner)
    ]
    return value, *overlaps

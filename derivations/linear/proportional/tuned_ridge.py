"""R2: the ridge at which the risk of R1 is stationary in λ.

With x = 1/(1 + d s) the Marchenko–Pastur equation is λ = x(dx + n − d)/(1 − x)… rational in x: λ and s are rational in
x, so dR/dλ = 0 becomes a polynomial equation. It has one factor that can vanish for 0 < x < 1, linear in the ratio
σ²/‖δ‖².
"""

import sympy as sp

from .stieltjes import DIM, ENERGY, NOISE, N

_X = sp.Symbol("x", positive=True)


def parametrised():
    """λ(x) and R(x), x = 1/(1 + d s) between 0 and 1."""
    s = (1 / _X - 1) / DIM
    ridge = 1 / s - N * _X
    slope = sp.diff(s, _X) / sp.diff(ridge, _X)
    risk = -ENERGY * ridge**2 * slope + NOISE * DIM * (s + ridge * slope)
    return sp.factor(ridge), sp.factor(risk)


def stationary_noise():
    """The σ² for which the risk is stationary at x."""
    _, risk = parametrised()
    return [root for root in sp.solve(sp.numer(sp.together(sp.diff(risk, _X))), NOISE) if root != 0]


ARGUMENTS = {"dim": DIM, "displacement_energy": ENERGY, "noise_variance": NOISE}


def derive():
    ridge, _ = parametrised()
    (noise,) = stationary_noise()
    ratio = sp.simplify(ridge / noise)
    if ratio.has(_X, N):
        raise ArithmeticError("the optimal ridge is not proportional to the noise")
    return ratio * NOISE

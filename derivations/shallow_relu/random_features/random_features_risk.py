r"""B3 for two features in two dimensions: moments of ReLU, the Gaussian model with the same second moments, ridge on it.

φ = μ_1 Wx + μ_* z, z independent noise, keeps E φxᵀ = μ_1W and, for weakly correlated units, E φφᵀ = μ_1²WWᵀ + μ_*²I with
μ_1 = E g·relu(g), μ_*² = Var relu(g) − μ_1². The best head is β = Ω⁻¹ E φ y; what it misses is uncorrelated with φ: noise.
"""

import numpy as np
import sympy as sp

from ...linear.covariance.resolvent import ENERGIES, KAPPA, LEVELS, NOISE, RIDGE, SIZES, bias, sample_size, variance

TILT = sp.Symbol("tilt", positive=True)  # the second row is (cos, sin) of an angle, with this tangent of its half
COSINE, SINE = (1 - TILT**2) / (1 + TILT**2), 2 * TILT / (1 + TILT**2)
WEIGHTS = sp.Matrix([[1, 0], [COSINE, SINE]])
THETA = sp.Matrix(sp.symbols("theta1 theta2", real=True))
LINEAR, REST = sp.symbols("linear rest", positive=True)


def relu_moments():
    """μ_1 and μ_*² of ReLU."""
    g = sp.Symbol("g", positive=True)
    mean, along, square = (
        sp.integrate(g**k * sp.exp(-(g**2) / 2) / sp.sqrt(2 * sp.pi), (g, 0, sp.oo)) for k in (1, 2, 2)
    )
    return along, sp.simplify(square - mean**2 - along**2)


def model():
    """Eigenvalues of Ω, the energies of β on them, and u."""
    omega = LINEAR**2 * WEIGHTS * WEIGHTS.T + REST * sp.eye(2)
    best = omega.inv() * (LINEAR * WEIGHTS * THETA)
    unexplained = (THETA.T * THETA)[0] - (LINEAR * THETA.T * WEIGHTS.T * best)[0]
    axes = [sp.Matrix([1, 1]) / sp.sqrt(2), sp.Matrix([1, -1]) / sp.sqrt(2)]  # of any symmetric Ω with equal diagonal
    levels = [sp.factor((axis.T * omega * axis)[0]) for axis in axes]
    energies = [sp.factor((axis.T * best)[0] ** 2) for axis in axes]
    return levels, energies, sp.factor(unexplained)


def substitution():
    levels, energies, unexplained = model()
    values = dict(zip([*LEVELS, *ENERGIES, *SIZES], [*levels, *energies, 1, 1], strict=True))
    return values, unexplained


_VALUES, _UNEXPLAINED = substitution()
ARGUMENTS = {
    "n": sample_size().subs(_VALUES),
    "weights": WEIGHTS.tolist(),
    "teacher": list(THETA),
    "noise_variance": NOISE,
    "ridge": RIDGE,
    "linear": LINEAR,
    "rest": REST,
}
REGIME = KAPPA > 0


def derive():
    along, rest = relu_moments()
    if along != sp.Rational(1, 2) or sp.simplify(rest - (sp.Rational(1, 4) - 1 / (2 * sp.pi))) != 0:
        raise ArithmeticError("the moments of ReLU are not those of the default arguments")
    energies = np.array(ENERGIES)
    noisy = variance(LEVELS).subs(NOISE, NOISE + sp.Symbol("u"))
    return _UNEXPLAINED + (bias(energies, LEVELS) + noisy).subs(_VALUES).subs(sp.Symbol("u"), _UNEXPLAINED)

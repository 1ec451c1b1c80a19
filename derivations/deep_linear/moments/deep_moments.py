r"""Noiseless moments of the risk of deep fine-tuning at every n < d and depth L, as Mellin–Barnes integrals.

R = vQv − 2ρ uQv + ρ² uQu for teachers u = θ_S and v = θ_T; ρ = x^{(1−1/L)/2} with x = B + A x^{1−1/L}, A = uᵀQu/s² and
B = vᵀPv/s². So the moments need E x^μ · (uᵀQv)^i A^e (vᵀPv)^f:

1. With x = A^L X and β = B/A^L the equation is β = X − X^{1−1/L}, that is X = y^{−L}, β = (1−y) y^{−L} for 0 < y < 1.
2. Mellin's transform of X^μ in β is a Beta integral in y: M(s) = −Lμ Γ(s)Γ(−L(s+μ))/Γ(1+s−L(s+μ)), in −1 < Re s < −μ
   for X^μ − 1, and in −2 < Re s < −μ for X^μ − 1 − Lμβ. Inverted, x^μ is an integral of powers A^{L(μ+s)} B^{−s}.
3. The mean of such powers is known: `projector_moments`. One integral over a line in the complex plane is left, of
   gamma functions and ₂F₁(1 − c²), which the trapezoidal rule evaluates to any accuracy.

Nothing of it is shared with the formula: no law of the block of P, no root of the equation for x.
"""

from functools import lru_cache

import numpy as np
import scipy.special
import sympy as sp

from .projector_moments import DIM, N, check, moment

DEPTH, SOURCE, TARGET = sp.symbols("depth source_energy target_energy", positive=True)
CROSS = sp.Symbol("cross_energy", real=True)
ARGUMENTS = {
    "n": N,
    "dim": DIM,
    "depth": DEPTH,
    "source_energy": SOURCE,
    "cross_energy": CROSS,
    "target_energy": TARGET,
}
# The moments hold for every c and L; here where floats evaluate the integrals fast.
REGIME = (N < DIM) & (CROSS**2 <= SOURCE * TARGET) & (64 * CROSS**2 >= SOURCE * TARGET) & (DEPTH >= 1) & (DEPTH <= 3)
COSINE, HEIGHT = sp.Symbol("cosine"), sp.Symbol("height", real=True)
S, MU = sp.symbols("s mu")
STEP, NODES = np.pi / 40, 600


def gauss(top, bottom, argument):
    """₂F₁ by its power series, for arrays of parameters and one argument in [0, 1)."""
    (first, second), (third,) = top, bottom
    term = np.ones(np.broadcast_shapes(np.shape(first), np.shape(second)), dtype=complex)
    total = term.copy()
    for j in range(20_000):
        term = term * ((first + j) * (second + j) * (argument / ((third + j) * (1 + j))))
        total += term
        if np.max(np.abs(term)) <= 1e-18 * np.max(np.abs(total)):
            return total
    raise ArithmeticError("the series of ₂F₁ needs too many terms")


@lru_cache(maxsize=4096)
def trapezoidal(function, height):
    compiled = sp.lambdify(height, function, [{"hyper": gauss, "gamma": scipy.special.gamma}, "numpy"], cse=True)
    with np.errstate(all="ignore"):
        values = np.broadcast_to(compiled(STEP * np.arange(NODES) + 0j), NODES)
    values = np.where(np.isfinite(values), values, 0).real  # gamma functions underflow far out
    return STEP * (2 * np.sum(values) - values[0])


class LineIntegral(sp.Integral):
    """∫ over the real line of f with f(−t) = f̄(t), analytic for |Im t| < 1/2: the trapezoidal rule, in floats.

    Its error is of the order exp(−π/step): that of floats, whatever accuracy is asked.
    """

    def _eval_evalf(self, prec):
        return sp.Float(trapezoidal(self.function, self.limits[0][0]), precision=prec)


def mellin_transform():
    """M(s), from ∫ β^{s−1} X^μ dβ = −(1/s) ∫ β^s dX^μ in y."""
    y = sp.Symbol("y", positive=True)
    grown, ratio = y**-DEPTH, (1 - y) * y**-DEPTH
    if sp.simplify(grown - grown ** (1 - 1 / DEPTH) - ratio) != 0:
        raise ArithmeticError("the parametrisation does not solve the equation for the norm ratio")
    # −(1/s) β^s dX^μ/dy, from y = 1 (β = 0) to y = 0: a Beta integral, of these two exponents plus 1
    integrand = sp.expand_log(sp.log(ratio**S * y ** (-DEPTH * MU - 1)), force=True)
    first = 1 + sp.simplify(sp.expand(integrand).coeff(sp.log(y)))
    second = 1 + sp.simplify(sp.expand(integrand).coeff(sp.log(1 - y)))
    beta = sp.gamma(first) * sp.gamma(second) / sp.gamma(sp.expand(first + second))
    return (-DEPTH * MU / S) * beta


def mean(retained, order, unseen, seen):
    """E ρ^retained (uᵀQv)^order (uᵀQu)^unseen (vᵀPv)^seen for unit vectors u, v of cosine `COSINE`."""
    mu = retained * (1 - 1 / DEPTH) / 2
    ratio = TARGET / SOURCE  # B = ratio·vᵀPv
    value = moment(order, DEPTH * mu + unseen, sp.Integer(seen), COSINE)
    if retained == 0:
        return value
    if retained > 2:
        value += DEPTH * mu * ratio * moment(order, DEPTH * (mu - 1) + unseen, sp.Integer(seen + 1), COSINE)
    inner = moment(order, unseen + DEPTH * (S + MU), seen - S, COSINE)
    # Half a unit left of the pole at s = −μ, and for the higher powers of the one at s = −1 too.
    left = sp.Rational(1, 2) + (sp.Max(0, DEPTH * (1 - mu)) if retained > 2 else 0)
    line = -MU - (left + sp.I * HEIGHT) / DEPTH
    integrand = (mellin_transform() * ratio**-S * inner).subs(S, line).subs(MU, mu)
    return value + LineIntegral(integrand, (HEIGHT, -sp.oo, sp.oo)) / (2 * sp.pi * DEPTH)


def moments(which):
    """The mean of R, its variance, or the mean of vQv − R."""
    check()
    s, t = sp.sqrt(SOURCE), sp.sqrt(TARGET)
    scratch = TARGET * (mean(0, 0, 0, 0) - mean(0, 0, 0, 1))  # vQv = t² − vPv
    gain = 2 * s * t * mean(1, 1, 0, 0) - SOURCE * mean(2, 0, 1, 0)
    if which == "gain":
        result = gain
    elif which == "mean":
        result = scratch - gain
    else:
        square = TARGET**2 * (mean(0, 0, 0, 0) - 2 * mean(0, 0, 0, 1) + mean(0, 0, 0, 2))
        square += 4 * SOURCE * TARGET * mean(2, 2, 0, 0) + SOURCE**2 * mean(4, 0, 2, 0)
        square -= 4 * s * t * TARGET * (mean(1, 1, 0, 0) - mean(1, 1, 0, 1))
        square += 2 * SOURCE * TARGET * (mean(2, 0, 1, 0) - mean(2, 0, 1, 1))
        square -= 4 * s * t * SOURCE * mean(3, 1, 1, 0)
        result = square - (scratch - gain) ** 2
    return result.subs(COSINE, CROSS / (s * t))

"""Noiseless moments of deep fine-tuning at depth 1 only, where ρ = 1 and R = ‖Q(θ_T − θ_S)‖²: the mean.

That is ‖θ_T − θ_S‖² times a Beta((d−n)/2, n/2) variable; T = ‖Qθ_T‖² − R has the mean of (1 − n/d)(2stc − s²).
"""

import sympy as sp

N, DIM = sp.symbols("n dim", integer=True, positive=True)
SOURCE, TARGET = sp.symbols("source_energy target_energy", positive=True)
CROSS = sp.Symbol("cross_energy", positive=True)
ARGUMENTS = {
    "n": N,
    "dim": DIM,
    "depth": 1,
    "source_energy": SOURCE,
    "cross_energy": CROSS,
    "target_energy": TARGET,
}
REGIME = (N < DIM) & (CROSS**2 <= SOURCE * TARGET)


def beta_moment(order, a, b):
    moment = sp.gamma(a + order) * sp.gamma(a + b) / (sp.gamma(a + b + order) * sp.gamma(a))
    return sp.factor(sp.gammasimp(moment))


def moments():
    """Mean and variance of the risk, mean of the transferability."""
    a, b = (DIM - N) / 2, N / 2
    first, second = beta_moment(1, a, b), beta_moment(2, a, b)
    distance = SOURCE - 2 * CROSS + TARGET
    return first * distance, sp.factor(second - first**2) * distance**2, first * (TARGET - distance)


def derive():
    return moments()[0]

"""The fixed point of the second moments of two eigenvalues with multiplicities; κ_η is R/(R + σ²) there."""

import numpy as np
import sympy as sp

from .moments import B, eta, step

LEVELS = np.array(sp.symbols("lambda1:3", positive=True), dtype=object)
SIZES = np.array(sp.symbols("m1:3", positive=True, integer=True), dtype=object)
NOISE = sp.Symbol("noise_variance", nonnegative=True)
ARGUMENTS = {
    "eigenvalues": LEVELS, "noise_variance": NOISE, "step_size": eta, "batch": B, "multiplicities": SIZES,
}  # fmt: skip


def fixed_point():
    """R and the rooms 2 − (1+1/B)ηλ. With C = diag(c_i), a step on one coordinate of each eigenvalue says how tr(HC) enters;
    with multiplicities tr(HC) = Σ m_iλ_ic_i."""
    c = sp.symbols("c1:3")
    one_each, _ = step(sp.diag(*c), sp.zeros(2, 1), list(LEVELS), NOISE)
    trace = sum(level * value for level, value in zip(LEVELS, c, strict=True))
    risk = sp.Symbol("R")
    equations = []
    for i in range(2):
        # The part that is due to tr(HC) is (η²/B)λ_i tr(HC): put R in its place.
        through_trace = eta**2 / B * LEVELS[i]
        equations.append(sp.expand(one_each[i, i] - c[i] - through_trace * trace) + through_trace * risk)
    values = sp.solve(equations, c, dict=True)[0]
    whole = sum(size * level * values[v] for size, level, v in zip(SIZES, LEVELS, c, strict=True))
    return sp.simplify(sp.solve(whole - risk, risk)[0])


_rooms = [2 - (1 + 1 / B) * eta * level for level in LEVELS]
_gain = eta / B * sum(size * level / room for size, level, room in zip(SIZES, LEVELS, _rooms, strict=True))
REGIME = sp.And(B >= 1, *(room > 0 for room in _rooms), _gain < 1)


def derive():
    return fixed_point()

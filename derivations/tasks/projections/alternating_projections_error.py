"""Alternating fits of two tasks in the plane of one pair of principal vectors; different pairs are orthogonal.

The first fit leaves e_1 ⟂ u, the second e_2 ⟂ v, the third e_3 ⟂ u again. In the plane e_3 is cos²φ·e_1, so every two fits
repeat the last two, and each fit multiplies what the other task sees by cos²φ.
"""

import numpy as np
import sympy as sp

k = sp.Symbol("fits", positive=True, integer=True)
PHI = sp.symbols("phi1:3", positive=True)
OVERLAPS = np.array(sp.symbols("c1:3", nonnegative=True), dtype=object)
ENERGIES = np.array(sp.symbols("e1:3", nonnegative=True), dtype=object)
ARGUMENTS = {"fits": k, "overlaps": OVERLAPS, "energies": ENERGIES}
REGIME = sp.And(*(overlap <= 1 for overlap in OVERLAPS))


def seen_after(phi, fits, start):
    """(error · the other task's vector)² after so many fits in the plane, and the error itself."""
    vectors = sp.Matrix([1, 0]), sp.Matrix([sp.cos(phi), sp.sin(phi)])
    error = start
    for i in range(fits):
        unit = vectors[i % 2]
        error = sp.simplify(error - unit * (unit.T * error)[0])
    return sp.simplify((vectors[fits % 2].T * error)[0] ** 2), error


def derive():
    found = 0
    for phi, overlap, energy in zip(PHI, OVERLAPS, ENERGIES, strict=True):
        along, beside = sp.symbols("along beside", real=True)  # e_0·u and e_0·t, t ⟂ u
        start = sp.Matrix([along, beside])
        (one, first), (two, _), (_, third) = (seen_after(phi, fits, start) for fits in (1, 2, 3))
        if sp.simplify(third - sp.cos(phi) ** 2 * first) != sp.zeros(2, 1):
            raise ArithmeticError("two fits must multiply the error by cos²φ")
        if sp.simplify(two - sp.cos(phi) ** 2 * one) != 0:
            raise ArithmeticError("one fit must multiply what is seen by cos²φ")
        general = sp.simplify(one / beside**2) * energy * sp.cos(phi) ** (2 * (k - 1))
        found += general.subs(sp.sin(phi) ** 2, 1 - sp.cos(phi) ** 2).subs(sp.cos(phi), overlap)
    return found

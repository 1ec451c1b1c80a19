"""Features on the data after the first layer alone, two samples and two features.

B moves by v(X⁺e_0)ᵀ/‖v‖², so on the data Z moves by e_0vᵀ/‖v‖²; the three numbers are written out.
"""

import sympy as sp

Z = sp.Matrix(2, 2, sp.symbols("z11 z12 z21 z22", positive=True))
V, Y = sp.Matrix(sp.symbols("v1 v2", positive=True)), sp.Matrix(sp.symbols("y1 y2", positive=True))
OUTPUT = Z * V
ARGUMENTS = {
    "feature_energy": sum(z**2 for z in Z), "output_energy": sp.expand(OUTPUT.dot(OUTPUT)),
    "cross_energy": sp.expand(Y.dot(OUTPUT)), "label_energy": Y.dot(Y), "head_energy": V.dot(V),
}  # fmt: skip


def derive() -> tuple[sp.Expr, ...]:
    move = (Y - OUTPUT) * V.T / V.dot(V)
    end = Z + move
    square = sp.simplify(sum(m**2 for m in move))
    return sp.sqrt(square), sum(a * b for a, b in zip(end, Z, strict=True)), sum(z**2 for z in end)

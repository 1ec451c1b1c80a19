"""|ρ| of a chain z, a_2, a_3 of three layers with imbalances Δ_2, Δ_3, zero loss being reached.

w = z a_2a_3, so w's part outside the row space is Qz·a_2a_3 with Qz conserved: |ρ| = |a_2a_3|/(a_2a_3)(0). With
Y = ‖z‖² and a_j² = Y − Δ_j: Y = q + ‖m‖²/(a_2a_3)² at the end and Y_0·a_2(0)²a_3(0)² = ‖w0‖² at the start. Both are
polynomial in Y; they are turned round for ‖m‖² and ‖w0‖², so that exact points are rational.
"""

import sympy as sp

END, START = sp.symbols("Y Y0", positive=True)
NULL = sp.Symbol("null_fraction", positive=True)
FIRST, SECOND = sp.symbols("D2 D3", real=True)
SOURCE = START * (START - FIRST) * (START - SECOND)
ARGUMENTS = {
    "imbalance": (FIRST, SECOND),
    "source_energy": SOURCE,
    "null_fraction": NULL,
    "fit_energy": (END - NULL * START) * (END - FIRST) * (END - SECOND),
}
# Both Y and Y_0 above every edge: roots below are spurious.
REGIME = (NULL < 1) & (START > FIRST) & (START > SECOND) & (END > FIRST) & (END > SECOND) & (END > NULL * START)


def derive():
    """Retention, and whether its sign is decided: max Δ_j ≤ q keeps a_j² = Y − Δ_j ≥ Y − q ≥ 0 away from zero."""
    a2, a3 = sp.symbols("a2 a3", positive=True)
    ratio = a2 * a3
    end = ratio.subs({a2: sp.sqrt(END - FIRST), a3: sp.sqrt(END - SECOND)})
    start = ratio.subs({a2: sp.sqrt(START - FIRST), a3: sp.sqrt(START - SECOND)})
    return end / start

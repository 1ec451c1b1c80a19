"""R2: tuned fine-tuning ties with tuned scratch where both displacements have one length, since R* rises with ‖δ‖².

R* solves R² − Δ(E)R − σ²E = 0, E = ‖δ‖². Implicit differentiation gives dR/dE = (σ² + (1−γ)R)/(2R − Δ): the
denominator is the positive root of the discriminant, and the numerator equals R(R + σ²)/E > 0 by the equation itself.
So the risks are equal exactly where ‖θ_T − θ_S‖² = ‖θ_T‖².
"""

import sympy as sp

SOURCE, TARGET = sp.symbols("source_norm target_norm", positive=True)
ARGUMENTS = {"source_norm": SOURCE, "target_norm": TARGET}


def monotone():
    """(dR/dE numerator) − R(R + σ²)/E, which vanishes on the curve."""
    risk, energy, noise, gamma = sp.symbols("R E v gamma", positive=True)
    curve = risk**2 - (energy * (1 - gamma) - noise) * risk - noise * energy
    slope = -sp.diff(curve, energy) / sp.diff(curve, risk)
    on_curve = sp.solve(curve, gamma)[0]
    return sp.simplify((sp.numer(sp.together(slope)) - risk * (risk + noise) / energy).subs(gamma, on_curve))


def derive():
    overlap = sp.Symbol("c", real=True)
    if monotone() != 0:
        raise ArithmeticError("the tuned risk is not monotone in the displacement")
    displaced = SOURCE**2 - 2 * SOURCE * TARGET * overlap + TARGET**2
    return sp.solve(displaced - TARGET**2, overlap)[0]

"""One layer against infinitely many, noiseless: ρ = 1 against ρ = ‖m‖/‖Pw0‖ → √(γt²)/√(γs²) = τ."""

import sympy as sp

SOURCE, TARGET, CROSS = sp.symbols("source_energy target_energy cross_energy", positive=True)
ARGUMENTS = {"source_energy": SOURCE, "cross_energy": CROSS, "target_energy": TARGET}


def derive():
    gamma, rho, x = sp.symbols("gamma rho x", positive=True)
    risk = (1 - gamma) * (TARGET - 2 * rho * CROSS + rho**2 * SOURCE)
    (growth,) = sp.solve(x - gamma * TARGET / SOURCE - (1 - gamma) * x, x)
    difference = risk.subs(rho, 1) - risk.subs(rho, sp.sqrt(growth))
    return sp.simplify(difference / ((1 - gamma) * SOURCE))

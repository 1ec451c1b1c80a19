"""Risk at infinite depth as γ → 0⁺: ρ is independent of how little data there are, so the risk jumps."""

import sympy as sp

SOURCE, TARGET, CROSS, NOISE = sp.symbols("source_energy target_energy cross_energy noise_variance", positive=True)
ARGUMENTS = {"source_energy": SOURCE, "cross_energy": CROSS, "target_energy": TARGET, "noise_variance": NOISE}


def derive():
    gamma, x = sp.symbols("gamma x", positive=True)
    variance = NOISE * gamma / (1 - gamma)
    (growth,) = sp.solve(x - (gamma * TARGET + variance) / SOURCE - (1 - gamma) * x, x)
    rho = sp.sqrt(sp.simplify(growth))
    risk = (1 - gamma) * (TARGET - 2 * rho * CROSS + rho**2 * SOURCE) + variance
    return sp.simplify(sp.limit(risk, gamma, 0, "+"))

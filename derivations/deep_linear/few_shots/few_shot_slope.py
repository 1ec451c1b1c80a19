"""dR/dγ at γ = 0: differentiate x = B(γ) + (1 − γ)x^{1−1/L} at x = 1 to get ρ', then the risk."""

import sympy as sp

DEPTH, SOURCE, TARGET, CROSS, NOISE = sp.symbols(
    "depth source_energy target_energy cross_energy noise_variance", positive=True
)
ARGUMENTS = {
    "depth": DEPTH,
    "source_energy": SOURCE,
    "cross_energy": CROSS,
    "target_energy": TARGET,
    "noise_variance": NOISE,
}


def derive():
    gamma = sp.Symbol("gamma", nonnegative=True)
    x = sp.Function("x", positive=True)(gamma)
    variance = NOISE * gamma / (1 - gamma)
    equation = (gamma * TARGET + variance) / SOURCE + (1 - gamma) * x ** (1 - 1 / DEPTH) - x
    growth = sp.solve(sp.diff(equation, gamma), sp.diff(x, gamma))[0]
    rho = x ** ((1 - 1 / DEPTH) / 2)
    risk = (1 - gamma) * (TARGET - 2 * rho * CROSS + rho**2 * SOURCE) + variance
    slope = sp.diff(risk, gamma).subs(sp.diff(x, gamma), growth)
    return sp.simplify(slope.subs(x, 1).subs(gamma, 0))

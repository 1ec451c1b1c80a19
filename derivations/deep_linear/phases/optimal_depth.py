"""Depth of least risk where τc > 1 (noise included): the risk is a parabola in ρ with its minimum at ρ* = stc/s² = τc.

The depth that keeps just that much: ν² = B + Aρ*² and ρ* = ν^{1−1/L}, solved for L. (ρ moves monotonically from 1 at
L = 1 to τ_σ at L = ∞, and τc ≤ τ_σ: outside the interval an end is best.)
"""

import sympy as sp

GAMMA, SOURCE, TARGET, CROSS, NOISE = sp.symbols(
    "gamma source_energy target_energy cross_energy noise_variance", positive=True
)
ARGUMENTS = {
    "gamma": GAMMA,
    "source_energy": SOURCE,
    "cross_energy": CROSS,
    "target_energy": TARGET,
    "noise_variance": NOISE,
}
REGIME = (GAMMA < 1) & (CROSS > SOURCE) & (CROSS**2 <= SOURCE * TARGET)


def derive():
    rho, rate = sp.symbols("rho rate", positive=True)
    risk = (1 - GAMMA) * (TARGET - 2 * rho * CROSS + rho**2 * SOURCE)
    (best,) = sp.solve(sp.diff(risk, rho), rho)
    square = (GAMMA * TARGET + NOISE * GAMMA / (1 - GAMMA)) / SOURCE + (1 - GAMMA) * best**2
    (inverse,) = sp.solve(sp.log(best) - (1 - rate) * sp.log(square) / 2, rate)
    return 1 / inverse

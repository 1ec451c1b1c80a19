"""Two layers on a two-level spectrum: the deterministic equivalent of linear regression with θ_T − ρθ_S.

Everything is explicit in κ: n = Σ m λ/(λ + κ) is put in as the sample size. A and B are made of the same resolvent,
‖Qw0‖² → κ w0ᵀ(Σ+κ)⁻¹w0 and ‖m‖² → θ_TᵀΣ(Σ+κ)⁻¹θ_T + σ²/κ, and ρ² = [A + √(A² + 4B)]/2.
"""

import numpy as np
import sympy as sp

KAPPA, NOISE = sp.symbols("kappa noise_variance", positive=True)
LEVELS, COUNTS = (sp.Integer(3), sp.Integer(1)), (sp.Integer(4), sp.Integer(7))
SOURCE, TARGET = (sp.symbols(f"{name}1 {name}2", positive=True) for name in ("s", "t"))
CROSS = sp.symbols("c1 c2", real=True)
ARGUMENTS = {
    "n": sum(m * level / (level + KAPPA) for m, level in zip(COUNTS, LEVELS, strict=True)),
    "depth": 2,
    "eigenvalues": np.array(LEVELS, dtype=object),
    "multiplicities": np.array(COUNTS, dtype=object),
    "source": np.array(SOURCE, dtype=object),
    "cross": np.array(CROSS, dtype=object),
    "target": np.array(TARGET, dtype=object),
    "noise_variance": NOISE,
}


def derive():
    learnt = [level / (level + KAPPA) for level in LEVELS]
    scale = sum(SOURCE)
    null = sum(s * (1 - f) for s, f in zip(SOURCE, learnt, strict=True)) / scale
    fit = (sum(t * f for t, f in zip(TARGET, learnt, strict=True)) + NOISE / KAPPA) / scale
    rho = sp.sqrt((null + sp.sqrt(null**2 + 4 * fit)) / 2)
    n, df2 = ARGUMENTS["n"], sum(m * f**2 for m, f in zip(COUNTS, learnt, strict=True))
    left = [t - 2 * rho * c + rho**2 * s for s, c, t in zip(SOURCE, CROSS, TARGET, strict=True)]
    bias = sum(e * level * (1 - f) ** 2 for e, level, f in zip(left, LEVELS, learnt, strict=True)) / (1 - df2 / n)
    return bias + NOISE * df2 / (n - df2)

"""One trained scale a on the frozen feature z = Xθ_S: E(a_LS − a*)² = (u + σ²) E 1/‖z‖², a χ² with n degrees.

Risk = u + ‖θ_S‖²_Σ(a − a*)², and ‖z‖² = ‖θ_S‖²_Σ χ²_n; what the feature leaves unexplained is Gaussian and independent.
"""

import sympy as sp

N = sp.Symbol("n", integer=True, positive=True)
LEFT, NOISE, START = sp.symbols("unexplained noise_variance start_risk", positive=True)
ARGUMENTS = {"n": N, "unexplained": LEFT, "noise_variance": NOISE, "start_risk": START}
REGIME = N > 2


def derive():
    q = sp.Symbol("q", positive=True)
    k = sp.Symbol("k", positive=True)
    density = q ** (k / 2) * sp.exp(-q / 2) / (2 ** (k / 2 + 1) * sp.gamma(k / 2 + 1))  # χ² with k + 2 degrees
    inverse = sp.simplify(sp.integrate(density / q, (q, 0, sp.oo), conds="none"))
    return LEFT + (LEFT + NOISE) * inverse.subs(k, N - 2)

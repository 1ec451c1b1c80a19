r"""X3, ridge: averaged over teachers of one length t, w is the posterior mean, so that E[w eᵀ] = 0 and E[e eᵀ] = σ²G.

θ_S = βθ_T + (orthogonal, uncorrelated with w), β = θ_S·θ_T/t², and θ_T = w − e: first = −E[(θ_S − w)·G e]
= βσ² tr G². second = (σ_S² + R_S) tr G², R_S = E‖θ_S − w‖² with E‖w‖² = E w·θ_T = t² − R. A target row is θ_S = θ_T.
"""

import sympy as sp

from .one_more_row import gain

RISK, TARGET, SOURCE, CROSS, NOISE, SOURCE_NOISE = sp.symbols(
    "risk target_energy source_energy cross_energy noise_variance source_noise_variance", positive=True
)
ARGUMENTS = {
    "risk": RISK, "target_energy": TARGET, "source_energy": SOURCE, "cross_energy": CROSS, "noise_variance": NOISE,
    "source_noise_variance": SOURCE_NOISE,
}  # fmt: skip
REGIME = (RISK < TARGET) & (CROSS**2 < SOURCE * TARGET)


def of_row(source, cross, noise):
    square, share = sp.Symbol("square", positive=True), cross / TARGET
    fitted = TARGET - RISK  # E‖w‖² and E w·θ_T
    return gain(share * NOISE * square, (noise + source - 2 * share * fitted + fitted) * square)


def derive():
    return sp.factor(of_row(SOURCE, CROSS, SOURCE_NOISE) / of_row(TARGET, TARGET, NOISE))

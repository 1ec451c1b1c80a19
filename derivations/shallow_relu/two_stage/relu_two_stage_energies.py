"""What is left to learn after a finite source stage, degree by degree.

The source stage learns f_S = s_1 θ_S·x plus fluctuations in every degree, of total energy N_k s_k² V_S/n_S, with V_S
from the same self-consistency as any kernel regression. The target is linear: degree 1 of the residual is
θ_T − s_1 θ_S − fluctuation, and the fluctuation is centred.
"""

import numpy as np
import sympy as sp

from ..learning_curves import relu_learning_curve as kernel_risk

kappa, ridge, mu, N, learnt, size = (
    kernel_risk.kappa,
    kernel_risk.ridge,
    kernel_risk.mu,
    kernel_risk.N,
    kernel_risk.learnt,
    kernel_risk.size,
)
source, cross, target = sp.symbols("source_energy cross_energy target_energy", positive=True)
noise = sp.Symbol("source_noise_variance", positive=True)
ARGUMENTS = {
    "kappa_source": kappa,
    "eigenvalues": np.array(mu, dtype=object),
    "multiplicities": np.array(N, dtype=object),
    "source_energy": source,
    "cross_energy": cross,
    "target_energy": target,
    "source_noise_variance": noise,
    "ridge": ridge,
}


def fluctuations() -> list[sp.Expr]:
    """N_k s_k² V_S/n_S."""
    error = kernel_risk.test_error((0, source), noise)
    return [k * s**2 * error / size for k, s in zip(N, learnt, strict=True)]


def derive() -> tuple[sp.Expr, ...]:
    s, f, t = sp.symbols("s f t")
    square = sp.expand((t - learnt[1] * s - f) ** 2)
    averaged = square.subs({f**2: fluctuations()[1]}).subs(f, 0)
    averaged = averaged.subs(s * t, cross).subs({s**2: source, t**2: target})
    return fluctuations()[0], averaged

"""The boundary γ* of linear transfer as a function of the KL divergence, Σ = I, unit norms, one feature.

Eliminate the overlap: KL = D²/2σ² with D² = ‖θ_S − θ_T‖² = 2 − 2c gives c, and the boundary γ* = 1 + σ²/u
has u = 1 − c².
"""

import sympy as sp

from ...linear.head_boundaries import linear_transfer_boundary as large_sample_boundary
from . import gaussian_labels
from . import teacher_divergence as kl_divergence

divergence = sp.Symbol("divergence", positive=True)
noise = gaussian_labels.noise
ARGUMENTS = {"divergence": divergence, "noise_variance": noise}
REGIME = divergence * noise < 2


def derive() -> sp.Expr:
    c = sp.Symbol("c", real=True)
    of_overlap = kl_divergence.derive().subs(gaussian_labels.distance_squared, 2 - 2 * c)
    (overlap,) = sp.solve(sp.Eq(of_overlap, divergence), c)
    boundary = large_sample_boundary.derive()
    return boundary.subs({large_sample_boundary.u: 1 - overlap**2, large_sample_boundary.noise: noise})

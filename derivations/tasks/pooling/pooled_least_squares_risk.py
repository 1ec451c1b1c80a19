"""Mean risk of least squares on the rows of several tasks, N ≥ d + 2.

With S = XᵀX the error is S⁻¹Σx_i(x_i·δ_i) plus S⁻¹Xᵀξ. So M_ij = x_ix_iᵀS⁻²x_jx_jᵀ, which sum to the identity. X = US^{1/2}
with U uniform and independent of S: x_i = S^{1/2}u_i, tr M_ii = (u_iᵀSu_i)(u_iᵀS⁻¹u_i), of mean E‖u_i‖⁴ E[S_11(S⁻¹)_11] by
rotation; ‖u_i‖² is the squared length of d coordinates of a uniform point on the sphere of R^N. Row i's noise contributes
σ_i² x_iᵀS⁻²x_i, whose sum over rows is tr S⁻¹: each row has an N-th of it.
"""

import sympy as sp

from ...linear.frozen_features.inverse_chi_square import inverse_gram_trace
from ...linear.isotropic.moments import beta_moment
from .exchangeable_rows import diagonal_product, dim, misfit, noise, pull, quadratic_form, size

ARGUMENTS = {"total_size": size, "dim": dim, "pull": pull, "misfit": misfit, "noise": noise}
REGIME = size >= dim + 2


def derive() -> sp.Expr:
    length = beta_moment(2, dim / 2, (size - dim) / 2)
    own = length * diagonal_product(rows=size, columns=dim) / dim
    return quadratic_form(own, sp.Integer(1)) + noise * inverse_gram_trace(rows=size, columns=dim) / size

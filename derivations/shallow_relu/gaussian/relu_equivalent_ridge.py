"""The ridge that a wide ReLU network puts on linear regression with inputs N(0, Σ).

All lengths concentrate at √trace Σ. Off the diagonal ‖x‖‖x'‖K(τ) = K(0) trace Σ + K'(0) x·x' to leading order, on it
trace Σ · K(1): the Gram matrix is a constant, plus K'(0) XXᵀ, plus a multiple of the identity. Divided by K'(0), with
an explicit λ_0 on the diagonal, that multiple is the ridge. (The constant only moves an intercept, of which a linear
teacher has none.)
"""

import sympy as sp

from ..proportional.relu_nonlinearity import line

trace, first, second = sp.symbols("trace first second", positive=True)
ridge = sp.Symbol("ridge", nonnegative=True)
ARGUMENTS = {"trace": trace, "first": first, "second": second, "ridge": ridge}


def derive() -> sp.Expr:
    at_zero, slope, at_one = line((first, second))
    diagonal = trace * at_one + ridge
    straight = trace * at_zero + slope * trace
    return sp.expand((diagonal - straight) / slope)

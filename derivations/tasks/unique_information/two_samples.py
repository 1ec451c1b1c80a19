"""Shared start: ridge regression and its posterior from the normal equations, with and without a row.

Two samples in two dimensions, the first coordinate of the first input being 1; the prior is N(0, σ²/λ).
"""

import sympy as sp

X = sp.Matrix(2, 2, [1, *sp.symbols("x12 x21 x22", real=True)])
Y = sp.Matrix(sp.symbols("y1 y2", real=True))
RIDGE, NOISE = sp.symbols("ridge noise", positive=True)  # NOISE is the standard deviation


def fitted(rows):
    """G = XᵀX + λ and the weights, from some of the rows."""
    inputs, labels = X.extract(rows, [0, 1]), Y.extract(rows, [0])
    precision = inputs.T * inputs + RIDGE * sp.eye(2)
    return precision, precision.inv() * (inputs.T * labels)


def divergence(precision, mean, other, other_mean):
    """KL of N(mean, σ²·precision⁻¹) from N(other_mean, σ²·other⁻¹)."""
    moved = mean - other_mean
    spread = (other * precision.inv()).trace() - 2 + sp.log(precision.det() / other.det())
    return (spread + (moved.T * other * moved)[0] / NOISE**2) / 2

"""‖QΣQ‖ ‖Qδ‖² for one sample in three dimensions, diagonal Σ: an upper bound on δᵀQΣQδ.

Q = I − xxᵀ/x·x leaves a plane. On it QΣQ has two eigenvalues, known from their sum, the trace, and their product, the sum
of the principal minors; the larger one is the norm. That the bound holds is a statement about any symmetric matrix.
"""

import sympy as sp

x = sp.symbols("x1:4", positive=True)
delta = sp.symbols("delta1:4", real=True)
sigma = sp.symbols("sigma1:4", positive=True)
ARGUMENTS = {"X": [list(x)], "displacement": list(delta), "covariance": list(sigma)}


def derive() -> sp.Expr:
    row = sp.Matrix([x])
    off = sp.eye(3) - row.T * row / row.dot(row)
    matrix, missed = off * sp.diag(*sigma) * off, off * sp.Matrix(delta)
    trace = matrix.trace()
    minors = sum((matrix.extract(pair, pair).det() for pair in ([0, 1], [0, 2], [1, 2])), sp.Integer(0))
    trace, minors, energy = (sp.cancel(part) for part in (trace, minors, missed.dot(missed)))
    return (trace + sp.sqrt(trace**2 - 4 * minors)) / 2 * energy

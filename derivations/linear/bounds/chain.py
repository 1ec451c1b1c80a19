"""The algebra behind Shachaf's bound, checked on symbolic designs.

Q projects off the row space of X, so QΣ̂ = 0 for Σ̂ = XᵀX/n. Hence QΣQ = QDQ and QP = QDΣ⁺P for D = Σ − Σ̂
and P the projector on eigendirections of Σ with eigenvalues > 0. Both are identities; they are verified here
for one sample in two dimensions with every entry a symbol, diagonal Σ and P the top eigendirection.
"""

import sympy as sp


def identities() -> tuple[sp.Matrix, sp.Matrix]:
    """QΣQ − QDQ and QP − QDΣ⁻¹P, which must vanish."""
    first, second = sp.symbols("first second", real=True)
    large, small = sp.symbols("large small", positive=True)
    design = sp.Matrix([[first, second]])
    sigma = sp.diag(large, small)
    deviation = sigma - design.T * design
    off = sp.eye(2) - design.T * design / (design * design.T)[0]
    top = sp.diag(1, 0)
    return (
        sp.simplify(off * sigma * off - off * deviation * off),
        sp.simplify(off * top - off * deviation * sigma.inv() * top),
    )


def check() -> None:
    if any(not matrix.is_zero_matrix for matrix in identities()):
        raise ArithmeticError("the projector does not annihilate the sample covariance")

"""Shachaf's bound for one cut of the spectrum, from the largest value that the chain of inequalities allows.

R = (Qδ)ᵀΣ(Qδ) = (Qδ)ᵀD(Qδ) ≤ g‖Qδ‖² because QΣQ = QDQ (see `chain`). The unlearnt part splits at the cut,
Qδ = QP_{≤k}δ + QP_{>k}δ. Of the two lengths, ‖QP_{≤k}δ‖ = ‖QDΣ⁺P_{≤k}δ‖ ≤ g/λ_k ‖P_{≤k}δ‖ and ‖QP_{>k}δ‖ ≤
‖P_{>k}δ‖. The squared length of the sum is largest when the two are parallel.
"""

import sympy as sp

from .chain import check

g, eigenvalue, captured, left_out = sp.symbols("deviation eigenvalue captured left_out", positive=True)
ARGUMENTS = {"deviation": g, "eigenvalue": eigenvalue, "captured": captured, "left_out": left_out}


def largest_square(first: sp.Expr, second: sp.Expr) -> sp.Expr:
    """max over the cosine in [−1, 1] of |v + w|² for two vectors of the given lengths: linear in it, so at an end."""
    cosine = sp.Symbol("cosine", real=True)
    square = first**2 + second**2 + 2 * cosine * first * second
    slope = sp.diff(square, cosine)
    return square.subs(cosine, 1 if slope.is_nonnegative else -1)


def derive() -> sp.Expr:
    check()
    learnable = g / eigenvalue * sp.sqrt(captured)
    return sp.factor(g * largest_square(learnable, sp.sqrt(left_out)))

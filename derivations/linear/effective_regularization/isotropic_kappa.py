"""κ = λ/p, where (XᵀX + λ)⁻¹ acts like 1/(p + λ): p = 1/s − λ in the Stieltjes transform s."""

from ..proportional.stieltjes import DIM, RIDGE, N, transform

ARGUMENTS = {"n": N, "dim": DIM, "ridge": RIDGE}


def derive():
    return RIDGE / (1 / transform() - RIDGE)

"""G1: the bias λ²δᵀGΣGδ, from the derivative of the probed resolvent."""

from .resolvent import ENERGIES, KAPPA, LEVELS, RIDGE, SIZES, bias

ARGUMENTS = {
    "kappa": KAPPA,
    "eigenvalues": LEVELS,
    "multiplicities": SIZES,
    "displacement": ENERGIES,
    "ridge": RIDGE,
}


def derive():
    return bias(ENERGIES, LEVELS)

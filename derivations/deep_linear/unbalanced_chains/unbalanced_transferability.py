"""Transferability of an unbalanced chain of three layers against min-norm scratch, n ≤ d − 2; the noise X⁺ξ is shared.

Scratch leaves Qθ_T and the chain Q(θ_T − ρθ_S), ρ as in `unbalanced_risk`.
"""

from ..risk import parts
from . import unbalanced_retention as chain_retention
from .unbalanced_fine_tuning import ARGUMENTS, NULL, REGIME, SOURCE, TARGET

__all__ = ["ARGUMENTS", "REGIME", "derive"]


def derive():
    rho = chain_retention.derive()
    return NULL * TARGET - NULL * (TARGET - 2 * rho * parts.CROSS + rho**2 * SOURCE)

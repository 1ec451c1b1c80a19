r"""I1: the information by its derivative in the signal-to-noise ratio.

I = ½ ln det(I + snr XᵀX/d) has dI/dsnr = ½ tr[(XᵀX/d)(I + snr XᵀX/d)⁻¹] = (d/2)(1 − e_0(snr))/snr, and is 0 at snr = 0,
where e_0 = 1. Along the way snr is explicit in e: I = (d/2)∫(1 − e) d ln snr(e), e from e_0 to 1.
"""

import sympy as sp

from . import scratch_floor
from .scratch_floor import ARGUMENTS, DIM, SNR, N

__all__ = ["ARGUMENTS", "derive"]
SHARE = sp.Symbol("share", positive=True)


def strength():
    """snr at which the share e is left: the equation that the Stieltjes transform solves, in e."""
    gamma = N / DIM
    snr = (1 - SHARE) / (SHARE * (gamma - 1 + SHARE))
    point = {N: 7, DIM: 5, SNR: 3}
    if abs(sp.N(snr.subs(SHARE, scratch_floor.derive()).subs(point) - 3, 40)) > 1e-30:
        raise ArithmeticError("snr(e) is not the inverse of e_0(snr)")
    return snr


def information(start, end):
    """What is gained between two signal-to-noise ratios; 0 stands for no data."""
    integrand = sp.apart(-(1 - SHARE) * sp.diff(sp.log(strength()), SHARE), SHARE)
    primitive = sp.integrate(integrand, SHARE)
    left = [1 if snr == 0 else scratch_floor.derive().subs(SNR, snr) for snr in (start, end)]
    return DIM / 2 * (primitive.subs(SHARE, left[0]) - primitive.subs(SHARE, left[1]))


def derive():
    return information(0, SNR)

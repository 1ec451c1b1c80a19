r"""I1: the information by its derivative in the signal-to-noise ratio.

I = ½ ln det(I + snr XᵀX/d) has dI/dsnr = ½ tr[(XᵀX/d)(I + snr XᵀX/d)⁻¹] = (d/2)(1 − e_0(snr))/snr, and is 0 at snr = 0,
where e_0 = 1. Along the way snr is explicit in e: I = (d/2)∫(1 − e) d ln snr(e), e from e_0 to 1.
"""

from functools import cache

import sympy as sp

from . import scratch_floor
from .scratch_floor import ARGUMENTS, DIM, SNR, N

__all__ = ["ARGUMENTS", "derive"]

SHARE = sp.Symbol("share", positive=True)


@cache
def strength():
    """snr at which the share e is left, from the equation s = 1/(λ + n/(1 + ds)) of the transform, with λs = e, λ = d/snr."""
    trace = SHARE * SNR / DIM
    (snr,) = sp.solve(sp.numer(sp.together(trace * (DIM / SNR + N / (1 + DIM * trace)) - 1)), SNR)
    return snr


def gained(start, end):
    """What is gained between two shares."""
    integrand = sp.apart(-(1 - SHARE) * sp.diff(sp.log(strength()), SHARE), SHARE)
    primitive = sp.integrate(integrand, SHARE)
    return DIM / 2 * (primitive.subs(SHARE, start) - primitive.subs(SHARE, end))


def information(start, end):
    """What is gained between two signal-to-noise ratios; 0 stands for no data."""
    return gained(*(1 if snr == 0 else scratch_floor.derive().subs(SNR, snr) for snr in (start, end)))


def derive():
    return information(0, SNR)

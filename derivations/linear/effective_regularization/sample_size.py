"""n(κ): the self-consistency of the resolvent, solved for n."""

from ..covariance.resolvent import KAPPA, LEVELS, RIDGE, SIZES, sample_size

ARGUMENTS = {"kappa": KAPPA, "eigenvalues": LEVELS, "multiplicities": SIZES, "ridge": RIDGE}


def derive():
    return sample_size()

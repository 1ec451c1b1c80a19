"""The risk at the stationary ridge alone."""

from derivations.covariance.optimal_ridge import ARGUMENTS, REGIME
from derivations.covariance.optimal_ridge import derive as derive_both

__all__ = ["ARGUMENTS", "REGIME", "derive"]


def derive():
    return derive_both()["risk"]

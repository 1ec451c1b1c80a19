"""The best ridge for a head on frozen features: what the features leave out is noise, and a floor.

The unexplained part of the label is uncorrelated with the features (checked in `feature_covariance_risk`), so that the
head is the ridge regression of `optimal_ridge` on F = BᵀΣB with the noise σ² + u, and no ridge can move the floor u.
"""

from ..covariance.feature_covariance_risk import UNEXPLAINED, residual_covariance
from ..covariance.resolvent import NOISE
from . import optimal_ridge

_NOISY = {NOISE: NOISE + UNEXPLAINED}
ARGUMENTS = {
    **optimal_ridge.ARGUMENTS,
    "n": optimal_ridge.ARGUMENTS["n"].subs(_NOISY),
    "unexplained": UNEXPLAINED,
}
REGIME = optimal_ridge.REGIME.subs(_NOISY)


def derive():
    if residual_covariance() != (0, 0):
        raise ArithmeticError("the unexplained part is correlated with the features")
    return UNEXPLAINED + optimal_ridge.derive()["risk"].subs(_NOISY)

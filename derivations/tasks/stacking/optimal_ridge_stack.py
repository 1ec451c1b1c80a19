"""Two ridge fits: the coefficients where the gradient of the target's risk vanishes, and the risk there."""

from . import tuned_fits
from .tuned_fits import ARGUMENTS
from .two_tasks import ALPHA, best, risk

__all__ = ["ARGUMENTS", "derive"]


def derive():
    objective = risk(1, (True, True), tuned_fits.fits)
    coefficients = best(objective)
    at_best = objective.subs(dict(zip(ALPHA, coefficients, strict=True)))
    return {"risk": at_best, "coefficients.0": coefficients[0], "coefficients.1": coefficients[1]}

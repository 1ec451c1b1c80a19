"""Two ridge fits: the coefficients where the gradient of the target's risk vanishes, and the risk there."""

from .tuned_fits import ARGUMENTS, REGIME, risk
from .two_tasks import ALPHA, best

__all__ = ["ARGUMENTS", "REGIME", "derive"]


def derive():
    objective = risk(1)
    coefficients = best(objective)
    at_best = objective.subs(dict(zip(ALPHA, coefficients, strict=True)))
    return {"risk": at_best, "coefficients.0": coefficients[0], "coefficients.1": coefficients[1]}

"""Two tasks: the coefficients where the gradient of the weighted mean risk vanishes, and that mean."""

import numpy as np
import sympy as sp

from .two_tasks import ALPHA, REGIME, best, by_regime, risk
from .two_tasks import ARGUMENTS as TASKS

__all__ = ["ARGUMENTS", "REGIME", "derive"]
_ODDS = sp.symbols("odds1:3", positive=True)
_WEIGHTS = [odds / sum(_ODDS) for odds in _ODDS]
ARGUMENTS = TASKS | {"task_weights": np.array(_WEIGHTS, dtype=object)}


def solved(few):
    objective = sum(p * risk(task, few) for task, p in enumerate(_WEIGHTS))
    coefficients = best(objective)
    at_best = objective.subs(dict(zip(ALPHA, coefficients, strict=True)))
    return {"risk": at_best, "coefficients.0": coefficients[0], "coefficients.1": coefficients[1]}


def derive():
    return by_regime(solved)

"""Risks on both of two tasks of a sum of their updates."""

import numpy as np

from .two_tasks import ALPHA, REGIME, by_regime, risk
from .two_tasks import ARGUMENTS as TASKS

__all__ = ["ARGUMENTS", "REGIME", "derive"]
ARGUMENTS = TASKS | {"coefficients": np.array(ALPHA, dtype=object)}


def derive():
    return by_regime(lambda few: {"0": risk(0, few), "1": risk(1, few)})

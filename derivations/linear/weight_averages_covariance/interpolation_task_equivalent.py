"""The parabola on another task."""

from .parabola import CROSS, FIT, MODES, TASK, WEIGHT, risk

ARGUMENTS = MODES | {"cross": CROSS, "task_displacement": TASK, "weight": WEIGHT} | FIT


def derive():
    return risk(CROSS, TASK)

"""The lowest point of the parabola on another task."""

from .parabola import CROSS, FIT, MODES, TASK, best

ARGUMENTS = MODES | {"cross": CROSS, "task_displacement": TASK} | FIT


def derive():
    return best(CROSS, TASK)

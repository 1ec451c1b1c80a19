"""Two tasks: the average over the one earlier task is the loss of task 1 through stage 2."""

from .sequential_risks import ARGUMENTS as ARGUMENTS
from .sequential_risks import REGIME as REGIME
from .sequential_risks import derive as risks


def derive():
    found = risks()
    return found[2, 0] - found[1, 0]

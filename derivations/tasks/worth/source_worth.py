"""I7: n_eff of the risk that source data alone leave on the target."""

from ..information_floor import two_tasks
from ..information_floor.two_tasks import PRECISION, T
from .effective_samples import samples

_ALL = two_tasks.arguments()
ARGUMENTS = {name: value.subs(PRECISION, 0) for name, value in _ALL.items() if name != "n"}


def derive():
    return samples(two_tasks.risks()[1].subs(PRECISION, 0), T**2)

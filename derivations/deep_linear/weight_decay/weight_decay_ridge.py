"""λ of the ridge whose solution is stationary under weight decay: the gradient of (μ/2)·L‖w‖^{2/L} is λw.

d/dw of ‖w‖^{2/L} is (2/L)‖w‖^{2/L−1} along ŵ = w/‖w‖; ridge with ½‖y − Xw‖² + (λ/2)‖w‖² has the gradient λw.
"""

import sympy as sp

from .layer_penalty import DEPTH, NORM
from .layer_penalty import derive as layer_penalty

DECAY = sp.Symbol("weight_decay", positive=True)
ARGUMENTS = {"norm": NORM, "depth": DEPTH, "weight_decay": DECAY}


def derive():
    pull = sp.diff(DECAY / 2 * layer_penalty(), NORM)
    return sp.powsimp(sp.expand(sp.simplify(pull / NORM)))

"""Models: what is trained. Each is a frozen dataclass; `lintransfer.methods()` tells what can be computed for which."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lintransfer.errors import refuse


@dataclass(frozen=True)
class Linear:
    """f(x) = w·x, trained by gradient flow (or solved) on the squared loss."""


@dataclass(frozen=True)
class DeepLinear:
    """f(x) = xᵀW_1W_2…W_L, all layers trained by gradient flow on the squared loss, from a rank-one start.

    depth: L ≥ 1, any real number where a formula allows it, or inf.  imbalance: ‖W_1‖² − ‖W_2‖² at the start for two
    layers, or a tuple of ‖W_1‖² − a_j² for deeper chains; 0 is the balanced network that pretraining ends in.
    Source weights are the end-to-end vector.
    """

    depth: float
    imbalance: float | tuple[float, ...] = 0.0

    def __post_init__(self) -> None:
        real = isinstance(self.depth, int | float) and not isinstance(self.depth, bool)
        if not real or not self.depth >= 1:
            refuse("depth", "a number of layers ≥ 1, or inf", self.depth)
        values = self.imbalance if isinstance(self.imbalance, tuple) else (self.imbalance,)
        if not all(isinstance(v, int | float) and math.isfinite(v) for v in values):
            refuse("imbalance", "a finite number, or a tuple of them", self.imbalance)

    @property
    def is_balanced(self) -> bool:
        """Whether all layers start at the same norm."""
        return not any(self.imbalance) if isinstance(self.imbalance, tuple) else self.imbalance == 0

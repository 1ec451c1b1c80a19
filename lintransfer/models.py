"""Models: what is trained. Each is a frozen dataclass; `lintransfer.methods()` tells what can be computed for which."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import jax

from lintransfer.errors import refuse
from lintransfer.validation import is_real, plain_number

LAYERS = ("first", "second", "both")


def _is_number(value: Any) -> bool:
    """A real number with a known value; models have no traced ones."""
    return not isinstance(value, jax.Array) and is_real(value)


@dataclass(frozen=True)
class Linear:
    """f(x) = w·x, trained by gradient flow (or solved) on the squared loss."""


@dataclass(frozen=True)
class DeepLinear:
    """f(x) = xᵀW_1W_2…W_L, all layers trained by gradient flow on the squared loss, from a rank-one start.

    depth: L ≥ 1, any real number where a formula allows it, or inf.  imbalance: ‖W_1‖² − ‖W_2‖² at the start for two
    layers, or a tuple of the L − 1 numbers ‖W_1‖² − a_j² for deeper chains (then of width one, L whole); 0 is the
    balanced network that pretraining ends in. Source weights are the end-to-end vector.
    """

    depth: float
    imbalance: float | tuple[float, ...] = 0.0

    def __post_init__(self) -> None:
        if not _is_number(self.depth) or not self.depth >= 1:
            refuse("depth", "a number of layers ≥ 1, or inf", self.depth)
        values = self.imbalance if isinstance(self.imbalance, tuple) else (self.imbalance,)
        if not all(_is_number(v) and math.isfinite(v) for v in values):
            refuse("imbalance", "a finite number, or a tuple of them", self.imbalance)
        values = tuple(map(plain_number, values))
        object.__setattr__(self, "depth", plain_number(self.depth))
        object.__setattr__(self, "imbalance", values if isinstance(self.imbalance, tuple) else values[0])
        if isinstance(self.imbalance, tuple) or self.imbalance != 0:
            self._check_imbalances(values)

    def _check_imbalances(self, values: tuple[float, ...]) -> None:
        if not math.isfinite(self.depth) or self.depth != int(self.depth):
            refuse("depth", "a whole number for a network with imbalanced layers", self.depth)
        layers = int(self.depth) - 1
        if len(values) != layers or (layers > 1 and not isinstance(self.imbalance, tuple)):
            wanted = f"a tuple of {layers} numbers ‖W_1‖² − a_j²" if layers else "0"
            refuse("imbalance", f"{wanted} for depth {self.depth:g}", self.imbalance)

    @property
    def is_balanced(self) -> bool:
        """Whether all layers start at the same norm."""
        return not any(self.imbalance) if isinstance(self.imbalance, tuple) else self.imbalance == 0


@dataclass(frozen=True)
class TwoLayerLinear:
    """f(x) = vᵀBx: features B (k, d) and a head v (k,), each trained at the same rate by gradient flow on the squared loss.

    The source is a pair (B_S, v_S), as `lintransfer.TransferProblem.two_layer` describes it; which of the two layers is
    trained, and from which head, is the strategy's business (`FineTune`, `FirstLayer`, `ProbeThen`, `LinearTransfer`).
    """


@dataclass(frozen=True)
class DiagonalLinear:
    """f(x) = β·x, β = v_+w_+ − v_−w_−: a diagonal network of two layers, trained by gradient flow on the squared loss.

    scale: a > 0, what w² + v² is at the start, where β = 0.  balance: −1 ≤ λ ≤ 1, (w² − v²)/a: both pairs start from
    w = √(a(1+λ)/2), v = √(a(1−λ)/2). Small scales prefer sparse weights; large ones train as `Linear` does.
    head: g ≥ 0, of the head that fine-tuning starts from; None: v, as before pretraining.
    Fine-tuning finds the first layers w_± that pretraining on the source weights left, gives both pairs w_+ + w_− and a new
    head g: it starts from β = 0, and reuses the source by the size of its first layer alone.

    >>> DiagonalLinear(scale=0.1)
    DiagonalLinear(scale=0.1, balance=0.0, head=None)
    """

    scale: float
    balance: float = 0.0
    head: float | None = None

    def __post_init__(self) -> None:
        if not _is_number(self.scale) or not 1e-100 <= self.scale <= 1e100:
            refuse("scale", "a number > 0 (between 1e-100 and 1e100)", self.scale)
        if not _is_number(self.balance) or not -1 <= self.balance <= 1:
            refuse("balance", "a number between -1 and 1", self.balance)
        if self.head is not None and (not _is_number(self.head) or not 0 <= self.head <= 1e50):
            refuse("head", "a number ≥ 0 (at most 1e50), or None for that of the start", self.head)
        if self.balance == -1 and self.head == 0:
            refuse("head", "positive for balance = -1, where the first layer is zero: nothing would move", self.head)
        for name in ("scale", "balance", "head"):
            value = getattr(self, name)
            object.__setattr__(self, name, value if value is None else plain_number(value))


@dataclass(frozen=True)
class ShallowReLU:
    """f(x) = m^{−1/2} Σ_r a_r relu(w_r·x), a_r = ±1, w_r ~ N(0, I), in pairs of opposite a_r so that f = 0 at the start.

    width: m, an even number of neurons, or inf. At infinite width gradient descent is regression with the arc-cosine
    kernel, from whatever function training starts at; finite networks are trained.
    trained: the layers that are trained, "first", "second" or "both".
    Fine-tuning starts from the linear function of known source weights (a finite network keeps it frozen and learns the
    residual), or, if the problem has an n_source, from the same network trained on a source set. A learner's ridge is λ in Σ(y − f)² + λ‖W − W_start‖² over the trained weights (infinite width only).

    >>> ShallowReLU(trained="first")
    ShallowReLU(width=inf, trained='first')
    """

    width: float = math.inf
    trained: str = "both"

    def __post_init__(self) -> None:
        known = _is_number(self.width) and self.width >= 2
        if not known or (math.isfinite(self.width) and self.width % 2 != 0):
            refuse("width", "an even number of neurons ≥ 2 (they come in pairs), or inf", self.width)
        if not isinstance(self.trained, str) or self.trained not in LAYERS:
            refuse("trained", '"first", "second" or "both"', self.trained)
        object.__setattr__(self, "width", plain_number(self.width))

    @property
    def is_wide(self) -> bool:
        """Whether the width is infinite."""
        return math.isinf(self.width)


Model = Linear | DeepLinear | ShallowReLU | TwoLayerLinear | DiagonalLinear

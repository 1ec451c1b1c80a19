"""Strategies: how the target is learnt. A strategy together with its model is a *learner*."""

from __future__ import annotations

import math
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

import jax

from lintransfer.errors import UnknownNameError, refuse
from lintransfer.models import Linear, Model
from lintransfer.validation import is_real

_LARGEST_RIDGE = 1e150  # its square is a number


def _check_ridge(ridge: Any) -> None:
    if isinstance(ridge, str):
        if ridge != "optimal":
            refuse("ridge", 'a number or "optimal"', ridge)
    elif not isinstance(ridge, jax.core.Tracer):
        if not (is_real(ridge) and ridge > -math.inf):
            refuse("ridge", 'a number, inf or "optimal"', ridge)
        if _LARGEST_RIDGE < abs(ridge) < math.inf:
            refuse("ridge", "at most 1e150 in size, or inf (which stays at the start)", ridge)


def _check_time(time: Any) -> None:
    if isinstance(time, str):
        if time != "optimal":
            refuse("time", 'a number ≥ 0 (or inf), or "optimal"', time)
    elif not isinstance(time, jax.core.Tracer) and not (is_real(time) and time >= 0):
        refuse("time", 'a number ≥ 0 (or inf), or "optimal"', time)


def _check_model(model: Any, time: Any) -> None:
    if not isinstance(model, Model):
        names = ", ".join(kind.__name__ for kind in Model.__args__)
        raise UnknownNameError(f"model must be one of {names} (an instance, as in Linear()), got {model!r}")
    endless = not isinstance(time, str | jax.core.Tracer) and time == math.inf
    if not endless and not isinstance(model, Linear) and getattr(model, "depth", 2) != 1:
        refuse("time", f"inf for {type(model).__name__}: it is trained to convergence", time)


@dataclass(frozen=True)
class Scratch:
    """Train on the target set alone, from zero weights.

    ridge: penalty λ in the sum convention ‖y − Xw‖² + λ‖w‖² (scikit-learn's ``alpha``), or ``"optimal"``, the λ ≥ 0 of
        least expected risk; 0 is the minimum-norm interpolator or ordinary least squares, inf stays at the start. A
        negative λ down to the limit of `lintransfer.theory.linear.negative_ridge.critical_ridge` is allowed, and
        `lintransfer.theory.linear.optimal_ridge.optimal_ridge` with ``negative=True`` finds the best one.
    time: stopping time of gradient flow on the mean loss (1/2n)‖y − Xw‖²; inf trains to convergence,
        ``"optimal"`` stops at the time of least expected risk.
    """

    model: Any = field(default_factory=Linear)
    ridge: Any = 0.0
    time: Any = math.inf

    def __post_init__(self) -> None:
        _check_ridge(self.ridge)
        _check_time(self.time)
        _check_model(self.model, self.time)


@dataclass(frozen=True)
class FineTune:
    """Start from the source weights w0 = θ_S and train everything on the target set.

    ridge: penalty λ in ‖y − Xw‖² + λ‖w − w0‖² (towards the source weights; inf stays there), or ``"optimal"``. For a wide ReLU network
        it is added to the kernel matrix: the same penalty on how far its weights move.
    time: stopping time of gradient flow on the mean loss (1/2n)‖y − Xw‖²; inf trains to convergence,
        ``"optimal"`` stops at the time of least expected risk.
    """

    model: Any = field(default_factory=Linear)
    ridge: Any = 0.0
    time: Any = math.inf

    def __post_init__(self) -> None:
        _check_ridge(self.ridge)
        _check_time(self.time)
        _check_model(self.model, self.time)


@dataclass(frozen=True)
class LinearTransfer:
    """Freeze the source features and fit a new head on the target set.

    The features are Z = Xθ_S/‖θ_S‖ (one feature; k of them, the columns of θ_S, for k outputs), or Z = XB for the
    feature map B (d, r) that the problem carries.
    ridge: penalty λ ≥ 0 in ‖y − Za‖² + λ‖a‖², or ``"optimal"``.
    """

    ridge: Any = 0.0

    def __post_init__(self) -> None:
        _check_ridge(self.ridge)


Learner = Scratch | FineTune | LinearTransfer


def model_of(learner: Learner) -> Any:
    """The model a learner trains; frozen features carry a linear head."""
    return getattr(learner, "model", Linear())


def label_of(learner: Learner) -> str:
    """A short unique name: the strategy, then the model and whatever differs from the defaults."""
    model = model_of(learner)
    return _described(learner, [] if model == Linear() else [_described(model, [])])


def _described(thing: Any, words: list[str]) -> str:
    """The name of a dataclass with its options, a required one without its name: DeepLinear(2, imbalance=1)."""
    for option in fields(thing):
        value = getattr(thing, option.name)
        if option.name != "model" and value != option.default:
            shown = str(value) if isinstance(value, str | tuple | bool) or value is None else format(value, "g")
            words = [*words, shown if option.default is MISSING else f"{option.name}={shown}"]
    name = type(thing).__name__
    return f"{name}({', '.join(words)})" if words else name

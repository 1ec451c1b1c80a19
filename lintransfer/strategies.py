"""Strategies: how the target is learnt. A strategy together with its model is a *learner*."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

import jax

from lintransfer.errors import UnknownNameError, in_one_line, refuse
from lintransfer.models import Linear, Model
from lintransfer.validation import is_real, plain_number

SIGNED = "optimal-signed"  # the best ridge of either sign

_LARGEST_RIDGE = 1e150  # its square is a number


def _check_ridge(learner: Any, words: tuple[str, ...] = ("optimal", SIGNED)) -> None:
    _check_option(learner, "ridge", 'a number, inf or "optimal"', lambda v: v > -math.inf, words)
    if isinstance(learner.ridge, float) and _LARGEST_RIDGE < abs(learner.ridge) < math.inf:
        refuse("ridge", "at most 1e150 in size, or inf (which stays at the start)", learner.ridge)


def _check_time(learner: Any) -> None:
    _check_option(learner, "time", 'a number ≥ 0 (or inf), or "optimal"', lambda v: v >= 0)


def _check_option(
    learner: Any, name: str, rule: str, holds: Callable[[Any], bool], words: tuple[str, ...] = ("optimal",)
) -> None:
    """A number that obeys the rule, kept as Python's own, a JAX value, or one of the words."""
    value = getattr(learner, name)
    if isinstance(value, jax.core.Tracer) or (isinstance(value, str) and value in words):
        return
    if isinstance(value, str) or not is_real(value) or not holds(value):
        refuse(name, rule, value)
    object.__setattr__(learner, name, plain_number(value))


def _check_model(model: Any, time: Any) -> None:
    if not isinstance(model, Model):
        names = ", ".join(kind.__name__ for kind in Model.__args__)
        raise UnknownNameError(f"model must be one of {names} (an instance, as in Linear()), got {in_one_line(model)}")
    endless = not isinstance(time, str | jax.core.Tracer) and time == math.inf
    if not endless and not isinstance(model, Linear) and getattr(model, "depth", 2) != 1:
        refuse("time", f"inf for {type(model).__name__}: it is trained to convergence", time)


@dataclass(frozen=True)
class Scratch:
    """Train on the target set alone, from zero weights.

    ridge: penalty λ in the sum convention ‖y − Xw‖² + λ‖w‖² (scikit-learn's ``alpha``), or ``"optimal"``, the λ ≥ 0 of
        least expected risk; 0 is the minimum-norm interpolator or ordinary least squares, inf stays at the start. A
        negative λ down to the limit of `lintransfer.theory.linear.negative_ridge.critical_ridge` is allowed, and
        ``"optimal-signed"`` is the λ of least risk of either sign, `lintransfer.theory.linear.optimal_ridge.optimal_ridge`
        with ``negative=True``.
    time: stopping time of gradient flow on the mean loss (1/2n)‖y − Xw‖²; inf trains to convergence,
        ``"optimal"`` stops at the time of least expected risk.
    """

    model: Any = field(default_factory=Linear)
    ridge: Any = 0.0
    time: Any = math.inf

    def __post_init__(self) -> None:
        _check_ridge(self)
        _check_time(self)
        _check_model(self.model, self.time)


@dataclass(frozen=True)
class FineTune:
    """Start from the source weights w0 = θ_S and train everything on the target set.

    ridge: penalty λ in ‖y − Xw‖² + λ‖w − w0‖² (towards the source weights; inf stays there), or ``"optimal"``, or
        ``"optimal-signed"``, as in `Scratch`. For a wide ReLU network
        it is added to the kernel matrix: the same penalty on how far its weights move.
    time: stopping time of gradient flow on the mean loss (1/2n)‖y − Xw‖²; inf trains to convergence,
        ``"optimal"`` stops at the time of least expected risk.
    """

    model: Any = field(default_factory=Linear)
    ridge: Any = 0.0
    time: Any = math.inf

    def __post_init__(self) -> None:
        _check_ridge(self)
        _check_time(self)
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
        _check_ridge(self, ("optimal",))


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
            shown = str(value) if isinstance(value, str | tuple | bool) or value is None else _as_text(value)
            words = [*words, shown if option.default is MISSING else f"{option.name}={shown}"]
    name = type(thing).__name__
    return f"{name}({', '.join(words)})" if words else name


def _as_text(number: Any) -> str:
    """A number in six digits, or in as many as tell it from its neighbours."""
    short = format(number, "g")
    return short if float(short) == number else repr(float(number))

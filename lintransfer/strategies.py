"""Strategies: how the target is learnt. A strategy together with its model is a *learner*."""

from __future__ import annotations

import math
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

import jax
import numpy as np

from lintransfer.errors import refuse
from lintransfer.models import Linear, ShallowReLU


def _check_ridge(ridge: Any) -> None:
    if isinstance(ridge, str):
        if ridge != "optimal":
            refuse("ridge", 'a number or "optimal"', ridge)
    elif not isinstance(ridge, jax.core.Tracer) and not (np.ndim(ridge) == 0 and math.isfinite(ridge)):
        refuse("ridge", 'a finite number or "optimal"', ridge)


def _check_time(time: Any) -> None:
    if isinstance(time, str):
        if time != "optimal":
            refuse("time", 'a number ≥ 0 (or inf), or "optimal"', time)
    elif not isinstance(time, jax.core.Tracer) and not (np.ndim(time) == 0 and time >= 0):
        refuse("time", 'a number ≥ 0 (or inf), or "optimal"', time)


@dataclass(frozen=True)
class Scratch:
    """Train on the target set alone, from zero weights.

    ridge: penalty λ ≥ 0 in the sum convention ‖y − Xw‖² + λ‖w‖² (scikit-learn's ``alpha``), or ``"optimal"``, which
        minimises the expected risk; 0 is the minimum-norm interpolator or ordinary least squares. A negative λ down
        to the limit of `lintransfer.theory.covariance.critical_ridge` is allowed.
    time: stopping time of gradient flow on the mean loss (1/2n)‖y − Xw‖²; inf trains to convergence,
        ``"optimal"`` stops at the time of least expected risk.
    """

    model: Any = field(default_factory=Linear)
    ridge: Any = 0.0
    time: Any = math.inf

    def __post_init__(self) -> None:
        _check_ridge(self.ridge)
        _check_time(self.time)


@dataclass(frozen=True)
class FineTune:
    """Start from the source weights w0 = θ_S and train everything on the target set.

    ridge: penalty λ in ‖y − Xw‖² + λ‖w − w0‖² (towards the source weights), or ``"optimal"``. For a wide ReLU network
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


def default_baseline(*learners: Learner) -> Scratch:
    """What transfer is compared with: `Scratch` of the ReLU network that the learners share, else of the linear model.

    (A deep linear network trained from a vanishing start ends where the linear model does.)

    >>> default_baseline(FineTune(), LinearTransfer())
    Scratch(model=Linear(), ridge=0.0, time=inf)
    """
    models = {model_of(learner) for learner in learners}
    shared = next(iter(models)) if len(models) == 1 else None
    return Scratch(shared) if isinstance(shared, ShallowReLU) else Scratch()


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

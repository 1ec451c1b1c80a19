"""Strategies: how the target is learnt. A strategy together with its model is a *learner*."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, fields
from typing import Any

import jax
import numpy as np

from lintransfer.errors import refuse
from lintransfer.models import Linear


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

    ridge: penalty λ in ‖y − Xw‖² + λ‖w − w0‖² (towards the source weights), or ``"optimal"``.
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

    The features are Z = Xθ_S/‖θ_S‖ (one feature), or Z = XB for the feature map B (d, r) that the problem carries.
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
    words = [type(learner).__name__]
    model = model_of(learner)
    if model != Linear():
        words.append(repr(model))
    for option in fields(learner):
        value = getattr(learner, option.name)
        if option.name != "model" and value != option.default:
            words.append(f"{option.name}={value if isinstance(value, str) else format(value, 'g')}")
    return words[0] if len(words) == 1 else f"{words[0]}({', '.join(words[1:])})"

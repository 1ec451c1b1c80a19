"""Strategies: how the target is learnt. A strategy together with its model is a *learner*."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import MISSING, dataclass, field, fields
from typing import Any

import jax

from lintransfer.errors import UnknownNameError, in_one_line, refuse
from lintransfer.models import DeepLinear, DiagonalLinear, Linear, Model, TwoLayerLinear
from lintransfer.validation import is_real, listed, plain_number, whole_number

HEADS = ("source", "zero")
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


def _check_model(model: Any, ridge: Any, time: Any) -> None:
    if not isinstance(model, Model):
        names = ", ".join(kind.__name__ for kind in Model.__args__)
        raise UnknownNameError(f"model must be one of {names} (an instance, as in Linear()), got {in_one_line(model)}")
    if isinstance(model, TwoLayerLinear):
        if isinstance(time, str):
            refuse("time", "a number ≥ 0 for TwoLayerLinear: no theorem knows its best", time)
        return
    endless = not isinstance(time, str | jax.core.Tracer) and time == math.inf
    if not endless and not isinstance(model, Linear) and getattr(model, "depth", 2) != 1:
        refuse("time", f"inf for {type(model).__name__}: it is trained to convergence", time)
    if isinstance(model, DiagonalLinear) and not _is_default(ridge, 0.0):
        refuse("ridge", "0 for DiagonalLinear", ridge)
    if isinstance(model, DeepLinear) and model.depth != 1 and not _is_default(ridge, 0.0):
        told = "0 for DeepLinear (weight decay on its layers ends where theory.deep_linear.weight_decay says, from any start)"
        refuse("ridge", told, ridge)


def _check_head(learner: Any) -> None:
    if not isinstance(learner.head, str) or learner.head not in HEADS:
        refuse("head", '"source" or "zero"', learner.head)


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
        _check_model(self.model, self.ridge, self.time)
        if isinstance(self.model, TwoLayerLinear) and not (
            _is_default(self.ridge, 0.0) and _is_default(self.time, math.inf)
        ):
            refuse(
                "model", "Linear() with a ridge or a stopping time: from a vanishing start it is the same", self.model
            )


@dataclass(frozen=True)
class FineTune:
    """Start from the source weights w0 = θ_S and train everything on the target set.

    ridge: penalty λ in ‖y − Xw‖² + λ‖w − w0‖² (towards the source weights; inf stays there), or ``"optimal"``, or
        ``"optimal-signed"``, as in `Scratch`. For a wide ReLU network
        it is added to the kernel matrix: the same penalty on how far its weights move.
    time: stopping time of gradient flow on the mean loss (1/2n)‖y − Xw‖²; inf trains to convergence,
        ``"optimal"`` stops at the time of least expected risk.
    head: of a model that has one (`TwoLayerLinear`), where it starts: the source's, or ``"zero"``, a new one.
    """

    model: Any = field(default_factory=Linear)
    ridge: Any = 0.0
    time: Any = math.inf
    head: str = "source"

    def __post_init__(self) -> None:
        _check_ridge(self)
        _check_time(self)
        _check_model(self.model, self.ridge, self.time)
        _check_head(self)
        if isinstance(self.model, TwoLayerLinear) and not _is_default(self.ridge, 0.0):
            refuse("ridge", "0 for TwoLayerLinear (FirstLayer takes a ridge)", self.ridge)
        if self.head == "zero" and not isinstance(self.model, TwoLayerLinear):
            refuse(
                "head", f'"source" for {type(self.model).__name__}: only TwoLayerLinear has a head of its own', "zero"
            )


@dataclass(frozen=True)
class LinearTransfer:
    """Freeze the source features and fit a new head on the target set (linear probing).

    The features are Z = Xθ_S/‖θ_S‖ (one feature; k of them, the columns of θ_S, for k outputs), or Z = XB for the
    feature map B (d, r) that the problem carries.
    ridge: penalty λ ≥ 0 in ‖y − Za‖² + λ‖a − a_0‖², or ``"optimal"``.
    head: where the head starts, a_0 = 0 for ``"zero"``; ``"source"`` is the head with which the features make θ_S. It
        matters with a ridge, and where fewer samples than features leave it undetermined.
    """

    ridge: Any = 0.0
    head: str = "zero"

    def __post_init__(self) -> None:
        _check_ridge(self, ("optimal",))
        _check_head(self)


@dataclass(frozen=True)
class FirstLayer:
    """Keep the source's head and train the features under it: surgical fine-tuning of the first layer.

    For one output this is linear regression from θ_S at another speed: with ‖v‖ the norm of the head, a ridge λ on
    ‖B − B_S‖² is λ/‖v‖² on the weights, and time runs ‖v‖² times as fast (Lee et al. 2023; Ren et al. 2023).
    ridge: penalty λ in ‖y − XBᵀv‖² + λ‖B − B_S‖².  time: of gradient flow on the mean loss. Words as in `FineTune`.
    """

    model: Any = field(default_factory=TwoLayerLinear)
    ridge: Any = 0.0
    time: Any = math.inf

    def __post_init__(self) -> None:
        if not isinstance(self.model, TwoLayerLinear):
            refuse("model", 'TwoLayerLinear() (a ReLU network takes ShallowReLU(trained="first"))', self.model)
        _check_ridge(self)
        _check_time(self)


@dataclass(frozen=True)
class ProbeThen:
    """Train a new head on frozen source features first, from zero and for a while, then go on from there: LP-FT.

    strategy: what follows, ``FineTune(TwoLayerLinear())`` or ``FirstLayer()``, from the probed head (Kumar et al. 2022;
    Ren et al. 2023).  time: of gradient flow of the head on the mean loss (1/2n)‖y − XBᵀv‖²; inf probes to convergence.
    """

    strategy: Any
    time: Any = math.inf

    def __post_init__(self) -> None:
        kinds, who = FineTune | FirstLayer, self.strategy
        if not isinstance(who, kinds) or not isinstance(who.model, TwoLayerLinear):
            refuse("strategy", "FineTune(TwoLayerLinear()) or FirstLayer(), which have a head to prepare", who)
        if not _is_default(who.ridge, 0.0) or not _is_default(who.time, math.inf):
            refuse("strategy", "trained to convergence without ridge after probing", who)
        if getattr(who, "head", "source") != "source":
            refuse("strategy", "one that keeps the probed head", who)
        _check_option(self, "time", "a number ≥ 0 (or inf)", lambda v: v >= 0, ())

    @property
    def model(self) -> Any:
        """The model that is trained."""
        return self.strategy.model

    @property
    def ridge(self) -> float:
        """No ridge."""
        return 0.0


@dataclass(frozen=True)
class Pool:
    """Train once, from zero, on the rows of all tasks together: least Σ_k ω_k‖y_k − X_kw‖² + λ‖w‖².

    weights: ``"equal"``, one number ω_k > 0 for each task, the target's last (inf: its rows are met first, exactly), or
        ``"optimal"``, those of least expected risk on the target.  ridge: λ ≥ 0, or ``"optimal"``; 0 is least squares, or the minimum-norm interpolator of all rows.
    """

    weights: Any = "equal"
    ridge: Any = 0.0

    def __post_init__(self) -> None:
        _check_ridge(self, ("optimal",))
        if isinstance(self.ridge, int | float) and self.ridge < 0:
            refuse("ridge", "≥ 0 for Pool", self.ridge)
        object.__setattr__(self, "weights", _task_weights(self.weights, ("equal", "optimal"), positive=True))


@dataclass(frozen=True)
class Stack:
    """Fit every task by itself, from zero, and predict with Σ_k a_kŵ_k.

    weights: ``"optimal"``, the coefficients of least expected risk on the target, or one a_k for each task, the target's last.
    ridge: 0 for minimum-norm fits or least squares, ``"optimal"``, each task's own best ridge, or one λ_k ≥ 0 for each task.
    """

    weights: Any = "optimal"
    ridge: Any = 0.0

    def __post_init__(self) -> None:
        rule = '0, "optimal", or one number ≥ 0 for each task, target last'
        if is_real(self.ridge):
            if self.ridge != 0:
                refuse("ridge", rule, self.ridge)
            object.__setattr__(self, "ridge", 0.0)
        elif not isinstance(self.ridge, str) or self.ridge != "optimal":
            ridges = [] if isinstance(self.ridge, str) else listed("ridge", rule, self.ridge)
            if not ridges or not all(is_real(v) and 0 <= v <= _LARGEST_RIDGE for v in ridges):
                refuse("ridge", rule, self.ridge)
            object.__setattr__(self, "ridge", tuple(float(v) for v in ridges))
        object.__setattr__(self, "weights", _task_weights(self.weights, ("optimal",)))


@dataclass(frozen=True)
class WeightAverage:
    """Go back a part of the way that fine-tuning went: (1 − α)w0 + αŵ (WiSE-FT; Wortsman et al. 2022).

    strategy: ``FineTune()`` of the linear model.  weight: α, any finite number (1 is fine-tuning, beyond 1 extrapolates), or
    ``"optimal"``, the α of least expected risk on the target.
    """

    strategy: Any = field(default_factory=FineTune)
    weight: Any = 0.5

    def __post_init__(self) -> None:
        _check_tuned(self.strategy)
        _check_option(self, "weight", 'a finite number or "optimal"', lambda v: math.isfinite(v) and abs(v) < 1e75)

    @property
    def ridge(self) -> Any:
        """That of the fine-tuning."""
        return self.strategy.ridge


@dataclass(frozen=True)
class Soup:
    """Average the weights of several fine-tunings of the target, each on n samples of its own (Wortsman et al. 2022).

    strategy: ``FineTune()`` of the linear model.  members: how many, K ≥ 1 (n samples each).  stretch: a of w0 + a(mean − w0),
    any finite number, or ``"optimal"``.
    """

    strategy: Any = field(default_factory=FineTune)
    members: int = 2
    stretch: Any = 1.0

    def __post_init__(self) -> None:
        _check_tuned(self.strategy)
        object.__setattr__(self, "members", whole_number("members", self.members, 1))
        _check_option(self, "stretch", 'a finite number or "optimal"', lambda v: math.isfinite(v) and abs(v) < 1e75)

    @property
    def ridge(self) -> Any:
        """That of the fine-tunings."""
        return self.strategy.ridge


@dataclass(frozen=True)
class Replay:
    """Fine-tune from the source's fit on the target's rows and some of the source's own, seen before, together.

    kept: how many rows of the source set are replayed, 0 (plain fine-tuning) to n_source.
    """

    kept: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "kept", whole_number("kept", self.kept, 0))

    @property
    def ridge(self) -> float:
        """No ridge."""
        return 0.0


@dataclass(frozen=True)
class RandomFeatures:
    """Freeze a random ReLU layer, φ(x) = relu(Wx) less its mean, and fit a head on its outputs; the source is not used.

    width: N, the number of features, whose directions (rows of W) are uniform on the sphere.  ridge: λ ≥ 0 of
    ‖y − φa‖² + λ‖a‖². Risks are averaged over W too.
    """

    width: int
    ridge: Any = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "width", whole_number("width", self.width, 1))
        _check_option(self, "ridge", "a finite number ≥ 0", lambda v: 0 <= v <= _LARGEST_RIDGE, ())


def _task_weights(given: Any, words: tuple[str, ...], positive: bool = False) -> Any:
    """A word, or a tuple of finite numbers, one per task, not all 0."""
    rule = f"{' or '.join(map(repr, words))}, or one {'number > 0' if positive else 'finite number'} for each task, target last"
    if isinstance(given, str):
        if given not in words:
            refuse("weights", rule, given)
        return given
    numbers = listed("weights", rule, given)
    fine = numbers and all(is_real(v) and (v > 0 if positive else abs(v) < 1e75) for v in numbers)
    if not fine or not any(numbers):
        refuse("weights", rule, given)
    return tuple(float(v) for v in numbers)


def _check_tuned(strategy: Any) -> None:
    if not isinstance(strategy, FineTune) or strategy.model != Linear():
        refuse("strategy", "FineTune() of the linear model", strategy)
    if isinstance(strategy.ridge, str) or not _is_default(strategy.time, math.inf):
        refuse("strategy", "trained to convergence, with a number for its ridge", strategy)


def _is_default(value: Any, default: float) -> bool:
    return not isinstance(value, str | jax.core.Tracer) and bool(value == default)


Several = Pool | Stack | WeightAverage | Soup | Replay
Learner = Scratch | FineTune | LinearTransfer | FirstLayer | ProbeThen | Several | RandomFeatures
ON_ALL_ROWS = (Pool, Stack, Replay)  # they train on rows of other tasks, not on what was learnt from them


def model_of(learner: Learner) -> Any:
    """The model a learner trains; frozen features carry a linear head."""
    return getattr(learner, "model", Linear())


def label_of(learner: Learner) -> str:
    """A short unique name: the strategy, then the model and whatever differs from the defaults."""
    if isinstance(learner, ProbeThen):
        return _described(learner, [label_of(learner.strategy)])
    if isinstance(learner, WeightAverage | Soup) and learner.strategy != FineTune():
        return _described(learner, [label_of(learner.strategy)])
    model = model_of(learner)
    plain = model == Linear() or isinstance(learner, FirstLayer)
    return _described(learner, [] if plain else [_described(model, [])])


def _described(thing: Any, words: list[str]) -> str:
    """The name of a dataclass with its options, a required one without its name: DeepLinear(2, imbalance=1)."""
    for option in fields(thing):
        value = getattr(thing, option.name)
        if option.name not in ("model", "strategy") and value != option.default:
            shown = str(value) if isinstance(value, str | tuple | bool) or value is None else _as_text(value)
            words = [*words, shown if option.default is MISSING else f"{option.name}={shown}"]
    name = type(thing).__name__
    return f"{name}({', '.join(words)})" if words else name


def _as_text(number: Any) -> str:
    """A number in six digits, or in as many as tell it from its neighbours."""
    short = format(number, "g")
    return short if float(short) == number else repr(float(number))

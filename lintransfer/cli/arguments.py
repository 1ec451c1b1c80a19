"""What the commands share: how a problem, a learner and a list of numbers are written on the command line."""

from __future__ import annotations

import argparse
import math
from dataclasses import fields
from typing import Any

import numpy as np

from lintransfer.datasets import read_arrays
from lintransfer.errors import DataFileError, DomainError, UnknownNameError, in_one_line, refuse
from lintransfer.models import TwoLayerLinear
from lintransfer.problems import TransferProblem
from lintransfer.routing import FAMILIES
from lintransfer.strategies import (
    FineTune,
    FirstLayer,
    Learner,
    LinearTransfer,
    Pool,
    ProbeThen,
    RandomFeatures,
    Replay,
    Scratch,
    Soup,
    Stack,
    WeightAverage,
)
from lintransfer.validation import whole_number

STRATEGIES: dict[str, type] = {
    "scratch": Scratch,
    "fine-tune": FineTune,
    "linear-transfer": LinearTransfer,
    "first-layer": FirstLayer,
    "probe-then": ProbeThen,
    "pool": Pool,
    "stack": Stack,
    "weight-average": WeightAverage,
    "soup": Soup,
    "replay": Replay,
    "random-features": RandomFeatures,
}
THEN = {"fine-tune": FineTune(TwoLayerLinear()), "first-layer": FirstLayer()}  # what probing prepares

MOST_NUMBERS = 1_000_000
_WORDS = ("relu", "head", "then")  # options that are no numbers
_MODEL_OPTIONS = [word for family in FAMILIES for word in family.words]


def numbers(text: str) -> list[Any]:
    """A list of numbers: ``start:stop:step`` (stop included), ``a,b,c``, or ``none``."""
    if text.strip().lower() == "none":
        return []
    try:
        if ":" in text:
            start, stop, step = (float(part) for part in text.split(":"))
            if step <= 0 or not np.isfinite([start, stop, step]).all():
                raise ValueError
            steps = (stop - start) / step + 1e-9
            if not steps < MOST_NUMBERS:
                refuse("a list of numbers", f"of at most {MOST_NUMBERS:,} numbers", got=text)
            values = [round(start + step * i, 12) for i in range(int(steps) + 1)]
        else:
            values = [float(part) for part in text.split(",")]
    except DomainError:
        raise
    except (ValueError, OverflowError):
        raise DomainError(f"a list of numbers must be start:stop:step or a,b,c, got {in_one_line(text)}") from None
    return [int(v) if v == int(v) else v for v in values] if np.isfinite(values).all() else values


def list_argument(text: str) -> list[Any]:
    """`numbers` for argparse, which wants its own kind of error."""
    try:
        return numbers(text)
    except DomainError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def _ridge(text: str) -> Any:
    """A ridge for argparse: a number, or a word."""
    try:
        return float(text)
    except ValueError:
        return text


def add_problem(parser: argparse.ArgumentParser) -> None:
    """The options that describe a `TransferProblem`."""
    group = parser.add_argument_group("problem")
    group.add_argument("--dim", type=int, default=500, help="input dimension d (default: 500)")
    group.add_argument("--overlap", type=float, default=0.8, help="cosine of the two teachers (default: 0.8)")
    group.add_argument(
        "--inputs",
        choices=("gaussian", "sphere"),
        default="gaussian",
        help="N(0, I), or uniform on the unit sphere, where labels have energy ‖θ‖²/d (default: gaussian)",
    )
    group.add_argument(
        "--noise-std", type=float, default=None, help="label noise σ (default: 0.2, on the sphere 0.2/√d)"
    )
    group.add_argument("--source-norm", type=float, default=1.0, help="‖θ_S‖ (default: 1)")
    group.add_argument("--target-norm", type=float, default=1.0, help="‖θ_T‖ (default: 1)")
    group.add_argument("--n-source", type=int, default=None, help="source samples (default: the source is known)")
    group.add_argument(
        "--source-ridge", type=_ridge, default=None, help='ridge of the source fit, or "optimal" (default: 0)'
    )
    group.add_argument("--source-noise-std", type=float, default=0.0, help="label noise of the source set (default: 0)")
    group.add_argument("--n-features", type=int, default=None, help="features k of a two-layer source (default: none)")
    group.add_argument(
        "--mix",
        type=float,
        default=0.0,
        help="share of the target's move that the features see: 0 input, 1 output shift",
    )
    group.add_argument("--head-norm", type=float, default=1.0, help="norm of the two-layer source's head (default: 1)")
    group.add_argument(
        "--teachers",
        metavar="FILE.npz",
        help="arrays source (d,) and target (d,), optionally covariance: replaces dim, overlap and norms",
    )


def problem_from(options: Any) -> TransferProblem:
    """The problem that the options describe."""
    on_sphere = options.inputs == "sphere"
    noise_std = options.noise_std
    if noise_std is None:
        noise_std = 0.2 / math.sqrt(max(whole_number("dim", options.dim, 1), 1)) if on_sphere else 0.2
    if options.n_features is not None:
        others = {"teachers": options.teachers, "n-source": options.n_source, "inputs": "sphere" if on_sphere else None}
        others["source-ridge"] = options.source_ridge
        for name, value in others.items():
            if value is not None:
                refuse(name, "left out with --n-features (a two-layer source)", value)
        return TransferProblem.two_layer(
            options.dim, options.n_features, options.overlap, options.mix, options.head_norm, noise_std
        )
    noise = {"noise_std": noise_std, "n_source": options.n_source, "source_noise_std": options.source_noise_std}
    noise |= {} if options.source_ridge is None else {"source_ridge": options.source_ridge}
    if options.teachers is None:
        build = TransferProblem.sphere if on_sphere else TransferProblem.isotropic
        return build(
            options.dim, options.overlap, source_norm=options.source_norm, target_norm=options.target_norm, **noise
        )
    if on_sphere:
        refuse("inputs", "gaussian with --teachers (the sphere takes dim, overlap and norms)", options.inputs)
    try:
        arrays: dict[str, Any] = read_arrays(options.teachers, ("source", "target"), ("covariance",))
    except DataFileError as error:
        raise DataFileError(f"teachers must be a readable .npz file: {error}") from error
    return TransferProblem.from_teachers(**arrays, **noise)


def add_learners(parser: argparse.ArgumentParser, default: list[str]) -> None:
    """The repeatable option --learner."""
    parser.add_argument(
        "--learner",
        action="append",
        metavar="NAME[:OPTION=VALUE,...]",
        help=f"one of {', '.join(STRATEGIES)}, as in fine-tune:ridge=optimal, fine-tune:depth=3 or "
        f"fine-tune:relu=first,width=64 (relu: the layers trained, first, second or both), linear-transfer:head=source, fine-tune:layers=2,head=zero, fine-tune:scale=0.1 (diagonal), "
        f"probe-then:then=first-layer,time=0.5, pool:weights=optimal,ridge=optimal, weight-average:weight=optimal, replay:kept=50; may be repeated (default: {' '.join(default)})",
    )
    parser.set_defaults(default_learners=default)


def learners_from(given: list[str]) -> list[Learner]:
    """Learners from their names and options."""
    return [_learner(text) for text in given]


def _learner(text: str) -> Learner:
    name, _, rest = text.partition(":")
    if name not in STRATEGIES:
        raise UnknownNameError(f"learner must be one of {', '.join(STRATEGIES)}, got {in_one_line(name)}")
    strategy = STRATEGIES[name]
    names = {"strategy": "then"} if strategy is ProbeThen else {}
    own = [names.get(f.name, f.name) for f in fields(strategy) if f.name != "model"]
    own = [word for word in own if word != "strategy"]
    known = own + (_MODEL_OPTIONS if strategy in (Scratch, FineTune) else [])
    options: dict[str, Any] = {}
    for part in filter(None, rest.split(",")):
        key, _, value = part.partition("=")
        if key not in known:
            raise UnknownNameError(f"option of {name} must be one of {', '.join(known)}, got {in_one_line(key)}")
        try:
            options[key] = value if value.startswith("optimal") or value == "equal" or key in _WORDS else float(value)
        except ValueError:
            refuse(key, 'a number or "optimal"', value)
    if strategy is ProbeThen:
        then = options.pop("then", "fine-tune")
        if then not in THEN:
            raise UnknownNameError(f"then must be one of {', '.join(THEN)}, got {in_one_line(then)}")
        return ProbeThen(THEN[then], **options)
    given = {key: options.pop(key) for key in _MODEL_OPTIONS if key in options}
    return strategy(**options, model=_model(given)) if given else strategy(**options)


def _model(given: dict[str, Any]) -> Any:
    """The model that options of one family describe."""
    family = next(family for family in FAMILIES if set(given) & set(family.words))
    others = sorted(set(given) - set(family.words))
    if others or family.from_words is None:
        refuse(next(iter(given)), f"given without {' and '.join(others)}", got=", ".join(given))
    return family.from_words(given)

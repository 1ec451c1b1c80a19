"""What the commands share: how a problem, a learner and a list of numbers are written on the command line."""

from __future__ import annotations

import argparse
from dataclasses import fields
from typing import Any

import numpy as np

from lintransfer.errors import DataFileError, DomainError, UnknownNameError, refuse
from lintransfer.models import DeepLinear
from lintransfer.problems import TransferProblem
from lintransfer.strategies import FineTune, Learner, LinearTransfer, Scratch

STRATEGIES: dict[str, type] = {"scratch": Scratch, "fine-tune": FineTune, "linear-transfer": LinearTransfer}


def numbers(text: str) -> list[Any]:
    """A list of numbers: ``start:stop:step`` (stop included), ``a,b,c``, or ``none``."""
    if text.strip().lower() == "none":
        return []
    try:
        if ":" in text:
            start, stop, step = (float(part) for part in text.split(":"))
            if step <= 0 or not np.isfinite([start, stop, step]).all():
                raise ValueError
            values = [start + step * i for i in range(int((stop - start) / step + 1e-9) + 1)]
            values = [round(v, 12) for v in values]
        else:
            values = [float(part) for part in text.split(",")]
    except ValueError:
        raise DomainError(f"a list of numbers must be start:stop:step or a,b,c, got {text!r}") from None
    return [int(v) if v == int(v) else v for v in values] if np.isfinite(values).all() else values


def list_argument(text: str) -> list[Any]:
    """`numbers` for argparse, which wants its own kind of error."""
    try:
        return numbers(text)
    except DomainError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def add_problem(parser: argparse.ArgumentParser) -> None:
    """The options that describe a `TransferProblem`."""
    group = parser.add_argument_group("problem")
    group.add_argument("--dim", type=int, default=500, help="input dimension d (default: 500)")
    group.add_argument("--overlap", type=float, default=0.8, help="cosine of the two teachers (default: 0.8)")
    group.add_argument("--noise-std", type=float, default=0.2, help="label noise σ (default: 0.2)")
    group.add_argument("--source-norm", type=float, default=1.0, help="‖θ_S‖ (default: 1)")
    group.add_argument("--target-norm", type=float, default=1.0, help="‖θ_T‖ (default: 1)")
    group.add_argument("--n-source", type=int, default=None, help="source samples (default: the source is known)")
    group.add_argument("--source-noise-std", type=float, default=0.0, help="label noise of the source set (default: 0)")
    group.add_argument(
        "--teachers",
        metavar="FILE.npz",
        help="arrays source (d,) and target (d,), optionally covariance: replaces dim, overlap and norms",
    )


def problem_from(options: Any) -> TransferProblem:
    """The problem that the options describe."""
    noise = {"noise_std": options.noise_std, "n_source": options.n_source, "source_noise_std": options.source_noise_std}
    if options.teachers is None:
        return TransferProblem.isotropic(
            options.dim, options.overlap, source_norm=options.source_norm, target_norm=options.target_norm, **noise
        )
    try:
        with np.load(options.teachers, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in ("source", "target", "covariance") if name in stored.files}
    except (OSError, ValueError, AttributeError) as error:
        raise DataFileError(f"teachers must be a readable .npz file, got {options.teachers!r} ({error})") from None
    for name in ("source", "target"):
        if name not in arrays:
            raise DataFileError(
                f"teachers must hold the arrays source and target, got {options.teachers!r} without {name}"
            )
    return TransferProblem.from_teachers(**arrays, **noise)


def add_learners(parser: argparse.ArgumentParser, default: list[str]) -> None:
    """The repeatable option --learner."""
    parser.add_argument(
        "--learner",
        action="append",
        metavar="NAME[:OPTION=VALUE,...]",
        help=f"one of {', '.join(STRATEGIES)}, as in fine-tune:ridge=optimal or fine-tune:depth=3; may be repeated "
        f"(default: {' '.join(default)})",
    )
    parser.set_defaults(default_learners=default)


def learners_from(given: list[str]) -> list[Learner]:
    """Learners from their names and options."""
    return [_learner(text) for text in given]


def _learner(text: str) -> Learner:
    name, _, rest = text.partition(":")
    if name not in STRATEGIES:
        raise UnknownNameError(f"learner must be one of {', '.join(STRATEGIES)}, got {name!r}")
    strategy = STRATEGIES[name]
    known = [f.name for f in fields(strategy) if f.name != "model"] + (["depth"] if strategy is not LinearTransfer else [])
    options: dict[str, Any] = {}
    for part in filter(None, rest.split(",")):
        key, _, value = part.partition("=")
        if key not in known:
            raise UnknownNameError(f"option of {name} must be one of {', '.join(known)}, got {key!r}")
        try:
            options[key] = value if value == "optimal" else float(value)
        except ValueError:
            refuse(key, 'a number or "optimal"', value)
    if "depth" in options:
        options["model"] = DeepLinear(options.pop("depth"))
    return strategy(**options)

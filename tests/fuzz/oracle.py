"""What every answer must obey, whatever was asked: one function per law.

A law yields one line per fault. Closed forms are held against closed forms; what is drawn is only compared with itself.
"""

from __future__ import annotations

import contextlib
import io
import json
import math
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import jax
import numpy as np
from helpers.asking import method_of, per_element, theorem_of, unit_of

import lintransfer as lt
from fuzz.calls import Call, value
from lintransfer.cli import main
from lintransfer.grids import moved
from lintransfer.precision import components, to_fifty_digits, tolerance
from lintransfer.risks import closed_form
from lintransfer.routing import TRANSFER_ROUTES, default_baseline, routes_for
from lintransfer.routing.arguments import arguments_of, value_of
from lintransfer.routing.question import ask
from lintransfer.verification.accuracy import _conditioning, _relative_error

SECONDS, BYTES = 10.0, 2 * 2**30
CLOSED = ("exact", "asymptotic")
P = lt.TransferProblem
Faults = Iterator[str]


class TooLongError(BaseException):
    """A call ran out of its processor time."""


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Stop after so much processor time (wall-clock time would depend on who else computes)."""

    def stop(number: int, frame: Any) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)  # again, where the first is lost in a callback
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


class Fault(Exception):
    """A call failed in a way that no documentation allows."""


def asked(verb: Callable[..., Any], *question: Any, **options: Any) -> Any:
    """The answer, or the class of a documented refusal; only documented errors, no warning, in time."""
    try:
        with within(SECONDS):
            return verb(*question, **options)
    except lt.LinTransferError as refusal:
        return type(refusal)
    except TooLongError:
        raise Fault(f"time: over {SECONDS:g} s of processor time") from None
    except Warning as warning:
        raise Fault(f"warning: {_line(warning)}") from warning
    except MemoryError as error:
        raise Fault(f"memory: {_line(error)}") from error
    except Exception as error:
        raise Fault(f"undocumented error: {_line(error)}") from error


def refused(answer: Any) -> bool:
    """Whether the front door refused."""
    return isinstance(answer, type)


def _line(error: BaseException) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())[:160]}"


def _close(a: Any, b: Any, unit: float, rel: float = 1e-6, abs_: float = 1e-10) -> bool:
    a, b = float(a), float(b)
    if not (math.isfinite(a) and math.isfinite(b)):
        return a == b or (a != a and b != b)
    return abs(a - b) <= rel * max(abs(a), abs(b)) + abs_ * unit + 1e-290


def _draws(method: str) -> dict[str, Any]:
    return {"replicates": 3} if method in ("auto", "simulate", "designs") else {}


# ---------------------------------------------------------------- laws of an answer


def nan_and_only_nan_is_not_valid(call: Call, answer: Any) -> Faults:
    """Value, validity and error go together."""
    values, errors = np.asarray(answer.value), np.asarray(answer.std_err)
    if not np.array_equal(np.isnan(values), ~np.asarray(answer.valid)):
        yield f"nan iff invalid: value {values} valid {answer.valid}"
    if not (np.isfinite(errors[np.isfinite(values)]).all() and (errors[np.isfinite(values)] >= 0).all()):
        yield f"nan iff invalid: value {values} with error {errors}"
    silent = per_element(answer.method, values.shape) == "none"
    if (silent & ~np.isnan(values)).any():
        yield f"nan iff invalid: value {values} by method {answer.method}"
    closed = np.isin(per_element(answer.method, values.shape).astype(str), CLOSED)
    if call.door == "risk" and (closed & np.isnan(values)).any() and not _negative_ridge(call):  # T may be inf - inf
        yield f"silent formula: {answer.theorem} says nan at a size that it claims, value {values}"


def _negative_ridge(call: Call) -> bool:
    """Below a critical ridge the loss has no minimum, and nan is the documented answer."""
    ridges = [getattr(who, "ridge", 0.0) for who in (call.who, call.against)]
    return any(not isinstance(ridge, str) and ridge < 0 for ridge in ridges)


def no_risk_is_negative(answer: Any) -> Faults:
    """Risks are energies."""
    if (np.asarray(answer.value) < 0).any():
        yield f"negative risk: {answer.value} by {answer.theorem}"


def a_list_is_its_elements(call: Call, verb: Any, question: tuple[Any, ...], answer: Any) -> Faults:
    """Each size alone: the same value, error, method and theorem."""
    options, unit = {"method": call.method, **_draws(call.method)}, unit_of(call.world)
    values, errors = np.ravel(answer.value), np.ravel(answer.std_err)
    words = [np.ravel(per_element(w, np.shape(answer.value))) for w in (answer.method, answer.theorem)]
    for i, n in enumerate(call.sizes):
        one = asked(verb, *question[:2], n, *question[2:], **options)
        if refused(one):
            yield f"list = elements: alone n = {n} {one.__name__}, in the list {values[i]}"
            continue
        same = _close(one.value, values[i], unit, 1e-9, 1e-12) and _close(one.std_err, errors[i], unit, 1e-6)
        if not same or (method_of(one), theorem_of(one)) != (words[0][i], words[1][i]):
            yield (
                f"list = elements: n = {n} alone {one.value!r} ({method_of(one)}: {theorem_of(one)}), "
                f"in the list {values[i]!r} ({words[0][i]}: {words[1][i]})"
            )


def a_transferability_is_a_difference(call: Call, rng: np.random.Generator) -> Faults:
    """T = R_base − R_learner within one method."""
    baseline = default_baseline(call.who) if call.against is None else call.against
    for method in CLOSED:
        n = int(rng.choice(call.sizes))
        gain = asked(lt.transferability, call.world, call.who, n, call.against, method=method)
        base, other = (asked(lt.risk, call.world, who, n, method=method) for who in (baseline, call.who))
        if any(refused(e) or not np.isfinite(e.value) for e in (gain, base, other)):
            continue
        if method == "asymptotic" and theorem_of(gain).startswith(
            ("deep", "finite-source-deep", "unbalanced")
        ):  # pairs two approximations, not to be told apart
            continue
        scale = max(abs(float(base.value)), abs(float(other.value)))
        if not _close(gain.value, base.value - other.value, scale, 1e-9, 1e-9):
            yield (
                f"T = R_base - R_learner: {method} n = {n}: {float(gain.value)!r} ({theorem_of(gain)}) beside "
                f"{float(base.value)!r} ({theorem_of(base)}) - {float(other.value)!r} ({theorem_of(other)})"
            )


# ---------------------------------------------------------------- symmetries of the world


def _both(call: Call, other: Any, learner: Any, rng: np.random.Generator) -> Iterator[tuple[Any, Any, int]]:
    """Answers of one theorem for the world and for another, at a size."""
    n = int(rng.choice(call.sizes))
    for method in CLOSED:
        a = asked(lt.risk, call.world, call.who, n, method=method)
        b = asked(lt.risk, other, learner, n, method=method)
        if not refused(a) and not refused(b) and a.valid and b.valid and theorem_of(a) == theorem_of(b):
            yield a, b, n


def _condition(problem: Any) -> float:
    levels = np.asarray(problem.modes.eigenvalue)
    alive = levels[levels > 0]
    return float(alive.max() / alive.min()) if alive.size else 1.0


def a_rotation_leaves_the_risk(call: Call, rng: np.random.Generator) -> Faults:
    """Teachers, features and covariances in other coordinates."""
    p, v = call.world, call.world.vectors
    if v is None or p.dim > 60 or _condition(p) > 1e6:
        return
    turn = np.linalg.qr(rng.standard_normal((p.dim, p.dim)))[0]

    def turned(covariance: Any) -> Any:
        if covariance is None:
            return None
        matrix = turn @ (np.diag(covariance) if np.ndim(covariance) == 1 else covariance) @ turn.T
        return (matrix + matrix.T) / 2

    other = asked(
        P.from_teachers, turn @ v.source, turn @ v.target, turned(v.covariance), noise_std=p.noise_std,
        test_covariance=turned(v.test_covariance), features=None if v.feature_map is None else turn @ v.feature_map,
        n_source=p.n_source, source_noise_std=p.source_noise_std, source_covariance=turned(v.source_covariance),
    )  # fmt: skip
    if refused(other):
        yield f"rotation: the rotated world is refused, {other.__name__}"
        return
    for a, b, n in _both(call, other, call.who, rng):
        if not _close(a.value, b.value, unit_of(p), 1e-6 * max(1, _condition(p) / 1e3), 1e-8):
            yield f"rotation: n = {n} {float(a.value)!r} beside {float(b.value)!r} rotated, by {theorem_of(a)}"


def _rescaled(who: Any, factor: float) -> Any:
    """The learner with its ridge, or that of the training that it averages, times a factor."""
    if hasattr(who, "strategy") and isinstance(who, lt.WeightAverage | lt.Soup):
        return replace(who, strategy=_rescaled(who.strategy, factor))
    if isinstance(who, lt.Replay) or isinstance(who.ridge, str):
        return who
    ridge = tuple(factor * r for r in who.ridge) if isinstance(who.ridge, tuple) else factor * who.ridge
    return replace(who, ridge=ridge) if ridge != 0 else who


def inputs_in_other_units(call: Call, rng: np.random.Generator) -> Faults:
    """Σ → fΣ, σ² → fσ², λ → fλ, t → t/f: the same weights, f times the risk."""
    p, v, who = call.world, call.world.vectors, call.who
    if v is None or not isinstance(getattr(who, "model", lt.Linear()), lt.Linear | lt.DeepLinear):
        return
    if np.ndim(v.covariance) == 2 and _condition(p) > 1e6:  # its small eigenvalues are rounding
        return
    factor = float(rng.choice([1e-4, 0.25, 7.0, 1e4]))

    def times(covariance: Any) -> Any:
        return None if covariance is None else factor * covariance

    other = asked(
        P.from_teachers, v.source, v.target, factor * np.ones(p.dim) if v.covariance is None else times(v.covariance),
        noise_std=math.sqrt(factor) * p.noise_std, test_covariance=times(v.test_covariance), features=v.feature_map,
        n_source=p.n_source, source_noise_std=math.sqrt(factor) * p.source_noise_std,
        source_covariance=times(v.source_covariance),
    )  # fmt: skip
    if refused(other):
        yield f"scaling of Sigma: the scaled world is refused, {other.__name__}"
        return
    learner = _rescaled(who, factor)
    if not isinstance(getattr(who, "time", "none"), str) and math.isfinite(who.time):
        learner = replace(learner, time=who.time / factor)
    for a, b, n in _both(call, other, learner, rng):
        if not _close(factor * a.value, b.value, factor * unit_of(p), 1e-6 * max(1, _condition(p) / 1e3), 1e-9):
            yield f"scaling of Sigma: n = {n}, factor {factor!r}: {float(a.value)!r} beside {float(b.value / factor)!r}, by {theorem_of(a)}"


def labels_in_other_units(call: Call, rng: np.random.Generator) -> Faults:
    """Norms and noises times f: f² times the risk."""
    p = call.world
    if (p.vectors is None and p.given_features is not None) or not np.isfinite(p.source_norm):
        return
    factor = float(rng.choice([1e-3, 0.5, 30.0, 1e3]))
    other = asked(lambda: p.with_norms(factor * p.source_norm, factor * p.target_norm).with_noise(
        factor * p.noise_std, source_noise_std=factor * p.source_noise_std
    ))  # fmt: skip
    if refused(other):
        yield f"rescaling of labels: the scaled world is refused, {other.__name__}"
        return
    learner = call.who
    model = getattr(learner, "model", None)
    if isinstance(model, lt.DeepLinear) and not model.is_balanced:
        return  # imbalances are in units of the weights
    for a, b, n in _both(call, other, learner, rng):
        if not _close(factor**2 * a.value, b.value, factor**2 * unit_of(p), 1e-6, 1e-9):
            yield f"rescaling of labels: n = {n}, factor {factor!r}: {float(a.value)!r} beside {float(b.value / factor**2)!r}, by {theorem_of(a)}"


def the_best_ridge_is_no_worse(call: Call, rng: np.random.Generator) -> Faults:
    """R(λ*) ≤ R(λ), and R(t*) ≤ R(t), within one method."""
    who = call.who
    linear = isinstance(getattr(who, "model", lt.Linear()), lt.Linear)
    if not linear or not isinstance(who, lt.Scratch | lt.FineTune | lt.LinearTransfer):
        return
    n = int(rng.choice(call.sizes))
    numbers = [0.0, 1e-6, 1e-2, 1.0, 30.0, 1e5, float(10 ** rng.uniform(-9, 9))]
    stopped = rng.random() < 0.3 and not isinstance(who, lt.LinearTransfer)
    name = "time" if stopped else "ridge"
    plain = type(who)()
    for method in CLOSED:
        best = asked(lt.risk, call.world, replace(plain, **{name: "optimal"}), n, method=method)
        if refused(best):
            continue
        for number in numbers:
            other = asked(lt.risk, call.world, replace(plain, **{name: number}), n, method=method)
            if refused(other) or not other.valid:
                continue
            if not best.valid and np.isnan(
                asked(closed_form, call.world, replace(plain, **{name: "optimal"}), np.asarray(float(n))).value
            ):
                yield f"optimal {name}: n = {n} {type(who).__name__} is nan by {method}, while {name} {number:g} has {float(other.value)!r}"
                break
            if best.valid and not best.value <= other.value * (1 + 1e-7) + 1e-11 * unit_of(call.world):
                yield f"optimal {name}: n = {n} {type(who).__name__} {float(best.value)!r} ({theorem_of(best)}) is worse than {name} {number!r}: {float(other.value)!r} ({theorem_of(other)})"
                break


def fifty_digits_agree(call: Call, verb: Any, rng: np.random.Generator) -> Faults:
    """float64 against fifty digits, at the arguments that the formula was given."""
    n = int(rng.choice(call.sizes))
    base = (
        (default_baseline(call.who) if call.against is None else call.against) if verb is lt.transferability else None
    )
    question = ask(call.world, call.who, base)
    table = {} if base is None else {"table": TRANSFER_ROUTES}
    if len(np.atleast_1d(call.world.modes.eigenvalue)) > 60:
        return
    for route in routes_for(question, "auto", **table):
        size = np.asarray(float(n))
        if route.is_drawn or not np.all(route.at(question, size)):
            continue
        arguments = arguments_of(route.formula, question, n, route.names)
        factor = 1.0 if route.times is None else float(value_of(route.times, question, n))
        try:
            with within(3.0):
                plain = float(np.asarray(route.value(question, np.asarray([float(n)]))).ravel()[0])
                exact = components(to_fifty_digits(route.formula, arguments))[""]
                error = _relative_error(plain / factor, exact) if math.isfinite(plain) else 0.0
                if error > tolerance():
                    error /= max(1.0, _conditioning(route.formula, arguments, ""))
        except (Exception, TooLongError):  # a formula that has no fifty digits
            return
        if error > 100 * tolerance() and abs(plain) > 1e-250:
            yield f"fifty digits: n = {n} {plain!r} is off by {error:.1e} (relative, and to its condition), by {route.theorem}"
        return


# ---------------------------------------------------------------- one function per door


def check_risk(call: Call, rng: np.random.Generator, answer: Any) -> Faults:
    """Every law of a risk; one symmetry of the world per call."""
    yield from nan_and_only_nan_is_not_valid(call, answer)
    yield from no_risk_is_negative(answer)
    yield from a_list_is_its_elements(call, lt.risk, (call.world, call.who), answer)
    laws = (a_rotation_leaves_the_risk, inputs_in_other_units, labels_in_other_units, the_best_ridge_is_no_worse)
    yield from laws[int(rng.integers(len(laws)))](call, rng)
    yield from fifty_digits_agree(call, lt.risk, rng)


def check_transferability(call: Call, rng: np.random.Generator, answer: Any) -> Faults:
    """Every law of a difference."""
    yield from nan_and_only_nan_is_not_valid(call, answer)
    yield from a_list_is_its_elements(call, lt.transferability, (call.world, call.who, call.against), answer)
    yield from a_transferability_is_a_difference(call, rng)
    yield from fifty_digits_agree(call, lt.transferability, rng)


def _check_law(call: Call, rng: np.random.Generator, law: Any, expected: Any) -> Faults:
    unit = unit_of(call.world)
    low, high = law.support
    ends = [asked(getattr(law, name)) for name in ("mean", "var", "median")]
    if any(e != e for e in ends):
        yield f"law: nan in mean, variance, median {ends} (support {low!r} … {high!r})"
        return
    mean, var, median = ends
    if not (low - 1e-9 * unit <= median <= high + 1e-9 * unit and var >= 0):
        yield f"law: median {median!r}, variance {var!r}, support {low!r} … {high!r}"
    q = np.array([0.0, 1e-9, 0.01, 0.5, 0.99, 1 - 1e-9, 1.0])
    x = asked(law.ppf, q)
    if np.isnan(x).any() or (np.diff(x) < -1e-9 * np.maximum(np.abs(x[1:]), np.abs(x[:-1])) - 1e-12 * unit).any():
        yield f"law: quantiles {x}"
    inside = x[np.isfinite(x)]
    down, up = asked(law.cdf, inside), asked(law.sf, inside)
    if not ((down >= 0) & (down <= 1) & (up >= 0) & (up <= 1)).all() or np.abs(down + up - 1).max(initial=0) > 1e-9:
        yield f"law: cdf {down} and sf {up} at {inside}"
    sample = asked(law.rvs, 20, int(rng.integers(100)))
    slack = 1e-9 * (abs(low) + abs(high) if math.isfinite(high) else abs(low)) + 1e-12 * unit
    if np.isnan(sample).any() or (sample < low - slack).any() or (sample > high + slack).any():
        yield f"law: draws {sample.min()!r} … {sample.max()!r} outside the support {low!r} … {high!r}"
    if not refused(expected) and expected.valid:
        sampled = "deep" in law.theorem
        rel = 5 * math.sqrt(var) / 512 / max(abs(mean), 1e-300) + 1e-3 if sampled and math.isfinite(var) else 1e-9
        if not _close(mean, expected.value, unit, rel, 1e-9 if sampled else 1e-12):
            yield f"law: mean {mean!r} ({law.theorem}), expectation {float(expected.value)!r} ({theorem_of(expected)})"


def check_risk_law(call: Call, rng: np.random.Generator, law: Any) -> Faults:
    """The mean is the exact risk; probabilities are some; no risk is negative."""
    if law.support[0] < 0:
        yield f"law: a risk of support {law.support}"
    yield from _check_law(call, rng, law, asked(lt.risk, call.world, call.who, call.sizes[0], method="exact"))


def check_transferability_law(call: Call, rng: np.random.Generator, law: Any) -> Faults:
    """The mean is the exact transferability."""
    expected = asked(lt.transferability, call.world, call.who, call.sizes[0], lt.Scratch(), method="exact")
    yield from _check_law(call, rng, law, expected)


def check_sample_complexity(call: Call, rng: np.random.Generator, answer: Any) -> Faults:
    """The risk asked for is reached at `value` and not before, and held from `lasting` on."""
    goal, most = call.more["goal"], call.more["most"]
    first, lasting = float(answer.value), float(answer.lasting)

    def curve(sizes: Any) -> np.ndarray:
        found = asked(closed_form, call.world, call.who, np.asarray(sizes, float), method=call.method)
        return np.asarray(found.value)

    above, below = goal * (1 - 1e-9) - 1e-300, goal * (1 + 1e-9) + 1e-300
    if first == first and math.isfinite(first):
        here = curve([first, max(first - 1, 0)])
        if not here[0] <= below:
            yield f"sample complexity: n = {first:.0f} has risk {here[0]!r}, above the {goal!r} asked"
        if first > 0 and here[1] < above:
            yield f"sample complexity: n = {first - 1:.0f} has risk {here[1]!r} already"
        if lasting < first:
            yield f"sample complexity: for good from {lasting:.0f}, before {first:.0f}"
    if first == first and first > 0:
        end = min(first, most) if math.isfinite(first) else most
        before = np.unique(np.floor(np.exp(rng.uniform(0, math.log(max(end, 1.0) + 1e-9), 20))))
        before = before[before < (first if math.isfinite(first) else most + 1)]
        if before.size:
            risks = curve(before)
            if (risks < above).any():
                yield f"sample complexity: said n = {first:.0f}, but n = {before[risks < above][0]:.0f} has {risks[risks < above][0]!r} ≤ {goal!r}"
    if lasting == lasting and math.isfinite(lasting):
        after = np.unique(np.floor(np.exp(rng.uniform(math.log(lasting + 1), math.log(2**53), 30)))[:30])
        after = np.r_[lasting, lasting + 1, lasting + rng.integers(1, 2 * call.world.dim + 2, 10), after]
        after = after[(after >= lasting) & (after <= 2.0**53)]
        risks = curve(after)
        if (risks > below).any():
            yield f"sample complexity: for good from {lasting:.0f}, but n = {after[risks > below][0]:.0f} has {risks[risks > below][0]!r} > {goal!r}"
        if lasting > 0 and curve([lasting - 1])[0] < above:
            yield f"sample complexity: for good from {lasting:.0f}, but {lasting - 1:.0f} is below {goal!r} too"
    if math.isnan(first) and math.isnan(answer.unanswered[0]):
        yield f"sample complexity: {answer} is nan, but every n has an answer"


def check_phase_diagram(call: Call, rng: np.random.Generator, diagram: Any) -> Faults:
    """A cell of the map is a call of its own; the winner has the least risk; boundaries lie on the axis."""
    data, name = diagram.dataset, call.more["axis"]
    if not np.array_equal(np.isnan(data.transferability.values), ~data.valid.values):
        yield "nan iff invalid: in the diagram"
    if (data.risk.values < 0).any() or (data.baseline_risk.values < 0).any():
        yield f"negative risk: {data.risk.values.min()!r} in the diagram"
    if not str(diagram):
        yield "diagram: no words"
    edge = data.boundary.values[np.isfinite(data.boundary.values)]
    numbers = [v for v in call.more["values"] if not isinstance(v, str)]
    if edge.size and (edge.min() < min(numbers) - 1e-9 or edge.max() > max(numbers) + 1e-9):
        yield f"diagram: boundary {edge} outside {numbers}"
    baseline, unit = default_baseline(call.who), unit_of(call.world)
    for _ in range(2):
        i, j = int(rng.integers(data.sizes[name])), int(rng.integers(data.sizes["n"]))
        n = int(data.n.values[j])
        world, who = moved(call.world, call.who, {name: call.more["values"][i]})
        told = data.transferability.values[0, i, j], data.risk.values[0, i, j]
        verbs = (lt.transferability, world, who, n, baseline), (lt.risk, world, who, n)
        for seen, question in zip(told, verbs, strict=True):
            one = asked(*question, method=call.method, **_draws(call.method))
            if refused(one):
                if seen == seen:
                    yield f"list = elements: the cell {name} = {call.more['values'][i]}, n = {n} is {seen!r}, alone {one.__name__}"
            elif method_of(one) in (*CLOSED, "none") and not _close(
                one.value, seen, max(unit, unit_of(world)), 1e-8, 1e-11
            ):
                yield f"list = elements: {question[0].__name__} in the cell {name} = {call.more['values'][i]}, n = {n} is {seen!r}, alone {float(one.value)!r} ({theorem_of(one)})"


def check_risk_curve(call: Call, rng: np.random.Generator, curve: Any) -> Faults:
    """The curve is the risk."""
    alone = asked(lt.risk, call.world, call.who, list(call.sizes), method=call.method, **_draws(call.method))
    if refused(alone) or not np.allclose(alone.value, curve.dataset.risk.values[0], rtol=1e-12, equal_nan=True):
        yield f"list = elements: curve {curve.dataset.risk.values[0]}, risk {alone}"
    if not np.array_equal(curve.dataset.n.values, call.sizes):
        yield f"curve: sizes {curve.dataset.n.values}"
    str(curve)


def check_route(call: Call, rng: np.random.Generator, answer: Any) -> Faults:
    """What is announced is what answers."""
    str(answer), answer._repr_html_()
    risk = asked(lt.risk, call.world, call.who, list(call.sizes), method=call.method, **_draws(call.method))
    if refused(risk):
        return
    words = [np.ravel(per_element(w, np.shape(risk.value))) for w in (risk.method, risk.theorem)]
    for n, method, theorem in zip(call.sizes, *words, strict=True):
        told = {(line.method, line.theorem) for line in answer.lines if n in line.answers}
        if told != ({(method, theorem)} if method != "none" else set()):
            yield f"route: n = {n} announces {sorted(told)}, and {method}: {theorem} answers"


def check_fit(call: Call, rng: np.random.Generator, fitted: Any) -> Faults:
    """The gradient of the loss vanishes at a converged fit, in units of what it is made of."""
    X, y, source = (value(call.more[name]) for name in ("X", "y", "source"))
    who, model = call.who, getattr(call.who, "model", lt.Linear())
    if isinstance(model, lt.ShallowReLU):
        found = asked(fitted, X[:2])
        if not refused(found) and not np.isfinite(found).all():
            yield f"fit: values {found}"
        return
    if not np.isfinite(fitted).all() or fitted.shape != source.shape:
        yield f"fit: weights {fitted}"
        return
    if (
        len(X) == 0
        or isinstance(who, lt.LinearTransfer)
        or getattr(who, "time", math.inf) != math.inf
        or not who.ridge >= 0
    ):
        return
    start = 0 * source if isinstance(who, lt.Scratch) else source
    if not isinstance(model, lt.Linear) or who.ridge == math.inf:
        return
    left = X.T @ (X @ fitted - y) + who.ridge * (fitted - start)
    size = np.abs(X).T @ (np.abs(X) @ np.abs(fitted) + np.abs(y)) + who.ridge * (np.abs(fitted) + np.abs(start))
    size = size + np.abs(X).T @ (np.abs(X) @ np.abs(start))  # what a step is rounded to
    if np.abs(left).max() > (1e-5 if call.method == "flow" else 1e-7) * size.max():
        yield f"fit: the gradient of the loss is {np.abs(left).max() / size.max():.1e} of its terms"


def check_traced(call: Call, rng: np.random.Generator, answer: Any) -> Faults:
    """Compiled values are plain values; gradients of finite values are finite."""
    place = call.more["place"]
    world = value(f"(lambda a: {call.problem})({place!r})")
    plain = asked(lt.risk, world, call.who, list(call.sizes), method=call.method, **_draws(call.method))
    if refused(plain):
        return
    found = np.asarray(answer)
    if call.more["how"] == "jax.grad":
        if not np.isfinite(found).all() and np.isfinite(plain.value).all():
            yield f"traced: gradient {found} of {plain.value}"
        return
    for n, one, told, error in zip(
        call.sizes, found, plain.value, np.broadcast_to(plain.std_err, found.shape), strict=True
    ):
        if told == told and not error > 0 and not _close(one, told, unit_of(world), 1e-7, 1e-10):
            yield f"traced: n = {n} {float(one)!r}, plain {float(told)!r} ({plain.theorem})"


def check_from_data(call: Call, rng: np.random.Generator, found: Any) -> Faults:
    """A problem that can be asked everything, and the same one in other units."""
    X, y, source = (value(call.more[name]) for name in ("X", "y", "source"))
    numbers = np.array(
        [found.noise_std, found.source_norm, found.target_norm, found.overlap, *found.modes.target, *found.modes.source]
    )
    if not np.isfinite(numbers).all() or not (numbers[:3] >= 0).all() or abs(found.overlap) > 1 + 1e-9:
        yield f"from_data: noise, norms, overlap {numbers[:4]}"
        return
    if not np.isfinite(found.std_err).all() or min(found.std_err) < 0:
        yield f"from_data: errors {found.std_err}"
    if found.dim != X.shape[1] or abs(float(found.modes.multiplicity.sum()) - found.dim) > 1e-9:
        yield f"from_data: {found.modes.multiplicity.sum()} directions in dimension {found.dim}"
    who = value(
        str(
            rng.choice(
                [
                    "lt.Scratch()",
                    "lt.FineTune()",
                    "lt.LinearTransfer()",
                    'lt.FineTune(ridge="optimal")',
                    "lt.LinearTransfer(1.)",
                ]
            )
        )
    )
    sizes = [0, 1, 5, X.shape[1] + 2, 1000]
    risk = asked(lt.risk, found, who, sizes)
    if refused(risk):
        return
    here = replace(call, door="risk", learner=repr(who))
    yield from nan_and_only_nan_is_not_valid(here, risk)
    yield from no_risk_is_negative(risk)
    if not call.more["plain"]:
        return
    a, b = 2.0 ** rng.integers(-20, 20, 2)
    other = asked(P.from_data, a * X, b * y, b / a * source)
    if refused(other):
        yield f"from_data: in units {a:g}, {b:g} it is refused, {other.__name__}"
    elif not _close(other.noise_std / b, found.noise_std, float(np.abs(y).max()), 1e-6, 1e-7):
        yield f"from_data: noise {float(found.noise_std)!r}, in units {a:g}, {b:g} {float(other.noise_std / b)!r}"


def check_diagnose(call: Call, rng: np.random.Generator, found: Any) -> Faults:
    """Errors are errors, the best is the best, and all of it can be said."""
    json.dumps(found.to_dict())
    if not str(found):
        yield "diagnose: no words"
    for name in ("error", "std_err", "curve", "curve_std_err", "measured", "measured_std_err", "needed", "ridge"):
        numbers = getattr(found, name)
        if (numbers < 0).any():
            yield f"diagnose: {name} {numbers}"
    known = np.isfinite(found.error)
    if np.isnan(found.std_err[known]).any():
        yield f"diagnose: error {found.error} ± {found.std_err}"
    if not np.isfinite(found.measured).all():
        yield f"diagnose: measured {found.measured}"
    if known.any() != bool(found.best) or (
        known.any() and found.error[found.learners.index(found.best)] != np.nanmin(found.error)
    ):
        yield f"diagnose: the best is {found.best!r} of {found.learners}, errors {found.error}"
    if not (abs(found.overlap) <= 1 + 1e-9 and found.noise_std >= 0):
        yield f"diagnose: overlap {found.overlap!r}, noise {found.noise_std!r}"
    if ((found.needed < found.needed_range[:, 0]) | (found.needed > found.needed_range[:, 1])).any():
        yield f"diagnose: needed {found.needed} outside {found.needed_range}"


def said(words: list[str]) -> tuple[Any, str, str]:
    """Exit status, standard output and standard error of a command line."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            status = asked(main, words)
        except SystemExit as end:
            status = end.code
    return status, out.getvalue(), err.getvalue()


def check_command(call: Call) -> tuple[str, list[str]]:
    """An answer and status 0, or one line and status 2."""
    status, out, err = said(call.more["words"])
    if status == 0:
        if err or not out.strip():
            return "answered", [f"command: status 0, standard error {err[:200]!r}, output {out[:80]!r}"]
        if "--json" in call.more["words"]:
            json.loads(out, parse_constant=lambda word: 1 / 0)
        return "answered", []
    good = status == 2 and not out and len(err.splitlines()) == 1 and err.startswith("lintransfer")
    return "status 2", [] if good else [f"command: status {status}, output {out[:80]!r}, standard error {err[:200]!r}"]


CHECKS: dict[str, Callable[[Call, np.random.Generator, Any], Faults]] = {
    "risk": check_risk, "transferability": check_transferability, "risk_law": check_risk_law,
    "transferability_law": check_transferability_law, "sample_complexity": check_sample_complexity,
    "phase_diagram": check_phase_diagram, "risk_curve": check_risk_curve, "route": check_route, "fit": check_fit,
    "traced": check_traced, "from_data": check_from_data, "diagnose": check_diagnose,
}  # fmt: skip


def check(call: Call, seed: Any) -> tuple[str, list[str]]:
    """("answered" or the name of the refusal, faults, one line each)."""
    rng, faults = np.random.default_rng(seed), list[str]()
    try:
        if call.door == "command":
            return check_command(call)
        with jax.enable_x64(call.door == "traced"):
            answer = asked(value, call.text)
        if refused(answer):
            return answer.__name__, faults
        for fault in CHECKS[call.door](call, rng, answer):
            faults.append(fault)
    except Fault as fault:
        return "fault", [*faults, str(fault)]
    except Exception as error:  # of a result that is printed or asked for more
        return "fault", [*faults, f"undocumented error: {_line(error)}"]
    return "answered", faults

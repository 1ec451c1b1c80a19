"""One training of a two-layer linear network on the user's own data, followed tightly and checked on the way in."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from lintransfer.errors import DomainError, refuse
from lintransfer.simulate.deep_linear.flow import FlowError
from lintransfer.simulate.two_layer_linear.flow import Trained, arrive, reduce, train
from lintransfer.simulate.two_layer_linear.stiff import Nets
from lintransfer.validation import real_array, real_number

_TIGHT = 1e-13
_AT_REST = 1e-13  # of the sizes of labels and weights: rounding
_NEARLY = 1e-7  # from where the last step is taken at once
_PATIENCE = 400_000  # steps
_WELL_CONDITIONED = 1e-4  # smallest rate, relative to the largest, that explicit steps can wait for


class Network(NamedTuple):
    """A checked problem: X (n, d), y (n,), B (k, d), v (k,)."""

    design: np.ndarray
    labels: np.ndarray
    features: np.ndarray
    head: np.ndarray


def checked(X: Any, y: Any, features: Any, head: Any) -> Network:
    """The data and the network as float arrays, or a `DomainError` that names what does not fit.

    X: (n, d).  y: (n,).  features: B (k, d), k ≤ d independent rows (or all zero).  head: v (k,).
    """
    design, labels = real_array("X", X, (2,)), real_array("y", y, (1,))
    first, last = real_array("features", features, (2,)), real_array("head", head, (1,))
    if labels.shape[0] != design.shape[0]:
        refuse("y", f"one label for each of the {design.shape[0]} rows of X", got=f"shape {labels.shape}")
    k, dim = first.shape
    if dim != design.shape[1]:
        refuse("features", f"a (k, {design.shape[1]}) array: one column per input of X", got=f"shape {first.shape}")
    if last.shape != (k,):
        refuse("head", f"of length {k}, one entry per row of features", got=f"shape {last.shape}")
    if k > dim:
        refuse("features", f"at most d = {dim} rows", got=f"{k} rows")
    if not first.any():
        if not last.any():
            refuse("head", "non-zero where the features are zero: (0, 0) is a saddle, nothing moves", got="zeros")
    elif (rank := int(np.linalg.matrix_rank(first))) < k:
        refuse("features", f"of full row rank {k} (leave dependent rows out)", got=f"rank {rank}")
    return Network(*(np.asarray(a, float) for a in (design, labels, first, last)))


def checked_time(argument: str, value: Any) -> float:
    """A training time ≥ 0, inf allowed, or a `DomainError`."""
    return float(real_number(argument, value, "a number ≥ 0 (inf: to rest)", lambda v: v >= 0))


def train_one(
    X: Any, y: Any, features: Any, head: Any, *, trained: str = "both", probe_time: float = 0.0, time: float = math.inf
) -> Trained:
    """End of training one network: the head alone for `probe_time`, then what `trained` says for `time`.

    X: (n, d).  y: (n,).  features: B (k, d).  head: v (k,).  trained: "both", "first", "second" or "none".
    probe_time: of head-probing before, 0: none, inf: to rest (LP-FT).  time: of the training itself.
    Times on the mean loss (1/2n)‖y − XBᵀv‖². Accurate to about 1e-10. Raises `DomainError` for what does not fit, and
    where nothing would move: a saddle; `FlowError` if the flow does not come to rest.
    """
    network = checked(X, y, features, head)
    before, after = checked_time("probe_time", probe_time), checked_time("time", time)
    design, labels = network.design[None], network.labels[None]
    start = train(design, labels, network.features, network.head, trained="second", time=before)
    first, last = start.features[0], start.head[0]
    if trained == "first" and after > 0 and not last.any():
        refuse("head", "non-zero to train the first layer, which gets no gradient through a zero head", got="zeros")
    if trained != "both" or after == 0:
        end = train(design, labels, first, last, trained=trained, time=after)
        return Trained(*(a[0] for a in end))
    return follow(network.design, network.labels, first, last, after)


def follow(
    design: np.ndarray, labels: np.ndarray, features: np.ndarray, head: np.ndarray, time: float = math.inf
) -> Trained:
    """Both layers of one network, integrated to about 1e-12 in the coordinates that move."""
    basis, rates, fit = (a[0] for a in reduce(design[None], labels[None]))
    n, k, r = len(design), len(head), len(rates)
    seen = features @ basis.T
    scale = time / n if math.isfinite(time) else 1 / max(float(rates.max()), 1e-300)
    speeds = rates * scale
    alive = rates > 0

    def velocity(_: float, state: np.ndarray) -> np.ndarray:
        b, v = state[: k * r].reshape(k, r), state[k * r :]
        slope = speeds * (v @ b - fit)
        return -np.concatenate([np.outer(v, slope).ravel(), b @ slope])

    def missed(state: np.ndarray) -> tuple[float, float]:
        b, v = state[: k * r].reshape(k, r), state[k * r :]
        size = float(np.linalg.norm(fit) + np.linalg.norm(b) * np.linalg.norm(v))
        return float(np.linalg.norm((v @ b - fit)[alive])), size

    state = np.concatenate([seen.ravel(), head])
    miss, size = missed(state)
    if miss > _AT_REST * size:
        push = float(np.linalg.norm(velocity(0.0, state)))
        if push <= 1e-14 * float(speeds.max()) * miss * max(float(np.linalg.norm(state)), math.sqrt(size)):
            raise DomainError(
                "head must be non-zero, or the features such that the head gets a gradient: this start is a saddle, "
                "nothing moves"
            )
        state = _run(velocity, state, missed, math.isfinite(time), float(speeds[alive].min() / speeds.max()))
    b, v = state[: k * r].reshape(k, r), state[k * r :]
    if math.isinf(time):
        b, v = (a[0] for a in arrive(Nets(b[None], v[None]), rates[None], fit[None]))
    return Trained(features + (b - seen) @ basis, v, np.asarray(False))


def _run(velocity: Any, start: np.ndarray, missed: Any, stops: bool, slowest: float) -> np.ndarray:
    from scipy.integrate import DOP853, LSODA

    method: Any = DOP853 if slowest > _WELL_CONDITIONED else LSODA
    reach = float(np.max(np.abs(start)))
    solver = method(velocity, 0.0, start, 1.0 if stops else math.inf, rtol=_TIGHT, atol=_TIGHT * reach)
    for _ in range(_PATIENCE):
        message = solver.step()
        if solver.status == "failed":
            raise FlowError(f"the flow could not be integrated: {message}")
        if solver.status == "finished":
            return solver.y
        if stops:
            continue
        miss, size = missed(solver.y)
        if miss <= _NEARLY * size:
            return solver.y
    raise FlowError(
        f"the flow had not converged after {_PATIENCE} steps: the design is close to singular or the start close to a "
        "saddle"
    )


def train_every_weight(
    X: Any, y: Any, features: Any, head: Any, *, trained: str = "both", time: float = math.inf,
    rates: tuple[float, float] = (1.0, 1.0), tolerance: float = 1e-12,
) -> Trained:  # fmt: skip
    """The same training with nothing reduced: all kd + k weights by DOP853, the check of everything else here.

    Arguments as in `train_one`.  rates: learning rates of B and v. To rest: the gradient is below `tolerance` of what it was.
    """
    from scipy.integrate import DOP853

    design, labels, first, last = checked(X, y, features, head)
    k, dim = first.shape
    on = {"both": (1.0, 1.0), "first": (1.0, 0.0), "second": (0.0, 1.0), "none": (0.0, 0.0)}[trained]
    moves = on[0] * rates[0], on[1] * rates[1]

    def velocity(_: float, state: np.ndarray) -> np.ndarray:
        b, v = state[: k * dim].reshape(k, dim), state[k * dim :]
        slope = design.T @ (design @ (b.T @ v) - labels) / len(labels)
        return -np.concatenate([moves[0] * np.outer(v, slope).ravel(), moves[1] * (b @ slope)])

    state = np.concatenate([first.ravel(), last])
    begin = float(np.linalg.norm(velocity(0.0, state)))
    if begin > 0 and time > 0:
        solver: Any = DOP853(velocity, 0.0, state, time, rtol=_TIGHT, atol=_TIGHT)
        least, still = math.inf, 0
        for _ in range(_PATIENCE):
            message = solver.step()
            if solver.status == "failed":
                raise FlowError(f"the flow could not be integrated: {message}")
            state = solver.y
            if solver.status == "finished":
                break
            speed = float(np.linalg.norm(velocity(0.0, state)))
            still = still + 1 if speed >= least else 0
            least = min(least, speed)
            if math.isinf(time) and (speed <= tolerance * begin or (still > 100 and speed <= 1e-9 * begin)):
                break  # or as slow as rounding lets it become
        else:
            raise FlowError(f"the flow had not converged after {_PATIENCE} steps")
    return Trained(state[: k * dim].reshape(k, dim), state[k * dim :], np.asarray(begin == 0))


def train_two_matrices(
    X: np.ndarray, Y: np.ndarray, first: np.ndarray, second: np.ndarray, time: float
) -> tuple[np.ndarray, np.ndarray]:
    """All weights of f(x) = W_2W_1x with several outputs by DOP853, on ½‖Y − XW_1ᵀW_2ᵀ‖² for a time τ.

    X: (n, d).  Y: (n, m).  first: W_1 (k, d).  second: W_2 (m, k).
    """
    from scipy.integrate import solve_ivp

    cut = first.size

    def velocity(_: float, state: np.ndarray) -> np.ndarray:
        a, b = state[:cut].reshape(first.shape), state[cut:].reshape(second.shape)
        slope = (X @ a.T @ b.T - Y).T @ X
        return -np.concatenate([(b.T @ slope).ravel(), (slope @ a.T).ravel()])

    start = np.concatenate([first.ravel(), second.ravel()])
    end = solve_ivp(velocity, (0.0, time), start, method="DOP853", rtol=_TIGHT, atol=_TIGHT).y[:, -1]
    return end[:cut].reshape(first.shape), end[cut:].reshape(second.shape)

"""Gradient flow of two-layer linear networks f(x) = vᵀBx, many at once, and the same training weight by weight.

B never moves on what X does not see. In the right singular basis of X the r seen columns of B and the head v are all
that is integrated, k(r + 1) numbers, and no design is touched on the way: with c = B_Pᵀv and m = X⁺y the gradient in c
is s²(c − m). The layers alone are linear problems, solved by the singular value decomposition. Times are those of
gradient flow on the mean loss (1/2n)‖y − XBᵀv‖².
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from lintransfer.errors import refuse
from lintransfer.simulate.deep_linear.flow import integrate
from lintransfer.simulate.end_to_end import least_squares, spectral_step

TRAINED = ("first", "second", "both", "none")
_DEAD = 1e-12  # of the largest velocity that these weights could have: below it a start does not move


class Trained(NamedTuple):
    """Networks after training. features: B (…, k, d).  head: v (…, k).  stalled: True where it rests at a saddle."""

    features: np.ndarray
    head: np.ndarray
    stalled: np.ndarray

    @property
    def weights(self) -> np.ndarray:
        """w = Bᵀv, (…, d)."""
        return np.einsum("...kd,...k->...d", self.features, self.head)


class Reduced(NamedTuple):
    """A batch of designs in their right singular bases. basis: (b, r, d).  rates: s², (b, r).  fit: m, (b, r)."""

    basis: np.ndarray
    rates: np.ndarray
    fit: np.ndarray


def reduce(design: np.ndarray, labels: np.ndarray) -> Reduced:
    """Designs (b, n, d), n ≥ 1, and labels (b, n) in singular coordinates; numerically zero ones get s = m = 0."""
    left, values, basis = np.linalg.svd(design, full_matrices=False)
    alive = values > max(design.shape[-2:]) * np.finfo(float).eps * values[..., :1]
    safe = np.where(alive, values, 1.0)
    fit = np.where(alive, np.einsum("bnr,bn->br", left, labels) / safe, 0.0)
    return Reduced(basis, np.where(alive, values**2, 0.0), fit)


def train(
    design: np.ndarray, labels: np.ndarray, features: Any, head: Any, *, trained: str = "both",
    time: float = math.inf, rtol: float = 1e-8, max_steps: int = 200_000,
) -> Trained:  # fmt: skip
    """Gradient flow of a batch of networks, for `time` or to rest.

    design: (b, n, d).  labels: (b, n).  features: B, (k, d) or (b, k, d).  head: v, (k,) or (b, k).
    trained: "both" layers, the "first" (B), the "second" (v), or "none".  rtol: of the integrator (both layers only).
    A layer that gets no gradient stays where it is: `stalled` says so. Raises `FlowError` if the flow does not come to
    rest within `max_steps`.
    """
    if trained not in TRAINED:
        refuse("trained", '"both", "first", "second" or "none"', trained)
    batch, n = design.shape[:2]
    features = np.broadcast_to(np.asarray(features, float), (batch, *np.shape(features)[-2:]))
    head = np.broadcast_to(np.asarray(head, float), (batch, np.shape(head)[-1]))
    still = np.zeros(batch, bool)
    if n == 0 or time == 0 or trained == "none":
        return Trained(features.copy(), head.copy(), still)
    if trained == "second":
        seen = design @ np.swapaxes(features, -1, -2)
        return Trained(
            features.copy(), least_squares(seen, labels[..., None], head[..., None], time=time)[..., 0], still
        )
    if trained == "first":
        return _train_first(design, labels, features, head, time)
    return _train_both(reduce(design, labels), n, features, head, time, rtol, max_steps)


def probe_then(
    design: np.ndarray, labels: np.ndarray, features: Any, head: Any, *, probe_time: float = math.inf,
    trained: str = "both", time: float = math.inf, rtol: float = 1e-8, max_steps: int = 200_000,
) -> Trained:  # fmt: skip
    """Train the head for `probe_time` (LP), then what `trained` says for `time`; arguments as in `train`."""
    probed = train(design, labels, features, head, trained="second", time=probe_time)
    how: dict[str, Any] = {"trained": trained, "time": time, "rtol": rtol, "max_steps": max_steps}
    return train(design, labels, probed.features, probed.head, **how)


def _train_first(
    design: np.ndarray, labels: np.ndarray, features: np.ndarray, head: np.ndarray, time: float
) -> Trained:
    """B follows −v∇ᵀ: its end-to-end vector is linear training that runs ‖v‖² times as fast."""
    square = np.sum(head * head, axis=-1)
    still = square == 0
    safe = np.where(still, 1.0, square)
    start = np.einsum("bkd,bk->bd", features, head)
    residual = labels - np.einsum("bnd,bd->bn", design, start)
    if math.isfinite(time):
        # Each network has a time of its own: X and the residual times ‖v‖ run in the same one.
        speed = np.sqrt(safe)[:, None]
        moved = speed * spectral_step(design * speed[..., None], residual[..., None], 0.0, time)[..., 0]
    else:
        moved = least_squares(design, residual[..., None])[..., 0]
    step = np.where(still[:, None, None], 0.0, (head / safe[:, None])[..., None] * moved[:, None])
    return Trained(features + step, head.copy(), still & np.any(residual != 0, axis=-1))


def _train_both(
    problem: Reduced, n: int, features: np.ndarray, head: np.ndarray, time: float, rtol: float, max_steps: int
) -> Trained:
    basis, rates, fit = problem
    k, r = head.shape[-1], rates.shape[-1]
    seen = np.einsum("bkd,brd->bkr", features, basis)
    top = np.maximum(rates.max(axis=-1), 1e-300)
    clock = time / n if math.isfinite(time) else 1 / top
    state = np.concatenate([seen.reshape(-1, k * r), head], axis=1).T
    data = (rates.T * clock, fit.T)

    def split(state: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return state[: k * r].reshape(k, r, -1), state[k * r :]

    def velocity(state: np.ndarray, rates: np.ndarray, fit: np.ndarray) -> np.ndarray:
        b, v = split(state)
        slope = rates * (np.einsum("krb,kb->rb", b, v) - fit)
        first = v[:, None] * slope[None]
        return -np.concatenate([first.reshape(k * r, -1), np.einsum("krb,rb->kb", b, slope)])

    def missed(state: np.ndarray, rates: np.ndarray, fit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Distance from interpolation, and what it is small beside."""
        b, v = split(state)
        miss = np.where(rates > 0, np.einsum("krb,kb->rb", b, v) - fit, 0.0)
        size = np.linalg.norm(fit, axis=0) + np.linalg.norm(b, axis=(0, 1)) * np.linalg.norm(v, axis=0)
        return np.linalg.norm(miss, axis=0), size

    def stuck(state: np.ndarray, rates: np.ndarray, fit: np.ndarray) -> np.ndarray:
        """At a saddle: the weights rest while the labels are missed."""
        weights = np.linalg.norm(state, axis=0)
        miss, size = missed(state, rates, fit)
        speed = np.linalg.norm(velocity(state, rates, fit), axis=0)
        return (miss > 1e-6 * size) & (speed <= _DEAD * rates.max(axis=0) * miss * np.maximum(weights, np.sqrt(size)))

    def at_rest(state: np.ndarray, rates: np.ndarray, fit: np.ndarray) -> np.ndarray:
        miss, size = missed(state, rates, fit)
        return (miss <= max(0.1 * math.sqrt(rtol), 10 * rtol) * size) | stuck(state, rates, fit)

    moving = ~(stuck(state, *data) | (missed(state, *data)[0] == 0))
    final = state.copy()
    if moving.any():
        final[:, moving] = integrate(
            velocity,
            state[:, moving],
            [a[:, moving] for a in data],
            time=1.0 if math.isfinite(time) else math.inf,
            rtol=rtol,
            atol=rtol * 1e-2 * max(1e-12, float(np.sqrt(np.mean(state**2)))),
            at_rest=None if math.isfinite(time) else at_rest,
            max_steps=max_steps,
        )
    b, v = split(final)
    b, v, stalled = np.moveaxis(b, -1, 0), v.T, stuck(final, *data)
    if math.isinf(time):
        b, v = arrive(b, v, rates, fit, ~stalled)
    return Trained(features + (b - seen) @ basis, v.copy(), stalled)


def arrive(b: np.ndarray, v: np.ndarray, rates: np.ndarray, fit: np.ndarray, which: Any = True) -> tuple[Any, Any]:
    """The rest of a flow that is nearly there: on its last stretch the layers' Jacobian J stands still, and the flow
    ends where the shortest step does, (b, v) − J⁺(c − m). What is left out is of second order in c − m.

    b: (batch, k, r).  v: (batch, k).  rates, fit: (batch, r).  which: who takes the step.
    """
    alive = rates > 0
    mask = alive[:, :, None] & alive[:, None, :]
    eye = np.eye(rates.shape[-1])
    go = np.broadcast_to(which, len(v))[:, None] & np.any(v != 0, axis=-1, keepdims=True)
    mask = mask & go[..., None]
    for _ in range(2):
        miss = np.where(alive & go, np.einsum("bkr,bk->br", b, v) - fit, 0.0)
        gram = np.sum(v * v, axis=-1)[:, None, None] * eye + np.swapaxes(b, -1, -2) @ b
        push = np.linalg.solve(np.where(mask, gram, eye), miss[..., None])[..., 0]
        b, v = b - v[..., None] * push[:, None, :], v - np.einsum("bkr,br->bk", b, push)
    return b, v

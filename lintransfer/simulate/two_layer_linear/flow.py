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
from lintransfer.simulate.end_to_end import least_squares, spectral_step
from lintransfer.simulate.two_layer_linear.stiff import Nets, follow_nets, velocity

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
    seen = np.einsum("bkd,brd->bkr", features, problem.basis)
    b, v, stalled = train_seen(seen, head, problem.rates, problem.fit, n, time, rtol, max_steps)
    return Trained(features + (b - seen) @ problem.basis, v, stalled)


def train_seen(
    seen: np.ndarray, head: np.ndarray, rates: np.ndarray, fit: np.ndarray, n: int, time: float = math.inf,
    rtol: float = 1e-8, max_steps: int = 200_000,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """Both layers of networks in the singular bases of their designs: where b and v end, and whether at a saddle.

    seen: the columns of B that the data see, b (batch, k, r).  head: v (batch, k).  rates, fit: s² and m, (batch, r), of n
    samples.  time, rtol, max_steps: as in `train`.
    """
    start = Nets(np.array(seen), np.array(head))
    stalled = stuck(start, rates, fit)
    moving = ~(stalled | (missed(start, rates, fit)[0] == 0))
    end = Nets(start.b.copy(), start.v.copy())
    if moving.any():
        some = follow_nets(
            Nets(start.b[moving], start.v[moving]), rates[moving], fit[moving], time / n,
            lambda nets, s2, m: stuck(nets, s2, m) | near_rest(nets, s2, m, rtol), rtol, max_steps,
        )  # fmt: skip
        end.b[moving], end.v[moving] = some
        stalled = stuck(end, rates, fit)
    if math.isinf(time):
        end = arrive(end, rates, fit, ~stalled)
    return end.b, end.v, stalled


def missed(nets: Nets, rates: np.ndarray, fit: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Distance from interpolation, and what it is small beside, (batch,) both."""
    miss = np.where(rates > 0, np.einsum("ikr,ik->ir", nets.b, nets.v) - fit, 0.0)
    size = np.linalg.norm(fit, axis=1) + np.linalg.norm(nets.b, axis=(1, 2)) * np.linalg.norm(nets.v, axis=1)
    return np.linalg.norm(miss, axis=1), size


def near_rest(nets: Nets, rates: np.ndarray, fit: np.ndarray, rtol: float) -> np.ndarray:
    """So near that the rest of the flow is one step, to second order."""
    miss, size = missed(nets, rates, fit)
    return miss <= max(0.1 * math.sqrt(rtol), 10 * rtol) * size


def stuck(nets: Nets, rates: np.ndarray, fit: np.ndarray) -> np.ndarray:
    """At a saddle: the weights rest while the labels are missed."""
    miss, size = missed(nets, rates, fit)
    weights = np.sqrt(np.sum(nets.b**2, axis=(1, 2)) + np.sum(nets.v**2, axis=1))
    push = velocity(nets, rates, fit)
    speed = np.sqrt(np.sum(push.b**2, axis=(1, 2)) + np.sum(push.v**2, axis=1))
    return (miss > 1e-6 * size) & (speed <= _DEAD * rates.max(axis=1) * miss * np.maximum(weights, np.sqrt(size)))


def arrive(nets: Nets, rates: np.ndarray, fit: np.ndarray, which: Any = True) -> Nets:
    """The rest of a flow that is nearly there: on its last stretch the layers' Jacobian J stands still, and the flow
    ends where the shortest step does, (b, v) − J⁺(c − m), JJᵀ = ‖v‖²I + bᵀb. What is left out is of second order in c − m.

    which: who takes the step, (batch,).
    """
    b, v = nets
    alive = rates > 0
    go = np.broadcast_to(which, len(v))[:, None] & np.any(v != 0, axis=-1, keepdims=True)
    eye = np.eye(v.shape[1])
    for _ in range(2):
        miss = np.where(alive & go, np.einsum("ikr,ik->ir", b, v) - fit, 0.0)
        energy = np.where(go, np.sum(v * v, axis=-1, keepdims=True), 1.0)
        known = b * alive[:, None, :]
        core = energy[..., None] * eye + known @ np.swapaxes(known, -1, -2)
        inner = np.linalg.solve(core, np.einsum("ikr,ir->ik", known, miss)[..., None])[..., 0]
        push = (miss - np.einsum("ikr,ik->ir", known, inner)) / energy
        b, v = b - v[..., None] * push[:, None, :], v - np.einsum("ikr,ir->ik", b, push)
    return Nets(b, v)

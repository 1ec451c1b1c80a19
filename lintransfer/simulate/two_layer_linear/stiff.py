r"""A linearly implicit integrator for many two-layer linear networks at once: near n = d their rates spread over decades.

In the singular bases of the designs the flow is θ' = −JᵀΛ(c − m), θ = (b, v), c = bᵀv. The part −JᵀΛJ of its Jacobian is
all that is stiff, and JJᵀ = ‖v‖²I + bᵀb makes every implicit stage a system of k equations (Woodbury). The scheme keeps
its order when the rest of the Jacobian is left out: a W-method, ROS34PW2 of Rang & Angermann (BIT 45, 2005), of order 3.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from lintransfer.simulate.deep_linear.flow import FlowError

_GAMMA = 0.43586652150845900
_INNER = (  # α_ij
    (),
    (0.87173304301691801,),
    (0.84457060015369423, -0.11299064236484185),
    (0.0, 0.0, 1.0),
)
_COUPLED = (  # γ_ij
    (),
    (-0.87173304301691801,),
    (-0.90338057013044082, 0.054180672388095326),
    (0.24212380706095346, -1.2232505839045147, 0.54526025533510214),
)
_WEIGHTS = (0.24212380706095346, -1.2232505839045147, 1.5452602553351020, 0.43586652150845900)
_SECOND = (0.37810903145819369, -0.096042292212423178, 0.5, 0.21793326075422950)  # of the solution it is compared with


class Nets(NamedTuple):
    """b: the columns of B that the data see (batch, k, r).  v: heads (batch, k)."""

    b: np.ndarray
    v: np.ndarray

    def plus(self, parts: tuple[tuple[float, Nets], ...]) -> Nets:
        """This and multiples of others."""
        b, v = self.b, self.v
        for factor, other in parts:
            if factor:
                b, v = b + factor * other.b, v + factor * other.v
        return Nets(b, v)


def follow_nets(
    start: Nets, rates: np.ndarray, fit: np.ndarray, time: float, at_rest: Callable[..., np.ndarray], rtol: float,
    max_steps: int = 100_000,
) -> Nets:  # fmt: skip
    """The flow from `start` for `time`, or until at_rest(nets, rates, fit) says (batch,) that a member is done.

    rates, fit: (batch, r); time is counted in units in which the gradient is `rates` times (c − m).  rtol: error per step
    beside the largest weight. Raises `FlowError` if some member is not done after `max_steps` steps.
    """
    final, running = Nets(start.b.copy(), start.v.copy()), np.arange(len(fit))
    now, clock = start, np.zeros(len(fit))
    slope = velocity(now, rates, fit)
    largest = np.maximum(rates.max(axis=-1) * (np.sum(now.v**2, -1) + np.sum(now.b**2, (1, 2))), 1e-300)
    step = np.minimum(0.1 / largest, time)
    for _ in range(max_steps):
        then, error = _step(now, slope, rates, fit, step)
        scale = np.maximum(np.abs(now.b).max(axis=(1, 2)), np.abs(now.v).max(axis=1))
        size = np.maximum(np.abs(error.b).max(axis=(1, 2)), np.abs(error.v).max(axis=1)) / (rtol * scale)
        size = np.where(np.isfinite(size), size, 1e10)
        good = size <= 1
        clock = np.where(good, clock + step, clock)
        now = Nets(np.where(good[:, None, None], then.b, now.b), np.where(good[:, None], then.v, now.v))
        step = np.minimum(step * np.clip(0.9 * np.maximum(size, 1e-10) ** (-1 / 3), 0.2, 5.0), time - clock)
        done = clock >= time * (1 - 1e-12) if math.isfinite(time) else good & at_rest(now, rates, fit)
        if done.any():
            final.b[running[done]], final.v[running[done]] = now.b[done], now.v[done]
            left = ~done
            if not left.any():
                return final
            now, running = Nets(now.b[left], now.v[left]), running[left]
            rates, fit, clock, step = rates[left], fit[left], clock[left], step[left]
        slope = velocity(now, rates, fit)
    raise FlowError(f"the flow of a two-layer network did not come to rest within {max_steps} steps")


def velocity(nets: Nets, rates: np.ndarray, fit: np.ndarray) -> Nets:
    """The gradient flow, per unit of time."""
    push = rates * (fit - np.einsum("ikr,ik->ir", nets.b, nets.v))
    return _transposed(nets, push)


def _transposed(nets: Nets, rows: np.ndarray) -> Nets:
    """Jᵀ of (batch, r)."""
    return Nets(nets.v[:, :, None] * rows[:, None, :], np.einsum("ikr,ir->ik", nets.b, rows))


def _moved(nets: Nets, change: Nets) -> np.ndarray:
    """J of a change of the weights, (batch, r)."""
    return np.einsum("ik,ikr->ir", nets.v, change.b) + np.einsum("ikr,ik->ir", nets.b, change.v)


def _step(nets: Nets, slope: Nets, rates: np.ndarray, fit: np.ndarray, step: np.ndarray) -> tuple[Nets, Nets]:
    """One step of every member, and its error."""
    h = step[:, None]
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        soft = 1 / (1 / (h * _GAMMA * rates) + np.sum(nets.v**2, axis=-1)[:, None])  # 1/D, 0 where there is no rate
        leaned = nets.b * soft[:, None, :]
        core = np.linalg.inv(np.eye(nets.v.shape[1]) + leaned @ np.swapaxes(nets.b, -1, -2))
        stages: list[Nets] = []
        drags: list[np.ndarray] = []  # hΛJ of the stages
        for inner, coupled in zip(_INNER, _COUPLED, strict=True):
            force = velocity(nets.plus(tuple(zip(inner, stages, strict=True))), rates, fit) if stages else slope
            right = Nets(h[:, :, None] * force.b, h * force.v)
            if stages:
                drag = np.asarray(sum(factor * part for factor, part in zip(coupled, drags, strict=True)))
                right = right.plus(((-1.0, _transposed(nets, drag)),))
            seen = _moved(nets, right)
            solved = soft * seen
            solved = solved - soft * np.einsum(
                "ikr,ik->ir", nets.b, np.einsum("ikl,il->ik", core, np.einsum("ikr,ir->ik", nets.b, solved))
            )
            stage = right.plus(((-1.0, _transposed(nets, solved)),))
            stages.append(stage)
            drags.append(h * rates * _moved(nets, stage))
        then = nets.plus(tuple(zip(_WEIGHTS, stages, strict=True)))
        apart = tuple((w - s, stage) for w, s, stage in zip(_WEIGHTS, _SECOND, stages, strict=True))
        error = Nets(0 * nets.b, 0 * nets.v).plus(apart)
    return then, error

"""The linear model on a user's own arrays: a start, a penalty and a time are all that tells one learner from another."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lintransfer.errors import refuse
from lintransfer.fitting.arrays import Fit, Fits, fit_weights
from lintransfer.simulate.end_to_end import spectral_step
from lintransfer.strategies import FineTune, LinearTransfer, Scratch


def exact_from(start: np.ndarray, learner: Any, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The minimiser of the penalised loss, or w(T), in closed form."""
    if _rests(learner, X):
        return start
    check_minimum(learner, X)
    return start + spectral_step(X, y - X @ start, ridge_of(learner), time_of(learner))


def flow_from(start: np.ndarray, learner: Any, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The same by integrating the flow."""
    if _rests(learner, X):
        return start
    check_minimum(learner, X)
    with jax.enable_x64(True):
        design, ridge, time = (jnp.asarray(v, dtype=jnp.float64) for v in (X, ridge_of(learner), time_of(learner)))
        # Outputs do not see each other: one at a time keeps the implicit solver's systems small.
        ends = [
            _integrate(design, jnp.asarray(labels), jnp.asarray(weights), ridge, time)
            for labels, weights in zip(y.T, start.T, strict=True)
        ]
        return np.stack([np.asarray(end) for end in ends], axis=1)


@jax.jit
def _integrate(X: Any, y: Any, start: Any, ridge: Any, time: Any) -> Any:
    """Gradient flow w' = −[Xᵀ(Xw − y) + λ(w − w0)]/n to the stopping time, or to rest."""
    import diffrax

    def velocity(t: Any, w: Any, args: Any) -> Any:
        return -(X.T @ (X @ w - y) + ridge * (w - start)) / X.shape[0]

    solution = diffrax.diffeqsolve(
        diffrax.ODETerm(velocity),
        diffrax.Kvaerno5(),  # implicit: the rates of training spread over the square of the condition number
        t0=0.0,
        t1=time,
        dt0=None,
        y0=start,
        stepsize_controller=diffrax.PIDController(rtol=1e-9, atol=1e-11),
        event=diffrax.Event(diffrax.steady_state_event(rtol=1e-10, atol=1e-12)),
        max_steps=100_000,
    )
    return solution.ys[-1]


Linearly = Callable[[np.ndarray, Any, np.ndarray, np.ndarray], np.ndarray]


def all_weights(train: Linearly) -> Fit:
    """All weights are trained, from zero or from the source."""

    def run(learner: Any, X: np.ndarray, y: np.ndarray, source: Any) -> np.ndarray:
        return train(np.zeros((X.shape[1], y.shape[1])) if source is None else source, learner, X, y)

    return run


def head_alone(train: Linearly) -> Fit:
    """Only a head on the source features is trained, from zero."""

    def run(learner: Any, X: np.ndarray, y: np.ndarray, source: Any) -> np.ndarray:
        norms = np.linalg.norm(source, axis=0)
        features = source / np.where(norms > 0, norms, 1.0)
        return features @ train(np.zeros((features.shape[1], y.shape[1])), learner, X @ features, y)

    return run


def _rests(learner: Any, X: np.ndarray) -> bool:
    """Whether nothing moves: no data, no time, or an infinite penalty."""
    return len(X) == 0 or time_of(learner) == 0 or ridge_of(learner) == math.inf


def check_minimum(learner: Any, X: np.ndarray) -> None:
    """Refuse a negative ridge under which the loss falls without end along what the rows see, and one with a time."""
    ridge = ridge_of(learner)
    if ridge >= 0:
        return
    if time_of(learner) != math.inf:
        refuse("ridge", "≥ 0 with a stopping time", ridge)
    s = np.linalg.svd(X, compute_uv=False)
    alive = s[s > max(X.shape) * np.finfo(float).eps * s[0]]
    least = float(alive[-1]) ** 2 if alive.size else 0.0
    if not ridge > -least:
        refuse("ridge", f"> {-least:.6g}, or the loss has no minimum: the smallest non-zero eigenvalue of XᵀX", ridge)


def ridge_of(learner: Any) -> float:
    if isinstance(learner.ridge, str):
        refuse("ridge", 'a number to fit arrays ("optimal" needs a TransferProblem; see diagnose)', learner.ridge)
    return float(learner.ridge)


def time_of(learner: Any) -> float:
    if isinstance(getattr(learner, "time", math.inf), str):
        refuse("time", 'a number to fit arrays ("optimal" needs a TransferProblem)', learner.time)
    return float(getattr(learner, "time", math.inf))


FITS: Fits = {
    Scratch: {"exact": all_weights(exact_from), "flow": all_weights(flow_from)},
    FineTune: {"exact": all_weights(exact_from), "flow": all_weights(flow_from)},
    LinearTransfer: {"exact": head_alone(exact_from), "flow": head_alone(flow_from)},
}


def fit_model(learner: Any, X: Any, y: Any, source: Any, method: str, key: int) -> np.ndarray:
    """`lintransfer.fit` for this family."""
    return fit_weights(FITS, learner, X, y, source, method)

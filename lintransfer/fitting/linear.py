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
from lintransfer.simulate.deep_linear.flow import FlowError
from lintransfer.simulate.end_to_end import spectral_step
from lintransfer.strategies import FineTune, LinearTransfer, Scratch

_AT_REST = 40.0  # times of the slowest rate, after which e⁻⁴⁰ is left
_MOST_STEPS = 20_000


def exact_from(start: np.ndarray, learner: Any, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The minimiser of the penalised loss, or w(T), in closed form."""
    if _rests(learner, X):
        return start
    check_minimum(learner, X)
    return start + spectral_step(X, y - X @ start, ridge_of(learner), time_of(learner))


def flow_from(start: np.ndarray, learner: Any, X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """The same by integrating the flow, in units of its slowest rate and of its first steps.

    Raises `FlowError` where rates are too far apart to be followed.
    """
    if _rests(learner, X):
        return start
    check_minimum(learner, X)
    ridge, squares = ridge_of(learner), _seen(X) ** 2
    if not squares.size:
        return start
    slowest, fastest = squares[-1] + ridge, squares[0] + ridge
    left = y - X @ start
    size = np.linalg.norm(X.T @ left, axis=0) / fastest
    size = np.where(size > 0, size, 1.0)
    end = min(time_of(learner) * slowest / len(X), _AT_REST)
    design = X / math.sqrt(slowest)
    with jax.enable_x64(True):
        given = [jnp.asarray(v, dtype=jnp.float64) for v in (design, ridge / slowest, end)]
        labels = jnp.asarray(left / size / math.sqrt(slowest), dtype=jnp.float64)
        # Outputs do not see each other: one at a time keeps the implicit solver's systems small.
        ways = [_integrate(*given, column) for column in labels.T]
        if not all(bool(reached) for _, reached in ways):
            raise FlowError(
                f"the flow had not converged after {_MOST_STEPS} steps, its rates are {fastest / slowest:.1e} apart: "
                'method="exact" has its end'
            )
        return start + size * np.stack([np.asarray(weights) for weights, _ in ways], axis=1)


@jax.jit
def _integrate(X: Any, ridge: Any, end: Any, y: Any) -> tuple[Any, Any]:
    """Gradient flow w' = Xᵀ(y − Xw) − λw from 0 to a time, and whether it got there."""
    import diffrax

    def velocity(t: Any, w: Any, args: Any) -> Any:
        return X.T @ (y - X @ w) - ridge * w

    solution = diffrax.diffeqsolve(
        diffrax.ODETerm(velocity),
        diffrax.Kvaerno5(),  # implicit: the rates of training spread over the square of the condition number
        t0=0.0,
        t1=end,
        dt0=None,
        y0=jnp.zeros(X.shape[1]),
        stepsize_controller=diffrax.PIDController(rtol=1e-9, atol=1e-11),
        max_steps=_MOST_STEPS,
        throw=False,
    )
    return solution.ys[-1], solution.result == diffrax.RESULTS.successful


Linearly = Callable[[np.ndarray, Any, np.ndarray, np.ndarray], np.ndarray]


def all_weights(train: Linearly) -> Fit:
    """All weights are trained, from zero or from the source."""

    def run(learner: Any, X: np.ndarray, y: np.ndarray, source: Any) -> np.ndarray:
        return train(np.zeros((X.shape[1], y.shape[1])) if source is None else source, learner, X, y)

    return run


def head_alone(train: Linearly) -> Fit:
    """Only a head on the source features is trained, from zero or from the head that makes the source of them."""

    def run(learner: Any, X: np.ndarray, y: np.ndarray, source: Any) -> np.ndarray:
        norms = np.linalg.norm(source, axis=0)
        features = source / np.where(norms > 0, norms, 1.0)
        start = np.zeros((features.shape[1], y.shape[1]))
        if learner.head == "source":
            if source.shape[1] != y.shape[1]:
                refuse(
                    "head", '"zero" for features that are not the source\'s outputs (or give source=(B, v))', "source"
                )
            start = np.diag(norms)
        return features @ train(start, learner, X @ features, y)

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
    alive = _seen(X)
    least = float(alive[-1]) ** 2 if alive.size else 0.0
    if not ridge > -least:
        refuse("ridge", f"> {-least:.6g}, or the loss has no minimum: the smallest non-zero eigenvalue of XᵀX", ridge)


def _seen(X: np.ndarray) -> np.ndarray:
    """Singular values of the directions that the rows see, decreasing."""
    s = np.linalg.svd(X, compute_uv=False)
    return s[s > max(X.shape) * np.finfo(float).eps * s[0]]


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

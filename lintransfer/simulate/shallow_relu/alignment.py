r"""Early alignment simulated: gradient flow of a small two-layer ReLU network, watched neuron by neuron."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from lintransfer.errors import refuse


class AlignmentRun(NamedTuple):
    """times (t,); cosine (t, m) of each neuron with the force direction Xᵀy; growth (t, m) of its norm since time 0;
    signs (m,) of the output weights; initial_cosine (m,)."""

    times: np.ndarray
    cosine: np.ndarray
    growth: np.ndarray
    signs: np.ndarray

    @property
    def initial_cosine(self) -> np.ndarray:
        """Cosines at the first recorded time."""
        return self.cosine[0]


def alignment_run(
    rng: np.random.Generator,
    *,
    n: int,
    teacher: Any,
    times: Any,
    width: int = 20,
    size: float = 1e-6,
    noise_std: float = 0.0,
    covariance: Any = None,
    symmetric: bool = False,
    step: float = 0.02,
) -> AlignmentRun:
    """Gradient flow (fourth-order Runge-Kutta) from a small balanced start on inputs N(0, Σ), recorded at `times`.

    teacher: β (d,).  covariance: spectrum (d,) or None.  symmetric: inputs come in pairs ±x (n even); noiseless labels
    then exert one and the same force on every neuron.  times: increasing, from 0.  step: largest time step.
    """
    teacher, times = np.asarray(teacher, dtype=float), np.asarray(times, dtype=float)
    if times.ndim != 1 or times[0] != 0 or np.any(np.diff(times) <= 0):
        refuse("times", "an increasing sequence from 0", times)
    if symmetric and n % 2:
        refuse("n", "even, for pairs of opposite inputs", n)
    dim = len(teacher)
    inputs = rng.standard_normal((n, dim)) * (1.0 if covariance is None else np.sqrt(covariance))
    if symmetric:
        inputs[n // 2 :] = -inputs[: n // 2]
    labels = inputs @ teacher + noise_std * rng.standard_normal(n)
    first = rng.standard_normal((width, dim))
    first *= size / np.linalg.norm(first, axis=1, keepdims=True)
    signs = np.where(np.arange(width) % 2 == 0, 1.0, -1.0)
    second = size * signs
    towards = inputs.T @ labels
    towards /= np.linalg.norm(towards)

    def velocity(first: np.ndarray, second: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        hidden = inputs @ first.T
        error = labels - np.maximum(hidden, 0) @ second
        force = (np.where(hidden > 0, error[:, None], 0.0).T @ inputs) / n
        return second[:, None] * force, np.sum(first * force, axis=1)

    norms, cosines, now = [], [], 0.0
    for time in times:
        pieces = int(np.ceil((time - now) / step)) if time > now else 0
        for _ in range(pieces):
            first, second = _runge_kutta(velocity, first, second, (time - now) / pieces)
        now = time
        norms.append(np.linalg.norm(first, axis=1))
        cosines.append(first @ towards / norms[-1])
    return AlignmentRun(times, np.array(cosines), np.array(norms) / size, signs)


def _runge_kutta(velocity: Any, first: np.ndarray, second: np.ndarray, step: float) -> tuple[np.ndarray, np.ndarray]:
    a1, b1 = velocity(first, second)
    a2, b2 = velocity(first + step / 2 * a1, second + step / 2 * b1)
    a3, b3 = velocity(first + step / 2 * a2, second + step / 2 * b2)
    a4, b4 = velocity(first + step * a3, second + step * b3)
    return first + step / 6 * (a1 + 2 * a2 + 2 * a3 + a4), second + step / 6 * (b1 + 2 * b2 + 2 * b3 + b4)


def force_samples(
    rng: np.random.Generator, replicates: int, *, n: int, teacher: Any, noise_std: float = 0.0
) -> np.ndarray:
    """‖D_n(w) − β/2‖² at f = 0 for one fixed direction w and inputs N(0, I), shape (replicates,).

    β/2 is the mean of D_n: x and −x are equally likely, and exactly one of the two is gated.
    """
    teacher = np.asarray(teacher, dtype=float)
    direction = np.ones_like(teacher)
    inputs = rng.standard_normal((replicates, n, len(teacher)))
    labels = inputs @ teacher + noise_std * rng.standard_normal((replicates, n))
    gated = np.where(inputs @ direction > 0, labels, 0.0)
    force = np.einsum("rn,rnd->rd", gated, inputs) / n
    return np.sum((force - teacher / 2) ** 2, axis=1)

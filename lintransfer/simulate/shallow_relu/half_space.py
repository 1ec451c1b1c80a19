r"""Least squares on the two sides of a hyperplane: the end state of small ReLU networks with enough samples."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from lintransfer.errors import refuse


class HalfSpaceFit(NamedTuple):
    """positive, negative: β_+ and β_− (d,), fitted on {x·β > 0} and {x·β ≤ 0}; `signs_kept`: whether every training
    point has the sign of x·β under its own fit, so that h interpolates both fits exactly; `frozen`: θ_S (d,)."""

    positive: np.ndarray
    negative: np.ndarray
    signs_kept: bool
    frozen: np.ndarray

    def __call__(self, inputs: Any) -> np.ndarray:
        """θ_S·x + h(x), h(x) = (β_+·x)_+ − (−β_−·x)_+, for inputs (..., d)."""
        inputs = np.asarray(inputs, dtype=float)
        ends = np.maximum(inputs @ self.positive, 0) - np.maximum(-(inputs @ self.negative), 0)
        return inputs @ self.frozen + ends


def half_space_fit(inputs: Any, labels: Any, teacher: Any, source: Any = None) -> HalfSpaceFit:
    """Least squares of minimal norm on either side of {x·β = 0}, of what a frozen linear part leaves over.

    inputs: (n, d).  labels: (n,).  teacher: θ_T (d,), or any direction that splits the data.  source: θ_S (d,), what a
    frozen pretrained part computes, θ_S·x exactly; then the fit is of the labels y − θ_S·x, and β = θ_T − θ_S. Nothing
    else changes (A5): above the threshold a fine-tuned network has the risk of one trained from scratch, because the
    risk of the fit does not depend on β.
    """
    inputs, labels, teacher = (np.asarray(v, dtype=float) for v in (inputs, labels, teacher))
    frozen = np.zeros(inputs.shape[-1:]) if source is None else np.asarray(source, dtype=float)
    if inputs.ndim != 2 or labels.shape != inputs.shape[:1] or teacher.shape != inputs.shape[1:]:
        refuse("inputs", "(n, d) with labels (n,) and a teacher (d,)", (inputs.shape, labels.shape, teacher.shape))
    if frozen.shape != teacher.shape:
        refuse("source", "θ_S (d,), as the teacher", frozen.shape)
    labels, above = labels - inputs @ frozen, inputs @ (teacher - frozen) > 0
    positive, negative = (np.linalg.lstsq(inputs[side], labels[side])[0] for side in (above, ~above))
    kept = np.all(inputs[above] @ positive > 0) and np.all(inputs[~above] @ negative < 0)
    return HalfSpaceFit(positive, negative, bool(kept), frozen)


def half_space_risk_samples(
    rng: np.random.Generator,
    replicates: int,
    *,
    n: int,
    dim: int,
    noise_std: float = 1.0,
    n_positive: int | None = None,
    training_error: bool = False,
) -> np.ndarray:
    """Excess risks of half-space least squares on N(0, I) with the teacher's own split, shape (replicates,).

    Splits with fewer than d + 2 inputs on a side are drawn again; n_positive fixes the split instead. The risk is
    E(w(x)·x − β·x)² with w = β_± on the teacher's sides, which is exact by symmetry: half of each side's squared error.
    training_error: return the mean squared residuals on the training sets instead.
    """
    teacher = np.arange(1.0, dim + 1)
    found: list[np.ndarray] = []
    while sum(map(len, found)) < replicates:
        inputs = rng.standard_normal((max(1, min(replicates, 2**21 // (n * dim))), n, dim))
        above = inputs @ teacher > 0
        if n_positive is not None:
            inputs[above != (np.arange(n) < n_positive)] *= -1
            above = inputs @ teacher > 0
        count = np.sum(above, axis=-1)
        usable = (count >= dim + 2) & (count <= n - dim - 2)
        inputs, above = inputs[usable], above[usable]
        labels = inputs @ teacher + noise_std * rng.standard_normal(above.shape)
        risks, residuals = np.zeros(len(inputs)), np.zeros(len(inputs))
        for side in (above, ~above):
            x, y = np.where(side[..., None], inputs, 0.0), np.where(side, labels, 0.0)
            gram, moment = np.ascontiguousarray(np.swapaxes(x, -1, -2)) @ x, np.einsum("rnd,rn->rd", x, y)
            weights = np.linalg.solve(gram, moment[..., None])[..., 0]
            risks += np.sum((weights - teacher) ** 2, axis=-1) / 2
            residuals += np.sum((np.einsum("rnd,rd->rn", x, weights) - y) ** 2, axis=-1) / n
        found.append(residuals if training_error else risks)
    return np.concatenate(found)[:replicates]


def draw_with_margin(rng: np.random.Generator, n: int, teacher: Any, margin: float = 0.0) -> np.ndarray:
    """Inputs N(0, I) of shape (n, d) conditioned on |x·β| > margin ‖x‖‖β‖, by rejection."""
    teacher = np.asarray(teacher, dtype=float)
    if not 0 <= margin < 1:
        refuse("margin", "in [0, 1)", margin)
    kept = np.empty((0, len(teacher)))
    while len(kept) < n:
        drawn = rng.standard_normal((2 * n + 16, len(teacher)))
        lengths = np.linalg.norm(drawn, axis=1) * np.linalg.norm(teacher)
        kept = np.concatenate([kept, drawn[np.abs(drawn @ teacher) > margin * lengths]])
    return kept[:n]

r"""Ways of using candidate sources, each as a set of designs for ridge regression of the target's rows.

With B = Σ_k c_k X_kᵀX_k + μ and ŵ = B⁻¹ Σ_k c_k X_kᵀy_k, pooling Σ_i(y_i − x_i·w)² + ω[Σ_k c_k‖y_k − X_k w‖² + μ‖w‖²] is
ridge with the penalty ω to ŵ in the metric B: the design Φ = X B^{-1/2}, m = Xŵ. A path over ω at a few μ covers all
weights and ridges; ω → 0 is the target alone, ω → ∞ the source alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from lintransfer.diagnosis.ridge_choice import Choice, Design, chosen_fits
from lintransfer.numerics.decomposition import decompose

_AROUND = (1.0, 10.0)  # μ, in units of the ridge that the source's own rows choose
_LARGE = (0.03, 1.0)  # and in units of the largest eigenvalue of Σ c_k X_kᵀX_k
_LEAST = 1e-6
_FREE = (1.0, 30.0)  # penalties on the target's own part, in units of those on the multiples of the sources


class Source(NamedTuple):
    """A candidate source, its columns divided by their sizes: its rows (n_k, d) and (n_k,), or its weights (d,)."""

    name: str
    design: np.ndarray | None
    labels: np.ndarray | None
    weights: np.ndarray


class Candidate(NamedTuple):
    """A way of learning, and the designs it chooses from."""

    name: str
    pooled: str | None  # the sources whose rows are pooled, if it does that: their weights belong to the name
    designs: tuple[Design, ...]

    def named(self, choice: Choice) -> str:
        """Its label, with the weights of the pooled rows that were chosen."""
        if self.pooled is None:
            return self.name
        weights = [f"{choice.penalty * one:.2g}" for one in choice.design.weight]
        shown = weights[0] if len(weights) == 1 else f"({', '.join(weights)})"
        return f"Pool(weights={shown}, ridge=optimal) with {self.pooled}"


class OwnFit(NamedTuple):
    """What a source's own rows give: weights (d,), the ridge that they choose, and the mean squared residual for each
    degree of freedom that is left."""

    weights: np.ndarray
    ridge: float
    noise_variance: float


def own_fit(design: np.ndarray, labels: np.ndarray) -> OwnFit:
    """Ridge fit of a source's rows (n_k, d) and (n_k,)."""
    factor = _narrow(design)
    whole = Design(factor, np.zeros(len(labels)))
    predicted, choices = chosen_fits([[whole]], labels, np.arange(len(labels))[None])
    choice = choices[0][0]
    left = max(len(labels) - choice.freedom, 1.0)
    noise = float(np.sum((labels - predicted[0, 0]) ** 2)) / left
    if choice.penalty == np.inf:
        return OwnFit(np.zeros(design.shape[1]), np.inf, noise)
    u, s, vt, _ = decompose(design)
    return OwnFit((s / (s * s + choice.penalty) * (u.T @ labels)) @ vt, choice.penalty, noise)


def column_sizes(arrays: Sequence[np.ndarray]) -> np.ndarray:
    """The size (d,) of each column over all arrays (…, d): the fourth root of its mean fourth power, 1 for zeros.

    Divided by it, columns do not depend on their units, and one that few rows carry counts for less than it does at
    a root mean square of one, where such rows have all the leverage.
    """
    largest = np.max([np.abs(part).max(axis=0) for part in arrays], axis=0)
    largest = np.where(largest > 0, largest, 1.0)
    total = sum(((part / largest) ** 4).sum(axis=0) for part in arrays)
    mean = np.asarray(total) / sum(map(len, arrays))
    return np.where(mean > 0, largest * mean**0.25, 1.0)


def candidates(design: np.ndarray, sources: Sequence[Source]) -> list[Candidate]:
    """Everything that is compared on target rows with these inputs (N, d), columns divided by their sizes."""
    own = _narrow(design)
    nothing = np.zeros(len(design))
    found = [Candidate("Scratch(ridge=optimal)", None, (Design(own, nothing),))]
    for source in sources:
        seen = design @ source.weights
        found.append(Candidate(f"FineTune(ridge=optimal) from {source.name}", None, (Design(own, seen),)))
        multiples = _multiples(own, seen[:, None])
        found.append(Candidate(f"FineTune(ridge=optimal) from a multiple of {source.name}", None, multiples))
        if source.design is not None:
            found.append(Candidate("Pool", source.name, _pooled(design, [source])))
    if len(sources) > 1:
        seen = np.stack([design @ source.weights for source in sources], axis=1)
        mix = f"FineTune(ridge=optimal) from a mix of {_joined(sources)}"
        found.append(Candidate(mix, None, _multiples(own, seen)))
        with_rows = [source for source in sources if source.design is not None]
        if len(with_rows) > 1:
            found.append(Candidate("Pool", _joined(with_rows), _pooled(design, with_rows)))
    return found


def _joined(sources: Sequence[Source]) -> str:
    """source 1, source 3 -> sources 1, 3; other names one after the other."""
    words = [source.name.split() for source in sources]
    if all(len(word) == 2 and word[0] == "source" for word in words):
        return "sources " + ", ".join(word[1] for word in words)
    return ", ".join(source.name for source in sources)


def _multiples(own: np.ndarray, seen: np.ndarray) -> tuple[Design, ...]:
    """Ridge to the best combination Σ a_kŵ_k, where a_k is penalised lightly; the last: nothing but the combination."""
    typical = np.sqrt(np.mean(np.sum(own**2, 1)))
    size = np.sqrt(np.mean(seen**2, 0))
    columns = seen[:, size > 0] * (typical / size[size > 0])
    nothing = np.zeros(len(own))
    both = [_narrow(np.hstack([own, np.sqrt(free) * columns])) for free in _FREE]
    return (*(Design(factor, nothing) for factor in both), Design(columns if columns.size else own, nothing))


def _pooled(design: np.ndarray, sources: Sequence[Source]) -> tuple[Design, ...]:
    arrays = [(one.design, one.labels) for one in sources if one.design is not None and one.labels is not None]
    noise = np.array([own_fit(*pair).noise_variance for pair in arrays])
    noise = np.maximum(noise, max(_LEAST * noise.max(), np.finfo(float).tiny))
    weight = noise.min() / noise
    rows = np.concatenate([np.sqrt(c) * x for c, (x, _) in zip(weight, arrays, strict=True)])
    labels = np.concatenate([np.sqrt(c) * t for c, (_, t) in zip(weight, arrays, strict=True)])
    u, s, vt, _ = decompose(rows)
    if not len(s):
        return (Design(_narrow(design), np.zeros(len(design))),)
    top = float(s[0] ** 2)
    ridge = own_fit(rows, labels).ridge
    near = [ridge * step for step in _AROUND] if ridge < np.inf else []
    inside = design @ vt.T
    outside = design - inside @ vt if len(s) < design.shape[1] else np.zeros((len(design), 0))
    found = []
    for mu in sorted({max(value, _LEAST * top) for value in (*near, *(top * step for step in _LARGE))}):
        shrunk = s * s + mu
        factor = _narrow(np.hstack([inside / np.sqrt(shrunk), outside / np.sqrt(mu)]))
        found.append(Design(factor, inside @ (s / shrunk * (u.T @ labels)), tuple(weight.tolist()), mu))
    return tuple(found)


def _narrow(factor: np.ndarray) -> np.ndarray:
    """A factor of the same kernel matrix with at most as many columns as rows."""
    if factor.shape[1] <= factor.shape[0]:
        return factor
    upper: Any = np.linalg.qr(factor.T, mode="r")
    return upper.T

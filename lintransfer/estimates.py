"""What a front door returns: values with their errors, and for each of them the method and the theorem it comes from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import jax
import numpy as np

from lintransfer.arithmetic import array_namespace
from lintransfer.validation import same_content

_TWO_DIGITS: Any = {"float_kind": lambda value: f"{value:.2g}"}
_STRENGTH = ("exact", "asymptotic", "bound", "law", "simulate", "none")


@jax.tree_util.register_pytree_node_class
@dataclass(frozen=True, eq=False)
class Estimate:
    """A computed quantity over the requested sample sizes; all arrays have the shape of n.

    value: the quantity; `inf` where it is mathematically infinite, `nan` where every theorem is silent.
    std_err: Monte Carlo standard error; 0 for a closed form.
    valid: False where no theorem applies.
    method, theorem: how each value was obtained and the row that proves it: arrays of strings, or one string if all agree
    ("exact", "asymptotic", "bound", "law" for draws from a law that theory proves, "simulate" for training on drawn sets;
    "none" where there is no answer). Where a traced number decides between two, both are named.

    chosen: the numbers that "optimal" stands for, by the name of the learner's option (weights of tasks (…, K), ridge, weight,
    stretch); they can be read as attributes, as in `estimate.weights`. None where nothing was to be chosen.

    It can be indexed, subtracted and drawn, and is a pytree.
    """

    value: Any
    std_err: Any
    valid: Any
    method: Any
    theorem: Any
    chosen: Any = None

    def tree_flatten(self) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """The numbers, and the words in a form that compares and hashes."""
        return (self.value, self.std_err, self.valid, self.chosen), (_frozen(self.method), _frozen(self.theorem))

    def __getattr__(self, name: str) -> Any:
        chosen = vars(self).get("chosen")
        if chosen is not None and name in chosen:
            return chosen[name]
        there = f"; what was chosen is there as {', '.join(chosen)}" if chosen else ""
        raise AttributeError(f"an Estimate has no {name!r}{there}")

    @classmethod
    def tree_unflatten(cls, words: tuple[Any, ...], numbers: tuple[Any, ...]) -> Estimate:
        """The inverse of `tree_flatten`."""
        value, std_err, valid, chosen = numbers
        method, theorem = map(_thawed, words)
        return cls(value, std_err, valid, method, theorem, chosen)

    def __eq__(self, other: object) -> bool:
        return same_content(self, other) if isinstance(other, Estimate) else NotImplemented

    def __hash__(self) -> int:
        return hash((np.shape(self.value), *self.tree_flatten()[1]))

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray:
        return np.asarray(self.value, dtype=dtype)

    def __float__(self) -> float:
        return float(self.value)

    def __len__(self) -> int:
        return len(self.value)

    def __getitem__(self, index: Any) -> Estimate:
        method, theorem = (w if isinstance(w, str) else one_word(w[index]) for w in (self.method, self.theorem))
        chosen = None if self.chosen is None else {name: v[index] for name, v in self.chosen.items()}
        return Estimate(self.value[index], self.std_err[index], self.valid[index], method, theorem, chosen)

    def __sub__(self, other: Estimate) -> Estimate:
        """The difference of two estimates made independently: errors add in squares, the weaker method counts."""
        if not isinstance(other, Estimate):
            return NotImplemented
        xp = array_namespace(self.value, other.value)
        with np.errstate(all="ignore"):
            value, std_err = self.value - other.value, xp.hypot(self.std_err, other.std_err)
        weaker = combine(lambda a, b: max(a, b, key=_STRENGTH.index), self.method, other.method)
        theorem = combine(lambda a, b: a if a == b else f"{a}, {b}", self.theorem, other.theorem)
        return Estimate(value, std_err, ~xp.isnan(value), weaker, theorem)

    def __str__(self) -> str:
        shown = np.array2string(np.asarray(self.value), precision=6, threshold=12)
        error = (
            ""
            if not np.any(self.std_err)
            else f" ± {np.array2string(np.asarray(self.std_err), threshold=12, formatter=_TWO_DIGITS)}"
        )
        return f"{shown}{error}  [{'; '.join(self.sources())}]"

    def sources(self) -> list[str]:
        """“method: theorem” of everything that answered, the most used first, with its share if there are several."""
        pairs = combine(lambda method, theorem: f"{method}: {theorem}", self.method, self.theorem)
        if isinstance(pairs, str):
            return [pairs]
        found, counts = np.unique(pairs, return_counts=True)
        order = np.argsort(-counts, kind="stable")
        return [f"{found[i]} ({counts[i]} of {pairs.size})" for i in order]

    def plot(self, n: Any = None, axes: Any = None) -> Any:
        """Draw the values with two standard errors against n (their index if none is given); returns the figure."""
        from lintransfer.plotting import plot_estimate

        return plot_estimate(self, n, axes)


def combine(join: Any, first: Any, second: Any) -> Any:
    """Two words, or arrays of words, joined element by element."""
    if isinstance(first, str) and isinstance(second, str):
        return join(first, second)
    pairs = np.broadcast_arrays(np.asarray(first, object), np.asarray(second, object))
    return one_word(np.frompyfunc(join, 2, 1)(*pairs))


def one_word(words: Any) -> Any:
    """An array of strings, or one of them if they all agree."""
    array = np.asarray(words).astype(str)
    if array.ndim == 0:
        return str(array)
    flat = array.ravel()
    return str(flat[0]) if flat.size and (flat == flat[0]).all() else array


def _frozen(word: Any) -> Any:
    return word if isinstance(word, str) else (np.shape(word), tuple(np.ravel(word).tolist()))


def _thawed(word: Any) -> Any:
    return word if isinstance(word, str) else np.array(word[1]).reshape(word[0])

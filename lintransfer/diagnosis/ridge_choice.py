r"""Ridge regression on one of several designs, chosen on the training rows alone, and measured on the others.

A *design* is a factor Φ (N, r) of a kernel matrix over the target's rows and an offset m (N,), the predictions that
training starts from: with a penalty p, Φv + m is fitted at least ‖y − m − Φv‖² + p‖v‖². Ridge from zero, ridge to
source weights, and rows of a source pooled with the target's are all of this form (`lintransfer.diagnosis.sources`).

On n training rows, with K = ΦΦᵀ and H = K(K+p)⁻¹, every design and penalty of a path gets
    loo = mean((y − m − H(y − m))_i/(1 − H_ii))²,  exactly its mean squared leave-one-out error, and
    evidence = −½[n log(Q/n) + log det(K/p + 1)],  Q = (y − m)ᵀ(K/p + 1)⁻¹(y − m), that of Gaussian labels;
the least (n/2) log loo − evidence is chosen among those with at most n/3 degrees of freedom tr H, or a penalty of at
least 0.3 mean K_ii. A smaller penalty looks good on few rows by luck; it is taken only if its loo is 2.5 times lower and its
evidence higher by 4 (odds of 50).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from lintransfer.diagnosis.leave_one_out import leave_one_out_path

_PENALTIES = np.append(
    np.geomspace(1e3, 1e-7, 31), 1e12
)  # in units of the largest eigenvalue of K; the last: stay at m
_STABLE, _FLAT, _LUCK, _GAIN = 1 / 3, 0.3, 2.5, 4.0
_SILENCE = 1e-300  # a sum of squares that is none
_MOST_NUMBERS = 3e7  # in one array of the splits that are worked on together


class Design(NamedTuple):
    """Φ (N, r) and m (N,); weight and ridge: what the penalty p multiplies, ω_k = p·weight_k and λ = p·ridge."""

    factor: np.ndarray
    offset: np.ndarray
    weight: tuple[float, ...] = ()
    ridge: float = 1.0


class Choice(NamedTuple):
    """The design and the penalty (inf: stay at the offset) that some rows choose, its degrees of freedom and score."""

    design: Design
    penalty: float
    freedom: float
    score: float


class Split(NamedTuple):
    """Eigenvalues (R, m) of K for R sets of training rows, and what fits and leverages are made of."""

    squares: np.ndarray
    basis: np.ndarray  # (R, n, m): the eigenvectors of K, times their singular values if there are fewer than n
    lift: np.ndarray  # (R, r, m): from coefficients to v
    dual: bool


def decomposed(factor: np.ndarray, train: np.ndarray) -> Split:
    """Of the rows in train (R, n), by the smaller Gram matrix."""
    rows = factor[train]
    if rows.shape[2] < rows.shape[1]:
        squares, vectors = np.linalg.eigh(rows.swapaxes(1, 2) @ rows)
        return Split(np.maximum(squares, 0.0), rows @ vectors, vectors, False)
    squares, vectors = np.linalg.eigh(rows @ rows.swapaxes(1, 2))
    return Split(np.maximum(squares, 0.0), vectors, rows.swapaxes(1, 2) @ vectors, True)


class Path(NamedTuple):
    """Of R sets of training rows, along P penalties."""

    penalty: np.ndarray  # (R, P)
    score: np.ndarray
    loo: np.ndarray
    stable: np.ndarray
    freedom: np.ndarray
    coefficients: np.ndarray  # (R, m)


def scored_path(split: Split, left: np.ndarray) -> Path:
    """Scores of a path of penalties for the labels (R, n) that the offset leaves."""
    count = left.shape[1]
    largest = np.where(split.squares[:, -1:] > 0, split.squares[:, -1:], 1.0)
    penalty = largest * _PENALTIES
    coefficients = np.einsum("rnm,rn->rm", split.basis, left)
    inverse = 1 / (split.squares[:, :, None] + penalty[:, None, :])
    moved = split.basis @ (coefficients[:, :, None] * inverse)
    square = split.basis**2 @ inverse
    total = (left**2).sum(1)[:, None]
    if split.dual:
        missed = moved / np.maximum(square, np.finfo(float).tiny)
        energy = penalty * np.einsum("rm,rmp->rp", coefficients**2, inverse)
    else:
        missed = (left[:, :, None] - moved) / np.maximum(1 - square, 1e-12)
        energy = total - np.einsum("rm,rmp->rp", coefficients**2, inverse)
    floor = np.maximum(total * np.finfo(float).eps, _SILENCE)
    loo = np.maximum((missed**2).sum(1), floor) / count
    energy = np.maximum(energy, floor) / count
    volume = np.log1p(split.squares[:, :, None] / penalty[:, None, :]).sum(1)
    score = 0.5 * count * (np.log(loo) + np.log(energy)) + 0.5 * volume
    freedom = (split.squares[:, :, None] * inverse).sum(1)
    typical = split.squares.sum(1, keepdims=True) / count
    stable = (freedom <= max(count * _STABLE, 1.0)) | (penalty >= _FLAT * typical)
    return Path(penalty, score, loo, stable, freedom, coefficients)


def _pick(score: np.ndarray, loo: np.ndarray, stable: np.ndarray, count: int) -> np.ndarray:
    """Per row of (R, points) the place of the point that is chosen by `count` rows."""
    evidence = 0.5 * count * np.log(loo) - score
    safe, bold = np.where(stable, score, np.inf).argmin(1), score.argmin(1)
    each = np.arange(len(score))
    better = loo[each, bold] < loo[each, safe] / _LUCK
    likelier = evidence[each, bold] > evidence[each, safe] + _GAIN
    return np.where(better & likelier, bold, safe)


def chosen_fits(
    learners: Sequence[Sequence[Design]], labels: np.ndarray, train: np.ndarray
) -> tuple[np.ndarray, list[list[Choice]]]:
    """Predictions (learners, R, N) for all rows after training on the R sets of rows in train (R, n), and the choices."""
    predicted = np.empty((len(learners), len(train), len(labels)))
    choices: list[list[Choice]] = []
    splits: dict[int, Split] = {}
    for place, designs in enumerate(learners):
        paths = []
        for design in designs:
            if id(design.factor) not in splits:
                splits[id(design.factor)] = decomposed(design.factor, train)
            path = scored_path(splits[id(design.factor)], (labels - design.offset)[train])
            if design.weight:  # the rows that are pooled have a finite weight
                path.score[:, -1] = np.inf
            paths.append(path)
        score, loo, stable = (
            np.concatenate(parts, 1) for parts in zip(*[(p.score, p.loo, p.stable) for p in paths], strict=True)
        )
        where = _pick(score, loo, stable, train.shape[1])
        found = []
        for r, spot in enumerate(where):
            which, at = divmod(int(spot), len(_PENALTIES))
            design, path = designs[which], paths[which]
            split = splits[id(design.factor)]
            penalty = path.penalty[r, at]
            v = split.lift[r] @ (path.coefficients[r] / (split.squares[r] + penalty))
            predicted[place, r] = design.offset + design.factor @ v
            last = at == len(_PENALTIES) - 1
            penalty = np.inf if last else float(penalty)
            found.append(Choice(design, penalty, float(path.freedom[r, at]), float(path.score[r, at])))
        choices.append(found)
    return predicted, choices


def balanced_orders(rows: int, repeats: int, key: int) -> np.ndarray:
    """Shuffled row numbers (repeats, rows): each shuffle is used five times, turned by a fifth, so that with four fifths
    of the rows for training every row is held out equally often."""
    rng = np.random.default_rng(key)
    shuffles = [rng.permutation(rows) for _ in range(-(-repeats // 5))]
    return np.stack([np.roll(shuffles[r // 5], round((r % 5) * rows / 5)) for r in range(repeats)])


def held_out_squares(
    learners: Sequence[Sequence[Design]], labels: np.ndarray, orders: np.ndarray, size: int
) -> np.ndarray:
    """Squared errors (learners, repeats, N) of learners that choose and train on the first `size` rows of each order;
    nan for those rows."""
    widest = max(min(d.factor.shape[1], size) + d.factor.shape[1] for designs in learners for d in designs)
    step = max(1, int(_MOST_NUMBERS / (size * (widest + len(_PENALTIES)))))
    parts = []
    for start in range(0, len(orders), step):
        train = orders[start : start + step, :size]
        squares = (labels - chosen_fits(learners, labels, train)[0]) ** 2
        np.put_along_axis(squares, np.broadcast_to(train, (len(learners), *train.shape)), np.nan, axis=2)
        parts.append(squares)
    return np.concatenate(parts, axis=1)


class Transport(NamedTuple):
    """κ, df1, df2 and leave-one-out errors of all N rows along the path of one design, up to N/2 degrees of freedom."""

    kappa: np.ndarray
    df1: np.ndarray
    df2: np.ndarray
    error: np.ndarray
    rows: int
    complete: bool  # whether the path reaches every κ of the design

    @classmethod
    def of(cls, design: Design, labels: np.ndarray) -> Transport:
        """The path of these rows."""
        path = leave_one_out_path(design.factor, labels - design.offset)
        keep = path.df1 <= max(path.rows / 2, 1.0)
        keep[0] = True
        complete = path.rank <= path.rows / 2
        return cls(path.kappa[keep], path.df1[keep], path.df2[keep], path.error[0][keep], path.rows, complete)

    def at(self, sizes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Least errors (k,) over the path at sample sizes (k,), and whether beyond N they lie at an end that N rows set."""
        n = np.asarray(sizes, float)[:, None]
        with np.errstate(divide="ignore", over="ignore"):
            error = self.error * (1 - self.df2 / self.rows) / np.where(n > self.df1, 1 - self.df2 / n, np.nan)
        error = np.where(np.isnan(error), np.inf, error)
        best = error.argmin(1)
        unknown = (best == len(self.df1) - 1) & (n[:, 0] > self.rows) & (not self.complete)
        return error[np.arange(len(n)), best], unknown


def transported(designs: Sequence[Design], labels: np.ndarray, sizes: np.ndarray) -> np.ndarray:
    """Least error over several designs at sample sizes (k,); nan where the best of them does not tell, and beyond 2N where
    one of them may have its least error past the end of its path."""
    paths = [Transport.of(design, labels) for design in designs]
    error, unknown = map(np.stack, zip(*[path.at(sizes) for path in paths], strict=True))
    best = (error.argmin(0), np.arange(len(sizes)))
    far = (sizes > 2 * len(labels)) & (not all(path.complete for path in paths))
    return np.where(unknown[best] | far, np.nan, error[best])

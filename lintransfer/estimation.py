r"""A transfer problem estimated from rows of data: covariance, energies of the teachers, and label noise.

Second moments are taken about zero, never about the mean: the models have no intercept, so Σ is E xxᵀ. Centre X and y
yourself (with means that do not come from the rows in hand), or add a column of ones, if an intercept is wanted.

The estimate is a method of moments that never fits the weights. For the design X of n labelled rows, K = XXᵀ and any
penalty λ, random-matrix theory says that a quadratic form of the labels depends on the problem only through κ,

    1/tr(K+λ)⁻¹ ≈ κ,        κ·yᵀ(K+λ)⁻¹y ≈ Σ_i θ_i² κλ_i/(λ_i+κ) + σ²,

and the same holds for y − aXθ_S with the energies of θ − aθ_S. The left sides are measured over a path of λ; the right
sides are linear in the unknown energies, which a non-negative least-squares fit finds. Compared with plugging in fitted
weights this needs no correction for the noise that they carry, and works for n below, at and above d.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from lintransfer.errors import refuse
from lintransfer.numerics.decomposition import decompose
from lintransfer.spectra import Modes, group_modes
from lintransfer.validation import bounded, real_array

FEWEST_ROWS = 10
_JACKKNIFE_GROUPS = 10
_PATH = np.geomspace(1e-6, 20.0, 30)  # penalties, in units of n·λ_1
_STEP = _PATH[1] / _PATH[0]  # the path goes on below it where columns in unlike units make eigenvalues smaller
_MOST_GROUPS, _LEAST_WIDTH = 24, 0.1  # of modes that share one pair of unknowns: eigenvalues within 10 %, or wider
_PULL = 0.3
_FAR_FROM_SOURCE = 1e-6  # ‖y‖/‖Xθ_S‖ below which the source itself is no candidate for the target
_SILENCE = 1e-14  # the rounding error of a quadratic form in the labels, relative to their mean square
# Slopes of the target along the source, in units of ‖y‖/‖Xθ_S‖, whose mixtures make up the target within a group.
_SLOPES = np.array([-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0])


class Rows(NamedTuple):
    """A user's arrays, checked: design (N, d), labels (N,), source (d,), and unlabelled (M, d) or None."""

    design: np.ndarray
    labels: np.ndarray
    source: np.ndarray
    unlabelled: np.ndarray | None


class Estimated(NamedTuple):
    """One estimate of a transfer problem, ready for `TransferProblem`."""

    dim: int
    modes: Modes
    noise_std: float
    dropped: int = 0  # directions lost to rounding, because columns are in units too far apart

    @property
    def summary(self) -> np.ndarray:
        """(overlap, source_norm, target_norm, noise_std, overlap in the metric of Σ), as in `StandardErrors`."""
        m = self.modes
        norms = [math.sqrt(e.sum()) for e in (m.source, m.target)]
        weighted = [math.sqrt((m.eigenvalue * e).sum()) for e in (m.source, m.target)]
        overlap = m.cross.sum() / max(norms[0] * norms[1], np.finfo(float).tiny)
        weighted_overlap = (m.eigenvalue * m.cross).sum() / max(weighted[0] * weighted[1], np.finfo(float).tiny)
        return np.array([overlap, *norms, self.noise_std, weighted_overlap])


def check_rows(X: Any, y: Any, source: Any, X_unlabelled: Any = None) -> Rows:
    """A user's arrays as floats, or the `DomainError` that names the array, the rule and what was given."""
    design, labels, weights = real_array("X", X, (2,)), real_array("y", y, (1,)), real_array("source", source, (1,))
    n, dim = design.shape
    if n < FEWEST_ROWS:
        refuse("X", f"at least {FEWEST_ROWS} labelled rows", got=f"{n} rows")
    if labels.shape != (n,):
        refuse("y", f"one label for each of the {n} rows of X", got=f"shape {labels.shape}")
    if weights.shape != (dim,):
        refuse("source", f"one weight for each of the {dim} columns of X", got=f"shape {weights.shape}")
    unlabelled = None if X_unlabelled is None else real_array("X_unlabelled", X_unlabelled, (2,))
    if unlabelled is not None and unlabelled.shape[1] != dim:
        refuse("X_unlabelled", f"rows of length {dim}, as in X", got=f"shape {unlabelled.shape}")
    for name, array in (("X", design), ("y", labels)):
        if not array.any():
            refuse(name, "not zero everywhere", got="zeros")
    for name, array in (("X", design), ("y", labels), ("source", weights), ("X_unlabelled", unlabelled)):
        bounded(name, array)
    with np.errstate(over="ignore"):
        bounded("source", design @ weights, "the labels X @ source that it gives", small=False)
    return Rows(design, labels, weights, unlabelled)


def estimate(rows: Rows) -> tuple[Estimated, list[Estimated]]:
    """The estimated problem, and its delete-a-group jackknife: the same estimate without each tenth of the labels.

    All rows, labelled or not, give the covariance, which the jackknife keeps; the labels give the energies. Its
    standard errors are cautious: on Gaussian data 1 to 2 times the true ones, and up to 2.5 times for n ~ d.
    """
    every = (rows.design,) if rows.unlabelled is None else (rows.design, rows.unlabelled)
    units = _power_of_two(*every), _power_of_two(rows.labels)
    rows = _in_units(rows, *units)
    values, basis, dropped = _second_moment(rows)
    world = _World.build(rows, values, basis, dropped)
    without = (np.setdiff1d(np.arange(len(rows.labels)), group) for group in jackknife_groups(len(rows.labels)))
    found = [world.estimate(part) for part in (rows, *(_only(rows, those) for those in without))]
    whole, *others = (_out_of_units(one, *units) for one in found)
    return whole, others


def _power_of_two(*arrays: np.ndarray) -> float:
    """A unit in which the largest number is between 1 and 2, without rounding."""
    return float(2.0 ** np.floor(np.log2(max(float(np.abs(array).max(initial=0.0)) for array in arrays))))


def _in_units(rows: Rows, input_unit: float, label_unit: float) -> Rows:
    """Rows of size one: squares of what is very large or very small would leave the range of numbers."""
    more = None if rows.unlabelled is None else rows.unlabelled / input_unit
    weights = rows.source * (input_unit / label_unit)
    return Rows(rows.design / input_unit, rows.labels / label_unit, weights, more)


def _out_of_units(found: Estimated, input_unit: float, label_unit: float) -> Estimated:
    m, weight_unit = found.modes, label_unit / input_unit
    energies = {
        name: getattr(m, name) * weight_unit * weight_unit for name in ("source", "cross", "target", "apart", "aside")
    }
    modes = m._replace(eigenvalue=m.eigenvalue * input_unit * input_unit, **energies)
    return found._replace(modes=modes, noise_std=found.noise_std * label_unit)


def dropped_directions(count: int) -> str:
    """What is said of directions that rounding hides."""
    return (
        f"{count} direction{'s' * (count > 1)} of X cannot be told from rounding, because the columns of X are in units too "
        "far apart for so few rows: bring the columns to one scale, and the source weights with them"
    )


def jackknife_groups(n: int) -> list[np.ndarray]:
    """Ten random groups of row numbers, always the same ones for the same n."""
    return np.array_split(np.random.default_rng(0).permutation(n), _JACKKNIFE_GROUPS)


def jackknife_error(without: Any) -> np.ndarray:
    """Standard error of a statistic from its values (g, …) without each of g groups."""
    values = np.asarray(without, dtype=float)
    return np.sqrt((len(values) - 1) * np.mean((values - values.mean(0)) ** 2, axis=0))


def _only(rows: Rows, those: np.ndarray) -> Rows:
    return rows._replace(design=rows.design[those], labels=rows.labels[those])


def _second_moment(rows: Rows) -> tuple[np.ndarray, np.ndarray, int]:
    """Non-zero eigenvalues (m,) of the mean of xxᵀ over all rows, decreasing, their eigenvectors (d, m), and how many
    directions rounding has hidden."""
    everything = rows.design if rows.unlabelled is None else np.concatenate([rows.design, rows.unlabelled])
    count, dim = everything.shape
    factor: Any = np.linalg.qr(everything, mode="r") if dim <= count else everything
    found = decompose(factor, count)
    return found.values**2 / count, found.right.T, found.dropped


class _World(NamedTuple):
    """What does not depend on the labels: the spectrum, its groups, and the source weights in its eigenbasis."""

    dim: int
    values: np.ndarray
    source: np.ndarray
    source_left: float
    group: np.ndarray
    dropped: int

    @classmethod
    def build(cls, rows: Rows, values: np.ndarray, basis: np.ndarray, dropped: int) -> _World:
        source = (basis.T @ rows.source) ** 2
        rest = rows.source - basis @ (basis.T @ rows.source) if len(values) < len(rows.source) else np.zeros(1)
        depth = np.log(values[0] / values)
        width = _LEAST_WIDTH
        while len(np.unique(np.floor(depth / width))) > _MOST_GROUPS:
            width *= 1.02
        group = np.unique(np.floor(depth / width), return_inverse=True)[1]
        return cls(rows.design.shape[1], values, source, float(rest @ rest), group, dropped)

    def estimate(self, rows: Rows) -> Estimated:
        count = np.bincount(self.group)
        eigenvalue = np.bincount(self.group, self.values) / count
        energy = np.bincount(self.group, self.source)
        slope, rest, noise_variance = _fit(rows, eigenvalue, energy)
        source, slope, rest = self.source, slope[self.group], (rest / count)[self.group]
        strength = float(self.values @ source)
        head = float(self.values @ (slope * source)) / strength if strength > 0 else 0.0
        energies = [source, *(slope**k * source for k in (1, 2)), *((slope - a) ** 2 * source for a in (1.0, head))]
        energies[2:] = [e + rest for e in energies[2:]]
        values = self.values
        if self.dim > len(values):  # directions that no row ever took: the source may have weight there
            values = np.append(values, np.zeros(self.dim - len(values)))
            spread = self.source_left / (self.dim - len(self.values))
            energies = [np.append(e, np.zeros(self.dim - len(e))) for e in energies]
            energies[0][len(self.values) :] = energies[3][len(self.values) :] = spread
        return Estimated(self.dim, group_modes(values, *energies), math.sqrt(noise_variance), self.dropped)


def _fit(rows: Rows, eigenvalue: np.ndarray, source_energy: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Per group of modes: the slope b and the energy r in cross = b·source, target = b²·source + r; and σ².

    Within a group the target is a mixture over slopes b_k: the source energy s is split into p_k s (p ≥ 0, Σ p = 1),
    and a part r is orthogonal to the source, so that θ − aθ_S has the energy Σ_k p_k (b_k − a)² s + r. This is linear
    in (p, r), and whatever non-negative (p, r) the fit returns belong to two real vectors: cross² ≤ source·target.
    """
    from scipy.optimize import nnls  # slow to import

    y, z = rows.labels, rows.design @ rows.source
    if not y.any() or not rows.design.any():  # nothing to learn from: no target, all noise
        return np.zeros(len(eigenvalue)), np.zeros(len(eigenvalue)), float(y @ y) / len(y)
    length = float(np.linalg.norm(z))
    matched = float(np.linalg.norm(y)) / length if length > 0 else 1.0
    itself = (
        [1.0] if matched > _FAR_FROM_SOURCE else []
    )  # else labels less those of the source are the source's, rounded
    shifts = np.array([0.0, *itself, matched])
    slopes = np.unique(np.append(matched * _SLOPES, itself))
    kappa, df1, form = _resolvent_path(rows.design, y[:, None] - z[:, None] * shifts)
    seen = kappa[:, None] / (eigenvalue + kappa[:, None])
    scale = max(float(y @ y) / len(y), np.finfo(float).tiny)
    freedom = np.sqrt(np.maximum(len(y) - df1, 0.5))  # a quadratic form in ν normal variables is known to √(2/ν)
    groups, penalties = len(eigenvalue), len(kappa)
    blocks, measured = [], []
    for shift, values in zip(shifts, form.T, strict=True):
        values = np.maximum(values, _SILENCE * scale)
        along = [seen * (eigenvalue * source_energy * (b - shift) ** 2) for b in slopes]
        columns = np.concatenate([seen * scale, *along, np.full((penalties, 1), scale)], axis=1)
        blocks.append(columns * (freedom / values)[:, None])
        measured.append(freedom)
    nothing = np.zeros((groups, groups))
    tight = 3 * math.sqrt(len(y)) * np.eye(groups)  # Σ_k p_k = 1, a demand weightier than the measurements
    complete = np.hstack([nothing, *[tight] * len(slopes), nothing[:, :1]])
    # Energy in modes far below every κ that the rows reach looks like noise: a light pull counts it as noise.
    pull = np.hstack([_PULL * np.diag(kappa.min() / eigenvalue), *[nothing] * len(slopes), nothing[:, :1]])
    design = np.concatenate([*blocks, complete, pull])
    wanted = np.concatenate([*measured, tight.sum(1), nothing[0]])
    size = np.linalg.norm(design, axis=0)
    size = np.where(size > 0, size, 1.0)
    found = nnls(design / size, wanted, maxiter=30 * design.shape[1])[0] / size
    share = found[groups:-1].reshape(len(slopes), groups)
    whole = share.sum(0)
    share = np.where(whole > 0, share / np.where(whole > 0, whole, 1.0), 1.0 / len(slopes))
    slope, square = slopes @ share, slopes**2 @ share
    rest = scale * found[:groups] / eigenvalue + (square - slope**2) * source_energy
    noise = float(found[-1]) if found[-1] > 100 * _SILENCE else 0.0
    return slope, np.maximum(rest, 0.0), scale * noise


def _resolvent_path(design: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """κ (j,), degrees of freedom (j,) and κ·vᵀ(K+λ)⁻¹v (j, k) for the columns v (n, k), along a path of λ."""
    n, dim = design.shape
    if n <= dim:
        factor, seen = design, columns
    else:  # of [X, v] the triangular factor holds that of X, and Qᵀv
        whole: Any = np.linalg.qr(np.hstack([design, columns]), mode="r")
        factor, seen = whole[:dim, :dim], whole[:dim, dim:]
    found = decompose(factor, n)
    squares, turned = found.values**2, (found.left.T @ seen) ** 2
    penalty = _penalties(float(squares[0]), float(squares[-1]) if n > len(squares) else math.inf)
    inverse = 1 / (squares + penalty[:, None])
    outside = np.maximum((columns**2).sum(0) - turned.sum(0), 0.0)
    trace = inverse.sum(1) + (n - len(squares)) / penalty
    kappa = 1 / trace
    return kappa, n - penalty * trace, kappa[:, None] * (inverse @ turned + outside / penalty[:, None])


def _penalties(largest: float, least: float) -> np.ndarray:
    """A path of penalties down to below the least squared singular value that the rows determine."""
    further = math.ceil(math.log(1e-6 * largest / (1e-4 * least)) / math.log(_STEP)) if least < 1e-2 * largest else 0
    return largest * np.concatenate([_PATH[0] * _STEP ** np.arange(-float(max(further, 0)), 0.0), _PATH])

"""Real data: two worked examples from scikit-learn, and a user's own arrays from a file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from lintransfer.errors import DataFileError, DomainError, in_one_line
from lintransfer.estimation import check_rows
from lintransfer.storage import as_path

_REQUIRED = ("X", "y", "source")
_OPTIONAL = ("X_unlabelled",)


class TransferData(NamedTuple):
    """Arrays for `lintransfer.diagnose` and `TransferProblem.from_data`, in the order of their arguments."""

    X: np.ndarray
    y: np.ndarray
    source: np.ndarray
    X_unlabelled: np.ndarray | None = None

    def pilot(self, n: int, key: int = 0) -> TransferData:
        """n labelled rows chosen at random; the other rows keep their inputs and lose their labels."""
        order = np.random.default_rng(key).permutation(len(self.y))
        known, rest = order[:n], order[n:]
        more = [self.X[rest]] if self.X_unlabelled is None else [self.X[rest], self.X_unlabelled]
        return TransferData(self.X[known], self.y[known], self.source, np.concatenate(more))


def digits() -> TransferData:
    """Is a handwritten digit at least 5 (y = ±1)? The source was fitted to read off the digit's value, on other images.

    scikit-learn's `digits`: raw pixels (64), all divided by one number, their root mean square. 500 of the 1797 images
    train the source (ridge 10, value standardised to variance 1); the other 1297 are returned. Nothing is centred.
    Raises `DataFileError` if scikit-learn is not installed.
    """
    bunch = _sklearn_datasets().load_digits()
    X = bunch.data / np.sqrt(np.mean(bunch.data**2))
    value = (bunch.target - 4.5) / np.sqrt(8.25)  # the digits 0 … 9 are equally frequent
    order = np.random.default_rng(1).permutation(len(X))
    first, rest = order[:500], order[500:]
    return TransferData(X[rest], np.where(bunch.target[rest] >= 5, 1.0, -1.0), _ridge_fit(X[first], value[first], 10.0))


def diabetes() -> TransferData:
    """Progression of diabetes in patients of one sex; the source was fitted on patients of the other.

    scikit-learn's `diabetes`: ten measurements of 442 patients, centred and scaled there, times √442 for unit variance.
    The 207 patients whose sex is coded 2 train the source (ridge 10), and their labels' mean and standard deviation
    centre and scale all labels; the 235 others are returned.
    Raises `DataFileError` if scikit-learn is not installed.
    """
    X, y = _sklearn_datasets().load_diabetes(return_X_y=True)
    X = X * np.sqrt(len(X))
    others = X[:, 1] > 0
    y = (y - y[others].mean()) / y[others].std()
    return TransferData(X[~others], y[~others], _ridge_fit(X[others], y[others], 10.0))


def load_arrays(path: str | os.PathLike[str]) -> dict[str, np.ndarray]:
    """Arrays X (N, d), y (N,), source (d,) and, if there, X_unlabelled (M, d) of an ``.npz`` file, checked.

    Pickled objects are refused. Keys: the argument names of `lintransfer.diagnose`.
    Raises `DataFileError`, in one line, if the file cannot be read, lacks an array, or holds arrays that do not fit.
    """
    arrays = read_arrays(path, _REQUIRED, _OPTIONAL)
    try:
        check_rows(**arrays)
    except DomainError as error:
        raise DataFileError(f"{path}: {error}") from error
    return arrays


def load_with_sources(path: str | os.PathLike[str], others: Sequence[str | os.PathLike[str]]) -> dict[str, Any]:
    """Arrays X, y and perhaps X_unlabelled of an ``.npz`` file, and as source candidates from other files, a dict: what
    `lintransfer.diagnose` takes, unchecked.

    A source's file holds its rows X (n_k, d) and y (n_k,), or its weights source (d,), and its name is the file's. Weights
    in the first file are a candidate too.
    Raises `DataFileError`, in one line, for files that cannot be read or lack arrays, and for two of one name.
    """
    arrays: dict[str, Any] = read_arrays(path, ("X", "y"), ("source", "X_unlabelled"))
    sources: dict[str, Any] = {}
    if "source" in arrays:
        sources[Path(path).stem] = arrays.pop("source")
    for other in others:
        name = Path(other).stem
        if name in sources:
            raise DataFileError(f"sources must come from files of different names, got {in_one_line(name)} twice")
        found = read_arrays(other, (), ("X", "y", "source"))
        if "source" not in found and not {"X", "y"} <= set(found):
            raise DataFileError(
                f"{in_one_line(str(other))[1:-1]} must hold the arrays X and y, or source, got {', '.join(found) or 'neither'}"
            )
        sources[name] = (found["X"], found["y"]) if {"X", "y"} <= set(found) else found["source"]
    return {**arrays, "source": sources}


def _shown(path: str | os.PathLike[str]) -> str:
    """A path in at most 80 characters, with its end."""
    text = in_one_line(str(as_path(path)))[1:-1]
    whole = "".join(c if c.isprintable() else "?" for c in str(as_path(path)))
    return text if len(whole) <= 78 else f"…{whole[-77:]}"


def read_arrays(
    path: str | os.PathLike[str], required: Sequence[str], optional: Sequence[str] = ()
) -> dict[str, np.ndarray]:
    """The named arrays of an ``.npz`` file, the optional ones if they are there; Python objects are refused.

    Raises `DataFileError`, in one line, if the file cannot be read or lacks an array.
    """
    shown = _shown(path)
    try:
        with open(path, "rb") as file:
            archive = np.load(file, allow_pickle=False)
            if not isinstance(archive, np.lib.npyio.NpzFile):
                raise ValueError("it holds a single array")
            with archive:
                arrays = {name: archive[name] for name in (*required, *optional) if name in archive}
    except FileNotFoundError as error:
        raise DataFileError(f"{shown} must be a file that exists, got none there") from error
    except Exception as error:  # a foreign file may go wrong in any way
        why = " ".join(str(error).split())[:80] or type(error).__name__
        if "pickle" in why:  # NumPy's advice there is to run whatever the file holds
            why = "it is none, or holds Python objects"
        raise DataFileError(f"{shown} must be an .npz archive of numbers, but reading it says: {why}") from error
    missing = [name for name in required if name not in arrays]
    if missing:
        names = f"{', '.join(required[:-1])} and {required[-1]}"
        raise DataFileError(f"{shown} must hold the arrays {names}, got no {', no '.join(missing)}")
    return arrays


def _sklearn_datasets() -> Any:
    try:
        from sklearn import datasets
    except ImportError as error:
        raise DataFileError("the worked examples need scikit-learn: pip install scikit-learn") from error
    return datasets


def _ridge_fit(X: np.ndarray, y: np.ndarray, ridge: float) -> np.ndarray:
    return np.linalg.solve(X.T @ X + ridge * np.eye(X.shape[1]), X.T @ y)

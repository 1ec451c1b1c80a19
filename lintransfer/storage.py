"""Files: netCDF with provenance, written whole or not at all; nothing is ever unpickled."""

from __future__ import annotations

import contextlib
import os
import tempfile
import warnings
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lintransfer.errors import DataFileError, in_one_line, refuse


@contextlib.contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A temporary path beside `path` that replaces it only if the block ends well.

    Raises `DataFileError` if nothing can be written there.
    """
    target = _output(path)
    temporary = _beside(target)
    try:
        yield temporary
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        temporary.replace(target)
    except DataFileError:
        raise
    except OSError as error:
        raise _unwritable(target, error) from None
    finally:
        temporary.unlink(missing_ok=True)


def check_writable(path: str | os.PathLike[str] | None) -> None:
    """Refuse an output path before the work starts, rather than after it."""
    if path is not None:
        _beside(_output(path)).unlink(missing_ok=True)


def as_path(path: Any) -> Path:
    """A path, or a `DomainError` for what is none, a `DataFileError` for one that no system has."""
    if not isinstance(path, str | os.PathLike) or isinstance(os.fspath(path), bytes):
        refuse("path", "a text or a path", path)
    if not os.fspath(path) or "\0" in os.fspath(path):
        raise DataFileError(f"path must name a file, got {in_one_line(os.fspath(path))}")
    return Path(path)


def _output(path: Any) -> Path:
    """Where a file may be written, or a `DataFileError`."""
    target = as_path(path)
    try:
        if target.is_dir():
            raise DataFileError(f"output path must be a file, got the folder {str(target)!r}")
        if not target.parent.is_dir():
            raise DataFileError(f"output path must lie in an existing folder, got {str(target)!r}")
        if target.exists() and not target.is_file():
            raise DataFileError(f"output path must be a file, got the device {str(target)!r}")
        if target.exists() and not os.access(target, os.W_OK):
            raise DataFileError(f"output path must be writable, got {str(target)!r}")
    except DataFileError:
        raise
    except (OSError, ValueError) as error:
        raise _unwritable(target, error) from None
    return target


def _beside(target: Path) -> Path:
    """A new file in the folder of another."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.stem}-", suffix=target.suffix, dir=target.parent)
    except (OSError, ValueError) as error:
        raise _unwritable(target, error) from None
    os.close(handle)
    return Path(name)


def _unwritable(target: Path, error: Exception) -> DataFileError:
    why = getattr(error, "strerror", None) or error
    return DataFileError(f"output path must be writable, got {in_one_line(str(target))} ({why})")


def provenance() -> dict[str, str]:
    """What made a file, and when: attributes for a dataset."""
    return {"created": datetime.now(UTC).isoformat(timespec="seconds"), "made_by": _versions()}


@cache
def _versions() -> str:
    return ", ".join(f"{name} {version(name)}" for name in ("lintransfer", "jax", "numpy", "scipy"))


def save_dataset(dataset: Any, path: str | os.PathLike[str]) -> None:
    """Write an `xarray.Dataset` to netCDF-4, whole or not at all."""
    check_writable(path)
    with whole_file(path) as temporary:
        dataset.to_netcdf(temporary, engine="netcdf4")


def load_dataset(path: str | os.PathLike[str]) -> Any:
    """Read an `xarray.Dataset` that `save_dataset` wrote. Raises `DataFileError` if there is none at `path`."""
    import xarray

    source = as_path(path)
    try:
        there = source.is_file()
    except OSError:  # a name too long, say
        there = False
    if not there:
        raise DataFileError(f"data file must exist, got {in_one_line(str(source))}")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a foreign file's conventions
            with xarray.open_dataset(source, engine="netcdf4") as opened:
                return opened.load()
    except Exception as error:  # a foreign file may go wrong in any way
        why = " ".join(str(error).split())[:80]
        raise DataFileError(f"data file must be netCDF, got {str(source)!r} ({why})") from None

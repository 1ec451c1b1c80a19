"""Files: netCDF with provenance, written whole or not at all; nothing is ever unpickled."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from lintransfer.errors import DataFileError


@contextlib.contextmanager
def whole_file(path: str | os.PathLike[str]) -> Iterator[Path]:
    """A temporary path beside `path` that replaces it only if the block ends well.

    Raises `DataFileError` if nothing can be written there.
    """
    target = Path(path)
    if target.is_dir():
        raise DataFileError(f"output path must be a file, got the folder {str(target)!r}")
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.stem}-", suffix=target.suffix, dir=target.parent)
    except OSError as error:
        raise DataFileError(f"output path must be writable, got {str(target)!r} ({error.strerror})") from None
    os.close(handle)
    temporary = Path(name)
    try:
        yield temporary
        mask = os.umask(0)
        os.umask(mask)
        temporary.chmod(0o666 & ~mask)
        temporary.replace(target)
    except OSError as error:
        raise DataFileError(f"output path must be writable, got {str(target)!r} ({error})") from None
    finally:
        temporary.unlink(missing_ok=True)


def check_writable(path: str | os.PathLike[str] | None) -> None:
    """Refuse an output path before the work starts, rather than after it."""
    if path is None:
        return
    target = Path(path)
    if target.is_dir():
        raise DataFileError(f"output path must be a file, got the folder {str(target)!r}")
    if not target.parent.is_dir():
        raise DataFileError(f"output path must lie in an existing folder, got {str(target)!r}")
    if not os.access(target.parent, os.W_OK) or (target.exists() and not os.access(target, os.W_OK)):
        raise DataFileError(f"output path must be writable, got {str(target)!r}")


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

    if not Path(path).is_file():
        raise DataFileError(f"data file must exist, got {str(path)!r}")
    try:
        with xarray.open_dataset(path, engine="netcdf4") as opened:
            return opened.load()
    except (OSError, ValueError) as error:
        raise DataFileError(f"data file must be netCDF, got {str(path)!r} ({error})") from None

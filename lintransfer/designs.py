"""Checks of a design matrix: finite rows, rows that no kernel can tell apart, Gram matrices beyond memory."""

from __future__ import annotations

import os
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from lintransfer.errors import DomainError, refuse
from lintransfer.validation import real_numbers


def checked_rows(inputs: Any, argument: str = "inputs") -> Any:
    """The rows as a float array (n, d), each finite and non-zero; tracers pass unchecked.

    Raises `DomainError` naming the rows at fault.

    >>> checked_rows([[3, 4]]).tolist()
    [[3.0, 4.0]]
    """
    rows: Any
    if isinstance(inputs, jax.Array):
        if inputs.dtype.kind in "bc":
            refuse(argument, "an array of real numbers", got=f"dtype {inputs.dtype}")
        rows = inputs if jnp.issubdtype(inputs.dtype, jnp.inexact) else inputs.astype(float)
    else:
        rows = real_numbers(argument, inputs)
        rows = np.asarray(inputs) if getattr(getattr(inputs, "dtype", None), "kind", "") == "f" else rows
    if rows.ndim != 2 or rows.size == 0:
        refuse(argument, "a non-empty array (n, d), one input per row", f"shape {rows.shape}")
    if isinstance(rows, jax.core.Tracer):
        return rows
    plain = np.asarray(rows)
    broken = np.flatnonzero(~np.all(np.isfinite(plain), axis=1))
    if broken.size:
        refuse(argument, "finite (no nan, no inf)", f"non-finite numbers in {_listed(broken)}")
    empty = np.flatnonzero(~np.any(plain, axis=1))
    if empty.size:
        refuse(argument, "free of zero rows (a cosine with 0 is undefined)", f"zeros in {_listed(empty)}")
    return rows


def parallel_rows(inputs: Any, others: Any = None) -> list[tuple[int, int]]:
    """Pairs (i, j), i < j, of rows that are positive multiples of each other up to rounding.

    A homogeneous kernel without bias maps such rows to the same function, so its Gram matrix is singular. Rows count
    as parallel if their directions differ by less than 6e−8 in norm: closer than that the cosine, and with it the
    Gram matrix, is rounding.

    >>> parallel_rows([[1.0, 0.0], [0.0, 1.0], [2.0, 0.0]])
    [(0, 2)]
    """
    rows = np.asarray(checked_rows(inputs), dtype=float)
    directions = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    count, block = len(rows), 512
    pairs = []
    for start in range(0, count, block):
        cosine = directions[start : start + block] @ directions.T
        for row, j in np.argwhere(cosine > 1 - 1e-12):
            i = start + row
            if i < j and np.linalg.norm(directions[i] - directions[j]) < 4 * np.sqrt(np.finfo(float).eps):
                pairs.append((int(i), int(j)))
    return pairs


def refuse_parallel_rows(inputs: Any, argument: str = "inputs") -> None:
    """Raise the `DomainError` that says which rows make a kernel Gram matrix singular, if there are any."""
    pairs = parallel_rows(inputs)
    if pairs:
        shown = ", ".join(f"{i} and {j}" for i, j in pairs[:5]) + (" …" if len(pairs) > 5 else "")
        raise DomainError(
            f"{argument} must have no two parallel rows (the Gram matrix is then singular): rows {shown}; "
            "drop one row of each pair, or give a ridge > 0"
        )


def available_memory() -> int:
    """Bytes of memory that this machine has free, or its whole memory where the system does not say."""
    try:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (ValueError, OSError, AttributeError):
        return 8 * 2**30


def refuse_beyond_memory(n_rows: int, n_columns: int, copies: int = 3, memory: float | None = None) -> None:
    """Raise a `DomainError` if `copies` float64 matrices (n_rows, n_columns) do not fit into memory.

    memory: bytes that may be used; by default what the machine has free.
    """
    free = available_memory() if memory is None else memory
    needed = 8 * copies * n_rows * n_columns
    if needed > free:
        side = int(np.sqrt(free / (8 * copies)))
        refuse(
            "n",
            f"small enough for {copies} matrices of n² numbers in {free / 2**30:.3g} GiB of free memory "
            f"(about n = {side})",
            f"{n_rows} × {n_columns}, which needs {needed / 2**30:.3g} GiB",
        )


def _listed(rows: np.ndarray) -> str:
    shown = ", ".join(map(str, rows[:5])) + (" …" if rows.size > 5 else "")
    return f"row{'s' if rows.size > 1 else ''} {shown}"

"""What the entries of arrays are, and arrays of one kind for a solver."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np

from lintransfer.arithmetic import array_namespace, kind_of


def kind_of_entries(*values: Any) -> str:
    """`kind_of`, looking into object arrays and lists too."""
    arrays = [v.ravel()[:1].tolist() for v in values if isinstance(v, np.ndarray) and v.dtype == object]
    lists = [list(v[:1]) for v in values if isinstance(v, list | tuple)]
    return kind_of(*values, *(e for entry in arrays + lists for e in entry))


def modal_arrays(*values: Any) -> tuple[Any, ...]:
    """The values as arrays of one kind, whole numbers and fractions as floats; entries that are mpmath numbers or balls
    stay what they are."""
    xp = array_namespace(*values)
    if kind_of_entries(*values) == "numpy":
        return tuple(np.asarray(v if np.asarray(v).dtype.kind == "f" else np.asarray(v).astype(float)) for v in values)
    arrays = (xp.asarray(value) for value in values)
    default = jnp.result_type(float) if xp is jnp else np.float64
    return tuple(a if a.dtype.kind in "fO" else a.astype(default) for a in arrays)


def plain(value: Any) -> Any:
    """A NumPy scalar instead of an array without axes."""
    return value[()] if isinstance(value, np.ndarray) else value

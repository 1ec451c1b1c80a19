"""Designs: which rows are at fault, and what does not fit into memory."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from lintransfer.designs import (
    available_memory,
    checked_rows,
    parallel_rows,
    refuse_beyond_memory,
    refuse_parallel_rows,
)
from lintransfer.errors import DomainError


def test_parallel_rows_are_found_whatever_their_length_and_place():
    rng = np.random.default_rng(0)
    inputs = rng.standard_normal((1200, 6))
    inputs[1100] = 3.7 * inputs[5]
    inputs[700] = -inputs[6]
    inputs[30] = 1e-8 * inputs[1100]
    assert parallel_rows(inputs) == [(5, 30), (5, 1100), (30, 1100)]
    with pytest.raises(DomainError, match="rows 5 and 30, 5 and 1100"):
        refuse_parallel_rows(inputs)


def test_close_is_not_parallel():
    assert parallel_rows([[1.0, 0.0], [1.0, 1e-6]]) == []
    assert parallel_rows([[1.0, 0.0], [1.0, 1e-9]]) == [(0, 1)]


def test_rows_are_checked_but_tracers_pass():
    assert checked_rows(np.ones((2, 2), dtype=np.float32)).dtype == np.float32
    assert checked_rows(jnp.ones((2, 2), dtype=int)).dtype == float
    assert jax.jit(lambda x: checked_rows(x) * 2)(jnp.zeros((1, 2))).shape == (1, 2)
    with pytest.raises(DomainError, match=r"points must be finite .* in row 1"):
        checked_rows(jnp.array([[1.0], [jnp.inf]]), "points")
    with pytest.raises(DomainError, match="zeros in rows 0, 1, 2, 3, 4 …"):
        checked_rows(np.zeros((9, 2)))


def test_memory_is_estimated_before_it_is_used():
    refuse_beyond_memory(100, 100)
    assert available_memory() > 2**20
    with pytest.raises(DomainError, match=r"about n = 204.*which needs 0.0\d+ GiB"):
        refuse_beyond_memory(1000, 1000, memory=1e6)
    with pytest.raises(DomainError, match="n must be small enough"):
        refuse_beyond_memory(10**8, 10**8)

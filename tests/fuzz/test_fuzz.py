"""Two thousand fixed calls of every door, by the laws of `fuzz.oracle`; `make fuzz` asks ten times as many."""

import pytest

from fuzz.fuzz import fuzz

CALLS, PARTS = 2000, 8


@pytest.mark.parametrize("part", range(PARTS))
def test_no_call_breaks_a_law(part):
    size = CALLS // PARTS
    tally = fuzz(part * size, (part + 1) * size)
    assert sum(tally.outcomes.values()) == size
    assert not tally.faults, "\n".join(tally.reproductions())

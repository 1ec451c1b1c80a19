"""Replay: edges of its domain, and forgetting that replay makes worse."""

import math

import numpy as np
import pytest
from helpers.every_arithmetic import assert_same_everywhere
from hypothesis import given, settings
from hypothesis import strategies as st

from lintransfer.theory.tasks import replay as r
from lintransfer.theory.tasks.sequences import sequential_risks

ENERGIES = {"source_energy": 1.0, "target_energy": 1.3, "distance_energy": 0.7}
NOISES = {"noise_variance": 0.2, "source_noise_variance": 0.4}
CLEAN = {"noise_variance": 0.0, "source_noise_variance": 0.0}


def risk(n, n_source, kept, dim=10, **others):
    return r.replay_risk(n, n_source, kept, dim, **(ENERGIES | CLEAN | others))


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 12), st.integers(0, 14), st.floats(0, 1), st.sampled_from([CLEAN, NOISES]))
def test_every_size_has_an_answer_inside_the_domain(n, n_source, share, noises):
    kept = int(share * n_source)
    target, source = risk(n, n_source, kept, **noises)
    inside = kept == 0 or (n_source <= 10 and (kept + n <= 10 or n == 0))
    assert math.isnan(target) != inside and math.isnan(source) != inside
    assert not inside or (target >= 0 and source >= 0)


def test_edges():
    assert risk(6, 4, 4).target == math.inf  # a shift alone, m + n = d
    assert risk(6, 4, 4, distance_energy=0.0, target_energy=1.0) == (0.0, 0.0)  # one teacher, no noise: all is seen
    assert risk(0, 4, 4).source == pytest.approx(0.6)
    assert risk(0, 10, 10) == (ENERGIES["distance_energy"], 0.0)
    assert risk(3, 10, 4, source_noise_variance=0.1).source == math.inf
    assert all(np.isnan(risk(3, 12, 4))) and all(np.isfinite(risk(3, 12, 0)))


def test_a_grid_in_one_call_without_a_warning():
    n, n_source, kept = np.meshgrid(np.arange(13), np.arange(14), np.arange(14), indexing="ij")
    together = risk(n, n_source, np.minimum(kept, n_source), **NOISES)
    for at in ((0, 0, 0), (3, 6, 4), (6, 4, 4), (3, 10, 4), (3, 12, 4), (1, 9, 9)):
        alone = risk(n[at], n_source[at], min(kept[at], n_source[at]), **NOISES)
        np.testing.assert_array_equal((together.target[at], together.source[at]), alone)


def test_without_replay_it_is_a_sequence():
    gram = np.array([[1.0, 0.8], [0.8, 1.3]])
    for n, n_source in ((0, 5), (5, 5), (15, 3), (4, 18)):
        both = sequential_risks([n_source, n], 10, gram, [0.4, 0.2])[-1]
        np.testing.assert_allclose(risk(n, n_source, 0, **NOISES), both[::-1], rtol=1e-14)


def test_replay_helps_or_harms_the_source():
    """Unit teachers at cosine c, no noise: replay of all rows increases forgetting at c = 0.8, a pooled shift's doing."""
    world = {"n": 50, "n_source": 100, "dim": 200, "source_energy": 1.0, **CLEAN}
    kept = np.arange(0, 101, 10)
    far = r.replay_source_risk(kept=kept, distance_energy=0.4, **world)
    assert np.all(np.diff(far) > 0) and far[0] < 0.5 < far[-1]
    near = r.replay_source_risk(kept=kept, distance_energy=0.01, **world)
    assert near[-1] < 0.5


def test_every_arithmetic():
    sizes = {"n": 3, "n_source": 6, "kept": 4, "dim": 20}
    assert_same_everywhere(r.replay_target_risk, **sizes, **ENERGIES, **NOISES)
    source = {name: value for name, value in ENERGIES.items() if name != "target_energy"}
    assert_same_everywhere(r.replay_source_risk, **sizes, **source, **NOISES)

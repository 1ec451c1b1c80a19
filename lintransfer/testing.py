"""Hypothesis strategies for problems and learners, for property-based tests of your own theorems.

Needs hypothesis, which the extra ``lintransfer[test]`` brings.

    from hypothesis import given
    from lintransfer.testing import isotropic_problems, learners

    @given(isotropic_problems(), learners())
    def test_risk_is_not_negative(problem, learner): ...
"""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from lintransfer.problems import TransferProblem
from lintransfer.strategies import FineTune, Learner, LinearTransfer, Scratch

SHAPES = (2, 5, 8, 20)  # few, because JAX compiles once per shape


def scales(low: float = 0.1, high: float = 10.0) -> st.SearchStrategy[float]:
    """Positive numbers spread evenly in the logarithm."""
    return st.floats(np.log(low), np.log(high)).map(lambda x: float(np.exp(x)))


def overlaps() -> st.SearchStrategy[float]:
    """Cosines in [−1, 1], the ends included often."""
    return st.one_of(st.sampled_from([-1.0, 0.0, 1.0]), st.floats(-1, 1))


def noise_levels() -> st.SearchStrategy[float]:
    """σ = 0 or between 0.01 and 3."""
    return st.one_of(st.just(0.0), scales(0.01, 3.0))


def isotropic_problems(max_dim: int = 10**9) -> st.SearchStrategy[TransferProblem]:
    """Isotropic problems of any dimension ≥ 2."""
    return st.builds(
        TransferProblem.isotropic,
        dim=st.one_of(st.sampled_from(SHAPES), st.integers(2, max_dim)),
        overlap=overlaps(),
        noise_std=noise_levels(),
        source_norm=scales(),
        target_norm=scales(),
    )


@st.composite
def spectra(draw: Any, dim: int | None = None, exponent: float = 3.0) -> np.ndarray:
    """Spectra (d,) of four families: flat, power law, two-level, random."""
    d = draw(st.sampled_from(SHAPES)) if dim is None else dim
    family = draw(st.sampled_from(["flat", "power law", "two-level", "random"]))
    if family == "flat":
        return np.full(d, draw(scales()))
    if family == "power law":
        return np.arange(1.0, d + 1) ** -draw(st.floats(0, exponent))
    if family == "two-level":
        return np.where(np.arange(d) < draw(st.integers(1, d)), 1.0, draw(scales(1e-3, 1.0)))
    seed = draw(st.integers(0, 2**32 - 1))
    return np.sort(np.random.default_rng(seed).gamma(1.0, size=d) + 1e-3)[::-1]


@st.composite
def teacher_problems(draw: Any, dim: int | None = None) -> TransferProblem:
    """Problems with explicit teachers and a diagonal covariance."""
    spectrum = draw(spectra(dim))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    source, target = rng.standard_normal((2, len(spectrum)))
    return TransferProblem.from_teachers(source, target, covariance=spectrum, noise_std=draw(noise_levels()))


def problems() -> st.SearchStrategy[TransferProblem]:
    """Isotropic problems and problems with explicit teachers."""
    return st.one_of(isotropic_problems(), teacher_problems())


def learners(ridge: bool = True) -> st.SearchStrategy[Learner]:
    """Linear learners: ridgeless and, if `ridge`, with a number or the optimal ridge."""
    penalties = st.one_of(st.just(0.0), scales(1e-2, 1e2), st.just("optimal")) if ridge else st.just(0.0)
    return st.one_of(
        st.builds(Scratch, ridge=penalties),
        st.builds(FineTune, ridge=penalties),
        st.builds(LinearTransfer, ridge=penalties),
    )


def sample_sizes(problem: TransferProblem) -> st.SearchStrategy[int]:
    """Sample sizes around everything that matters to a problem: 0, a few, the dimension, beyond."""
    d = problem.dim
    return st.one_of(
        st.integers(0, 4), st.integers(max(0, d - 4), d + 4), st.integers(0, 3 * d), st.integers(3 * d, 100 * d + 100)
    )

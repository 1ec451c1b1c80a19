"""Hypothesis strategies for the front door: problems of every constructor, learners of every kind, sizes around whatever matters.

Dimensions, ranks and sizes come from small fixed sets, because JAX compiles once per shape. Vectors come from seeds.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from hypothesis import strategies as st

import lintransfer as lt

DIMS = (1, 2, 5, 20)
ISOTROPIC_DIMS = (*DIMS, 60)
NORMS = (1.0, 1.0, 1.0, 0.3, 30.0, 1e-3, 0.0)
NOISES = (0.5, 0.05, 2.0, 0.0, 0.0)
DEPTHS = (1, 2, 3, 5, 2.5, math.inf)
RIDGES = (0.0, 0.0, 0.0, 1e-2, 1.0, 50.0, "optimal", "optimal", -0.05)
TIMES = (0.0, 0.7, 30.0, "optimal")
FAR = 10**6
"""A size at which only a formula answers."""


# ---------------------------------------------------------------- numbers


def overlaps(dim: int) -> st.SearchStrategy[float]:
    """Cosines in [−1, 1]: 0 and ±1 often; only ±1 in one dimension."""
    ends = st.sampled_from([-1.0, 1.0])
    return ends if dim == 1 else st.one_of(st.sampled_from([-1.0, 0.0, 0.3, 0.8, 1.0]), st.floats(-1, 1))


def norms() -> st.SearchStrategy[float]:
    """‖θ‖: nothing, little, one, much."""
    return st.sampled_from(NORMS)


def noises() -> st.SearchStrategy[float]:
    """σ = 0 or > 0."""
    return st.sampled_from(NOISES)


def source_sizes(dim: int) -> st.SearchStrategy[int | None]:
    """n_source: known, none, below, at and above d."""
    return st.sampled_from([None, None, 0, max(dim // 2, 1), dim - 1, dim, dim + 1, 3 * dim + 2])


def source_ridges() -> st.SearchStrategy[float | str]:
    """λ_S: none, some, so much that nothing is learnt, or the best."""
    return st.sampled_from([0.0, 0.0, 0.7, np.inf, "optimal"])


def seeds() -> st.SearchStrategy[int]:
    """Seeds of vectors and matrices."""
    return st.integers(0, 999)


# ---------------------------------------------------------------- covariances


def rotation(dim: int, seed: int) -> np.ndarray:
    """An orthogonal matrix (d, d)."""
    return np.linalg.qr(np.random.default_rng([seed, dim]).standard_normal((dim, dim)))[0]


def dense(spectrum: np.ndarray, seed: int) -> np.ndarray:
    """A matrix (d, d) of this spectrum in random directions, symmetric to the last bit."""
    turn = rotation(len(spectrum), seed)
    matrix = (turn * spectrum) @ turn.T
    return (matrix + matrix.T) / 2


@st.composite
def spectra(draw: Any, dim: int, full_rank: bool = False) -> np.ndarray:
    """Spectra (d,): flat, power law, two clusters, random and (unless full_rank) with zeros."""
    family = draw(st.sampled_from(["flat", "power", "clusters", "random"] + ([] if full_rank else ["deficient"])))
    place = np.arange(1.0, dim + 1)
    if family == "flat":
        return np.full(dim, draw(st.sampled_from([0.1, 1.0, 4.0])))
    if family == "power":
        return place ** -draw(st.sampled_from([0.5, 1.0, 2.0]))
    if family == "clusters":
        return np.where(place <= (dim + 1) // 2, 1.0, draw(st.sampled_from([1e-3, 0.2])))
    if family == "deficient":
        return np.where(place <= max(dim - 2, 1), 1 / place, 0.0)
    return np.random.default_rng(draw(seeds())).gamma(1.0, size=dim) + 1e-2


@st.composite
def covariances(draw: Any, dim: int, full_rank: bool = False) -> np.ndarray:
    """A spectrum (d,) or a matrix (d, d)."""
    spectrum = draw(spectra(dim, full_rank))
    return dense(spectrum, draw(seeds())) if draw(st.booleans()) else spectrum


# ---------------------------------------------------------------- problems


@st.composite
def isotropic_worlds(draw: Any, fitted: bool = True, dims: tuple[int, ...] = ISOTROPIC_DIMS) -> lt.TransferProblem:
    """Σ = I, any overlap, norms and noises; with `fitted` also a source of n_source samples."""
    dim = draw(st.sampled_from(dims))
    return lt.TransferProblem.isotropic(
        dim, draw(overlaps(dim)), noise_std=draw(noises()), source_norm=draw(norms()), target_norm=draw(norms()),
        n_source=draw(source_sizes(dim)) if fitted else None, source_noise_std=draw(noises()) if fitted else 0.0,
        source_ridge=draw(source_ridges()) if fitted else 0.0,
    )  # fmt: skip


@st.composite
def sphere_worlds(draw: Any) -> lt.TransferProblem:
    """Inputs on the unit sphere, above and below the dimension from which ReLU formulas speak."""
    dim = draw(st.sampled_from([2, 5, 20]))
    return lt.TransferProblem.sphere(
        dim, draw(overlaps(dim)), source_norm=draw(norms()), target_norm=draw(norms()), noise_std=draw(noises()) / 5,
        n_source=draw(source_sizes(dim)), source_noise_std=draw(noises()) / 5,
    )  # fmt: skip


@st.composite
def subspace_worlds(draw: Any) -> lt.TransferProblem:
    """r features and k outputs at principal angles, r ≠ k too."""
    dim, r, k = draw(st.sampled_from([6, 20])), draw(st.integers(1, 3)), draw(st.integers(1, 3))
    cosines = draw(st.lists(st.sampled_from([0.0, 0.4, 0.9, 1.0]), min_size=min(r, k), max_size=min(r, k)))
    return lt.TransferProblem.from_subspaces(
        dim, cosines, n_features=r, outputs=k, target_norm=draw(st.sampled_from([0.5, 1.0])), noise_std=draw(noises())
    )


@st.composite
def teacher_pairs(draw: Any, dim: int, outputs: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Source and target (d,) or (d, k): unrelated, near-identical, parallel, equal, or a source that vanishes."""
    shape = (2, dim) if outputs == 1 else (2, dim, outputs)
    source, other = np.random.default_rng([draw(seeds()), dim, outputs]).standard_normal(shape)
    kind = draw(st.sampled_from(["any", "any", "any", "near", "parallel", "equal", "nothing"]))
    target = {"near": source + 1e-7 * other, "parallel": 1.1 * source, "equal": source.copy()}.get(kind, other)
    return (0 * source if kind == "nothing" else source), target


def unrelated_teachers(dim: int) -> st.SearchStrategy[tuple[np.ndarray, np.ndarray]]:
    """Two teachers (d,) in general position."""
    return st.builds(lambda seed: tuple(np.random.default_rng([seed, dim]).standard_normal((2, dim))), seeds())


@st.composite
def teacher_worlds(draw: Any, dims: tuple[int, ...] = DIMS, fitted: bool = True) -> lt.TransferProblem:
    """One output, any covariance; with `fitted` also a source of n_source samples, with inputs of its own or not."""
    dim = draw(st.sampled_from(dims))
    source, target = draw(teacher_pairs(dim))
    n_source = draw(source_sizes(dim)) if fitted else None
    own = n_source is not None and draw(st.booleans())
    return lt.TransferProblem.from_teachers(
        source, target, covariance=draw(st.none() | covariances(dim)), noise_std=draw(noises()), n_source=n_source,
        source_noise_std=draw(noises()) if fitted else 0.0,
        source_covariance=draw(covariances(dim, full_rank=True)) if own else None,
        source_ridge=draw(source_ridges()) if fitted else 0.0,
    )  # fmt: skip


@st.composite
def several_output_worlds(draw: Any) -> lt.TransferProblem:
    """Three outputs, any covariance, the source known or fitted."""
    dim = draw(st.sampled_from([5, 20]))
    source, target = draw(teacher_pairs(dim, 3))
    return lt.TransferProblem.from_teachers(
        source, target, covariance=draw(st.none() | covariances(dim)), noise_std=draw(noises()),
        n_source=draw(source_sizes(dim)), source_noise_std=draw(noises()),
    )  # fmt: skip


@st.composite
def shifted_worlds(draw: Any) -> lt.TransferProblem:
    """Tested under another covariance than trained, one output or three, the source known or fitted."""
    dim, outputs = draw(st.sampled_from([2, 5, 20])), draw(st.sampled_from([1, 1, 3]))
    source, target = draw(teacher_pairs(dim, min(outputs, dim)))
    return lt.TransferProblem.from_teachers(
        source, target, covariance=draw(st.none() | covariances(dim)), test_covariance=draw(covariances(dim)),
        noise_std=draw(noises()), n_source=draw(source_sizes(dim)) if outputs == 1 else None,
    )  # fmt: skip


@st.composite
def feature_worlds(draw: Any) -> lt.TransferProblem:
    """A given feature map B (d, r), orthonormal or not, under any covariance."""
    dim, r = draw(st.sampled_from([5, 20])), draw(st.sampled_from([1, 2, 4]))
    source, target = draw(teacher_pairs(dim))
    maps = np.random.default_rng(draw(seeds())).standard_normal((dim, r))
    return lt.TransferProblem.from_teachers(
        source, target, covariance=draw(st.none() | covariances(dim)), noise_std=draw(noises()),
        features=np.linalg.qr(maps)[0] if draw(st.booleans()) else maps, n_source=draw(source_sizes(dim)),
    )  # fmt: skip


@st.composite
def two_layer_worlds(draw: Any) -> lt.TransferProblem:
    """Two-layer sources whose features see all, some or nothing of the target's move."""
    dim = draw(st.sampled_from([2, 5, 12]))
    k = draw(st.sampled_from([1, 2, dim]).filter(lambda k: k <= dim))
    mix = 1.0 if k == dim else draw(st.sampled_from([0.0, 0.3, 1.0])) if k > 1 else 0.0
    norm, overlap = draw(st.sampled_from([0.3, 1.0, 2.0])), draw(st.sampled_from([-1.0, -0.4, 0.0, 0.7, 1.0]))
    return lt.TransferProblem.two_layer(dim, k, overlap, mix, norm, noise_std=draw(noises()))


def gaussian_worlds() -> st.SearchStrategy[lt.TransferProblem]:
    """Every kind of problem with Gaussian inputs."""
    return st.one_of(
        isotropic_worlds(),
        subspace_worlds(),
        teacher_worlds(),
        several_output_worlds(),
        shifted_worlds(),
        feature_worlds(),
        two_layer_worlds(),
    )


def worlds_for(family: str) -> st.SearchStrategy[lt.TransferProblem]:
    """Every kind of problem of a family of learners: ReLU networks from two dimensions on, two layers where there are."""
    if family == "tasks":
        rows = st.one_of(
            isotropic_worlds(), isotropic_worlds(), teacher_worlds(), several_output_worlds(), shifted_worlds()
        )
        return st.one_of(rows.filter(lambda p: p.n_source is not None), worlds())
    if family == "layers":
        return st.one_of(two_layer_worlds(), two_layer_worlds(), isotropic_worlds())
    return worlds().filter(lambda p: p.dim > 1) if family == "wide" else worlds()


def worlds() -> st.SearchStrategy[lt.TransferProblem]:
    """Every kind of problem."""
    return st.one_of(gaussian_worlds(), sphere_worlds())


# ---------------------------------------------------------------- learners


@st.composite
def linear_learners(draw: Any, ridges: tuple[Any, ...] = RIDGES) -> Any:
    """Linear learners: ridge 0, positive, "optimal" or slightly negative; or a stopping time."""
    kind = draw(st.sampled_from(["scratch", "tune", "head", "stopped"]))
    if kind == "head":
        return lt.LinearTransfer(ridge=draw(st.sampled_from(ridges)), head=draw(st.sampled_from(["zero", "source"])))
    if kind == "stopped":
        strategy = draw(st.sampled_from([lt.Scratch, lt.FineTune]))
        return strategy(time=draw(st.sampled_from(TIMES)), ridge=draw(st.sampled_from([0.0, 0.0, 1.0])))
    return (lt.Scratch if kind == "scratch" else lt.FineTune)(ridge=draw(st.sampled_from(ridges)))


@st.composite
def deep_models(draw: Any, balanced: bool = False) -> lt.DeepLinear:
    """Deep linear networks, also of real and infinite depth, and unbalanced chains (unless `balanced`)."""
    depth = draw(st.sampled_from(DEPTHS))
    chains = {2: [0.0, 0.5, -0.5], 3: [0.0, (0.3, 0.2)]}
    return lt.DeepLinear(depth, imbalance=0.0 if balanced else draw(st.sampled_from(chains.get(depth, [0.0]))))


def deep_learners(balanced: bool = False) -> st.SearchStrategy[Any]:
    """Deep linear networks from scratch or fine-tuned."""
    return st.builds(
        lambda kind, model: kind(model), st.sampled_from([lt.Scratch, lt.FineTune, lt.FineTune]), deep_models(balanced)
    )


def wide_learners() -> st.SearchStrategy[Any]:
    """ReLU networks of infinite width, first, second or both layers trained, with and without ridge."""
    models = st.builds(lambda layers: lt.ShallowReLU(trained=layers), st.sampled_from(["first", "second", "both"]))
    return st.builds(
        lambda kind, model, ridge: kind(model, ridge=ridge),
        st.sampled_from([lt.Scratch, lt.FineTune]), models, st.sampled_from([0.0, 0.3]),
    )  # fmt: skip


def narrow_learners() -> st.SearchStrategy[Any]:
    """ReLU networks of eight neurons, which are trained."""
    models = st.builds(
        lambda layers: lt.ShallowReLU(width=8, trained=layers), st.sampled_from(["first", "second", "both"])
    )
    return st.builds(lambda kind, model: kind(model), st.sampled_from([lt.Scratch, lt.FineTune]), models)


@st.composite
def layer_learners(draw: Any) -> Any:
    """Everything that is done to two layers."""
    both = lt.FineTune(lt.TwoLayerLinear(), head=draw(st.sampled_from(["source", "zero"])))
    first = lt.FirstLayer(ridge=draw(st.sampled_from([0.0, 0.0, 1.0, "optimal"])))
    then = draw(st.sampled_from([lt.FineTune(lt.TwoLayerLinear()), lt.FirstLayer()]))
    probed = lt.ProbeThen(then, time=draw(st.sampled_from([0.0, 0.5, math.inf])))
    stopped = draw(st.sampled_from([lt.FirstLayer(time=0.5), lt.FineTune(lt.TwoLayerLinear(), time=0.5)]))
    return draw(st.sampled_from([both, both, first, probed, stopped, lt.LinearTransfer(head="source")]))


@st.composite
def task_learners(draw: Any) -> Any:
    """Everything that trains on rows of several tasks, or averages weights; coefficients may be anything."""
    ridge = draw(st.sampled_from([0.0, 0.0, 0.5, "optimal"]))
    pool = lt.Pool(draw(st.sampled_from(["equal", "equal", "optimal", (1.0, 2.0), (0.01, 5.0)])), ridge=ridge)
    own = draw(st.sampled_from([0.0, 0.0, "optimal", (0.3, 0.0)]))
    stack = lt.Stack(draw(st.sampled_from(["optimal", "optimal", (0.3, 0.6), (0.0, 1.0)])), ridge=own)
    tuned = lt.FineTune(ridge=draw(st.sampled_from([0.0, 0.0, 0.7])))
    share = draw(st.sampled_from(["optimal", 0.0, 0.5, 1.0, -0.3, 1.7]))
    soup = lt.Soup(tuned, draw(st.sampled_from([1, 2, 5])), stretch=share)
    replay = lt.Replay(draw(st.sampled_from([0, 1, 3])))
    random = lt.RandomFeatures(draw(st.sampled_from([1, 4, 30])), ridge=draw(st.sampled_from([0.0, 0.5])))
    return draw(st.sampled_from([pool, pool, stack, lt.WeightAverage(tuned, share), soup, replay, random]))


FAMILIES = {
    "tasks": task_learners(),
    "linear": linear_learners(),
    "deep": deep_learners(),
    "wide": wide_learners(),
    "layers": layer_learners(),
}
"""Learners by family; `narrow_learners` are left out, because they are slow."""


# ---------------------------------------------------------------- sample sizes


def landmarks(problem: lt.TransferProblem) -> list[int]:
    """Sizes around everything that matters: 0, few, d, rank, number of features, n_source, far above."""
    m = problem.modes
    rank = int(np.sum(np.where(m.eigenvalue > 0, m.multiplicity, 0)))
    around = {problem.dim, rank, int(np.sum(problem.features.multiplicity)), problem.n_source or 0}
    near = {size + step for size in around for step in (-2, -1, 0, 1, 2)}
    return sorted(n for n in near | {0, 1, 2, problem.dim // 2, 3 * problem.dim, 12 * problem.dim + 20} if n >= 0)


def sizes(
    problem: lt.TransferProblem, far: bool = False, least: int = 2, most: int = 5
) -> st.SearchStrategy[list[int]]:
    """Lists of sizes of a problem; with `far` also one at which no simulation answers."""
    return st.lists(st.sampled_from(landmarks(problem) + [FAR] * far), min_size=least, max_size=most)

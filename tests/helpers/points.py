"""Fixed questions that together reach every line of ``lintransfer.methods()``, with the error that each kind may have.

A point is a (problem, learner) with sizes at which all moments that a Monte Carlo needs are finite: |n − d| ≥ 5 where
noise is fitted (and |n − r| ≥ 5 for r features), because near n = d the variance of the risk is infinite.

Allowance, relative to the risk (of T: to the larger of the two risks), beyond 4.5 standard errors:
 exact       0
 asymptotic  3/d: deterministic equivalents are O(1/d) off. Deep closures, two stages and ReLU kernels: 5/d; kernels of
             Gaussian inputs, whose equivalent ridge holds to O(1/rank) twice (features and design): 6/d.
 bound       one-sided.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from helpers.worlds import dense

import lintransfer as lt

D = 20
P = lt.TransferProblem
PLACE = np.arange(1.0, D + 1)
SOURCE, TARGET, OTHER = np.random.default_rng(5).standard_normal((3, D)) / np.sqrt(D)
TARGET = 0.6 * SOURCE + 0.8 * TARGET
POWER, LOW = PLACE**-1.0, np.where(PLACE <= 12, 1.0, 0.0)
TWO = np.where(PLACE <= 10, 1.0, 0.05)
FEW, MANY, ON_BOTH = [0, 6, 12], [0, 28, 60], [0, 8, 45]


@dataclass(frozen=True)
class Point:
    """name; problem, learner and sizes to ask; off: what asymptotic answers may be off, relative, times 1/d."""

    name: str
    problem: Any
    learner: Any
    sizes: list[int]
    off: float = 3.0
    replicates: int = 3000
    closed: bool = True

    def __str__(self) -> str:
        return self.name


def teachers(
    covariance: Any = None, source: Any = SOURCE, target: Any = TARGET, noise_std: float = 0.3, **more: Any
) -> Any:
    return P.from_teachers(source, target, covariance, noise_std=noise_std, **more)


NOISY = P.isotropic(D, 0.6, noise_std=0.4, target_norm=1.5)
QUIET = NOISY.with_noise(noise_std=0.0)
FITTED = NOISY.with_noise(n_source=45, source_noise_std=0.3)
FEW_SOURCES = NOISY.with_noise(n_source=8, source_noise_std=0.3)
NO_SOURCES = NOISY.with_noise(n_source=0)
SPECTRAL = teachers(POWER)
SPECTRAL_QUIET = teachers(POWER, noise_std=0.0)
NO_INPUTS = teachers(0 * PLACE)
NO_SPECTRAL = teachers(POWER, source=0 * SOURCE)
NO_SPECTRAL_QUIET = teachers(POWER, source=0 * SOURCE, noise_std=0.0)
SPECTRAL_FITTED = teachers(POWER, n_source=45, source_noise_std=0.3)
SPECTRAL_FEW = teachers(POWER, n_source=8, source_noise_std=0.3)
OWN_INPUTS = teachers(POWER, n_source=45, source_noise_std=0.3, source_covariance=dense(TWO, 1))
OWN_SPECTRUM = teachers(dense(POWER, 2), n_source=45, source_noise_std=0.3, source_covariance=TWO)
RIDGED, BEST_FITTED = FITTED.with_noise(source_ridge=4.0), FITTED.with_noise(source_ridge="optimal")
SPECTRAL_BEST = SPECTRAL_FITTED.with_noise(source_ridge="optimal")
OWN_BEST = OWN_INPUTS.with_noise(source_ridge="optimal")
OWN_DIAGONAL = teachers(POWER, n_source=45, source_noise_std=0.3, source_covariance=TWO, source_ridge="optimal")
SHIFTED_EVEN = teachers(None, test_covariance=dense(POWER, 4))
OWN_SPECTRA = teachers(POWER, n_source=45, source_noise_std=0.3, source_covariance=TWO)
DENSE = teachers(dense(TWO, 3))
DEFICIENT = teachers(LOW)
SHIFTED = teachers(TWO, test_covariance=PLACE / D)
SHIFTED_DENSE = teachers(TWO, test_covariance=dense(POWER, 4))
SHIFTED_DEFICIENT = teachers(LOW, test_covariance=TWO)
SHIFTED_FITTED = teachers(TWO, test_covariance=PLACE / D, n_source=45)
SHIFTED_FEATURES = teachers(
    TWO, test_covariance=dense(POWER, 4), features=np.random.default_rng(7).standard_normal((D, 3))
)
COLUMNS = np.random.default_rng(8).standard_normal((2, D, 3)) / np.sqrt(D)
SEVERAL = teachers(POWER, *COLUMNS)
SEVERAL_FLAT = teachers(None, *COLUMNS)
SEVERAL_FITTED = teachers(None, *COLUMNS, n_source=45)
FEATURES = teachers(POWER, features=np.random.default_rng(9).standard_normal((D, 3)))
ORTHONORMAL = teachers(None, features=np.linalg.qr(np.random.default_rng(9).standard_normal((D, 3)))[0])
MANY_FEATURES = teachers(POWER, features=np.random.default_rng(9).standard_normal((D, 12)))
SUBSPACES = P.from_subspaces(D, [0.9, 0.3], noise_std=0.3)
UNEQUAL = P.from_subspaces(D, [0.9, 0.3], n_features=3, outputs=2, noise_std=0.3)
NO_DIRECTION = NOISY.with_norms(source_norm=0.0)
SPHERE = P.sphere(24, 0.7, noise_std=0.06, source_noise_std=0.04)
SPHERE_QUIET = P.sphere(24, 0.7)
SPHERE_FITTED = SPHERE.with_noise(n_source=60)
WIDE = P.isotropic(40, 0.7, noise_std=0.5)
LOW_SPHERE = P.sphere(5, 0.7, noise_std=0.06)

SHIFTS = P.two_layer(D, 3, 0.6, mix=0.4, head_norm=1.2, noise_std=0.3)
ONE_FEATURE = P.two_layer(60, 1, 0.7, noise_std=0.3)
_FEATURES_USED = np.array(
    [1.0, 0.0, -0.6, 0.4, 0.0, 0.3, 0.0, 0.0, 0.0, 1.2, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, -0.8, 0.0, 0.0, 0.2]
)
_FEATURES_WANTED = np.where(np.arange(D) < 10, _FEATURES_USED, 0.0) + 0.1
COORDINATES = teachers(None, _FEATURES_USED, _FEATURES_WANTED, noise_std=0.2)
DIAGONAL = lt.DiagonalLinear(scale=0.2, balance=0.3)
_BOTH, _FRESH = lt.FineTune(lt.TwoLayerLinear()), lt.FineTune(lt.TwoLayerLinear(), head="zero")

_RELU = {layers: lt.ShallowReLU(trained=layers) for layers in ("first", "second", "both")}
_NARROW = lt.ShallowReLU(width=8)

POINTS: tuple[Point, ...] = (
    # the linear model, Σ = I
    Point("scratch", NOISY, lt.Scratch(), ON_BOTH),
    Point("scratch, quiet", QUIET, lt.Scratch(), FEW),
    Point("tune", NOISY, lt.FineTune(), ON_BOTH),
    Point("tune, ridge", NOISY, lt.FineTune(ridge=3.0), [0, 8, 19, 45]),
    Point("tune, small negative ridge", NOISY, lt.FineTune(ridge=-0.5), [60]),
    Point("scratch, best ridge", NOISY, lt.Scratch(ridge="optimal"), [0, 8, 20, 45]),
    Point("tune, best ridge", NOISY, lt.FineTune(ridge="optimal"), [8, 20, 45]),
    Point("scratch, stopped", NOISY, lt.Scratch(time=0.8), [0, 8, 20, 45]),
    Point("tune, stopped", NOISY, lt.FineTune(time=3.0), [0, 8, 45]),
    Point("tune, best time", NOISY, lt.FineTune(time="optimal"), [8, 45]),
    Point("tune, stopped at once", NOISY, lt.FineTune(time=0.0), [8]),
    Point("tune, stopped with a ridge", NOISY, lt.FineTune(time=1.0, ridge=1.0), [8], closed=False),
    Point("tune, fitted", FITTED, lt.FineTune(), ON_BOTH),
    Point("tune, few sources", FEW_SOURCES, lt.FineTune(), ON_BOTH),
    Point("tune, no sources", NO_SOURCES, lt.FineTune(), [0, 8]),
    Point("tune, fitted, ridge", FITTED, lt.FineTune(ridge=2.0), [8, 20, 45], off=5.0),
    Point("head", NOISY, lt.LinearTransfer(), [0, 8, 45]),
    Point("head, ridge", NOISY, lt.LinearTransfer(ridge=2.0), [0, 1, 8, 45]),
    Point("head, best ridge", NOISY, lt.LinearTransfer(ridge="optimal"), [1, 8, 45]),
    Point("head, fitted", FITTED, lt.LinearTransfer(), [0, 8, 45]),
    Point("head, few sources", FEW_SOURCES, lt.LinearTransfer(), [8]),
    Point("head, fitted, ridge", FITTED, lt.LinearTransfer(ridge=1.0), [1, 8, 45]),
    Point("head, no direction", NO_DIRECTION, lt.LinearTransfer(), [0, 8]),
    # the linear model, any Σ
    Point("tune, spectrum, quiet", SPECTRAL_QUIET, lt.FineTune(), [0, 1, 10, 19, 25]),
    Point("scratch, best time", NOISY, lt.Scratch(time="optimal"), [8, 45]),
    Point("scratch, no weight", NOISY, lt.Scratch(ridge=np.inf), [0, 8, 45]),
    Point("tune, all weight", NOISY, lt.FineTune(ridge=np.inf), [0, 8, 45]),
    Point("head, all weight", NOISY, lt.LinearTransfer(ridge=np.inf), [0, 8, 45]),
    Point("scratch, spectrum", SPECTRAL, lt.Scratch(), ON_BOTH),
    Point("scratch, spectrum, quiet", SPECTRAL_QUIET, lt.Scratch(), [0, 1, 10, 19, 25]),
    Point("tune, spectrum", SPECTRAL, lt.FineTune(), ON_BOTH),
    Point("tune, dense", DENSE, lt.FineTune(ridge=0.5), ON_BOTH),
    Point("scratch, deficient", DEFICIENT, lt.Scratch(), [0, 5, 20]),
    Point("tune, spectrum, best ridge", SPECTRAL, lt.FineTune(ridge="optimal"), [8, 45]),
    Point("tune, spectrum, fitted", SPECTRAL_FITTED, lt.FineTune(ridge=0.5), [8, 45], off=5.0),
    Point("tune, inputs of its own", OWN_INPUTS, lt.FineTune(ridge=0.5), [8, 45], off=5.0),
    Point("tune, spectrum of its own", OWN_SPECTRUM, lt.FineTune(), [8, 45], off=5.0),
    Point("scratch, shifted", SHIFTED, lt.Scratch(), ON_BOTH),
    Point("scratch, shifted, dense", SHIFTED_DENSE, lt.Scratch(), ON_BOTH),
    Point("tune, shifted", SHIFTED_DENSE, lt.FineTune(), ON_BOTH),
    Point("tune, shifted, ridge", SHIFTED, lt.FineTune(ridge=0.5), ON_BOTH),
    Point("scratch, shifted, deficient", SHIFTED_DEFICIENT, lt.Scratch(), [0]),
    Point("tune, shifted, fitted", SHIFTED_FITTED, lt.FineTune(), [8, 45], closed=False),
    # the best ridge, source ridge and stopping time, from a fitted source and under covariance shift
    Point("tune, fitted, best ridge", FITTED, lt.FineTune(ridge="optimal"), [8, 20, 45], off=5.0),
    Point("tune, fitted, best ridge of either sign", SPECTRAL_FITTED, lt.FineTune(ridge="optimal-signed"), [8, 45], off=5.0),
    Point("tune, spectrum, fitted, best ridge", SPECTRAL_FITTED, lt.FineTune(ridge="optimal"), [8, 45], off=5.0),
    Point("tune, inputs of its own, best ridge", OWN_INPUTS, lt.FineTune(ridge="optimal"), [8, 45], off=5.0),
    Point("tune, spectrum of its own, best ridge", OWN_SPECTRUM, lt.FineTune(ridge="optimal"), [8, 45], off=5.0),
    Point("tune, source ridge", RIDGED, lt.FineTune(), [0, 8], off=5.0),
    Point("tune, source ridge, best ridge", RIDGED, lt.FineTune(ridge="optimal"), [8, 45], off=5.0),
    Point("tune, source ridge, best time", RIDGED, lt.FineTune(time="optimal"), [8, 45], off=5.0),
    Point("tune, best source ridge", BEST_FITTED, lt.FineTune(ridge=2.0), [8, 45], off=5.0),
    Point("tune, best source ridge and ridge", BEST_FITTED, lt.FineTune(ridge="optimal"), [8, 45], off=5.0),
    Point("tune, best source ridge, stopped", BEST_FITTED, lt.FineTune(time=1.0), [8, 45], off=5.0),
    Point("tune, best source ridge and time", BEST_FITTED, lt.FineTune(time="optimal"), [8, 45], off=5.0),
    Point("tune, spectrum, best source ridge", SPECTRAL_BEST, lt.FineTune(ridge=0.5), [8, 45], off=5.0),
    Point("tune, spectrum, best source ridge and ridge", SPECTRAL_BEST, lt.FineTune(ridge="optimal"), [8, 45], off=5.0),
    Point("tune, inputs of its own, best source ridge", OWN_BEST, lt.FineTune(ridge=0.5), [8, 45], off=5.0),
    Point("tune, inputs of its own, best source ridge and ridge", OWN_BEST, lt.FineTune(ridge="optimal"), [8, 45], off=5.0),
    Point("tune, spectrum of its own, best source ridge", OWN_DIAGONAL, lt.FineTune(ridge=0.5), [8, 45], off=5.0),
    Point("tune, spectrum of its own, best source ridge and ridge", OWN_DIAGONAL, lt.FineTune(ridge="optimal"), [8], off=5.0),
    Point("tune, fitted, stopped", FITTED, lt.FineTune(time=1.0), [0, 8, 20, 45], off=5.0),
    Point("tune, few sources, best time", FEW_SOURCES, lt.FineTune(time="optimal"), [8, 45], off=5.0),
    Point("head, fitted, best ridge", FITTED, lt.LinearTransfer(ridge="optimal"), [1, 8, 45]),
    Point("head, source ridge", RIDGED, lt.LinearTransfer(ridge=1.0), [8], closed=False),
    Point("scratch, shifted, best ridge", SHIFTED, lt.Scratch(ridge="optimal"), [8, 45]),
    Point("tune, shifted, best ridge", SHIFTED, lt.FineTune(ridge="optimal"), [8, 20, 45]),
    Point("tune, shifted, dense, best ridge", SHIFTED_DENSE, lt.FineTune(ridge="optimal"), [8, 20, 45]),
    Point("scratch, shifted, even, stopped", SHIFTED_EVEN, lt.Scratch(time=1.0), [0, 8, 45]),
    Point("scratch, shifted, dense, best ridge", SHIFTED_DENSE, lt.Scratch(ridge="optimal"), [8, 45]),
    Point("tune, shifted, even, stopped", SHIFTED_EVEN, lt.FineTune(time=1.0), [8, 45]),
    Point("scratch, shifted, even, best time", SHIFTED_EVEN, lt.Scratch(time="optimal"), [8, 45]),
    Point("tune, shifted, even, best time", SHIFTED_EVEN, lt.FineTune(time="optimal"), [8, 45]),
    Point("head, shifted", SHIFTED, lt.LinearTransfer(), [0, 12]),
    Point("head, shifted, several features", SHIFTED_FEATURES, lt.LinearTransfer(), [0, 12]),
    Point("head, shifted, ridge", SHIFTED, lt.LinearTransfer(ridge=1.0), [12], closed=False),
    Point("head, spectrum", SPECTRAL, lt.LinearTransfer(), [0, 8]),
    Point("head, several features", FEATURES, lt.LinearTransfer(), [0, 12, 30]),
    Point("head, many features", MANY_FEATURES, lt.LinearTransfer(), [5, 30], off=5.0),
    Point("head, several features, ridge", MANY_FEATURES, lt.LinearTransfer(ridge=1.0), [5, 12, 30], off=5.0),
    Point("head, several features, best ridge", MANY_FEATURES, lt.LinearTransfer(ridge="optimal"), [5, 12, 30], off=5.0),
    Point("head, orthonormal features", ORTHONORMAL, lt.LinearTransfer(), [0, 12]),
    Point("head, orthonormal features, ridge", ORTHONORMAL, lt.LinearTransfer(ridge=1.0), [1, 3, 12], off=10.0),
    Point("head, orthonormal features, best ridge", ORTHONORMAL, lt.LinearTransfer(ridge="optimal"), [3, 12], off=10.0),
    Point("head, subspaces", SUBSPACES, lt.LinearTransfer(), [0, 12]),
    Point("head, more features than outputs", UNEQUAL, lt.LinearTransfer(), [0, 12]),
    Point("tune, subspaces", SUBSPACES, lt.FineTune(), ON_BOTH),
    Point("tune, several outputs", SEVERAL, lt.FineTune(ridge=0.5), ON_BOTH),
    Point("head, several outputs", SEVERAL_FLAT, lt.LinearTransfer(), [0, 12]),
    Point("tune, several outputs, fitted", SEVERAL_FITTED, lt.FineTune(), ON_BOTH),
    Point("tune, sphere", P.sphere(D, 0.6, noise_std=0.1), lt.FineTune(ridge=0.1), [0, 8, 45]),
    # several tasks
    Point("pool", FITTED, lt.Pool(), [0, 8, 45]),
    Point("pool, few sources", FEW_SOURCES, lt.Pool(), [0, 4, 30]),
    Point("pool, spectrum", SPECTRAL_FITTED, lt.Pool(), [0, 8, 45]),
    Point("pool, spectrum, few rows", SPECTRAL_FEW, lt.Pool(), [4, 30], off=5.0),
    Point("pool, spectrum, ridge", SPECTRAL_FITTED, lt.Pool((1.0, 2.0), ridge=0.5), [0, 8, 45], off=5.0),
    Point("pool, inputs of their own", OWN_INPUTS, lt.Pool((1.0, 2.0), ridge=0.5), [0, 8, 45], off=5.0),
    Point("pool, spectra of their own", OWN_SPECTRA, lt.Pool(), [0, 8, 45], off=5.0),
    Point("pool, weights", FITTED, lt.Pool((1.0, 3.0)), [0, 8, 45], off=5.0),
    Point("pool, ridge", FEW_SOURCES, lt.Pool(ridge=2.0), [0, 4, 12, 30], off=5.0),
    Point("pool, best weights", FITTED, lt.Pool("optimal"), [0, 8, 45], off=5.0),
    Point("pool, best weights, ridge", FEW_SOURCES, lt.Pool("optimal", ridge=2.0), [4, 30], off=5.0),
    Point("pool, best ridge", FITTED, lt.Pool(ridge="optimal"), [0, 8, 20, 45], off=5.0),
    Point("pool, best of both", FITTED, lt.Pool("optimal", ridge="optimal"), [0, 8, 20, 45], off=5.0),
    Point("stack", FITTED, lt.Stack(), [0, 8, 45]),
    Point("stack, coefficients", FEW_SOURCES, lt.Stack((0.4, 0.5)), [0, 8, 45]),
    Point("stack, best ridges", FITTED, lt.Stack(ridge="optimal"), [0, 8, 20, 45], off=5.0),
    Point("stack, coefficients, best ridges", FITTED, lt.Stack((0.4, 0.5), ridge="optimal"), [0, 8, 20, 45], off=5.0),
    Point("stack, ridges", FITTED, lt.Stack((0.4, 0.5), ridge=(1.0, 2.0)), [8], closed=False),
    Point("average", NOISY, lt.WeightAverage(), [0, 8, 45]),
    Point("average, fitted", FITTED, lt.WeightAverage(weight=0.7), [0, 8, 45]),
    Point("average, best weight", FITTED, lt.WeightAverage(weight="optimal"), [0, 8, 45]),
    Point("average, ridge", NOISY, lt.WeightAverage(lt.FineTune(ridge=2.0), 0.7), [0, 8, 20, 45], off=5.0),
    Point("average, best weight, ridge", SPECTRAL, lt.WeightAverage(lt.FineTune(ridge=2.0), "optimal"), [0, 8, 45], off=5.0),
    Point("average, spectrum, fitted", SPECTRAL_FITTED, lt.WeightAverage(), [8], closed=False),
    Point("soup", FITTED, lt.Soup(members=3), [0, 8, 45]),
    Point("soup, best stretch", NOISY, lt.Soup(members=3, stretch="optimal"), [0, 8, 45]),
    Point("soup, ridge", NOISY, lt.Soup(lt.FineTune(ridge=1.0), 2), [8], closed=False),
    Point("replay", FEW_SOURCES, lt.Replay(3), [0, 4, 10]),
    Point("replay of nothing", FITTED, lt.Replay(0), [0, 8, 45]),
    Point("replay of many", FITTED, lt.Replay(30), [8], off=5.0),
    Point("random features", NOISY, lt.RandomFeatures(30, ridge=1.0), [0, 8, 45], off=5.0, replicates=1500),
    Point("random features, no ridge", QUIET, lt.RandomFeatures(40), [8, 20], off=5.0, replicates=1500),
    # deep linear networks
    Point("deep scratch", NOISY, lt.Scratch(lt.DeepLinear(3)), ON_BOTH),
    Point("deep scratch, spectrum", SPECTRAL, lt.Scratch(lt.DeepLinear(3)), ON_BOTH, replicates=1500),
    Point("deep scratch, spectrum, quiet", SPECTRAL_QUIET, lt.Scratch(lt.DeepLinear(3)), [0, 1, 10, 19, 25], replicates=1500),
    Point("deep tune, no direction", NO_DIRECTION, lt.FineTune(lt.DeepLinear(2)), ON_BOTH, replicates=1500),
    Point("deep tune, spectrum, no source", NO_SPECTRAL, lt.FineTune(lt.DeepLinear(2)), ON_BOTH, replicates=1500),
    Point("deep tune, spectrum, no source, quiet", NO_SPECTRAL_QUIET, lt.FineTune(lt.DeepLinear(2)), [0, 1, 10, 19, 25], replicates=1500),
    Point("deep tune, quiet", QUIET, lt.FineTune(lt.DeepLinear(2)), [0, 6, 12, 25], off=5.0),
    Point("deep tune, real depth", QUIET, lt.FineTune(lt.DeepLinear(2.5)), [6, 12], off=5.0),
    Point("deep tune", NOISY, lt.FineTune(lt.DeepLinear(3)), ON_BOTH, off=5.0),
    Point("deep tune, infinite depth", NOISY, lt.FineTune(lt.DeepLinear(np.inf)), [12], off=5.0),
    Point("deep tune, spectrum", SPECTRAL, lt.FineTune(lt.DeepLinear(2)), ON_BOTH, off=5.0, replicates=1500),
    Point("deep tune, fitted", FITTED, lt.FineTune(lt.DeepLinear(2)), ON_BOTH, off=5.0, replicates=1500),
    Point("deep tune, shifted", SHIFTED, lt.FineTune(lt.DeepLinear(2)), [8], closed=False, replicates=500),
    Point("deep tune, unbalanced", NOISY, lt.FineTune(lt.DeepLinear(2, imbalance=0.5)), [8], off=5.0, replicates=300),
    Point("deep tune, unbalanced chain", NOISY, lt.FineTune(lt.DeepLinear(3, imbalance=(0.3, 0.2))), [8], off=5.0, replicates=300),
    Point("deep tune, chain that may turn", LOW_SPHERE, lt.FineTune(lt.DeepLinear(2, imbalance=0.5)), [3], off=5.0, replicates=200),
    # shallow ReLU networks
    Point("wide scratch, sphere", SPHERE, lt.Scratch(_RELU["both"]), [0, 12, 48], off=2.0, replicates=150),
    Point("wide tune, sphere", SPHERE, lt.FineTune(_RELU["first"], ridge=0.3), [0, 12, 48], off=2.0, replicates=150),
    Point("wide tune, sphere, fitted", SPHERE_FITTED, lt.FineTune(_RELU["second"]), [0, 12, 48], off=2.0, replicates=150),
    Point("wide scratch, Gaussian", WIDE, lt.Scratch(_RELU["both"]), [0, 20, 80], off=6.0, replicates=100),
    Point("wide tune, Gaussian", WIDE, lt.FineTune(_RELU["first"]), [0, 20, 80], off=6.0, replicates=100),
    Point("wide scratch, quiet", SPHERE_QUIET, lt.Scratch(_RELU["both"]), [12, 48], off=2.0, replicates=100),
    Point("wide tune, quiet", SPHERE_QUIET, lt.FineTune(_RELU["both"]), [12, 48], off=2.0, replicates=100),
    Point("wide tune, low dimension", LOW_SPHERE, lt.FineTune(_RELU["both"]), [3], closed=False, replicates=20),
    # diagonal networks
    Point("diagonal scratch", COORDINATES, lt.Scratch(DIAGONAL), [0, 5, 12, 45], replicates=1000),
    Point("diagonal tune", COORDINATES, lt.FineTune(DIAGONAL), [0, 5, 12, 45], replicates=1000),
    # two layers
    Point("head, from the source's", SHIFTS, lt.LinearTransfer(head="source"), [0, 12, 45]),
    Point("head, from the source's, ridge", SHIFTS, lt.LinearTransfer(head="source", ridge=2.0), [0, 1, 8, 45]),
    Point("head, from the source's, one feature", NOISY, lt.LinearTransfer(head="source", ridge=2.0), [0, 1, 8, 45]),
    Point("head, of two layers", SHIFTS, lt.LinearTransfer(), [0, 12, 45]),
    Point("scratch, of two layers", SHIFTS, lt.Scratch(lt.TwoLayerLinear()), ON_BOTH),
    Point("first layer", SHIFTS, lt.FirstLayer(), ON_BOTH),
    Point("first layer, ridge", SHIFTS, lt.FirstLayer(ridge=2.0), [0, 8, 45]),
    Point("first layer, best ridge", SHIFTS, lt.FirstLayer(ridge="optimal"), [8, 45]),
    Point("first layer, best ridge of either sign", SHIFTS, lt.FirstLayer(ridge="optimal-signed"), [45]),
    Point("first layer, at rest", SHIFTS, lt.FirstLayer(ridge=np.inf), [0, 8]),
    Point("head, from the source's, given features", teachers(None, features=np.c_[SOURCE, OTHER]), lt.LinearTransfer(head="source", ridge=1.0), [8, 45]),
    Point("first layer, stopped", SHIFTS, lt.FirstLayer(time=0.5), [0, 8, 45]),
    Point("first layer, best time", SHIFTS, lt.FirstLayer(time="optimal"), [8, 45]),
    Point("both layers", SHIFTS, _BOTH, [8], replicates=400, closed=False),
    Point("both layers, at the ends", SHIFTS, _BOTH, [0, 45], replicates=400),
    Point("both layers, new head", SHIFTS, _FRESH, [8], replicates=400, closed=False),
    Point("both layers, new head, at the ends", SHIFTS, _FRESH, [0, 45], replicates=400),
    Point("both layers, stopped", SHIFTS, lt.FineTune(lt.TwoLayerLinear(), time=0.5), [8, 45], replicates=400, closed=False),
    Point("probe, both layers", SHIFTS, lt.ProbeThen(_BOTH), [12], replicates=400, closed=False),
    Point("probe, first layer", SHIFTS, lt.ProbeThen(lt.FirstLayer()), [12], replicates=400, closed=False),
    Point("probe a while", SHIFTS, lt.ProbeThen(lt.FirstLayer(), time=0.5), [8], replicates=400, closed=False),
    Point("probe, at the ends", SHIFTS, lt.ProbeThen(lt.FirstLayer(), time=0.5), [0, 45], replicates=400),
    Point("both layers, one feature", ONE_FEATURE, _BOTH, [12, 30], off=8.0),
    Point("both layers, one feature, new head", ONE_FEATURE, _FRESH, [12, 30], off=8.0),
    Point("probe, both layers, one feature", ONE_FEATURE, lt.ProbeThen(_BOTH), [20, 30], off=8.0),
    Point("probe a while, both layers, one feature", ONE_FEATURE, lt.ProbeThen(_BOTH, time=0.4), [20, 30], off=8.0),
    Point("probe, first layer, one feature", ONE_FEATURE, lt.ProbeThen(lt.FirstLayer()), [20, 30], off=8.0),
)  # fmt: skip
NETWORKS: tuple[Point, ...] = (
    Point("narrow scratch", LOW_SPHERE, lt.Scratch(_NARROW), [3], closed=False, replicates=3),
    Point("narrow tune", LOW_SPHERE, lt.FineTune(_NARROW), [3], closed=False, replicates=3),
)
"""Finite networks are trained: nothing to compare them with at the front door, and slow."""
UNDRAWN: tuple[Point, ...] = (
    Point("wide scratch, no inputs", NO_INPUTS, lt.Scratch(_RELU["both"]), [3]),
    Point("wide tune, no inputs", NO_INPUTS, lt.FineTune(_RELU["both"]), [3]),
)
"""Without inputs there is nothing to simulate."""

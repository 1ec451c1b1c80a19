"""What a theorem asks before it speaks: which problem is this, and with what arguments does it go into a formula?

Closed forms are called with the arguments of the whitened problem: for Σ = λI the energies carry the factor λ, and a
ridge is divided by it. The noise of k outputs adds up: σ² becomes kσ² in every mean.
"""

from __future__ import annotations

import math
from typing import Any

import jax
import numpy as np

from lintransfer.arithmetic import total, where
from lintransfer.errors import MissingMethodError
from lintransfer.problems import TransferProblem, Vectors
from lintransfer.strategies import LinearTransfer, Scratch
from lintransfer.validation import is_traced

_ROUNDING = 1e-13  # of equal eigenvalues, relative


def noise(p: TransferProblem) -> Any:
    """kσ² of the target labels."""
    return p.outputs * p.noise_variance


def source_noise(p: TransferProblem) -> Any:
    """kσ_S² of the source labels."""
    return p.outputs * p.source_noise_std * p.source_noise_std


def is_number(value: Any, number: float) -> bool:
    """Whether an option is known to be this number (a traced one never is)."""
    return not isinstance(value, str | jax.core.Tracer) and value == number


def converged(learner: Any) -> bool:
    """Whether training goes on for ever."""
    return isinstance(learner, LinearTransfer) or is_number(learner.time, math.inf)


def ridgeless(learner: Any) -> bool:
    """Whether the fit interpolates or is least squares."""
    return is_number(learner.ridge, 0) and converged(learner)


def fitted_source(p: TransferProblem, learner: Any) -> bool:
    """Whether the learner depends on the random source fit."""
    if isinstance(learner, Scratch) or p.n_source is None:
        return False
    return not (isinstance(learner, LinearTransfer) and p.given_features is not None)


def same_inputs(p: TransferProblem) -> bool:
    """Whether source and target inputs have the same covariance."""
    return p.vectors is None or p.vectors.source_covariance is None


def start(p: TransferProblem, learner: Any) -> Any:
    """‖θ_T − w0‖² per mode."""
    return p.modes.target if isinstance(learner, Scratch) else p.modes.displacement


def energies(p: TransferProblem) -> tuple[Any, Any, Any]:
    """θ_SᵀΣθ_S, θ_SᵀΣθ_T and θ_TᵀΣθ_T: λs², λstc and λt² if Σ = λI."""
    m = p.modes
    return total(m.eigenvalue * m.source), total(m.eigenvalue * m.cross), total(m.eigenvalue * m.target)


def rank(p: TransferProblem) -> Any:
    """Number of directions with a positive eigenvalue."""
    return total(where(p.modes.eigenvalue > 0, p.modes.multiplicity, 0.0))


def one_scale(p: TransferProblem) -> bool:
    """Whether the features are known to be isotropic: one eigenvalue of F, up to rounding."""
    f = p.features
    if f.eigenvalue.shape[-1] == 1:
        return True
    if is_traced(f.eigenvalue, f.multiplicity):
        return False
    alive = np.asarray(f.eigenvalue)[np.asarray(f.multiplicity) > 0]
    return alive.size > 0 and float(np.ptp(alive)) <= _ROUNDING * float(alive.max())


def vectors_of(p: TransferProblem) -> Vectors:
    """The vectors of a problem whose predicate has made sure that it keeps them."""
    if p.vectors is None:
        raise MissingMethodError("this theorem needs the teachers as vectors: build the problem with from_teachers")
    return p.vectors


def spectrum_of(p: TransferProblem) -> Any:
    """Σ as given, ones (d,) if it was not."""
    return np.ones(p.dim) if p.vectors is None or p.vectors.covariance is None else p.vectors.covariance


def energy_under(covariance: Any, columns: Any) -> Any:
    """Σ_j aⱼᵀΣ'aⱼ over the columns of (d, k)."""
    return total(
        (columns * (covariance[:, None] * columns if covariance.ndim == 1 else covariance @ columns)).reshape(-1)
    )


def no_optimum(learner: Any) -> MissingMethodError:
    """What to say where nobody has computed the best ridge or the best time."""
    return MissingMethodError(
        f'"optimal" is not there for {learner!r} on this problem (ridge: known source, no covariance shift; time: Σ = λI '
        "and no ridge besides): give a number"
    )

"""Routes of deep linear networks: rank-one starts, trained to zero loss, no ridge, one output.

From a vanishing start `Scratch` ends in the minimum-norm fit, as the linear model does. `FineTune` keeps ρ of what the
target set does not see of the source; that factor is what these theorems are about. Networks are balanced unless the
model says otherwise.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Any

import numpy as np

from lintransfer.models import DeepLinear, Linear
from lintransfer.problems import TransferProblem
from lintransfer.routing import linear_asymptotic, linear_exact
from lintransfer.routing import questions as q
from lintransfer.routing.route import ANY_INPUTS, Route
from lintransfer.strategies import FineTune, Scratch, model_of
from lintransfer.theory.deep_covariance import deep_covariance_risk, deep_covariance_transferability
from lintransfer.theory.deep_finite_source import finite_source_deep_closure, finite_source_deep_gain
from lintransfer.theory.deep_moments import DeepMoments, deep_risk_moments, risk_from_scalars, seen_block
from lintransfer.theory.deep_risk import deep_fine_tuning_risk_closure, deep_transferability_closure
from lintransfer.validation import is_traced


def _plain(p: TransferProblem, learner: Any) -> bool:
    """A balanced network trained to convergence on one output, tested where it was trained, from known weights."""
    trained = q.ridgeless(learner) and model_of(learner).is_balanced and p.outputs == 1
    return trained and not p.has_shift and not q.fitted_source(p, learner)


def _trained(p: TransferProblem, learner: Any) -> bool:
    """A network of any imbalance, trained to convergence on one output, from a source that fixes its first layer."""
    model = model_of(learner)
    if not (q.ridgeless(learner) and p.outputs == 1):
        return False
    return model.is_balanced or (isinstance(learner, FineTune) and _moves(p) and p.n_source != 0)


def _moves(p: TransferProblem) -> bool:
    """Whether the source weights are not known to vanish."""
    return is_traced(p) or bool(p.source_norm > 0)


def _fitted(p: TransferProblem, learner: Any) -> bool:
    """A balanced network from a fitted source, Σ = λI."""
    trained = q.ridgeless(learner) and model_of(learner).is_balanced and p.outputs == 1
    return trained and q.fitted_source(p, learner) and p.is_isotropic and q.same_inputs(p)


def _chain(p: TransferProblem, learner: Any) -> bool:
    """An unbalanced chain from a known source, Σ = λI."""
    known = not model_of(learner).is_balanced and not p.has_shift and not q.fitted_source(p, learner)
    return known and _trained(p, learner) and p.is_isotropic


def _isotropic(p: TransferProblem, learner: Any) -> bool:
    return _plain(p, learner) and p.is_isotropic


def _noiseless(p: TransferProblem, learner: Any) -> bool:
    return _isotropic(p, learner) and q.is_number(p.noise_std, 0) and not is_traced(p)


def _moments(p: TransferProblem, learner: Any, n: Any, which: str) -> Any:
    sizes = np.asarray(n, dtype=float)
    if np.any(sizes != np.round(sizes)):
        return np.full(sizes.shape, math.nan)
    source, cross, target = (float(e) for e in q.energies(p))
    depth = float(model_of(learner).depth)
    moments = _kept_moments(tuple(sizes.ravel().tolist()), p.dim, depth, source, cross, target)
    return np.reshape(getattr(moments, which), sizes.shape)


@lru_cache(maxsize=64)
def _kept_moments(
    sizes: tuple[float, ...], dim: int, depth: float, source: float, cross: float, target: float
) -> DeepMoments:
    """Of all sizes at once; a risk and the transferability beside it need the same quadrature."""
    return deep_risk_moments(np.array(sizes), dim, depth, source, cross, target)


def _exact_risk(p: TransferProblem, learner: Any, n: Any) -> Any:
    return _moments(p, learner, n, "mean")


def _exact_gain(p: TransferProblem, pair: Any, n: Any) -> Any:
    return _moments(p, pair[1], n, "transferability")


def _closure(p: TransferProblem, learner: Any, n: Any) -> Any:
    return deep_fine_tuning_risk_closure(n, p.dim, model_of(learner).depth, *q.energies(p), q.noise(p))


def _closure_gain(p: TransferProblem, pair: Any, n: Any) -> Any:
    return deep_transferability_closure(n, p.dim, model_of(pair[1]).depth, *q.energies(p), q.noise(p))


def _fitted_closure(p: TransferProblem, learner: Any, n: Any) -> Any:
    noises = q.noise(p), q.source_noise(p)
    return finite_source_deep_closure(n, p.n_source, p.dim, model_of(learner).depth, *q.energies(p), *noises)


def _fitted_gain(p: TransferProblem, pair: Any, n: Any) -> Any:
    noises = q.noise(p), q.source_noise(p)
    return finite_source_deep_gain(n, p.n_source, p.dim, model_of(pair[1]).depth, *q.energies(p), *noises)


def _chain_closure(p: TransferProblem, learner: Any, n: Any) -> Any:
    from lintransfer.theory.unbalanced_risk import unbalanced_fine_tuning_risk

    scale = p.modes.eigenvalue[0]
    return scale * unbalanced_fine_tuning_risk(n, p.dim, *_chain_arguments(p, learner))


def _chain_gain(p: TransferProblem, pair: Any, n: Any) -> Any:
    from lintransfer.theory.unbalanced_risk import unbalanced_transferability

    scale = p.modes.eigenvalue[0]
    return scale * unbalanced_transferability(n, p.dim, *_chain_arguments(p, pair[1]))


def _chain_arguments(p: TransferProblem, learner: Any) -> tuple[Any, ...]:
    """Imbalances fix a scale: the weights are the user's, and it is the noise that Σ = λI rescales."""
    from lintransfer.theory.unbalanced_chains import chain_imbalances

    model, scale = model_of(learner), p.modes.eigenvalue[0]
    energies = (energy / scale for energy in q.energies(p))
    return chain_imbalances(int(model.depth), model.imbalance), *energies, q.noise(p) / scale


def _equivalent(p: TransferProblem, learner: Any, n: Any) -> Any:
    m = p.modes
    return deep_covariance_risk(
        n, model_of(learner).depth, m.eigenvalue, m.multiplicity, m.source, m.cross, m.target, q.noise(p)
    )


def _equivalent_gain(p: TransferProblem, pair: Any, n: Any) -> Any:
    m = p.modes
    return deep_covariance_transferability(
        n, model_of(pair[1]).depth, m.eigenvalue, m.multiplicity, m.source, m.cross, m.target, q.noise(p)
    )


def _draws(p: TransferProblem, depth: float, n: int, key: int, replicates: int) -> tuple[np.ndarray, np.ndarray]:
    """Risks of fine-tuning and of scratch on the same training sets, from the law of the scalars they depend on."""
    from lintransfer.simulate.deep_law import draw_scalars, least_squares_scalars

    rng = np.random.default_rng([key, n])
    source, cross, target = (float(e) for e in q.energies(p))
    if n == 0:
        return np.full(replicates, source - 2 * cross + target), np.full(replicates, target)
    if n >= p.dim:
        risks = least_squares_scalars(rng, replicates, n, p.dim, float(p.noise_std))
        return risks, risks
    scalars = draw_scalars(rng, replicates, n, p.dim, float(p.noise_std))
    block = seen_block(scalars.first, scalars.second, scalars.angle)
    parts = risk_from_scalars(depth, source, cross, target, block, scalars.noise_energy, scalars.noise_cosine)
    return parts.risk, parts.scratch


def _summary(samples: list[np.ndarray], shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    table = np.asarray(samples)
    error = table.std(axis=1, ddof=1) / math.sqrt(table.shape[1])
    return table.mean(axis=1).reshape(shape), error.reshape(shape)


def _simulate(p: TransferProblem, learner: Any, n: Any, key: int, replicates: int) -> tuple[Any, Any]:
    depth = float(model_of(learner).depth)
    return _summary([_draws(p, depth, int(size), key, replicates)[0] for size in np.ravel(n)], np.shape(n))


def _simulate_gain(p: TransferProblem, pair: Any, n: Any, key: int, replicates: int) -> tuple[Any, Any]:
    depth = float(model_of(pair[1]).depth)
    pairs = [_draws(p, depth, int(size), key, replicates) for size in np.ravel(n)]
    return _summary([scratch - tuned for tuned, scratch in pairs], np.shape(n))


def _simulate_designs(*question: Any) -> tuple[Any, Any]:
    from lintransfer.routing.deep_simulation import simulate  # only when asked for

    return simulate(*question)


def _simulate_designs_gain(*question: Any) -> tuple[Any, Any]:
    from lintransfer.routing.deep_simulation import simulate_gain

    return simulate_gain(*question)


def _pair(pair: Any) -> bool:
    """Deep fine-tuning against ridgeless scratch of any depth, which ends in the minimum-norm fit."""
    baseline, learner = pair
    deep = isinstance(learner, FineTune) and isinstance(model_of(learner), DeepLinear)
    linear = isinstance(baseline, Scratch) and isinstance(model_of(baseline), Linear | DeepLinear)
    return deep and linear and q.ridgeless(baseline) and getattr(model_of(baseline), "is_balanced", True)


def _against_scratch(p: TransferProblem, pair: Any) -> bool:
    return _pair(pair) and _plain(p, pair[1])


RISK: tuple[Route, ...] = (
    Route(Scratch, DeepLinear, "exact", "min-norm-risk", "Σ = λI, vanishing start", _isotropic, linear_exact.min_norm),
    Route(
        Scratch, DeepLinear, "exact", "least-squares-risk", "any Σ, n = 0 or n ≥ d − 1, vanishing start", _plain,
        linear_exact.least_squares,
    ),
    Route(Scratch, DeepLinear, "asymptotic", "ridge-risk", "any Σ, vanishing start", _plain, linear_asymptotic.ridge, ANY_INPUTS),
    Route(FineTune, DeepLinear, "exact", "deep-mean-risk", "Σ = λI, no noise, balanced", _noiseless, _exact_risk),
    Route(FineTune, DeepLinear, "asymptotic", "deep-fine-tuning-closure", "Σ = λI, balanced", _isotropic, _closure, ANY_INPUTS),
    Route(FineTune, DeepLinear, "asymptotic", "deep-covariance-risk", "any Σ, balanced", _plain, _equivalent, ANY_INPUTS),
    Route(
        FineTune, DeepLinear, "asymptotic", "finite-source-deep-closure", "Σ = λI, fitted source, balanced", _fitted,
        _fitted_closure, ANY_INPUTS,
    ),
    Route(
        FineTune, DeepLinear, "asymptotic", "unbalanced-fine-tuning", "Σ = λI, unbalanced, where the sign is decided",
        _chain, _chain_closure, ANY_INPUTS,
    ),
    Route(FineTune, DeepLinear, "simulate", "deep-risk-law", "Σ = λI, balanced", _isotropic, _simulate),
    Route(
        FineTune, DeepLinear, "simulate", "simulation", "any Σ and Σ', fitted source, unbalanced", _trained,
        _simulate_designs, ANY_INPUTS,
    ),
    Route(
        Scratch, DeepLinear, "simulate", "simulation", "any Σ and Σ', vanishing start", _trained,
        _simulate_designs, ANY_INPUTS,
    ),
)  # fmt: skip
TRANSFERABILITY: tuple[Route, ...] = (
    Route(
        FineTune, DeepLinear, "exact", "deep-mean-risk", "against Scratch, Σ = λI, no noise, balanced",
        lambda p, pair: _against_scratch(p, pair) and _noiseless(p, pair[1]), _exact_gain,
    ),
    Route(
        FineTune, DeepLinear, "asymptotic", "deep-transferability", "against Scratch, Σ = λI, balanced",
        lambda p, pair: _against_scratch(p, pair) and p.is_isotropic, _closure_gain, ANY_INPUTS,
    ),
    Route(
        FineTune, DeepLinear, "asymptotic", "deep-covariance-risk", "against Scratch, any Σ, balanced",
        _against_scratch, _equivalent_gain, ANY_INPUTS,
    ),
    Route(
        FineTune, DeepLinear, "simulate", "deep-risk-law", "against Scratch, Σ = λI, balanced",
        lambda p, pair: _against_scratch(p, pair) and p.is_isotropic, _simulate_gain,
    ),
    Route(
        FineTune, DeepLinear, "asymptotic", "finite-source-deep-closure", "against Scratch, Σ = λI, fitted source",
        lambda p, pair: _pair(pair) and _fitted(p, pair[1]), _fitted_gain, ANY_INPUTS,
    ),
    Route(
        FineTune, DeepLinear, "asymptotic", "unbalanced-fine-tuning", "against Scratch, Σ = λI, unbalanced",
        lambda p, pair: _pair(pair) and _chain(p, pair[1]), _chain_gain, ANY_INPUTS,
    ),
    Route(
        FineTune, DeepLinear, "simulate", "simulation", "against Scratch, any Σ and Σ', fitted source, unbalanced",
        lambda p, pair: _pair(pair) and _trained(p, pair[1]), _simulate_designs_gain, ANY_INPUTS,
    ),
)  # fmt: skip

"""Routes of the linear model: which formula answers for which learner, exact ones first."""

from __future__ import annotations

from typing import Any

from lintransfer.models import Linear
from lintransfer.routing.conditions import (
    Sizes,
    anisotropic,
    at_least_rank,
    dead_feature,
    dense,
    determined,
    diagonal,
    equal_features,
    fitted_source,
    full_rank,
    gaussian,
    head_determined,
    isotropic,
    known_head,
    known_resolvent,
    known_source,
    law_of_fit,
    law_of_head,
    linear_pair,
    live_features,
    no_inputs,
    no_samples,
    noiseless,
    numbered_fit,
    one_feature,
    one_output,
    one_sample,
    one_short,
    plain_fit,
    plain_ridge,
    resting,
    ridgeless,
    same_inputs,
    same_training,
    several_features,
    shift_determined,
    shifted,
    signed_ridge,
    stopped,
    tuned_fit,
    tuned_ridge,
    tuned_time,
    unshifted,
    with_ridge,
    with_weights,
)
from lintransfer.routing.linear_simulation import (
    DENSE,
    DIAGONAL,
    EVEN,
    FITTED_FEATURE,
    MATRICES,
    SAME,
    SHIFTED_FLOW,
    SPECTRA,
    STOPPED_FIT,
    TWO_SPECTRA,
    VECTORS,
    drawn_law,
    known_fit,
    optimised,
    plain,
    simulate_designs,
    simulate_law,
)
from lintransfer.routing.route import ASYMPTOTIC, EXACT, LAW, SIMULATE, Family, LawRoute, Route
from lintransfer.strategies import FineTune, LinearTransfer, Scratch
from lintransfer.theory.linear.covariance import feature_covariance_risk, metric_transferability, ridge_risk
from lintransfer.theory.linear.covariance_shift import (
    shifted_head_risk,
    shifted_least_squares_risk,
    shifted_matrix_risk,
    shifted_risk,
)
from lintransfer.theory.linear.early_stopping import early_stopped_risk, optimally_stopped_risk
from lintransfer.theory.linear.exact_moments import codimension_one_risk, one_sample_risk
from lintransfer.theory.linear.finite_source import (
    finite_source_risk,
    finite_source_transferability,
    source_feature_risk,
)
from lintransfer.theory.linear.fitted_stopping import (
    optimally_stopped_shifted_risk,
    optimally_stopped_two_stage_risk,
    shifted_stopped_risk,
    two_stage_stopped_risk,
)
from lintransfer.theory.linear.frozen_features import frozen_features_risk
from lintransfer.theory.linear.isotropic import fine_tuning_transferability, least_squares_risk, min_norm_risk
from lintransfer.theory.linear.laws import frozen_features_law, min_norm_law, transferability_law_of_fine_tuning
from lintransfer.theory.linear.optimal_ridge import optimal_features_ridge_risk, optimal_ridge_risk
from lintransfer.theory.linear.optimal_shift import optimal_shifted_matrix_risk, optimal_shifted_risk
from lintransfer.theory.linear.optimal_two_stage import optimal_two_stage_matrix_risk, optimal_two_stage_risk
from lintransfer.theory.linear.ridge_heads import (
    optimal_ridge_features_risk,
    optimal_ridge_head_risk,
    ridge_features_risk,
    ridge_head_risk,
)
from lintransfer.theory.linear.source_feature_ridge import optimal_source_feature_ridge_risk, source_feature_ridge_risk
from lintransfer.theory.linear.source_ridge import optimal_source_ridge_matrix_risk, optimal_source_ridge_risk
from lintransfer.theory.linear.two_stage import two_stage_matrix_risk, two_stage_risk
from lintransfer.theory.tasks.distances import untrained_risk

FEATURES = {"eigenvalues": "feature_eigenvalues", "multiplicities": "feature_multiplicities", "displacement": "head"}
RANK = {"dim": "rank"}
UNDER_TEST = {"displacement_energy": "test_energy"}
_FLOW, _BEST_FLOW = {"time": "whitened_time"}, {"source_ridge": 0.0, "tuned_source": True}


def _stages(line: Any) -> tuple[Route, ...]:
    """From a fitted source: ridges of the target and of the source, numbers and best ones."""
    found = []
    for when, names, sort, formulas in (
        (SAME, {}, "", (two_stage_risk, optimal_two_stage_risk, optimal_source_ridge_risk)),
        (DIAGONAL, TWO_SPECTRA, "", (two_stage_risk, optimal_two_stage_risk, optimal_source_ridge_risk)),
        (DENSE, VECTORS, "-matrix", (two_stage_matrix_risk, optimal_two_stage_matrix_risk, optimal_source_ridge_matrix_risk)),
    ):  # fmt: skip
        number, tuned, source = formulas
        best, both = f"optimal-two-stage{sort}-risk", f"optimal-source-ridge{sort}-risk"
        lines: tuple[tuple[Any, str, Any, dict[str, Any]], ...] = (
            (number, f"two-stage{sort}-risk", with_ridge & numbered_fit, {}),
            (tuned, best, tuned_ridge & numbered_fit, {}),
            (tuned, best, signed_ridge & numbered_fit, {"negative": True}),
            (source, both, with_ridge & plain_ridge & tuned_fit, {}),
            (source, both, tuned_ridge & tuned_fit, {"ridge": 0.0, "tuned": True}),
        )
        found += [
            line(ASYMPTOTIC, formula, theorem, when & more, names=names | others, traced=formula is not source,
                 broadcasts=False, seconds=0.02 if "tuned" in others else 0.0)
            for formula, theorem, more, others in lines
        ]  # fmt: skip
    return tuple(found)


def _flows(line: Any) -> tuple[Route, ...]:
    """Gradient flow stopped early, from a fitted source and under covariance shift."""
    return (
        line(
            ASYMPTOTIC, two_stage_stopped_risk, "two-stage-stopped-risk", EVEN & stopped & numbered_fit,
            names=_FLOW | STOPPED_FIT, broadcasts=False,
        ),
        line(
            ASYMPTOTIC, two_stage_stopped_risk, "two-stage-stopped-risk", EVEN & stopped & tuned_fit,
            names=_FLOW | _BEST_FLOW, traced=False, broadcasts=False,
        ),
        line(
            ASYMPTOTIC, optimally_stopped_two_stage_risk, "optimally-stopped-two-stage-risk",
            EVEN & tuned_time & numbered_fit, names=STOPPED_FIT, broadcasts=False, seconds=4e-4,
        ),
        line(
            ASYMPTOTIC, optimally_stopped_two_stage_risk, "optimally-stopped-two-stage-risk",
            EVEN & tuned_time & tuned_fit, names=_BEST_FLOW, traced=False, broadcasts=False, seconds=4e-4,
        ),
        line(
            ASYMPTOTIC, shifted_stopped_risk, "shifted-stopped-risk", SHIFTED_FLOW & stopped,
            names=_FLOW | {"spread": "full_spread"}, broadcasts=False,
        ),
        line(
            ASYMPTOTIC, optimally_stopped_shifted_risk, "optimally-stopped-shifted-risk", SHIFTED_FLOW & tuned_time,
            names={"spread": "full_spread"}, traced=False, broadcasts=False, seconds=0.03,
        ),
    )  # fmt: skip


def _weights(who: type) -> tuple[Route, ...]:
    def line(method: str, formula: Any, theorem: str, when: Any, sizes: Sizes | None = None, **options: Any) -> Route:
        return Route(who, Linear, method, formula, theorem, when, *(() if sizes is None else (sizes,)), **options)

    certain = gaussian & ridgeless
    return (
        line(EXACT, untrained_risk, "untrained-risk", known_source & resting, names=UNDER_TEST),
        line(EXACT, untrained_risk, "untrained-risk", unshifted & fitted_source & no_inputs, names=UNDER_TEST),
        line(EXACT, min_norm_risk, "min-norm-risk", gaussian & isotropic & ridgeless & known_source),
        line(
            EXACT, finite_source_risk, "finite-source-fine-tuning",
            gaussian & isotropic & ridgeless & fitted_source & same_inputs & plain_fit,
        ),
        line(EXACT, least_squares_risk, "least-squares-risk", certain & unshifted, determined, names=RANK),
        line(
            EXACT, one_sample_risk, "one-sample-risk", certain & anisotropic & plain & noiseless, one_sample, broadcasts=False,
        ),
        line(
            EXACT, codimension_one_risk, "codimension-one-risk", certain & anisotropic & plain & noiseless, one_short,
            broadcasts=False,
        ),
        line(
            EXACT, shifted_least_squares_risk, "shifted-least-squares", certain & shifted & known_source & full_rank,
            shift_determined, names={"spread": "full_spread"},
        ),
        line(EXACT, untrained_risk, "untrained-risk", known_source, no_samples, names=UNDER_TEST),
        line(ASYMPTOTIC, ridge_risk, "ridge-risk", plain & with_ridge),
        line(
            ASYMPTOTIC, optimal_ridge_risk, "optimal-ridge-risk", plain & signed_ridge, names={"negative": True},
            broadcasts=False,
        ),
        line(ASYMPTOTIC, optimal_ridge_risk, "optimal-ridge-risk", plain & tuned_ridge, broadcasts=False),
        line(
            ASYMPTOTIC, shifted_risk, "shifted-risk", shifted & known_source & with_ridge & diagonal, names=SPECTRA,
            broadcasts=False,
        ),
        line(
            ASYMPTOTIC, shifted_matrix_risk, "shifted-matrix-risk", shifted & known_source & with_ridge & dense,
            names=MATRICES, broadcasts=False,
        ),
        line(
            ASYMPTOTIC, optimal_shifted_risk, "optimal-shifted-risk", shifted & known_source & tuned_ridge & diagonal,
            names=SPECTRA, traced=False, broadcasts=False,
        ),
        line(
            ASYMPTOTIC, optimal_shifted_matrix_risk, "optimal-shifted-matrix-risk",
            shifted & known_source & tuned_ridge & dense, names=MATRICES, traced=False, broadcasts=False,
        ),
        *_stages(line),
        line(
            ASYMPTOTIC, early_stopped_risk, "early-stopped-risk", isotropic & plain & stopped,
            names={"time": "whitened_time"}, broadcasts=False, pairs=True,
        ),
        line(
            ASYMPTOTIC, optimally_stopped_risk, "optimally-stopped-risk", isotropic & plain & tuned_time,
            broadcasts=False, pairs=True, seconds=4e-4,
        ),
        *_flows(line),
        line(LAW, simulate_law, "min-norm-law", drawn_law & ridgeless & with_weights & known_fit),
        line(LAW, simulate_law, "conditional-risk", drawn_law & optimised),
        line(SIMULATE, simulate_designs, "simulation", optimised),
    )  # fmt: skip


def _line(method: str, formula: Any, theorem: str, when: Any, sizes: Sizes | None = None, **options: Any) -> Route:
    return Route(
        LinearTransfer,
        Linear,
        method,
        formula,
        theorem,
        when & known_head,
        *(() if sizes is None else (sizes,)),
        **options,
    )


_HEAD: tuple[Route, ...] = (
    _line(EXACT, untrained_risk, "untrained-risk", known_source & resting, names=UNDER_TEST),
    _line(EXACT, untrained_risk, "untrained-risk", known_source & dead_feature, names=UNDER_TEST),
    _line(EXACT, untrained_risk, "untrained-risk", unshifted & fitted_source & no_inputs, names=UNDER_TEST),
    _line(EXACT, frozen_features_risk, "frozen-features-risk", gaussian & plain & ridgeless & live_features, head_determined),
    _line(
        EXACT, ridge_head_risk, "ridge-head", gaussian & plain & one_feature & with_ridge,
        names={"ridge": "whitened_ridge"},
    ),
    _line(EXACT, optimal_ridge_head_risk, "optimal-ridge-head", gaussian & plain & one_feature & tuned_ridge),
    _line(
        EXACT, ridge_features_risk, "ridge-features", gaussian & plain & several_features & live_features & equal_features & with_ridge,
        known_resolvent, names={"ridge": "whitened_ridge"}, traced=False, broadcasts=False,
    ),
    _line(
        EXACT, optimal_ridge_features_risk, "optimal-ridge-features-risk",
        gaussian & plain & several_features & live_features & equal_features & tuned_ridge, known_resolvent, traced=False,
        broadcasts=False,
    ),
    _line(
        EXACT, source_feature_risk, "source-feature-transfer",
        FITTED_FEATURE & ridgeless,
    ),
    _line(
        EXACT, source_feature_ridge_risk, "source-feature-ridge", FITTED_FEATURE & with_ridge,
        names={"ridge": "feature_ridge"},
    ),
    _line(EXACT, optimal_source_feature_ridge_risk, "optimal-source-feature-ridge", FITTED_FEATURE & tuned_ridge),
    _line(
        EXACT, shifted_head_risk, "covariance-shift", gaussian & shifted & known_source & ridgeless & live_features, shift_determined,
        names={"n_features": "shift_count", "unexplained": "shift_unexplained"},
    ),
    _line(EXACT, untrained_risk, "untrained-risk", known_source, no_samples, names=UNDER_TEST),
    _line(
        ASYMPTOTIC, feature_covariance_risk, "feature-covariance-risk", plain & with_ridge, names=FEATURES,
    ),
    _line(
        ASYMPTOTIC, optimal_features_ridge_risk, "optimal-features-ridge-risk", plain & tuned_ridge, names=FEATURES,
        broadcasts=False,
    ),
    _line(LAW, simulate_law, "frozen-features-law", drawn_law & ridgeless & known_fit),
    _line(LAW, simulate_law, "conditional-risk", drawn_law & optimised),
    _line(SIMULATE, simulate_designs, "simulation", optimised),
)  # fmt: skip

RISK: tuple[Route, ...] = (
    *(r for r in _weights(Scratch) if fitted_source.parts[0] not in r.when.parts),
    *_weights(FineTune),
    *_HEAD,
)


def _pair(method: str, formula: Any, theorem: str, when: Any, sizes: Sizes | None = None, **options: Any) -> Route:
    return Route(FineTune, Linear, method, formula, theorem, when, *(() if sizes is None else (sizes,)), **options)


TRANSFERABILITY: tuple[Route, ...] = (
    _pair(
        EXACT, fine_tuning_transferability, "paired-transferability",
        same_training & ridgeless & plain & gaussian & isotropic,
    ),
    _pair(
        EXACT, fine_tuning_transferability, "paired-transferability",
        same_training & ridgeless & plain & gaussian & anisotropic, at_least_rank, names=RANK,
    ),
    _pair(
        EXACT, finite_source_transferability, "finite-source-transferability",
        same_training & ridgeless & fitted_source & gaussian & isotropic & same_inputs & plain_fit,
    ),
    _pair(ASYMPTOTIC, metric_transferability, "metric-transferability", same_training & with_ridge & plain),
    *(
        Route(who, Linear, method, draw, theorem, linear_pair & when)
        for who in (Scratch, FineTune, LinearTransfer)
        for method, draw, theorem, when in (
            (LAW, simulate_law, "conditional-risk", drawn_law & optimised),
            (SIMULATE, simulate_designs, "simulation", optimised),
        )
    ),
)  # fmt: skip

_still = known_source & resting
_lawful = gaussian & ridgeless & plain & one_output
LAWS: tuple[LawRoute, ...] = (
    LawRoute(Scratch, Linear, untrained_risk, "untrained-risk", _still, names=UNDER_TEST),
    LawRoute(FineTune, Linear, untrained_risk, "untrained-risk", _still, names=UNDER_TEST),
    LawRoute(LinearTransfer, Linear, untrained_risk, "untrained-risk", _still, names=UNDER_TEST),
    LawRoute(LinearTransfer, Linear, untrained_risk, "untrained-risk", known_source & dead_feature, names=UNDER_TEST),
    LawRoute(Scratch, Linear, min_norm_law, "min-norm-law", _lawful, law_of_fit, names=RANK),
    LawRoute(FineTune, Linear, min_norm_law, "min-norm-law", _lawful, law_of_fit, names=RANK),
    LawRoute(
        LinearTransfer,
        Linear,
        frozen_features_law,
        "frozen-features-law",
        _lawful & live_features & known_head,
        law_of_head,
    ),
)
TRANSFER_LAWS: tuple[LawRoute, ...] = (
    LawRoute(
        FineTune,
        Linear,
        transferability_law_of_fine_tuning,
        "paired-transferability-law",
        same_training & _lawful,
        law_of_fit,
        names=RANK,
    ),
)

FAMILY = Family(
    "linear", Linear, RISK, TRANSFERABILITY, lambda model: Scratch(), LAWS, TRANSFER_LAWS, sliced=True,
)  # fmt: skip

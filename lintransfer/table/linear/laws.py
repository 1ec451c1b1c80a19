"""Rows: whole distributions of risks, transferabilities and alignments on isotropic inputs."""

from __future__ import annotations

import math
from typing import Any

from lintransfer.experiments.linear.heads import head_risk
from lintransfer.experiments.linear.isotropic import (
    paired_gains,
    source_alignments,
    training_risks,
    unexplained_energies,
)
from lintransfer.table.mutants import dropped, instead, swapped
from lintransfer.table.row import Experiment, Limit, Mutant, Theorem
from lintransfer.theory import law
from lintransfer.theory.linear import isotropic, laws
from lintransfer.theory.linear.frozen_features import frozen_features_risk
from lintransfer.theory.linear.laws.beta_ratio import BetaRatioLaw
from lintransfer.theory.linear.laws.paired import PairedTransferabilityLaw
from lintransfer.theory.linear.source_alignment import source_cosine_squared

_ENERGY = (0.0, 4.0)


def _risk(n: int, dim: int) -> dict[str, Any]:
    return {"n": n, "dim": dim, "displacement_energy": 0.8, "noise_variance": 0.3}


def _head(n: int, n_features: int) -> dict[str, Any]:
    return {"n": n, "n_features": n_features, "explained": 0.9, "unexplained": 0.4, "noise_variance": 0.2}


def _pair(n: int, dim: int, cross_energy: float) -> dict[str, Any]:
    return {"n": n, "dim": dim, "source_energy": 1.0, "cross_energy": cross_energy, "target_energy": 1.5}


def _source(n_source: int, dim: int, source_noise_std: float = 0.7) -> dict[str, Any]:
    return {"n_source": n_source, "dim": dim, "source_norm": 1.2, "source_noise_std": source_noise_std}


def _moments(law: law.Law) -> dict[str, float]:
    return {"mean": law.mean(), "var": law.var()}


def _risk_moments(n: int, dim: int, displacement_energy: float, noise_variance: float) -> dict[str, float]:
    arguments = n, dim, displacement_energy, noise_variance
    return {"mean": isotropic.min_norm_risk(*arguments), "var": isotropic.min_norm_risk_variance(*arguments)}


_RISK_BOX = {"n": (1, 10**9), "dim": (1, 10**9), "displacement_energy": _ENERGY, "noise_variance": _ENERGY}
_HEAD_BOX = {
    "n": (1, 10**9), "n_features": (1, 10**9), "explained": _ENERGY, "unexplained": _ENERGY, "noise_variance": _ENERGY,
}  # fmt: skip

ROWS = (
    Theorem(
        name="min-norm-law",
        kind="law",
        statement="R = ‖δ‖² Beta((d−n)/2, n/2) + σ² χ²_n/χ²_{d−n+1}, independent",
        formula=laws.min_norm_law,
        source="not found in the literature (searched 2026-11-27); the combination; its parts, the Beta law of a random projection and Hotelling's ratio, are classical; cf. Li, Xie & Wang (2020), Han & Xu (2026)",
        see=("muirhead1982", "hotelling1931", "li2020", "han2026"),
        domain="Σ = I, one output, 1 ≤ n < d (also n = d − 1, where the mean is infinite)",
        derivation="derivations.linear.laws.min_norm_law",
        limits=(
            Limit(
                "mean and variance are those of the formulas, infinite ones too",
                _risk_moments,
                tuple(_risk(n, d) for n, d in ((0, 5), (1, 5), (4, 5), (4, 9), (300, 10**9))),
                left=lambda formula, **a: _moments(formula(**a)),
            ),
            Limit(
                "no samples: the energy of the displacement, surely",
                0.8,
                ({"dim": 1}, {"dim": 10**9}),
                left=lambda formula, dim: formula(0, dim, 0.8, 0.3).ppf(0.01),
            ),
            Limit(
                "one sample of two dimensions, no noise: the squared sine of a uniform angle",
                lambda x: 2 / math.pi * math.asin(math.sqrt(x)),
                ({"x": 0.01}, {"x": 0.5}, {"x": 0.9}),
                left=lambda formula, x: formula(1, 2, 1.0, 0.0).cdf(x),
            ),
        ),
        box=_RISK_BOX,
        experiments=(Experiment(training_risks, (_risk(3, 8), _risk(7, 8), _risk(1, 3)), compare="law"),),
        mutants=(
            Mutant(
                "d − n degrees of freedom for d − n + 1",
                lambda n, dim, displacement_energy, noise_variance: BetaRatioLaw(
                    0.0, displacement_energy, ((dim - n) / 2, n / 2), noise_variance, (n, dim - n)
                ),
            ),
            Mutant(
                "d and n swapped in the Beta part",
                lambda n, dim, displacement_energy, noise_variance: BetaRatioLaw(
                    0.0, displacement_energy, (n / 2, (dim - n) / 2), noise_variance, (n, dim - n + 1)
                ),
            ),
            Mutant(
                "noise averaged analytically",
                lambda n, dim, displacement_energy, noise_variance: BetaRatioLaw(
                    isotropic.min_norm_risk(n, dim, 0.0, noise_variance), displacement_energy, ((dim - n) / 2, n / 2)
                ),
            ),
        ),
    ),
    Theorem(
        name="least-squares-law",
        kind="law",
        statement="R = σ² χ²_d/χ²_{n−d+1}, whatever w0",
        formula=laws.min_norm_law,
        source="classical (Hotelling's T²): Hotelling (1931); Anderson (2003)",
        papers=("hotelling1931", "anderson2003"),
        domain="any non-singular Σ, one output, n ≥ d (also n = d, d + 1, where the mean is infinite)",
        derivation="derivations.linear.laws.least_squares_law",
        limits=(
            Limit(
                "mean and variance are those of the formulas, infinite ones too",
                _risk_moments,
                tuple(_risk(n, d) for n, d in ((5, 5), (6, 5), (9, 5), (2 * 10**9, 10**9))),
                left=lambda formula, **a: _moments(formula(**a)),
            ),
            Limit(
                "as many samples as dimensions, d = 1: the square of a Cauchy variable",
                lambda x: 2 / math.pi * math.atan(math.sqrt(x)),
                ({"x": 1e-6}, {"x": 1.0}, {"x": 1e6}),
                left=lambda formula, x: formula(1, 1, 0.5, 1.0).cdf(x),
            ),
            Limit(
                "no noise: the teacher is found",
                1.0,
                ({"n": 5, "dim": 5}, {"n": 8, "dim": 5}),
                left=lambda formula, n, dim: formula(n, dim, 0.8, 0.0).cdf(0.0),
            ),
        ),
        box=_RISK_BOX,
        experiments=(Experiment(training_risks, (_risk(4, 4), _risk(5, 4), _risk(9, 3)), compare="law"),),
        mutants=(
            Mutant(
                "n − d degrees of freedom for n − d + 1",
                lambda n, dim, noise_variance: BetaRatioLaw(
                    ratio_scale=noise_variance, ratio_degrees=(dim, max(n - dim, 1))
                ),
            ),
            Mutant(
                "n for d above",
                lambda n, dim, noise_variance: BetaRatioLaw(ratio_scale=noise_variance, ratio_degrees=(n, n - dim + 1)),
            ),
        ),
    ),
    Theorem(
        name="frozen-features-law",
        kind="law",
        statement="R = u + v χ²_r/χ²_{n−r+1}, v = σ² + u",
        formula=laws.frozen_features_law,
        source="follows from least-squares-law by substitution (d = r, noise σ² + u)",
        follows=("least-squares-law",),
        domain="any Σ and feature map of rank r (u is that of the Σ-best head), one output, n ≥ r",
        derivation="derivations.linear.laws.frozen_features_law",
        limits=(
            Limit(
                "the mean is that of the formula, infinite for n = r, r + 1",
                frozen_features_risk,
                tuple(_head(n, r) for n, r in ((3, 3), (4, 3), (6, 3), (1, 1), (10**9, 1))),
                left=lambda formula, **a: formula(**a).mean(),
            ),
            Limit(
                "features that span everything: least squares",
                lambda x: laws.min_norm_law(7, 4, 0.8, 0.3).cdf(x),
                ({"x": 0.05}, {"x": 2.0}),
                left=lambda formula, x: formula(7, 4, 0.8, 0.0, 0.3).cdf(x),
            ),
        ),
        box=_HEAD_BOX,
        experiments=(Experiment(head_risk, (_head(1, 1), _head(6, 1), _head(9, 4)), compare="law"),),
        mutants=(
            Mutant(
                "the unexplained part does not act as noise",
                lambda n, n_features, unexplained, noise_variance: BetaRatioLaw(
                    unexplained, ratio_scale=noise_variance, ratio_degrees=(n_features, n - n_features + 1)
                ),
            ),
            Mutant(
                "n − r degrees of freedom for n − r + 1",
                lambda n, n_features, unexplained, noise_variance: BetaRatioLaw(
                    unexplained,
                    ratio_scale=noise_variance + unexplained,
                    ratio_degrees=(n_features, max(n - n_features, 1)),
                ),
            ),
        ),
    ),
    Theorem(
        name="min-norm-head-law",
        kind="law",
        statement="R = u + e Beta((r−n)/2, n/2) + v χ²_n/χ²_{r−n+1}, v = σ² + u, independent",
        formula=laws.frozen_features_law,
        source="follows from min-norm-law by substitution (d = r, noise σ² + u)",
        follows=("min-norm-law",),
        domain="features of equal variance (Σ = I, orthonormal features), one output, 1 ≤ n < r",
        derivation="derivations.linear.laws.min_norm_head_law",
        limits=(
            Limit(
                "the mean is that of the formula, infinite for n = r − 1",
                frozen_features_risk,
                tuple(_head(n, r) for n, r in ((0, 3), (1, 3), (2, 3), (2, 8))),
                left=lambda formula, **a: formula(**a).mean(),
            ),
            Limit(
                "no samples: nothing is learnt",
                1.3,
                ({"n_features": 1}, {"n_features": 7}),
                left=lambda formula, n_features: formula(0, n_features, 0.9, 0.4, 0.2).median(),
            ),
        ),
        box=_HEAD_BOX,
        experiments=(Experiment(head_risk, (_head(1, 2), _head(2, 6), _head(5, 6)), compare="law"),),
        mutants=(
            Mutant(
                "the unexplained part does not act as noise",
                lambda n, n_features, explained, unexplained, noise_variance: BetaRatioLaw(
                    unexplained, explained, ((n_features - n) / 2, n / 2), noise_variance, (n, n_features - n + 1)
                ),
            ),
            swapped("explained", "unexplained"),
        ),
    ),
    Theorem(
        name="paired-transferability-law",
        kind="law",
        statement="T = αb + β√(b(1−b)) z, α = 2stc − s², β = 2√(s²t² − (stc)²), b ~ Beta((d−n)/2, n/2), z on S^{d−2}",
        formula=laws.transferability_law_of_fine_tuning,
        source="not found in the literature (searched 2026-11-27)",
        domain="Σ = I, one output, linear fine-tuning against scratch on the same data, every n ≥ 0; any noise",
        derivation="derivations.linear.laws.paired_transferability_law",
        limits=(
            Limit(
                "n = 0: T = 2stc − s², and n ≥ d: T = 0, surely",
                lambda n, dim: 0.8 if n == 0 else 0.0,
                ({"n": 0, "dim": 5}, {"n": 5, "dim": 5}, {"n": 9, "dim": 5}, {"n": 0, "dim": 1}, {"n": 1, "dim": 1}),
                left=lambda formula, n, dim: formula(**_pair(n, dim, 0.9)).ppf([0.1, 0.9]),
            ),
            Limit(
                "parallel teachers: T = (2t − s)s·b",
                lambda x: BetaRatioLaw(0.0, 1.0, (2.5, 1.5)).cdf(x),
                ({"x": 0.2}, {"x": 0.8}),
                left=lambda formula, x: formula(3, 8, 1.0, 1.5, 2.25).cdf(2 * x),
            ),
            Limit(
                "at c = s/2t transfer is a coin toss",
                0.5,
                ({"n": 1, "dim": 2}, {"n": 3, "dim": 8}, {"n": 10**8, "dim": 10**9}),
                rtol=1e-10,
                left=lambda formula, n, dim: formula(**_pair(n, dim, 0.5)).sf(0.0),
            ),
        ),
        box={
            "n": (1, 10**9),
            "dim": (2, 10**9),
            "source_energy": (0.1, 4.0),
            "cross_energy": (-1.0, 1.0),
            "target_energy": (0.1, 4.0),
        },
        experiments=(Experiment(paired_gains, (_pair(3, 8, 0.9), _pair(1, 2, 0.3), _pair(5, 6, -0.4)), compare="law"),),
        mutants=(
            Mutant(
                "z on a sphere of one dimension more",
                lambda n, dim, **energies: PairedTransferabilityLaw(n, dim + 1, **energies),
            ),
            Mutant(
                "only the mean overlap: the part across θ_S dropped",
                lambda n, dim, source_energy, cross_energy: PairedTransferabilityLaw(
                    n, dim, source_energy, cross_energy, cross_energy**2 / source_energy
                ),
            ),
            Mutant(
                "n and d − n swapped", lambda n, dim, **energies: PairedTransferabilityLaw(dim - n, dim, **energies)
            ),
        ),
    ),
    Theorem(
        name="source-alignment-law",
        slow=True,
        kind="law",
        statement="A = (q+√(qV)x)²/(q+V+2√(qV)x), q ~ Beta(n_S/2, (d−n_S)/2), V = (σ_S/s)² χ²_m/χ²_{|d−n_S|+1}",
        formula=laws.source_alignment_law,
        source="not found in the literature (searched 2026-11-27)",
        domain="Σ_S = I, min-norm or least-squares source fit, every n_S ≥ 1; m = min(n_S, d), x on S^{m−1}",
        derivation="derivations.linear.laws.source_alignment_law",
        limits=(
            Limit(
                "the mean is that of the formula",
                lambda n_source, dim, source_norm, source_noise_std: source_cosine_squared(
                    n_source, dim, (source_noise_std / source_norm) ** 2
                ),
                tuple(_source(n, d, noise) for n in (1, 4, 7, 8, 20) for d in (1, 7) for noise in (0.0, 0.7)),
                left=lambda formula, n_source, dim, source_norm, source_noise_std: formula(
                    n_source, dim, source_norm, source_noise_std
                ).mean(),
            ),
            Limit(
                "vanishing noise: the share of the teacher that the design sees",
                lambda x: laws.source_alignment_law(3, 7, 1.0, 0.0).cdf(x),
                ({"x": 0.2}, {"x": 0.6}),
                rtol=1e-7,
                left=lambda formula, x: formula(3, 7, 1.0, 1e-9).cdf(x),
            ),
            Limit(
                "two samples or more in two dimensions, overwhelming noise: a uniform angle",
                lambda x: 2 / math.pi * math.asin(math.sqrt(x)),
                ({"x": 0.2}, {"x": 0.6}),
                rtol=1e-7,
                left=lambda formula, x: formula(5, 2, 1.0, 1e9).cdf(x),
            ),
        ),
        box={"n_source": (2, 10**9), "dim": (2, 10**9), "source_norm": (0.1, 2.0), "source_noise_std": (0.1, 2.0)},
        experiments=(
            Experiment(
                source_alignments, (_source(8, 5), _source(7, 6), _source(1, 4), _source(2, 4, 0.0)), compare="law"
            ),
            Experiment(source_alignments, (_source(5, 5), _source(3, 6)), compare="law"),
        ),
        mutants=(
            Mutant(
                "noise against s for noise against s²", instead(source_norm=lambda source_norm: math.sqrt(source_norm))
            ),
            instead(n_source=lambda n_source: max(n_source - 1, 1)),
            dropped("source_noise_std"),
        ),
    ),
    Theorem(
        name="random-subspace-law",
        kind="law",
        statement="u ~ Beta((d−r)/2, r/2) for r random orthonormal features and a target of norm 1",
        formula=laws.random_subspace_law,
        source="classical (Beta law of a random projection): Muirhead (1982)",
        papers=("muirhead1982",),
        domain="Σ = I, 0 ≤ r ≤ d",
        derivation="derivations.linear.laws.random_subspace_law",
        limits=(
            Limit(
                "no features: nothing is explained; as many as dimensions: everything is",
                lambda dim, n_features: float(n_features == 0),
                ({"dim": 4, "n_features": 0}, {"dim": 4, "n_features": 4}),
                left=lambda formula, dim, n_features: formula(dim, n_features).median(),
            ),
            Limit(
                "half of the dimensions: symmetric about 1/2",
                0.5,
                ({"dim": 2}, {"dim": 10}, {"dim": 10**8}),
                rtol=1e-9,
                left=lambda formula, dim: formula(dim, dim // 2).median(),
            ),
        ),
        box={"dim": (1, 10**9), "n_features": (0, 10**9)},
        sample=lambda rng: {"dim": (d := int(rng.integers(1, 10**9))), "n_features": int(rng.integers(0, d + 1))},
        experiments=(
            Experiment(unexplained_energies, ({"dim": 6, "n_features": 1}, {"dim": 5, "n_features": 3}), compare="law"),
        ),
        mutants=(
            Mutant("explained for unexplained", instead(n_features=lambda dim, n_features: dim - n_features)),
            Mutant("shapes not halved", lambda dim, n_features: BetaRatioLaw(0.0, 1.0, (dim - n_features, n_features))),
        ),
    ),
)

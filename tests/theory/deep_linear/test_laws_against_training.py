"""The finite-size law of deep fine-tuning against whole simulations: Kolmogorov–Smirnov at small (n, d).

Declared probability of a false alarm: 10⁻⁴ per test on fixed seeds.
"""

import numpy as np
import pytest
import scipy.stats

import lintransfer as lt
from lintransfer.simulate.deep_linear.layers import (
    deep_gain_samples,
    deep_risk_samples,
    draw_sets,
    excess_risks,
    min_norm_fits,
)
from lintransfer.simulate.teachers import teacher_pair
from lintransfer.theory.deep_linear.end_points import deep_end_point

SIZES = [(2, 4), (4, 5), (3, 9)]


def world(n, dim):
    source, target = teacher_pair(dim, 0.4, 1.2, 1.7)
    return lt.TransferProblem.isotropic(dim, 0.4, 0.3, 1.2, 1.7), {
        "n": n,
        "source": source,
        "target": target,
        "noise_std": 0.3,
    }


@pytest.mark.parametrize("depth", [2, 3, np.inf])
@pytest.mark.parametrize("size", SIZES, ids=str)
def test_law_of_end_points_on_actual_data(depth, size):
    p, given = world(*size)
    rng = np.random.default_rng(1)
    design, labels = draw_sets(rng, 20_000, size[0], given["target"], given["noise_std"])
    risks = excess_risks(deep_end_point(design, labels, given["source"], depth), given["target"])
    learner = lt.FineTune(lt.DeepLinear(depth))
    assert scipy.stats.ks_2samp(risks, lt.risk_law(p, learner, size[0]).draws).pvalue > 1e-4
    scratch = excess_risks(min_norm_fits(design, labels), given["target"])
    law = lt.transferability_law(p, learner, size[0])
    assert scipy.stats.ks_2samp(scratch - risks, law.draws).pvalue > 1e-4
    # A law of another depth or overlap, or without noise in the fit, would be refused.
    for other in (
        lt.risk_law(p, lt.FineTune(lt.DeepLinear(1)), size[0]),
        lt.risk_law(p.with_overlap(0.2), learner, size[0]),
    ):
        assert scipy.stats.ks_2samp(risks, other.rvs(100_000, seed=2)).pvalue < 1e-4


@pytest.mark.parametrize("depth", [2, 3])
def test_law_of_training_every_weight_matrix(depth):
    p, given = world(3, 7)
    risks = deep_risk_samples(np.random.default_rng(2), 1500, depth=depth, **given)
    learner = lt.FineTune(lt.DeepLinear(depth))
    assert scipy.stats.ks_1samp(risks, lt.risk_law(p, learner, 3).cdf).pvalue > 1e-4
    gains = deep_gain_samples(np.random.default_rng(3), 1500, depth=depth, **given)
    assert scipy.stats.ks_1samp(gains, lt.transferability_law(p, learner, 3).cdf).pvalue > 1e-4
    assert scipy.stats.ks_1samp(risks, lt.risk_law(p, lt.FineTune(), 3).cdf).pvalue < 1e-4


def test_great_depth_approaches_the_law_of_infinite_depth():
    p, given = world(3, 7)
    risks = deep_risk_samples(np.random.default_rng(4), 400, depth=300, method="reduced", **given)
    assert scipy.stats.ks_1samp(risks, lt.risk_law(p, lt.FineTune(lt.DeepLinear(np.inf)), 3).cdf).pvalue > 1e-4


def test_laws_at_the_front_door():
    p, _ = world(3, 7)
    deep = lt.FineTune(lt.DeepLinear(2))
    assert lt.risk_law(p, deep, 12).mean() == pytest.approx(0.09 * 7 / 4, rel=0.02)
    exact = lt.risk(p, deep, 3, method="simulate", replicates=20_000)
    assert abs(lt.risk_law(p, deep, 3).mean() - exact.value) < 5 * exact.std_err
    assert lt.risk_law(p, lt.Scratch(lt.DeepLinear(3)), 3).mean() == lt.risk_law(p, lt.Scratch(), 3).mean()
    for problem, learner in (
        (p, lt.FineTune(lt.DeepLinear(2, -1.0))),
        (p.with_noise(n_source=5), deep),
        (lt.TransferProblem.from_teachers(np.ones(3), np.ones(3), covariance=[1.0, 2.0, 3.0]), deep),
    ):
        with pytest.raises(lt.MissingMethodError, match="has no exact law"):
            lt.risk_law(problem, learner, 2)
        with pytest.raises(lt.MissingMethodError, match="has no exact law"):
            lt.transferability_law(problem, learner, 2)

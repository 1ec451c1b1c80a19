r"""A ridge on the head of the one feature that a fitted source provides, isotropic inputs.

Given the feature, the risk is linear in the energies that it explains and leaves (`ridge_head_risk`), and the target set is
independent of it: means over the source set may be put in their place. They stand there for every ridge, so that the best
ridge is that of the mean energies too.
"""

from __future__ import annotations

from typing import Any

from lintransfer.arithmetic import where
from lintransfer.theory.linear.finite_source import source_feature_unexplained
from lintransfer.theory.linear.ridge_heads import optimal_ridge_head_risk, ridge_head_risk


def source_feature_ridge_risk(
    n: Any,
    n_source: Any,
    dim: Any,
    source_energy: Any,
    cross_energy: Any,
    target_energy: Any,
    noise_variance: Any,
    source_noise_variance: Any,
    ridge: Any,
) -> Any:
    r"""Mean excess risk of a ridge head on the direction of a fitted source.

    .. math:: E R = E u + E_{q\sim\chi^2_n}\frac{\lambda^2(t^2-E u) + (\sigma^2+E u)\,q}{(q+\lambda)^2}

    ridge: λ ≥ 0 (inf: the head stays 0).  Other arguments as in `source_feature_risk`, which gives E u and is the case λ = 0.
    Returns E R; t² at n = 0 and where the fit vanishes (n_S = 0, or s = σ_S = 0).
    Exact, Σ_S = Σ = I, the source fitted without ridge. Source: its row of the table.

    >>> round(float(source_feature_ridge_risk(3, 16, 8, 1.0, 0.8, 1.0, 0.04, 0.0, ridge=0.625)), 4)  # known: `ridge_head_risk`
    0.5275
    """
    left = source_feature_unexplained(n_source, dim, source_energy, cross_energy, target_energy, source_noise_variance)
    risk = ridge_head_risk(n, target_energy - left, left, noise_variance, ridge)
    return where(_vanishes(n_source, source_energy, source_noise_variance), target_energy, risk)


def optimal_source_feature_ridge_risk(
    n: Any,
    n_source: Any,
    dim: Any,
    source_energy: Any,
    cross_energy: Any,
    target_energy: Any,
    noise_variance: Any,
    source_noise_variance: Any,
) -> Any:
    r"""`source_feature_ridge_risk` at its best ridge, λ* = (σ² + E u)/(t² − E u), the same for every n.

    .. math:: E R^* = E u + (\sigma^2+E u)\,E_{q\sim\chi^2_n}\frac{1}{q+\lambda^*}

    Arguments as there. Exact. Source: its row of the table.

    >>> round(float(optimal_source_feature_ridge_risk(3, 16, 8, 1.0, 0.8, 1.0, 0.04, 0.0)), 4)
    0.5275
    """
    left = source_feature_unexplained(n_source, dim, source_energy, cross_energy, target_energy, source_noise_variance)
    risk = optimal_ridge_head_risk(n, target_energy - left, left, noise_variance)
    return where(_vanishes(n_source, source_energy, source_noise_variance), target_energy, risk)


def _vanishes(n_source: Any, source_energy: Any, source_noise_variance: Any) -> Any:
    return (n_source <= 0) | ((source_energy <= 0) & (source_noise_variance <= 0))

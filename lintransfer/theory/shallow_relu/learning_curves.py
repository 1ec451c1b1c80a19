r"""Learning curves of infinitely wide ReLU networks on the unit sphere: deterministic equivalents at finite d.

Infinite-width training from a start function f_start is kernel regression of the residual,
f = f_start + K(·,X)K(X,X)⁻¹(y − f_start(X)). With the sphere spectrum (μ_k, N_k) cut at degree `max_degree`, the mass
beyond it acts as a ridge: κ solves n = Σ_k N_kμ_k/(μ_k+κ) + (tail + λ_0)/κ. A linear residual δ·x has the one energy
e_1 = ‖δ‖²/d. Relative error below 10 % for d ≥ 12 and n ≤ 3d, falling like 1/d.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from lintransfer.arithmetic import kind_of, per_mode, total, where
from lintransfer.errors import refuse
from lintransfer.theory.linear.effective_regularization import effective_regularization
from lintransfer.theory.shallow_relu.spectrum import spectrum_tail, sphere_spectrum

MAX_DEGREE = 20


def kernel_risk(
    n: Any, kappa: Any, eigenvalues: Any, multiplicities: Any, residual_energies: Any, noise_variance: Any, ridge: Any
) -> Any:
    r"""Excess risk of kernel regression of a residual, at a given effective regularisation κ.

    .. math:: R = \frac{\sum_k (1-s_k)^2 e_k + \sigma^2\,\mathrm{df}_2/n}{1 - \mathrm{df}_2/n}, \qquad
              s_k = \frac{\mu_k}{\mu_k+\kappa}, \quad \mathrm{df}_2 = \sum_k N_k s_k^2 ,

    where n − df₂ is written as Σ N_k s_k(1−s_k) + λ/κ, so that nothing cancels; the test error with noise is R + σ².
    n: sample size > 0, shape (...).  kappa: root of n = Σ N_kμ_k/(μ_k+κ) + λ/κ, shape (...).  eigenvalues,
    multiplicities, residual_energies: (..., K+1), with e_k the TOTAL energy of degree k of target minus start function.
    noise_variance: σ².  ridge: λ = tail + λ_0.  Returns shape (...).
    Source: R4; Simon et al. 2021, eq. (5), in these conventions.

    >>> float(kernel_risk(2.0, 1.0, np.ones(1), np.ones(1), np.ones(1), 0.0, 1.5))
    0.2857142857142857
    """
    kappa_ = per_mode(kappa)
    learnt, missed = eigenvalues / (eigenvalues + kappa_), kappa_ / (eigenvalues + kappa_)
    df2 = total(multiplicities * learnt * learnt)
    left = total(multiplicities * learnt * missed) + ridge / kappa
    return (n * total(missed * missed * residual_energies) + noise_variance * df2) / left


def linear_energies(energy: Any, max_degree: int = MAX_DEGREE) -> Any:
    """Energies (..., max_degree + 1) of a linear residual: all of it in degree 1.

    >>> linear_energies(0.5, 3).tolist()
    [0.0, 0.5, 0.0, 0.0]
    """
    if max_degree < 1:
        refuse("max_degree", "at least 1 (a linear residual lives in degree 1)", max_degree)
    degree_one = (np.arange(max_degree + 1) == 1).astype(int)
    return per_mode(energy) * degree_one if kind_of(energy) != "numpy" else per_mode(np.asarray(energy)) * degree_one


def sphere_kappa(n: Any, dim: Any, trained: Any = "both", ridge: Any = 0.0, max_degree: int = MAX_DEGREE) -> Any:
    r"""Effective regularisation κ of the ReLU kernel on the sphere: n = Σ N_kμ_k/(μ_k+κ) + (tail + λ_0)/κ.

    n: shape (...), solved for all at once; inf at n = 0.  ridge: explicit λ_0 ≥ 0, sum convention.

    >>> round(float(sphere_kappa(50.0, 20, "first")), 6)
    0.006225
    """
    spectrum = sphere_spectrum(dim, max_degree, trained)
    implicit = spectrum_tail(dim, max_degree, trained) + ridge
    return effective_regularization(n, spectrum.eigenvalues, spectrum.multiplicities, implicit)


def sphere_risk(
    n: Any,
    dim: int,
    displacement_energy: Any,
    noise_variance: Any = 0.0,
    trained: Any = "both",
    ridge: Any = 0.0,
    max_degree: int = MAX_DEGREE,
) -> Any:
    r"""Excess risk of an infinitely wide ReLU network on S^{d−1} with linear teachers.

    .. math:: R(n) = \text{kernel\_risk}(n, κ(n)), \qquad e_1 = \|\theta_T - w_0\|^2/d,\ \text{all other } e_k = 0 .

    n: sample sizes ≥ 0, shape (...).  dim: d ≥ 3.  displacement_energy: ‖θ_T − w_0‖² (w_0 = 0 from scratch, θ_S when
    fine-tuning a perfectly known source).  noise_variance: σ² of the labels, to be held against ‖θ_T‖²/d.
    trained: "first", "second", "both" or weights (α, ω).  ridge: explicit λ_0.
    Returns shape (...): E(f(x) − θ_T·x)², between 0 and about ‖δ‖²/d + σ²; at n = 0 exactly ‖δ‖²/d.
    Validity: deterministic equivalent; error < 10 % for d ≥ 12, n ≤ 3d.
    Source: R4 (kernel eigenframework with the arc-cosine spectrum).

    >>> sphere_risk(np.array([0.0, 50.0]), 20, 1.0, trained="first").round(5).tolist()
    [0.05, 0.00721]
    """
    spectrum = sphere_spectrum(dim, max_degree, trained)
    implicit = spectrum_tail(dim, max_degree, trained) + ridge
    energy = displacement_energy / dim
    return _risk_or_start(n, spectrum, linear_energies(energy, max_degree), noise_variance, implicit)


def _risk_or_start(n: Any, spectrum: Any, energies: Any, noise_variance: Any, implicit: Any) -> Any:
    """`kernel_risk` for n > 0, and the whole energy Σ e_k at n = 0."""
    n = n if kind_of(n) != "numpy" else np.asarray(n, dtype=float)
    some = where(n > 0, n, 1.0)
    kappa = effective_regularization(some, spectrum.eigenvalues, spectrum.multiplicities, implicit)
    risk = kernel_risk(some, kappa, spectrum.eigenvalues, spectrum.multiplicities, energies, noise_variance, implicit)
    return where(n > 0, risk, total(energies) + 0 * risk)

r"""The information floor of K related tasks: Bayes-optimal risks and information under a joint Gaussian prior.

Task k has n_k inputs N(0, Σ_k) and label noise σ_k². For large sizes its data act on the K teachers as a_kΣ_k of
precision, a_k = n_k/(σ_k² + e_k), where e_k = tr Σ_kV_kk is its own Bayes risk and V = (Π⁻¹ + blockdiag(a_kΣ_k))⁻¹ the
posterior covariance. With F(e) the right-hand side, e = F(e) is solved by Newton's method from above: F rises and is
concave (V is a parallel sum of Π and of something linear in e), so that every step stays above the root and the limit
is the largest root, which is the only one if every σ_k > 0. V is built by adding one task after the other to Π, which
may be singular.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from lintransfer.errors import refuse
from lintransfer.numerics.entries import plain
from lintransfer.theory.tasks.information_floor import require_all

_MOST_STEPS = 400
_SETTLED = 1e-14
_NOTHING = 1e-150  # relative to the prior: what is left then is nothing


def family_floor(sizes: Any, dim: Any, gram: Any, noise_variances: Any, task: int = -1) -> Any:
    r"""Bayes-optimal risk of one of K isotropic tasks whose teachers have prior covariance gram/d in every coordinate.

    .. math:: e = \mathrm{diag}\,(M^{-1} + B)^{-1}, \qquad B = \mathrm{diag}\frac{n_k}{d(\sigma_k^2+e_k)}

    sizes: n_k ≥ 0, (…, K), inf allowed.  dim: d ≥ 1, scalar or (…).  gram: M, (…, K, K), positive semidefinite, singular
    ones too: inner products of the teachers θ_k − w0.  noise_variances: σ_k² ≥ 0, (…, K).  task: whose risk, the last
    one by default, the target.
    Returns e_task, (…); leading axes broadcast. K = 2 is `transfer_floor`; equal teachers (M of rank one) with equal
    noise pool their samples.
    Asymptotic, error O(1/d), Σ_k = I. For fixed teachers it is the floor of rotation-equivariant learners that know the
    gram matrix and the noise. Raises `DomainError`. Source: its row of the table.

    >>> round(float(family_floor([5, 10], 10, [[1.0, 1.0], [1.0, 1.0]], [0.5, 0.5])), 6)  # one teacher, 15 samples
    0.366025
    """
    return plain(_solved("gram", *_isotropic(sizes, dim, gram, noise_variances)).risk[..., task])


def family_information(sizes: Any, dim: Any, gram: Any, noise_variances: Any) -> Any:
    r"""Information of the data of all K tasks about all their teachers, in nats.

    .. math:: I = \tfrac d2 \ln\det(I + MB) + \tfrac12\sum_k\Bigl[n_k\ln\Bigl(1+\frac{e_k}{\sigma_k^2}\Bigr)
        - \frac{n_k e_k}{\sigma_k^2 + e_k}\Bigr]

    Arguments, B and e as in `family_floor`. Returns I ≥ 0, (…); inf where samples without noise, or unlimited ones, teach
    anything. What task k adds is the difference to I with n_k = 0.
    Asymptotic, error O(1) nats, Σ_k = I. Raises `DomainError`. Source: its row of the table.

    >>> round(float(family_information([5, 5], 10, [[1.0, 1.0], [1.0, 1.0]], [0.5, 0.5])), 6)  # one teacher, 10 samples
    4.431472
    """
    return plain(_solved("gram", *_isotropic(sizes, dim, gram, noise_variances)).information)


def spectral_family_floor(
    sizes: Any, eigenvalues: Any, multiplicities: Any, prior: Any, noise_variances: Any, test_eigenvalues: Any = None
) -> Any:
    r"""`family_floor` for covariances Σ_k that are diagonal in one basis and a prior that does not mix their modes.

    .. math:: V_i = (\Pi_i^{-1} + \mathrm{diag}(a_k s_{ik}))^{-1}, \quad a_k = \frac{n_k}{\sigma_k^2+e_k}, \quad
        e_k = \sum_i m_i s_{ik} (V_i)_{kk}

    sizes, noise_variances: (…, K).  eigenvalues: s_ik ≥ 0 of mode i and task k, (…, modes, K).  multiplicities: m_i,
    (…, modes).  prior: Π_i, (…, modes, K, K), prior covariance of the K teachers' coordinates in a direction of mode i.
    test_eigenvalues: of the covariance under which the target is tested, (…, modes), its own if None.
    Returns the risk of the last task, (…): its Σ_i m_i t_i (V_i)_KK.
    Asymptotic. Raises `DomainError`. Source: its row of the table.

    >>> prior = np.array([[[1.0, 0.6], [0.6, 1.0]]]) / 10
    >>> risk = spectral_family_floor([4, 6], np.ones((1, 2)), np.array([10.0]), prior, [0.5, 0.3])
    >>> bool(np.isclose(risk, family_floor([4, 6], 10, 10 * prior[0], [0.5, 0.3])))
    True
    """
    given = (np.asarray(v, float) for v in (sizes, multiplicities, eigenvalues, prior, noise_variances))
    sizes, counts, levels, prior, noise = given
    found = _solved("prior", sizes, counts, levels, prior, noise)
    if test_eigenvalues is None:
        return plain(found.risk[..., -1])
    tested = np.asarray(test_eigenvalues, float)
    require_all("test_eigenvalues", "finite and ≥ 0", tested, lambda v: (v >= 0) & (v < np.inf))
    cover = _posterior(_widths(*np.broadcast_arrays(sizes, found.risk + noise)), levels, prior)[0]
    return plain((counts * tested * cover[..., -1, -1]).sum(axis=-1))


class _Solved(NamedTuple):
    risk: Any  # of every task (…, K)
    information: Any  # (…)


def _isotropic(sizes: Any, dim: Any, gram: Any, noise: Any) -> tuple[Any, ...]:
    """The problem as one mode of multiplicity d."""
    require_all("dim", "a finite number ≥ 1", dim, lambda v: (v >= 1) & (v < np.inf))
    sizes, dim, gram, noise = (np.asarray(v, float) for v in (sizes, dim, gram, noise))
    if gram.ndim < 2 or gram.shape[-1] != gram.shape[-2]:
        refuse("gram", "of shape (…, K, K)", got=f"shape {gram.shape}")
    prior = (gram / dim[..., None, None])[..., None, :, :]
    return sizes, dim[..., None], np.ones((1, gram.shape[-1])), prior, noise


def _solved(name: str, sizes: Any, multiplicities: Any, levels: Any, prior: Any, noise: Any) -> _Solved:
    _check(sizes, multiplicities, levels, prior, noise, name)
    sizes, noise = np.broadcast_arrays(sizes, noise)
    lead = np.broadcast_shapes(sizes.shape[:-1], multiplicities.shape[:-1], levels.shape[:-2], prior.shape[:-3])
    tasks, modes = sizes.shape[-1], prior.shape[-3]
    flat = (
        np.broadcast_to(value, lead + end).reshape(-1, *end).astype(float)
        for value, end in (
            (sizes, (tasks,)), (multiplicities, (modes,)), (levels, (modes, tasks)), (prior, (modes, tasks, tasks)),
            (noise, (tasks,)),
        )
    )  # fmt: skip
    risk, information = _solve(*flat)
    return _Solved(risk.reshape(*lead, tasks), information.reshape(lead))


def _solve(sizes: Any, counts: Any, levels: Any, prior: Any, noise: Any) -> tuple[Any, Any]:
    weight = counts[:, :, None] * levels
    total = (weight * np.diagonal(prior, axis1=-2, axis2=-1)).sum(axis=1)
    risk, active = total.copy(), np.arange(len(sizes))
    identity = np.eye(sizes.shape[-1])
    for _ in range(_MOST_STEPS):
        if not len(active):
            break
        n, w, s, e, v = sizes[active], weight[active], levels[active], risk[active], noise[active]
        cover, _ = _posterior(_widths(n, e + v), s, prior[active])
        image = np.minimum((w * np.diagonal(cover, axis1=-2, axis2=-1)).sum(axis=1), e)
        inflow = np.einsum("gik,gij,gikj->gkj", w, s, cover**2)
        told = np.isinf(n) | (e + v == 0)  # nothing is left to learn there
        slope = inflow * np.where(told, 0.0, n / np.where(told, 1.0, e + v) ** 2)[:, None, :]
        matrix = identity - slope
        flat = np.linalg.det(matrix) == 0  # a noiseless peak, with nothing left: plain iteration instead
        step = np.linalg.solve(np.where(flat[:, None, None], identity, matrix), (image - e)[:, :, None])[:, :, 0]
        moved = np.clip(e + step, 0.0, image)
        moved = np.where(np.isfinite(moved), moved, image)
        risk[active] = np.where(moved > _NOTHING * total[active], moved, 0.0)
        active = active[np.any(np.abs(risk[active] - e) > _SETTLED * e, axis=1)]
    _, gained = _posterior(_widths(sizes, risk + noise), levels, prior)
    told = (total > 0) & (sizes > 0) & ((noise == 0) | np.isinf(sizes))
    ratio = _over(np.where(told | (sizes == 0), 0.0, risk), noise)
    surplus = np.where(told, 0.0, sizes) * (np.log1p(ratio) - ratio / (1 + ratio))
    information = ((counts * gained).sum(axis=1) + surplus.sum(axis=1)) / 2
    return risk, np.where(told.any(axis=1), np.inf, information)


def _widths(sizes: Any, spread: Any) -> Any:
    """1/a_k: inf without samples, 0 with unlimited ones."""
    return np.where(sizes > 0, _over(spread, sizes), np.inf)


def _over(numerator: Any, denominator: Any) -> Any:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(numerator == 0, 0.0, numerator / denominator)


def _posterior(widths: Any, levels: Any, prior: Any) -> tuple[Any, Any]:
    """V_i (…, modes, K, K) and ln det(I + Π_iA_i) (…, modes): one task after the other is learnt from."""
    lead = np.broadcast_shapes(widths.shape[:-1], prior.shape[:-3])
    cover = np.broadcast_to(prior, lead + prior.shape[-3:]).copy()
    gained = np.zeros(cover.shape[:-2])
    for k in range(prior.shape[-1]):
        column, own = cover[..., k].copy(), cover[..., k, k].copy()
        width = np.where(levels[..., k] > 0, _over(widths[..., None, k] + np.zeros_like(own), levels[..., k]), np.inf)
        some = own > 0
        share = _over(np.where(some, 1.0, 0.0), np.where(some, width + own, 1.0))
        cover = cover - share[..., None, None] * column[..., :, None] * column[..., None, :]
        left = np.where(np.isinf(width), 1.0, _over(width, width + own))
        cover[..., k, :] = cover[..., :, k] = left[..., None] * column
        with np.errstate(divide="ignore"):
            gained += np.where(some, np.log1p(_over(own, width)), 0.0)
    return cover, gained


def _check(sizes: Any, multiplicities: Any, levels: Any, prior: Any, noise: Any, name: str) -> None:
    tasks = prior.shape[-1] if prior.ndim else 0
    if prior.ndim < 3 or prior.shape[-2] != tasks:
        refuse(name, "of shape (…, modes, K, K)", got=f"shape {prior.shape}")
    for label, value in (("sizes", sizes), ("noise_variances", noise)):
        if value.ndim < 1 or value.shape[-1] != tasks:
            refuse(label, f"of shape (…, K) with K = {tasks}, as {name} says", got=f"shape {value.shape}")
    if levels.ndim < 2 or levels.shape[-1] != tasks or levels.shape[-2] != prior.shape[-3]:
        refuse("eigenvalues", f"of shape (…, {prior.shape[-3]}, {tasks})", got=f"shape {levels.shape}")
    if multiplicities.ndim < 1 or multiplicities.shape[-1] != prior.shape[-3]:
        refuse("multiplicities", f"of shape (…, {prior.shape[-3]})", got=f"shape {multiplicities.shape}")
    require_all("sizes", "≥ 0", sizes, lambda v: v >= 0)
    for label, value in (("noise_variances", noise), ("eigenvalues", levels), ("multiplicities", multiplicities)):
        require_all(label, "finite and ≥ 0", value, lambda v: (v >= 0) & (v < np.inf))
    require_all(name, "finite", prior, np.isfinite)
    if not np.allclose(prior, np.swapaxes(prior, -1, -2), rtol=1e-12, atol=0):
        refuse(name, "symmetric", prior)
    least = np.linalg.eigvalsh(prior)
    if np.any(least[..., 0] < -1e-12 * np.abs(least).max(axis=-1)):
        refuse(name, "positive semidefinite", got=f"an eigenvalue {least[..., 0].min():.3g}")

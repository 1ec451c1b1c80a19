"""The world: two linear teachers, the input distribution and the label noise."""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, NamedTuple

import jax
import numpy as np

from lintransfer.arithmetic import array_namespace, sqrt, total, where
from lintransfer.errors import refuse
from lintransfer.estimation import check_rows, dropped_directions, estimate, jackknife_error
from lintransfer.spectra import Features, Modes, as_column, diagonalize, feature_modes, plane_modes, vector_modes
from lintransfer.validation import amplitude, bounded, is_traced, real_array, real_number, same_content, whole_number


class Vectors(NamedTuple):
    """What the modes forget, in the user's coordinates; kept only where given.

    `source` and `target` have shape (d, k) for k outputs; `covariance`, `test_covariance` and `source_covariance` are
    a spectrum (d,), a matrix (d, d) or None (identity; the same as training); `feature_map` is B (d, r) or None.
    """

    source: Any
    target: Any
    covariance: Any = None
    test_covariance: Any = None
    source_covariance: Any = None
    feature_map: Any = None


class StandardErrors(NamedTuple):
    """Standard errors of a problem that was estimated from data; `weighted_overlap` is the cosine in the metric Σ."""

    overlap: Any
    source_norm: Any
    target_norm: Any
    noise_std: Any
    weighted_overlap: Any = None


@partial(
    jax.tree_util.register_dataclass,
    data_fields=[
        "modes",
        "noise_std",
        "source_noise_std",
        "given_features",
        "vectors",
        "std_err",
        "mix",
        "source_ridge",
    ],
    meta_fields=["dim", "n_source", "outputs", "inputs", "n_features"],
)
@dataclass(frozen=True, eq=False)
class TransferProblem:
    r"""A source task, a target task and what is known of both: labels y = x·θ_T + σξ, inputs x ~ N(0, Σ).

    Build one with `isotropic`, `sphere`, `two_layer`, `from_subspaces`, `from_teachers` or `from_data`. Closed forms see only `modes`; vectors
    are kept where they were given, for simulation and for test covariances that do not commute with Σ.

    dim: input dimension d.  modes: see `lintransfer.spectra.Modes`.  noise_std: σ, label noise of the target.
    n_source, source_noise_std: size and noise of the source set; None means that the source is known perfectly.
    source_ridge: λ_S of ‖y − Xw‖² + λ_S‖w‖², by which the source is fitted (a linear model), or "optimal": the λ_S ≥ 0 of
    least target risk, for each learner and n, which is not the one of least source risk.
    outputs: number k of outputs (noise σ² on each).  std_err: standard errors, where estimated from data.
    inputs: the law of the inputs, "gaussian" or "sphere"; exact results for Gaussian inputs do not answer on the sphere.
    n_features, mix: of a two-layer source, None for others: k, and the share of the target's move that its features see.
    """

    dim: int
    modes: Modes
    noise_std: Any = 0.0
    n_source: int | None = None
    source_noise_std: Any = 0.0
    outputs: int = 1
    given_features: Features | None = field(default=None, repr=False)
    vectors: Vectors | None = field(default=None, repr=False)
    std_err: StandardErrors | None = None
    inputs: str = "gaussian"
    n_features: int | None = None
    mix: Any = None
    source_ridge: Any = 0.0

    def __eq__(self, other: object) -> bool:
        return same_content(self, other) if isinstance(other, TransferProblem) else NotImplemented

    def __hash__(self) -> int:
        return hash((self.dim, self.n_source, self.outputs, self.inputs))

    # ------------------------------------------------------------------ constructors

    @classmethod
    def isotropic(
        cls,
        dim: int,
        overlap: Any,
        noise_std: Any = 0.0,
        source_norm: Any = 1.0,
        target_norm: Any = 1.0,
        n_source: int | None = None,
        source_noise_std: Any = 0.0,
        source_ridge: Any = 0.0,
    ) -> TransferProblem:
        """Σ = I and two teachers of given norms at cosine `overlap`; no vector is made, so dim = 10⁹ costs nothing.

        Raises `DomainError` if dim < 1, |overlap| > 1 (or ≠ ±1 when dim = 1), or a norm or noise level is negative.

        >>> round(TransferProblem.isotropic(dim=500, overlap=0.8, noise_std=0.2).displacement_energy, 12)
        0.4
        """
        dim = whole_number("dim", dim, 1)
        overlap = real_number("overlap", overlap, "a cosine between -1 and 1", lambda c: -1 <= c <= 1)
        if dim == 1 and not is_traced(overlap) and abs(overlap) != 1:
            refuse("overlap", "-1 or 1 when dim = 1 (two numbers are always parallel)", overlap)
        s, t = amplitude("source_norm", source_norm), amplitude("target_norm", target_norm)
        one = array_namespace(overlap, s, t).ones(1)
        modes = plane_modes(np.ones(1), np.full(1, float(dim)), s * one, t * one, overlap * one)
        return cls(dim, modes, **_checked_noise(noise_std, n_source, source_noise_std, source_ridge))

    @classmethod
    def sphere(
        cls,
        dim: int,
        overlap: Any,
        source_norm: Any = 1.0,
        target_norm: Any = 1.0,
        noise_std: Any = 0.0,
        n_source: int | None = None,
        source_noise_std: Any = 0.0,
        source_ridge: Any = 0.0,
    ) -> TransferProblem:
        """Inputs uniform on the unit sphere S^{d−1}, so Σ = I/d, and two teachers of given norms at cosine `overlap`.

        Labels have energy ‖θ‖²/d: hold noise and risks against that. Formulas that are exact for Gaussian inputs only
        are silent here; deterministic equivalents and simulation answer.
        Raises `DomainError` if dim < 2, |overlap| > 1, or a norm or noise level is negative.

        >>> p = TransferProblem.sphere(dim=50, overlap=0.8)
        >>> p.inputs, p.modes.eigenvalue.tolist(), round(p.overlap, 12)
        ('sphere', [0.02], 0.8)
        """
        dim = whole_number("dim", dim, 2)
        noises = noise_std, source_norm, target_norm, n_source, source_noise_std, source_ridge
        whole = cls.isotropic(dim, overlap, *noises)
        return replace(whole, modes=whole.modes._replace(eigenvalue=whole.modes.eigenvalue / dim), inputs="sphere")

    @classmethod
    def two_layer(
        cls,
        dim: int,
        n_features: int,
        overlap: Any,
        mix: Any = 0.0,
        head_norm: Any = 1.0,
        noise_std: Any = 0.0,
    ) -> TransferProblem:
        r"""A two-layer source θ_S = Bᵀv, B of k orthonormal rows, ‖v‖ = s, and a target of the same norm, Σ = I.

        .. math:: \theta_T = c\,\theta_S + s\sqrt{1-c^2}\,[\sqrt\rho\, B^T e' + \sqrt{1-\rho}\, e]

        e' ⟂ v a unit vector of R^k, e one that the features do not see. dim, n_features: d ≥ k ≥ 1.  overlap: c.
        mix: ρ in [0, 1]: 0 is an input shift, which a head on the old features cannot repair, 1 an output shift, which it
        can.  head_norm: s > 0.
        Raises `DomainError` if k > d, if a mix > 0 finds no second feature or a mix < 1 no direction beside the features.
        Source: the problem of Lee et al. 2023 and Ren et al. 2023, in the proportions of the project's strategy map.

        >>> p = TransferProblem.two_layer(dim=200, n_features=5, overlap=0.6, mix=0.25)
        >>> round(float(p.features.unexplained), 12)
        0.48
        """
        whole = whole_number("n_features", n_features, 1)
        mix = real_number("mix", mix, "a share between 0 and 1", lambda r: 0 <= r <= 1)
        norm = amplitude("head_norm", head_norm)
        if not is_traced(norm) and norm == 0:
            refuse("head_norm", "> 0 (a source of zero has no features)", head_norm)
        problem = cls.isotropic(dim, overlap, noise_std, source_norm=norm, target_norm=norm)
        return _with_room(replace(problem, n_features=whole, mix=mix))

    @classmethod
    def from_subspaces(
        cls,
        dim: int,
        overlap: Any,
        n_features: int | None = None,
        outputs: int | None = None,
        target_norm: Any = 1.0,
        noise_std: Any = 0.0,
    ) -> TransferProblem:
        """Σ = I, `n_features` frozen orthonormal source features and `outputs` orthogonal target directions of norm
        `target_norm` each, at principal cosines `overlap` (min(n_features, outputs) of them).

        The energy that the features leave unexplained is u = t²(k − Σ_j cos²φ_j). With as many features as outputs the
        source weights are the features themselves, scaled to `target_norm` and paired by principal angle.
        """
        dim = whole_number("dim", dim, 1)
        cosines = real_array("overlap", overlap, (1,))
        r = len(cosines) if n_features is None else whole_number("n_features", n_features, 1)
        k = len(cosines) if outputs is None else whole_number("outputs", outputs, 1)
        if len(cosines) != min(r, k):
            refuse(
                "overlap", f"min(n_features, outputs) = {min(r, k)} principal cosines", got=f"{len(cosines)} of them"
            )
        if not is_traced(cosines) and (cosines.min() < 0 or cosines.max() > 1):
            refuse("overlap", "principal cosines between 0 and 1", cosines)
        if max(r, k) > dim:
            refuse("dim", f"at least max(n_features, outputs) = {max(r, k)}", dim)
        if not is_traced(cosines) and r + k - np.sum(cosines == 1) > dim:
            refuse("dim", f"at least {r + k - int(np.sum(cosines == 1))} to hold both subspaces at these angles", dim)
        t = amplitude("target_norm", target_norm)
        xp = array_namespace(cosines, t)
        explained = t * t * xp.sum(cosines**2)
        paired = t * t * xp.sum(cosines) if r == k else math.nan
        own = t * t * k if r == k else math.nan
        one = xp.ones(1)
        apart = 2 * t * t * xp.sum(1 - cosines) if r == k else math.nan
        energies = (own, paired, t * t * k, apart)
        modes = Modes(np.ones(1), np.full(1, float(dim)), *(e * one for e in energies))
        unexplained = t * t * (xp.sum((1 - cosines) * (1 + cosines)) + (k - len(cosines)))
        features = Features(np.ones(1), np.full(1, float(r)), explained * one, unexplained)
        return cls(dim, modes, outputs=k, given_features=features, **_checked_noise(noise_std, None, 0.0))

    @classmethod
    def from_teachers(
        cls,
        source: Any,
        target: Any,
        covariance: Any = None,
        noise_std: Any = 0.0,
        test_covariance: Any = None,
        features: Any = None,
        n_source: int | None = None,
        source_noise_std: Any = 0.0,
        source_covariance: Any = None,
        source_ridge: Any = 0.0,
    ) -> TransferProblem:
        """Two given teachers, (d,) or (d, k) for k outputs, and a covariance: None (identity), spectrum (d,) or (d, d).

        test_covariance: where the risk is measured, if not under `covariance`.  features: feature map B (d, r) for
        `LinearTransfer`; by default the k columns of θ_S (of its fit, with n_source), at unit norm.
        source_covariance: inputs of the source set, if not under `covariance` (used only with n_source).
        Raises `DomainError` if lengths do not match, a covariance is not symmetric or has a negative eigenvalue, or a
        number is not finite.
        """
        source, target = real_array("source", source, (1, 2)), real_array("target", target, (1, 2))
        dim = source.shape[0]
        if source.ndim == 1:
            source = source[:, None]
        if target.ndim == 1:
            target = target[:, None]
        if target.shape != source.shape:
            refuse("target", f"of the source's shape {source.shape}", got=f"shape {target.shape}")
        _check_size("source", source)
        _check_size("target", target)
        covariances: dict[str, Any] = {}
        for name, given in (
            ("covariance", covariance),
            ("test_covariance", test_covariance),
            ("source_covariance", source_covariance),
        ):
            covariances[name] = None if given is None else real_array(name, given, (1, 2))
            if given is not None and covariances[name].shape[:1] != (dim,):
                shape = covariances[name].shape
                refuse(name, f"a spectrum ({dim},) or a matrix ({dim}, {dim})", got=f"shape {shape}")
            _check_size(name, covariances[name], 2)
        covariance, test_covariance, source_covariance = covariances.values()
        if test_covariance is not None:
            diagonalize(test_covariance, "test_covariance")
        if source_covariance is not None:
            diagonalize(source_covariance, "source_covariance")
        if features is not None:
            features = real_array("features", features, (2,))
            if features.shape[0] != dim:
                refuse("features", f"a matrix with {dim} rows", got=f"shape {features.shape}")
        xp = array_namespace(source, target, covariance)
        if features is None and source.shape[1] > 1 and n_source is None:
            norms = xp.sqrt(xp.sum(source * source, axis=0))
            features = source / xp.where(norms > 0, norms, 1.0)
        spectrum, basis = (np.ones(dim), None) if covariance is None else diagonalize(covariance)
        s, t = (source, target) if basis is None else (basis.T @ source, basis.T @ target)
        modes = vector_modes(spectrum, s, t, isotropic=covariance is None)
        _check_energies(modes)
        given = None if features is None else feature_modes(features, source, target, covariance)
        vectors = Vectors(source, target, feature_map=features, **covariances)
        noise = _checked_noise(noise_std, n_source, source_noise_std, source_ridge)
        return cls(dim, modes, outputs=source.shape[1], given_features=given, vectors=vectors, **noise)

    @classmethod
    def from_data(cls, X: Any, y: Any, source: Any, X_unlabelled: Any = None) -> TransferProblem:
        """The problem behind a user's rows: covariance, energies of the teachers and noise, with standard errors.

        X: inputs (N, d), N ≥ 10.  y: labels (N,).  source: source weights (d,), taken as they are.  X_unlabelled: more
        inputs (M, d) for the covariance. Second moments are taken about zero: centre X and y, or add a column of ones,
        if the models should have an intercept. Method and its limits: `lintransfer.estimation`; it plugs the
        covariance of all N + M rows in, so these should be several times d (see `lintransfer.diagnose` otherwise).
        Energies are estimated per eigenspace without fitting weights, so the problem has modes but no vectors.
        Raises `DomainError` if shapes do not match, a number is not finite, or there are fewer than ten rows.

        >>> rng = np.random.default_rng(0)
        >>> X, target = rng.standard_normal((400, 5)), np.full(5, 0.4)
        >>> p = TransferProblem.from_data(X, X @ target, source=target)
        >>> round(p.overlap, 6), round(p.noise_std, 6)
        (1.0, 0.0)
        """
        whole, without = estimate(check_rows(X, y, source, X_unlabelled))
        if whole.dropped:
            warnings.warn(dropped_directions(whole.dropped), stacklevel=2)
        errors = StandardErrors(*map(float, jackknife_error([e.summary for e in without])))
        return cls(whole.dim, whole.modes, noise_std=whole.noise_std, std_err=errors)

    # ------------------------------------------------------------------ what a formula asks

    @property
    def is_isotropic(self) -> bool:
        """True if Σ is proportional to the identity and the risk is measured under the same Σ."""
        return self.modes.eigenvalue.shape[-1] == 1 and not self.has_shift

    @property
    def is_gaussian(self) -> bool:
        """True if the inputs are Gaussian."""
        return self.inputs == "gaussian"

    @property
    def has_shift(self) -> bool:
        """True if the risk is measured under a covariance other than the training one."""
        return self.vectors is not None and self.vectors.test_covariance is not None

    @property
    def noise_variance(self) -> Any:
        """σ², the label-noise variance per output."""
        return self.noise_std * self.noise_std

    @property
    def source_norm(self) -> Any:
        """s = ‖θ_S‖ (Frobenius norm for several outputs)."""
        return _item(sqrt(total(self.modes.source)))

    @property
    def target_norm(self) -> Any:
        """t = ‖θ_T‖ (Frobenius norm for several outputs)."""
        return _item(sqrt(total(self.modes.target)))

    @property
    def overlap(self) -> Any:
        """c = cos(θ_S, θ_T); 0 if a teacher vanishes."""
        scale = self.source_norm * self.target_norm
        return _item(where(scale > 0, total(self.modes.cross) / where(scale > 0, scale, 1.0), 0.0))

    @property
    def displacement_energy(self) -> Any:
        """‖θ_T − θ_S‖²."""
        return _item(total(self.modes.displacement))

    @property
    def features(self) -> Features:
        """The frozen features of `LinearTransfer`: those given (k outputs: the k columns of θ_S), else θ_S/‖θ_S‖."""
        if self.given_features is not None:
            return self.given_features
        m = self.modes
        if self.mix is not None:
            return self._seen_by_two_layers()
        norm2, source = total(m.source), total(m.eigenvalue * m.source)
        cross = total(m.eigenvalue * m.cross)
        alive = source > 0
        safe, safe_norm = where(alive, source, 1.0), where(norm2 > 0, norm2, 1.0)
        slope = where(alive, cross / safe, 0.0)
        drift = where(alive, total(m.eigenvalue * m.drift) / safe, 0.0)
        eigenvalue, multiplicity = source / safe_norm, where(alive, 1.0, 0.0)
        energies = (as_column(part * part * safe_norm) for part in (slope, drift))
        head, displacement = energies
        return Features(as_column(eigenvalue), as_column(multiplicity), head, m.unexplained, displacement)

    def _seen_by_two_layers(self) -> Features:
        """Orthonormal features: of what turns the target away from the source they see a share `mix`."""
        m, one = self.modes, array_namespace(self.mix, *self.modes[2:]).ones(1)
        along, drift = total(m.cross) / sqrt(total(m.source)), total(m.drift)
        aside = total(m.aside)
        seen = self.mix * aside
        head, displacement = along * along + seen, drift * drift / total(m.source) + seen
        count = float(self.n_features or 0) * one
        return Features(one, count, as_column(head), (1 - self.mix) * aside, as_column(displacement))

    # ------------------------------------------------------------------ other worlds

    def with_features(self, n_features: int | None = None, mix: Any = None) -> TransferProblem:
        """The same problem with a two-layer source of other features; None leaves a value as it is."""
        if self.mix is None:
            refuse(
                "n_features" if mix is None else "mix",
                "left out for a problem that is not two_layer",
                mix or n_features,
            )
        whole = self.n_features if n_features is None else whole_number("n_features", n_features, 1)
        share = self.mix if mix is None else real_number("mix", mix, "a share between 0 and 1", lambda r: 0 <= r <= 1)
        return _with_room(replace(self, n_features=whole, mix=share))

    def with_overlap(self, overlap: Any) -> TransferProblem:
        """The same problem with the target turned, in the plane of the two teachers, to cosine `overlap`."""
        overlap = real_number("overlap", overlap, "a cosine between -1 and 1", lambda c: -1 <= c <= 1)
        if self.dim == 1 and not is_traced(overlap) and abs(overlap) != 1:
            refuse("overlap", "-1 or 1 when dim = 1", overlap)
        m, v = self.modes, self.vectors
        if self.given_features is not None and v is None:
            refuse("overlap", "left as it is for a problem made from_subspaces (build a new one)", overlap)
        if not (self.is_isotropic and v is None) and not is_traced(m):
            product = total(m.source) * total(m.target)
            if product == 0:
                refuse("overlap", "left as it is where a teacher vanishes (it has no direction to turn to)", overlap)
            apart, gap = total(m.displacement), sqrt(total(m.source)) - sqrt(total(m.target))
            if total(m.source) == 0:
                refuse("overlap", "left as it is where the source vanishes (it has no direction)", overlap)
            flat = apart - gap * gap <= 1e-28 * sqrt(product) or abs(total(m.cross)) >= (1 - 1e-15) * sqrt(product)
            if flat and abs(overlap) != 1:
                refuse("overlap", "left at ±1 when the teachers are parallel (they span no plane to turn in)", overlap)
        turned = m.turned(overlap)
        if v is None:
            return _with_room(replace(self, modes=turned))
        along = (v.source * v.target).sum() / total(m.source)
        across = v.target - along * v.source
        height = sqrt((across * across).sum())
        s, t = sqrt(total(m.source)), sqrt(total(m.target))
        b = t * sqrt((1 - overlap) * (1 + overlap)) / where(height > 0, height, 1.0)
        v = v._replace(target=t * overlap / s * v.source + b * across)
        given = None if v.feature_map is None else feature_modes(v.feature_map, v.source, v.target, v.covariance)
        return replace(self, modes=turned, vectors=v, given_features=given)

    def with_norms(self, source_norm: Any = None, target_norm: Any = None) -> TransferProblem:
        """The same problem with a teacher rescaled; None leaves it as it is.

        Raises `DomainError` if a teacher that vanishes is to get a norm other than 0.
        """
        scales = []
        for name, given, now in (
            ("source_norm", source_norm, self.source_norm),
            ("target_norm", target_norm, self.target_norm),
        ):
            wanted = now if given is None else amplitude(name, given)
            if given is not None and not is_traced(given, now) and now == 0 and wanted != 0:
                refuse(name, "0 for a teacher that vanishes (it has no direction)", given)
            scales.append(wanted / where(now > 0, now, 1.0))
        a, b = scales
        m, v, features = self.modes, self.vectors, self.given_features
        m = m.rescaled(a, b)
        if v is not None:
            v = v._replace(source=a * v.source, target=b * v.target)
        if features is not None and v is not None and v.feature_map is not None:
            features = feature_modes(v.feature_map, v.source, v.target, v.covariance)
        elif features is not None:
            features = features._replace(target=b * b * features.target, unexplained=b * b * features.unexplained)
        return replace(self, modes=m, vectors=v, given_features=features)

    def with_noise(
        self,
        noise_std: Any = None,
        n_source: int | None = None,
        source_noise_std: Any = None,
        source_ridge: Any = None,
    ) -> TransferProblem:
        """The same problem with other label noise, another source set or ridge; None leaves a value as it is."""
        return replace(
            self.with_source_size(self.n_source if n_source is None else n_source),
            **_checked_noise(
                self.noise_std if noise_std is None else noise_std,
                self.n_source if n_source is None else n_source,
                self.source_noise_std if source_noise_std is None else source_noise_std,
                self.source_ridge if source_ridge is None else source_ridge,
            ),
        )

    def with_source_size(self, n_source: int | None) -> TransferProblem:
        """The same problem with a source fitted to n_source samples; None: known perfectly."""
        if self.mix is not None and n_source is not None:
            refuse("n_source", "None for a two-layer source (which is known perfectly)", n_source)
        return replace(self, n_source=None if n_source is None else whole_number("n_source", n_source, 0))


def _with_room(p: TransferProblem) -> TransferProblem:
    """The problem, if a two-layer source leaves its target the directions that it turns to."""
    if p.mix is None or p.n_features is None:
        return p
    if p.n_features > p.dim:
        refuse("n_features", f"at most dim = {p.dim}", p.n_features)
    if is_traced(p) or total(p.modes.aside) == 0:
        return p
    if p.n_features == 1 and p.mix > 0:
        refuse("mix", "0 for one feature (its head has no other direction to turn to)", p.mix)
    if p.n_features == p.dim and p.mix < 1:
        refuse("mix", f"1 for n_features = dim = {p.dim} (no direction is left beside the features)", p.mix)
    return p


def _item(value: Any) -> Any:
    return float(value) if isinstance(value, np.ndarray | np.generic) and np.ndim(value) == 0 else value


class _Word(str):
    """A text that JAX takes for part of the structure of a problem, not for a number in it."""

    __slots__ = ()


jax.tree_util.register_static(_Word)
_LARGEST_RIDGE = 1e150  # its square is a number


def _checked_ridge(source_ridge: Any) -> Any:
    """λ_S as a number or a word, or a `DomainError`."""
    if isinstance(source_ridge, str) and source_ridge == "optimal":
        return _Word(source_ridge)
    rule = 'a number ≥ 0 and at most 1e150, inf (no source), or "optimal"'
    return real_number("source_ridge", source_ridge, rule, lambda v: 0 <= v <= _LARGEST_RIDGE or v == math.inf)


def _checked_noise(
    noise_std: Any, n_source: int | None, source_noise_std: Any, source_ridge: Any = 0.0
) -> dict[str, Any]:
    return {
        "noise_std": amplitude("noise_std", noise_std),
        "n_source": None if n_source is None else whole_number("n_source", n_source, 0),
        "source_noise_std": amplitude("source_noise_std", source_noise_std),
        "source_ridge": _checked_ridge(source_ridge),
    }


def _check_size(argument: str, array: Any, power: int = 1) -> None:
    if array is not None and not is_traced(array) and np.all(np.isfinite(array)):  # else it is refused as such
        bounded(argument, array, power=power)


def _check_energies(modes: Modes) -> None:
    """Refuse teachers whose labels are too large or too small for their squares to be numbers."""
    if is_traced(modes):
        return
    for name in ("source", "target"):
        energies = np.asarray(modes.eigenvalue) * np.asarray(getattr(modes, name))
        bounded(name, np.sqrt(energies.sum()), "the standard deviation of its labels")

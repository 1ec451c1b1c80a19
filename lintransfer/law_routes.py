"""The exact distribution of a learner's risk, and of its paired transferability, as the front door gives it."""

from __future__ import annotations

from lintransfer.errors import MissingMethodError
from lintransfer.laws import frozen_features_law, min_norm_law, transferability_law_of_fine_tuning
from lintransfer.laws.deep_fine_tuning import deep_risk_law, deep_transferability_law
from lintransfer.laws.law import Law
from lintransfer.models import DeepLinear, Linear
from lintransfer.problems import TransferProblem
from lintransfer.risks import check_question
from lintransfer.routing import questions as q
from lintransfer.strategies import FineTune, Learner, LinearTransfer, Scratch, model_of
from lintransfer.validation import whole_number


def risk_law(problem: TransferProblem, learner: Learner, n: int) -> Law:
    """Exact law of the excess risk over training inputs and label noise, at one sample size.

    n: a whole number ≥ 0. Returns an object with ``mean() var() std() median() cdf(x) sf(x) ppf(q) rvs(size, seed)``;
    the mean may be inf (n ≈ d) while the median never is.

    There is a law for ridgeless learners with one output and a known source: `Scratch` and `FineTune` if Σ = λI (any Σ
    for n = 0 and n ≥ d), `LinearTransfer` for any Σ if n = 0 or n ≥ r, and for isotropic features below. Deep linear
    networks that are balanced: Σ = λI; their law is one of 2¹⁸ exact draws (`lintransfer.laws.deep_fine_tuning`).
    Raises `MissingMethodError` elsewhere, `DomainError` for impossible n.

    >>> p = TransferProblem.isotropic(dim=500, overlap=0.8, noise_std=0.2)
    >>> law = risk_law(p, FineTune(), n=57)
    >>> round(float(law.mean()), 6), round(float(law.cdf(law.median())), 6)
    (0.359558, 0.5)
    """
    check_question(problem, learner)
    n = whole_number("n", n, 0)
    plain = q.ridgeless(learner) and problem.outputs == 1 and not problem.has_shift and problem.is_gaussian
    if not plain or q.fitted_source(problem, learner) or not _has_law(problem, model_of(learner)):
        raise _no_law(
            "risk_law", learner,
            "a linear model (deep ones: balanced, Σ = λI, d ≥ 2), Gaussian inputs, no ridge, trained to convergence, "
            "one output, a known source",
        )
    noise = float(problem.noise_variance)
    if isinstance(model_of(learner), DeepLinear) and isinstance(learner, FineTune):
        source, cross, target = (float(e) for e in q.energies(problem))
        return deep_risk_law(n, problem.dim, model_of(learner).depth, source, cross, target, noise)
    if isinstance(learner, LinearTransfer):
        f = problem.features
        count = int(f.multiplicity.sum())
        if not q.one_scale(problem) and 0 < n < count:
            raise _no_law("risk_law", learner, f"n = 0, n ≥ r = {count}, or features of equal variance")
        explained = float((f.eigenvalue * f.target).sum())
        return frozen_features_law(n, count, explained, float(f.unexplained), noise)
    start, rank = q.start(problem, learner), int(q.rank(problem))
    if problem.is_isotropic or n == 0 or n >= rank:
        energy = float((problem.modes.eigenvalue * start).sum())
        return min_norm_law(n, max(rank, 1), energy, noise)
    raise _no_law("risk_law", learner, f"Σ = λI, n = 0 or n ≥ {rank}")


def transferability_law(problem: TransferProblem, learner: Learner, n: int, baseline: Learner | None = None) -> Law:
    """Exact law of T = R_baseline − R_learner when both train on the same inputs and labels.

    ``.sf(0.)`` is the probability that transfer helps. There is a law for ridgeless linear (and balanced deep linear)
    fine-tuning against ridgeless `Scratch` (the default baseline), Σ = λI or n ≥ d (where T = 0), one output, a known
    source; the noise cancels, up to what it does to the retention of a deep network.
    Raises `MissingMethodError` elsewhere, `DomainError` for impossible n.

    >>> p = TransferProblem.isotropic(dim=500, overlap=0.8, noise_std=0.2)
    >>> round(float(transferability_law(p, FineTune(), n=57).sf(0.0)), 6)
    1.0
    """
    baseline = Scratch() if baseline is None else baseline
    check_question(problem, learner)
    check_question(problem, baseline)
    n = whole_number("n", n, 0)
    known = isinstance(learner, FineTune) and isinstance(baseline, Scratch) and problem.n_source is None
    plain = q.ridgeless(learner) and q.ridgeless(baseline) and problem.outputs == 1
    lawful = _has_law(problem, model_of(learner)) and _has_law(problem, model_of(baseline))
    if not (known and plain and lawful and problem.is_isotropic and problem.is_gaussian):
        raise _no_law(
            "transferability_law", learner, "ridgeless FineTune against ridgeless Scratch, Σ = λI, one output"
        )
    source, cross, target = (float(e) for e in q.energies(problem))
    if isinstance(model_of(learner), DeepLinear):
        noise = float(problem.noise_variance)
        return deep_transferability_law(n, problem.dim, model_of(learner).depth, source, cross, target, noise)
    return transferability_law_of_fine_tuning(n, problem.dim, source, cross, target)


def _has_law(problem: TransferProblem, model: object) -> bool:
    return model == Linear() or (
        isinstance(model, DeepLinear) and model.is_balanced and problem.is_isotropic and problem.dim >= 2
    )


def _no_law(verb: str, learner: Learner, what: str) -> MissingMethodError:
    return MissingMethodError(f"{verb} has no exact law for {learner!r} on this problem; there is one for {what}")

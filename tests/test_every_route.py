"""The guard: every route of the front door, asked alone and in company, against simulation, laws, limits and symmetries.

Only the public front door is used, so that these tests survive whatever is rewritten behind it. Each property is one
test, of every kind of problem and learner (`helpers.worlds`).
"""

import math
from dataclasses import replace

import numpy as np
import pytest
from helpers import worlds as w
from helpers.asking import CLOSED, alone, method_of, outcome, per_element, refused, theorem_of, unit_of, values_alone
from helpers.points import NETWORKS, POINTS, UNDRAWN, Point
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import lintransfer as lt

P = lt.TransferProblem
DRAWS = 4  # of a simulation that is only compared with itself
Z = 4.5  # standard errors; on fixed seeds, a false alarm once in 1.5·10⁵ comparisons
HEALTH = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
QUICK = settings(deadline=None, max_examples=40, derandomize=True, suppress_health_check=HEALTH)
BRIEF = settings(QUICK, max_examples=20)
METHODS = ("auto", *CLOSED)


def close(found, expected, unit, rel=1e-9, abs_=1e-12):
    """Equal up to rounding, nan and inf in the same places."""
    np.testing.assert_allclose(found, expected, rtol=rel, atol=abs_ * unit)


def question(data, family, far=False):
    """A problem, a learner of the family, and its sizes (ReLU networks in one dimension have a test of their own)."""
    problem, learner = data.draw(w.worlds_for(family)), data.draw(w.FAMILIES[family])
    return problem, learner, np.array(data.draw(w.sizes(problem, far=far)))


def options_of(method):
    """No simulation where a formula is asked for, a short one elsewhere."""
    return {"method": method} if method in CLOSED else {"method": method, "replicates": DRAWS}


# ---------------------------------------------------------------- (a) alone and in company


def same_in_company(verb, problem, learner, sizes, method):
    """Whether values, errors and validity of one call for all sizes are those of a call per size."""
    together = outcome(verb, problem, learner, sizes, **options_of(method))
    each = alone(verb, problem, learner, sizes, **options_of(method))
    if refused(together):
        assert all(one is together for one in each), f"in company {together}, alone {each}"
        return
    assert together.value.shape == np.shape(sizes)
    assert not any(refused(one) for one in each), f"alone {each}, in company {together}"
    unit = unit_of(problem)
    close(np.ravel(together.value), [float(one.value) for one in each], unit)
    close(np.ravel(together.std_err), [float(one.std_err) for one in each], unit, rel=1e-6)
    np.testing.assert_array_equal(np.ravel(together.valid), [bool(one.valid) for one in each])


def same_words_in_company(verb, problem, learner, sizes, method):
    """Whether method and theorem of each element are those of a call of its own."""
    together = outcome(verb, problem, learner, sizes, **options_of(method))
    if refused(together):
        return
    each = alone(verb, problem, learner, sizes, **options_of(method))
    found = zip(*(np.ravel(per_element(x, sizes.shape)) for x in (together.method, together.theorem)), strict=True)
    assert list(found) == [(method_of(one), theorem_of(one)) for one in each]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("family", w.FAMILIES)
@QUICK
@given(st.data())
def test_a_risk_does_not_depend_on_what_else_is_asked(family, method, data):
    same_in_company(lt.risk, *question(data, family, far=method in CLOSED), method)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("family", w.FAMILIES)
@QUICK
@given(st.data())
def test_a_transferability_does_not_depend_on_what_else_is_asked(family, method, data):
    same_in_company(lt.transferability, *question(data, family, far=method in CLOSED), method)


def few_of(point):
    """The sizes of a point in the company of all that matter to its problem, in no order."""
    problem = point.problem
    most = [0, 1, 2, problem.dim - 1, problem.dim, problem.dim + 2, 3 * problem.dim + 1]
    return np.array([*point.sizes[::-1], *most])


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("point", POINTS, ids=str)
def test_a_risk_at_a_point_does_not_depend_on_what_else_is_asked(point, method):
    same_in_company(lt.risk, point.problem, point.learner, few_of(point), method)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("point", POINTS, ids=str)
def test_a_transferability_at_a_point_does_not_depend_on_what_else_is_asked(point, method):
    same_in_company(lt.transferability, point.problem, point.learner, few_of(point), method)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("point", POINTS, ids=str)
def test_method_and_theorem_at_a_point_are_those_of_each_size(point, method):
    same_words_in_company(lt.risk, point.problem, point.learner, few_of(point), method)


@pytest.mark.slow
@pytest.mark.parametrize("verb", [lt.risk, lt.transferability])
@pytest.mark.parametrize("point", NETWORKS, ids=str)
def test_a_finite_network_does_not_depend_on_what_else_is_asked(point, verb):
    same_in_company(verb, point.problem, point.learner, np.array([3, 2, 0]), "auto")


@pytest.mark.parametrize("layers", ["first", "second", "both"])
@pytest.mark.parametrize("problem", [P.isotropic(1, 1.0, noise_std=0.1), P.isotropic(1, -1.0)], ids=["noisy", "quiet"])
def test_wide_networks_in_one_dimension_answer_or_refuse(problem, layers):
    for n in (0, 1, 2, 5):
        outcome(lt.risk, problem, lt.FineTune(lt.ShallowReLU(trained=layers)), n, replicates=DRAWS)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("family", w.FAMILIES)
@BRIEF
@given(st.data())
def test_method_and_theorem_of_a_risk_are_those_of_each_size(family, method, data):
    same_words_in_company(lt.risk, *question(data, family, far=method in CLOSED), method)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("family", w.FAMILIES)
@BRIEF
@given(st.data())
def test_method_and_theorem_of_a_transferability_are_those_of_each_size(family, method, data):
    same_words_in_company(lt.transferability, *question(data, family, far=method in CLOSED), method)


@pytest.mark.parametrize("verb", [lt.risk, lt.transferability])
@pytest.mark.parametrize("family", w.FAMILIES)
@BRIEF
@given(st.data())
def test_the_order_of_the_sizes_does_not_matter(family, verb, data):
    problem, learner, sizes = question(data, family)
    order = np.array(data.draw(st.permutations(range(len(sizes)))))
    first, second = (outcome(verb, problem, learner, n, replicates=DRAWS) for n in (sizes, sizes[order]))
    assert refused(first) == refused(second)
    if not refused(first):
        close(second.value, first.value[order], unit_of(problem))


@pytest.mark.parametrize("verb", [lt.risk, lt.transferability])
@pytest.mark.parametrize("family", w.FAMILIES)
@BRIEF
@given(st.data())
def test_a_grid_of_sizes_is_its_list(family, verb, data):
    problem, learner, sizes = question(data, family)
    grid = np.stack([sizes, sizes[::-1], sizes + 1])
    table, flat = (outcome(verb, problem, learner, n, replicates=DRAWS) for n in (grid, grid.ravel()))
    assert refused(table) == refused(flat)
    if not refused(table):
        assert table.value.shape == table.std_err.shape == table.valid.shape == grid.shape
        close(table.value.ravel(), flat.value, unit_of(problem))


@pytest.mark.parametrize("family", w.FAMILIES)
@QUICK
@given(st.data())
def test_auto_is_the_strongest_method_that_speaks_at_each_size(family, data):
    problem, learner, sizes = question(data, family)
    for n in sizes[:2]:
        chosen = outcome(lt.risk, problem, learner, int(n), replicates=DRAWS)
        for method in (*CLOSED, "simulate"):
            answer = outcome(
                lt.risk, problem, learner, int(n), method=method, **({} if method in CLOSED else {"replicates": DRAWS})
            )
            if not refused(answer) and answer.valid:
                assert not refused(chosen) and method_of(chosen) == method
                close(chosen.value, answer.value, unit_of(problem))
                break
        else:
            assert refused(chosen) or not chosen.valid


# ---------------------------------------------------------------- (b) differences


def differs(problem, learner, n, method, **options):
    """(T, R_baseline, R_learner) at one size by one method, or None if one of them is not there or not finite."""
    base = lt.Scratch(learner.model) if isinstance(getattr(learner, "model", None), lt.ShallowReLU) else lt.Scratch()
    gain = outcome(lt.transferability, problem, learner, n, method=method, **options)
    risks = [outcome(lt.risk, problem, who, n, method=method, **options) for who in (base, learner)]
    if any(refused(e) or not np.isfinite(e.value) for e in (gain, *risks)):
        return None
    return (gain, *risks) if len({method_of(e) for e in (gain, *risks)}) == 1 else None


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("family", w.FAMILIES)
@QUICK
@given(st.data())
def test_a_transferability_is_the_difference_of_two_risks_of_one_method(family, method, data):
    problem, learner, sizes = question(data, family)
    for n in sizes:
        found = differs(problem, learner, int(n), method, **({"replicates": DRAWS} if method == "auto" else {}))
        if found is None or method_of(found[0]) == "simulate":
            continue
        gain, base, other = (float(e.value) for e in found)
        room = problem.dim - float(n)
        if theorem_of(found[0]) == "deep-transferability-closure" and room > 1:
            # The closure of a deep risk keeps the exact noise term n/(d − n − 1), that of scratch is n/(d − n): O(1/d) apart.
            other -= float(problem.noise_variance) * float(n) / (room * (room - 1))
        assert gain == pytest.approx(
            base - other, rel=1e-9, abs=1e-9 * max(abs(base), abs(other)) + 1e-12 * unit_of(problem)
        )


@pytest.mark.parametrize("family", w.FAMILIES)
@BRIEF
@given(st.data())
def test_a_simulated_transferability_is_the_difference_of_two_simulated_risks(family, data):
    problem, learner = data.draw(w.worlds_for(family)), data.draw(w.FAMILIES[family])
    # Near n = d the risk has no variance: three times d and few are far enough from it.
    for n in (0, problem.dim // 3, 3 * problem.dim + 5):
        found = differs(problem, learner, n, "simulate", replicates=60)
        if found is not None:
            (gain, base, other), errors = (e.value for e in found), [e.std_err for e in found]
            allowed = 6 * math.hypot(*errors) + 1e-9 * max(abs(base), abs(other)) + 1e-10 * unit_of(problem)
            assert abs(gain - (base - other)) <= allowed


# ---------------------------------------------------------------- (c) laws


def lawful(data):
    """A problem and a learner that may have a law: known source, one output."""
    problem = data.draw(st.one_of(w.isotropic_worlds(fitted=False), w.teacher_worlds(fitted=False), w.feature_worlds()))
    return problem, data.draw(st.sampled_from([lt.Scratch(), lt.FineTune(), lt.LinearTransfer()]))


@settings(QUICK, max_examples=80)
@given(st.data())
def test_the_law_has_the_exact_mean(data):
    problem, learner = lawful(data)
    n = data.draw(st.sampled_from(w.landmarks(problem)))
    law, risk = outcome(lt.risk_law, problem, learner, n), outcome(lt.risk, problem, learner, n, method="exact")
    if not refused(law) and not refused(risk) and risk.valid:
        close(law.mean(), risk.value, unit_of(problem))


@settings(QUICK, max_examples=80)
@given(st.data())
def test_there_is_a_law_wherever_the_same_learner_has_one_elsewhere(data):
    problem = data.draw(w.isotropic_worlds(fitted=False))
    learner = data.draw(st.sampled_from([lt.Scratch(), lt.FineTune(), lt.LinearTransfer()]))
    lt.risk_law(problem, learner, data.draw(st.sampled_from(w.landmarks(problem))))


@settings(QUICK, max_examples=80)
@given(st.data())
def test_the_law_of_a_transferability_has_the_exact_mean(data):
    problem, _ = lawful(data)
    n = data.draw(st.sampled_from(w.landmarks(problem)))
    law = outcome(lt.transferability_law, problem, lt.FineTune(), n)
    gain = outcome(lt.transferability, problem, lt.FineTune(), n, method="exact")
    if not refused(law) and not refused(gain) and gain.valid:
        close(law.mean(), gain.value, unit_of(problem))


@settings(QUICK, max_examples=15)
@given(st.data())
def test_a_sampled_law_has_the_exact_mean(data):
    problem = data.draw(w.isotropic_worlds(fitted=False, dims=(2, 5, 20, 60)))
    learner = lt.FineTune(data.draw(w.deep_models(balanced=True)))
    n = data.draw(st.sampled_from(w.landmarks(problem)))
    law, risk = outcome(lt.risk_law, problem, learner, n), outcome(lt.risk, problem, learner, n, method="exact")
    if not refused(law) and not refused(risk) and risk.valid:
        if not np.isfinite(risk.value):
            assert law.mean() == risk.value
        else:  # 2¹⁸ draws; 1e-4 for the quadrature at large depth
            error = 5 * law.std() / 512 + 1e-4 * risk.value + 1e-9 * unit_of(problem)
            assert abs(law.mean() - risk.value) <= error


@settings(QUICK, max_examples=15)
@given(st.data())
def test_a_sampled_law_of_a_transferability_has_the_exact_mean(data):
    problem = data.draw(w.isotropic_worlds(fitted=False, dims=(2, 5, 20, 60)))
    learner = lt.FineTune(data.draw(w.deep_models(balanced=True)))
    n = data.draw(st.sampled_from(w.landmarks(problem)))
    law = outcome(lt.transferability_law, problem, learner, n)
    gain = outcome(lt.transferability, problem, learner, n, method="exact")
    if not refused(law) and not refused(gain) and np.isfinite(gain.value):
        error = 5 * law.std() / 512 + 1e-4 * abs(gain.value) + 1e-9 * unit_of(problem)
        assert abs(law.mean() - gain.value) <= error


@pytest.mark.parametrize("depth", [2, 3, math.inf])
@pytest.mark.parametrize("norm", [1.0, 2.0])
@pytest.mark.parametrize("overlap", [-1.0, 1.0])
def test_parallel_teachers_have_a_finite_mean_risk_at_every_depth(overlap, norm, depth):
    # ‖fit‖/‖seen‖ = t/s always, hence ρ = (t/s)^{(L−1)/L} up to sign, and the risk is a multiple of what is not seen.
    problem, learner = P.isotropic(10, overlap, target_norm=norm), lt.FineTune(lt.DeepLinear(depth))
    for n in (1, 2, 5):
        exact = lt.risk(problem, learner, n, method="exact")
        simulated = lt.risk(problem, learner, n, method="simulate", key=3, replicates=4000)
        assert abs(exact.value - simulated.value) <= Z * simulated.std_err + 1e-9


@pytest.mark.parametrize("depth", [1, 2, math.inf])
@pytest.mark.parametrize("n", [9, 10, 11])
def test_a_sampled_law_is_infinite_in_the_mean_where_the_risk_is(depth, n):
    problem, learner = P.isotropic(10, 0.5, noise_std=0.2), lt.FineTune(lt.DeepLinear(depth))
    assert lt.risk(problem, learner, n).value == math.inf
    assert lt.risk_law(problem, learner, n).mean() == math.inf


@settings(QUICK, max_examples=15)
@given(st.data())
def test_a_law_of_a_noisy_deep_network_has_the_simulated_mean(data):
    problem = P.isotropic(10, data.draw(w.overlaps(10)), noise_std=data.draw(st.sampled_from([0.2, 0.5])))
    learner = lt.FineTune(lt.DeepLinear(data.draw(st.sampled_from([1, 2, 3]))))
    n = data.draw(st.sampled_from([0, 3, 5, 25]))  # where the variance is finite
    law, simulated = (
        lt.risk_law(problem, learner, n),
        lt.risk(problem, learner, n, method="simulate", key=1, replicates=2000),
    )
    assert abs(law.mean() - simulated.value) <= 5 * simulated.std_err + 5 * law.std() / 512 + 1e-9


# ---------------------------------------------------------------- (d) formula against simulation


def allowance(point, method, scale):
    """The known error of a method at a point (see `helpers.points`), and the square of rounding."""
    return (1e-9 if method == "exact" else point.off / point.problem.dim) * scale + 1e-25


def closed_answers(point: Point, verb, n):
    """What each method of closed form answers at one size, where it speaks."""
    found = {m: outcome(verb, point.problem, point.learner, n, method=m) for m in (*CLOSED, "bound")}
    return {m: e for m, e in found.items() if not refused(e) and e.valid}


@pytest.mark.parametrize("point", POINTS, ids=str)
def test_formulas_are_what_simulation_gives(point):
    for n in point.sizes:
        simulated = lt.risk(point.problem, point.learner, n, method="simulate", key=11, replicates=point.replicates)
        answers = closed_answers(point, lt.risk, n)
        assert bool(answers) == point.closed
        for method, formula in answers.items():
            error = Z * simulated.std_err
            if method == "bound":
                assert simulated.value <= formula.value + error
            else:
                difference = abs(float(formula.value) - float(simulated.value))
                assert difference <= error + allowance(point, method, formula.value), (n, method, formula, simulated)


TRANSFERS = [p for p in POINTS if not isinstance(p.learner, lt.Scratch)]


@pytest.mark.parametrize("point", TRANSFERS, ids=str)
def test_transferabilities_are_what_simulation_gives(point):
    base = (
        lt.Scratch(point.learner.model)
        if isinstance(getattr(point.learner, "model", None), lt.ShallowReLU)
        else lt.Scratch()
    )
    for n in point.sizes:
        question = point.problem, point.learner, n
        simulated = outcome(lt.transferability, *question, method="simulate", key=12, replicates=point.replicates)
        if refused(simulated) or 0 < abs(n - point.problem.dim) < 5:
            continue
        scratch = lt.risk(point.problem, base, n, replicates=50).value
        for method in CLOSED:
            formula = outcome(lt.transferability, *question, method=method)
            if not refused(formula) and np.isfinite(formula.value) and np.isfinite(scratch):
                # The pair may have an exact T where one of the two risks is asymptotic only.
                scale = max(float(scratch), abs(float(scratch - formula.value)))
                difference = abs(float(formula.value) - float(simulated.value))
                assert difference <= Z * simulated.std_err + allowance(point, method, scale), (
                    n,
                    method,
                    formula,
                    simulated,
                )


def answered(points, replicates=2):
    """(strategy, model, method, theorem) of every answer to the points."""
    found = set()
    for point in points:
        name = type(point.learner).__name__, type(getattr(point.learner, "model", lt.Linear())).__name__
        for n in point.sizes:
            for method, e in closed_answers(point, lt.risk, n).items():
                assert method_of(e) == method
                found.add((*name, method, theorem_of(e)))
        e = lt.risk(point.problem, point.learner, point.sizes[-1], method="simulate", replicates=replicates)
        found.add((*name, method_of(e), theorem_of(e)))
    return found


def test_every_line_of_the_table_of_methods_is_asked():
    table = {(row["strategy"], row["model"], row["method"], row["theorem"]) for row in lt.methods()}
    found = answered(POINTS)
    for point in UNDRAWN:
        e = lt.risk(point.problem, point.learner, point.sizes[0], method="exact")
        found.add((type(point.learner).__name__, "ShallowReLU", method_of(e), theorem_of(e)))
    assert table - found == set(), "lines that no point reaches"
    assert found - table == set(), "answers that the table does not list"


@pytest.mark.parametrize("point", [p for p in POINTS if p.closed], ids=str)
def test_auto_answers_every_point_in_closed_form(point):
    for n in point.sizes:
        assert method_of(lt.risk(point.problem, point.learner, n)) in CLOSED


# ---------------------------------------------------------------- (e) limits and symmetries, one size per call


CLOSED_LEARNERS = [lt.Scratch(), lt.FineTune(), lt.LinearTransfer(), lt.Scratch(ridge=1.5), lt.FineTune(ridge=1.5)]
CLOSED_LEARNERS += [lt.LinearTransfer(ridge=1.5), lt.FineTune(ridge="optimal"), lt.LinearTransfer(ridge="optimal")]
CLOSED_LEARNERS += [lt.FineTune(lt.DeepLinear(2)), lt.FineTune(lt.DeepLinear(3)), lt.Scratch(lt.DeepLinear(2))]


def some(problem):
    """A few sizes: none, few, about d, many."""
    d = problem.dim
    return [0, 1, max(d // 2, 1), max(d - 1, 1), d, d + 1, d + 2, 3 * d + 2]


def both(first, second, sizes, learner, other=None, **options):
    """Values of two questions, one size per call, by one method."""
    return values_alone(first, learner, sizes, **options), values_alone(second, other or learner, sizes, **options)


@pytest.mark.parametrize("model", [lt.Linear(), lt.DeepLinear(1), lt.DeepLinear(2), lt.DeepLinear(math.inf)], ids=str)
@BRIEF
@given(st.data())
def test_fine_tuning_from_nothing_is_scratch(model, data):
    dim = data.draw(st.sampled_from([2, 5, 20]))
    noise = data.draw(w.noises())
    flat = P.isotropic(dim, 0.5, source_norm=0.0, noise_std=noise)
    target = np.random.default_rng(dim).standard_normal(dim)
    spectral = P.from_teachers(np.zeros(dim), target, data.draw(w.covariances(dim)), noise_std=noise)
    for problem in (flat, spectral):
        for n in some(problem):
            answers = [
                outcome(lt.risk, problem, kind(model), n, replicates=DRAWS) for kind in (lt.FineTune, lt.Scratch)
            ]
            if not any(refused(e) for e in answers):
                tuned, scratch = answers
                if "simulate" not in (method_of(tuned), method_of(scratch)) and method_of(tuned) == method_of(scratch):
                    close(tuned.value, scratch.value, unit_of(problem))


@pytest.mark.parametrize("layers", ["first", "second", "both"])
def test_wide_networks_fine_tuned_from_nothing_are_those_from_scratch(layers):
    model, sizes = lt.ShallowReLU(trained=layers), [0, 5, 24, 60]
    for problem in (
        P.sphere(24, 0.5, source_norm=0.0, noise_std=0.1),
        P.isotropic(40, 0.5, source_norm=0.0, noise_std=0.1),
    ):
        close(*both(problem, problem, sizes, lt.FineTune(model), lt.Scratch(model)), unit_of(problem))


@pytest.mark.parametrize("n", [1, 5, 10, 15, 20])
@pytest.mark.parametrize("depth", [2, 3, math.inf])
@pytest.mark.parametrize("method", ["auto", "simulate"])
def test_deep_fine_tuning_from_nothing_is_scratch_by_every_method(depth, method, n):
    problem, model = P.isotropic(20, 0.5, source_norm=0.0), lt.DeepLinear(depth)
    tuned = outcome(lt.risk, problem, lt.FineTune(model), n, method=method, replicates=400)
    scratch = lt.risk(problem, lt.Scratch(), n).value
    if not refused(tuned):
        assert abs(tuned.value - scratch) <= 5 * tuned.std_err + 1e-9


@pytest.mark.parametrize("ridge", [0.0, 0.7, "optimal"])
def test_a_feature_that_vanishes_learns_nothing(ridge):
    problem = P.isotropic(10, 0.5, source_norm=0.0, target_norm=2.0, noise_std=0.3)
    close(values_alone(problem, lt.LinearTransfer(ridge=ridge), [0, 1, 2, 5, 30]), np.full(5, 4.0), 1.0)


@QUICK
@given(st.data())
def test_equal_teachers_leave_nothing_to_learn(data):
    dim, norm = data.draw(st.sampled_from(w.ISOTROPIC_DIMS)), data.draw(st.sampled_from([1e-3, 1.0, 30.0]))
    teacher = np.random.default_rng(dim).standard_normal(dim)
    for problem in (
        P.isotropic(dim, 1.0, source_norm=norm, target_norm=norm),
        P.from_teachers(norm * teacher, norm * teacher, data.draw(w.covariances(dim))),
    ):
        for learner in (
            lt.FineTune(),
            lt.FineTune(ridge=2.0),
            lt.FineTune(ridge="optimal"),
            lt.FineTune(lt.DeepLinear(2)),
        ):
            for n in some(problem):
                found = outcome(lt.risk, problem, learner, n, replicates=DRAWS)
                assert refused(found) or abs(found.value) <= 1e-12 * unit_of(problem)


@pytest.mark.parametrize("norms", [(0.1, 0.3), (0.3, 0.1), (3.3, 0.9), (1.0, 1.0)])
@pytest.mark.parametrize("overlap", [-1.0, 1.0])
def test_a_parallel_feature_learns_everything_from_one_sample(norms, overlap):
    problem = P.isotropic(10, overlap, source_norm=norms[0], target_norm=norms[1])
    close(values_alone(problem, lt.LinearTransfer(), [1, 2, 3, 5]), np.zeros(4), norms[1] ** 2, abs_=1e-15)
    vector = np.arange(1.0, 11)
    spectral = P.from_teachers(norms[0] * vector, overlap * norms[1] * vector, covariance=1 / vector)
    close(values_alone(spectral, lt.LinearTransfer(), [1, 2, 3, 5]), np.zeros(4), unit_of(spectral), abs_=1e-15)


@pytest.mark.parametrize("norms", [(0.1, 0.3), (0.3, 0.1), (3.3, 0.9), (1.0, 1.0)])
def test_a_parallel_feature_learns_everything_also_under_shift(norms):
    vector = np.arange(1.0, 11)
    problem = P.from_teachers(norms[0] * vector, norms[1] * vector, covariance=1 / vector, test_covariance=vector)
    close(values_alone(problem, lt.LinearTransfer(), [3, 5]), np.zeros(2), unit_of(problem), abs_=1e-15)


@pytest.mark.parametrize("gap", [1e-3, 1e-5, 1e-7, 1e-9])
@pytest.mark.parametrize("learner", [lt.FineTune(), lt.FineTune(ridge=2.0), lt.FineTune(ridge="optimal")], ids=str)
@pytest.mark.parametrize("spectrum", ["flat", "power"])
def test_near_identical_teachers_keep_their_digits(gap, learner, spectrum):
    source, other = np.random.default_rng(0).standard_normal((2, 50))
    covariance = None if spectrum == "flat" else np.arange(1.0, 51) ** -1.0
    near = P.from_teachers(source, source + gap * other, covariance, noise_std=0.2 * gap)
    plain = P.from_teachers(0 * source, other, covariance, noise_std=0.2)  # the same displacement, in units of the gap
    sizes = [0, 10, 25, 80]
    found, expected = both(near, plain, sizes, learner)
    np.testing.assert_allclose(found / gap**2, expected, rtol=1e-5)


@settings(QUICK, max_examples=80)
@given(st.data())
def test_without_samples_the_risk_is_that_of_the_start(data):
    dim, outputs = data.draw(st.sampled_from([1, 2, 5, 20])), data.draw(st.sampled_from([1, 3]))
    source, target = data.draw(w.teacher_pairs(dim, min(outputs, dim)))
    training, shifted = data.draw(w.covariances(dim)), data.draw(st.booleans())
    testing = data.draw(w.covariances(dim)) if shifted else training
    problem = P.from_teachers(source, target, training, noise_std=0.3, test_covariance=testing if shifted else None)
    matrix = np.diag(testing) if testing.ndim == 1 else testing
    s, t = source.reshape(dim, -1), target.reshape(dim, -1)
    untrained, displaced = np.sum(t * (matrix @ t)), np.sum((t - s) * (matrix @ (t - s)))
    expected = {lt.Scratch: untrained, lt.FineTune: displaced}
    learners = [
        kind(**options) for kind in expected for options in ({}, {"ridge": 1.0}, {"time": 1.0}, {"ridge": "optimal"})
    ]
    learners += [kind(lt.DeepLinear(depth)) for kind in expected for depth in (1, 2, math.inf)]
    for learner in [*learners, lt.LinearTransfer(), lt.LinearTransfer(ridge=1.0), lt.LinearTransfer(ridge="optimal")]:
        found = outcome(lt.risk, problem, learner, 0, replicates=DRAWS)
        if not refused(found):
            value = expected.get(type(learner), untrained)
            assert found.value == pytest.approx(
                value, rel=1e-9, abs=1e-9 * (untrained + np.sum(s * (matrix @ s))) + 1e-300
            ), learner


@QUICK
@given(st.data())
def test_a_tiny_ridge_is_no_ridge_far_from_interpolation(data):
    problem = data.draw(st.one_of(w.isotropic_worlds(dims=(20, 60)), w.teacher_worlds(dims=(20,), fitted=False)))
    sizes = [problem.dim // 4, 4 * problem.dim]
    for kind in (lt.Scratch, lt.FineTune, lt.LinearTransfer):
        plain, tiny = kind(), kind(ridge=1e-9)
        for n in sizes:
            for method in CLOSED:
                a, b = (outcome(lt.risk, problem, who, n, method=method) for who in (plain, tiny))
                if not refused(a) and not refused(b) and a.valid and b.valid and theorem_of(a) == theorem_of(b):
                    assert b.value == pytest.approx(float(a.value), rel=1e-4, abs=1e-6 * unit_of(problem))


@QUICK
@given(st.data())
def test_a_network_of_one_layer_is_the_linear_model(data):
    problem = data.draw(st.one_of(w.isotropic_worlds(), w.teacher_worlds()))
    for kind in (lt.Scratch, lt.FineTune):
        for n in some(problem):
            linear = outcome(lt.risk, problem, kind(), n, replicates=DRAWS)
            deep = outcome(lt.risk, problem, kind(lt.DeepLinear(1)), n, replicates=DRAWS)
            assert refused(linear) == refused(deep)
            if method_of(linear) != "simulate" and method_of(deep) != "simulate":
                close(deep.value, linear.value, unit_of(problem), abs_=1e-9)


@QUICK
@given(st.data())
def test_a_network_of_one_layer_has_the_methods_of_the_linear_model(data):
    problem = data.draw(st.one_of(w.isotropic_worlds(), w.teacher_worlds()))
    n = data.draw(st.sampled_from(some(problem)))
    linear, deep = (
        lt.risk(problem, lt.FineTune(model), n, replicates=DRAWS) for model in (lt.Linear(), lt.DeepLinear(1))
    )
    assert method_of(deep) == method_of(linear)


@QUICK
@given(
    overlap=st.sampled_from([-1.0, 1.0]), noise=w.noises(), source=st.sampled_from([0.1, 1.0, 3.0]), target=w.norms()
)
def test_one_dimension(overlap, noise, source, target):
    problem = P.isotropic(1, overlap, noise_std=noise, source_norm=source, target_norm=target)
    sizes = [1, 2, 3, 4, 9, 100]
    expected = [math.inf, math.inf, math.inf, *(noise**2 / (n - 2) for n in sizes[3:])] if noise else [0.0] * 6
    expected[2] = noise**2 / 1 if noise else 0.0
    # A deep chain of overlap −1 would have to pass through zero, and stays there: it is not in this list.
    for learner in (
        lt.Scratch(),
        lt.FineTune(),
        lt.LinearTransfer(),
        lt.Scratch(lt.DeepLinear(2)),
        lt.FineTune(lt.DeepLinear(1)),
    ):
        close(values_alone(problem, learner, sizes), expected, unit_of(problem))


@QUICK
@given(st.data())
def test_rotations_do_not_matter(data):
    problem = data.draw(
        st.one_of(w.teacher_worlds(dims=(5, 20)), w.several_output_worlds(), w.shifted_worlds(), w.feature_worlds())
    )
    v, turn = problem.vectors, w.rotation(problem.dim, 3)

    def turned(covariance):
        if covariance is None:
            return None
        matrix = turn @ (np.diag(covariance) if np.ndim(covariance) == 1 else covariance) @ turn.T
        return (matrix + matrix.T) / 2

    other = P.from_teachers(
        turn @ v.source, turn @ v.target, turned(v.covariance), noise_std=problem.noise_std,
        test_covariance=turned(v.test_covariance), features=None if v.feature_map is None else turn @ v.feature_map,
        n_source=problem.n_source, source_noise_std=problem.source_noise_std, source_covariance=turned(v.source_covariance),
        source_ridge=problem.source_ridge,
    )  # fmt: skip
    learner = data.draw(st.sampled_from(CLOSED_LEARNERS))
    for n in some(problem):
        for method in CLOSED:
            a, b = (outcome(lt.risk, who, learner, n, method=method) for who in (problem, other))
            # A turned Σ = λI is λI up to rounding: then another theorem, of the same method, may answer.
            if not refused(a) and not refused(b) and a.valid and b.valid and theorem_of(a) == theorem_of(b):
                close(b.value, a.value, unit_of(problem), rel=1e-6, abs_=1e-9)


@QUICK
@given(st.data(), st.sampled_from([0.01, 0.5, 7.0]))
def test_inputs_in_other_units_scale_the_risk(data, factor):
    problem = data.draw(st.one_of(w.teacher_worlds(dims=(5, 20)), w.several_output_worlds(), w.shifted_worlds()))
    v = problem.vectors
    covariance = np.ones(problem.dim) if v.covariance is None else v.covariance
    ridge = data.draw(st.sampled_from([0.0, 1.0, "optimal"]))
    # Σ → fΣ, σ² → fσ² and λ → fλ: the same weights, and all labels √f times as large.
    other = P.from_teachers(
        v.source, v.target, factor * covariance, noise_std=math.sqrt(factor) * problem.noise_std,
        test_covariance=None if v.test_covariance is None else factor * v.test_covariance, n_source=problem.n_source,
        source_noise_std=math.sqrt(factor) * problem.source_noise_std,
        source_covariance=None if v.source_covariance is None else factor * v.source_covariance,
        source_ridge=problem.source_ridge if problem.source_ridge == "optimal" else factor * problem.source_ridge,
    )  # fmt: skip
    for kind in (lt.Scratch, lt.FineTune, lt.LinearTransfer):
        mine, theirs = kind(ridge=ridge), kind(ridge=ridge if isinstance(ridge, str) else factor * ridge)
        for n in some(problem):
            for method in CLOSED:
                a = outcome(lt.risk, problem, mine, n, method=method)
                b = outcome(lt.risk, other, theirs, n, method=method)
                if not refused(a) and not refused(b) and a.valid and b.valid and theorem_of(a) == theorem_of(b):
                    close(b.value, factor * a.value, factor * unit_of(problem), rel=1e-6, abs_=1e-9)


@QUICK
@given(st.data(), st.sampled_from([0.01, 0.5, 30.0]))
def test_labels_in_other_units_scale_the_risk(data, factor):
    problem = data.draw(w.worlds().filter(lambda p: p.vectors is not None or p.given_features is None))
    other = problem.with_norms(factor * problem.source_norm, factor * problem.target_norm).with_noise(
        factor * problem.noise_std, source_noise_std=factor * problem.source_noise_std
    )
    learner = data.draw(st.sampled_from(CLOSED_LEARNERS))
    for n in some(problem):
        a, b = (outcome(lt.risk, who, learner, n, method="exact") for who in (problem, other))
        a, b = (
            (outcome(lt.risk, who, learner, n, method="asymptotic") for who in (problem, other))
            if refused(a)
            else (a, b)
        )
        assert refused(a) == refused(b)
        if not refused(a):
            close(b.value, factor**2 * a.value, factor**2 * unit_of(problem), rel=1e-6, abs_=1e-9)


@settings(QUICK, max_examples=25)
@given(st.data())
def test_the_best_ridge_is_there_and_no_worse_than_any_other(data):
    problem = data.draw(st.one_of(w.isotropic_worlds(fitted=False), w.teacher_worlds(fitted=False)))
    for kind in (lt.Scratch, lt.FineTune, lt.LinearTransfer):
        for n in [*some(problem), 10_000, 10**8]:
            best = lt.risk(problem, kind(ridge="optimal"), n)
            assert best.valid, (kind, n)
            for ridge in (0.0, 1e-3, 1.0, 30.0, 1e4):
                other = outcome(lt.risk, problem, kind(ridge=ridge), n, method=method_of(best))
                if not refused(other) and other.valid:
                    assert best.value <= other.value * (1 + 1e-9) + 1e-12 * unit_of(problem)


@pytest.mark.parametrize("family", w.FAMILIES)
@settings(QUICK, max_examples=60)
@given(st.data())
def test_risks_are_never_negative(family, data):
    problem, learner, sizes = question(data, family)
    for answer in alone(lt.risk, problem, learner, sizes, replicates=DRAWS):
        assert refused(answer) or not answer.value < 0


@pytest.mark.parametrize("verb", [lt.risk, lt.transferability])
@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("family", w.FAMILIES)
@BRIEF
@given(st.data())
def test_nan_and_only_nan_is_not_valid(family, method, verb, data):
    problem, learner, sizes = question(data, family)
    answer = outcome(verb, problem, learner, sizes, **options_of(method))
    if not refused(answer):
        np.testing.assert_array_equal(np.isnan(answer.value), ~np.asarray(answer.valid))
        assert np.all(np.isfinite(np.asarray(answer.std_err)[np.isfinite(answer.value)]))


@QUICK
@given(st.data())
def test_a_start_that_is_kept_is_untrained(data):
    problem = data.draw(w.isotropic_worlds(fitted=False))
    for kind in (lt.Scratch, lt.FineTune):
        found = values_alone(problem, kind(time=0.0), some(problem))
        close(found, values_alone(problem, kind(), [0])[0], unit_of(problem))


@QUICK
@given(st.data())
def test_a_long_training_is_a_converged_one(data):
    problem = data.draw(w.isotropic_worlds(fitted=False, dims=(20, 60)))
    sizes = [problem.dim // 4, 4 * problem.dim]
    for kind in (lt.Scratch, lt.FineTune):
        long, ended = both(problem, problem, sizes, kind(time=1e6), kind(), method="asymptotic")
        close(long, ended, unit_of(problem), rel=1e-6, abs_=1e-9)


@QUICK
@given(st.data())
def test_a_flat_covariance_is_an_isotropic_problem_however_it_is_given(data):
    dim, noise = data.draw(st.sampled_from([2, 5, 20])), data.draw(w.noises())
    source, target = data.draw(w.unrelated_teachers(dim))
    s, t = np.linalg.norm(source), np.linalg.norm(target)
    cosine = float(source @ target / (s * t))
    whole = P.isotropic(dim, cosine, noise_std=noise, source_norm=s, target_norm=t)
    learner = data.draw(st.sampled_from(CLOSED_LEARNERS))
    for covariance in (None, np.ones(dim), np.eye(dim)):
        given_ = P.from_teachers(source, target, covariance, noise_std=noise)
        for n in some(whole):
            a, b = (outcome(lt.risk, p, learner, n, replicates=DRAWS) for p in (whole, given_))
            assert refused(a) == refused(b)
            if not refused(a):
                assert (method_of(a), theorem_of(a)) == (method_of(b), theorem_of(b))
                close(b.value, a.value, unit_of(whole), rel=1e-6, abs_=1e-9)


@QUICK
@given(st.data())
def test_a_source_fitted_without_error_is_a_known_one(data):
    known = data.draw(w.isotropic_worlds(fitted=False))
    fitted = known.with_noise(n_source=known.dim + data.draw(st.integers(0, 3)), source_noise_std=0.0)
    for learner in (lt.FineTune(), lt.LinearTransfer(), lt.FineTune(lt.DeepLinear(2)), lt.FineTune(ridge=1.0)):
        for n in some(known):
            a, b = (outcome(lt.risk, p, learner, n, replicates=DRAWS) for p in (known, fitted))
            if not refused(a) and not refused(b) and method_of(a) == method_of(b) != "simulate":
                close(b.value, a.value, unit_of(known))


@QUICK
@given(st.data())
def test_scratch_does_not_know_the_source(data):
    problem = data.draw(w.isotropic_worlds())
    other = P.isotropic(
        problem.dim, -1.0, noise_std=problem.noise_std, source_norm=5.0, target_norm=problem.target_norm, n_source=3
    )
    for learner in (
        lt.Scratch(),
        lt.Scratch(ridge=1.0),
        lt.Scratch(ridge="optimal"),
        lt.Scratch(lt.DeepLinear(3)),
        lt.Scratch(time=1.0),
    ):
        close(*both(problem, other, some(problem), learner, replicates=DRAWS), unit_of(problem))


@BRIEF
@given(st.data())
def test_risks_of_several_outputs_add_up(data):
    problem = data.draw(w.several_output_worlds())
    v, whole = problem.vectors, problem
    options = {"noise_std": whole.noise_std, "n_source": whole.n_source, "source_noise_std": whole.source_noise_std}
    parts = [P.from_teachers(s, t, v.covariance, **options) for s, t in zip(v.source.T, v.target.T, strict=True)]
    for learner in (lt.Scratch(), lt.FineTune(), lt.Scratch(ridge=1.0), lt.FineTune(ridge=1.0)):
        for n in some(whole):
            for method in CLOSED:
                found = outcome(lt.risk, whole, learner, n, method=method)
                each = [outcome(lt.risk, part, learner, n, method=method) for part in parts]
                if not any(refused(e) or not e.valid for e in (found, *each)):
                    close(found.value, sum(float(e.value) for e in each), unit_of(whole), abs_=1e-9)


@QUICK
@given(st.data())
def test_a_shift_to_the_same_covariance_is_none(data):
    dim = data.draw(st.sampled_from([5, 20]))
    source, target = data.draw(w.unrelated_teachers(dim))
    covariance, noise = data.draw(w.covariances(dim, full_rank=True)), data.draw(w.noises())
    plain, shifted = (
        P.from_teachers(source, target, covariance, noise_std=noise, test_covariance=c) for c in (None, covariance)
    )
    for learner in (lt.Scratch(), lt.FineTune(), lt.FineTune(ridge=1.0), lt.LinearTransfer()):
        for n in some(plain):
            for method in CLOSED:
                a, b = (outcome(lt.risk, p, learner, n, method=method) for p in (plain, shifted))
                if not refused(a) and not refused(b) and a.valid and b.valid:
                    close(b.value, a.value, unit_of(plain), rel=1e-6, abs_=1e-9)


@QUICK
@given(st.data())
def test_stopping_at_the_best_time_is_no_worse_than_at_any_other(data):
    problem = data.draw(w.isotropic_worlds(fitted=False))
    for kind in (lt.Scratch, lt.FineTune):
        for n in some(problem):
            best = lt.risk(problem, kind(time="optimal"), n)
            assert best.valid
            for time in (0.0, 0.1, 1.0, 10.0, 1e3):
                assert best.value <= lt.risk(problem, replace(kind(), time=time), n).value * (
                    1 + 1e-6
                ) + 1e-9 * unit_of(problem)

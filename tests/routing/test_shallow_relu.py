"""Shallow ReLU learners and the sphere at the front door: formulas against training on drawn data, and what is refused."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import lintransfer as lt
from lintransfer import cli
from lintransfer.models import LAYERS
from lintransfer.routing import default_baseline, shallow_relu
from lintransfer.theory.shallow_relu import gaussian, proportional, two_stage
from lintransfer.theory.shallow_relu import proportional as shallow_relu_proportional

DIM = 24
SPHERE = lt.TransferProblem.sphere(DIM, overlap=0.7, noise_std=0.06, source_noise_std=0.04)
FITTED = SPHERE.with_noise(n_source=60)
GAUSSIAN = lt.TransferProblem.isotropic(dim=40, overlap=0.7, noise_std=0.5)


def models():
    return [lt.ShallowReLU(trained=layers) for layers in LAYERS]


def agree(formula, simulated, allowance):
    """Within 4 standard errors (false alarm 6e-5 each, fixed seeds) and the relative bias that the row grants."""
    np.testing.assert_array_less(
        np.abs(simulated.value - formula.value), 4 * simulated.std_err + allowance * np.abs(formula.value)
    )


@pytest.mark.parametrize("model", models(), ids=LAYERS)
@pytest.mark.parametrize("problem", [SPHERE, FITTED], ids=["known", "fitted"])
def test_formulas_are_what_training_gives(problem, model):
    n = [0, 12, 48]
    for learner in (lt.Scratch(model), lt.FineTune(model), lt.FineTune(model, ridge=0.3)):
        formula = lt.risk(problem, learner, n)
        assert formula.method == "asymptotic" and formula.valid.all()
        agree(formula, lt.risk(problem, learner, n, method="simulate", replicates=100), 2 / DIM)
    gain = lt.transferability(problem, lt.FineTune(model), n, baseline=lt.Scratch(model))
    simulated = lt.transferability(problem, lt.FineTune(model), n, lt.Scratch(model), method="simulate", replicates=100)
    agree(gain, simulated, 2 / DIM)
    base, tuned = (lt.risk(problem, who, n).value for who in (lt.Scratch(model), lt.FineTune(model)))
    np.testing.assert_allclose(gain.value, base - tuned, atol=1e-15)


def test_the_theorem_follows_the_question():
    wide = lt.FineTune(lt.ShallowReLU())
    assert lt.risk(SPHERE, wide, 10).theorem == "relu-sphere-risk"
    assert lt.risk(FITTED, wide, 10).theorem == "relu-two-stage-risk"
    assert lt.risk(FITTED, lt.Scratch(lt.ShallowReLU()), 10).theorem == "relu-sphere-risk"
    assert lt.risk(GAUSSIAN, wide, 10).theorem == "relu-gaussian-risk"
    low = lt.TransferProblem.sphere(5, 0.7)
    assert lt.risk(low, wide, 3, replicates=5).method == "simulate"
    spiked = lt.TransferProblem.from_teachers(np.eye(30)[0], np.eye(30)[1], covariance=np.r_[100.0, np.ones(29)])
    assert lt.risk(spiked, wide, 3, replicates=5).method == "simulate"
    assert shallow_relu.SMALLEST_EFFECTIVE_RANK == gaussian.SMALLEST_EFFECTIVE_RANK


def test_gaussian_inputs_make_it_ridge_regression():
    n = [0, 20, 80]
    for model in models():
        ridge = float(proportional.trained_nonlinearity(model.trained)) * 40
        np.testing.assert_allclose(
            lt.risk(GAUSSIAN, lt.FineTune(model), n).value, lt.risk(GAUSSIAN, lt.FineTune(ridge=ridge), n).value
        )
    formula, learner = lt.risk(GAUSSIAN, lt.FineTune(lt.ShallowReLU()), n), lt.FineTune(lt.ShallowReLU())
    agree(formula, lt.risk(GAUSSIAN, learner, n, method="simulate", replicates=60), 5 / 40)


def test_the_boundary_of_a_phase_diagram_is_the_critical_overlap():
    for model in models():
        learner, n = lt.FineTune(model), [6, 24, 72]
        grid = lt.phase_diagram(SPHERE, [learner], n=n, overlap=np.linspace(0, 1, 5))
        assert grid.dataset.attrs["baseline"] == lt.strategies.label_of(lt.Scratch(model))
        np.testing.assert_allclose(grid.boundary.values, 0.5, atol=1e-9)
        grid = lt.phase_diagram(FITTED, [learner], n=n, overlap=np.linspace(0, 1, 5))
        critical = two_stage.critical_overlap(
            np.array(n, dtype=float), 60.0, DIM, 1.0, 1.0, FITTED.source_noise_std**2, model.trained
        )
        np.testing.assert_allclose(grid.boundary.values[0, 0], critical, rtol=1e-9)


def test_the_source_set_is_an_axis_and_a_diagram_is_saved(tmp_path):
    grid = lt.phase_diagram(SPHERE, [lt.FineTune(lt.ShallowReLU())], n=[24], n_source=[10, 40, 160])
    value = lt.transferability(SPHERE.with_noise(n_source=40), lt.FineTune(lt.ShallowReLU()), 24).value
    assert grid.dataset.transferability.sel(n_source=40, n=24).item() == pytest.approx(float(value))
    grid.save(tmp_path / "relu.nc")
    back = lt.load(tmp_path / "relu.nc").dataset
    assert back.equals(grid.dataset) and "inputs=sphere" in back.attrs["problem"]


@pytest.mark.parametrize("model", models(), ids=LAYERS)
def test_sample_complexity(model):
    goal = 0.3 * 0.6 / DIM
    need = lt.sample_complexity(SPHERE.with_noise(noise_std=0.0), lt.FineTune(model), risk=goal)
    at = lt.risk(SPHERE.with_noise(noise_std=0.0), lt.FineTune(model), [need.value - 1, need.value]).value
    assert at[0] > goal >= at[1] and need.lasting == need.value
    # the proportional limit is within its stated O(1/d)
    zeta = shallow_relu_proportional.trained_nonlinearity(model.trained)
    proportional = shallow_relu_proportional.proportional_sample_complexity(goal, DIM, 0.6 / DIM, 0.0, zeta)
    assert abs(need.value - proportional) < 8 * proportional / DIM + 1


@pytest.mark.parametrize("problem", [SPHERE, FITTED, GAUSSIAN], ids=["known", "fitted", "gaussian"])
def test_gradients_and_compilation(problem):
    learner = lt.FineTune(lt.ShallowReLU())

    def risk(overlap, noise_std):
        return lt.risk(
            problem.with_overlap(overlap).with_noise(noise_std=noise_std), learner, np.array([7.0, 30.0])
        ).value

    at = 0.7, float(problem.noise_std)
    both = jax.jit(lambda *at: (risk(*at), jax.jacrev(risk, argnums=(0, 1))(*at)))
    value, slopes = both(*at)
    np.testing.assert_allclose(value, risk(*at), rtol=1e-12)
    for i, slope in enumerate(slopes):
        step = 1e-5 * np.eye(2)[i]
        ahead, behind = (risk(at[0] + s * step[0], at[1] + s * step[1]) for s in (1, -1))
        # central differences: rounding 1e-16/1e-5 and curvature 1e-10, relative to the risk
        np.testing.assert_allclose(slope, (ahead - behind) / 2e-5, rtol=1e-6, atol=1e-9)
    many = jax.jit(jax.vmap(risk, in_axes=(0, None)))(jnp.linspace(0, 1, 3), 0.1)
    np.testing.assert_allclose(many[1], risk(0.5, 0.1), rtol=1e-12)


def test_a_billion_dimensions_are_the_proportional_limit():
    dim = 10**9
    huge, model = lt.TransferProblem.sphere(dim, 0.8, noise_std=0.1 / dim**0.5), lt.ShallowReLU(trained="second")
    value = lt.risk(huge, lt.FineTune(model), [0, dim // 2, 2 * dim]).value * dim
    limit = proportional.proportional_risk(
        np.array([0, 0.5, 2.0]), 0.4, 0.01, proportional.trained_nonlinearity("second")
    )
    np.testing.assert_allclose(value, limit, rtol=8 / dim)


def test_the_bound_is_above_and_only_for_those_who_ask():
    quiet = SPHERE.with_noise(noise_std=0.0)
    for model in models():
        bound = lt.risk(quiet, lt.FineTune(model), [0, 10, 500], method="bound")
        assert bound.theorem == "relu-risk-bound"
        assert np.all(bound.value > lt.risk(quiet, lt.FineTune(model), [0, 10, 500]).value)
    with pytest.raises(lt.MissingMethodError, match="difference of bounds"):
        lt.transferability(quiet, lt.FineTune(lt.ShallowReLU()), 10, method="bound")
    with pytest.raises(lt.MissingMethodError, match="there is: asymptotic, simulate"):
        lt.risk(SPHERE, lt.FineTune(lt.ShallowReLU()), 10, method="bound")
    low = lt.TransferProblem.sphere(5, 0.7)
    assert lt.risk(low, lt.FineTune(lt.ShallowReLU()), 2, replicates=3).method == "simulate"


@pytest.mark.slow
def test_finite_networks_approach_the_kernel():
    # C/√m = 2/√256 is the distance of the functions; their risks differ by its square and twice the product.
    allowance, model = 2 / DIM + 2 / np.sqrt(256), lt.ShallowReLU(width=256)
    for problem in (SPHERE, FITTED):
        network = lt.risk(problem, lt.FineTune(model), 16, replicates=30)
        assert network.method == "simulate"
        agree(lt.risk(problem, lt.FineTune(lt.ShallowReLU()), 16), network, allowance)
    gain = lt.transferability(SPHERE, lt.FineTune(model), 16, replicates=30)
    agree(lt.transferability(SPHERE, lt.FineTune(lt.ShallowReLU()), 16), gain, allowance)


@pytest.mark.slow
def test_narrow_networks_are_worse():
    wide = lt.risk(FITTED, lt.FineTune(lt.ShallowReLU()), 30)
    narrow = lt.risk(FITTED, lt.FineTune(lt.ShallowReLU(width=16)), 30, replicates=30)
    assert narrow.value - 4 * narrow.std_err > wide.value * (1 + 2 / DIM)


def test_linear_learners_on_the_sphere_are_not_called_exact():
    learners = (lt.Scratch(), lt.FineTune(), lt.LinearTransfer(), lt.FineTune(ridge=0.05))
    for learner in learners:
        formula = lt.risk(SPHERE, learner, [8, 60])
        assert formula.method == "asymptotic"
        agree(formula, lt.risk(SPHERE, learner, [8, 60], method="simulate", replicates=200), 2 / DIM)
    with pytest.raises(lt.MissingMethodError, match="there is: asymptotic"):
        lt.risk(SPHERE, lt.FineTune(), 8, method="exact")
    for law in (lt.risk_law, lt.transferability_law):
        with pytest.raises(lt.MissingMethodError, match=r"Gaussian inputs|Σ = λI"):
            law(SPHERE, lt.FineTune(), 8)
    assert lt.risk(SPHERE, lt.FineTune(lt.DeepLinear(2)), 8).method == "asymptotic"


def test_the_law_of_the_inputs_is_kept():
    for other in (SPHERE.with_overlap(0.1), SPHERE.with_norms(2.0), SPHERE.with_noise(0.1), FITTED):
        assert other.inputs == "sphere" and not other.is_gaussian
    assert jax.tree_util.tree_map(lambda leaf: leaf, SPHERE).inputs == "sphere"
    assert SPHERE.with_overlap(0.1).overlap == pytest.approx(0.1) and SPHERE.target_norm == pytest.approx(1.0)


def test_the_baseline_is_of_the_same_model():
    relu_tuned = lt.FineTune(lt.ShallowReLU(trained="first"))
    assert default_baseline(relu_tuned) == lt.Scratch(lt.ShallowReLU(trained="first"))
    assert default_baseline(lt.FineTune(lt.DeepLinear(2)), relu_tuned) == lt.Scratch()
    mixed = lt.transferability(SPHERE, relu_tuned, 10, baseline=lt.Scratch())
    expected = lt.risk(SPHERE, lt.Scratch(), 10).value - lt.risk(SPHERE, relu_tuned, 10).value
    assert mixed.value == pytest.approx(float(expected))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: lt.ShallowReLU(width=7), lt.DomainError, "width must be an even number of neurons ≥ 2"),
        (lambda: lt.ShallowReLU(width=np.nan), lt.DomainError, "width must be an even number"),
        (lambda: lt.ShallowReLU(width=True), lt.DomainError, "width must be an even number"),
        (lambda: lt.ShallowReLU(trained="third"), lt.DomainError, 'trained must be "first", "second" or "both"'),
        (lambda: lt.TransferProblem.sphere(1, 1.0), lt.DomainError, "dim must be a whole number ≥ 2"),
        (lambda: lt.TransferProblem.sphere(5, 1.5), lt.DomainError, "overlap must be a cosine"),
        (
            lambda: lt.risk(SPHERE, lt.FineTune(lt.ShallowReLU(), ridge="optimal"), 5),
            lt.MissingMethodError,
            "there is none",
        ),
        (lambda: lt.risk(SPHERE, lt.FineTune(lt.ShallowReLU(), ridge=-1.0), 5), lt.MissingMethodError, "there is none"),
        (
            lambda: lt.risk(SPHERE, lt.FineTune(lt.ShallowReLU(), time=3.0), 5),
            lt.DomainError,
            "time must be inf for ShallowReLU",
        ),
        (
            lambda: lt.risk(SPHERE, lt.FineTune(lt.ShallowReLU(64), ridge=1.0), 5),
            lt.MissingMethodError,
            "there is none",
        ),
        (
            lambda: lt.sample_complexity(SPHERE, lt.FineTune(lt.ShallowReLU(64)), 0.01),
            lt.MissingMethodError,
            "simulated",
        ),
        (
            lambda: lt.risk(SPHERE, lt.FineTune(lt.ShallowReLU()), 10**7, method="simulate"),
            lt.DomainError,
            "free memory",
        ),
    ],
)
def test_what_is_not_there_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_the_command_line_says_it_in_the_same_words(capsys, tmp_path):
    figure = tmp_path / "relu.png"
    words = ["diagram", "--inputs", "sphere", "--dim", "24", "--learner", "fine-tune:relu=first", "--n", "12,24"]
    assert cli.main([*words, "--axis", "overlap=0:1:0.25", "--figure", str(figure)]) == 0
    assert "baseline Scratch(ShallowReLU(trained=first))" in capsys.readouterr().out and figure.stat().st_size > 0
    words = ["curve", "--inputs", "sphere", "--dim", "8", "--learner", "scratch:relu=both,width=8", "--n", "4"]
    assert cli.main([*words, "--replicates", "3"]) == 0
    for wrong in ("relu=third", "width=8", "relu=both,depth=2", "relu=both,width=3", "depht=2"):
        assert cli.main(["curve", "--learner", f"fine-tune:{wrong}"]) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1
    assert cli.main(["curve", "--inputs", "sphere", "--teachers", "none.npz"]) == 2

"""What lintransfer returns is compared, hashed, pickled, copied and drawn without leaving anything behind."""

import copy
import math
import pickle

import matplotlib.pyplot as plt
import numpy as np
import pytest
import xarray as xr

import lintransfer as lt
from lintransfer import plotting
from lintransfer.diagnosis.picture import plot_diagnosis
from lintransfer.strategies import label_of

rng = np.random.default_rng(0)
X = rng.standard_normal((40, 3))
y = X @ np.ones(3) + 0.5 * rng.standard_normal(40)
p = lt.TransferProblem.isotropic(10, 0.5, noise_std=0.2)
general = lt.TransferProblem.from_teachers([1.0, 0, 1], [1.0, 1, 0], covariance=[3.0, 2, 1], noise_std=0.1)

PLAIN = {
    "problem": lambda: p,
    "problem with vectors": lambda: general,
    "problem from data": lambda: lt.TransferProblem.from_data(X, y, np.ones(3)),
    "scratch": lt.Scratch,
    "learner": lambda: lt.FineTune(lt.DeepLinear(3, imbalance=(0.0, -1.0))),
    "wide": lambda: lt.Scratch(lt.ShallowReLU(), ridge=0.1),
    "features": lambda: lt.LinearTransfer(ridge="optimal"),
    "estimate": lambda: lt.risk(p, lt.FineTune(), [5, 10, 20]),
    "estimate of several theorems": lambda: lt.risk(general, lt.FineTune(), [0, 1, 2, 9]),
    "complexity": lambda: lt.sample_complexity(p, lt.FineTune(), 0.1),
    "complexity, never": lambda: lt.sample_complexity(p, lt.LinearTransfer(), 0.001),
    "explanation": lambda: lt.route(p, lt.FineTune(), [5, 20]),
    "law": lambda: lt.risk_law(p, lt.FineTune(), 5),
}  # fmt: skip


@pytest.mark.parametrize("make", PLAIN.values(), ids=PLAIN)
def test_compared_hashed_pickled_copied(make):
    one = make()
    for other in (pickle.loads(pickle.dumps(one)), copy.deepcopy(one), copy.copy(one), make()):
        assert type(other) is type(one) and other == one and hash(other) == hash(one) and one in {other}
        assert repr(other) == repr(one) and str(other) == str(one)
    assert one != 3 and one != "x"


def test_theorems_travel_by_name():
    for row in lt.THEOREMS[:3]:
        assert pickle.loads(pickle.dumps(row)) is row and copy.deepcopy(row) is row


def same(a, b):
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    return np.array_equal(a, b, equal_nan=True) if isinstance(a, np.ndarray) else a == b or (a != a and b != b)


def test_laws_that_are_drawn():
    for law in (
        lt.risk_law(p, lt.FineTune(lt.DeepLinear(2)), 5),
        lt.transferability_law(p, lt.FineTune(lt.DeepLinear(math.inf)), 5),
        lt.transferability_law(p, lt.FineTune(), 5),
    ):
        for other in (pickle.loads(pickle.dumps(law)), copy.deepcopy(law)):
            assert np.array_equal(other.rvs(5, seed=3), law.rvs(5, seed=3)) and other.cdf(0.3) == law.cdf(0.3)


@pytest.mark.parametrize("size", [None, 0, 3, (2, 3), np.int64(2)])
def test_shapes_of_draws(size):
    for law in (lt.risk_law(p, lt.FineTune(), 5), lt.risk_law(p, lt.FineTune(lt.DeepLinear(2)), 5)):
        assert np.shape(law.rvs(size, seed=1)) == (() if size is None else np.zeros(size).shape)
        assert np.shape(law.rvs(size, np.random.default_rng(1))) == np.shape(law.rvs(size))
    with pytest.raises(lt.DomainError, match="size must be a whole number"):
        law.rvs(-1)


def test_diagrams_curves_and_diagnoses():
    diagram = lt.phase_diagram(p, [lt.LinearTransfer()], [5, 20], overlap=[0.0, 0.9])
    curve = lt.risk_curve(p, [lt.Scratch()], [5, 20])
    found = lt.diagnose(X, y, np.ones(3), learners=[lt.Scratch()], repeats=2)
    for copied in (lambda one: pickle.loads(pickle.dumps(one)), copy.deepcopy):
        assert copied(diagram).dataset.identical(diagram.dataset) and copied(curve).dataset.identical(curve.dataset)
        assert same(vars(copied(found)), vars(found))


def test_fits_of_networks():
    for source in (None, np.ones(3)):
        learner = lt.Scratch if source is None else lt.FineTune
        for width in (math.inf, 64):
            fit = lt.fit(learner(lt.ShallowReLU(width)), X[:4], y[:4], source)
            for other in (pickle.loads(pickle.dumps(fit)), copy.deepcopy(fit)):
                assert np.array_equal(other(X), fit(X))
    again = lt.fit(lt.FineTune(lt.ShallowReLU()), X[4:8], y[4:8], fit)
    assert np.array_equal(pickle.loads(pickle.dumps(again))(X), again(X))


@pytest.mark.filterwarnings("error")
def test_a_picture_of_few_colours_is_smaller_and_looks_the_same(tmp_path):
    from matplotlib.image import imread

    figure, panels = plotting.new_figure(figsize=(4, 3))
    panels[0, 0].plot([0, 1], [0, 1], color="#0072b2")
    plotting.save_figure(figure, tmp_path / "all.png")
    plotting.save_figure(figure, tmp_path / "few.png", colours=64)
    full, few = (imread(tmp_path / name)[..., :3] for name in ("all.png", "few.png"))
    assert full.shape == few.shape and abs(full - few).mean() < 0.01
    assert (tmp_path / "few.png").stat().st_size < 0.6 * (tmp_path / "all.png").stat().st_size


def test_no_figure_stays_open(tmp_path):
    plt.close("all")
    diagram = lt.phase_diagram(p, [lt.LinearTransfer()], [5, 20], overlap=[0.0, 0.9])
    line = lt.phase_diagram(p, [lt.LinearTransfer()], [5, 20])
    curve, estimate = lt.risk_curve(p, [lt.Scratch()], [5, 20]), lt.risk(p, lt.Scratch(), [5, 20])
    found = lt.diagnose(X, y, np.ones(3), learners=[lt.Scratch()], repeats=2)
    for _ in range(5):
        for figure in (diagram.plot(), line.plot(), curve.plot(), estimate.plot([5, 20]), plot_diagnosis(found)):
            assert figure.axes
    figure.savefig(tmp_path / "x.png")
    assert not plt.get_fignums() and (tmp_path / "x.png").stat().st_size > 1000
    own, axes = plt.subplots()
    assert curve.plot(axes) is own
    plt.close(own)


def test_labels_tell_learners_apart():
    near = [lt.Scratch(ridge=1.0000001), lt.Scratch(ridge=1.00000011)]
    assert [label_of(who) for who in near] == ["Scratch(ridge=1.0000001)", "Scratch(ridge=1.00000011)"]
    assert label_of(lt.FineTune(ridge=np.float64(0.5))) == "FineTune(ridge=0.5)"
    diagram = lt.phase_diagram(p, near, [5], overlap=[0.5])
    assert len(set(diagram.dataset.learner.values.tolist())) == 2


AXES = {
    "overlap": [-1.0, 0.0, 1.0], "source_norm": [0.0, 1.0, 2.0], "target_norm": [0.0, 1.0], "noise_std": [0.0, 0.5], "source_noise_std": [0.0, 1.0],
    "n_source": [None, 0, 5, 50], "ridge": [0.0, 1.0, math.inf, "optimal"], "time": [0.0, 1.0, math.inf, "optimal"], "depth": [1, 2, 3.5, math.inf],
}  # fmt: skip
LEARNERS = [
    lt.Scratch(), lt.FineTune(), lt.LinearTransfer(), lt.FineTune(lt.DeepLinear(2)), lt.FineTune(lt.ShallowReLU()), lt.FineTune(time=1.0),
    lt.LinearTransfer(ridge="optimal"), lt.FineTune(ridge="optimal"),
]  # fmt: skip


@pytest.mark.parametrize("dim", [1, 2, 10])
@pytest.mark.parametrize("learner", LEARNERS, ids=label_of)
@pytest.mark.parametrize("name", AXES)
def test_every_axis_with_every_learner(name, learner, dim, tmp_path):
    problem = lt.TransferProblem.isotropic(dim, 1.0 if dim == 1 else 0.5, noise_std=0.2)
    values = [v for v in AXES[name] if v != 0.0] if dim == 1 and name == "overlap" else AXES[name]
    for some in (values, *([v] for v in values)):
        try:
            diagram = lt.phase_diagram(problem, [learner], [1, 20], method="asymptotic", **{name: some})
        except (lt.DomainError, lt.MissingMethodError) as error:
            assert "\n" not in str(error)
            continue
        assert str(diagram) and diagram.dataset.risk.shape == (1, len(some), 2) and diagram.plot().axes
        diagram.save(tmp_path / "d.nc")
        assert lt.load(tmp_path / "d.nc").dataset.risk.equals(diagram.dataset.risk)


def test_foreign_files_are_no_diagrams(tmp_path):
    path = tmp_path / "f.nc"

    def refused(dataset):
        dataset.to_netcdf(path)
        with pytest.raises(lt.DataFileError, match="must hold a phase diagram"):
            lt.load(path)

    three = ("risk", "transferability", "winner")
    refused(xr.Dataset({k: ("x", [1.0, 2]) for k in three}))
    refused(xr.Dataset())
    own = lt.phase_diagram(p, [lt.LinearTransfer()], [5, 20], overlap=[0.0, 0.9]).dataset
    own.to_netcdf(path)
    lt.load(path)
    for name in (*own.data_vars, "learner", "n", "contender", "overlap"):
        if not name.endswith(("method", "theorem")):
            refused(own.drop_vars(name))
    for name in ("baseline", "theorems", "problem", "method"):
        refused(own.assign_attrs({name: 3}))
    refused(own.assign(risk=own.risk.isel(n=0)))
    refused(own.assign(winner=own.winner.astype(str)))
    refused(lt.risk_curve(p, [lt.Scratch()], [5, 20]).dataset)
    path.write_bytes(b"CDF\x01 and so on")
    for name in (path, tmp_path, "nowhere.nc", "\0x", "", "x" * 300):
        with pytest.raises(lt.DataFileError):
            lt.load(name)
    for name in (3, None, b"x", [path]):
        with pytest.raises(lt.DomainError, match="path must be"):
            lt.load(name)


@pytest.mark.parametrize("name", ["\0x", "", ".", "/nowhere/x.nc", "/dev/full", "/proc/x.nc", "x" * 300])
def test_paths_that_cannot_be_written(name):
    with pytest.raises(lt.DataFileError):
        lt.phase_diagram(p, [lt.LinearTransfer()], [5]).save(name)

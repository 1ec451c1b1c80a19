"""Phase diagrams of deep linear learners: over overlap, depth and source norm, drawn and from the command line."""

import json

import numpy as np
import pytest

import lintransfer as lt
from lintransfer.cli import main
from lintransfer.strategies import label_of
from lintransfer.theory.deep_linear.risk import closed_retention

P = lt.TransferProblem.isotropic(dim=60, overlap=0.4, target_norm=2.0, noise_std=0.2)
DEEP = lt.FineTune(lt.DeepLinear(2))
DEPTHS = [1.0, 1.5, 3.0, 10.0, np.inf]


def critical(n, depth, source_norm=1.0):
    """c* = ρs/(2t), from the retention that the cells use."""
    return closed_retention(n, 60, depth, source_norm**2, 4.0, 0.04) * source_norm / 4


def test_over_overlap_the_boundary_is_the_corrected_one():
    grid = lt.phase_diagram(P, [DEEP], n=[10, 30, 50], overlap=np.linspace(0, 1, 11), method="asymptotic")
    np.testing.assert_allclose(grid.boundary.values[0, 0], [critical(n, 2) for n in (10, 30, 50)], rtol=1e-11)
    assert not np.any(np.isclose(grid.boundary.values, 0.25))  # the published s/(2t)


def test_over_depth_the_boundary_is_found_between_ten_and_infinitely_many_layers():
    grid = lt.phase_diagram(P, [lt.FineTune()], n=[5, 20, 40], depth=DEPTHS, method="asymptotic")
    assert grid.dataset.risk.dims == ("learner", "depth", "n")
    roots = grid.boundary.values[0, 0]
    assert 10 < roots[0] < np.inf and roots[0] > roots[1] > roots[2]
    for n, depth in zip((5, 20, 40), roots, strict=True):
        assert critical(n, depth) == pytest.approx(0.4, rel=1e-11)


def test_the_depth_axis_makes_linear_learners_deep_and_leaves_frozen_features():
    grid = lt.phase_diagram(P, [lt.FineTune(), DEEP, lt.LinearTransfer()], n=[20], depth=DEPTHS)
    linear, deep, frozen = grid.dataset.risk.values[..., 0]
    np.testing.assert_array_equal(linear, deep)
    assert linear[0] == pytest.approx(float(lt.risk(P, lt.FineTune(), 20)), rel=1e-12)
    assert np.ptp(frozen) == 0
    assert np.ptp(grid.dataset.baseline_risk.values) == 0


def test_source_norm_and_overlap_at_one_sample_size():
    norms, overlaps = np.array([0.5, 1.0, 2.0, 4.0]), np.linspace(0, 1, 9)
    grid = lt.phase_diagram(P, [DEEP], n=30, source_norm=norms, overlap=overlaps)
    assert grid.dataset.risk.dims == ("learner", "source_norm", "overlap", "n")
    helps = grid.dataset.transferability.values[0, :, :, 0] > 0
    np.testing.assert_array_equal(helps, overlaps > [[critical(30, 2, s)] for s in norms])
    panel = grid.plot().axes[0]
    assert panel.get_xlabel().startswith("source norm") and panel.get_ylabel().startswith("overlap")


def test_infinite_depth_has_a_place_in_the_picture(tmp_path):
    grid = lt.phase_diagram(P, [DEEP], n=[10, 30, 50], depth=DEPTHS)
    panel = grid.plot().axes[0]
    assert [tick.get_text() for tick in panel.get_xticklabels()] == ["1", "1.5", "3", "10", "∞"]
    assert panel.get_xlim() == (0.0, 1.0)
    grid.save(tmp_path / "depth.nc")
    assert lt.load(tmp_path / "depth.nc").dataset.identical(grid.dataset)


def test_a_map_of_three_axes_is_refused():
    grid = lt.phase_diagram(P, [DEEP], n=[10, 30], depth=[1.0, 2.0], overlap=[0.2, 0.8])
    with pytest.raises(lt.DomainError, match="axes must be one axis besides n, or two at a single n"):
        grid.plot()


@pytest.mark.parametrize(
    ("learner", "label"),
    [
        (DEEP, "FineTune(DeepLinear(2))"),
        (lt.FineTune(lt.DeepLinear(np.inf)), "FineTune(DeepLinear(inf))"),
        (lt.Scratch(lt.DeepLinear(2, imbalance=1.0)), "Scratch(DeepLinear(2, imbalance=1))"),
        (lt.FineTune(lt.DeepLinear(2.5)), "FineTune(DeepLinear(2.5))"),
        (
            lt.FineTune(lt.ShallowReLU(trained="first"), ridge=7.0),
            "FineTune(ShallowReLU(trained=first), ridge=7)",
        ),
        (lt.FineTune(time=7.0), "FineTune(time=7)"),
        (lt.FineTune(ridge="optimal"), "FineTune(ridge=optimal)"),
        (lt.LinearTransfer(), "LinearTransfer"),
    ],
)
def test_learners_have_short_names(learner, label):
    assert label_of(learner) == label


@pytest.mark.parametrize(
    "axes",
    [
        ["--n", "5:55:10", "--axis", "overlap=0:1:0.25"],
        ["--n", "5:55:10", "--axis", "depth=1,2,5,inf"],
        ["--n", "30", "--axis", "source_norm=0.5,1,2", "--axis", "overlap=0:1:0.25"],
    ],
)
def test_the_command_line_draws_deep_diagrams(capsys, tmp_path, axes):
    figure = tmp_path / "deep.png"
    status = main(
        ["diagram", "--dim", "60", "--learner", "fine-tune:depth=2", *axes, "--figure", str(figure), "--json"]
    )
    assert status == 0 and figure.stat().st_size > 10_000
    assert set(json.loads(capsys.readouterr().out)["learners"]) == {"FineTune(DeepLinear(2))"}


@pytest.mark.parametrize(
    ("axes", "message"),
    [
        (["--axis", "overlap=0,1", "--axis", "overlap=0.5"], "axis must be given once for each name"),
        (["--axis", "overlap=0,1", "--axis", "source_norm=1,2"], "together with a single --n"),
        (["--axis", "depth=0.5,1"], "depth must be a number of layers ≥ 1"),
        (["--learner", "fine-tune:depth=0"], "depth must be a number of layers ≥ 1"),
    ],
)
def test_impossible_axes_are_refused_in_one_line(capsys, axes, message):
    assert main(["diagram", "--dim", "30", *axes]) == 2
    captured = capsys.readouterr()
    assert message in captured.err.splitlines()[-1] and captured.out == ""

"""Phase diagrams: labels, winners, boundaries, files."""

import numpy as np
import pytest

import lintransfer as lt
from lintransfer.errors import DataFileError, DomainError

P = lt.TransferProblem.isotropic(dim=100, overlap=0.8, noise_std=0.2)
TRANSFER = [lt.LinearTransfer(), lt.FineTune()]


@pytest.fixture(scope="module")
def diagram():
    return lt.phase_diagram(P, TRANSFER, n=range(10, 200, 10), overlap=np.linspace(0, 1, 21))


def test_cells_are_what_the_front_door_says(diagram):
    assert diagram.dataset.risk.dims == ("learner", "overlap", "n")
    cell = diagram.dataset.sel(learner="FineTune", n=50).sel(overlap=0.3, method="nearest")
    world = P.with_overlap(float(cell.overlap))
    assert cell.risk == lt.risk(world, lt.FineTune(), 50).value
    assert cell.transferability == pytest.approx(float(lt.transferability(world, lt.FineTune(), 50)))
    assert cell.baseline_risk == lt.risk(world, lt.Scratch(), 50).value


def test_the_winner_has_the_least_risk_and_ties_go_to_the_baseline(diagram):
    data = diagram.dataset
    everyone = np.concatenate([data.baseline_risk.values[None], data.risk.values])
    labels = np.asarray(data.contender)
    chosen = np.take_along_axis(everyone, data.winner.values[None], axis=0)[0]
    assert np.all(chosen <= everyone.min(axis=0) * (1 + 1e-12))
    assert set(np.unique(diagram.winner)) <= set(labels)
    tied = diagram.winner.sel(n=150, overlap=0)
    assert tied == "Scratch (baseline)" and data.margin.sel(n=150, overlap=0) == 0


def test_the_boundary_is_where_the_sign_changes(diagram):
    fine = diagram.boundary.isel(learner=1).values[0]
    np.testing.assert_allclose(fine[diagram.dataset.n < 100], 0.5, atol=1e-12)
    assert np.all(np.isnan(fine[diagram.dataset.n >= 100]))
    for n, crossing in zip(diagram.dataset.n.values, diagram.boundary.isel(learner=0).values[0], strict=True):
        if np.isfinite(crossing):
            t = [
                float(lt.transferability(P.with_overlap(crossing + step), lt.LinearTransfer(), int(n)))
                for step in (-1e-9, 1e-9)
            ]
            assert t[0] < 0 < t[1]


def test_files_round_trip(diagram, tmp_path):
    diagram.save(tmp_path / "faf.nc")
    again = lt.load(tmp_path / "faf.nc")
    assert again.dataset.identical(diagram.dataset)
    assert [p.name for p in tmp_path.iterdir()] == ["faf.nc"]


def test_a_file_is_written_whole_or_not_at_all(diagram, tmp_path):
    with pytest.raises(DataFileError, match="output path must lie in an existing folder"):
        diagram.save(tmp_path / "nowhere" / "faf.nc")
    with pytest.raises(DataFileError, match="output path must be a file"):
        diagram.save(tmp_path)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "text.nc").write_text("not netCDF")
    with pytest.raises(DataFileError, match="data file must be netCDF"):
        lt.load(tmp_path / "text.nc")
    with pytest.raises(DataFileError, match="data file must exist"):
        lt.load(tmp_path / "nothing.nc")


def test_other_axes():
    noise = lt.phase_diagram(P, [lt.FineTune()], n=[20, 50], noise_std=[0.0, 0.1], source_norm=[0.5, 1.0, 2.0])
    assert noise.dataset.risk.dims == ("learner", "noise_std", "source_norm", "n")
    world = P.with_noise(noise_std=0.1).with_norms(source_norm=2.0)
    assert noise.dataset.risk.values[0, 1, 2, 1] == pytest.approx(float(lt.risk(world, lt.FineTune(), 50)))
    ridges = lt.phase_diagram(P, [lt.FineTune()], n=[20], ridge=[0.0, 5.0])
    assert ridges.dataset.risk.values[0, 1, 0] == lt.risk(P, lt.FineTune(ridge=5.0), 20).value


def test_silence_does_not_stop_a_grid():
    p = lt.TransferProblem.from_teachers([1.0, 2, 3, 1], [1.0, 1, 2, 2], [4.0, 3, 2, 1], noise_std=0.1)
    grid = lt.phase_diagram(p, [lt.FineTune()], n=[0, 2, 9], method="exact", overlap=[0.1, 0.9])
    np.testing.assert_array_equal(grid.dataset.valid.values[0], [[True, False, True]] * 2)


def test_the_picture_has_a_panel_per_learner_and_the_winners(diagram):
    figure = diagram.plot()
    titles = [axes.get_title() for axes in figure.axes]
    assert {"LinearTransfer", "FineTune", "least risk"} <= set(titles)


def test_it_says_what_it_shows(diagram):
    assert "FineTune: helps in" in str(diagram)
    assert diagram.summary()["FineTune"]["hurts_where"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n": [5], "colour": [1]}, "axis must be one of overlap"),
        ({"n": [5], "overlap": []}, "overlap must be a non-empty list"),
        ({"n": [5], "overlap": [0.5, 0.5]}, "overlap must be a list of different values"),
        ({"n": [5], "overlap": [2.0]}, "overlap must be a cosine"),
        ({"n": [[5]]}, "n must be a list"),
        ({"n": [5], "learners": []}, "learners must be"),
        ({"n": [5], "learners": [lt.FineTune(), lt.FineTune()]}, "learners must be"),
    ],
)
def test_impossible_grids_are_refused(options, message):
    with pytest.raises(DomainError, match=message):
        lt.phase_diagram(P, **{"learners": TRANSFER, **options})

"""The worked examples, and what may be wrong with a user's file."""

import sys

import numpy as np
import pytest

from lintransfer.datasets import diabetes, digits, load_arrays
from lintransfer.errors import DataFileError

X, Y, SOURCE = np.random.default_rng(0).standard_normal((12, 3)), np.ones(12), np.ones(3)


@pytest.mark.parametrize(("load", "shape"), [(digits, (1297, 64)), (diabetes, (235, 10))])
def test_worked_examples(load, shape):
    data = load()
    assert data.X.shape == shape and data.y.shape == shape[:1] and data.source.shape == shape[1:]
    assert data.X_unlabelled is None
    again = load()
    np.testing.assert_array_equal(data.source, again.source)
    assert np.mean((data.y - data.X @ data.source) ** 2) < np.mean(data.y**2)  # the source is worth something


def test_digits_are_raw_pixels_on_one_scale_and_diabetes_has_real_labels():
    pixels = digits().X
    assert pixels.min() == 0 and np.mean(pixels**2) == pytest.approx(1, rel=0.05)
    np.testing.assert_allclose(pixels / pixels.max() * 16, np.round(pixels / pixels.max() * 16), atol=1e-12)
    assert len(np.unique(diabetes().y)) > 100


def test_a_pilot_keeps_all_inputs_and_few_labels():
    data = diabetes()
    pilot = data.pilot(50, key=3)
    assert pilot.X.shape == (50, 10) and pilot.y.shape == (50,) and pilot.X_unlabelled.shape == (185, 10)
    everything = np.concatenate([pilot.X, pilot.X_unlabelled])
    np.testing.assert_array_equal(np.sort(everything, axis=0), np.sort(data.X, axis=0))
    assert not np.array_equal(pilot.X, data.pilot(50, key=4).X)
    assert pilot.pilot(20).X_unlabelled.shape == (215, 10)


def test_without_scikit_learn_it_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(DataFileError, match="pip install scikit-learn"):
        digits()


def test_arrays_come_back_as_they_were_saved(tmp_path):
    np.savez(tmp_path / "a.npz", X=X, y=Y, source=SOURCE, X_unlabelled=X[:4], other=np.zeros(2))
    arrays = load_arrays(tmp_path / "a.npz")
    assert set(arrays) == {"X", "y", "source", "X_unlabelled"}
    np.testing.assert_array_equal(arrays["X"], X)
    np.savez_compressed(tmp_path / "b.npz", X=X, y=Y.astype(int), source=SOURCE)
    assert set(load_arrays(str(tmp_path / "b.npz"))) == {"X", "y", "source"}


@pytest.mark.parametrize(
    ("arrays", "message"),
    [
        ({"X": X}, "must hold the arrays X, y and source, got no y, no source"),
        ({}, "got no X, no y, no source"),
        ({"X": X, "y": Y[:3], "source": SOURCE}, "y must be one label for each of the 12 rows of X"),
        ({"X": X, "y": Y, "source": np.ones(4)}, "source must be one weight for each of the 3 columns of X"),
        ({"X": X * np.nan, "y": Y, "source": SOURCE}, "X must be finite"),
        ({"X": X[:4], "y": Y[:4], "source": SOURCE}, "X must be at least 10 labelled rows"),
        ({"X": X, "y": Y, "source": SOURCE, "X_unlabelled": np.ones((2, 9))}, "X_unlabelled must be rows of length 3"),
        ({"X": X, "y": np.array([None] * 12), "source": SOURCE}, "must be an .npz archive of numbers"),
        ({"X": X, "y": np.array(["a"] * 12), "source": SOURCE}, "y must be an array of real numbers"),
    ],
)
def test_bad_archives_are_refused_in_one_line(tmp_path, arrays, message):
    np.savez(tmp_path / "bad.npz", **arrays)
    with pytest.raises(DataFileError) as caught:
        load_arrays(tmp_path / "bad.npz")
    assert message in str(caught.value) and "\n" not in str(caught.value) and "bad.npz" in str(caught.value)


def test_files_that_are_no_archives_are_refused_in_one_line(tmp_path):
    np.save(tmp_path / "one.npy", X)
    (tmp_path / "text.npz").write_text("not an archive\n" * 9)
    (tmp_path / "empty.npz").write_bytes(b"")
    np.savez(tmp_path / "whole.npz", X=X, y=Y, source=SOURCE)
    (tmp_path / "cut.npz").write_bytes((tmp_path / "whole.npz").read_bytes()[:200])
    for name in ("one.npy", "text.npz", "empty.npz", "cut.npz", "absent.npz", "."):
        with pytest.raises(DataFileError) as caught:
            load_arrays(tmp_path / name)
        assert "\n" not in str(caught.value)

"""Predicted against measured error on real data: one figure, one table.

    python docs/examples/real_data.py

Two data sets, six learners, two questions. All rows: the problem is estimated from every row, and predicts the error
of training on n of them. Pilot: 100 labels (and the inputs of the other rows) predict the error far beyond n = 100;
the answer for 20 random pilots. Measured: train on n random rows, test on the rest, many times; "best ridge" is the
best of a grid of penalties. A second table is for 1,000 random ReLU features, a dimension close to the number of rows.
Writes docs/figures/real_data.png and docs/figures/real_data.md, in two to three minutes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib.pyplot as plt
import numpy as np

from lintransfer import FineTune, LinearTransfer, Scratch, TransferProblem, risk
from lintransfer.datasets import TransferData, diabetes, digits
from lintransfer.diagnosis.calibration import held_out_errors
from lintransfer.diagnosis.leave_one_out import leave_one_out_path, transported_error
from lintransfer.diagnosis.picture import COLOURS, MARKERS, draw_learner, limit_to_finite, plain_ticks
from lintransfer.estimation import check_rows

FIGURES = Path(__file__).parent.parent / "figures"
STRATEGIES = (Scratch, FineTune, LinearTransfer)
RIDGES = np.r_[0.0, np.geomspace(0.01, 1e4, 25)]  # the first is "ridgeless"
PILOT, PILOTS = 100, 20
DIGITS = ("digits, at least 5?", digits, (20, 35, 50, 60, 70, 80, 100, 140, 200, 300, 400, 600, 800), 100)
DIABETES = ("diabetes, source: other sex", diabetes, (20, 30, 40, 60, 80, 100, 140, 180), 200)


def measure(data: TransferData, sizes: tuple[int, ...], repeats: int) -> np.ndarray:
    """Held-out error (strategy, [ridgeless, best ridge], size)."""
    learners = [strategy() for strategy in STRATEGIES]
    ridges = np.broadcast_to(RIDGES, (len(learners), len(sizes), len(RIDGES)))
    errors = held_out_errors(check_rows(*data), learners, ridges, sizes, repeats).mean(-1)
    return np.stack([errors[..., 0], errors[..., 1:].min(-1)], axis=1)


def predict(data: TransferData, sizes: Any) -> np.ndarray:
    """Predicted error of the same shape, from these rows alone."""
    problem = TransferProblem.from_data(*data)
    learners = [[strategy(ridge=ridge) for ridge in (0.0, "optimal")] for strategy in STRATEGIES]
    return np.array([[risk(problem, who, sizes).value + problem.noise_variance for who in pair] for pair in learners])


def draw(
    axes: Any, grid: np.ndarray, middle: np.ndarray, half_width: np.ndarray, sizes: Any, measured: np.ndarray
) -> None:
    for i, strategy in enumerate(STRATEGIES):
        name = strategy.__name__
        for j, suffix in enumerate(("", ", best ridge")):
            colour = COLOURS[name]
            draw_learner(axes, grid, middle[i, j], half_width[i, j] / 2, colour, j == 0, name + suffix)
            fill = "white" if j == 0 else colour
            axes.plot(sizes, measured[i, j], MARKERS[name], color=colour, markerfacecolor=fill, markersize=5)
    limit_to_finite(axes, measured[:, 1], middle[:, 1])
    axes.set(xscale="log", xlim=(0.93 * grid[0], 1.07 * grid[-1]))
    axes.set_ylim(axes.get_ylim()[0], 4 * np.max(measured[:, 1]))
    plain_ticks(axes)


def rows_of_table(
    title: str, sizes: np.ndarray, measured: np.ndarray, whole: np.ndarray, pilots: np.ndarray
) -> list[str]:
    """Relative errors in per cent, one line per learner."""
    lines = []
    near, far = (sizes >= 20) & (sizes <= 400), sizes >= PILOT
    off = 100 * np.abs(whole / measured - 1)
    pilots_off = 100 * np.abs(pilots / measured - 1)
    for i, strategy in enumerate(STRATEGIES):
        for j, ridge in enumerate(("none", "best")):
            worst = int(np.argmax(np.where(near, off[i, j], 0)))
            last = pilots_off[:, i, j, -1]
            lines.append(
                f"| {title} | {strategy.__name__} | {ridge} | {np.median(off[i, j, near]):.1f} | "
                f"{off[i, j, worst]:.1f} (n = {sizes[worst]}) | {np.median(pilots_off[:, i, j, far]):.1f} | "
                f"{np.median(last):.1f} (n = {sizes[-1]}) | {np.quantile(last, 0.9):.0f} |"
            )
    return lines


def relu_table() -> list[str]:
    """Plugging the covariance in, and transporting leave-one-out errors, where d is close to the number of rows."""
    data = digits()
    weights = np.random.default_rng(3).standard_normal((data.X.shape[1], 1000)) / np.sqrt(data.X.shape[1])
    features = np.maximum(data.X @ weights, 0)
    features /= np.sqrt(np.mean(features**2))
    sizes = np.array([20, 50, 100, 200, 400, 600, 800])
    plain = TransferData(features, data.y, np.zeros(1000))
    ridges = np.broadcast_to(RIDGES, (1, len(sizes), len(RIDGES)))
    errors = held_out_errors(check_rows(*plain), [Scratch()], ridges, list(sizes), 5)[0].mean(-1)
    measured = np.stack([errors[:, 0], errors[:, 1:].min(1)])
    plugged = predict(plain, sizes)[0]
    path = leave_one_out_path(plain.X, plain.y)
    moved = np.stack([transported_error(path, sizes, ridge)[0][0] for ridge in (0.0, "optimal")])
    lines = ["| ridge | way | " + " | ".join(f"n = {n}" for n in sizes) + " |", "|---|---|" + "---|" * len(sizes)]
    for j, ridge in enumerate(("none", "best")):
        lines.append(f"| {ridge} | measured error | " + " | ".join(f"{v:.3f}" for v in measured[j]) + " |")
        for name, guess in (("covariance plugged in", plugged), ("leave-one-out, transported", moved)):
            off = 100 * (guess[j] / measured[j] - 1)
            lines.append(f"| {ridge} | {name} | " + " | ".join(f"{v:+.0f} %" for v in off) + " |")
    return lines


def main() -> None:
    figure, panels = plt.subplots(2, 2, figsize=(10.5, 8.2), layout="constrained")
    table = [
        "| data | learner | ridge | all rows: median, n = 20 … 400 | worst | pilot: median, n ≥ 100 | at the end "
        "| 90 % of pilots within |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for row, (title, load, sizes, repeats) in zip(panels, (DIGITS, DIABETES), strict=True):
        data, grid = load(), np.unique(np.round(np.geomspace(sizes[0], sizes[-1], 80)))
        measured = measure(data, sizes, repeats)
        both = np.concatenate([grid, sizes])
        whole = predict(data, both)
        pilots = np.array([predict(data.pilot(PILOT, key), both) for key in range(PILOTS)])
        shown = np.minimum(pilots[..., : len(grid)], 1e3)  # infinite at n = rank
        low, middle, high = np.quantile(shown, (0.1, 0.5, 0.9), axis=0)
        draw(row[0], grid, whole[..., : len(grid)], 0 * low, sizes, measured)
        draw(row[1], grid, middle, (high - low) / 2, sizes, measured)
        row[0].set(title=f"{title}: from all {len(data.y)} rows", ylabel="prediction error, noise included")
        row[1].set(title=f"{title}: from a pilot of {PILOT} labels")
        row[1].axvline(PILOT, color="0.5", lw=0.8, zorder=0)
        row[1].set_ylim(row[0].get_ylim())
        table += rows_of_table(title, np.array(sizes), measured, whole[..., len(grid) :], pilots[..., len(grid) :])
    for axes in panels[1]:
        axes.set_xlabel("target samples  $n$")
    legend = {"fontsize": "small", "frameon": False, "title_fontsize": "small", "loc": "upper right"}
    panels[0, 0].legend(title="lines: predicted; markers: measured", **legend)
    panels[0, 1].legend(handles=[], title=f"lines: median of {PILOTS} pilots\nbands: 10 to 90 % of them", **legend)
    FIGURES.mkdir(exist_ok=True)
    figure.savefig(FIGURES / "real_data.png", dpi=150)
    text = "\n".join(
        [
            "Relative error of the predicted prediction error (noise included), in per cent of the measured one.",
            "",
            *table,
            "",
            "1,000 random ReLU features of the digits (1,297 rows), from scratch: predicted over measured.",
            "",
            *relu_table(),
            "",
        ]
    )
    (FIGURES / "real_data.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()

"""The optimisation threshold of small ReLU networks, measured: from how many samples on do they stop interpolating?

Run: python docs/examples/relu_threshold.py [FOLDER] [--dims 2 3 5] [--seeds 40] [--steps 40000] [--quick]
(writes relu_threshold.png, relu_threshold.md and one relu_threshold_d*.npz per dimension to FOLDER, by default out/)

Two-layer networks of 64 neurons start at norm 1e-12 and descend on N(0, I) inputs, a linear teacher of norm 1 and label
noise σ = 0.5, with more weights than samples. With few samples they interpolate the noise; with many they end at least
squares on two half-spaces, whose risk is about 2σ²d/(n − 2d − 2). Per dimension, against n:

first row: training error over that of the half-space fit (0: interpolation, 1: half-space fit);
second: distance E(f − h)²/E h² to the half-space fit; third: test risk, with the half-space risk in closed form;
last: share of the networks that keep more than half, and more than nine tenths, of the half-space training error.

Two thresholds: n* where half of the networks keep more than half of the half-space training error (they have stopped
interpolating), and n_h where half of them keep more than nine tenths (they have arrived). Logistic fits in log n, errors
from resampled seeds. Where compared (d = 5, n = 56 and d = 8, n = 100), the shares are the same within their errors for
starts of 1e-8 to 1e-20 and for 32 to 128 neurons; a start of 1e-4 is not small: more networks interpolate. The last column of the table says what share was still moving when
training stopped, by more than 2 % of the half-space training error over the second half of the steps.

The npz files are resumed if the settings are the same; delete them to start again.
"""

import argparse
import json
import os
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import jax
import matplotlib.pyplot as plt
import numpy as np

from lintransfer.simulate.shallow_relu.threshold import ThresholdRun, estimate_threshold, measure_threshold
from lintransfer.theory.shallow_relu.half_space import half_space_risk

jax.config.update("jax_enable_x64", True)
SIZES = {
    2: (5, 6, 7, 8, 10, 13, 17, 24),
    3: (7, 9, 11, 13, 16, 20, 26, 36, 50),
    5: (14, 18, 24, 32, 42, 56, 76, 110),
    8: (34, 46, 60, 85, 120, 170, 240, 340, 480),
}
LEVELS = (0.5, 0.9)
COLOURS = {2: "#0072b2", 3: "#009e73", 5: "#e69f00", 8: "#d55e00"}
NAMES = ("n^*", "n_h")
ROWS = (
    "training error\nover that of the half-space fit", "distance to the half-space fit", "test risk",
    "share of networks",
)  # fmt: skip
NOISE = 0.5
ONE_SIZE = 0.01  # seconds: a size that has begun is finished, and no second one is begun


def measured(folder, dim, seeds, steps, sizes):
    """The run of one dimension, saved after every sample size and resumed from what is there."""
    path = folder / f"relu_threshold_d{dim}.npz"
    run = _saved(path, dim)
    while run is None or not run.complete:
        options = {"seeds": seeds, "steps": steps, "noise_std": NOISE}
        fresh = measure_threshold(dim, sizes, **options, budget=-1.0)
        same = run is not None and run.settings == fresh.settings and np.array_equal(run.sizes, fresh.sizes)
        run = measure_threshold(dim, sizes, **options, resume=run if same else None, budget=ONE_SIZE)
        _save(path, run)
    return run


def _saved(path, dim):
    if not path.is_file():
        return None
    with np.load(path, allow_pickle=False) as stored:
        arrays = [stored[name] for name in ThresholdRun._fields[3:]]
        return ThresholdRun(dim, stored["sizes"], json.loads(str(stored["settings"])), *arrays)


def _save(path, run):
    arrays = dict(zip(ThresholdRun._fields[3:], run[3:], strict=True))
    np.savez(path, sizes=run.sizes, settings=json.dumps(run.settings), **arrays)


def quartiles(axes, run, values, colour, label=None):
    """Median over seeds, and the band that holds the middle half."""
    low, middle, high = np.quantile(values, [0.25, 0.5, 0.75], axis=1)
    axes.plot(run.sizes, middle, "o-", ms=4, color=colour, label=label)
    axes.fill_between(run.sizes, low, high, color=colour, alpha=0.2, lw=0)


def in_words(run, level, threshold):
    """The threshold with its error, or on which side of the sizes it lies."""
    if np.isfinite(threshold.n):
        error = f"{threshold.std_err:.2g}" if np.isfinite(threshold.std_err) else "?"
        return f"= {threshold.n:.3g} ± {error}"
    reached = np.mean(run.interpolation[0] > level) >= 0.5
    return f"≤ {run.sizes[0]}" if reached else f"> {run.sizes[-1]}"


def picture(runs, found):
    figure, panels = plt.subplots(
        4, len(runs), figsize=(3.3 * len(runs), 10.4), layout="constrained", sharex="col", sharey="row", squeeze=False
    )
    for column, (dim, run) in enumerate(runs.items()):
        colour, thresholds = COLOURS.get(dim, "#555555"), found[dim]
        training, distance, risk, share = panels[:, column]
        quartiles(training, run, run.interpolation, colour, "median and quartiles")
        training.axhline(1, color="black", lw=0.8, ls=":")
        quartiles(distance, run, run.distance, colour)
        quartiles(risk, run, run.risk, colour, "networks")
        line = np.arange(2 * dim + 4, run.sizes[-1] + 1)
        risk.plot(line, half_space_risk(line, dim, NOISE**2), color="black", lw=1.3, label="half-space fit, formula")
        for level, style in zip(LEVELS, ("o-", "s--"), strict=True):
            above = np.mean(run.interpolation > level, axis=1)
            share.plot(run.sizes, above, style, ms=4, color=colour, label=f"more than {level:g}")
        share.axhline(0.5, color="black", lw=0.8, ls=":")
        for axes in panels[:, column]:
            for threshold, style in zip(thresholds, ("-", "--"), strict=True):
                if not np.isfinite(threshold.n):
                    continue
                axes.axvline(threshold.n, color="#555555", lw=1.2, ls=style)
                reach = threshold.n - threshold.std_err, threshold.n + threshold.std_err
                axes.axvspan(*reach, color="#bbbbbb", alpha=0.5, lw=0)
            axes.set_xscale("log")
            axes.set_xlim(run.sizes[0] * 0.9, run.sizes[-1] * 1.1)
            axes.set_xticks(run.sizes[::2], [str(n) for n in run.sizes[::2]])
            axes.minorticks_off()
        distance.set_yscale("log")
        risk.set_yscale("log")
        words = [f"${n}$ {in_words(run, *pair)}" for n, *pair in zip(NAMES, LEVELS, thresholds, strict=True)]
        training.set_title(f"$d = {dim}$:   {words[0]},   {words[1]}", fontsize="small")
        share.set_xlabel("samples  $n$")
    for axes, text in zip(panels[:, 0], ROWS, strict=True):
        axes.set_ylabel(text)
    panels[0, 0].legend(frameon=False, fontsize="small", loc="lower right")
    panels[2, 0].legend(frameon=False, fontsize="small")
    panels[3, 0].legend(frameon=False, fontsize="small")
    return figure


def power_law(found, which):
    """Exponent of a threshold in d by weighted least squares on logarithms, its standard error and the d used."""
    dims = np.array([dim for dim, pair in found.items() if np.isfinite(pair[which].std_err)], dtype=float)
    if len(dims) < 2:
        return np.nan, np.nan, dims
    n, error = (np.array([getattr(found[int(d)][which], name) for d in dims]) for name in ("n", "std_err"))
    weight = (n / error) ** 2
    x = np.log(dims) - np.average(np.log(dims), weights=weight)
    return float(np.sum(weight * x * np.log(n)) / np.sum(weight * x**2)), float(np.sum(weight * x**2) ** -0.5), dims


def table(runs, found):
    lines = [
        "| d | n* | n_h | width of n* in ln n | networks per size | share still moving |",
        "|---|---|---|---|---|---|",
    ]
    for dim, run in runs.items():
        moving = np.mean(np.abs(run.late_change) > 0.02)
        first, second = (in_words(run, *pair).removeprefix("= ") for pair in zip(LEVELS, found[dim], strict=True))
        lines.append(f"| {dim} | {first} | {second} | {found[dim][0].width:.2f} | {run.risk.shape[1]} | {moving:.0%} |")
    for which, name in enumerate(("n*", "n_h")):
        exponent, error, dims = power_law(found, which)
        used = ", ".join(f"{d:g}" for d in dims)
        lines += [
            "",
            f"{name} ~ d^a with a = {exponent:.2f} ± {error:.2f}: weighted fit to d = {used}, where it was bracketed.",
        ]
    for dim, run in runs.items():
        lines += ["", f"d = {dim}: medians over networks, and shares above the two levels", ""]
        lines += [
            "| n | interpolation | distance | risk | half-space risk | > 0.5 | > 0.9 |",
            "|---|---|---|---|---|---|---|",
        ]
        for i, n in enumerate(run.sizes):
            medians = [np.median(v[i]) for v in (run.interpolation, run.distance, run.risk, run.half_space_risk)]
            shares = [np.mean(run.interpolation[i] > level) for level in LEVELS]
            lines.append("| {} | {:.3f} | {:.3g} | {:.3g} | {:.3g} | {:.0%} | {:.0%} |".format(n, *medians, *shares))
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", nargs="?", default="out", type=Path)
    parser.add_argument("--dims", nargs="+", type=int, default=[2, 3, 5], help="8 takes ten minutes more")
    parser.add_argument("--seeds", type=int, default=40)
    parser.add_argument("--steps", type=int, default=40_000)
    parser.add_argument("--quick", action="store_true", help="d = 2 and 3, 12 networks per size, 4000 steps")
    options = parser.parse_args()
    if options.quick:
        options.dims, options.seeds, options.steps = [2, 3], 12, 4000
    options.folder.mkdir(parents=True, exist_ok=True)
    runs = {d: measured(options.folder, d, options.seeds, options.steps, SIZES[d]) for d in options.dims}
    found = {dim: [estimate_threshold(run, level) for level in LEVELS] for dim, run in runs.items()}
    text = table(runs, found)
    (options.folder / "relu_threshold.md").write_text(text, encoding="utf-8")
    picture(runs, found).savefig(options.folder / "relu_threshold.png", dpi=130)
    print(text)


if __name__ == "__main__":
    main()

"""Which source, pooled or in sequence: how much is lost by following `diagnose` on tasks made of scikit-learn's sets.

    python docs/examples/several_sources.py

A pilot of N target rows is drawn again and again; `diagnose` sees it and the candidate sources and advises. What every
way of learning is worth with N rows is its mean error on the other rows of the task, over all pilots (the same way,
chosen and trained on each pilot, is worth the same to everybody). Regret: what the advised ways are worth on average,
over the best way. Covered: how often the stated error of what is advised is within two standard errors of its worth.
Writes docs/figures/several_sources.png and docs/figures/several_sources.md, in about five minutes.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from sklearn import datasets

import lintransfer as lt
from lintransfer.diagnosis.candidates import Source, candidates, column_sizes, own_fit
from lintransfer.diagnosis.picture import plain_ticks
from lintransfer.diagnosis.ridge_choice import chosen_fits

FIGURES = Path(__file__).parent.parent / "figures"
SIZES, PILOTS, REPEATS = (12, 25, 50, 100, 200), 16, 10
Rows = tuple[np.ndarray, np.ndarray]


class Task(NamedTuple):
    """A target's rows and the rows of its candidate sources."""

    name: str
    target: Rows
    sources: list[Rows]


def tasks() -> Iterator[Task]:
    """Questions about digits, whose sources saw other images; patients, tumours and wines split by two features."""
    images, digit = datasets.load_digits(return_X_y=True)
    images = np.c_[images / 16, np.ones(len(images))]
    mine = np.random.default_rng(0).permutation(len(images)) % 2 == 0

    def asked(answer: np.ndarray, those: np.ndarray) -> Rows:
        return images[those], answer[those].astype(float)

    def pair(a: int, b: int, half: np.ndarray) -> Rows:
        return asked(np.where(digit == a, 1, -1), half & ((digit == a) | (digit == b)))

    yield Task("digits, 3 against 8", pair(3, 8, mine), [pair(5, 8, ~mine), pair(1, 7, ~mine)])
    yield Task("digits, 4 against 9", pair(4, 9, mine), [pair(9, 4, ~mine), pair(1, 7, ~mine)])
    value, even = (digit - 4.5) / np.sqrt(8.25), np.where(digit % 2 == 0, 1, -1)
    high = asked(np.where(digit >= 5, 1, -1), mine)
    yield Task("digits, at least 5?", high, [asked(value, ~mine), asked(even, ~mine)])
    for name, load, halves in (
        ("diabetes, one sex, older", datasets.load_diabetes, (1, 0)),
        ("tumours, by two features", datasets.load_breast_cancer, (0, 1)),
        ("wines, by two features", datasets.load_wine, (0, 1)),
    ):
        X, y = load(return_X_y=True)
        X, y = (X - X.mean(0)) / X.std(0), (y - y.mean()) / y.std()
        first, second = (X[:, column] > np.median(X[:, column]) for column in halves)
        yield Task(
            name,
            (X[~first & second], y[~first & second]),
            [(X[~first & ~second], y[~first & ~second]), (X[first], y[first])],
        )


def worth(target: Rows, others: Rows, sources: list[Rows]) -> np.ndarray:
    """Errors on the other rows of every way of learning, chosen and trained on the target's."""
    inputs, labels = np.concatenate([target[0], others[0]]), np.concatenate([target[1], others[1]])
    column = column_sizes([target[0], *(X for X, _ in sources)])
    listed = [
        Source(f"source {k}", X / column, y, own_fit(X / column, y).weights) for k, (X, y) in enumerate(sources, 1)
    ]
    known = len(target[1])
    designs = [learner.designs for learner in candidates(inputs / column, listed)]
    predicted = chosen_fits(designs, labels, np.arange(known)[None])[0][:, 0]
    return np.mean((labels - predicted)[:, known:] ** 2, axis=1)


def plain(label: str) -> str:
    """A label without the numbers that differ from pilot to pilot."""
    way, _, source = label.partition(" with ")
    return f"Pool with {source}" if way.startswith("Pool") else label.replace("(ridge=optimal)", "")


def followed(task: Task, size: int) -> dict[str, Any]:
    """What following the advice on pilots of this size is worth."""
    X, y = task.target
    truths, places, stated = [], [], []
    for key in range(PILOTS):
        order = np.random.default_rng(key).permutation(len(y))
        pilot, rest = order[:size], order[size:]
        found = lt.diagnose(X[pilot], y[pilot], source=task.sources, key=key, repeats=REPEATS)
        place = found.learners.index(found.best)
        truths.append(worth((X[pilot], y[pilot]), (X[rest], y[rest]), task.sources))
        places.append(place)
        stated.append((found.error[place], found.std_err[place]))
    mean, (error, std_err) = np.mean(truths, axis=0), np.transpose(stated)
    return {
        "names": [plain(name) for name in found.learners],
        "mean": mean,
        "advised": mean[places].mean(),
        "covered": np.mean(np.abs(error - mean[places]) < 2 * std_err),
    }


def main() -> None:
    lines = [
        f"Loss by following `diagnose` instead of the best way, in per cent; {PILOTS} pilots of N target rows each.",
        "",
        "| task | N | best way | advised loses | scratch loses | worst way loses | stated error ± 2 s.e. covers |",
        "|---|---|---|---|---|---|---|",
    ]
    figure, panels = plt.subplots(2, 3, figsize=(13, 7.4), layout="constrained")
    everything = []
    for axes, task in zip(panels.flat, tasks(), strict=True):
        sizes = [size for size in SIZES if size <= 0.75 * len(task.target[1])]
        results = [followed(task, size) for size in sizes]
        for size, result in zip(sizes, results, strict=True):
            mean, least = result["mean"], result["mean"].min()
            loss = [100 * (value / least - 1) for value in (result["advised"], mean[0], mean.max())]
            everything.append((size, *loss, result["covered"]))
            lines.append(
                f"| {task.name} | {size} | {result['names'][int(mean.argmin())]} | {loss[0]:.1f} | {loss[1]:.0f} | "
                f"{loss[2]:.0f} | {100 * result['covered']:.0f} % |"
            )
            print(lines[-1], flush=True)
        curves = np.array([result["mean"] for result in results]).T
        names = results[0]["names"]
        for name, curve in zip(names, curves, strict=True):
            kind = "#0072b2" if name == "Scratch" else "#d55e00" if name.startswith("Pool") else "#009e73"
            axes.plot(sizes, curve, color=kind, lw=1.6 if name == "Scratch" else 0.9, alpha=0.9)
        axes.plot(sizes, [result["advised"] for result in results], "k*", ms=9)
        axes.set(xscale="log", yscale="log", title=task.name)
        plain_ticks(axes)
    for size in SIZES:
        those = np.array([one[1:] for one in everything if one[0] == size])
        loss = those.mean(0)
        lines.append(f"| all | {size} | | {loss[0]:.1f} | {loss[1]:.0f} | {loss[2]:.0f} | {100 * loss[3]:.0f} % |")
    for axes in panels[1]:
        axes.set_xlabel("target rows N")
    for axes in panels[:, 0]:
        axes.set_ylabel("prediction error (noise included)")
    legend = [
        ("Scratch", "#0072b2"),
        ("pooled with a source or with all", "#d55e00"),
        ("fine-tuned from sources", "#009e73"),
    ]
    handles = [plt.Line2D([], [], color=colour, label=name) for name, colour in legend]
    handles.append(plt.Line2D([], [], color="k", marker="*", ls="", ms=9, label="as diagnose advises"))
    panels[0, 0].legend(handles=handles, fontsize="small", frameon=False)
    FIGURES.mkdir(exist_ok=True)
    figure.savefig(FIGURES / "several_sources.png", dpi=150)
    text = "\n".join([*lines, ""])
    (FIGURES / "several_sources.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()

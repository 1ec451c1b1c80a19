"""The picture of a diagnosis: predicted learning curves, and the errors measured on held-out rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from lintransfer.diagnosis.result import Diagnosis
from lintransfer.plotting import LABELS, new_figure

# Okabe and Ito's palette, and a marker each: told apart by colour-blind readers and in print.
COLOURS = {"Scratch": "#0072b2", "FineTune": "#d55e00", "LinearTransfer": "#009e73"}
MARKERS = {"Scratch": "o", "FineTune": "s", "LinearTransfer": "^"}
_OTHERS = ("#cc79a7", "#e69f00", "#56b4e9", "#f0e442", "#000000")  # the rest of the palette
_WAYS = {"FineTune": "s", "a multiple of ": "^", "a mix of ": "v", "Pool": "D"}


def plot_diagnosis(diagnosis: Diagnosis, axes: Any = None) -> Any:
    """Draw predicted errors (lines; bands of two standard errors) and measured ones (markers) against n.

    Solid lines and filled markers: with ridge; dashed and open: without. A vertical line marks the n in question.
    With several sources a colour is a source, a marker a way of using it, and only the best learner has a band.
    axes: where to draw, by default a new figure. Returns the matplotlib figure.
    """
    if axes is None:
        axes = new_figure(figsize=(10.4 if _uses_sources(diagnosis) else 7.2, 4.8))[1][0, 0]
    widest = 4 * max(diagnosis.rows, diagnosis.n)
    shown = diagnosis.sizes <= widest
    n, curves, bands = diagnosis.sizes[shown], diagnosis.curve[:, shown], diagnosis.curve_std_err[:, shown]
    styles = _styles(diagnosis.learners)
    several = _uses_sources(diagnosis)
    for i, name in enumerate(diagnosis.learners):
        (colour, marker), plain = styles[i], "ridge" not in name
        draw_learner(
            axes,
            n,
            curves[i],
            bands[i] * (not several or name == diagnosis.best),
            colour,
            plain,
            None if several else name,
        )
        axes.errorbar(
            diagnosis.measured_sizes,
            diagnosis.measured[i],
            2 * diagnosis.measured_std_err[i],
            color=colour,
            fmt=marker,
            markerfacecolor="white" if plain else colour,
            markersize=5,
            capsize=2,
            label=name if several else None,
        )
    axes.axvline(diagnosis.n, color="0.5", lw=0.8, zorder=0)
    axes.axhline(diagnosis.goal, color="0.5", lw=0.8, ls=":", zorder=0)
    limit_to_finite(axes, curves, diagnosis.measured)
    axes.set(xscale="log", xlabel=LABELS["n"], ylabel="prediction error (noise included)")
    axes.set_xlim(diagnosis.sizes[0], widest)
    plain_ticks(axes)
    beside = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0)} if several else {}
    axes.legend(fontsize="x-small" if several else "small", frameon=False, **beside)
    return axes.figure


def _uses_sources(diagnosis: Diagnosis) -> bool:
    return any(" from " in name or " with " in name for name in diagnosis.learners)


def _styles(learners: Sequence[str]) -> list[tuple[str, str]]:
    """A colour and a marker for each label."""
    palette = [*list(COLOURS.values())[1:], *_OTHERS]
    seen: list[str] = []
    found = []
    for name in learners:
        kind = name.split("(")[0]
        way, _, source = name.partition(" from " if " from " in name else " with ")
        if source:
            kinds = [word for word in _WAYS if source.startswith(word)]
            marker = _WAYS[kinds[0]] if kinds else _WAYS[way.split("(")[0]]
            colour_of = source.removeprefix(kinds[0]) if kinds else source
        elif kind in COLOURS:
            found.append((COLOURS[kind], MARKERS[kind]))
            continue
        else:
            marker, colour_of = "d", name
        if colour_of not in seen:
            seen.append(colour_of)
        found.append(
            (
                palette[seen.index(colour_of) % len(palette)]
                if source
                else _OTHERS[seen.index(colour_of) % len(_OTHERS)],
                marker,
            )
        )
    return found


def draw_learner(
    axes: Any, n: np.ndarray, error: np.ndarray, std_err: np.ndarray, colour: str, plain: bool, label: str | None
) -> None:
    """One predicted curve with a band of two standard errors; gaps where it is infinite or unknown."""
    seen = np.where(np.isfinite(error), error, np.nan)
    axes.plot(n, seen, color=colour, ls="--" if plain else "-", lw=1.2 if plain else 1.8, label=label)
    if not plain:
        band = np.where(np.isfinite(std_err), 2 * std_err, 0.0)
        axes.fill_between(n, seen - band, seen + band, color=colour, alpha=0.15, lw=0)


def limit_to_finite(axes: Any, *arrays: np.ndarray) -> None:
    """A logarithmic error axis from just below the least error to five times the median: peaks leave the picture."""
    values = np.concatenate([np.ravel(a) for a in arrays])
    values = values[np.isfinite(values) & (values > 0)]
    axes.set_yscale("log")
    axes.set_ylim(0.9 * values.min(), 5 * np.median(values))


def plain_ticks(axes: Any) -> None:
    """Plain numbers at 1, 2 and 5 times powers of ten on two logarithmic axes."""
    from matplotlib.ticker import LogLocator, NullFormatter, StrMethodFormatter

    for axis, subdivisions in ((axes.xaxis, (1, 2, 5)), (axes.yaxis, (1, 1.5, 2, 3, 4, 5, 6, 8))):
        axis.set_major_locator(LogLocator(subs=subdivisions))
        axis.set_major_formatter(StrMethodFormatter("{x:g}"))
        axis.set_minor_formatter(NullFormatter())

"""Pictures of labelled datasets. matplotlib is imported on first use."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's palette: told apart by colour-blind readers and in print.
CONTENDERS = ("#bbbbbb", "#e69f00", "#0072b2", "#009e73", "#cc79a7", "#d55e00", "#56b4e9", "#f0e442")
LABELS = {
    "overlap": "overlap  $c = \\cos(\\theta_S, \\theta_T)$",
    "n": "target samples  $n$",
    "source_norm": "source norm  $s$",
    "target_norm": "target norm  $t$",
    "noise_std": "label noise  $\\sigma$",
    "n_source": "source samples  $n_S$",
    "source_ridge": "source ridge  $\\lambda_S$",
    "mix": "share of the move that the features see  $\\rho$",
    "head_norm": "head norm  $s$",
    "n_features": "features  $k$",
    "ridge": "ridge  $\\lambda$",
    "time": "training time",
    "depth": "depth  $L$",
}


def _edges(values: np.ndarray) -> np.ndarray:
    values = np.asarray(values, dtype=float)
    if len(values) == 1:
        return np.array([values[0] - 0.5, values[0] + 0.5])
    middle = (values[1:] + values[:-1]) / 2
    return np.concatenate([[1.5 * values[0] - 0.5 * values[1]], middle, [1.5 * values[-1] - 0.5 * values[-2]]])


def _plane(dataset: Any) -> tuple[str, str, Any]:
    """What a map shows: the two dimensions that have several values, the second one upwards; the others have one each."""
    from lintransfer.errors import refuse

    names = [str(name) for name in dataset.winner.dims]
    chosen = sorted(names, key=lambda name: dataset.sizes[name] == 1)[:2]
    rest = [name for name in names if name not in chosen]
    if len(chosen) < 2 or any(dataset.sizes[name] > 1 for name in rest):
        refuse("axes", "one axis besides n, or two at a single n, for a map", got=f"the dimensions {', '.join(names)}")
    first, second = (name for name in names if name in chosen)
    ordered = [name for name in chosen if not _is_listed(name, dataset[name].values)]
    return first, second, dataset.isel({name: 0 for name in rest}).sortby(ordered)


def _is_listed(name: str, values: np.ndarray) -> bool:
    """Whether the values of an axis have no place on a line (words, or ∞) and are drawn one beside the other."""
    return values.dtype.kind not in "iuf" or (name != "depth" and not np.isfinite(values).all())


def _positions(name: str, values: np.ndarray) -> np.ndarray:
    """Where the values of an axis are drawn: depth at 1 − 1/L, the exponent it acts through, so that ∞ has a place."""
    if _is_listed(name, values):
        return np.arange(len(values), dtype=float)
    values = np.asarray(values, dtype=float)
    return 1 - 1 / values if name == "depth" else values


def _label_axis(axis: Any, name: str, values: np.ndarray) -> None:
    axis.set_label_text(LABELS.get(name, name))
    if name != "depth" and not _is_listed(name, values):
        return
    most = len(values) if name != "depth" else 7
    some = np.unique(np.linspace(0, len(values) - 1, min(len(values), most)).astype(int))
    shown = (str(v) if isinstance(v, str) else format(v, "g").replace("inf", "∞") for v in values[some].tolist())
    axis.set_ticks(_positions(name, values)[some], list(shown))


def _label_axes(axes: Axes, dataset: Any, names: Sequence[str]) -> None:
    for axis, name in zip((axes.xaxis, axes.yaxis), names, strict=True):
        _label_axis(axis, name, dataset[name].values)


def _limits(axes: Axes, x: np.ndarray, y: np.ndarray) -> None:
    if len(x) > 1:
        axes.set_xlim(float(np.min(x)), float(np.max(x)))
    if len(y) > 1:
        axes.set_ylim(float(np.min(y)), float(np.max(y)))


def draw_sign_change(axes: Axes, x: np.ndarray, y: np.ndarray, t: np.ndarray) -> None:
    """A black line where t (y, x) changes sign. Where t is 0 on a whole region there is no boundary to draw."""
    zero = np.pad(t == 0, ((0, 0), (1, 1)), constant_values=True)
    flat = zero[:, :-2] & zero[:, 1:-1] & zero[:, 2:]
    signed = np.ma.masked_where(np.isnan(t) | flat, np.clip(t, -1e3, 1e3))
    if signed.count() and signed.min() < 0 < signed.max():
        axes.contour(x, y, signed, levels=[0.0], colors="black", linewidths=1.6)


def plot_transferability(dataset: Any, learner: str, axes: Axes, limit: float = 1.0) -> Any:
    """Transferability of one learner over the first axis (x) and n or the second axis (y), clipped to ±limit: blue helps, red hurts,
    black line T = 0, hatching where the theorem is silent. Returns the mesh, for a colour bar."""
    name, other, dataset = _plane(dataset)
    x, y = (_positions(axis, dataset[axis].values) for axis in (name, other))
    t = dataset.transferability.sel(learner=learner).transpose(other, name).values
    shown = np.clip(t, -limit, limit)
    mesh = axes.pcolormesh(_edges(x), _edges(y), shown, cmap="RdBu", vmin=-limit, vmax=limit, rasterized=True)
    if np.isnan(t).any():
        axes.contourf(x, y, np.isnan(t), levels=[0.5, 1.5], hatches=["///"], colors="none")
    draw_sign_change(axes, x, y, t)
    axes.set_title(learner)
    _label_axes(axes, dataset, (name, other))
    _limits(axes, x, y)
    return mesh


def plot_winner(dataset: Any, axes: Axes) -> None:
    """The learner of least risk in each cell; ties go to the baseline, and those of simulations and limits are hatched."""
    from matplotlib.colors import BoundaryNorm, ListedColormap
    from matplotlib.patches import Patch

    name, other, dataset = _plane(dataset)
    x, y = (_positions(axis, dataset[axis].values) for axis in (name, other))
    index = dataset.winner.transpose(other, name).values.astype(float)
    index[index < 0] = np.nan
    names = [str(c) for c in dataset.contender.values]
    colours = [CONTENDERS[i % len(CONTENDERS)] for i in range(len(names))]
    norm = BoundaryNorm(np.arange(len(names) + 1) - 0.5, len(names))
    axes.pcolormesh(_edges(x), _edges(y), index, cmap=ListedColormap(colours), norm=norm, rasterized=True)
    present = [i for i in range(len(names)) if np.any(index == i)]
    handles = [Patch(color=colours[i], label=names[i]) for i in present]
    unsure = (dataset.tie & (dataset.margin > 0)).transpose(other, name).values if "tie" in dataset else np.array(False)
    if unsure.any() and min(unsure.shape) > 1:
        axes.contourf(x, y, unsure, levels=[0.5, 1.5], hatches=["////"], colors="none")
        handles.append(Patch(facecolor="none", edgecolor="black", hatch="////", label="undecided"))
    axes.legend(
        handles=handles,
        loc="upper center",
        bbox_to_anchor=(0.5, -0.16),
        ncols=min(3, len(handles)),
        frameon=False,
        fontsize="small",
        columnspacing=1.0,
        handlelength=1.2,
    )
    axes.set_title("least risk")
    _label_axes(axes, dataset, (name, other))
    axes.xaxis.labelpad = 1
    _limits(axes, x, y)


def plot_phase_diagram(
    dataset: Any, curves: Mapping[str, Sequence[tuple[str, Any, Any]]] | None = None, limit: float | None = None
) -> Figure:
    """One panel of transferability per learner, and the winner map; lines if only one dimension has several values.

    curves: per learner, (label, x, n) lines to draw over the panel, such as an asymptotic boundary.  limit: where the
    colours end; by default the energy of the noiseless target labels.
    """
    wide = [str(name) for name in dataset.winner.dims if dataset.sizes[name] > 1]
    if len(wide) < 2:
        return _plot_line(dataset, wide[0] if wide else "n")
    _plane(dataset)  # refuses before a figure is opened
    names = [str(v) for v in dataset.learner.values]
    figure, panels = new_figure(1, len(names) + 1, figsize=(4.1 * (len(names) + 1), 4.2))
    limit = float(dataset.attrs.get("label_energy", 1.0)) if limit is None else limit
    _draw_maps(figure, list(panels[0]), dataset, curves or {}, limit)
    return figure


def plot_strategy_map(dataset: Any) -> Figure:
    """Which learner has the least risk, large, and beside it what that risk is."""
    name, other, flat = _plane(dataset)
    figure, panels = new_figure(1, 2, figsize=(11.5, 5.4))
    plot_winner(dataset, panels[0, 0])
    best = np.fmin(flat.baseline_risk, flat.risk.min("learner")).transpose(other, name).values
    x, y = (_positions(axis, flat[axis].values) for axis in (name, other))
    axes = panels[0, 1]
    mesh = axes.pcolormesh(
        _edges(x), _edges(y), np.where(np.isfinite(best), best, np.nan), cmap="cividis", rasterized=True
    )
    figure.colorbar(mesh, ax=axes, label="excess risk of the best")
    axes.set_title("what is left")
    _label_axes(axes, flat, (name, other))
    _limits(axes, x, y)
    figure.suptitle(dataset.attrs.get("problem", ""), fontsize="small")
    return figure


def _plot_line(dataset: Any, name: str) -> Figure:
    """Transferability of every learner along the one dimension that has several values."""
    line = dataset.squeeze([other for other in dataset.winner.dims if other != name])
    line = line if _is_listed(name, line[name].values) else line.sortby(name)
    figure, panels = new_figure(figsize=(6, 4.2))
    axes = panels[0, 0]
    x = _positions(name, line[name].values)
    for i, learner in enumerate(line.learner.values):
        value, error = line.transferability.sel(learner=learner).values, line.std_err.sel(learner=learner).values
        colour = CONTENDERS[(i + 1) % len(CONTENDERS)]
        style = "-o" if len(x) <= 30 else "-"
        axes.errorbar(
            x, np.where(np.isfinite(value), value, np.nan), 2 * error, fmt=style, ms=3.5, color=colour, label=learner
        )
    axes.axhline(0, color="black", lw=0.8)
    axes.set_ylabel(f"transferability  $T$ against {dataset.attrs['baseline']}")
    _label_axis(axes.xaxis, name, line[name].values)
    axes.legend(frameon=False, fontsize="small")
    return figure


def plot_estimate(estimate: Any, n: Any = None, axes: Axes | None = None) -> Figure:
    """The values of an `Estimate` with two standard errors, against n, or their index if none is given."""
    value, error = np.ravel(estimate.value), np.ravel(estimate.std_err)
    figure = plot_curves(
        {"; ".join(estimate.sources()): (np.arange(value.size) if n is None else np.ravel(n), value, error)},
        axes,
        ylabel="value",
    )
    if n is None:
        figure.axes[0].set_xlabel("index")
    return figure


def _draw_maps(figure: Figure, panels: list[Axes], dataset: Any, curves: Mapping[str, Any], limit: float) -> None:
    mesh = None
    names = [str(v) for v in dataset.learner.values]
    for name, axes in zip(names, panels, strict=False):
        mesh = plot_transferability(dataset, name, axes, limit)
        lines = [axes.plot(x, n, "--", color="#e69f00", lw=1.6, label=text)[0] for text, x, n in curves.get(name, ())]
        lines = [line for line in lines if not str(line.get_label()).startswith("_")]
        if lines:
            lines.insert(0, axes.plot([], [], color="black", lw=1.6, label="$T = 0$, this map")[0])
            axes.legend(handles=lines, fontsize="x-small", loc="upper left", framealpha=0.9)
    if mesh is not None:
        figure.colorbar(mesh, ax=panels[: len(names)], label="transferability  $T$", pad=0.01, extend="both")
    plot_winner(dataset, panels[len(names)])


def plot_flagship(
    dataset: Any, slices: Any, curves: Mapping[str, Sequence[tuple[str, Any, Any]]] | None = None, limit: float = 1.0
) -> Figure:
    """The phase diagram above, slices of constant overlap below, theory as lines and simulation as points.

    slices: dataset with ``transferability`` and ``std_err`` over (learner, overlap, n), simulated; the lines are taken
    from ``theory`` in the same dataset over (learner, overlap, n_line).
    """
    names = [str(v) for v in dataset.learner.values]
    columns = max(len(names) + 1, slices.sizes["overlap"])
    figure, panels = new_figure(2, columns, figsize=(4.3 * columns, 8.0), height_ratios=[1.15, 1])
    _draw_maps(figure, list(panels[0]), dataset, curves or {}, limit)
    for extra in panels[0, len(names) + 1 :]:
        extra.axis("off")
    for position, axes in enumerate(panels[1]):
        if position >= slices.sizes["overlap"]:
            axes.axis("off")
            continue
        here = slices.isel(overlap=position)
        for i, name in enumerate(names):
            colour = CONTENDERS[(i + 1) % len(CONTENDERS)]
            line, cloud = here.theory.sel(learner=name), here.transferability.sel(learner=name)
            axes.plot(here.n_line, np.clip(line, -3 * limit, 3 * limit), color=colour, lw=1.5, label=f"{name}, theory")
            error = here.std_err.sel(learner=name)
            axes.errorbar(
                here.n,
                cloud.where(error < limit / 2),  # near an infinite mean the sample mean says nothing
                2 * error,
                fmt="o",
                ms=3.5,
                color=colour,
                mec="black",
                mew=0.4,
                elinewidth=1,
                capsize=2,
                label="simulated, ±2 s.e.",
            )
        axes.axhline(0, color="black", lw=0.8)
        axes.set(xlabel=LABELS["n"], title=f"overlap {float(here.overlap):.3g}", ylim=(-limit, limit))
        axes.set_xlim(float(here.n_line.min()), float(here.n_line.max()))
        if position == 0:
            axes.set_ylabel("transferability  $T$")
            axes.legend(fontsize="x-small", framealpha=0.9)
    return figure


def plot_curves(
    curves: Mapping[str, Any],
    axes: Axes | None = None,
    floor: Any = None,
    ylabel: str = "excess risk",
    log: bool = True,
) -> Figure:
    """Curves against n: label -> (n, value, std_err or None); floor: (n, value) of what no learner gets below."""
    if axes is None:
        axes = new_figure(figsize=(6, 4.2))[1][0, 0]
    for i, (label, (n, value, error)) in enumerate(curves.items()):
        colour = CONTENDERS[i % len(CONTENDERS)] if i else "#555555"
        value = np.where(np.isfinite(value), value, np.nan)
        if error is None or not np.any(error):
            axes.plot(n, value, color=colour, label=label)
        else:
            axes.errorbar(n, value, 2 * np.asarray(error), fmt="o", ms=3.5, color=colour, capsize=2, label=label)
    if floor is not None:
        low, value = floor
        axes.plot(low, value, color="#999999", linestyle=":", label="Bayes floor (knows c, norms, noises)")
    if log and all(np.nanmin(np.asarray(v), initial=np.inf) > 0 for _, v, _ in curves.values()):
        axes.set_yscale("log")
    axes.set(xlabel=LABELS["n"], ylabel=ylabel)
    axes.legend(frameon=False, fontsize="small")
    return axes.figure  # type: ignore[return-value]


def new_figure(rows: int = 1, columns: int = 1, *, figsize: tuple[float, float], **options: Any) -> tuple[Figure, Any]:
    """A figure and its panels (rows, columns). pyplot does not hold it: it is gone when nobody needs it any more."""
    import matplotlib.pyplot  # noqa: F401, teaches a notebook to show figures
    from matplotlib.figure import Figure

    figure = Figure(figsize=figsize, layout="constrained")
    return figure, figure.subplots(rows, columns, squeeze=False, **options)


def check_picture(path: Any) -> None:
    """Refuse the path of a picture before the work starts: one that cannot be written, or of no known format."""
    from matplotlib.backend_bases import FigureCanvasBase

    from lintransfer.errors import DataFileError
    from lintransfer.storage import check_writable

    if path is None:
        return
    check_writable(path)
    suffix = str(path).rpartition(".")[2].lower()
    if suffix not in FigureCanvasBase.get_supported_filetypes():
        raise DataFileError(f"output path must end in a picture format such as .png, .svg or .pdf, got {str(path)!r}")


def save_figure(figure: Figure, path: Any, colours: int | None = None) -> None:
    """Write a figure, whole or not at all, in the format of the path's suffix.

    colours: of a .png, at most so many of them (up to 256), which makes the file a third as large.
    """
    from lintransfer.storage import whole_file

    check_picture(path)
    with whole_file(path) as temporary:
        figure.savefig(temporary, dpi=150)
        if colours is not None:
            from PIL import Image

            with Image.open(temporary) as picture:
                few = picture.convert("RGB").quantize(colours)
            few.save(temporary, format="png", optimize=True)

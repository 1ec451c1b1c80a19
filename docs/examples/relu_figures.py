"""Shallow ReLU networks: where fine-tuning wins, what the bound is worth, how wide is wide, what frozen features lose.

Run: python docs/examples/relu_figures.py [FOLDER] [--quick]   (writes relu_*.png to FOLDER, by default out/)

1. relu_phases: transferability over (overlap, n) and (overlap, n_S) for the three sets of trained layers, with the
   critical overlap c*. White points: crossings of kernel regression on drawn data.
2. relu_bound: the published bound, the bound with its sharp constant, its expected complexity term, and the risk itself.
3. relu_width: distance of trained networks of 64 … 8192 neurons from the kernel predictor, with the fitted exponent.
4. relu_features: risk floor of a new head on frozen neurons (arc-cosine kernel), and training on drawn data beside it.

Error bars are two standard errors.
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import jax
import matplotlib.pyplot as plt
import numpy as np

import lintransfer as lt
from lintransfer.models import LAYERS
from lintransfer.simulate.shallow_relu.kernel import draw_inputs, kernel_risk_samples, plain_kernel
from lintransfer.simulate.shallow_relu.transfer import feature_risk_samples, kernel_distance
from lintransfer.theory.shallow_relu import bounds, learning_curves, two_stage
from lintransfer.theory.shallow_relu import features as shallow_relu_features

jax.config.update("jax_enable_x64", True)
COLOURS = {"first": "#0072b2", "second": "#d55e00", "both": "#009e73"}
NAMES = {"first": "first layer trained", "second": "second layer trained", "both": "both layers trained"}


def bars(axes, x, samples, colour, label=None, **options):
    """Means of samples (points, replicates) with two standard errors."""
    samples = np.asarray(samples)
    error = 2 * samples.std(axis=1, ddof=1) / samples.shape[1] ** 0.5
    style = {"fmt": "o", "ms": 4, "mec": "black", "mew": 0.5, "capsize": 2, "elinewidth": 1, **options}
    axes.errorbar(x, samples.mean(axis=1), error, color=colour, label=label, **style)


# Phases


def crossing(problem, model, n, replicates):
    """The overlap of no gain and its standard error: the expected gain is a straight line in the overlap."""
    learner, ends = lt.FineTune(model), []
    for overlap in (0.0, 1.0):
        world = problem.with_overlap(overlap)
        ends.append(lt.transferability(world, learner, n, method="simulate", replicates=replicates))
    low, high = (float(end.value) for end in ends)
    slopes = high / (high - low) ** 2, low / (high - low) ** 2
    return low / (low - high), np.hypot(slopes[0] * float(ends[0].std_err), slopes[1] * float(ends[1].std_err))


def phases(replicates):
    dim, overlaps = 50, np.linspace(0, 1, 51)
    world = lt.TransferProblem.sphere(dim, 0.5, noise_std=(0.1 / dim) ** 0.5, source_noise_std=(0.3 / dim) ** 0.5)
    sizes, source_sizes = np.arange(4, 201, 4), np.arange(8, 401, 8)
    figure, panels = plt.subplots(2, 3, figsize=(12.5, 7.6), layout="constrained", sharex=True, sharey="row")
    for column, trained in enumerate(LAYERS):
        model = lt.ShallowReLU(trained=trained)
        learner = lt.FineTune(model)
        over_n = lt.phase_diagram(world.with_noise(n_source=dim), [learner], n=sizes, overlap=overlaps)
        over_source = lt.phase_diagram(world, [learner], n=[dim], overlap=overlaps, n_source=source_sizes)
        maps = (over_n.dataset.isel(learner=0), over_source.dataset.isel(learner=0, n=0))
        for axes, data, name, y in zip(panels[:, column], maps, ("n", "n_source"), (sizes, source_sizes), strict=True):
            gain = data.transferability.transpose(name, "overlap").values * dim
            mesh = axes.pcolormesh(overlaps, y, gain, cmap="RdBu", vmin=-0.6, vmax=0.6, rasterized=True)
            n, n_source = (y, dim) if name == "n" else (dim, y)
            noise = float(world.source_noise_std) ** 2
            critical = two_stage.critical_overlap(n + 0.0, n_source + 0.0, dim, 1.0, 1.0, noise, trained)
            axes.plot(critical, y, color="black", lw=1.8, label="critical overlap $c^*$")
            for i, size in enumerate(y[[3, 9, 19, 32, 45]]):
                here = world.with_noise(n_source=int(size) if name == "n_source" else dim)
                c, error = crossing(here, model, dim if name == "n_source" else int(size), replicates)
                style = {"fmt": "o", "ms": 5, "color": "white", "mec": "black", "ecolor": "black", "capsize": 2}
                axes.errorbar(c, size, xerr=2 * error, label=None if i else "drawn data", **style)
            axes.set_xlim(0, 1)
        panels[0, column].set_title(NAMES[trained])
        panels[1, column].set_xlabel("overlap  $c$")
    panels[0, 0].legend(loc="upper right", fontsize="small")
    panels[0, 0].set_ylabel(f"target samples  $n$   ($n_S = {dim}$)")
    panels[1, 0].set_ylabel(f"source samples  $n_S$   ($n = {dim}$)")
    figure.colorbar(mesh, ax=panels, label="transferability  $T / e(\\theta_T)$", pad=0.01, extend="both")
    figure.suptitle(
        f"unit sphere, $d = {dim}$; label noise $\\sigma^2 = 0.1\\,e(\\theta)$, on the source $0.3\\,e(\\theta)$"
    )
    return figure


# Bound


def complexity_samples(rng, replicates, n, dim, noise_variance):
    """√(2ỹᵀH⁻¹ỹ/n) of drawn labels ỹ."""
    values = np.empty(replicates)
    for i in range(replicates):
        inputs = draw_inputs(rng, (n, dim))
        labels = inputs[:, 0] + noise_variance**0.5 * rng.standard_normal(n)
        values[i] = 2 * labels @ np.linalg.solve(plain_kernel(inputs, inputs, "first"), labels) / n
    return np.sqrt(values)


def bound(replicates):
    rng, dim = np.random.default_rng(1), 50
    n = np.unique(np.geomspace(5, 2500, 60).astype(int))
    points = np.array([5, 12, 30, 75, 180, 450, 1100, 2200])
    figure, panels = plt.subplots(1, 2, figsize=(12, 4.9), layout="constrained", sharey=True)
    for axes, ratio in zip(panels, (0.0, 0.2), strict=True):
        noise, target = ratio / dim, np.eye(dim)[0]
        scale = dim**-0.5
        if ratio == 0:
            axes.plot(
                n, bounds.published_leading_bound(n, 1.0) / scale, "--", color="#999999", label="published, ‖δ‖√(18/n)"
            )
            axes.plot(n, bounds.leading_bound(n, 1.0) / scale, "-", color="#999999", label="sharp constant, ‖δ‖√(8/n)")
        term = np.sqrt(2 * bounds.sphere_complexity_term(n + 0.0, dim, 1.0, noise) / n)
        axes.plot(n, term / scale, color="#e69f00", label="expected bound term, √(2ỹᵀH⁻¹ỹ/n)")
        axes.plot(
            n,
            np.sqrt(learning_curves.sphere_risk(n + 0.0, dim, 1.0, noise, "first")) / scale,
            color="#0072b2",
            label="√risk, formula",
        )
        for i, size in enumerate(points):
            count = int(np.clip(replicates * 300 // size, 4, replicates))
            terms = complexity_samples(rng, count, int(size), dim, noise)
            risks = kernel_risk_samples(rng, count, n=int(size), target=target, noise_std=noise**0.5, trained="first")
            bars(axes, [size], [terms / scale], "#e69f00")
            bars(axes, [size], [np.sqrt(risks[0]) / scale], "#0072b2", None if i else "points: drawn data")
        tail = n[n >= 2 * dim]
        if ratio == 0:
            axes.plot(tail, 1.6 * dim / tail, ":", color="black", lw=1, label="slope −1")
        axes.axhline(1, color="black", lw=0.7)
        axes.set(xscale="log", yscale="log", xlabel="target samples  $n$")
        title = "no noise: the bound beats no training at all (1) from n = 8d on; published: 18d"
        axes.set_title(
            f"label noise $\\sigma^2 = {ratio:g}\\,e(\\delta)$: the bound never does" if ratio else title,
            fontsize="medium",
        )
        axes.legend(fontsize="small", frameon=False, loc="lower left")
    panels[0].set_ylabel("mean error  $/\\ \\sqrt{e(\\delta)}$")
    figure.suptitle(f"first layer trained, unit sphere, $d = {dim}$")
    return figure


# Width


def width(seeds):
    widths = 2 ** np.arange(6, 14)
    figure, axes = plt.subplots(figsize=(6.4, 4.6), layout="constrained")
    for key, trained in enumerate(LAYERS):
        apart = []
        for m in widths:  # one by one: the narrow ones need not be padded to the widest
            rng = np.random.default_rng(key)
            options = {"n": 24, "dim": 8, "trained": trained, "momentum": 0.9, "tolerance": 1e-5}
            apart.append(kernel_distance(rng, [int(m)], seeds, **options)[0])
        apart = np.array(apart)
        bars(axes, widths, apart, COLOURS[trained], capsize=0)
        wide = widths >= 256  # narrower ones have hardly more neurons than samples
        x, y = np.log(widths[wide]), np.log(apart[wide])
        slopes = (x - x.mean()) @ y / ((x - x.mean()) @ x)
        slope, error = slopes.mean(), slopes.std(ddof=1) / seeds**0.5
        line = np.exp(y.mean() + slope * (np.log(widths) - x.mean()))
        axes.plot(widths, line, color=COLOURS[trained], label=f"{NAMES[trained]}: {slope:.3f} ± {error:.3f}")
        print(
            f"width, {trained}: exponent {slope:.3f} ± {error:.3f}, C = {np.mean(apart[wide] * widths[wide, None] ** 0.5):.2f}"
        )
    axes.set(xscale="log", yscale="log", xlabel="width  $m$", ylabel="relative rms distance to the kernel predictor")
    axes.set_xticks(widths, [str(m) for m in widths])
    axes.minorticks_off()
    axes.legend(frameon=False, title="exponent fitted for m ≥ 256 (theory: −1/2)")
    axes.set_title(f"unit sphere, d = 8, n = 24, {seeds} networks per width")
    return figure


# Frozen features


def unit_rows(rng, count, dim):
    rows = rng.standard_normal((count, dim))
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def features(replicates):
    rng, dim, noise = np.random.default_rng(3), 6, 0.1
    direction = np.full(dim, dim**-0.5)
    teachers = {
        "linear teacher": shallow_relu_features.linear_teacher_as_neurons(direction),
        "one ReLU neuron": (direction[None], np.array([2**0.5])),
    }
    colours = dict(zip(teachers, ("#0072b2", "#d55e00"), strict=True))
    figure, (left, middle, right) = plt.subplots(1, 3, figsize=(15, 4.5), layout="constrained")
    neurons = unit_rows(rng, 64, dim)
    counts = np.array([1, 2, 4, 6, 8, 12, 16, 24, 32, 48, 64])
    for name, (target, head) in teachers.items():
        floor = [shallow_relu_features.feature_loss(neurons[:r], target, head) for r in counts]
        left.plot(counts, floor, color=colours[name], label=name)
        samples = [
            feature_risk_samples(
                rng, replicates, n=60 * int(r) + 200, neurons=neurons[:r], target_neurons=target, target_head=head
            )
            for r in counts[::2]
        ]
        bars(left, counts[::2], samples, colours[name])
    left.set(
        xscale="log",
        yscale="log",
        xlabel="frozen neurons  $r$ (random directions)",
        ylabel="risk",
        title=f"floor $u$ against features, d = {dim}",
    )
    left.set_xticks(counts[[0, 1, 2, 4, 6, 8, 10]], [str(r) for r in counts[[0, 1, 2, 4, 6, 8, 10]]])
    left.minorticks_off()
    left.legend(frameon=False, title="lines: $u$; points: drawn, n = 60r + 200")
    kept, n = neurons[:8], np.unique(np.geomspace(12, 3000, 80).astype(int))
    for name, (target, head) in teachers.items():
        floor, leverage = (
            shallow_relu_features.feature_loss(kept, target, head),
            shallow_relu_features.residual_leverage(kept, target, head),
        )
        middle.plot(
            n, shallow_relu_features.feature_risk(n, 8, floor, leverage, noise), color=colours[name], label=name
        )
        middle.axhline(floor, color=colours[name], lw=0.9, ls=":")
        sizes = np.array([20, 40, 80, 160, 400, 1000, 2500])
        samples = [
            feature_risk_samples(
                rng,
                replicates,
                n=int(size),
                neurons=kept,
                target_neurons=target,
                target_head=head,
                noise_std=noise**0.5,
            )
            for size in sizes
        ]
        bars(middle, sizes, samples, colours[name])
    middle.set(
        xscale="log", ylim=(0, 1), xlabel="target samples  $n$", title="8 frozen neurons, σ² = 0.1: first order in 1/n"
    )
    middle.legend(frameon=False, title="dotted: floor $u$")
    target, aside = np.linalg.qr(rng.standard_normal((dim, dim)))[0].reshape(dim, 2, -1).transpose(1, 2, 0)
    heads = {"heads of one sign": np.ones(3), "heads of both signs": np.array([1.0, -1.0, 1.0])}
    cosines = np.linspace(0, 1, 41)
    for (name, head), colour in zip(heads.items(), ("#009e73", "#cc79a7"), strict=True):
        energy = head @ shallow_relu_features.feature_gram(target) @ head
        turned = [c * target + (1 - c * c) ** 0.5 * aside for c in cosines]
        right.plot(
            cosines,
            [shallow_relu_features.feature_loss(v, target, head) / energy for v in turned],
            color=colour,
            label=name,
        )
        samples = [
            feature_risk_samples(rng, replicates, n=2000, neurons=turned[i], target_neurons=target, target_head=head)
            / energy
            for i in range(0, 41, 5)
        ]
        bars(right, cosines[::5], samples, colour)
    right.set(
        xlabel="cosine of each source neuron with its target neuron", ylabel="risk / label energy", ylim=(0, None)
    )
    right.set_title("3 source neurons frozen, 3-neuron teacher, n = 2000")
    right.legend(frameon=False)
    return figure


def main():
    parser = argparse.ArgumentParser(description="Figures of shallow ReLU networks.")
    parser.add_argument("folder", nargs="?", default="out", type=Path, help="where to write (default: out)")
    parser.add_argument("--quick", action="store_true", help="few replicates")
    parser.add_argument("--dpi", type=int, default=110)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    counts = {phases: (40, 150), bound: (10, 60), width: (3, 6), features: (20, 60)}
    for draw, (few, many) in counts.items():
        figure = draw(few if options.quick else many)
        path = options.folder / f"relu_{draw.__name__}.png"
        figure.savefig(path, dpi=options.dpi)
        plt.close(figure)
        print(f"  {path}")


if __name__ == "__main__":
    main()

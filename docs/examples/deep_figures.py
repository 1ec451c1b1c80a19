"""Deep linear networks: what depth and scale do to fine-tuning, and where the published boundary of transfer moves.

Run: python docs/examples/deep_figures.py [FOLDER] [--quick]   (writes deep_*.png to FOLDER, by default out/)

1. deep_shachaf: Shachaf et al. (arXiv 2107.01641), Fig. 2: risk against depth for θ_T = αθ_S + ε·noise and n = d/10;
   seven layers with the source's or the target's norm varied; and infinite depth, blind to the source's norm.
2. deep_features_are_fate: arXiv 2410.08194, Figs. 1 and 2, fine-tuning of two layers: transferability with the boundary
   c* = ρs/(2t) over the published s/(2t) (eq. 15). The points are real gradient descent on both weight matrices: they
   know neither formula, and decide between the two.
3. deep_optimal_depth: the best depth over (τ, c).   4. deep_identical_task: harm from the task itself, over (γ, L).

Depth is drawn on a scale of 1 − 1/L, the exponent through which it acts. Other points are end points of training on
drawn data (`end_point_parts`, an identity for the data at hand). Error bars are two standard errors.
"""

import argparse
import os
from itertools import pairwise
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import jax
import jax.numpy as jnp
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import BoundaryNorm, ListedColormap

import lintransfer as lt
from lintransfer.simulate.deep_linear.flow import rank_one_layers
from lintransfer.simulate.teachers import teacher_pair
from lintransfer.theory.deep_linear import few_shots, phases
from lintransfer.theory.deep_linear.end_points import end_point_parts
from lintransfer.theory.deep_linear.retention import retention_factor
from lintransfer.theory.deep_linear.risk import deep_fine_tuning_risk, deep_transferability

jax.config.update("jax_enable_x64", True)
COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#555555")
INFINITE = np.inf
TICKS = (1, 2, 3, 5, 10, INFINITE)
LINE = 1 / (1 - np.linspace(0, 0.999, 120))


# Simulation


@jax.jit
def descend(layers, singular, labels, step):
    """Gradient descent on ½‖diag(singular)·W_1…W_L − labels‖², every entry, until the loss is 1e-6 of its start."""

    def loss(layers):
        w = layers[-1][..., 0]
        for matrix in reversed(layers[:-1]):
            w = jnp.einsum("bij,bj->bi", matrix, w)
        squares = jnp.sum((singular * w - labels) ** 2, axis=-1)
        return jnp.sum(squares) / 2, (squares, w)

    def update(state):
        layers, count, _ = state
        gradient, (squares, w) = jax.grad(loss, has_aux=True)(layers)
        moved = [a - step[:, None, None] * g for a, g in zip(layers, gradient, strict=True)]
        return moved, count + 1, (squares, w)

    start = loss(layers)[1]
    done = 1e-6 * start[0]
    return jax.lax.while_loop(
        lambda state: (state[1] < 200_000) & jnp.any(state[2][0] > done), update, (layers, 0, start)
    )[2][1]


def train(rng, X, y, source, depth, factors=None):
    """End-to-end vectors (b, d) of balanced rank-one networks trained on X (b, n, d), y (b, n) by gradient descent.

    The inputs are turned to the axes of their singular vectors and the source's rest: gradient descent is the same in
    any orthonormal axes, but there a step costs n numbers instead of n·d.  factors: the singular value decomposition.
    """
    left, singular, right = factors or np.linalg.svd(X, full_matrices=False)
    labels, seen = np.einsum("bnk,bn->bk", left, y), right @ source
    rest = source - np.einsum("bkd,bk->bd", right, seen)
    length = np.linalg.norm(rest, axis=1, keepdims=True) * (X.shape[1] < X.shape[2])
    layers = rank_one_layers(rng, np.concatenate([seen, length], axis=1).T, depth)
    growth = np.maximum(np.linalg.norm(source), np.linalg.norm(labels / singular, axis=1)) ** (2 - 2 / depth)
    arguments = [np.pad(a, ((0, 0), (0, 1))) for a in (singular, labels)]
    step = 0.3 / (depth * singular[:, 0] ** 2 * growth)
    w = np.asarray(descend([np.moveaxis(a, -1, 0) for a in layers], *arguments, step))
    return np.einsum("bkd,bk->bd", right, w[:, :-1]) + w[:, -1:] * rest / np.maximum(length, 1e-300)


def drawn_sets(rng, replicates, n, target, noise_std):
    X = rng.standard_normal((replicates, n, len(target)))
    return X, X @ target + noise_std * rng.standard_normal((replicates, n))


def end_point_risks(rng, replicates, n, depths, source, target, noise_std=0.0):
    """Risks (len(depths), replicates) of fine-tuning where training ends on drawn data; depth 0 stands for scratch."""
    X, y = drawn_sets(rng, replicates, n, target, noise_std)
    parts = end_point_parts(X, y, source)
    kept = [
        retention_factor(depth, parts.null_fraction, parts.fit_ratio, parts.row_fraction) if depth else np.zeros(len(X))
        for depth in depths
    ]
    return np.array([np.sum((parts.fit + rho[:, None] * parts.kept - target) ** 2, axis=1) for rho in kept])


def bars(axes, x, samples, colour, **options):
    """Means over the last axis with two standard errors."""
    error = 2 * samples.std(axis=-1, ddof=1) / samples.shape[-1] ** 0.5
    style = {"fmt": "o", "ms": 4, "capsize": 2, "mec": "black", "mew": 0.4} | options
    axes.errorbar(x, samples.mean(axis=-1), error, color=colour, **style)


def exponent(depth):
    return 1 - 1 / np.asarray(depth, dtype=float)


def depth_axis(axis, label="depth  $L$"):
    axis.set_ticks(exponent(TICKS), [f"{depth:g}" if depth < INFINITE else "∞" for depth in TICKS])
    axis.set_label_text(label)


# Figures


def shachaf(rng, replicates):
    """Fig. 2 of Shachaf et al., and the blindness of infinite depth to the source's norm."""
    figure, panels = plt.subplots(1, 3, figsize=(14.5, 4.4), layout="constrained")
    dim, epsilon, simulated = 500, 0.5, (1, 2, 3, 5, 7, 10, 20, 50, INFINITE)
    n, worst, trained_error = dim // 10, 0.0, 0.0
    for alpha, colour in zip((0.5, 1.0, 2.0, 4.0), COLOURS, strict=False):
        energy = alpha**2 + epsilon**2
        source, target = teacher_pair(dim, alpha / energy**0.5, 1.0, energy**0.5)
        p = lt.TransferProblem.from_teachers(source, target)
        line = [float(lt.risk(p, lt.FineTune(lt.DeepLinear(depth)), n)) for depth in (*LINE, INFINITE)]
        panels[0].plot(exponent((*LINE, INFINITE)), np.array(line) / energy, color=colour, label=f"α = {alpha:g}")
        samples = end_point_risks(rng, replicates, n, simulated, source, target)
        bars(panels[0], exponent(simulated), samples / energy, colour)
        exact = np.array([float(lt.risk(p, lt.FineTune(lt.DeepLinear(depth)), n)) for depth in simulated])
        errors = samples.std(axis=1, ddof=1) / replicates**0.5
        worst = max(worst, float(np.max(np.abs(samples.mean(axis=1) - exact) / errors)))
        X, y = drawn_sets(rng, replicates, n, target, 0.0)
        for depth in (2, 3, 5):
            w = train(rng, X, y, source, depth)
            reference = lt.fit(lt.FineTune(lt.DeepLinear(depth)), X[0], y[0], source)
            trained_error = max(trained_error, float(np.linalg.norm(w[0] - reference) / np.linalg.norm(reference)))
            risks = np.sum((w - target) ** 2, axis=1) / energy
            bars(panels[0], exponent(depth), risks[None], colour, fmt="s", ms=6.5, mfc="none", mec=colour, mew=1.2)
    depth_axis(panels[0].xaxis)
    panels[0].set(ylabel="risk  $R/t^2$", title=f"$\\theta_T = \\alpha\\theta_S + {epsilon}$·noise,  n = d/10 = {n}")
    panels[0].plot([], [], "o", color="grey", label="drawn data, end point")
    panels[0].plot([], [], "s", color="grey", mfc="none", label="gradient descent, all layers")
    panels[0].legend(fontsize="x-small", ncols=2)
    for varied, colour in zip(("source", "target"), COLOURS, strict=False):
        for overlap, style in ((0.9, "-"), (0.5, "--")):
            norms, few = np.geomspace(0.25, 4, 41), np.geomspace(0.25, 4, 9)
            s, t = (norms, 1 + 0 * norms) if varied == "source" else (1 + 0 * norms, norms)
            worlds = [
                lt.TransferProblem.isotropic(dim, overlap, source_norm=a, target_norm=b)
                for a, b in zip(s, t, strict=True)
            ]
            line = [float(lt.risk(p, lt.FineTune(lt.DeepLinear(7)), n)) for p in worlds]
            panels[1].plot(norms, line, style, color=colour, label=f"{varied} varied, $c$ = {overlap}")
            for norm in few:
                pair = (norm, 1.0) if varied == "source" else (1.0, norm)
                teachers = teacher_pair(dim, overlap, *pair)
                bars(panels[1], norm, end_point_risks(rng, replicates, n, [7], *teachers), colour)
    panels[1].set(xscale="log", yscale="log", xlabel="norm varied (the other is 1)", ylabel="risk  $R$")
    panels[1].set_title(f"seven layers,  n = d/10 = {n}")
    panels[1].minorticks_off()
    panels[1].set_xticks([0.25, 0.5, 1, 2, 4], ["¼", "½", "1", "2", "4"])
    panels[1].set_yticks([0.2, 0.5, 1, 2, 5, 10], ["0.2", "0.5", "1", "2", "5", "10"])
    panels[1].legend(fontsize="x-small")
    norms, few, depths, half = np.geomspace(0.1, 10, 121), np.geomspace(0.1, 10, 9), (1, 2, 5, 20, INFINITE), dim // 2
    samples = [end_point_risks(rng, replicates, half, depths, *teacher_pair(dim, 0.8, s)) for s in few]
    for i, (layers, colour) in enumerate(zip(depths, COLOURS, strict=False)):
        risks = deep_fine_tuning_risk(0.5, layers, norms**2, 0.8 * norms, 1.0)
        panels[2].plot(norms, risks, color=colour, label=f"L = {layers if layers < INFINITE else '∞'}")
        bars(panels[2], few, np.array([cell[i] for cell in samples]), colour)
    panels[2].axhline(0.5, color="grey", ls=":", label="scratch")
    panels[2].set(
        xscale="log",
        xticks=[0.1, 1, 10],
        xticklabels=["0.1", "1", "10"],
        ylim=(0, 1.5),
        xlabel="source norm  $s$  ($t$ = 1)",
        ylabel="risk  $R$",
    )
    panels[2].set_title(f"$c$ = 0.8,  n = d/2 = {half}")
    panels[2].legend(fontsize="x-small")
    mean = [float(cell[-1].mean()) for cell in samples]
    print(
        f"shachaf: end points within {worst:.1f} s.e. of the exact mean; gradient descent of all layers ends "
        f"{trained_error:.1e} from the closed form (relative, finite steps)"
    )
    print(f"  L = ∞, source norm 0.1 … 10: mean risks {min(mean):.3f} … {max(mean):.3f}; the limit is 0.2")
    return figure


def features_are_fate(rng, replicates):
    """Two layers: maps with both boundaries and trained networks as points; slices below."""
    dim, depth = 500, 2
    sizes = np.array([50, 100, 150, 200, 250, 300, 350, 400, 450, 600])
    gamma, angles = np.linspace(0.004, 1.2, 300), np.linspace(0, np.pi / 2, 361)
    eighths = np.cos(np.pi * np.array([1, 2, 3]) / 8)
    columns = [  # title, σ, s, t, overlaps simulated, smallest angle shown
        ("σ = 0,  s = t = 1", 0.0, 1.0, 1.0, eighths, 0.0),
        ("σ = 0.2,  s = t = 1", 0.2, 1.0, 1.0, eighths, 0.0),
        ("σ = 0,  s = 1,  t = 2", 0.0, 1.0, 2.0, np.array([0.5, 0.3, 0.27]), np.pi / 4),
        ("σ = 0,  s = 2,  t = 1", 0.0, 2.0, 1.0, np.array([0.9, 0.8, 0.6]), -0.03),
    ]
    figure, panels = plt.subplots(2, 4, figsize=(17, 8.4), layout="constrained")
    votes, distances = np.zeros(3, dtype=int), []
    for (title, sigma, s, t, overlaps, first), (top, low) in zip(columns, panels.T, strict=True):
        cosines = np.cos(angles)
        gains = deep_transferability(gamma[:, None], depth, s * s, s * t * cosines, t * t, sigma**2)
        mesh = top.pcolormesh(angles, gamma, np.clip(gains, -1, 1), cmap="RdBu", vmin=-1, vmax=1, rasterized=True)
        under = gamma[gamma < 1]
        critical = phases.critical_overlap(under, depth, s * s, t * t, sigma**2)
        corrected = np.arccos(np.minimum(critical, 1))
        top.plot(np.where(critical <= 1, corrected, np.nan), under, color="black", lw=2, label="$c^* = \\rho s/2t$")
        top.axhline(1, color="black", lw=0.8)
        published = np.arccos(min(s / (2 * t), 1.0))
        top.plot([published] * 2, [0, 1], "--", color="#e69f00", lw=2, label="published, $s/2t$", zorder=3)
        top.set(
            xlabel="angle of the teachers",
            ylabel="$\\gamma = n/d$",
            title=title,
            ylim=(0, 1.2),
            xlim=(first, np.pi / 2),
        )
        top.set_xticks(
            np.pi * np.arange(5)[first > 0.5 and 2 :] / 8, ["0", "π/8", "π/4", "3π/8", "π/2"][first > 0.5 and 2 :]
        )
        teachers = [teacher_pair(dim, c, s, t) for c in overlaps]
        count = replicates if s == t else 2 * replicates  # more where there is something to decide
        samples = np.array([trained_gains(rng, count, int(n), depth, teachers, sigma) for n in sizes])
        mean, error = samples.mean(axis=-1), samples.std(axis=-1, ddof=1) / count**0.5
        for i, (c, colour) in enumerate(zip(overlaps, COLOURS, strict=False)):
            p = lt.TransferProblem.isotropic(dim, c, noise_std=sigma, source_norm=s, target_norm=t)
            line = np.arange(10, 601, 10)
            gain = lt.transferability(p, lt.FineTune(lt.DeepLinear(depth)), line).value
            low.plot(line / dim, gain, color=colour, label=f"$c$ = {c:.2g}")
            linear = phases.published_transferability(line / dim, s * s, s * t * c)
            low.plot(line / dim, linear, "--", color=colour, lw=1)
            bars(low, sizes / dim, samples[:, i], colour)
            signs = np.where(np.abs(mean[:, i]) > 2 * error[:, i], np.sign(mean[:, i]), 0)
            fills = np.array(["#b2182b", "white", "#2166ac"])[signs.astype(int) + 1]
            few = sizes < dim
            theory = gain[np.isin(line, sizes[few])]
            distances += list((mean[few, i] - theory) / error[few, i])
            top.scatter(np.full(few.sum(), np.arccos(c)), sizes[few] / dim, c=fills[few], ec="black", s=26, zorder=4)
            ours = np.sign(c - phases.critical_overlap(sizes / dim, depth, s * s, t * t, sigma**2))
            theirs = np.sign(c - s / (2 * t))
            between = few & (ours != theirs)
            votes += [int(np.sum(between & (signs == side))) for side in (ours, 0, theirs)]
        top.legend(fontsize="x-small", loc="upper left")
        low.axhline(0, color="black", lw=0.8)
        low.plot([], [], "--", color="grey", lw=1, label="published (ρ = 1)")
        low.set(xlabel="$\\gamma = n/d$", ylabel="transferability  $T$")
        low.legend(fontsize="x-small")
    figure.colorbar(mesh, ax=panels[0], label="transferability, clipped", pad=0.01)
    print(
        f"features are fate: {votes.sum()} trained points lie between the two boundaries; the sign of T is that of the "
        f"corrected one at {votes[0]}, of the published one at {votes[2]}, undecided (2 s.e.) at {votes[1]}"
    )
    print(
        f"  {np.mean(np.abs(distances) < 2):.0%} of {len(distances)} trained points within 2 s.e. of theory, root mean "
        f"square {np.mean(np.square(distances)) ** 0.5:.2f} s.e. (slices of a panel share their data)"
    )
    return figure


def trained_gains(rng, replicates, n, depth, teachers, noise_std):
    """Risk of min-norm scratch minus risk of trained networks, same data for every pair of teachers: (pairs, b)."""
    X, noise = drawn_sets(rng, replicates, n, np.zeros_like(teachers[0][0]), noise_std)
    left, singular, right = factors = np.linalg.svd(X, full_matrices=False)
    gains = []
    for source, target in teachers:
        y = X @ target + noise
        scratch = np.einsum("bkd,bk->bd", right, np.einsum("bnk,bn->bk", left, y) / singular)
        tuned = train(rng, X, y, source, depth, factors)
        gains.append(np.sum((scratch - target) ** 2, axis=1) - np.sum((tuned - target) ** 2, axis=1))
    return np.array(gains)


def optimal_depth(rng, replicates):
    """The best depth over (τ, c) at γ = ½, and risk against depth at four points of the map."""
    gamma, dim = 0.5, 200
    tau, c = np.geomspace(0.5, 4, 351), np.linspace(0, 1, 301)[:, None]
    best = phases.best_whole_depth(gamma, 1.0, tau * c, tau**2) * np.ones((len(c), len(tau)))
    whole = np.append(np.arange(1.0, 201), INFINITE)[:, None, None]
    risks = deep_fine_tuning_risk(gamma, whole, 1.0, tau * c, tau**2)
    here = deep_fine_tuning_risk(gamma, best, 1.0, tau * c, tau**2)
    agree = np.mean(here <= risks.min(axis=0) * (1 + 1e-9))
    figure, (left, right) = plt.subplots(1, 2, figsize=(12.5, 5), layout="constrained", width_ratios=[1.25, 1])
    levels = [0.5, 1.5, 2.5, 3.5, 5.5, 10.5, 100.5, 1e9]
    names = ["1", "2", "3", "4–5", "6–10", "11–100", "> 100, ∞"]
    palette = ListedColormap(["#f0f0f0", *plt.get_cmap("viridis_r")(np.linspace(0.08, 1, 6))])
    mesh = left.pcolormesh(
        tau, c[:, 0], np.minimum(best, 1e8), cmap=palette, norm=BoundaryNorm(levels, 7), rasterized=True
    )
    bar = figure.colorbar(mesh, ax=left, pad=0.01)
    bar.set_ticks([(a * b) ** 0.5 if b < 1e9 else 1e5 for a, b in pairwise(levels)], labels=names)
    bar.ax.minorticks_off()
    bar.set_label("best number of layers")
    helpful = np.where(tau <= 1, 0.5, 1 / (2 * tau))
    left.fill_between(tau, 0, helpful, facecolor="none", edgecolor="#d55e00", hatch="///", lw=0)
    left.plot(tau, helpful, color="#d55e00", lw=1.8, label="below: worse than scratch at every depth")
    deep = tau >= 1
    left.plot(tau[deep], 1 / tau[deep], color="black", lw=1.8, label="$\\tau c = 1$")
    left.axvline(1, color="black", lw=1.8, ls=":", label="$\\tau = 1$")
    left.plot(
        tau[deep], ((1 + tau) / (2 * tau))[deep], color="white", lw=2, ls="--", label="above: $L=\\infty$ beats $L=1$"
    )
    left.set(xscale="log", xlabel="$\\tau = t/s$", ylabel="overlap  $c$", title=f"best depth, noiseless, γ = {gamma}")
    left.set_xticks([0.5, 1, 2, 4], ["½", "1", "2", "4"])
    left.minorticks_off()
    left.set_ylim(0, 1)
    left.legend(fontsize="x-small", loc="lower right", facecolor="#bbbbbb", framealpha=0.9)
    depths, found = (1, 2, 3, 4, 5, 7, 10, 20, INFINITE), []
    for (t, overlap), colour, mark in zip(
        ((0.7, 0.8), (1.5, 0.5), (2.0, 0.7), (2.0, 0.9)), COLOURS, "osD^", strict=False
    ):
        left.plot(t, overlap, mark, color=colour, mec="white", ms=9)
        line = deep_fine_tuning_risk(gamma, np.append(LINE, INFINITE), 1.0, t * overlap, t * t)
        right.plot(exponent(np.append(LINE, INFINITE)), line / t**2, color=colour, label=f"τ = {t}, c = {overlap}")
        samples = end_point_risks(rng, replicates, dim // 2, depths, *teacher_pair(dim, overlap, 1.0, t)) / t**2
        bars(right, exponent(depths), samples, colour, fmt=mark)
        real = float(phases.optimal_depth(gamma, 1.0, t * overlap, t * t))
        lowest = (1 - gamma) * (1 - overlap**2)
        bottom = lowest if 1 < real < INFINITE else line[0 if real == 1 else -1] / t**2
        right.plot(exponent(real), bottom, "*", ms=13, color="white", mec=colour, mew=1.4, zorder=5)
        found.append((round(real, 1), depths[int(np.argmin(samples.mean(axis=1)))]))
    right.plot([], [], "*", ms=11, color="white", mec="grey", label="$L^*$")
    depth_axis(right.xaxis)
    right.set(ylabel="risk  $R/t^2$", title=f"points: end points on drawn data, d = {dim}")
    right.legend(fontsize="x-small")
    print(
        f"optimal depth: formula and search over 1 … 200 and ∞ agree on {agree:.2%} of {best.size} cells; "
        f"(L*, best of the simulated depths): {found}"
    )
    return figure


def identical_task(rng, replicates):
    """Transferability from the target task itself, over (γ, L), noise as large as the teacher."""
    gamma, depths, dim = np.linspace(0.005, 0.995, 199), 1 / (1 - np.linspace(0, 1 - 1e-9, 161)), 500
    gains = deep_transferability(gamma, depths[:, None], 1.0, 1.0, 1.0, 1.0)
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.8), layout="constrained")
    mesh = left.pcolormesh(
        gamma, exponent(depths), np.clip(gains, -0.5, 0.5), cmap="RdBu", vmin=-0.5, vmax=0.5, rasterized=True
    )
    figure.colorbar(mesh, ax=left, label="$T/t^2$, clipped", pad=0.01)
    for noise, style in ((1.0, "-"), (0.5, "--"), (0.25, ":")):
        edge = 1 - few_shots.identical_task_boundary(depths, 1.0, noise)
        left.plot(edge, exponent(depths), style, color="black", lw=1.8, label=f"ρ = 2, σ² = {noise:g} t²")
    depth_axis(left.yaxis)
    left.set(xlabel="$\\gamma = n/d$", title="$\\theta_S = \\theta_T$,  σ = t: red hurts", xlim=(0, 1))
    left.legend(fontsize="x-small", loc="lower left")
    sizes, worst = np.array([50, 125, 200, 275, 325, 375, 425, 460, 480]), 0.0
    shown = (1, 2, 5, INFINITE)
    p, source = lt.TransferProblem.isotropic(dim, 1.0, noise_std=1.0), teacher_pair(dim, 1.0)[0]
    samples = [end_point_risks(rng, replicates, int(n), (0, *shown), source, source, 1.0) for n in sizes]
    negative = []
    for i, (depth, colour) in enumerate(zip(shown, COLOURS, strict=False)):
        name = f"L = {depth if depth < INFINITE else '∞'}"
        line = np.union1d(np.arange(10, 491, 10), sizes)
        law = lt.transferability(p, lt.FineTune(lt.DeepLinear(depth)), line, method="simulate", replicates=20_000)
        right.plot(line / dim, law.value, color=colour, label=name)
        gain = np.array([cell[0] - cell[1 + i] for cell in samples])
        bars(right, sizes / dim, gain, colour)
        error = gain.std(axis=1, ddof=1) / replicates**0.5
        right.axvline(1 - float(few_shots.identical_task_boundary(depth, 1.0, 1.0)), color=colour, lw=0.8, ls=":")
        worst = max(worst, np.max(np.abs(gain.mean(axis=1) - law.value[np.isin(line, sizes)]) / error))
        negative.append((name, [int(n) for n in sizes[gain.mean(axis=1) < -2 * error]]))
    right.axhline(0, color="black", lw=0.8)
    right.set(xlabel="$\\gamma = n/d$", ylabel="transferability  $T/t^2$", ylim=(-1.2, 1.05), xlim=(0, 1))
    right.set_title(f"lines: exact law; points: drawn data, d = {dim}; dotted: ρ = 2")
    right.legend(fontsize="x-small", loc="lower left")
    print(
        f"identical task, σ = t: simulated points within {worst:.1f} s.e. of the law's mean; significantly negative at n = "
        + "; ".join(f"{name}: {found or 'none'}" for name, found in negative)
    )
    return figure


def main():
    parser = argparse.ArgumentParser(description="Figures of deep linear networks.")
    parser.add_argument("folder", nargs="?", default="out", type=Path, help="where to write (default: out)")
    parser.add_argument("--quick", action="store_true", help="few replicates")
    parser.add_argument("--dpi", type=int, default=110)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    replicates = 5 if options.quick else 20
    for key, (name, draw) in enumerate(
        {
            "shachaf": shachaf,
            "features_are_fate": features_are_fate,
            "optimal_depth": optimal_depth,
            "identical_task": identical_task,
        }.items()
    ):
        figure = draw(np.random.default_rng(key), replicates)
        path = options.folder / f"deep_{name}.png"
        figure.savefig(path, dpi=options.dpi)
        plt.close(figure)
        print(f"  {path}")


if __name__ == "__main__":
    main()

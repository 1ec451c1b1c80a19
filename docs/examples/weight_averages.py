"""Between a source and its fine-tuning (WiSE-FT), and averages of several fine-tunings (soups).

Run: python docs/examples/weight_averages.py   (10 s; writes docs/figures/weight_averages.png)

What to see. Left, the path (1 − a)w0 + aŵ, w0 fitted to the source and ŵ fine-tuned from it, from a = 0 (squares) to a = 1
(triangles): with noisy labels the target has its least risk somewhere short of the end (stars), and to go on from there costs
both tasks. Right, K fine-tunings, each on n samples of its own: a plain average gets rid of their scatter but not of what n < d
samples never see (dotted, ‖δ‖²(1 − n/d)²); one that is stretched by the best factor (dashed) does.
Lines are exact; points are trained: means with 2 standard errors, seed 0.
"""

from pathlib import Path

import numpy as np

import lintransfer as lt
from lintransfer.plotting import new_figure, save_figure
from lintransfer.simulate.end_to_end import least_squares
from lintransfer.theory.linear.weight_averages import (
    fitted_interpolation_risk,
    fitted_interpolation_source_risk,
    optimal_fitted_interpolation_weight,
)
from lintransfer.theory.tasks.averages import optimal_soup_risk, soup_risk

OUT = Path(__file__).parent.parent / "figures" / "weight_averages.png"
DIM, N_SOURCE, N, NOISE_STD, REPLICATES = 60, 150, 36, 0.5, 600  # ‖θ‖ = 1, σ_S = σ
CURVES = ((0.9, "#009e73"), (0.6, "#0072b2"), (0.0, "#d55e00"))
SOUP_DIM, SOUP_SIZES, SOUP_OVERLAP = 60, ((12, "#009e73"), (30, "#0072b2"), (80, "#d55e00")), 0.5


def trained(overlap, weights):
    """Means and standard errors of target and source risk along the path, (weights, 2, 2)."""
    rng = np.random.default_rng(0)
    source, target = np.eye(2, DIM)
    target = overlap * source + np.sqrt(1 - overlap**2) * target
    fit = np.zeros((REPLICATES, DIM, 1))
    ends = []
    for n, teacher in ((N_SOURCE, source), (N, target)):
        design = rng.standard_normal((REPLICATES, n, DIM))
        labels = design @ teacher + NOISE_STD * rng.standard_normal((REPLICATES, n))
        fit = least_squares(design, labels[..., None], fit)
        ends.append(fit[..., 0])
    risks = [[np.sum(((1 - a) * ends[0] + a * ends[1] - w) ** 2, axis=1) for w in (target, source)] for a in weights]
    return np.stack([np.mean(risks, axis=-1), np.std(risks, axis=-1, ddof=1) / np.sqrt(REPLICATES)], axis=-1)


def draw_path(axes):
    weights, points = np.linspace(0, 1, 101), np.linspace(0, 1, 6)
    for overlap, colour in CURVES:
        world = N, N_SOURCE, DIM, 1.0, overlap, 1.0, NOISE_STD**2, NOISE_STD**2
        target, source = (f(*world, weights) for f in (fitted_interpolation_risk, fitted_interpolation_source_risk))
        axes.plot(source, target, color=colour, label=f"overlap {overlap}")
        value, error = np.moveaxis(trained(overlap, points), -1, 0)
        for place, mark in zip(range(6), "soooo^", strict=True):
            axes.errorbar(
                value[place, 1], value[place, 0], 2 * error[place, 0], 2 * error[place, 1], fmt=mark,
                ms=5 if mark in "s^" else 3.5, color=colour, capsize=2,
            )  # fmt: skip
        best = float(optimal_fitted_interpolation_weight(*world))
        there = [float(f(*world, best)) for f in (fitted_interpolation_source_risk, fitted_interpolation_risk)]
        axes.plot(*there, "*", color=colour, ms=14, mec="black", mew=0.6, zorder=5)
        print(f"overlap {overlap}: target {target[0]:.3f} at a = 0, {target[-1]:.3f} at 1, {there[1]:.3f} at the best, {best:.3f}; "
              f"source {source[0]:.3f}, {source[-1]:.3f}, {there[0]:.3f}")  # fmt: skip
    axes.set(xlabel="excess risk on the source", ylabel="excess risk on the target", ylim=(0, None), xlim=(0, None))
    axes.set_title(f"WiSE-FT: stop on the way\nn = {N}, n$_S$ = {N_SOURCE}, {REPLICATES} trained", fontsize="medium")
    for mark, text in (("s", "a = 0: source fit"), ("*", "best a for the target"), ("^", "a = 1: fine-tuned")):
        axes.plot([], [], mark, color="black", ms=6, label=text)
    axes.legend(frameon=False, fontsize="small", loc="upper right")


def draw_soups(axes):
    members, points = np.arange(1, 33), np.array([1, 2, 4, 8, 16])
    energy = 2 - 2 * SOUP_OVERLAP
    for n, colour in SOUP_SIZES:
        world = n, SOUP_DIM, energy, NOISE_STD**2
        axes.plot(members, soup_risk(*world, members), color=colour, label=f"n = {n}")
        axes.plot(members, optimal_soup_risk(*world, members), "--", color=colour)
        bias = energy * max(0.0, 1 - n / SOUP_DIM) ** 2
        if bias:
            axes.axhline(bias, color=colour, lw=0.9, ls=":")
        problem = lt.TransferProblem.isotropic(SOUP_DIM, SOUP_OVERLAP, NOISE_STD)
        for stretch in (1.0, "optimal"):
            found = [
                lt.risk(problem, lt.Soup(members=int(k), stretch=stretch), n, method="designs", replicates=100)
                for k in points
            ]
            value, error = (np.array([float(getattr(f, part)) for f in found]) for part in ("value", "std_err"))
            fill = colour if stretch == 1.0 else "white"
            axes.errorbar(points, value, 2 * error, fmt="o", ms=4, color=colour, mfc=fill, capsize=2)
        told = [float(f(*world, k)) for f in (soup_risk, optimal_soup_risk) for k in (1, 16)]
        print(
            f"soup, n = {n}: plain {told[0]:.3f} for one, {told[1]:.3f} for 16; stretched {told[2]:.3f}, {told[3]:.3f}"
        )
    axes.set(xscale="log", yscale="log", xlabel="members of the soup  $K$", ylabel="excess risk on the target")
    axes.set_xticks([1, 2, 4, 8, 16, 32], ["1", "2", "4", "8", "16", "32"])
    axes.set_title(
        f"Soups: averaging takes off noise; stretching (dashed) bias\noverlap {SOUP_OVERLAP}, known source, 100 trained",
        fontsize="medium",
    )
    axes.legend(frameon=False, fontsize="small")


def main():
    figure, panels = new_figure(1, 2, figsize=(10.5, 4.8))
    draw_path(panels[0, 0])
    draw_soups(panels[0, 1])
    figure.suptitle(
        f"Averages of weights;  d = {DIM}, σ = σ$_S$ = {NOISE_STD}, ‖θ‖ = 1; points: seed 0, ±2 s.e.", fontsize="medium"
    )
    save_figure(figure, OUT, colours=128)
    print(f"wrote {OUT}")


if __name__ == "__main__":
    main()

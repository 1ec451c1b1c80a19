"""Surgical fine-tuning: the layer that a shift has touched is the one to tune (Lee et al. 2023).

Run: python docs/examples/surgical_fine_tuning.py   (writes docs/figures/surgical_fine_tuning.png)

What to see: after a shift of the inputs (left) the first layer alone learns the target and no head repairs the old features;
after one of the outputs (right) the head alone is exact and the first layer is not: a ReLU network with positive heads cannot
say −y, and stays above the dashed line, E(f + y)² ≥ Ey². Both layers together lose to the right one alone in linear networks
(above: lines exact, points simulated). In ReLU networks (below, trained) they are level with the first layer after an input
shift, and after an output shift they come to rest with some loss left, on the training set too: it is printed. Losses below
1e-5 are drawn there: rounding, or where training was stopped. Bars are two standard errors.
"""

from pathlib import Path

import numpy as np

import lintransfer as lt
from lintransfer.plotting import CONTENDERS, new_figure, save_figure
from lintransfer.simulate.shallow_relu.surgical import (
    auto_rgn,
    draw_sources,
    input_shift,
    output_shift,
    relative_loss,
    tuned,
)

OUT = Path(__file__).parent.parent / "figures" / "surgical_fine_tuning.png"
COLOURS = {"first": CONTENDERS[2], "second": CONTENDERS[1], "both": CONTENDERS[3]}
NAMES = {"first": "first layer alone", "second": "head alone", "both": "both layers"}
DIM, K, OVERLAP, NOISE_STD = 60, 6, 0.6, 0.1
LINEAR = {
    "first": lt.FirstLayer(),
    "second": lt.LinearTransfer(head="source"),
    "both": lt.FineTune(lt.TwoLayerLinear()),
}
INPUTS, WIDTH, SEEDS, STRENGTH = 10, 8, 16, 0.5
FLOOR = 1e-5  # smaller losses are drawn here


def draw_linear(axes, mix):
    """Risks of linear networks: formulas where there are any, and simulation."""
    problem = lt.TransferProblem.two_layer(DIM, K, OVERLAP, mix, noise_std=NOISE_STD)
    line, points = np.arange(12, 58), np.array([12, 17, 23, 30, 38, 46, 54])
    for name, who in LINEAR.items():
        found = [lt.risk(problem, who, int(n), "simulate", replicates=300) for n in points]
        value, error = (np.array([float(getattr(f, part)) for f in found]) for part in ("value", "std_err"))
        style = "o" if name != "both" else "o:"
        axes.errorbar(points, value, 2 * error, fmt=style, ms=3.5, color=COLOURS[name], capsize=2)
        if name != "both":
            exact = np.array(lt.risk(problem, who, line).value)
            axes.plot(line, exact, color=COLOURS[name])
            score = (value - exact[points - line[0]]) / error
            print(f"linear, mix {mix:g}, {NAMES[name]}: largest |z| {np.abs(score).max():.1f}")
    axes.set(yscale="log", xlabel=f"target samples  $n$  (d = {DIM}, k = {K})")


def draw_relu(axes, shifted):
    """Test losses of ReLU networks, relative to the labels' energy."""
    sizes, rgn, left, apart = np.array([20, 40, 80, 160, 320]), [], [], []
    losses = {name: [] for name in NAMES}
    for n in sizes:
        rng = np.random.default_rng(int(n))
        shift = shifted(draw_sources(rng, INPUTS, WIDTH, SEEDS), rng, int(n))
        rgn.append(auto_rgn(shift.network, shift.inputs, shift.labels).mean(axis=0))
        for name in NAMES:
            network = tuned(shift, name, 2000)
            losses[name].append(relative_loss(network, shift.tests, shift.test_labels))
        left.append(relative_loss(network, shift.inputs, shift.labels).mean())  # of both layers, the last
        gain = losses["both"][-1] - losses["first"][-1]
        apart.append(gain.mean() / (gain.std(ddof=1) / np.sqrt(SEEDS)))
    for name, found in losses.items():
        value = np.maximum(np.mean(found, axis=1), FLOOR)
        error = np.std(found, axis=1, ddof=1) / np.sqrt(SEEDS)
        axes.errorbar(sizes, value, 2 * error, fmt="o-", ms=3.5, color=COLOURS[name], capsize=2)
    axes.set(
        xscale="log",
        yscale="log",
        ylim=(0.7 * FLOOR, 30),
        xlabel=f"target samples  $n$  (d = {INPUTS}, {WIDTH} neurons)",
    )
    axes.set_xticks(sizes, [str(n) for n in sizes])
    powers = range(-5, 1)
    axes.set_yticks([10.0**p for p in powers], [rf"$\leq 10^{{{p}}}$" if p == -5 else rf"$10^{{{p}}}$" for p in powers])
    axes.minorticks_off()
    difference = np.array(losses["second"][-1]) - np.array(losses["first"][-1])
    score = difference.mean() / (difference.std(ddof=1) / np.sqrt(SEEDS))
    weights = np.mean(rgn, axis=0)
    print(f"ReLU, n = {sizes[-1]}: head minus first layer {difference.mean():+.4f}, z = {score:+.1f}; Auto-RGN weights "
          f"of first and last layer {weights[0]:.2f}, {weights[1]:.2f}")  # fmt: skip
    print(f"   both layers: training loss left at n = {sizes[0]} … {sizes[-1]}: {', '.join(f'{v:.0e}' for v in left)}; minus "
          f"first layer, z = {', '.join(f'{z:+.1f}' for z in apart)}")  # fmt: skip
    axes.text(
        0.03, 0.16, f"Auto-RGN weights\nfirst {weights[0]:.2f}, last {weights[1]:.2f}", transform=axes.transAxes,
        fontsize="small", va="bottom",
    )  # fmt: skip


def main():
    figure, panels = new_figure(2, 2, figsize=(10.0, 7.6))
    draw_linear(panels[0, 0], 0.0)
    draw_linear(panels[0, 1], 1.0)
    draw_relu(panels[1, 0], lambda network, rng, n: input_shift(network, rng, n, STRENGTH))
    draw_relu(panels[1, 1], lambda network, rng, n: output_shift(network, rng, n, -1.0))
    panels[1, 1].axhline(1, color="black", lw=1, ls="--", label="no first layer below this")
    for name, colour in COLOURS.items():
        panels[0, 0].plot([], [], "o-", ms=3.5, color=colour, label=NAMES[name])
    panels[0, 0].legend(frameon=False, fontsize="small")
    panels[1, 1].legend(frameon=False, fontsize="small", loc="center", bbox_to_anchor=(0.7, 0.42))
    panels[0, 0].set(title="input shift", ylabel="excess risk, linear network")
    panels[0, 1].set_title("output shift")
    panels[1, 0].set(title="input shift  $x \\to Ax$", ylabel="relative test loss, ReLU network")
    panels[1, 1].set_title("output shift  $y \\to -y$")
    save_figure(figure, OUT)
    print(f"wrote {OUT}")


if __name__ == "__main__":
    main()

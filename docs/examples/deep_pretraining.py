"""Pretraining from small random weights, with actual weight matrices: what the theory of fine-tuning assumes comes true.

Run: python docs/examples/deep_pretraining.py [FOLDER]   (writes FOLDER/deep_pretraining.png, by default into out/)

Networks of 1, 2, 3 and 5 layers learn a source teacher. Along the flow the first layer's top singular vector turns to the
teacher, the network becomes rank one, and what gradient flow conserves keeps its layers as balanced as small weights
began. Then every network is fine-tuned on a few noisy target samples, by flow and by plain gradient descent, and its
risk is held against w_∞ = m + ρQw0, evaluated at the network's own weights, and at ρ = 1.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from lintransfer.simulate.deep_linear.pretraining import (
    descend,
    flow_path,
    flow_to_rest,
    flow_to_strength,
    measure,
    product,
    random_network,
)
from lintransfer.simulate.teachers import teacher_pair
from lintransfer.theory.deep_linear.dynamics import aligned_strength
from lintransfer.theory.deep_linear.end_points import deep_end_point

DIM, WIDTH, SAMPLES, SCALE, NOISE_STD = 30, 6, 10, 0.05, 0.2
SOURCE, TARGET = teacher_pair(DIM, 0.5, 1.0, 2.0)
WHITE = np.eye(DIM)
COLOURS = {1: "#000000", 2: "#0072b2", 3: "#e69f00", 5: "#cc79a7"}


def pretrain(axes, depth, colour):
    small = random_network(np.random.default_rng(depth), DIM, depth, WIDTH, SCALE)
    take_off, grown = flow_to_strength(small, WHITE, SOURCE, 0.5)
    times = np.unique(
        np.concatenate([np.linspace(0, 1.2 * take_off, 300), take_off + np.linspace(-min(take_off, 6), 4, 200)])
    )
    seen = measure(flow_path(small, WHITE, SOURCE, times), SOURCE)
    strength, cosine, rank, balance = axes.ravel()
    clock = times / take_off
    strength.plot(times - take_off, seen.strength, color=colour, label=f"$L = {depth}$")
    if depth > 1:
        begin = measure(grown, SOURCE).strength
        later = np.linspace(0, 4, 9)
        theory = aligned_strength(later, float(begin), 1.0, depth)
        strength.plot(later, theory, ".", color=colour, ms=7)
    cosine.plot(clock, seen.feature, color=colour)
    rank.semilogy(clock, np.maximum(seen.rank_one, 1e-17), color=colour)
    balance.semilogy(clock, np.maximum(seen.imbalance, 1e-17), color=colour)
    return flow_to_rest(small, WHITE, SOURCE, tolerance=1e-9, rtol=1e-11), take_off, seen


def main(folder):
    rng = np.random.default_rng(0)
    design = rng.standard_normal((SAMPLES, DIM))
    labels = design @ TARGET + NOISE_STD * rng.standard_normal(SAMPLES)
    figure, axes = plt.subplots(2, 2, figsize=(10, 7), layout="constrained")
    print(" L  take-off  1 - feature  imbalance  |   risk: flow  descent   theory    rho = 1")
    for depth, colour in COLOURS.items():
        network, take_off, seen = pretrain(axes, depth, colour)
        start = product(network)
        flow = product(flow_to_rest(network, design, labels))
        descent = product(descend(network, design, labels, 5e-4, 40_000))
        theory, linear = (deep_end_point(design, labels, start, layers) for layers in (depth, 1))
        risks = [float(np.sum((w - TARGET) ** 2)) for w in (flow, descent, theory, linear)]
        shown = "  ".join(f"{risk:.6f}" for risk in risks)
        print(f"{depth:2d} {take_off:9.2f}  {1 - seen.feature[-1]:11.1e}  {seen.imbalance[-1]:9.1e}  |  {shown}")
    strength, cosine, rank, balance = axes.ravel()
    strength.set(title="strength  $\\|w\\|$; dots: closed form", xlim=(-6, 4), xlabel="time after take-off")
    cosine.set(title="alignment of the top singular vector of $W_1$")
    rank.set(title=r"largest $\sigma_2/\sigma_1$ of any layer", ylim=(1e-2, 2))
    balance.set(title=r"imbalance  $\max_l \|W_l^\top W_l - W_{l+1}W_{l+1}^\top\|$", ylim=(1e-3, 1))
    for axis in (cosine, rank, balance):
        axis.set(xlabel="time / time of take-off", xlim=(0, 1.2))
    strength.legend(fontsize="small")
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "deep_pretraining.png"
    figure.savefig(path, dpi=130)
    print(path)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "out"))

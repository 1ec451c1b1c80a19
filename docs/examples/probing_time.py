"""How long to probe before everything is trained: neither none nor full.

Run: python docs/examples/probing_time.py   (writes docs/figures/probing_time.png)

One feature, a head from zero that is trained for a time and then both layers to rest (LP-FT). What to see: the risk has its
least value at a time in between, given in closed form; where the feature explains little, no probing at all
is best. Lines are the limit of large dimension, points are trained networks with two standard errors. All points share
their data, so that they err together; what the best time gains on no probing and on all of it is printed from paired draws.
"""

from pathlib import Path

import numpy as np

import lintransfer as lt
from lintransfer.plotting import CONTENDERS, new_figure, save_figure
from lintransfer.theory.two_layer_linear.probing import optimal_probing_time, probed_one_feature_risk

OUT = Path(__file__).parent.parent / "figures" / "probing_time.png"
DIM, GAMMA, NOISE_STD = 800, 0.3, 0.1
OVERLAPS = (0.85, 0.75, 0.65, 0.5)


def main():
    figure, panels = new_figure(figsize=(6.6, 4.6))
    axes = panels[0, 0]
    times, points = np.geomspace(0.03, 30, 300), np.geomspace(0.05, 20, 9)
    for overlap, colour in zip(OVERLAPS, CONTENDERS[1:], strict=False):
        problem = lt.TransferProblem.two_layer(DIM, 1, overlap, noise_std=NOISE_STD)
        none, full = probed_one_feature_risk(np.array([1e-9, 1e9]), GAMMA, 1.0, overlap, 1.0, NOISE_STD**2)
        axes.plot(times, probed_one_feature_risk(times, GAMMA, 1.0, overlap, 1.0, NOISE_STD**2) / none, color=colour)
        best = float(optimal_probing_time(GAMMA, 1.0, overlap, 1.0, NOISE_STD**2))
        least = float(probed_one_feature_risk(best, GAMMA, 1.0, overlap, 1.0, NOISE_STD**2))
        if best > 0:
            axes.plot(best, least / none, "*", color=colour, ms=13, mec="black", mew=0.6)
        both = lt.FineTune(lt.TwoLayerLinear())
        found = [
            lt.risk(problem, lt.ProbeThen(both, time=float(t)), round(GAMMA * DIM), "simulate", replicates=40)
            for t in points
        ]
        value, error = (np.array([float(getattr(f, part)) for f in found]) for part in ("value", "std_err"))
        axes.errorbar(
            points, value / none, 2 * error / none, fmt="o", ms=3.5, color=colour, capsize=2, label=f"overlap {overlap}"
        )
        print(f"overlap {overlap}: best time {best:.3f}, risk {least:.4f}; none {none:.4f}, full {full:.4f}")
        if best > 0:
            there = lt.ProbeThen(both, time=best)
            for name, other in (("none", lt.FineTune(lt.TwoLayerLinear(), head="zero")), ("full", lt.ProbeThen(both))):
                gain = lt.transferability(problem, there, round(GAMMA * DIM), other, method="simulate", replicates=40)
                print(
                    f"   trained, gain on {name}: {float(gain.value):+.5f}, z = {float(gain.value / gain.std_err):+.1f}"
                )
    axes.set(xscale="log", xlabel="probing time (mean loss)", ylabel="excess risk, relative to no probing")
    axes.set_title(f"d = {DIM}, n = {round(GAMMA * DIM)}, σ = {NOISE_STD}; stars: the best time", fontsize="medium")
    axes.legend(frameon=False, fontsize="small")
    save_figure(figure, OUT)
    print(f"wrote {OUT}")


if __name__ == "__main__":
    main()

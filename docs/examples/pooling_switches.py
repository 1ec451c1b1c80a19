"""When rows of a source, pooled with the target's at equal weight, help and when they hurt.

Run: python docs/examples/pooling_switches.py   (20 s; writes docs/figures/pooling_switches.png)

What to see. Left, more target rows than dimensions: with R the risk of the target alone, a source at a squared distance D² < R
helps for good; one at R < D² < R + σ² helps, then hurts; beyond, it hurts, helps, and hurts again; further away it always hurts. Stars mark the switches, whose exact places are printed. Right, fewer rows than dimensions: below the lines pooling beats
the target alone; noise, which pooling amplifies, closes the region from the left, and so do more source rows.
Lines are exact, points are trained, with 2 standard errors (left, n_S < n: of the gain on the same data; 200 data sets or more);
right, 3 of them decide a point (300).
"""

from pathlib import Path

import numpy as np

import lintransfer as lt
from lintransfer.plotting import new_figure, save_figure
from lintransfer.theory.linear.isotropic import least_squares_risk
from lintransfer.theory.tasks.pooling import pooled_least_squares_risk
from lintransfer.theory.tasks.pooling_boundaries import pooling_critical_distance, pooling_switches

OUT = Path(__file__).parent.parent / "figures" / "pooling_switches.png"
BLUE, RED, GREEN, ORANGE, GREY = "#0072b2", "#d55e00", "#009e73", "#e69f00", "#777777"
DIM, N = 40, 48  # left; σ = σ_S = 1
DISTANCES = ((0.6, GREEN, "always helps"), (1.15, BLUE, "helps, then hurts"), (1.75, ORANGE, "hurts, helps, hurts"),
             (2.3, RED, "always hurts"))  # fmt: skip
FEW_DIM, FEW_N = 60, 18  # right


def switches(axes):
    alone = float(least_squares_risk(N, DIM, 1.0))
    rows = np.unique(np.geomspace(1, 3000, 300).astype(int))
    points = np.array([1, 3, 10, 30, 100, 300, 1000])
    for key, (ratio, colour, label) in enumerate(DISTANCES):
        distance = ratio * alone
        risk = pooled_least_squares_risk(N + rows, DIM, rows**2 * distance, rows * distance, N + rows)
        axes.plot(rows, risk / alone, color=colour, label=f"$D^2$ = {ratio} $R$: {label}")
        first, last = pooling_switches(N, DIM, distance, 1.0, 1.0)
        print(f"D² = {ratio} R: pooling helps from n_S = {first:g} to {last:g}")
        overlap, norm = 1 - distance / 50, 5.0  # D² = 2‖θ‖²(1 − c); nothing depends on the norm itself
        for m in points:
            world = lt.TransferProblem.isotropic(DIM, overlap, 1.0, norm, norm, int(m), 1.0)
            options = {"method": "designs", "replicates": max(200, 60_000 // (N + int(m))), "key": key}
            if m < N:  # paired with the target alone, whose mean is known
                gain = lt.transferability(world, lt.Pool(), N, baseline=lt.Scratch(), **options)
                value, error = alone - gain.value, gain.std_err
            else:
                value, error = (found := lt.risk(world, lt.Pool(), N, **options)).value, found.std_err
            axes.errorbar(m, value / alone, 2 * error / alone, fmt="o", ms=3.5, color=colour, capsize=2)
        for place in (first - 0.5, last + 0.5):
            if 1 < place < 3000:
                axes.plot(place, 1, "*", color=colour, ms=13, mec="black", mew=0.6, zorder=5)
    axes.axhline(1, color="black", lw=0.8)
    axes.set(
        xscale="log",
        ylim=(0, 2.4),
        xlabel="source samples  $n_S$",
        ylabel="risk of the pool / risk $R$ of the target alone",
    )
    axes.set_title(f"More rows than dimensions: d = {DIM}, n = {N}, σ = σ$_S$ = 1", fontsize="medium")
    axes.legend(frameon=False, fontsize="small", loc="upper left")
    axes.text(1, 0.05, "stars: the switches", fontsize="small")


def region(axes):
    snr = np.geomspace(0.3, 100, 300)
    for share, colour in ((0.1, GREEN), (0.3, "black"), (0.5, ORANGE)):
        m = round(share * FEW_DIM)
        line = pooling_critical_distance(FEW_N, m, FEW_DIM, 1.0, 1 / snr, 1 / snr)
        axes.plot(snr, line, color=colour, label=f"$n_S$ = {m}")
    m = round(0.3 * FEW_DIM)
    for strength in np.geomspace(0.5, 80, 7):
        limit = float(pooling_critical_distance(FEW_N, m, FEW_DIM, 1.0, 1 / strength, 1 / strength))
        for shift in (0.05, 0.2, 0.35, 0.5, 0.65, 0.8):
            noise = strength**-0.5
            world = lt.TransferProblem.isotropic(FEW_DIM, 1 - shift / 2, noise, n_source=m, source_noise_std=noise)
            gain = lt.transferability(world, lt.Pool(), FEW_N, baseline=lt.Scratch(), method="designs", replicates=300)
            sign = 0 if abs(gain.value) < 3 * gain.std_err else int(np.sign(gain.value))
            axes.plot(strength, shift, **MARKS[sign])
            if sign and (sign > 0) != (shift < limit):
                print(f"snr {strength:.3g}, shift {shift}: simulation disagrees, z = {gain.value / gain.std_err:.1f}")
    for sign, label in ((1, "trained: helps"), (-1, "hurts"), (0, "undecided")):
        axes.plot([], [], label=label, **MARKS[sign])
    axes.set(
        xscale="log", ylim=(0, 1.2), xlabel="signal to noise  $‖θ_T‖^2/σ^2$", ylabel="shift to signal  $D^2/‖θ_T‖^2$"
    )
    axes.set_title(f"Fewer: d = {FEW_DIM}, n = {FEW_N}; trained at $n_S$ = {m}", fontsize="medium")
    axes.legend(frameon=False, fontsize="small", loc="upper left", ncols=2)
    axes.text(1.5, 0.92, "above its line a source of that size hurts, below it helps", fontsize="small")


MARKS = {
    1: {"marker": "^", "ls": "", "color": BLUE, "ms": 6},
    -1: {"marker": "v", "ls": "", "color": RED, "ms": 6},
    0: {"marker": "o", "ls": "", "mfc": "none", "color": GREY, "ms": 5},
}


def main():
    figure, panels = new_figure(1, 2, figsize=(11.0, 4.4))
    switches(panels[0, 0])
    region(panels[0, 1])
    figure.suptitle(
        "Pooling at equal weights (Σ = I): when the source helps.  Points: trained, seeds 0 to 3, ±2 s.e.",
        fontsize="medium",
    )
    save_figure(figure, OUT, colours=128)
    print(f"wrote {OUT}")


if __name__ == "__main__":
    main()

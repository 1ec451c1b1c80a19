"""Two peaks in one sweep: a block of source weights is copied, other weights are fitted to the target (Dar & Baraniuk 2020).

Run: python docs/examples/double_double_descent.py   (10 s; writes docs/figures/double_double_descent.png)

Both models see the first b + f features. The source learns all of them, the weights of the first b are copied, and the target
fits the other f. What to see: the risk peaks where the target's f weights interpolate its n samples, and, if anything is
copied, once more where the source's b + f weights interpolate its n_S. Right: the same for every b and f; the two peaks are
the lines f = n and b + f = n_S. Lines are exact, points are trained: means of 400, with 2 standard errors, seed 0.
"""

from pathlib import Path

import numpy as np

from lintransfer.plotting import new_figure, save_figure
from lintransfer.simulate.end_to_end import least_squares
from lintransfer.theory.tasks.transferred_block import transferred_block_risk

OUT = Path(__file__).parent.parent / "figures" / "double_double_descent.png"
N, N_SOURCE, DIM, NOISE_STD, OVERLAP, REPLICATES = 24, 72, 160, 0.2, 0.9, 400
BLOCKS = ((0, "#777777"), (10, "#0072b2"), (24, "#d55e00"))


def teachers():
    """Of norm 1, with energies that fall along the features, and overlap c in every one of them."""
    energy = np.exp(-np.arange(DIM) / 30)
    target = np.sqrt(energy / energy.sum())
    rng = np.random.default_rng(0)
    other = target * rng.choice([-1.0, 1.0], DIM)
    return OVERLAP * target + np.sqrt(1 - OVERLAP**2) * other, target


def risk(b, f):
    """Of the theorem, whose arguments are energies of blocks of the teachers."""
    source, target = teachers()
    b, f = np.broadcast_arrays(b, f)

    def energy(x, y, start, end):
        total = np.concatenate([[0], np.cumsum(x * y)])
        return total[end] - total[start]

    zero, seen, every = 0 * b, b + f, 0 * b + DIM
    return transferred_block_risk(
        N, f, N_SOURCE, seen, b, energy(source, source, zero, seen), energy(source, source, zero, b),
        energy(source, target, zero, b), energy(target, target, zero, b), energy(target, target, b, seen),
        energy(target, target, seen, every), NOISE_STD**2, NOISE_STD**2 + energy(source, source, seen, every),
    )  # fmt: skip


def trained(b, f):
    """Mean risk and its standard error."""
    rng, (source, target) = np.random.default_rng([0, b, f]), teachers()

    def draw(n, teacher):
        design = rng.standard_normal((REPLICATES, n, DIM))
        return design, (design @ teacher + NOISE_STD * rng.standard_normal((REPLICATES, n)))[..., None]

    design, labels = draw(N_SOURCE, source)
    weights = np.zeros((REPLICATES, DIM, 1))
    weights[:, :b] = least_squares(design[..., : b + f], labels)[:, :b]
    design, labels = draw(N, target)
    weights[:, b : b + f] = least_squares(design[..., b : b + f], labels - design @ weights)
    risks = np.sum((weights[..., 0] - target) ** 2, axis=1)
    return risks.mean(), risks.std(ddof=1) / np.sqrt(REPLICATES)


def main():
    figure, panels = new_figure(1, 2, figsize=(11.0, 4.4))
    axes = panels[0, 0]
    free, points = np.arange(1, 121), np.array([2, 6, 10, 15, 19, 30, 36, 43, 54, 67, 85, 110])
    for b, colour in BLOCKS:
        value = np.asarray(risk(b, free), float)
        label = f"b = {b}: nothing copied" if b == 0 else f"b = {b} copied"
        axes.plot(free, np.where(np.isfinite(value), value, np.nan), color=colour, label=label)
        found = np.array([trained(b, int(f)) for f in points])
        seen = found[:, 1] < 0.1 * found[:, 0]  # near a peak the mean of few says nothing
        axes.errorbar(points[seen], found[seen, 0], 2 * found[seen, 1], fmt="o", ms=3.5, color=colour, capsize=2)
        off = (found[:, 0] - risk(b, points)) / found[:, 1]
        print(f"b = {b}: distances in standard errors {np.round(off[seen], 1)}")
        if b:
            axes.axvline(N_SOURCE - b, color=colour, lw=0.9, ls=":")
    axes.axvline(N, color="black", lw=0.9, ls=":")
    axes.text(N + 1, 0.44, "f = n", fontsize="small")
    axes.text(N_SOURCE - 9, 0.44, "b + f = n$_S$", fontsize="small")
    axes.set(
        yscale="log", ylim=(0.4, 10), xlabel="weights fitted to the target  $f$", ylabel="excess risk on the target"
    )
    axes.set_title("One sweep, two peaks as soon as weights are copied", fontsize="medium")
    axes.legend(frameon=False, fontsize="small", loc="upper right")

    axes = panels[0, 1]
    blocks = np.arange(0, 41)[:, None]
    value = np.asarray(risk(blocks, free[None, :]), float)
    shown = np.log10(np.where(np.isfinite(value), value, 10))
    mesh = axes.pcolormesh(
        free, blocks[:, 0], shown, cmap="cividis", vmin=np.log10(0.5), vmax=np.log10(5), rasterized=True
    )
    bar = figure.colorbar(mesh, ax=axes, label="excess risk", ticks=np.log10([0.5, 0.7, 1, 2, 3, 5]), extend="max")
    bar.ax.set_yticklabels(["0.5", "0.7", "1", "2", "3", "5"])
    best = np.unravel_index(np.argmin(np.where(np.isfinite(value), value, np.inf)), value.shape)
    axes.plot(free[best[1]], best[0], "*", color="white", mec="black", ms=14)
    print(
        f"least risk {value[best]:.3f} at b = {best[0]}, f = {free[best[1]]}; without transfer {np.nanmin(value[0]):.3f}"
    )
    axes.set(xlabel="weights fitted to the target  $f$", ylabel="weights copied from the source  $b$")
    axes.set_title("Peaks at f = n and b + f = n$_S$; star: the best", fontsize="medium")
    told = f"n = {N}, n$_S$ = {N_SOURCE}, d = {DIM}, overlap {OVERLAP}, σ = σ$_S$ = {NOISE_STD}"
    figure.suptitle(f"Double double descent;  {told}", fontsize="medium")
    save_figure(figure, OUT, colours=128)
    print(f"wrote {OUT}")


if __name__ == "__main__":
    main()

"""Which learner has the least risk with a source at hand, and what that source is worth in target samples.

Run: python docs/examples/learner_map.py   (25 s; writes docs/figures/learner_map.png and learners_over_floor.png)

What to see in the map: with weights, ridge and scales at their best (left) a pool wins where the source points the target's
way, a stack, which can subtract what the source learnt, where it points the other way; there a pool gains nothing. In between
the best are as good as equal: within 4/d of each other, which the limit leaves open. WiSE-FT at its best weight, fine-tuning and
the equal pool are candidates too and win nowhere. With nothing tuned (middle) scratch wins most of the map; where a pool equals
it is the dashed line, which leaves the map near n + n_S = d, the pool's peak. (Left out there, for a map that can be read: a head
on the frozen source direction would win 12 % of the cells, replay of half the source 0.5 %.) Right: worth of the source to the
best learner of the left panel, dotted to one that reaches the floor.
In the second picture lines are formulas and points trained learners, with two standard errors; no learner gets below the floor.
"""

from pathlib import Path

import numpy as np
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.lines import Line2D

import lintransfer as lt
from lintransfer.plotting import LABELS, new_figure, save_figure
from lintransfer.theory.linear.proportional import tuned_ridge_risk
from lintransfer.theory.tasks.information_floor import transfer_floor
from lintransfer.theory.tasks.optimal_pooling import optimal_pooling_risk
from lintransfer.theory.tasks.pooling_boundaries import pooling_critical_distance
from lintransfer.theory.tasks.stacking import optimal_ridge_stack_risk
from lintransfer.theory.tasks.worth import effective_samples

FIGURES = Path(__file__).parent.parent / "figures"
DIM, NOISE_STD, N_SOURCE = 1000, 0.3, 500  # of the maps; ‖θ_S‖ = ‖θ_T‖ = 1, σ_S = σ
OVERLAPS, SIZES = np.linspace(-1, 1, 61), np.arange(20, 2000, 40)
WEAK, SCRATCH, POOL, STACK, TUNE = "#eeeeee", "#bbbbbb", "#56b4e9", "#e69f00", "#009e73"
BEST_POOL, BEST_STACK = lt.Pool("optimal", ridge="optimal"), lt.Stack(ridge="optimal")
RISKS = [  # of the second picture
    ("scratch, best ridge", lt.Scratch(ridge="optimal"), "#555555"),
    ("equal pool", lt.Pool(), "#0072b2"),
    ("best pool", BEST_POOL, POOL),
    ("fine-tune", lt.FineTune(), TUNE),
    ("stack, best ridges", BEST_STACK, STACK),
    ("best WiSE-FT", lt.WeightAverage(weight="optimal"), "#cc79a7"),
]  # fmt: skip
REPLICATES = 200


def problem(dim, overlap, n_source):
    return lt.TransferProblem.isotropic(dim, overlap, NOISE_STD, n_source=n_source, source_noise_std=NOISE_STD)


def draw_winners(axes, learners, baseline, colours, labels, same=False):
    """The winner in the colours of (tie, baseline, learners).  labels: text → place.  same: draw learners that are the same by
    construction as the first of them, not as a tie."""
    found = lt.phase_diagram(problem(DIM, 0.5, N_SOURCE), learners, SIZES, baseline=baseline, overlap=OVERLAPS).dataset
    winner = found.winner.where(~found.tie | (same & (found.margin == 0)), -1).transpose("n", "overlap").values
    axes.pcolormesh(
        OVERLAPS, SIZES / DIM, winner, cmap=ListedColormap(colours), vmin=-1, vmax=len(learners), rasterized=True
    )
    for text, place in labels.items():
        axes.text(*place, text, ha="center", va="center", bbox={"fc": "white", "ec": "none", "alpha": 0.7, "pad": 2})
    axes.set(xlabel=LABELS["overlap"], ylabel="target samples per dimension  $n/d$", xlim=(-1, 1), ylim=(0, 1.96))
    shares = {name: f"{np.mean(winner == i):.0%}" for i, name in enumerate(["tie", *found.contender.values], start=-1)}
    print("won:", ", ".join(f"{name} {share}" for name, share in shares.items()))


def draw_pooling_line(axes):
    """The overlap above which an equal pool beats scratch, both without ridge."""
    n = np.arange(1, SIZES[-1] + 20)
    distance = pooling_critical_distance(n, N_SOURCE, DIM, 1.0, NOISE_STD**2, NOISE_STD**2)
    overlap = 1 - np.where((distance > 0) & np.isfinite(distance), distance, np.nan) / 2
    axes.plot(np.where(overlap > -1, overlap, np.nan), n / DIM, "--", color="black", lw=1.6)
    axes.legend([Line2D([], [], color="black", ls="--", lw=1.6)], ["pool = scratch"], loc="upper left", framealpha=0.9)


def draw_worth(figure, axes):
    """Worth of the source to the best learner of the left panel, and to one that reaches the floor, in units of d."""
    n, noise = DIM // 2, NOISE_STD**2
    overlaps, shares = np.meshgrid(np.linspace(-1, 1, 81), np.linspace(0.01, 3, 70))
    ones, noises = np.ones_like(overlaps), np.full(2, noise)
    sizes = np.stack([shares * DIM, n * ones], axis=-1)
    gram = np.stack([np.stack([ones, overlaps], axis=-1), np.stack([overlaps, ones], axis=-1)], axis=-1)
    of_pool, of_stack = (f(sizes, DIM, gram, noises) for f in (optimal_pooling_risk, optimal_ridge_stack_risk))
    best = np.minimum(np.minimum(of_pool, of_stack), tuned_ridge_risk(n, DIM, 1.0, noise))
    floor = transfer_floor(n, shares * DIM, DIM, overlaps, noise_variance=noise, source_noise_variance=noise)
    learnt, possible = (effective_samples(risk, DIM, 1.0, noise) / DIM - n / DIM for risk in (best, floor))
    levels = [0, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 3]
    mesh = axes.contourf(
        overlaps, shares, learnt, levels, cmap="cividis", norm=BoundaryNorm(levels, 256), extend="both"
    )
    lines = axes.contour(overlaps, shares, possible, levels[1:-1], colors="white", linestyles=":", linewidths=1.4)
    axes.clabel(lines, fontsize="x-small", fmt="%g")
    figure.colorbar(mesh, ax=axes, label="worth in target samples, per dimension", format="%g")
    axes.set(xlabel=LABELS["overlap"], ylabel="source samples per dimension  $n_S/d$")
    axes.set_title(
        f"What the source is worth\nat $n$ = {n / DIM:g} d; dotted: what the Bayes floor allows", fontsize="medium"
    )
    for place in (0.5, 2.5):
        at = np.argmin(np.abs(shares[:, 0] - place)), np.argmin(np.abs(overlaps[0] - 0.8))
        print(f"worth at overlap 0.8, n_S = {place} d: {learnt[at]:.3f} d, at most {possible[at]:.3f} d")


def maps():
    figure, panels = new_figure(1, 3, figsize=(12.0, 4.3))
    left, middle, right = panels[0]
    tuned = [BEST_POOL, BEST_STACK, lt.WeightAverage(weight="optimal"), lt.FineTune(), lt.Pool()]
    colours = [WEAK, SCRATCH, POOL, STACK, "#cc79a7", TUNE, "#0072b2"]
    labels = {"STACK\n(best ridges\nand scales)": (-0.63, 1.0), "BEST\nPOOL": (0.74, 1.0), "TIE": (0.15, 1.75)}
    draw_winners(left, tuned, lt.Scratch(ridge="optimal"), colours, labels)
    left.axvline(0, color="black", lw=1.2, ls="--")
    left.text(-0.03, 0.1, "pool = scratch up to here", rotation=90, ha="right", va="bottom", fontsize="small")
    left.set_title("Everything tuned:\nit matters which way the source points", fontsize="medium")
    labels = {
        "SCRATCH": (-0.35, 0.45),
        "SCRATCH\n(fine-tuning is the same)": (-0.2, 1.45),
        "FINE-\nTUNE": (0.78, 0.5),
        "EQUAL\nPOOL": (0.8, 1.04),
    }
    draw_winners(middle, [lt.Pool(), lt.FineTune()], lt.Scratch(), [WEAK, SCRATCH, "#0072b2", TUNE], labels, True)
    draw_pooling_line(middle)
    middle.set_title("Nothing tuned:\npool or fine-tune only from a close source", fontsize="medium")
    draw_worth(figure, right)
    told = f"d = {DIM}, n$_S$ = {N_SOURCE} (left and middle), σ = σ$_S$ = {NOISE_STD}, ‖θ‖ = 1, Σ = I"
    figure.suptitle(f"Learner of least risk;  {told}", fontsize="medium")
    save_figure(figure, FIGURES / "learner_map.png", colours=128)


def over_floor():
    dim, overlap, n_source = 60, 0.8, 90
    figure, panels = new_figure(figsize=(6.4, 5.2))
    axes, world = panels[0, 0], problem(dim, overlap, n_source)
    lines, points = np.arange(1, 151), np.array([6, 15, 30, 45, 58, 75, 100, 140])
    floor = lt.bayes_floor(world, lines).value
    axes.fill_between(lines, floor, 1e-3, color="#dddddd", lw=0, label="below the Bayes floor")
    for name, learner, colour in RISKS:
        risk = np.asarray(lt.risk(world, learner, lines).value, float)
        axes.plot(lines, np.where(np.isfinite(risk), risk, np.nan), color=colour, label=name)
        found = lt.risk(world, learner, points, method="designs", replicates=REPLICATES)
        seen = found.std_err < 0.2 * found.value  # near an infinite mean the sample mean says nothing
        axes.errorbar(
            points[seen], found.value[seen], 2 * found.std_err[seen],
            fmt="o", ms=3.5, color=colour, mec="black", mew=0.4, capsize=2,
        )  # fmt: skip
        exact = lt.risk(world, learner, points)
        off = (found.value - exact.value) / found.std_err
        least = float(np.min(found.value / lt.bayes_floor(world, points).value))
        print(f"{name} [{exact.method}]: distances in standard errors {np.round(off, 1)}, least over floor {least:.3f}")
    axes.axvline(dim, color="black", lw=0.8, ls=":")
    axes.text(dim + 1.5, 0.9, "n = d", fontsize="small")
    told = f"d = {dim}, overlap {overlap}, n$_S$ = {n_source}, σ = σ$_S$ = {NOISE_STD}, ‖θ‖ = 1"
    axes.set(yscale="log", ylim=(0.05, 1.1), xlim=(0, 150), xlabel=LABELS["n"], ylabel="excess risk on the target")
    axes.set_title(f"Learners above the floor for those who know overlap, norms, noises\n{told}; "
                   f"points: {REPLICATES} training sets, seed 0, ±2 s.e.", fontsize="small")  # fmt: skip
    figure.legend(loc="outside lower center", frameon=False, fontsize="small", ncols=3)
    save_figure(figure, FIGURES / "learners_over_floor.png", colours=128)


if __name__ == "__main__":
    maps()
    over_floor()
    print(f"wrote {FIGURES / 'learner_map.png'} and learners_over_floor.png")

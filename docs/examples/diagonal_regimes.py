"""Which start of a diagonal network transfers: one for each way in which two tasks may be related.

Run: python docs/examples/diagonal_regimes.py [FOLDER]   (writes FOLDER/diagonal_regimes.png, by default into docs/figures)

Fine-tuning after pretraining, d = 400, n = 100, no noise; risk relative to the minimum-norm interpolator's, against the scale a
of the start, for several shares of the first layer in it (λ = balance). Lines are formulas in the limit d → ∞, circles
networks trained weight by weight with two standard errors, all on the same 24 training sets, so that they are off together.

What to see. Left: the regime nearest to what a weight of one costs that both tasks use; to the right everything is lazy
and blind, to the left λ alone decides. Then the tasks. Nested (30 of the 200 source weights): reuse and sparsity are both
needed, and λ = −0.99 wins, at the border of rich and rich with reuse. New (25 weights that the source has not): what was
pretrained misleads, the more it is reused the smaller the start, and no reuse wins. Shared (the same 80 weights, too many to
be found as sparse): lazy with reuse goes to zero, and a rich start without reuse ends above the minimum norm.
"""

import os
import sys
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap

import lintransfer as lt
from lintransfer.theory.diagonal_linear.pretraining import fine_tuning_scale
from lintransfer.theory.diagonal_linear.regimes import REGIMES, cost_order, pretraining_dependence, regime

FIGURES = Path(__file__).parent.parent / "figures"
DIM, SIZE, DRAWS = 400, 100, 24
SCALES, TRAINED = np.logspace(-6, 2, 33), np.array([1e-3, 1e-2, 1e-1, 1.0, 10.0])
TASKS = {"nested": (range(200), range(30)), "new": (range(60), range(60, 85)), "shared": (range(80), range(80))}
LINES = {-1.0: ("#d55e00", "no reuse"), -0.99: ("#e69f00", ""), -0.9: ("#009e73", ""), 0.0: ("#0072b2", "")}
SHADES = {"rich": "#f2c4a8", "rich with reuse": "#f8e3a3", "lazy with reuse": "#a9cfe8", "lazy": "#dddddd"}


def problem(task):
    source, target = np.zeros(DIM), np.zeros(DIM)
    signs = np.random.default_rng(0).choice([-1.0, 1.0], (2, DIM))
    for weights, places, sign in zip((source, target), TASKS[task], signs, strict=True):
        weights[list(places)] = sign[list(places)]
    return lt.TransferProblem.from_teachers(source, target)


def regime_map(axes):
    """The nearest regime of a weight of one, in both tasks, over the scale and 1 + λ."""
    scale, share = np.meshgrid(np.logspace(-6, 2, 161), np.logspace(-4, np.log10(2), 121))
    root = fine_tuning_scale(1.0, scale, share - 1)
    names = regime(cost_order(1.0, root), pretraining_dependence(1.0, 1.0, scale, share - 1))
    order = list(REGIMES)
    numbers = np.vectorize(order.index)(names)
    axes.pcolormesh(scale, share, numbers, cmap=ListedColormap([SHADES[n] for n in order]), vmin=-0.5, vmax=3.5)
    for number, name in enumerate(order):
        inside = numbers == number
        if inside.any():
            x, y = np.exp(np.mean(np.log(scale[inside]))), np.exp(np.mean(np.log(share[inside])))
            axes.text(x, y, name, ha="center", va="bottom", fontsize="small")
    for balance, (colour, _) in LINES.items():
        if balance > -1:
            axes.axhline(1 + balance, color=colour, lw=1.5)
    axes.set(xscale="log", yscale="log", xlabel="scale of the start  $a$", ylabel="$1 + \\lambda$", title="regimes")


def curves(axes, task):
    world = problem(task)
    unit = (1 - SIZE / DIM) * float(np.sum(np.asarray(world.vectors.target) ** 2))
    for balance, (colour, note) in LINES.items():
        who = [lt.FineTune(lt.DiagonalLinear(scale=a, balance=balance)) for a in SCALES]
        risks = [float(lt.risk(world, one, SIZE)) / unit for one in who]
        label = f"$\\lambda$ = {balance:g}" + (f" ({note})" if note else "")
        axes.plot(SCALES, risks, color=colour, label=label)
        best = int(np.argmin(risks))
        print(f"{task:7s} λ = {balance:5.2f}: least {risks[best]:.4f} at a = {SCALES[best]:.1e}", flush=True)
        for a in TRAINED:
            learner = lt.FineTune(lt.DiagonalLinear(scale=float(a), balance=balance))
            drawn = lt.risk(world, learner, SIZE, method="simulate", replicates=DRAWS)
            axes.errorbar(a, float(drawn.value) / unit, 2 * float(drawn.std_err) / unit, fmt="o", ms=4, color=colour)
    axes.axhline(1, color="black", lw=0.8, ls=":")
    axes.set(xscale="log", xlabel="scale of the start  $a$", title=f"{task} task", ylim=(0, None))


def main(folder):
    figure, places = plt.subplots(1, 4, figsize=(17, 4.2), layout="constrained")
    regime_map(places[0])
    for axes, task in zip(places[1:], TASKS, strict=True):
        curves(axes, task)
    places[1].set_ylabel("risk / risk of the minimum-norm interpolator")
    places[2].legend(fontsize="small")
    figure.suptitle(f"d = {DIM}, n = {SIZE}, σ = 0; circles: trained, ±2 s.e.", fontsize="medium")
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / "diagonal_regimes.png", dpi=110)
    print(folder / "diagonal_regimes.png")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else FIGURES)

"""Which task last, and whether to train on both at once: the order of two tasks, and joint against sequential training.

Run: python docs/examples/order_of_tasks.py   (10 s; writes docs/figures/order_of_tasks.png)

Two tasks of one teacher, inputs of variance 1 and 2. What to see: with SGD at a finite step (left) the larger variance last
leaves the larger error; trained to convergence on few samples (middle) it leaves the smaller one. Which order forgets more is no
property of the tasks. Right, two teachers without noise, min-norm: joint training has the smaller risk, summed over both, to the
right of c = 2d/(3d−N−1); beside it, what trained pairs decide at 3 standard errors.
Lines are exact; points are means over trained runs with 2 standard errors, seed 0.
"""

from pathlib import Path

import numpy as np

from lintransfer.plotting import LABELS, new_figure, save_figure
from lintransfer.simulate.tasks.training import World, sequence_risks
from lintransfer.theory.tasks.joint_training import joint_boundary_overlap, joint_minus_sequential
from lintransfer.theory.tasks.sequences import order_gap
from lintransfer.theory.tasks.sgd_sequences import sgd_order_gap, sgd_risks

OUT = Path(__file__).parent.parent / "figures" / "order_of_tasks.png"
BLUE, RED, GREY = "#0072b2", "#d55e00", "#777777"
LEVELS, NAMES = (1.0, 2.0), ("larger variance last", "smaller variance last")
STEPS, BATCH, RUNS = 20, 2, 200_000  # SGD: d = 1, σ = 1, w0 = θ
DIM, NOISE_STD, SETS = 40, 1.0, 400  # min-norm: ‖θ‖ = 1, w0 = 0
JOINT_DIM, PAIRS = 60, 200


def sgd(rng, order, step):
    """w − θ after single-pass SGD, every step on a fresh batch, of many runs in one dimension."""
    w = np.zeros(RUNS)
    for level in order:
        for _ in range(STEPS):
            x = np.sqrt(level) * rng.standard_normal((BATCH, RUNS))
            w -= step * np.mean(x * (x * w - rng.standard_normal((BATCH, RUNS))), axis=0)
    return w * w


def draw_sgd(axes):
    sizes, points = np.linspace(0.01, 0.4, 100), np.array([0.05, 0.15, 0.25, 0.35])
    for order, name, colour in ((LEVELS, NAMES[0], RED), (LEVELS[::-1], NAMES[1], BLUE)):
        levels = np.array(order)[:, None]
        risk = sgd_risks([STEPS, STEPS], levels, np.zeros((2, 1)), [1.0, 1.0], sizes, BATCH, at=(2, 0)) / order[0]
        axes.plot(sizes, risk, color=colour, label=name)
        samples = [sgd(np.random.default_rng(0), order, float(s)) for s in points]
        mean, error = np.mean(samples, axis=1), np.std(samples, axis=1) / np.sqrt(RUNS)
        axes.errorbar(points, mean, 2 * error, fmt="o", ms=3.5, color=colour, capsize=2)
    gap = sgd_order_gap(STEPS, *LEVELS, 1.0, points, BATCH)
    print(f"SGD, larger last minus smaller last at steps {points}: {np.round(gap, 4)}")
    axes.set(xlabel="step size  $η$", ylabel="$E(w−θ)^2$ after both tasks")
    axes.set_title(
        f"SGD: the larger variance last is worse\n{STEPS} steps each, batch {BATCH}, d = 1, σ = 1", fontsize="medium"
    )
    axes.legend(frameon=False, fontsize="small")


def draw_min_norm(axes):
    sizes, points = np.arange(1, 33), np.array([4, 10, 16, 22, 28])
    noise = NOISE_STD**2
    for order, name, colour in ((LEVELS, NAMES[0], RED), (LEVELS[::-1], NAMES[1], BLUE)):
        left = 1 - sizes / DIM
        scatter = [noise * sizes / (DIM - sizes - 1) / level for level in order]
        axes.plot(sizes, left * (left + scatter[0]) + scatter[1], color=colour, label=name)
        found = []
        for n in points:
            world = World(np.eye(2, DIM)[[0, 0]], (n, n), (NOISE_STD,) * 2, [np.full(DIM, level) for level in order])
            samples = sequence_risks(np.random.default_rng(0), SETS, world)[:, 2, 0] / order[0]
            found.append((samples.mean(), samples.std(ddof=1) / np.sqrt(SETS)))
        mean, error = np.array(found).T
        axes.errorbar(points, mean, 2 * error, fmt="o", ms=3.5, color=colour, capsize=2)
    gap = order_gap(points, points, DIM, *LEVELS, noise, noise)
    print(f"min-norm, larger last minus smaller last at n = {points}: {np.round(gap, 4)}")
    axes.set(xlabel="samples of each task  $n$", ylabel="$E‖w−θ‖^2$ after both tasks")
    axes.set_title(f"To convergence: it is better\nmin-norm, d = {DIM}, σ = {NOISE_STD:g}, ‖θ‖ = 1", fontsize="medium")
    axes.legend(frameon=False, fontsize="small")


def draw_joint(figure, axes):
    """Unit teachers, n_S = n, σ = 0."""
    overlaps, sizes = np.linspace(0, 1, 101), np.arange(2, JOINT_DIM - 7, 2)
    half, distance = sizes[:, None] / 2, 2 - 2 * overlaps
    gain = -np.asarray(joint_minus_sequential(half, half, JOINT_DIM, 1.0, 1.0, distance, 0.0, 0.0))
    mesh = axes.pcolormesh(
        overlaps, sizes / JOINT_DIM, np.clip(gain, -0.2, 0.2), cmap="RdBu", vmin=-0.2, vmax=0.2, rasterized=True
    )
    figure.colorbar(mesh, ax=axes, label="sequential minus joint, both risks summed", extend="both")
    axes.plot(joint_boundary_overlap(sizes, JOINT_DIM), sizes / JOINT_DIM, color="black", lw=1.6, label="exact")
    gammas = np.linspace(0, 1, 50)
    axes.plot(2 / (3 - gammas), gammas, "--", color="black", lw=1.2, label="$c = 2/(3−γ)$")
    wrong = 0
    for n in (6, 14, 22):
        for overlap in (0.1, 0.3, 0.5, 0.65, 0.8, 0.95):
            teachers = np.eye(2, JOINT_DIM)
            teachers[1] = overlap * teachers[0] + np.sqrt(1 - overlap**2) * teachers[1]
            world = World(teachers, (n, n), (0.0, 0.0))
            apart, both = (
                sequence_risks(np.random.default_rng(0), PAIRS, world, joint=joint)[:, 2].sum(axis=1)
                for joint in (False, True)
            )
            lead, error = np.mean(apart - both), np.std(apart - both, ddof=1) / np.sqrt(PAIRS)
            sign = 0 if abs(lead) < 3 * error else int(np.sign(lead))
            wrong += sign * (overlap - float(joint_boundary_overlap(2 * n, JOINT_DIM))) < 0
            axes.plot(overlap, 2 * n / JOINT_DIM, **MARKS[sign])
    print(f"joint against sequential: {wrong} trained cells on the wrong side of the line")
    for sign, label in ((1, "trained: joint"), (-1, "trained: sequential"), (0, "undecided")):
        axes.plot([], [], label=label, **MARKS[sign])
    axes.set(xlabel=LABELS["overlap"], ylabel="$γ = N/d$, both tasks together", xlim=(0, 1), ylim=(0, 1.08))
    axes.set_title(
        f"Joint wins where teachers are close\nmin-norm, d = {JOINT_DIM}, n = n$_S$ = N/2, σ = 0", fontsize="medium"
    )
    axes.legend(fontsize="small", loc="upper left", frameon=False, ncols=2)


MARKS = {
    1: {"marker": "^", "ls": "", "mfc": "white", "mec": "black", "ms": 6},
    -1: {"marker": "v", "ls": "", "mfc": "black", "mec": "black", "ms": 6},
    0: {"marker": "o", "ls": "", "mfc": "none", "mec": "black", "ms": 6},
}


def main():
    figure, panels = new_figure(1, 3, figsize=(14.0, 4.5))
    draw_sgd(panels[0, 0])
    draw_min_norm(panels[0, 1])
    draw_joint(figure, panels[0, 2])
    told = f"points: {RUNS}, {SETS} and {PAIRS} trained, seed 0, ±2 s.e. (right: decided at 3)"
    figure.suptitle(f"The order of two tasks, and both at once;  {told}", fontsize="medium")
    save_figure(figure, OUT, colours=128)
    print(f"wrote {OUT}")


if __name__ == "__main__":
    main()

"""The inner gradient step of meta-learning: the best one in training is negative, the best one at test time positive.

Run: python docs/examples/meta_training_step.py   (10 s; writes docs/figures/meta_training_step.png)

Tasks scatter about w*; in training the start w is fitted so that w − (a/n_t)Xᵀ(Xw − y) does well on each of them. What to see:
the error of the start (left) has its minimum at a negative step (star) and its maximum at a positive one (cross). Right, a new
task after one step: with the same a in both places (red) the two wishes collide; a step of its own for each (blue, from the start
that the star gives) is better. Lines are the limit of large d (at d = 40 up to 4 % off, for n_t = d), points are trained: means
of 600 with 2 standard errors, seed 0.
"""

from pathlib import Path

import numpy as np

from lintransfer.plotting import new_figure, save_figure
from lintransfer.simulate.end_to_end import least_squares
from lintransfer.theory.tasks.meta_learning import (
    adapted_risk,
    best_inner_step,
    best_training_step,
    meta_min_norm_risk,
    worst_training_step,
)

OUT = Path(__file__).parent.parent / "figures" / "meta_training_step.png"
DIM, TASKS, N_INNER, ENERGY, REPLICATES = 40, 24, 10, 1.0, 600  # one outer sample a task, so N = TASKS; ‖w*‖² = 1
SPREAD, NOISE = 0.1, 0.2  # ν², σ²
CURVES = ((5, "#009e73"), (10, "#0072b2"), (40, "#e69f00"))  # n_t
RED, BLUE = "#d55e00", "#0072b2"


def trained(n_inner, steps):
    """Squared error of the fitted start and risk of a new task after the same step, (2, steps, replicates)."""
    rng, found = np.random.default_rng([0, n_inner]), np.empty((2, len(steps), REPLICATES))
    common = np.eye(DIM)[0] * np.sqrt(ENERGY)
    for run in range(REPLICATES):
        teachers = common + np.sqrt(SPREAD / DIM) * rng.standard_normal((TASKS + 1, DIM))
        inner = rng.standard_normal((TASKS + 1, n_inner, DIM))
        labels = np.einsum("tnd,td->tn", inner, teachers) + np.sqrt(NOISE) * rng.standard_normal((TASKS + 1, n_inner))
        outer = rng.standard_normal((TASKS, DIM))
        answers = np.einsum("td,td->t", outer, teachers[:-1]) + np.sqrt(NOISE) * rng.standard_normal(TASKS)
        seen = np.einsum("tnd,td->tn", inner[:-1], outer)
        pull, told = np.einsum("tn,tnd->td", seen, inner[:-1]), np.sum(seen * labels[:-1], axis=1)
        new, fresh = inner[-1], labels[-1]
        for place, a in enumerate(steps):
            start = least_squares(outer - a / n_inner * pull, (answers - a / n_inner * told)[:, None])[:, 0]
            moved = start - a / n_inner * new.T @ (new @ start - fresh)
            found[:, place, run] = np.sum((start - common) ** 2), np.sum((moved - teachers[-1]) ** 2)
    return found


def points(axes, x, samples, colour):
    error = samples.std(axis=-1, ddof=1) / np.sqrt(samples.shape[-1])
    axes.errorbar(x, samples.mean(axis=-1), 2 * error, fmt="o", ms=3.5, color=colour, capsize=2)


def start_error(step, n_inner):
    return meta_min_norm_risk(TASKS, n_inner, DIM, step, ENERGY, SPREAD, NOISE)


def main():
    figure, panels = new_figure(1, 2, figsize=(10.5, 4.5))
    left, right = panels[0]
    steps, chosen = np.linspace(-2, 2, 401), np.array([-1.8, -1.2, -0.6, -0.3, -0.1, 0.1, 0.25, 0.4, 0.7, 1.1, 1.8])
    for n_inner, colour in CURVES:
        left.plot(steps, start_error(steps, n_inner), color=colour, label=f"$n_t$ = {n_inner}")
        best, worst = float(best_training_step(n_inner, DIM)), float(worst_training_step(n_inner, DIM))
        left.plot(best, start_error(best, n_inner), "*", color=colour, ms=14, mec="black", mew=0.6, zorder=5)
        left.plot(worst, start_error(worst, n_inner), "X", color=colour, ms=8, mec="black", mew=0.6, zorder=5)
        samples = trained(n_inner, chosen)
        points(left, chosen, samples[0], colour)
        off = samples[0].mean(axis=-1) / start_error(chosen, n_inner) - 1
        told = ", ".join(
            f"{name} {a:+.3f} ({start_error(a, n_inner):.3f})" for name, a in (("best", best), ("worst", worst))
        )
        print(f"n_t = {n_inner}: training step {told}; trained against limit {np.round(100 * off, 1)} %")
        if n_inner == N_INNER:
            points(right, chosen, samples[1], RED)
    left.plot([], [], "*", color="black", ms=9, label="best")
    left.plot([], [], "X", color="black", ms=6, label="worst")
    left.axvline(0, color="black", lw=0.8)
    left.set(xlabel="inner step in training  $a$", ylabel="error of the start  $E‖w−w^*‖^2$")
    left.set_title(f"Training: the best step is negative\nN = {TASKS} tasks of one outer sample", fontsize="medium")
    left.legend(frameon=False, fontsize="small")

    tied = adapted_risk(steps, N_INNER, DIM, start_error(steps, N_INNER) + SPREAD, NOISE)
    right.plot(steps, tied, color=RED, label="same step in training and at test")
    energy = float(start_error(best_training_step(N_INNER, DIM), N_INNER)) + SPREAD
    right.plot(
        steps, adapted_risk(steps, N_INNER, DIM, energy, NOISE), color=BLUE, label="trained at its own best step"
    )
    at = float(best_inner_step(N_INNER, DIM, energy, NOISE))
    least = float(adapted_risk(at, N_INNER, DIM, energy, NOISE))
    right.plot(at, least, "*", color=BLUE, ms=14, mec="black", mew=0.6)
    print(
        f"test, n_t = {N_INNER}: best step {at:+.3f} ({least:.4f}); tied: {steps[np.argmin(tied)]:+.2f} ({tied.min():.4f})"
    )
    right.axvline(0, color="black", lw=0.8)
    right.set(
        xlabel="inner step at test  $a$", ylabel="risk on a new task after one step", xlim=(-0.5, 0.7), ylim=(0, 2.2)
    )
    right.set_title(f"Test: the best step is positive\n$n_t$ = {N_INNER}", fontsize="medium")
    right.legend(frameon=False, fontsize="small", loc="lower center")
    told = f"d = {DIM}, ‖w*‖ = 1, ν² = {SPREAD}, σ² = {NOISE}"
    figure.suptitle(
        f"Meta-learning with one inner step;  {told};  points: {REPLICATES} trained, seed 0, ±2 s.e.", fontsize="medium"
    )
    save_figure(figure, OUT, colours=128)
    print(f"wrote {OUT}")


if __name__ == "__main__":
    main()

"""Fine-tuning with replay: what rows of the source, seen again beside the target's, do to the risks on both tasks.

Run: python docs/examples/replay.py   (10 s; writes docs/figures/replay.png)

The source fit goes on to interpolate the target's n rows and m of its own n_S. What to see, without any noise: where the
teachers are close (0.95) replay lowers both risks; further apart it raises both. It does not even protect the source: at
overlap 0.8 fine-tuning alone ends with less risk on the source than before (dotted), with all rows replayed with more.
Lines are exact; points are trained: means of 100 with 2 standard errors, seed 0.
"""

from pathlib import Path

import numpy as np

from lintransfer.plotting import new_figure, save_figure
from lintransfer.simulate.end_to_end import least_squares
from lintransfer.theory.tasks.replay import replay_risk

OUT = Path(__file__).parent.parent / "figures" / "replay.png"
DIM, N_SOURCE, N, REPLICATES = 200, 100, 50, 100  # ‖θ_S‖ = ‖θ_T‖ = 1, σ = σ_S = 0
CURVES = ((0.95, "#009e73"), (0.8, "#0072b2"), (0.6, "#e69f00"), (0.3, "#d55e00"))


def trained(overlap, kept):
    """Mean target and source risk and their standard errors, (2, 2), for every number of rows kept."""
    rng = np.random.default_rng(0)
    source, target = np.eye(2, DIM)
    target = overlap * source + np.sqrt(1 - overlap**2) * target
    old, new = rng.standard_normal((REPLICATES, N_SOURCE, DIM)), rng.standard_normal((REPLICATES, N, DIM))
    labels, fresh = (old @ source)[..., None], (new @ target)[..., None]
    start, found = least_squares(old, labels), []
    for m in kept:
        design, both = np.concatenate([old[:, :m], new], axis=1), np.concatenate([labels[:, :m], fresh], axis=1)
        weights = least_squares(design, both, start)[..., 0]
        risks = [np.sum((weights - teacher) ** 2, axis=1) for teacher in (target, source)]
        found.append([(r.mean(), r.std(ddof=1) / np.sqrt(REPLICATES)) for r in risks])
    return np.array(found)


def main():
    figure, panels = new_figure(1, 2, figsize=(10.0, 4.4))
    kept, points = np.arange(N_SOURCE + 1), np.array([0, 20, 40, 60, 80, 100])
    for overlap, colour in CURVES:
        lines = replay_risk(N, N_SOURCE, kept, DIM, 1.0, 1.0, 2 - 2 * overlap, 0.0, 0.0)
        found = trained(overlap, points)
        for task, (axes, line) in enumerate(zip(panels[0], lines, strict=True)):
            axes.plot(kept / N_SOURCE, line, color=colour, label=f"overlap {overlap}")
            mean, error = found[:, task].T
            axes.errorbar(points / N_SOURCE, mean, 2 * error, fmt="o", ms=3.5, color=colour, capsize=2)
        told = (f"{line[0]:.3f} at m = 0, {line[-1]:.3f} at m = {N_SOURCE}" for line in lines)
        print(f"overlap {overlap}: risk on the target, on the source: {'; '.join(told)}")
    before = 1 - N_SOURCE / DIM
    panels[0, 1].axhline(before, color="black", lw=1, ls=":", label="before fine-tuning")
    panels[0, 0].set(ylabel="excess risk on the target", title="Target: replay helps only where teachers are close")
    panels[0, 1].set(ylabel="excess risk on the source", title="Source: replay can forget more than no replay")
    for axes in panels[0]:
        axes.set(xlabel="share of the source's rows replayed  $m/n_S$", ylim=(0, None))
    panels[0, 1].legend(frameon=False, fontsize="small")
    told = f"d = {DIM}, n$_S$ = {N_SOURCE}, n = {N}, no noise, ‖θ‖ = 1"
    figure.suptitle(f"{told};  points: {REPLICATES} trained, seed 0, ±2 s.e.", fontsize="medium")
    save_figure(figure, OUT, colours=128)
    print(f"wrote {OUT}")


if __name__ == "__main__":
    main()

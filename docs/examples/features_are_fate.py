"""Features are Fate, Figs. 1 and 2: transferability over the angle of the teachers and γ = n/d, exact and simulated.

Run: python docs/examples/features_are_fate.py   (writes docs/figures/features_are_fate.png)

d = 500, 20 instances per simulated point, σ = 0 and σ = 0.2, the source known or fitted on n_S = 250 or 750 samples with
label noise 0.2. The published error bars are standard deviations; here they are two standard errors.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import lintransfer as lt
from lintransfer.plotting import draw_sign_change

OUT = Path(__file__).parent.parent / "figures" / "features_are_fate.png"
DIM, REPLICATES = 500, 20
ANGLES = np.linspace(0, np.pi / 2, 91)
LINE = np.arange(5, 1001, 5)
POINTS = np.setdiff1d(np.arange(50, 1001, 50), [DIM])  # at n = d the mean is infinite
CUTS = {"π/8": np.pi / 8, "π/4": np.pi / 4, "3π/8": 3 * np.pi / 8}
COLOURS = ("#0072b2", "#d55e00", "#009e73")


def world(angle, noise_std, n_source):
    source_noise = 0.0 if n_source is None else 0.2
    return lt.TransferProblem.isotropic(
        DIM, np.cos(angle), noise_std=noise_std, n_source=n_source, source_noise_std=source_noise
    )


def draw_map(axes, learner, noise_std, n_source):
    t = np.array([lt.transferability(world(a, noise_std, n_source), learner, LINE).value for a in ANGLES]).T
    shown = np.clip(t, -1, 1)
    mesh = axes.pcolormesh(ANGLES, LINE / DIM, shown, cmap="RdBu", vmin=-1, vmax=1, rasterized=True)
    draw_sign_change(axes, ANGLES, LINE / DIM, t)
    axes.set(xlabel="angle of the teachers", ylabel="$\\gamma = n/d$")
    axes.set_xticks([0, np.pi / 4, np.pi / 2], ["0", "π/4", "π/2"])
    return mesh


def draw_cuts(axes, learner, noise_std, n_source):
    for (name, angle), colour in zip(CUTS.items(), COLOURS, strict=True):
        p = world(angle, noise_std, n_source)
        axes.plot(LINE / DIM, np.clip(lt.transferability(p, learner, LINE).value, -3, 3), color=colour, label=name)
        points = lt.transferability(p, learner, POINTS, method="simulate", key=1, replicates=REPLICATES)
        axes.errorbar(POINTS / DIM, points.value, 2 * points.std_err, fmt="o", ms=3, color=colour, capsize=2)
    axes.axhline(0, color="black", lw=0.8)
    axes.set(xlabel="$\\gamma = n/d$", ylim=(-1, 1), ylabel="transferability  $T$")
    axes.legend(title="angle", fontsize="x-small", title_fontsize="x-small")


def main():
    columns = [("known source, σ = 0", 0.0, None), ("known source, σ = 0.2", 0.2, None)]
    columns += [("n_S = 250, σ = σ_S = 0.2", 0.2, 250), ("n_S = 750, σ = σ_S = 0.2", 0.2, 750)]
    learners = {"linear transfer": lt.LinearTransfer(), "fine-tuning (L = 1)": lt.FineTune()}
    figure, panels = plt.subplots(4, len(columns), figsize=(4.2 * len(columns), 13.5), layout="constrained")
    for j, (title, noise_std, n_source) in enumerate(columns):
        for i, (name, learner) in enumerate(learners.items()):
            mesh = draw_map(panels[2 * i, j], learner, noise_std, n_source)
            panels[2 * i, j].set_title(f"{name}: {title}", fontsize="medium")
            draw_cuts(panels[2 * i + 1, j], learner, noise_std, n_source)
    figure.colorbar(mesh, ax=panels[[0, 2]], label="transferability, clipped", location="right", aspect=40)
    figure.savefig(OUT, dpi=110)
    print(OUT)


if __name__ == "__main__":
    main()

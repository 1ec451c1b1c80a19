"""Why distances between distributions do not predict transfer.

Run: python docs/examples/distances.py   (writes docs/figures/distances.png)

The distance of the two tasks (Kullback–Leibler, Hellinger, Wasserstein, Dudley) is one number per problem: it does not know
how many target samples there are. The sign of transfer does.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import lintransfer as lt
from lintransfer.theory.tasks import distances

OUT = Path(__file__).parent.parent / "figures" / "distances.png"
DIM, NOISE_STD = 500, 0.2
N = np.arange(1, 1201)
COLOURS = ("#0072b2", "#e69f00", "#009e73", "#cc79a7")


def main():
    figure, (curves, together) = plt.subplots(1, 2, figsize=(12, 4.6), layout="constrained")
    for overlap, colour in zip((0.5, 0.7, 0.9), COLOURS, strict=False):
        problem = lt.TransferProblem.isotropic(DIM, overlap, noise_std=NOISE_STD)
        t = lt.transferability(problem, lt.LinearTransfer(), N).value
        kl = distances.kl_divergence(problem.displacement_energy, NOISE_STD**2)
        curves.plot(N, np.clip(t, -2, 2), color=colour, label=f"overlap {overlap}, KL = {kl:.2f}")
        signs = np.sign(t[np.abs(t) > 1e-12])
        print(f"overlap {overlap}: KL {kl:.3f}, sign of T changes {int(np.sum(signs[1:] != signs[:-1]))} times in n")
    curves.axhline(0, color="black", lw=0.8)
    curves.set(xlabel="target samples  $n$", ylabel="transferability of linear transfer  $T$", ylim=(-1, 1))
    curves.set_xlim(1, N[-1])
    curves.set_title("one distance, both signs")
    curves.legend(fontsize="small")

    overlaps = np.linspace(0, 1, 200)
    energy = 2 * (1 - overlaps)
    measures = {
        "KL / its maximum": distances.kl_divergence(energy, NOISE_STD**2),
        "squared Hellinger": distances.squared_hellinger_distance(energy, NOISE_STD**2),
        "Wasserstein bound / its maximum": distances.wasserstein_bound(energy),
    }
    for (name, value), colour in zip(measures.items(), COLOURS, strict=False):
        scaled = value / value[0] if "maximum" in name else value
        together.plot(overlaps, scaled, color=colour, label=name)
    for n, style in ((50, "-"), (250, "--"), (450, ":"), (700, "-.")):
        worlds = [lt.TransferProblem.isotropic(DIM, c, noise_std=NOISE_STD) for c in overlaps]
        t = [float(lt.transferability(world, lt.LinearTransfer(), n)) for world in worlds]
        together.plot(overlaps, t, color="black", ls=style, lw=1.2, label=f"T at n = {n}")
    together.axhline(0, color="black", lw=0.8)
    together.set(
        xlabel="overlap  $c$", ylim=(-1, 1.05), xlim=(0, 1), title="distances fall with overlap; T depends on n"
    )
    together.legend(fontsize="x-small", ncols=2)
    figure.savefig(OUT, dpi=130)
    print(OUT)


if __name__ == "__main__":
    main()

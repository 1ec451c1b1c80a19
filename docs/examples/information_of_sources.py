"""What source and target data tell about the target's teacher, in nats, and the risk that no learner gets below.

Run: python docs/examples/information_of_sources.py   (5 s; writes docs/figures/information_of_sources.png)

Teachers are drawn with correlation c. What to see: what the source tells (left) levels off at ½ln(1/(1 − c²)) nats a dimension,
however large it is; and what the target's own data add becomes less, since part of it is known by then. So the floor (right)
falls from that of the target alone (dotted) to that of a source whose teacher is known (dashed), and not to 0. Lines are the
limit of large d, points are finite d, exact Bayesian algebra on drawn designs: means of 60 with 2 standard errors, seed 0.
"""

from pathlib import Path

import numpy as np

from lintransfer.plotting import new_figure, save_figure
from lintransfer.theory.tasks.information_floor import transfer_floor, transfer_information

OUT = Path(__file__).parent.parent / "figures" / "information_of_sources.png"
DIM, N, OVERLAP, NOISE_STD, DESIGNS = 60, 30, 0.8, 0.5, 60  # teachers of variance 1/d a coordinate, σ_S = σ
OVERLAPS = ((0.5, "#e69f00"), (0.8, "#0072b2"), (0.95, "#009e73"))
BLUE, RED, BLACK = "#0072b2", "#d55e00", "#222222"


def world(overlap):
    return {"dim": DIM, "overlap": overlap, "noise_variance": NOISE_STD**2, "source_noise_variance": NOISE_STD**2}


def posterior(overlap, n_source):
    """(information of the source, of the target given it, Bayes risk), means and standard errors, (3, 2)."""
    rng, found = np.random.default_rng([0, n_source]), []
    for _ in range(DESIGNS):
        old, new = (rng.standard_normal((n, DIM)) / NOISE_STD for n in (n_source, N))
        of_source = np.linalg.inv(DIM * np.eye(DIM) + old.T @ old)
        before = overlap**2 * of_source + (1 - overlap**2) / DIM * np.eye(DIM)
        gained = np.eye(N) + new @ before @ new.T
        after = before - before @ new.T @ np.linalg.solve(gained, new @ before)
        logdet = -DIM * np.log(DIM) - np.linalg.slogdet(before)[1]
        found.append((logdet / 2 / DIM, np.linalg.slogdet(gained)[1] / 2 / DIM, np.trace(after)))
    return np.stack([np.mean(found, axis=0), np.std(found, axis=0, ddof=1) / np.sqrt(DESIGNS)], axis=1)


def main():
    figure, panels = new_figure(1, 2, figsize=(10.5, 4.5))
    left, right = panels[0]
    sizes, points = np.linspace(0, 4 * DIM, 200), np.array([0, 15, 30, 60, 100, 160, 230])
    lines = [np.asarray(v) / DIM for v in transfer_information(N, sizes, **world(OVERLAP))]
    left.fill_between(sizes / DIM, 0, lines[0], color=BLUE, alpha=0.3, lw=0)
    left.fill_between(sizes / DIM, lines[0], lines[0] + lines[1], color=RED, alpha=0.3, lw=0)
    left.plot(sizes / DIM, lines[0], color=BLUE, label="source data")
    left.plot(sizes / DIM, lines[0] + lines[1], color=BLACK, label="both")
    left.plot(sizes / DIM, lines[1], color=RED, label="target data, given the source's")
    whole = -0.5 * np.log(1 - OVERLAP**2)
    left.axhline(whole, color=BLUE, lw=1, ls=":")
    left.text(1.75, whole + 0.015, "all that a source can tell, ½ln(1/(1−c²))", fontsize="small")
    found = np.array([posterior(OVERLAP, int(m)) for m in points])
    for part, colour in ((0, BLUE), (1, RED)):
        left.errorbar(points / DIM, found[:, part, 0], 2 * found[:, part, 1], fmt="o", ms=3.5, color=colour, capsize=2)
    for at in (0, -1):
        print(
            f"overlap {OVERLAP}, n_S = {sizes[at]:g}: source {lines[0][at]:.3f}, target given it {lines[1][at]:.3f} nats a dimension"
        )
    left.set(
        xlabel="source samples per dimension  $n_S/d$", ylabel="information on $θ_T$, nats per dimension", ylim=(0, 1.0)
    )
    left.set_title(f"The more the source told, the less the target adds\noverlap {OVERLAP}", fontsize="medium")
    left.legend(frameon=False, fontsize="small", loc="upper left", ncols=3, columnspacing=1.0, handlelength=1.2)

    right.axhline(transfer_floor(N, 0, **world(0.0)), color="black", lw=1.2, ls=":", label="target alone")
    for overlap, colour in OVERLAPS:
        floor, end = transfer_floor(N, sizes, **world(overlap)), float(transfer_floor(N, np.inf, **world(overlap)))
        right.plot(sizes / DIM, floor, color=colour, label=f"overlap {overlap}")
        right.axhline(end, color=colour, lw=1, ls="--")
        found = np.array([posterior(overlap, int(m))[2] for m in points])
        right.errorbar(points / DIM, found[:, 0], 2 * found[:, 1], fmt="o", ms=3.5, color=colour, capsize=2)
        off = found[:, 0] / transfer_floor(N, points, **world(overlap)) - 1
        print(f"overlap {overlap}: floor {floor[0]:.3f} to {floor[-1]:.3f}, known source {end:.3f}; Bayes risk above it by "
              f"{100 * off.min():.1f} to {100 * off.max():.1f} %")  # fmt: skip
    right.set(xlabel="source samples per dimension  $n_S/d$", ylabel="least excess risk on the target", ylim=(0, 0.8))
    right.set_title("The floor under every learner\ndashed: source known exactly", fontsize="medium")
    right.legend(frameon=False, fontsize="small", loc="upper right", ncols=2)
    told = f"d = {DIM}, n = {N}, σ = σ$_S$ = {NOISE_STD}, ρ = 1"
    figure.suptitle(f"{told};  points: {DESIGNS} designs, seed 0, ±2 s.e.", fontsize="medium")
    save_figure(figure, OUT, colours=128)
    print(f"wrote {OUT}")


if __name__ == "__main__":
    main()

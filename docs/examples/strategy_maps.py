"""Which layers to tune, from which head: maps of the least risk for an input shift and for an output shift.

Run: python docs/examples/strategy_maps.py   (writes docs/figures/strategy_maps.png)

What to see: after an output shift (right) a head on the old features is all that is needed, from some 2k samples on; after an input
shift (left) it never is enough: near the source the first layer is tuned, for targets that point the other way everything
from a new head, and where they are unrelated nothing is kept. Hatched cells are undecided within 3 standard errors.
Outlined: where the lazy limit (fine-tuning as a kernel method) sees both layers ahead of scratch, the head and the first
layer; crosses, where training the true network, paired with the first layer alone on the same data, refutes that. The
limit's formula is one of large sizes and the others' are exact, so that near n = d it claims cells which the lazy learner
does not win at this d: an outline needs the formula and, by 3 standard errors, draws of that learner at this d.
"""

from pathlib import Path

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle

import lintransfer as lt
from lintransfer.plotting import CONTENDERS, new_figure, plot_winner, save_figure
from lintransfer.strategies import label_of
from lintransfer.theory.two_layer_linear.strategy_map import lazy_two_layer_risk, strategy_map_energies

OUT = Path(__file__).parent.parent / "figures" / "strategy_maps.png"
DIM, K, NOISE_STD = 60, 10, 0.1
BOTH = lt.FineTune(lt.TwoLayerLinear())
LEARNERS = [
    lt.LinearTransfer(head="source"), lt.FirstLayer(), BOTH, lt.FineTune(lt.TwoLayerLinear(), head="zero"), lt.ProbeThen(BOTH),
    lt.ProbeThen(lt.FirstLayer()),
]  # fmt: skip
NAMES = (
    "scratch", "head alone", "first layer alone", "both layers", "both layers, new head", "probe, then both layers",
    "probe, then first layer",
)  # fmt: skip
SIZES, OVERLAPS = np.arange(3, 55, 3), np.linspace(-1, 1, 17)
DRAWS = 1000


def lazy_lead(rng, n, overlap, mix):
    """Draws of what the lazy learner of this size has less risk than the first layer alone, on the same data."""
    kernel = 1.0 + (np.arange(DIM) < K)  # of M = ‖v‖²I + BᵀB, B the first k axes and θ_S the first
    gap = np.zeros(DIM)
    gap[0], gap[1 if mix else K] = overlap - 1, np.sqrt(1 - overlap**2)
    X = rng.standard_normal((DRAWS, n, DIM))
    y = X @ gap + NOISE_STD * rng.standard_normal((DRAWS, n))
    risks = []
    for weight in (np.ones(DIM), kernel):
        dual = np.linalg.solve((X * weight) @ np.swapaxes(X, 1, 2), y[..., None])
        risks.append(np.sum((weight * (np.swapaxes(X, 1, 2) @ dual)[..., 0] - gap) ** 2, axis=1))
    return risks[0] - risks[1]


def lazy_claims(data, mix):
    """Cells (overlap, n) where the lazy limit has both layers ahead of the exact risks, those of them that draws at this d
    confirm, and those of the latter that training the true network refutes."""
    energies = strategy_map_energies(OVERLAPS[:, None], mix, 1.0)
    lazy = lazy_two_layer_risk(SIZES, DIM, K, 1.0, energies.head_displacement, energies.unexplained, NOISE_STD**2)
    exact = data.risk.sel(learner=[label_of(who) for who in LEARNERS[:2]]).values
    others = np.minimum(data.baseline_risk.values, exact.min(axis=0))
    ahead = lazy < others
    confirmed, wrong, rng = np.zeros_like(ahead), np.zeros_like(ahead), np.random.default_rng(0)
    for i, j in np.argwhere(ahead):
        lead = lazy_lead(rng, int(SIZES[j]), OVERLAPS[i], mix)
        drawn = exact[1, i, j] - lead.mean()  # paired with the first layer alone, whose mean is known
        confirmed[i, j] = drawn + 3 * lead.std(ddof=1) / np.sqrt(DRAWS) < others[i, j]
    for i, j in np.argwhere(confirmed):  # paired in the same way
        problem = lt.TransferProblem.two_layer(DIM, K, OVERLAPS[i], mix, noise_std=NOISE_STD)
        gain = lt.transferability(problem, BOTH, int(SIZES[j]), baseline=LEARNERS[1], method="simulate", replicates=150)
        wrong[i, j] = exact[1, i, j] - float(gain.value) - 3 * float(gain.std_err) > others[i, j]
    return ahead, confirmed, wrong


def outline(axes, x, y, cells):
    """Lines along the borders of the cells (x, y) that are marked, x and y their edges."""
    padded = np.pad(cells, 1)
    for i, j in np.argwhere(padded[1:, 1:-1] != padded[:-1, 1:-1]):
        axes.plot([x[i], x[i]], [y[j], y[j + 1]], color="black", lw=1.8)
    for i, j in np.argwhere(padded[1:-1, 1:] != padded[1:-1, :-1]):
        axes.plot([x[i], x[i + 1]], [y[j], y[j]], color="black", lw=1.8)


def main():
    figure, panels = new_figure(1, 2, figsize=(11.5, 6.0))
    steps = OVERLAPS[1] - OVERLAPS[0], (SIZES[1] - SIZES[0]) / DIM
    x, y = (np.append(v - h / 2, v[-1] + h / 2) for v, h in zip((OVERLAPS, SIZES / DIM), steps, strict=True))
    present = set()
    for mix, title, axes in zip((0.0, 1.0), ("input shift (mix 0)", "output shift (mix 1)"), panels[0], strict=True):
        problem = lt.TransferProblem.two_layer(DIM, K, 0.5, mix, noise_std=NOISE_STD)
        data = lt.phase_diagram(problem, LEARNERS, SIZES, overlap=OVERLAPS, replicates=150).dataset
        undecided = (data.tie & (data.margin > 0)).values
        plot_winner(data.assign_coords(n=SIZES / DIM, tie=data.tie & False).reset_coords("tie"), axes)
        axes.get_legend().remove()
        for i, j in np.argwhere(undecided):
            axes.add_patch(Rectangle((x[i], y[j]), *steps, fill=False, hatch="////", lw=0))
        claimed, confirmed, wrong = lazy_claims(data, mix)
        outline(axes, x, y, confirmed)
        place, size = np.nonzero(wrong)
        axes.plot(OVERLAPS[place], SIZES[size] / DIM, "kx", ms=6, mew=1.8)
        axes.axhline(K / DIM, color="black", lw=1, ls=":")
        axes.set(title=title, ylabel="samples per dimension  $n/d$", xlim=(x[0], x[-1]), ylim=(y[0], y[-1]))
        present |= set(np.unique(data.winner.values).tolist())
        print(f"{title}: {1 - undecided.mean():.0%} of the cells decided; the lazy limit sees both layers ahead in "
              f"{claimed.sum()}, of which draws at this d confirm {confirmed.sum()}, and of these training the true network "
              f"refutes {wrong.sum()}")  # fmt: skip
    handles = [Patch(color=CONTENDERS[i], label=NAMES[i]) for i in sorted(present)]
    handles.append(Patch(facecolor="none", edgecolor="black", hatch="////", label="undecided"))
    handles.append(Patch(facecolor="none", edgecolor="black", lw=1.8, label="lazy limit: both layers"))
    handles.append(Line2D([], [], color="black", marker="x", ls="", mew=1.8, label="refuted by simulation"))
    handles.append(Line2D([], [], color="black", lw=1, ls=":", label="n = k"))
    figure.legend(handles=handles, loc="outside lower center", ncols=4, frameon=False)
    figure.suptitle(f"least risk;  d = {DIM}, k = {K}, σ = {NOISE_STD}, ‖v‖ = 1", fontsize="medium")
    save_figure(figure, OUT)
    print(f"wrote {OUT}")


if __name__ == "__main__":
    main()

"""Which layers to tune, from which head: maps of the least risk for an input shift and for an output shift.

Run: python docs/examples/strategy_maps.py   (writes docs/figures/strategy_maps.png, about two minutes)

What to see: after an output shift (right) the head on the old features is enough from a few times k samples on; after an input
shift (left) it never is, and probing before the first layer is tuned, or a new head under full fine-tuning, pays for targets
that point either way. Near the source the source's own head is best, far from it scratch. Hatched cells are undecided.
Crosses: cells where the lazy limit (fine-tuning as a kernel method) sees full fine-tuning ahead and simulation refutes it.
"""

from pathlib import Path

import numpy as np

import lintransfer as lt
from lintransfer.plotting import new_figure, plot_winner, save_figure
from lintransfer.strategies import label_of
from lintransfer.theory.two_layer_linear.strategy_map import lazy_two_layer_risk, strategy_map_energies

OUT = Path(__file__).parent.parent / "figures" / "strategy_maps.png"
DIM, K, NOISE_STD = 120, 4, 0.1
BOTH = lt.FineTune(lt.TwoLayerLinear())
LEARNERS = [
    lt.LinearTransfer(head="source"), lt.FirstLayer(), BOTH, lt.FineTune(lt.TwoLayerLinear(), head="zero"), lt.ProbeThen(BOTH),
    lt.ProbeThen(lt.FirstLayer()),
]  # fmt: skip
SIZES, OVERLAPS = np.arange(6, 175, 6), np.linspace(-1, 1, 33)


def refuted(data, mix):
    """Where the lazy limit sees both layers ahead of scratch, the head and the first layer, and simulation does not."""
    energies = strategy_map_energies(OVERLAPS[:, None], mix, 1.0)
    full = label_of(BOTH)
    lazy = lazy_two_layer_risk(
        SIZES, DIM, K, 1.0, energies.head_displacement, energies.unexplained, NOISE_STD**2
    )  # fmt: skip
    exact = data.risk.sel(learner=[label_of(who) for who in LEARNERS[:2]]).values
    others = np.minimum(data.baseline_risk.values, exact.min(axis=0))
    ahead = lazy < others * (1 - 4 / DIM)
    behind = data.risk.sel(learner=full).values - 3 * data.std_err.sel(learner=full).values > others
    return ahead & behind & (SIZES < DIM - 1), ahead & (SIZES < DIM - 1)


def main():
    figure, panels = new_figure(1, 2, figsize=(12.5, 6.0))
    for mix, title, axes in zip((0.0, 1.0), ("input shift (mix 0)", "output shift (mix 1)"), panels[0], strict=True):
        problem = lt.TransferProblem.two_layer(DIM, K, 0.5, mix, noise_std=NOISE_STD)
        data = lt.phase_diagram(problem, LEARNERS, SIZES, overlap=OVERLAPS).dataset
        plot_winner(data, axes)
        wrong, seen = refuted(data, mix)
        place, size = np.nonzero(wrong)
        axes.plot(OVERLAPS[place], SIZES[size], "kx", ms=4)
        axes.axhline(DIM, color="black", lw=0.8, ls=":")
        axes.set_title(title)
        decided = float((~data.tie.sel(n=SIZES[SIZES < DIM])).mean())
        print(f"{title}: {decided:.0%} of the cells below d decided; the lazy limit sees both layers ahead in {seen.sum()}, "
              f"of which simulation refutes {wrong.sum()}")  # fmt: skip
    figure.suptitle(f"d = {DIM}, k = {K}, σ = {NOISE_STD}, ‖v‖ = 1", fontsize="medium")
    save_figure(figure, OUT)
    print(f"wrote {OUT}")


if __name__ == "__main__":
    main()

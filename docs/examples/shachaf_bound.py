"""Shachaf's bound beside the risk that it bounds: valid for every design, and loose by factors of hundreds.

Run: python docs/examples/shachaf_bound.py   (writes docs/figures/shachaf_bound.png)

Noiseless targets, d = 200, flat displacement δ = (1, …, 1), 30 designs per n. The bound takes the best cut k and the
deviation g = ‖Σ − XᵀX/n‖ of each design itself. For isotropic inputs and n < d it exceeds that of not training:
it is vacuous there, while the risk falls as 1 − n/d.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from lintransfer.theory.linear.bounds import best_shachaf_bound, covariance_deviation, projected_bound
from lintransfer.theory.linear.conditional import conditional_risk
from lintransfer.theory.linear.covariance import ridge_risk

OUT = Path(__file__).parent.parent / "figures" / "shachaf_bound.png"
DIM, DESIGNS = 200, 30
SIZES = np.array([10, 20, 35, 50, 75, 100, 125, 150, 175, 190])
SPECTRA = {"$\\lambda_i = i^{-2}$": np.arange(1, DIM + 1.0) ** -2, "$\\lambda_i = 1$": np.ones(DIM)}
BOUND, SHARPER, RISK = "#d55e00", "#e69f00", "#0072b2"


def simulate(spectrum, n, rng):
    """Risk, Shachaf's bound and the sharper bound of every design, (3, DESIGNS)."""
    displacement = np.ones(DIM)
    rows = []
    for _ in range(DESIGNS):
        X = rng.standard_normal((n, DIM)) * np.sqrt(spectrum)
        g = covariance_deviation(X, spectrum)
        risk = conditional_risk(X, displacement, spectrum, 0.0)
        bound = best_shachaf_bound(g, spectrum, displacement**2)
        rows.append((risk, bound, projected_bound(X, displacement, spectrum)))
    return np.array(rows).T


def main():
    figure, panels = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
    rng = np.random.default_rng(0)
    line = np.arange(1, DIM)
    for axes, (name, spectrum) in zip(panels, SPECTRA.items(), strict=True):
        risk, bound, sharper = (
            np.array(part) for part in zip(*(simulate(spectrum, n, rng) for n in SIZES), strict=True)
        )
        theory = ridge_risk(line, spectrum, np.ones(DIM), np.ones(DIM))
        axes.plot(line, theory, color=RISK, label="mean risk, formula")
        axes.errorbar(
            SIZES, risk.mean(1), 2 * risk.std(1) / DESIGNS**0.5, fmt="o", ms=4, color=RISK, label="mean risk, simulated"
        )
        axes.plot(SIZES, bound.mean(1), "s-", ms=4, color=BOUND, label="Shachaf's bound, best $k$")
        axes.plot(SIZES, sharper.mean(1), "^-", ms=4, color=SHARPER, label="$\\|Q\\Sigma Q\\|\\,\\|Q\\delta\\|^2$")
        axes.axhline(spectrum.sum(), color="grey", ls=":", lw=1, label="no training")
        axes.set(yscale="log", xlabel="target samples  $n$", ylabel="excess risk  $R$", title=f"{name},  d = {DIM}")
        for n, ratio in zip(SIZES, bound.mean(1) / risk.mean(1), strict=True):
            if n in (10, 50, 150):
                height = bound.mean(1)[n == SIZES][0]
                times = f"×{float(f'{ratio:.2g}'):,.0f}"
                axes.annotate(times, (n, height), xytext=(0, 6), textcoords="offset points", color=BOUND)
        low, high = axes.get_ylim()
        axes.set_ylim(low, 3 * high)
    panels[0].legend(fontsize="small", loc="lower left")
    OUT.parent.mkdir(exist_ok=True)
    figure.savefig(OUT, dpi=150)


if __name__ == "__main__":
    main()

"""How far the features move, against how wrong the head is at the start (Ren et al. 2023).

Run: python docs/examples/energy_sweep.py   (writes docs/figures/energy_sweep.png)

The head starts at (1 − E) times the right one. What to see: with both layers trained, the dot product with the old features
rises and falls, with its peak where the head says nothing (E = 1); beyond a critical energy the head turns its sign round, and
the features with it. Under a head of fixed length the first layer alone moves the features in proportion to E, and the dot
product peaks at E = ½. Lines are closed forms, points are trained networks (gradient flow, integrated; for the first layer
alone, least squares in its weights).
"""

from pathlib import Path

import numpy as np

import lintransfer as lt
from lintransfer.plotting import new_figure, save_figure
from lintransfer.theory.two_layer_linear.head_motion import isotropic_energy_sweep, relative_energy_motion

OUT = Path(__file__).parent.parent / "figures" / "energy_sweep.png"
SAMPLES, DIM, SCALE = 12, 30, 1.5  # ‖Pb_0‖ = 1
PARTS = (("distance", "#d55e00"), ("inner", "#0072b2"), ("square", "#009e73"))
NAMES = {"distance": "distance  ‖Z − Z₀‖", "inner": "dot product  ⟨Z, Z₀⟩", "square": "square norm  ‖Z‖²"}


def trained(energy, inputs, feature):
    """Motion of the features of a network whose labels are t X b_0 and whose head starts at (1 − E)t."""
    source = (feature[None], np.array([(1 - energy) * SCALE]))
    learner = lt.FineTune(lt.TwoLayerLinear())
    found = lt.fit(learner, inputs, SCALE * (inputs @ feature), source=source, method="flow").motion(inputs)
    return found.distance, found.dot, found.norm**2


def main():
    rng = np.random.default_rng(0)
    inputs = np.linalg.qr(rng.standard_normal((DIM, SAMPLES)))[0].T  # orthonormal rows
    feature = rng.standard_normal(DIM)
    feature /= np.linalg.norm(inputs @ feature)
    seen = float(np.sum((inputs @ feature) ** 2))
    figure, panels = new_figure(1, 2, figsize=(11.0, 4.4))

    turn = 1 + np.sqrt(seen) / SCALE
    energies = np.sort([*np.linspace(0.01, 3.0, 400), turn - 1e-9, turn + 1e-9])
    shown = np.insert(energies, np.searchsorted(energies, turn), np.nan)  # lines break where the head turns round
    line = isotropic_energy_sweep(shown, SCALE, seen)
    points = np.linspace(0.1, 2.9, 22)
    cloud = np.array([trained(e, inputs, feature) for e in points]).T
    theory = np.array(isotropic_energy_sweep(points, SCALE, seen))
    for (name, colour), found in zip(PARTS, cloud, strict=True):
        curve = np.where(np.isnan(shown), np.nan, getattr(line, name))
        panels[0, 0].plot(shown, curve, color=colour, label=NAMES[name])
        panels[0, 0].plot(points, found, "o", color=colour, ms=3.5)
    panels[0, 0].axvline(turn, color="black", lw=0.8, ls=":", label="the head turns round")
    panels[0, 0].axhline(0, color="black", lw=0.8)
    panels[0, 0].set_title("both layers:  after training,  ‖Z₀‖ = 1")
    panels[0, 0].legend(fontsize="small", frameon=False, loc="lower left")

    head, label_energy = 1.0, 1.0
    energies = np.linspace(0.0, 2.0, 200)
    steps = relative_energy_motion(energies, 0.0, label_energy, head * head)
    points = np.linspace(0.05, 1.95, 20)
    found = np.array([first_layer(e, inputs, feature, head) for e in points]).T
    for (_, colour), curve, dots in zip(PARTS, steps, found, strict=True):
        panels[0, 1].plot(energies, curve, color=colour)
        panels[0, 1].plot(points, dots, "o", color=colour, ms=3.5)
    panels[0, 1].axhline(0, color="black", lw=0.8)
    panels[0, 1].set_title("first layer alone, head of fixed length:  what is added")
    for axes in panels[0]:
        axes.set_xlabel("relative energy  $E$  ($y - f_0 = Ey$)")
    save_figure(figure, OUT)
    worst = np.max(np.abs(found - np.array(relative_energy_motion(points, 0.0, label_energy, head * head))))
    print(f"largest distance from the lines: both layers {np.max(np.abs(cloud - theory)):.1e}, first layer {worst:.1e}")
    print(f"wrote {OUT}")


def first_layer(energy, inputs, feature, head):
    """Distance, and what is added to dot product and square norm, for labels of energy 1 and f_0 = (1 − E)y."""
    unit = inputs @ feature / np.linalg.norm(inputs @ feature)
    start = (1 - energy) * (inputs.T @ unit) / head + (feature - inputs.T @ (inputs @ feature))
    source = start[None], np.array([head])
    found = lt.fit(lt.FirstLayer(), inputs, unit, source=source, method="flow").motion(inputs)
    before = (1 - energy) ** 2 / head**2
    return found.distance, found.dot - before, found.norm**2 - before


if __name__ == "__main__":
    main()
